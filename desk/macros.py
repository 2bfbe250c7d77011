"""Macros: texts that the team saved, which of them fit a ticket, and how they read for one customer."""

from __future__ import annotations

import difflib
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from desk import audience
from desk.audience import INTERNAL, PUBLIC, Audience, Audiences, may_show
from desk.customer import Author, Fact, content_hash
from desk.draft import Evidence
from desk.policy import Policy
from desk.writing import Macro

OWN = ("name", "bot", "company")
"""Fields that anybody may read: the customer's name as they write under it, ours, and our company's."""
RECORD = ("account", "plan", "contract", "manager")
"""Fields of the customer record, each as public as policy says."""
FIELDS = (*OWN, *RECORD)
LONGEST_TITLE = 75
"""Letters that every platform shows of a choice."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A macro as one customer would read it, who may read it, and the record fields it took in."""

    text: str
    audience: Audience
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A macro that fits, filled in: what can be sent, or quoted."""

    name: str
    title: str
    filled: Filled


def offers(policy: Policy, *, author: Author, facts: Sequence[Fact], place: Audiences, category: str, language: str) -> tuple[Offer, ...]:
    """Return the macros that fit a ticket and can be filled for its author in a place; those for its category first."""
    found = fitting(policy.macros, category=category, language=language, audiences=place)
    made = ((name, macro, filled(macro, policy, author=author, facts=facts, place=place)) for name, macro in found)
    return tuple(Offer(name, macro.title, text) for name, macro, text in made if text is not None)


def fitting(macros: Mapping[str, Macro], *, category: str, language: str, audiences: Audiences) -> tuple[tuple[str, Macro], ...]:
    """Return the macros that may be read in a place, in this language and about this category, those that name it first, then by title."""
    found = [
        (name, macro)
        for name, macro in macros.items()
        if macro.language == language and may_show(audiences, macro.audience) and (not macro.categories or category in macro.categories)
    ]
    return tuple(sorted(found, key=lambda item: (not item[1].categories, item[1].title, item[0])))


def filled(macro: Macro, policy: Policy, *, author: Author, facts: Sequence[Fact], place: Audiences) -> Filled | None:
    """Return a macro with its fields filled in for an author; None where one is unknown, or is not for everybody who reads this place."""
    known = {**_own(policy, author), **_account(author, place), **_record(facts, place)}
    names = _names(macro.text)
    if not (may_show(place, macro.audience) and all(known.get(name) for name in names)):
        return None
    used = [known[name] for name in names]
    highest = _highest(macro.audience, *(value.audience for value in used))
    if highest is None:
        return None
    taken = tuple(dict.fromkeys(value.fact for value in used if value.fact))
    return Filled(macro.text.format(**{name: known[name].text for name in names}), highest, taken)


def as_evidence(offer: Offer, n: int) -> Evidence:
    """Return an offer as evidence of this number: who may read it is also who may read what rests on it."""
    text, shown = offer.filled.text, offer.filled.audience
    return Evidence(n, "macro", offer.name, shown, text, offer.title, hash=content_hash(text, str(shown)))


def mistakes(macros: Mapping[str, object], *, languages: Collection[str]) -> Iterator[tuple[str, object, str]]:
    """Yield what is wrong in the macros of a policy beyond their types: the key (`greeting.text`), what stands there, and what to write instead."""
    for name, table in macros.items():
        if not isinstance(table, Mapping):
            continue
        for key, check in CHECKS.items():
            if isinstance(table.get(key), str) and (fix := check(table[key])):
                yield f"{name}.{key}", table[key], fix
        language = table.get("language", "en")
        if isinstance(language, str) and language not in languages:
            yield f"{name}.language", language, f"write one of {', '.join(sorted(languages))}, the languages that there are phrases in"


@dataclass(frozen=True, slots=True)
class _Value:
    """What a field stands for, who may read it, and the record field it is from."""

    text: str
    audience: Audience = PUBLIC
    fact: Fact | None = None


def _own(policy: Policy, author: Author) -> dict[str, _Value]:
    values = {"name": author.name, "bot": policy.company.bot, "company": policy.company.name}
    return {name: _Value(text) for name, text in values.items() if text.strip()}


def _account(author: Author, place: Audiences) -> dict[str, _Value]:
    """Return the name of an author's company: whose customer somebody is, is for their own people."""
    shown = audience.account(author.account.id) if author.account else INTERNAL
    return {"account": _Value(author.account.name, shown)} if author.account and may_show(place, shown) else {}


def _record(facts: Sequence[Fact], place: Audiences) -> dict[str, _Value]:
    shown = [fact for fact in facts if may_show(place, fact.audience)]
    found = {name: (text, fact) for fact in reversed(shown) for name, text in fact.attributes if name in RECORD and name != "account"}
    return {name: _Value(text, fact.audience, fact) for name, (text, fact) in found.items() if text}


def _highest(*audiences: Audience) -> Audience | None:
    """Return the one of these that only those may read who may read all of them; None where there is none."""
    return next((one for one in audiences if all(other <= one for other in audiences)), None)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(text) if name is not None))


def _text(text: str) -> str:
    """Return what is wrong with a macro's text, "" for nothing."""
    if not text.strip():
        return "write the text that is sent"
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        return "a brace stands alone; write {{ for a brace"
    for _, name, form, conversion in parsed:
        if name is not None and (name not in FIELDS or form or conversion):
            near = difflib.get_close_matches(name, FIELDS, n=1)
            return f"{{{name}}} is no field of a macro; use {', '.join(FIELDS)}" + (
                f" (did you mean {{{near[0]}}}?)" if near and name not in FIELDS else ""
            )
    return ""


def _title(title: str) -> str:
    return "" if title.strip() and len(title) <= LONGEST_TITLE else f"write what teammates choose it by, in 1 to {LONGEST_TITLE} letters"


CHECKS = {"title": _title, "text": _text}
