"""`kb tickets`, `kb approve` and `kb reject`: a person reads what resolved tickets would add to the knowledge base."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value, say
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.candidate import Candidate

PLACEHOLDER = re.compile(r"\[[a-z-]+(?: [a-z]+)?\]")
NONE = "Nothing waits: answers of resolved tickets are offered when a source of kind tickets is synced."


def tickets(as_json: AsJson = False) -> None:
    """Show the answers of resolved tickets that wait for somebody to read them. Names and data are taken out; look for what was missed."""
    print_value(run_async(_waiting()), as_json=as_json, text=_listed)


def approve(
    ticket: Annotated[str, typer.Argument(help="The ticket's id as `kb tickets` prints it.")],
    title: Annotated[str, typer.Option(help="The article's title; the question's first line when it is left out.")] = "",
    answer: Annotated[str, typer.Option(help="A file with the answer as it should read, or - for standard input.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let an answer become an article at the next sync, worded better if you like."""
    judged = run_async(_judge(ticket, "approved", title=title, text=_read(answer)))
    if left := sorted(set(PLACEHOLDER.findall(judged["answer"]))):
        say(f"The answer still says {' and '.join(left)}: approve it again with --answer FILE to word it better.")
    print_value({key: judged[key] for key in ("ticket", "status")}, as_json=as_json, text=lambda _: "It is an article from the next sync on.")


def reject(ticket: Annotated[str, typer.Argument(help="The ticket's id.")], as_json: AsJson = False) -> None:
    """Keep an answer out of the knowledge base; an article that was made of it goes at the next sync."""
    judged = run_async(_judge(ticket, "rejected"))
    print_value({key: judged[key] for key in ("ticket", "status")}, as_json=as_json, text=lambda _: "It will not become an article.")


async def _waiting() -> list[dict[str, str]]:
    from desk.candidate import CandidateStatus
    from store.candidates import SqlCandidates

    async with records() as kept:
        return [_shown(candidate) for candidate in await SqlCandidates(kept.database).candidates(CandidateStatus.WAITING)]


async def _judge(ticket: str, status: str, *, title: str = "", text: str = "") -> dict[str, str]:
    from desk.candidate import CandidateStatus
    from desk.errors import InvalidInput
    from store.candidates import SqlCandidates

    async with records() as kept:
        rows = SqlCandidates(kept.database)
        known = next((candidate for candidate in await rows.candidates() if candidate.ticket == ticket), None)
        if known is None:
            raise InvalidInput(f"there is no answer of a ticket {ticket!r}: `frontdesk kb tickets` lists them")
        judged = replace(known, status=CandidateStatus(status), title=title or known.title, answer=text or known.answer, decided_at=datetime.now(UTC))
        await rows.judge(judged)
        return {"ticket": ticket, "status": status, "answer": judged.answer}


def _read(where: str) -> str:
    if not where:
        return ""
    text = sys.stdin.read() if where == "-" else Path(where).read_text("utf-8")
    if not text.strip():
        raise typer.BadParameter("the answer is empty: write what the article should say")
    return text.strip()


def _shown(candidate: Candidate) -> dict[str, str]:
    return {
        "ticket": str(candidate.ticket),
        "solved": candidate.solved.date().isoformat(),
        "category": candidate.category,
        "question": candidate.question,
        "answer": candidate.answer,
    }


def _listed(waiting: list[dict[str, Any]]) -> str:
    return "\n\n".join(_item(each) for each in waiting) or NONE


def _item(each: dict[str, Any]) -> str:
    question, answer = (each[key].replace("\n", "\n    ") for key in ("question", "answer"))
    return f"{each['ticket']}  solved {each['solved']}, {each['category']}\n  asked\n    {question}\n  answered\n    {answer}"
