"""`kb check`: what somebody should look at in the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.options import AsJson
from cli.output import print_value
from cli.start import reading, run_async

if TYPE_CHECKING:
    from knowledge.syncing.quality import Finding

HEADLINES = {
    "expired": "Expired: nothing is answered from these",
    "contradicting": "Contradicting: both cannot be true",
    "duplicate": "Said twice: one of the two will be forgotten at the next change",
    "stale": "Due for review: mark them with `frontdesk kb reviewed ID`, or change them",
    "undated": "Without a date: nobody can tell how old they are",
}
"""The concerns, the most urgent first."""


def check(as_json: AsJson = False) -> None:
    """List the articles that expired, are due for review, stand twice or contradict each other."""
    findings = run_async(_check())
    print_value([_finding(each) for each in findings], as_json=as_json, text=_listed)


async def _check() -> list[Finding]:
    from agent.contradiction import contradiction, statements
    from knowledge.syncing.quality import Ages
    from knowledge.syncing.quality import check as look

    async with reading() as desk:
        knowledge = (await desk.records.policy.current()).knowledge
        return await look(
            desk.library,
            Ages(knowledge.sources, knowledge.review),
            now=desk.services.clock.now(),
            embedder=desk.embedder.id,
            compare=lambda one, other: contradiction(statements(one), statements(other)),
        )


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "concern": found.concern.value,
        "documents": list(found.documents),
        "titles": list(found.titles),
        "headings": list(found.headings),
        "detail": found.detail,
        "owner": found.owner,
    }


def _listed(findings: list[dict[str, Any]]) -> str:
    if not findings:
        return "Nothing needs a look: every article is dated, reviewed in time, said once and not contradicted."
    groups = {concern: [each for each in findings if each["concern"] == concern] for concern in HEADLINES}
    return "\n\n".join(f"{HEADLINES[concern]} ({len(found)})\n" + "\n".join(map(_line, found)) for concern, found in groups.items() if found)


def _line(found: dict[str, Any]) -> str:
    where = "  |  ".join(f"{title} ({document})" for title, document in zip(found["titles"], found["documents"], strict=True))
    owner = f"  [{found['owner']}]" if found["owner"] else ""
    return f"  {where}{owner}\n      {found['detail']}"
