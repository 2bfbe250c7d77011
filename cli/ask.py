"""Asking without a chat: `ask` runs a question to its decision, `classify` says what a message is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import answer_all, read_item
from cli.start import reading, run_async

if TYPE_CHECKING:
    from handlers.ask import Question

ITEM = frozenset({"text", "kind", "trust", "account", "tier"})
MESSAGE = frozenset({"text", "subject"})


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ask)
    app.command()(classify)


def ask(
    question: Annotated[str, typer.Argument(help="A question, or - for one a line: text, or JSON with text, kind, trust, account, tier.")],
    kind: Annotated[str, typer.Option(help="The channel: community, shared or direct.")] = "community",
    trust: Annotated[str, typer.Option(help="How sure we are of the customer: none, account or person.")] = "none",
    tier: Annotated[str, typer.Option(help="The customer's tier.")] = "",
    sentiment: Annotated[str | None, typer.Option(help="furious, unhappy, neutral, pleased or delighted.")] = None,
    mode: Annotated[str | None, typer.Option(help="observe, draft or auto; else what the policy says.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put one question through triage, retrieval and decision, and print what the desk would do and why."""
    defaults = {"kind": kind, "trust": trust, "tier": tier, "sentiment": sentiment, "mode": mode}
    _read(defaults | {"text": ""})
    run_async(_ask(question, defaults, as_json=as_json))


def classify(
    text: Annotated[str, typer.Argument(help="A message, or - for one a line: text, or JSON with text and subject.")], as_json: AsJson = False
) -> None:
    """Say what a message is about, whether it asks anything, how it sounds and in which language."""
    run_async(_classify(text, as_json=as_json))


async def _ask(question: str, defaults: dict[str, Any], *, as_json: bool) -> None:
    async with reading() as desk:
        from cli import shapes
        from handlers.ask import ask as put

        accounts: dict[str, str] = {account.name: account.id for account in await desk.customers.accounts()}

        async def answer(line: str) -> dict[str, Any]:
            question = _read(defaults | read_item(line, ITEM))
            return shapes.answer(await put(replace(question, account=accounts.get(question.account or "", question.account)), desk.services))

        await answer_all(question, answer, as_json=as_json, text=_told)


async def _classify(text: str, *, as_json: bool) -> None:
    async with reading() as desk:

        async def answer(line: str) -> dict[str, Any]:
            item = read_item(line, MESSAGE)
            return _classified(await desk.services.triager.triage("\n".join(filter(None, (item.get("subject"), item["text"])))))

        await answer_all(text, answer, as_json=as_json, text=_labelled)


def _read(item: dict[str, Any]) -> Question:
    from desk.customer import Trust
    from desk.modes import Mode
    from desk.space import ChannelKind
    from desk.triage import Sentiment
    from handlers.ask import Question

    kinds = {kind.value: kind for kind in ChannelKind if kind is not ChannelKind.INTERNAL}
    return Question(
        text=item["text"],
        kind=_choose(kinds, item.get("kind"), "kind"),
        trust=_choose({trust.name.lower(): trust for trust in Trust}, item.get("trust"), "trust"),
        account=item.get("account"),
        tier=item.get("tier") or "",
        sentiment=_choose({s.value: s for s in Sentiment}, item["sentiment"], "sentiment") if item.get("sentiment") else None,
        mode=_choose({mode.word: mode for mode in Mode}, item["mode"], "mode") if item.get("mode") else None,
    )


def _choose(known: dict[str, Any], word: Any, name: str) -> Any:
    from desk.errors import InvalidInput

    if word not in known:
        raise InvalidInput(f"{name} {word!r}: write one of {', '.join(known)}")
    return known[word]


def _classified(found: Any) -> dict[str, Any]:
    labels = [{"category": label.category, "confidence": round(label.confidence, 4)} for label in found.labels]
    return {
        "category": found.category,
        "confidence": round(found.confidence, 4),
        "labels": labels,
        "is_request": found.is_request,
        "is_request_confidence": round(found.is_request_confidence, 4),
        "out_of_scope": found.out_of_scope,
        "out_of_scope_score": round(found.out_of_scope_score, 4),
        "sentiment": found.sentiment.value,
        "language": found.language,
    }


def _labelled(found: dict[str, Any]) -> str:
    asks = "a request" if found["is_request"] else "not a request"
    scope = ", out of scope" if found["out_of_scope"] else ""
    sure = f"{found['category']} ({found['confidence']:.2f}), {asks} ({found['is_request_confidence']:.2f})"
    return f"{sure}{scope}, {found['sentiment']}, language {found['language'] or 'unsure'}"


def _told(answer: dict[str, Any]) -> str:
    lines = [
        f"{answer['action']} (mode {answer['mode']}; in auto: {answer['would_in_auto']})",
        *(f"  because {reason['text']}" for reason in answer["reasons"]),
    ]
    for part in (answer["draft"] or {}).get("parts", ()):
        lines += ["", f"[{part['audience']}]", part["text"]]
    if answer["evidence"]:
        lines += ["", *(f"[{e['n']}] {e['title'] or e['id']}  {e['url']}" for e in answer["evidence"])]
    return "\n".join(lines)
