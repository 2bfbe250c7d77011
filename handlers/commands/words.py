"""Words: what the text of a command names, and what was expected where it names nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence

from desk.customer import LEADS, TEAM, Role
from desk.errors import InvalidInput, NotAllowed

WORD = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
BECAUSE = re.compile(r"(?:^|\s)because\s+(?P<reason>.+)$", re.IGNORECASE | re.DOTALL)
MOST = 12
"""Choices that a sentence lists."""
LONGEST = 8
"""Words that a name may have."""
ADMINS = frozenset({Role.ADMIN})
SAID: Mapping[frozenset[Role], str] = {ADMINS: "admins", LEADS: "admins and leads", TEAM: "the support team"}
"""How a sentence calls those who may do something."""


def split(text: str) -> tuple[str, ...]:
    """Return the words of a command; what stands in quotes is one word."""
    return tuple(next(filter(None, found), "") for found in WORD.findall(text))


def without_reason(text: str) -> tuple[str, str]:
    """Return a command's text without its end `because REASON`, and the reason."""
    found = BECAUSE.search(text)
    return (text[: found.start()].strip(), found["reason"].strip()) if found else (text.strip(), "")


def listed(choices: Sequence[str], *, last: str = "or") -> str:
    """Return choices as a sentence lists them: `a, b or c`."""
    shown = [*choices[:MOST], *(["others"] if len(choices) > MOST else [])]
    return f" {last} ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def counted(count: int, word: str) -> str:
    """Return how many of something there are: `1 draft`, `2 drafts`."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def near(word: str, choices: Collection[str]) -> str:
    """Return the choice that was probably meant, "" for none."""
    known = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=0.55)
    return known[found[0]] if found else ""


def expected(command: str, choices: Sequence[str], wrote: str) -> InvalidInput:
    """Return the error that says what a command expected in place of what somebody wrote."""
    meant = near(wrote, choices)
    said = f"`{command}` expects {listed(choices) if choices else 'nothing more'}; you wrote {repr(wrote) if wrote else 'nothing'}"
    return InvalidInput(f"{said}: did you mean {meant}?" if meant else f"{said}.")


def one_of(command: str, choices: Sequence[str], wrote: str) -> str:
    """Return the choice that somebody wrote, in whatever case; raise InvalidInput that lists them."""
    for choice in choices:
        if choice.casefold() == wrote.casefold():
            return choice
    raise expected(command, choices, wrote)


def named(command: str, words: Sequence[str], slots: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what the words name, by slot, in whatever order they stand; a name may be of several words. Raises InvalidInput for anything else."""
    found: dict[str, str] = {}
    at = 0
    while at < len(words):
        free = {slot: choices for slot, choices in slots.items() if slot not in found}
        hit = _longest(words[at:], free)
        if hit is None:
            raise expected(command, [choice for choices in free.values() for choice in choices], words[at])
        slot, choice, count = hit
        found[slot] = choice
        at += count
    return found


def only(roles: frozenset[Role], role: Role, what: str) -> None:
    """Raise NotAllowed when a role is none of these."""
    if role not in roles:
        raise NotAllowed(f"`{what}` is for {SAID.get(roles) or listed(sorted(roles), last='and')} only.")


def _longest(words: Sequence[str], slots: Mapping[str, Sequence[str]]) -> tuple[str, str, int] | None:
    """Return the slot and the choice that the most words at the beginning name."""
    for count in range(min(LONGEST, len(words)), 0, -1):
        wrote = " ".join(words[:count]).casefold()
        for slot, choices in slots.items():
            if choice := next((choice for choice in choices if choice.casefold() == wrote), None):
                return slot, choice, count
    return None
