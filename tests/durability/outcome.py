"""Outcome: what a desk ended with, what of it is wrong by itself, and in what it differs from another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bootstrap import engine_url, open_records
from bot.web.log import Entry, entries, messages
from bot.web.workspace import open_workspace
from desk.audience import INTERNAL
from desk.cards import plain
from desk.decision import decide
from desk.events import Event, MessageReceived
from desk.explaining import explain
from desk.ids import OutboxId
from desk.post import Op, RowStatus
from desk.store import Store
from desk.ticket import Ticket
from desk.timeline import Message, Purpose, ordered
from runtime import Records, SystemClock
from settings import read_settings
from store.engine import EngineRows

Said = dict[str, Any]
FINAL = (RowStatus.SENT, RowStatus.DROPPED)


@dataclass
class Outcome:
    """What a desk ended with, told without ids of its own and without instants, and every sentence about what is wrong."""

    tickets: dict[str, Said] = field(default_factory=dict)
    timelines: dict[str, list[Said]] = field(default_factory=dict)
    decisions: dict[str, list[str]] = field(default_factory=dict)
    posts: dict[str, list[Said]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Return everything that no desk may end with."""
        return self.lost + self.twice + self.disordered + self.undecided

    def differences(self, other: Outcome) -> list[str]:
        """Return in what this desk differs from another that heard the same."""
        pairs: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
            "ticket": (self.tickets, other.tickets),
            "timeline": (self.timelines, other.timelines),
            "decisions": (self.decisions, other.decisions),
            "posts": (self.posts, other.posts),
        }
        return [
            f"{what} {key}: {difference}"
            for what, (mine, theirs) in pairs.items()
            for key in sorted(mine.keys() | theirs.keys())
            for difference in _differences(mine.get(key), theirs.get(key))
        ]


async def read_outcome(home: Path, events: Sequence[Event], *, database: str = "") -> Outcome:
    """Read what a desk that was stopped left in its home, after it was given these events."""
    settings = read_settings(home=home, database_url=SecretStr(database))
    outcome = Outcome()
    async with open_records(settings) as records:
        for ticket in await records.store.tickets():
            await _read_ticket(outcome, ticket, records)
        outcome.undecided = await undecided(records.store)
        outcome.lost += [f"event {event.id} was not handled" for event in events if await records.store.follow_ups(event.id) is None]
        outcome.lost += [sentence for event in events if (sentence := await _lost(event, records.store))]
        await _read_posts(outcome, home, records)
    rows = EngineRows(engine_url(settings))
    outcome.lost += [f"event {failure.event} was given up: {failure.error}" for failure in await rows.failed()]
    await rows.close()
    return outcome


async def undecided(store: Store) -> list[str]:
    """Return the decisions that `decide` would not make again from their facts: a law of the desk that any test may check."""
    return [
        f"decision {made.id} was {made.word} and would be another now"
        for made in await store.decisions()
        if decide(made.facts) != made.action or explain(made.facts) != made.reasons
    ]


async def _read_ticket(outcome: Outcome, ticket: Ticket, records: Records) -> None:
    timeline = await records.store.timeline(ticket.id)
    move = (ticket.clock[-1].side, [mark.at for mark in ticket.clock if mark.answered and not mark.automatic][:1])
    outcome.tickets[ticket.id] = {**_told(ticket), "holding": ticket.holding is not None, "move": move}
    for message in timeline:
        # What the desk says in two threads at about one time has no order that a reader could see; a first message begins its thread.
        thread = message.place.thread or (message.ref.id if message.ref else "")
        # A pointer stands under the line that it points from, and not where its ticket does.
        where = "pointers" if message.author is None and message.purpose is Purpose.NOTICE else f"in {message.place.channel.id}/{thread}"
        outcome.timelines.setdefault(f"{ticket.id} {where}", []).append(_message(message))
    decisions = await records.store.decisions(ticket.id)
    outcome.decisions[ticket.id] = [f"{made.turn} {made.word}: {', '.join(reason.code for reason in made.reasons)}" for made in decisions]
    if timeline != ordered(timeline):
        outcome.disordered.append(f"the timeline of {ticket.id} is not in platform order")
    if not decisions and ticket.merged_into is None:
        outcome.lost.append(f"nothing was ever decided about ticket {ticket.id}")
    for message in timeline:
        row = await records.store.row(OutboxId(message.id)) if message.author is None else None
        if row and row.status not in FINAL:
            outcome.lost.append(f"post {row.post.id} of {ticket.id} ended {row.status}: {row.error}")


async def _lost(event: Event, store: Store) -> str:
    """Return what is wrong with a message that came in."""
    if not isinstance(event, MessageReceived):
        return ""
    message = await store.message(event.ref)
    if message is None:
        return f"message {event.ref.id} is not stored"
    return f"message {event.ref.id} is in no ticket" if message.is_customers and message.ticket is None else ""


async def _read_posts(outcome: Outcome, home: Path, records: Records) -> None:
    """Read what stands in the workspace: each post of ours once, and nothing that was sent is missing."""
    workspace = await open_workspace(home / "workspace.db", SystemClock())
    standing = await workspace.log.run(lambda db: messages(db, "m.author IS NULL"))
    states = await workspace.log.run(lambda db: entries(db, "m.author IS NULL"))
    await workspace.close()
    times = Counter(entry.outbox for entry in standing)
    outcome.twice += [f"post {outbox} stands {n} times" for outbox, n in times.items() if n > 1]
    history: dict[str, list[Entry]] = {}
    for state in states:
        history.setdefault(str(state.ref), []).append(state)
    for entry in standing:
        if entry.audience != INTERNAL and not entry.whisper:
            outcome.posts.setdefault(f"{entry.ref.channel.id}/{entry.thread} {entry.ticket}", []).append(_post(entry, history[str(entry.ref)]))


def _differences(mine: Any, theirs: Any) -> list[str]:
    """Return the fields, or the items of a list, that differ."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return [f"{name} is {mine.get(name)!r} and not {theirs.get(name)!r}" for name in mine | theirs if mine.get(name) != theirs.get(name)]
    if isinstance(mine, list) and isinstance(theirs, list):
        return [f"{n}. is {a!r} and not {b!r}" for n, (a, b) in enumerate(zip_longest(mine, theirs), 1) if a != b]
    return [] if mine == theirs else [f"{mine!r} and not {theirs!r}"]


def _told(ticket: Ticket) -> Said:
    # Of a clock it counts whose move it is and when a person first answered; the other instants depend on when a run came to them.
    hidden = {"revision", "holding", "clock"}
    return {
        name: _plain(getattr(ticket, name)) for name in ticket.__slots__ if name not in hidden and not isinstance(getattr(ticket, name), datetime)
    }


def _message(message: Message) -> Said:
    return {
        "who": message.author_name,
        "role": message.role.value,
        "text": message.text,
        "purpose": message.purpose,
        "audience": str(message.audience),
        "deleted": message.deleted,
        "bystander": message.bystander,
        "edited": message.edited_at is not None,
        "sent": message.ref is not None,
    }


def _post(entry: Entry, history: Sequence[Entry]) -> Said:
    """Return what a post said over time; an edit that was made twice said the same."""
    states = [(state.purpose, state.op is Op.DELETE, plain(state.card) if state.card else "", _buttons(state)) for state in history]
    kept = [state for n, state in enumerate(states) if n == 0 or state != states[n - 1]]
    return {"states": kept, "to": [str(user) for user in entry.to]}


def _buttons(entry: Entry) -> list[str]:
    return [button.name for button in entry.card.buttons] if entry.card else []


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, frozenset) else dict(value) if isinstance(value, Mapping) else value
