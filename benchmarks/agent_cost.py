"""Cost: what forty tickets take of a model, our agent beside a plain tool loop. Run with `python -m benchmarks.agent_cost`; it needs no key.

Both sides answer the same tickets with the same articles and record, through the real SDK, from a model that behaves by one rule
(`benchmarks/agent_script.py`). Tokens are counted from the bodies of requests, four characters each; what was sent up to a cache mark within
its time to live counts as cached. Everything our desk asks a model for while it answers is counted: triage, answers, summaries.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import mean, median

from benchmarks.agent_day import Day, live
from benchmarks.agent_script import Body
from benchmarks.agent_server import Call
from benchmarks.agent_tickets import Ticket, in_order, read_tickets
from cli.play.prompt_cache import PromptCache
from desk.writing import ModelPolicy

MILLION = 1_000_000
RATIO, CALLS = 0.5, 2
"""The marks: uncached input tokens beside the plain loop's, and calls of the median answered ticket."""
Clock = Callable[[Call], float]
"""When a call was made, in seconds."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What some calls took: tokens in and out, and US dollars by policy's prices."""

    calls: int = 0
    plain: int = 0
    written: int = 0
    read: int = 0
    output: int = 0
    price: float = 0.0

    @property
    def input(self) -> int:
        """Return all input tokens."""
        return self.uncached + self.read

    @property
    def uncached(self) -> int:
        """Return the input tokens that were not read from the cache."""
        return self.plain + self.written

    def __add__(self, other: Taken) -> Taken:
        return Taken(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def summed(each: Sequence[Taken]) -> Taken:
    """Return what all of them took together."""
    return sum(each, Taken())


def came(call: Call) -> float:
    """Return when a call was made."""
    return call.turn.at.timestamp() + call.after


def taken(calls: Sequence[Call], policy: ModelPolicy, *, at: Clock) -> list[Taken]:
    """Return what each call took, were they made at these instants."""
    cache = PromptCache()
    return [_taken(call, policy, cache, at=at(call)) for call in calls]


def schedules(tickets: Sequence[Ticket]) -> Mapping[str, Clock]:
    """Return other times at which the same turns could have been taken: as they were, and one after another at equal distances."""
    place = {(turn.ticket, turn.n): n for n, (_, turn) in enumerate(in_order(tickets))}

    def apart(by: timedelta) -> Clock:
        return lambda call: place[call.turn.ticket, call.turn.n] * by.total_seconds() + call.after

    named = {"a minute apart": timedelta(minutes=1), "10 minutes apart": timedelta(minutes=10), "2 hours apart": timedelta(hours=2)}
    return {"as they came": came, **{name: apart(by) for name, by in named.items()}}


def calls_of(calls: Sequence[Call], tickets: Sequence[Ticket]) -> list[int]:
    """Return how many calls each ticket took."""
    counted = Counter(call.turn.ticket for call in calls)
    return [counted[ticket.id] for ticket in tickets]


def repairs(calls: Sequence[Call]) -> int:
    """Return how many calls were made because a check refused a reply."""
    return sum("The reply was not sent." in str(call.body["messages"][-1]["content"]) for call in calls if call.purpose == "answer")


def met(day: Day, tickets: Sequence[Ticket]) -> dict[str, tuple[float, bool]]:
    """Return each mark's figure, and whether it is met."""
    found = {}
    for what, clock in {"minute": schedules(tickets)["a minute apart"], "day": came}.items():
        mine, other = (summed(taken(calls, day.policy, at=clock)) for calls in (day.ours, day.plain))
        found[what] = (mine.uncached / other.uncached, mine.uncached / other.uncached <= RATIO)
    typical = median(calls_of(day.ours, [ticket for ticket in tickets if ticket.answered]))
    return {**found, "calls": (typical, typical <= CALLS)}


def _taken(call: Call, policy: ModelPolicy, cache: PromptCache, *, at: float) -> Taken:
    count, price = cache.count(call.body, at=at), policy.price(call.body["model"])
    long = max(0, min(_kept_long(call.body) - count.read, count.written))
    write = (count.written - long) * price.cache_write + long * price.cache_write_hour
    cost = count.plain * price.input + write + count.read * price.cache_read + call.output * price.output
    return Taken(1, count.plain, count.written, count.read, call.output, cost / MILLION)


def _kept_long(body: Body) -> int:
    """Return how many tokens at the beginning of a prompt are marked to be kept for an hour."""
    blocks = [block for part in ("tools", "system") for block in body.get(part, ()) if isinstance(block, dict)]
    if not any(block.get("cache_control", {}).get("ttl") == "1h" for block in blocks):
        return 0
    return PromptCache().count({**body, "messages": ()}, at=0.0).written


def _sides(day: Day, tickets: Sequence[Ticket]) -> None:
    turns, answered = sum(len(ticket.turns) for ticket in tickets), [ticket for ticket in tickets if ticket.answered]
    print(f"{f'{len(tickets)} tickets, {turns} turns':36}{'ours':>12}{'plain loop':>12}")
    rows: list[tuple[str, Callable[[Sequence[Call]], float]]] = [
        ("calls of a ticket, median", lambda calls: median(calls_of(calls, tickets))),
        ("calls of a ticket, mean", lambda calls: mean(calls_of(calls, tickets))),
        ("calls of an answered ticket, median", lambda calls: median(calls_of(calls, answered))),
        ("calls of a turn, mean", lambda calls: len(calls) / turns),
    ]
    for what, figure in rows:
        print(f"{what:36}{figure(day.ours):12.2f}{figure(day.plain):12.2f}")
    mine, other = (summed(taken(calls, day.policy, at=came)) for calls in (day.ours, day.plain))
    for what, name in (("input tokens", "input"), ("input tokens not cached", "uncached"), ("output tokens", "output")):
        print(f"{what:36}{getattr(mine, name):12,}{getattr(other, name):12,}")
    print(f"{'not cached, of a ticket':36}{mine.uncached / len(tickets):12,.0f}{other.uncached / len(tickets):12,.0f}")
    print(f"{'US dollars of a ticket':36}{mine.price / len(tickets):12.4f}{other.price / len(tickets):12.4f}")


def _purposes(day: Day) -> None:
    each = taken(day.ours, day.policy, at=came)
    for purpose in dict.fromkeys(call.purpose for call in day.ours):
        of = summed([one for one, call in zip(each, day.ours, strict=True) if call.purpose == purpose])
        print(f"  ours, {purpose}: {of.calls} calls, {of.uncached:,} tokens not cached, {of.read:,} read from it, ${of.price:.4f}")
    print(f"  ours, calls made because a check refused a reply: {repairs(day.ours)}")


def _times(day: Day, tickets: Sequence[Ticket]) -> None:
    print("tokens not cached, and dollars, were the turns taken ...")
    for name, clock in schedules(tickets).items():
        mine, other = (summed(taken(calls, day.policy, at=clock)) for calls in (day.ours, day.plain))
        print(f"  {name:18}{mine.uncached:9,} to {other.uncached:9,}: {mine.uncached / other.uncached:.2f}   ${mine.price:.3f} to ${other.price:.3f}")


def _decided(day: Day) -> None:
    wrong = [told for told in day.told if not told.as_expected]
    print(f"our desk decided as a ticket expects: {len(day.told) - len(wrong)} of {len(day.told)} turns")
    for told in wrong:
        print(f"  {told.turn.ticket} {told.turn.n + 1}: {told.word} ({', '.join((*told.reasons, *told.degraded))}), expected {told.turn.desk}")


def main() -> int:
    tickets = read_tickets()
    with tempfile.TemporaryDirectory(prefix="frontdesk-cost-") as folder:
        day = asyncio.run(live(tickets, Path(folder)))
    _sides(day, tickets)
    _purposes(day)
    _times(day, tickets)
    _decided(day)
    found = met(day, tickets)
    for what, (figure, is_met) in found.items():
        print(f"mark: {MARKS[what]}: {figure:.2f}, {'met' if is_met else 'missed'}")
    return int(not all(is_met for _, is_met in found.values()))


MARKS = {
    "minute": f"at most {RATIO} of the uncached input tokens, tickets a minute apart",
    "day": "the same, the forty spread over a day of ten hours",
    "calls": f"at most {CALLS} calls for the median answered ticket",
}

if __name__ == "__main__":
    sys.exit(main())
