"""Weighing: what the rules and the score of one long ticket cost, its meanings stored. Run with `python -m benchmarks.weighing [MESSAGES]`."""

from __future__ import annotations

import statistics
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from desk.customer import Account, Role
from desk.escalation import Escalation, Trigger
from desk.ids import AccountId, MessageId, TicketId
from desk.meaning import Meaning, Meant, likeness
from desk.policy_check import read_policy
from desk.sla import Mark, Side
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Ticket
from desk.timeline import SPOKEN, Message, Purpose, Timeline, in_a_row
from desk.triage import Classification, Impact, Sentiment
from escalation.case import Case
from escalation.clock import owed
from escalation.hearing import news
from escalation.kept import kept
from escalation.money import largest
from escalation.mood import followed
from escalation.priority import score
from escalation.repeats import contacts
from escalation.rules import evaluate

MESSAGES, EARLIER, EACH, WIDTH, ROUNDS = 200, 30, 5, 384, 200
MOST = 5.0
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
MARA = UserRef(Platform.LOCAL, "main", "mara")
CHANNEL = ChannelRef(Platform.LOCAL, "main", "community")
POLICY = read_policy(tomllib.loads((Path(__file__).parents[1] / "policy.toml").read_text("utf-8")))
ACME = Account(
    AccountId("acme"), "Acme", tier="enterprise", health=40, health_trend="falling", value=Decimal(50000), first_response=timedelta(hours=1)
)
SAID = Classification("billing", 0.9, sentiment=Sentiment.UNHAPPY, displeasure=0.7, impact=(Impact.BLOCKED, Impact.MONEY))
TEXT = "We cannot send invoices since this morning, it is about 4,800.00 EUR by now. " * 4
FEW = 10
"""Rounds of the plain loop, which is slow."""


def timeline(count: int) -> Timeline:
    """Return a long conversation: every third message is the bot's."""
    return tuple(_message(n) for n in range(count))


def _message(n: int) -> Message:
    at, theirs = START + timedelta(minutes=n), n % 3 != 2
    ref = MessageRef(CHANNEL, f"m{n}")
    author, role, purpose = (MARA, Role.CUSTOMER, Purpose.CUSTOMER) if theirs else (None, Role.BOT, Purpose.ANSWER)
    return Message(MessageId(f"m{n}"), ref, Place(CHANNEL, "m0"), author, "Mara", role, TEXT, at, purpose, ticket=TicketId("t"))


def meant(ticket: str, count: int, source: np.random.Generator) -> list[Meant]:
    """Return what the messages of a ticket mean, at random."""
    rows = source.standard_normal((count, WIDTH)).astype("<f4")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return [Meant(MessageId(f"{ticket}-{n}"), TicketId(ticket), START, Meaning("e", row.tobytes())) for n, row in enumerate(rows)]


def weigh(told: Timeline, ticket: Ticket, own: list[Meant], before: list[Meant]) -> int:
    """Do what a turn does between understanding and deciding: the case, the rules, what is news, the score, and what is kept of it."""
    now = told[-1].at
    case = Case(
        SAID,
        ACME,
        answers=in_a_row(told, purposes=SPOKEN - {Purpose.QUESTION, Purpose.PART}),
        questions=in_a_row(told, purposes=frozenset({Purpose.QUESTION})),
        mood=followed([0.3 + 0.4 * (n % 2) for n in range(len(told))], POLICY.mood),
        owed=owed(ticket, ACME, POLICY, now),
        contacts=contacts([item.meaning for item in own], before, alike=POLICY.escalation.repeat.alike),
        money=largest(told[-1].text, POLICY.escalation.money.rates),
        since_answer=timedelta(minutes=1),
    )
    fired = evaluate(case, POLICY)
    raised = [Escalation(f"x{n}", ticket.id, (Trigger("money"),), START, "p") for n in range(20)]
    heard = news(fired, POLICY, stood=frozenset(), raised=raised, now=now)
    return score(case, fired, POLICY).score + len(heard.notices) + len(kept(case))


def plain(own: list[Meant], before: list[Meant]) -> int:
    """Compare each message with each earlier one in a loop, and nothing else."""
    return sum(likeness(mine.meaning, theirs.meaning) >= POLICY.escalation.repeat.alike for mine in own for theirs in before)


def took(work: Callable[[], int], rounds: int) -> tuple[list[float], list[float]]:
    """Return how many milliseconds each round took on the clock and of the processor, fewest first."""
    clock, processor = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.thread_time()
        work()
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.thread_time() - used) * 1000)
    return sorted(clock), sorted(processor)


def main(count: int = MESSAGES) -> int:
    """Print what weighing costs and what comparing each with each would; return 1 over the mark.

    The mark is on the processor's time, which other work on the machine does not change much.
    """
    source = np.random.default_rng(1)
    told, own = timeline(count), meant("t", count, source)
    before = [item for n in range(EARLIER) for item in meant(f"b{n}", EACH, source)]
    # Its clock was marked at each of the bot's answers and at what was said after it.
    marks = tuple(Mark(m.at, Side.CUSTOMER if m.role is Role.BOT else Side.OURS, answered=m.role is Role.BOT) for m in told)
    ticket = Ticket(TicketId("t"), Place(CHANNEL, "m0"), MessageRef(CHANNEL, "m0"), f"user:{MARA}", MARA, "Mara", START, clock=marks)
    clock, processor = took(lambda: weigh(told, ticket, own, before), ROUNDS)
    looped, _ = took(lambda: plain(own[-FEW:], before), ROUNDS // FEW)
    most = _p95(processor)
    print(f"rules and score of a ticket with {count} messages, {EARLIER} earlier tickets compared:")
    print(f"  on the clock median {statistics.median(clock):.2f} ms, p95 {_p95(clock):.2f} ms")
    print(f"  of the processor median {statistics.median(processor):.2f} ms, p95 {most:.2f} ms (under {MOST:.0f})")
    print(f"a plain loop that only compares {FEW} of its messages with those of the earlier tickets: median {statistics.median(looped):.2f} ms")
    return int(most >= MOST)


def _p95(found: list[float]) -> float:
    return found[int(len(found) * 0.95)]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES))
