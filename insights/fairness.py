"""Fairness: how long customers wait for a person, by what they are and how they write, and who asks politely in vain."""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from desk.audience import INTERNAL
from desk.customer import TEAM
from desk.decision import Decision
from desk.draft import Draft, DraftStatus, Verdict
from desk.ticket import Containment, Status, Ticket
from desk.timeline import Message, Timeline

DRAWS, SEED = 400, 1
COVERED = (0.025, 0.975)
"""The quantiles of the draws that bound an interval: 95 of 100 such intervals hold the true median."""
FEWEST = 8
"""The fewest tickets of a group that is compared with another."""
CALM, ANGRY = 0.4, 0.7
"""Below the one a ticket's worst mood was calm, from the other on angry."""
POLITE_TICKETS, POLITE_MESSAGES = 2, 4
"""So many unsolved tickets of which one came back for another, or so many messages in one, without a rude word: somebody asks again and again."""
SHOUTED, CAPITALS, LETTERS = 3, 0.7, 10
WANTED = frozenset({"suggest", "escalate", "stand_by"})
"""What was decided where a person was to come; in observe mode, what would have been."""
APPROVED = frozenset({Verdict.APPROVE, Verdict.APPROVE_ANYWAY, Verdict.EDIT})


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one ticket waited for its first person; not `ended`: nobody came until the ticket was closed, or until now."""

    waited: timedelta
    ended: bool
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """The waits of tickets that share a trait. Median and p90 are by Kaplan and Meier (1958), None where fewer than that share were ever reached.

    `interval` is around the median; None at its upper end: longer than anything that was seen.
    """

    by: str
    name: str
    count: int
    waiting: int
    median: timedelta | None
    p90: timedelta | None
    interval: tuple[timedelta, timedelta | None] | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Two groups whose intervals do not overlap."""

    by: str
    sooner: str
    later: str


@dataclass(frozen=True, slots=True)
class Neglected:
    """An account, or a person without one, that asks politely and again without a solution."""

    who: str
    tickets: tuple[str, ...]
    messages: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One ticket with what was said in it, its drafts and its decisions; the tier and name of its account, the name of its customer without one."""

    ticket: Ticket
    timeline: Timeline
    drafts: Sequence[Draft] = ()
    decisions: Sequence[Decision] = ()
    tier: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The waits of a span. `apart` counts the tickets that wanted no person: those are in no group."""

    since: datetime
    until: datetime
    counted: int
    apart: int
    groups: tuple[Group, ...] = ()
    gaps: tuple[Gap, ...] = ()
    neglected: tuple[Neglected, ...] = field(default_factory=tuple)


def report(seen: Iterable[Seen], *, since: datetime, until: datetime) -> Report:
    """Return how long the tickets opened in a span waited for a person, by tier, mood, loudness, language and platform."""
    found = [each for each in seen if since <= each.ticket.opened < until and each.ticket.merged_into is None]
    waits = [wait for each in found if (wait := wait_of(each, until=until))]
    groups = tuple(grouped(waits))
    return Report(since, until, len(waits), len(found) - len(waits), groups, tuple(gaps(groups)), tuple(neglected(found)))


def wait_of(seen: Seen, *, until: datetime) -> Wait | None:
    """Return how long a ticket waited from its opening, None when it wanted no person."""
    first = first_person(seen)
    wanted = any(WANTED & {decision.word, decision.would or ""} for decision in seen.decisions)
    if first is None and (not wanted or _was_solved(seen.ticket)):
        return None
    end = first or min(seen.ticket.closed or until, until)
    return Wait(max(timedelta(), end - seen.ticket.opened), first is not None, traits(seen))


def first_person(seen: Seen) -> datetime | None:
    """Return when a customer first heard from a person: a teammate's own words, or a draft that one approved or wrote anew."""
    spoken = [m.at for m in seen.timeline if m.role in TEAM and m.audience != INTERNAL and not m.mentions_bot]
    looked = [d.decided_at for d in seen.drafts if d.decided_at and d.verdict in APPROVED and d.decided_by and d.status is not DraftStatus.REJECTED]
    return min((*spoken, *looked), default=None)


def traits(seen: Seen) -> Mapping[str, str]:
    """Return what a ticket is told apart by."""
    peak = seen.ticket.mood.peak
    return {
        "tier": seen.tier or "none",
        "mood": "calm" if peak < CALM else "displeased" if peak < ANGRY else "angry",
        "loudness": loudness([m for m in seen.timeline if m.is_customers]),
        "language": seen.ticket.language or "unknown",
        "platform": seen.ticket.place.channel.platform.value,
    }


def loudness(said: Sequence[Message]) -> str:
    """Return whether customers shouted, in capitals or with exclamation marks; unknown where nothing of it is kept."""
    kept = [message.text for message in said if message.text]
    return ("loud" if any(map(_shouts, kept)) else "quiet") if kept else "unknown"


def grouped(waits: Sequence[Wait]) -> Iterable[Group]:
    """Yield the groups of each trait, the largest first."""
    for by in ("tier", "mood", "loudness", "language", "platform"):
        names = defaultdict(list)
        for wait in waits:
            names[wait.traits[by]].append(wait)
        for name, found in sorted(names.items(), key=lambda item: (-len(item[1]), item[0])):
            yield group(by, name, found)


def group(by: str, name: str, waits: Sequence[Wait]) -> Group:
    """Return one group's figures; the interval is drawn with a fixed seed, so that the same tickets give the same one (Efron 1979)."""
    medians = sorted(_drawn(waits, f"{by}/{name}"))
    low, high = (medians[min(DRAWS - 1, int(share * DRAWS))] for share in COVERED)
    interval = None if math.isinf(low) else (timedelta(seconds=low), None if math.isinf(high) else timedelta(seconds=high))
    waiting = sum(not wait.ended for wait in waits)
    return Group(by, name, len(waits), waiting, quantile(waits, 0.5), quantile(waits, 0.9), interval)


def quantile(waits: Sequence[Wait], share: float) -> timedelta | None:
    """Return within which time this share had a person, by the estimate of Kaplan and Meier; None when so many never did while one could see.

    A ticket on which nobody came counts for as long as it was watched, so that slow ones do not vanish from the figures.
    """
    left, alone = len(waits), 1.0
    # Of two at one instant, the one that ended is counted first: the other was still waiting then.
    for wait in sorted(waits, key=lambda wait: (wait.waited, not wait.ended)):
        alone *= 1 - wait.ended / left
        left -= 1
        if wait.ended and 1 - alone >= share - 1e-9:
            return wait.waited
    return None


def _drawn(waits: Sequence[Wait], seed: str) -> Iterable[float]:
    """Yield the medians, in seconds, of tickets drawn again with replacement; infinite where half of them never had a person."""
    ordered = sorted(waits, key=lambda wait: (wait.waited, not wait.ended))
    seconds, ended = np.array([wait.waited.total_seconds() for wait in ordered]), np.array([wait.ended for wait in ordered])
    draw = np.random.default_rng([SEED, zlib.crc32(seed.encode())])
    for _ in range(DRAWS):
        times = np.bincount(draw.integers(0, len(ordered), len(ordered)), minlength=len(ordered))
        left = times[::-1].cumsum()[::-1]
        alone = np.cumprod(1 - np.where(times > 0, ended * times / np.maximum(left, 1), 0.0))
        reached = np.flatnonzero(alone <= 0.5 + 1e-9)
        yield float(seconds[reached[0]]) if len(reached) else math.inf


def gaps(groups: Sequence[Group]) -> Iterable[Gap]:
    """Yield pairs of one trait's groups whose intervals do not overlap, where both have tickets enough."""
    known = [each for each in groups if each.count >= FEWEST]
    for a in known:
        for b in known:
            if a.by == b.by and a.interval and a.interval[1] is not None and (b.interval is None or a.interval[1] < b.interval[0]):
                yield Gap(a.by, a.name, b.name)


def neglected(seen: Sequence[Seen]) -> Iterable[Neglected]:
    """Yield who asks politely again and again without a solution: all their unsolved tickets are calm, and some came back, or are long."""
    theirs: defaultdict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        if not _was_solved(each.ticket) and any(WANTED & {d.word, d.would or ""} or d.facts.is_request for d in each.decisions):
            theirs[each.ticket.account or each.ticket.person or str(each.ticket.customer)].append(each)
    found = []
    for several in theirs.values():
        is_calm = all(each.ticket.mood.peak < CALM for each in several)
        again = len(several) >= POLITE_TICKETS and any(map(_came_back, several))
        if is_calm and (again or max(map(_asked, several)) >= POLITE_MESSAGES):
            opened = min(each.ticket.opened for each in several)
            found.append(Neglected(several[0].name, tuple(each.ticket.id for each in several), sum(map(_asked, several)), opened))
    return sorted(found, key=lambda each: (-each.messages, each.since))


def _asked(seen: Seen) -> int:
    return sum(message.is_customers for message in seen.timeline)


def _came_back(seen: Seen) -> bool:
    """Tell whether a ticket is about what an earlier one was about, or was followed by such a one: two questions about two things are no return."""
    again = any(int(dict(decision.facts.weighed).get("contacts", 0)) for decision in seen.decisions)
    return again or seen.ticket.containment is Containment.RECONTACTED


def _was_solved(ticket: Ticket) -> bool:
    return ticket.status is Status.SOLVED or ticket.containment is Containment.CONFIRMED


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    return "!!" in text or text.count("!") >= SHOUTED or (len(letters) >= LETTERS and capitals > CAPITALS * len(letters))
