"""Tone: how a reply to one author should sound, as lines of the prompt. None of them states a fact that could be repeated to the author."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.prompting import Prompt, prompt
from desk.answering import Brief

MANY = 5
"""From how many earlier tickets on somebody is an old hand."""
STYLE = 3
"""Lines of the learned style that are taken."""
PAIRED = frozenset({"tier", "value", "sentiment", "trend"})
USUAL = frozenset({"tier other", "sentiment neutral"})
"""Which sections take their GOOD and BAD example along: every line is sent anew with each turn, and these are where examples tell most."""
CODE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?", re.IGNORECASE)


def tone(brief: Brief) -> str:
    """Return the lines for a brief, twelve at most: tier, value, mood, how often they asked before, channel, language, house and learned style."""
    sections = prompt("tone")
    chosen = (_line(sections, *headings) for headings in _headings(brief))
    house = " ".join(brief.policy.tone.house.split()) if brief.policy else ""
    style = [line.strip() for line in brief.style.splitlines() if line.strip()][:STYLE]
    lines = [line.replace("{language}", _language(brief)) for line in chosen]
    return "\n".join(f"- {line}" for line in (*lines, house, *style) if line)


def _headings(brief: Brief) -> Iterator[tuple[str, ...]]:
    """Yield the sections that apply, each with what stands in for one that does not ship."""
    account, heard = brief.author.account, brief.classification
    yield f"tier {account.tier if account else ''}", "tier other"
    yield ("value high",) if _is_high(brief) else ()
    yield f"sentiment {heard.sentiment}", "sentiment neutral"
    yield (f"trend {heard.trend}",)
    yield (f"contact {_contact(brief)}",)
    yield (f"channel {brief.kind}",)
    yield f"language {_language(brief)}", "language other"


def _is_high(brief: Brief) -> bool:
    value = brief.author.account.value if brief.author.account else None
    return value is not None and brief.policy is not None and value >= brief.policy.tone.high_value


def _contact(brief: Brief) -> str:
    """Return how well they know us; "" for somebody we do not know, who may have asked a hundred times."""
    if not brief.author.verified:
        return ""
    return "first" if brief.contacts == 0 else "again" if brief.contacts < MANY else "many"


def _language(brief: Brief) -> str:
    # It may come from the customer record, and what comes from there must not become an instruction.
    return brief.language.lower() if CODE.fullmatch(brief.language) else "en"


def _line(sections: Prompt, *headings: str) -> str:
    """Return the first of these sections as one line, "" when there is none; what is usual goes without its examples."""
    heading = next((heading for heading in headings if sections.section(heading)), "")
    text = sections.section(heading)
    shown = text if heading.partition(" ")[0] in PAIRED and heading not in USUAL else text.partition("\nGOOD:")[0]
    return " ".join(shown.split())
