"""Asking without a chat: `ask` runs a question to its decision, `classify` says what a message is about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import answer_all, read_item
from cli.start import reading, run_async

if TYPE_CHECKING:
    from desk.triage import Classification
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
    """Say what a message is about, whether it asks anything, how it sounds and in which language.

    Where a language model is configured and the local classifier leaves something open, it is asked too, and what the two see differently is told.
    """
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
        from desk.answering import Heard
        from desk.usage import Payer

        heard = Heard(Payer()) if desk.metered else None

        async def answer(line: str) -> dict[str, Any]:
            item = read_item(line, MESSAGE)
            found = await desk.services.triager.triage("\n".join(filter(None, (item.get("subject"), item["text"]))), heard=heard)
            return _classified(found) | (_judged(found) if found.calls or found.degraded else {})

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


def _classified(found: Classification) -> dict[str, Any]:
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
        "displeasure": round(found.displeasure, 4),
        "impact": [item.value for item in found.impact],
    }


def _judged(found: Classification) -> dict[str, Any]:
    """Return what a model said too: whose view stands where the two differ, what only it says, and what it took."""
    from agent.agreement import sided
    from cli.shapes import calls
    from handlers.shortfalls import shortfall

    sides = sided(found)
    differing = [(name, *views.rsplit("/", 1)) for name, _, views in (entry.partition(":") for entry in found.disagreed)]
    return {
        "intent": found.intent,
        "signals": sorted(found.signals),
        "trend": found.trend,
        "urgency": list(found.urgency),
        "missing": list(found.missing),
        "sureness": dict(found.sureness),
        "disagreed": [{"field": name, "local": local, "model": model, "decided": sides[name]} for name, local, model in differing],
        "degraded": [{"code": code, "text": shortfall(code)} for code in found.degraded],
        "calls": calls(found.calls),
    }


def _labelled(found: dict[str, Any]) -> str:
    asks = "a request" if found["is_request"] else "not a request"
    scope = ", out of scope" if found["out_of_scope"] else ""
    sure = f"{found['category']} ({found['confidence']:.2f}), {asks} ({found['is_request_confidence']:.2f})"
    stakes = f", at stake: {', '.join(found['impact']).replace('_', ' ')}" if found["impact"] else ""
    mood = f"{found['sentiment']} (displeasure {found['displeasure']:.2f})"
    return "\n".join([f"{sure}{scope}, {mood}, language {found['language'] or 'unsure'}{stakes}", *(_asked(found) if "calls" in found else ())])


def _asked(found: dict[str, Any]) -> list[str]:
    """Return as lines whom else was asked, where the two differ, and what only the model says."""
    calls = [f"asked {call['model']}: {call['outcome']}, {call['seconds']:.1f} s, ${call['price']:.4f}" for call in found["calls"]]
    whose = {"local": "the local classifier decides", "model": "the model decides"}
    views = [f"{d['field']}: {d['local']} by the local classifier, {d['model']} by the model; {whose[d['decided']]}" for d in found["disagreed"]]
    only = [f"{name}: {', '.join(found[name])}" for name in ("signals", "urgency", "missing") if found[name]]
    mood = [f"mood getting {found['trend']}"] if found["trend"] in ("worse", "better") else []
    return [f"  {line}" for line in (*calls, *(shortfall["text"] for shortfall in found["degraded"]), *views, *only, *mood)]


def _told(answer: dict[str, Any]) -> str:
    lines = [
        f"{answer['action']} (mode {answer['mode']}; in auto: {answer['would_in_auto']})",
        *(f"  because {reason['text']}" for reason in answer["reasons"]),
    ]
    for part in (answer["draft"] or {}).get("parts", ()):
        lines += ["", f"[{part['audience']}]", part["text"]]
    if answer["translation"]:
        lines += ["", "For the team:", answer["translation"]]
    lines += [f"asks to run {action['name']}" for action in answer["actions"]]
    if answer["evidence"]:
        lines += ["", *(f"[{e['n']}] {e['title'] or e['id']}  {e['url']}" for e in answer["evidence"])]
    if answer["calls"]:
        lines += ["", _costs(answer["calls"])]
    return "\n".join(lines)


def _costs(calls: list[dict[str, Any]]) -> str:
    """Say what the model took, and how much of its prompt came from the cache."""
    read, rest = sum(call["cache_read"] for call in calls), sum(call["input"] + call["cache_write"] for call in calls)
    price, seconds = sum(call["price"] for call in calls), sum(call["seconds"] for call in calls)
    many = "1 call" if len(calls) == 1 else f"{len(calls)} calls"
    return f"{many} of the model: {rest} tokens in and {read} from the cache, ${price:.4f}, {seconds:.1f} s"
