"""Claims: every sentence of a reply tied to its evidence, and checked against it by code."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

from agent.deeds import undone
from agent.fields import unsaid
from agent.figures import CURRENCIES, CURRENCY_CODES, Figure, figures, number, tidy
from agent.sentences import ITEM, Kind, blocks, items, sentences
from agent.wording import content, is_negative, lists, share
from desk.audience import Audience
from desk.draft import Claim, Evidence, Proposal

ENTAILED = 0.6
"""The share of a sentence's content words that its evidence must contain."""
FEW = {0: 0.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: 0.75, 5: 0.75}
"""The same by the number of content words, of a short sentence that a model wrote: two words in three occur together by chance."""
CITED = re.compile(r"\[(\d{1,3})\]")
CLAUSE = re.compile(r"[,;:()–—]+\s+|\s+(?:but|because|unless|aber|sondern|weil|mais|pero|mas)\s+", re.IGNORECASE)
CURRENCY = re.compile(rf"[€$£¥]|\b(?:{CURRENCY_CODES})\b")
BARE = re.compile(r"(?<![\w.,])\d[\d.,]*\d|(?<![\w.,])\d(?![\w.,])")
RECORD = "record"
Told = Mapping[str, Sequence[str]]
"""Sentences that policy words for a field of the record, by the field's id."""
IMPERATIVES = frozenset(
    {"ask", "call", "check", "choose", "click", "close", "contact", "enter", "go", "open", "press", "read", "save", "select", "send", "tick", "write"}
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence stands on: the evidence it cites, as one text, with its figures."""

    text: str
    figures: tuple[Figure, ...]
    words: frozenset[str]
    is_record: bool
    amounts: tuple[tuple[Figure, ...], ...] = ()
    """The amounts of each field of the record."""


def check(
    proposal: Proposal,
    *,
    hosts: Collection[str] = (),
    fixed: Collection[str] = (),
    bared: Callable[[str], str] = lambda sentence: sentence,
    told: Told | None = None,
) -> Proposal:
    """Return the proposal with its claims made anew from its parts; a sentence is supported only when code finds it in its evidence.

    `hosts` are the hosts that links may lead to (none: all). `fixed` are sentences of ours that claim nothing, `bared` takes from a sentence what
    claims nothing. A claim that the proposal already ties to evidence keeps those numbers where its sentence carries none. `told` is for what a
    model wrote, see `unsupported`.
    """
    tied = {_key(claim.text): claim.evidence for claim in proposal.claims}
    claims = [
        replace(claim, part=n)
        for n, part in enumerate(proposal.parts)
        for claim in _claims(part.text, proposal.evidence, audience=part.audience, hosts=hosts, fixed=fixed, tied=tied, bared=bared, told=told)
    ]
    return replace(proposal, claims=tuple(claims))


def check_text(text: str, evidence: Sequence[Evidence], hosts: Collection[str] = (), *, fixed: Collection[str] = ()) -> tuple[Claim, ...]:
    """Return the claims of a text that a person wrote or changed; a sentence without a number is tied to whatever evidence carries it."""
    return tuple(_claims(text, evidence, audience=None, hosts=hosts, fixed=fixed, tied={}))


def cut(text: str) -> tuple[str, ...]:
    """Return what claims something in a reply: sentences, items of lists, whole tables and code blocks."""
    found: list[str] = []
    for block in blocks(text):
        if block.kind is Kind.TEXT:
            found += sentences(block.text)
        elif block.kind is Kind.LIST:
            found += items(block.text)
        elif block.kind is not Kind.HEADING:
            found.append(block.text)
    return _with_numbers(found)


def unsupported(sentence: str, grounds: Sequence[Evidence], *, hosts: Collection[str] = (), told: Told | None = None) -> str:
    """Return what of a sentence its evidence does not carry, "" when all of it does.

    Of the record alone, the sentences that policy words and people write are held to their figures. Those of a model must say nothing else
    than the fields do, or than policy says of them: `told` has its sentences by the id of the field.
    """
    ground = _ground(grounds)
    if why := wrong_figure(sentence, grounds, hosts=hosts) or (undone(sentence, grounds) if told is not None else ""):
        return why
    if ground.is_record:
        return "" if told is None else unsaid(tidy(sentence), ground.text, tuple(said for item in grounds for said in told.get(item.id, ())))
    missing = content(tidy(sentence))
    needed = ENTAILED if told is None else FEW.get(len(missing), ENTAILED)
    if missing and share(missing, ground.words) < needed:
        return "the evidence does not say this"
    return _denied(sentence, ground)


def wrong_figure(sentence: str, grounds: Sequence[Evidence], *, hosts: Collection[str] = (), but: Collection[str] = ()) -> str:
    """Return what is wrong with the first figure of a sentence that its evidence does not have, "" for none; kinds in `but` are not looked at."""
    ground = _ground(grounds)
    return next((why for figure in figures(sentence) if figure.kind not in but and (why := _missing(figure, ground, hosts))), "")


def _claims(
    text: str,
    evidence: Sequence[Evidence],
    *,
    audience: Audience | None,
    hosts: Collection[str],
    fixed: Collection[str],
    tied: Mapping[str, tuple[int, ...]],
    bared: Callable[[str], str] = lambda sentence: sentence,
    told: Told | None = None,
) -> list[Claim]:
    known = {item.n: item for item in evidence}
    # A sentence that names nothing is tied to nothing that its part may not show: the whole reply would be refused for it.
    open_ = [item for item in evidence if audience is None or item.audience <= audience]
    skipped = {_key(sentence) for phrase in fixed for sentence in (phrase, *cut(phrase))}
    found = []
    for sentence in cut(text):
        own = tuple(int(n) for n in CITED.findall(sentence))
        whole = CITED.sub("", sentence).strip()
        bare = bared(whole)
        if not bare or (not own and {_key(bare), _key(whole)} & skipped) or (told is not None and not content(bare) and not figures(bare)):
            continue
        numbers = own or tied.get(_key(bare), ()) or _best(bare, open_, hosts, told=told)
        found.append(_claim(bare, [known[n] for n in numbers if n in known], audience=audience, hosts=hosts, told=told))
    return found


def _claim(sentence: str, grounds: Sequence[Evidence], *, audience: Audience | None, hosts: Collection[str], told: Told | None) -> Claim:
    numbers = tuple(item.n for item in grounds)
    hidden = [item for item in grounds if audience is not None and not item.audience <= audience]
    if not grounds:
        return Claim(sentence, supported=False, why="no evidence")
    if hidden:
        return Claim(sentence, supported=False, evidence=numbers, why=f"[{hidden[0].n}] is for {hidden[0].audience} only")
    why = unsupported(sentence, grounds, hosts=hosts, told=told)
    return Claim(sentence, supported=not why, evidence=numbers, why=why)


def _with_numbers(found: Sequence[str]) -> tuple[str, ...]:
    """Give a list, table or code block the number that stands behind it: every item of a list rests on the number at its end."""
    numbered: list[str] = []
    for text in found:
        if numbered and CITED.sub("", text).strip() == "":
            numbered[-1] += f" {text.strip()}"
        else:
            numbered.append(text)
    # Backwards, so that the number behind the last item reaches the first through all between.
    for n in range(len(numbered) - 2, -1, -1):
        if ITEM.match(numbered[n]) and ITEM.match(numbered[n + 1]) and not CITED.search(numbered[n]):
            numbered[n] += "".join(f" [{number}]" for number in CITED.findall(numbered[n + 1]))
    return tuple(numbered)


def _best(sentence: str, evidence: Sequence[Evidence], hosts: Collection[str], *, told: Told | None) -> tuple[int, ...]:
    """Return the piece of evidence that carries a sentence, else the one that shares most of its words, else none."""
    words = content(tidy(sentence))
    near = sorted(evidence, key=lambda item: -share(words, content(_said(item))))
    carrying = next((item for item in near if not unsupported(sentence, [item], hosts=hosts, told=told)), None)
    if carrying:
        return (carrying.n,)
    return (near[0].n,) if near and share(words, content(_said(near[0]))) > 0 else ()


def _ground(grounds: Sequence[Evidence]) -> Ground:
    text = "\n\n".join(map(_said, grounds))
    fields = [figures(_said(item)) for item in grounds if item.source == RECORD]
    amounts = tuple(tuple(figure for figure in found if figure.kind == "amount") for found in fields)
    return Ground(text, figures(text), content(text), bool(grounds) and len(fields) == len(grounds), amounts)


def _said(item: Evidence) -> str:
    return tidy("\n\n".join(filter(None, (item.title, item.heading, item.quote, item.url))))


def _missing(figure: Figure, ground: Ground, hosts: Collection[str]) -> str:
    if figure.kind == "link" and hosts and not _is_allowed(host := urlsplit(figure.value).hostname or "", hosts):
        return f'"{figure.said}": links to {host} are not allowed'
    if _contains(figure, ground):
        return ""
    instead = _instead(figure, ground)
    return f'"{figure.said}": ' + (f"the evidence says {instead}" if instead else "not in the evidence")


def _is_allowed(host: str, hosts: Collection[str]) -> bool:
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)


def _contains(figure: Figure, ground: Ground) -> bool:
    there = {other.value for other in ground.figures if other.kind == figure.kind}
    otherwise = OTHERWISE.get(figure.kind)
    return figure.value in there or bool(otherwise and otherwise(figure.value, ground))


def _is_named(value: str, ground: Ground) -> bool:
    """Tell whether a name is in the evidence; a sentence's first word may have been taken for part of it."""
    first, _, rest = value.partition(" ")
    opens = first in IMPERATIVES or first in lists()["stop"]
    return value in _flat(ground).lower() or (opens and rest in _flat(ground).lower())


def _is_written(value: str, ground: Ground) -> bool:
    return value in _flat(ground)


def _is_dated(value: str, ground: Ground) -> bool:
    return any(other.kind == "date" and _same_day(value, other.value) for other in ground.figures)


def _is_bare_number(value: str, ground: Ground) -> bool:
    """Tell whether a number without a unit occurs in the evidence, also as an end of a range or part of a label."""
    if " " in value or ".." in value:
        return False
    ends = {end for other in ground.figures if other.kind in ("quantity", "amount") for end in re.split(r"\.\.| ", other.value)}
    return value in ends or bool(re.search(rf"(?<!\d){re.escape(value)}(?!\d)", ground.text))


def _is_sum(value: str, ground: Ground) -> bool:
    """Tell whether an amount is the total of what the fields of the record say, one amount each."""
    currency, amount = value.split(" ")
    parts = [[figure.value.split(" ")[1] for figure in each if figure.value.startswith(currency)] for each in ground.amounts]
    single = [Decimal(found[0]) for found in parts if len(set(found)) == 1]
    return len(single) == len(parts) > 0 and sum(single, Decimal(0)) == Decimal(amount)


def _is_reckoned(value: str, ground: Ground) -> bool:
    return _is_sum(value, ground) or _is_priced(value, ground)


def _is_priced(value: str, ground: Ground) -> bool:
    """Tell whether an amount stands as a bare number, in a table say, of a text that speaks of its currency and of no other."""
    currency, amount = value.split(" ")
    named = {CURRENCIES.get(word.upper(), word.upper()) for word in CURRENCY.findall(ground.text)}
    return named == {currency} and any(number(found) == Decimal(amount) for found in BARE.findall(ground.text))


def _same_day(one: str, other: str) -> bool:
    (year, *day), (other_year, *other_day) = one.split("-"), other.split("-")
    return day == other_day and (year == other_year or "*" in (year, other_year))


OTHERWISE: Mapping[str, Callable[[str, Ground], bool]] = {
    "name": _is_named,
    "code": _is_written,
    "date": _is_dated,
    "amount": _is_reckoned,
    "quantity": _is_bare_number,
}
"""How else than by an equal figure the evidence may carry one, by its kind; links and versions must be equal."""


def _flat(ground: Ground) -> str:
    return " ".join(ground.text.split())


def _instead(figure: Figure, ground: Ground) -> str:
    """Return what the evidence says in this place: a figure of the same kind and unit, when there is exactly one."""
    unit = figure.value.partition(" ")[2] if figure.kind == "quantity" else ""
    alike = {other.value for other in ground.figures if other.kind == figure.kind and (not unit or other.value.endswith(f" {unit}"))}
    if figure.kind not in ("quantity", "amount", "date") or len(alike) != 1:
        return ""
    return alike.pop().replace("..", " to ").removesuffix(f" {unit}" if unit else "\0")


def _denied(sentence: str, ground: Ground) -> str:
    """Return a reason when a sentence denies what its evidence affirms, or the other way round.

    Clause by clause: "If it does not come, look in spam" denies nothing of "Look in spam". What one clause of the evidence denies and another
    one, as near to it, affirms is affirmed.
    """
    there = _polarities(ground.text)
    for clause in _clauses(sentence):
        words = content(clause)
        near = [(share(words, other), negative) for other, negative in there if words and share(words, other) >= ENTAILED]
        nearest = max(near, default=(0.0, False))[0]
        if near and all(negative != is_negative(clause) for alike, negative in near if alike == nearest):
            return "the evidence says the opposite"
    return ""


@lru_cache(maxsize=256)
def _polarities(text: str) -> tuple[tuple[frozenset[str], bool], ...]:
    """Return the words of each sentence and clause of a text, and whether it denies something; asked of the same few passages again and again."""
    return tuple((content(clause), is_negative(clause)) for said in cut(text) for clause in (said, *_clauses(said)))


def _clauses(sentence: str) -> list[str]:
    """Return the clauses of a sentence that say something of their own; the sentence where it has but one."""
    found = [clause for clause in CLAUSE.split(sentence) if len(content(clause)) > 1]
    return found or [sentence]


def _key(sentence: str) -> str:
    return " ".join(tidy(sentence).split()).strip().lower()
