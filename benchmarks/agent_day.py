"""Day: a working day of tickets answered by the whole desk under a clock that only this module moves, and by a plain agent beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from anthropic.types.beta import BetaMessageParam

from agent.claude import Access, ClaudeModel
from benchmarks.agent_plain import PlainAgent
from benchmarks.agent_script import ours, plain
from benchmarks.agent_server import Call, RuledServer
from benchmarks.agent_tickets import DAY, Ticket, Turn, in_order
from bootstrap import open_runtime
from bot.web.rooms import local_channel, local_user, slug
from cli.demo import DEMO, company, lay_out
from cli.play.clock import ControlledClock
from cli.seeding import Cast, Seat, enroll
from desk.audience import PUBLIC
from desk.customer import Person, Trust
from desk.decision import Decision
from desk.facts import Occasion
from desk.ids import PersonId
from desk.space import ChannelRef, Place
from desk.writing import ModelPolicy
from handlers.drafting import BoundTools
from handlers.situation import private_of
from runtime import Runtime, Wrappers
from settings import read_settings

PATIENCE = timedelta(seconds=40)
"""How long the clock runs on after somebody wrote: past the pause of a burst."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one turn at our desk, as its decision says it."""

    turn: Turn
    word: str
    reasons: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Tell whether the desk did what the ticket expects."""
        return self.word == self.turn.desk


@dataclass(frozen=True, slots=True)
class Day:
    """Everything both sides did: the calls of each, and what our desk decided; prices are policy's."""

    ours: Sequence[Call]
    plain: Sequence[Call]
    told: Sequence[Told]
    policy: ModelPolicy


@dataclass(slots=True)
class _Talks:
    """What was said in each ticket: where ours stands, and the plain agent's messages."""

    threads: dict[str, Place] = field(default_factory=dict)
    plain: dict[str, list[BetaMessageParam]] = field(default_factory=dict)


async def live(tickets: Sequence[Ticket], home: Path) -> Day:
    """Live through a day in an empty home."""
    clock = ControlledClock(home / "clock", start=DAY + timedelta(hours=6))

    def seconds() -> float:
        return clock.now().timestamp()

    mine, other = RuledServer(ours, seconds), RuledServer(plain, seconds)
    talks, told = _Talks(), []
    async with _opened(home, clock, mine, tickets) as desk:
        policy = (await desk.services.policy.current()).model
        beside = PlainAgent(other, model=policy.answers, output=policy.bounds.output)
        for ticket, turn in in_order(tickets):
            await _until(desk, clock, turn.at)
            for server in (mine, other):
                server.begin(turn)
            told.append(await _told(ticket, turn, desk, clock=clock, talks=talks))
            await _plainly(ticket, turn, desk, agent=beside, talks=talks)
        await beside.close()
    return Day(tuple(mine.calls), tuple(other.calls), tuple(told), policy)


@asynccontextmanager
async def _opened(home: Path, clock: ControlledClock, server: RuledServer, tickets: Sequence[Ticket]) -> AsyncIterator[Runtime]:
    lay_out(home)
    model = ClaudeModel(Access(key="scripted"), strict=True, transport=server)
    async with open_runtime(read_settings(home=home), wrap=Wrappers(model=lambda _: model), clock=clock, background=False) as desk:
        now = clock.now()
        cast = company(DEMO / "crm", desk)
        known = {seat.person.name for seat in cast.seats}
        strangers = [_stranger(name) for name in dict.fromkeys(ticket.who for ticket in tickets) if name not in known]
        await enroll(desk, Cast(cast.accounts, [*cast.seats, *strangers], cast.invoices, cast.rooms), at=now)
        await desk.reading.ingest([DEMO / "knowledge"])
        yield desk


def _stranger(name: str) -> Seat:
    return Seat(local_user(name), Person(PersonId(slug(name)), name), Trust.NONE)


async def _told(ticket: Ticket, turn: Turn, desk: Runtime, *, clock: ControlledClock, talks: _Talks) -> Told:
    """Have a customer say it, let the pause pass, and return what the desk decided."""
    place = talks.threads.get(ticket.id) or Place(_channel(ticket))
    began = clock.now()
    ref, _ = await desk.workspace.say(local_user(ticket.who), place, turn.says)
    await _until(desk, clock, began + PATIENCE)
    message = await desk.services.store.message(ref)
    assert message is not None, "what was said is kept"
    found = await desk.services.store.ticket(message.ticket) if message.ticket else None
    if found is None:
        return Told(turn, "no ticket")
    talks.threads.setdefault(ticket.id, found.place)
    made = [d for d in await desk.services.store.decisions(found.id) if d.at >= began and d.facts.occasion is Occasion.MESSAGE]
    return _as_told(turn, made[0]) if made else Told(turn, "nothing")


def _as_told(turn: Turn, decision: Decision) -> Told:
    return Told(turn, decision.word, tuple(reason.code for reason in decision.reasons), decision.facts.degraded)


async def _plainly(ticket: Ticket, turn: Turn, desk: Runtime, *, agent: PlainAgent, talks: _Talks) -> None:
    """Have the plain agent answer the same words, with the same articles and record."""
    channel = await desk.services.store.channel(_channel(ticket))
    assert channel is not None, "every channel is declared"
    author = await desk.services.crm.identify(local_user(ticket.who), ticket.who, channel)
    tools = BoundTools(author, frozenset({PUBLIC}) | (private_of(author) or frozenset()), desk.services)
    talk = talks.plain.setdefault(ticket.id, [])
    talk.append({"role": "user", "content": turn.says})
    await agent.answer(talk, author, tools)


def _channel(ticket: Ticket) -> ChannelRef:
    return local_channel(f"dm {local_user(ticket.who).id}" if ticket.channel == "dm" else ticket.channel)


async def _until(desk: Runtime, clock: ControlledClock, to: datetime) -> None:
    """Move the clock from one instant at which something is due to the next."""
    while True:
        await desk.settle()
        store, now = desk.services.store, clock.now()
        instants = (await store.next_due(), await store.next_sendable())
        due = [at for at in instants if at is not None and now < at <= to]
        if not due:
            break
        clock.move(min(due))
    clock.move(to)
    await desk.settle()
