"""State: what a Slack workspace remembers, in memory of the process that drives the play, so that the desk's may be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from cli.play.slack.names import BOT_USER, TEAM, direct_id

Json = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account. `team` is where they are at home; a guest is of ours in name only."""

    id: str
    name: str
    team: str = TEAM
    zone: str = "UTC"
    locale: str = ""
    email: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    is_bot: bool = False

    @property
    def is_stranger(self) -> bool:
        """Tell whether they belong to another organization."""
        return self.team != TEAM


@dataclass(slots=True)
class Room:
    """A channel, or direct messages with the bot (`user` is then the other one). `teams` are the other organizations it is shared with."""

    id: str
    name: str
    is_private: bool = False
    user: str = ""
    members: list[str] = field(default_factory=list)
    teams: set[str] = field(default_factory=set)
    pending: bool = False
    archived: bool = False

    @property
    def is_direct(self) -> bool:
        """Tell whether these are direct messages."""
        return bool(self.user)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands. `to` is who alone sees an ephemeral one; `metadata` is what an app hung on it."""

    channel: str
    ts: str
    user: str
    text: str
    thread: str | None = None
    blocks: tuple[Json, ...] = ()
    metadata: Json = field(default_factory=dict)
    files: tuple[Json, ...] = ()
    edited: str = ""
    deleted: bool = False
    streaming: bool = False
    broadcast: bool = False
    """A reply that the channel is shown too."""
    to: str = ""

    @property
    def by_bot(self) -> bool:
        """Tell whether the desk's app wrote it."""
        return self.user == BOT_USER


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation on a message, with the message as it stood after it."""

    op: str
    at: datetime
    message: Message


@dataclass(slots=True)
class View:
    """A modal or an App Home: whose it is, what opened it, and what it shows."""

    id: str
    user: str
    shown: Json
    trigger: str = ""
    hash: str = ""


@dataclass(slots=True)
class Trigger:
    """What a press or a command lets the app open one modal with."""

    user: str
    used: bool = False


class Workspace:
    """Everything a workspace holds. What happens in it is told to `heard`, as the inside of Slack's event payloads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = EPOCH
        self._next: datetime | None = None
        self._numbers = count(1)
        self.heard: Callable[[Json], None] = lambda _: None
        self.members: dict[str, Member] = {}
        self.rooms: dict[str, Room] = {}
        self.groups: dict[str, list[str]] = {}
        self.files: dict[str, tuple[Json, bytes]] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.reactions: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.log: list[Entry] = []
        self._messages: dict[tuple[str, str], Message] = {}

    def now(self) -> datetime:
        """Return the play's present instant."""
        return self._now()

    def tick(self) -> datetime:
        """Return the present instant, later than any before it."""
        at, self._next = self._next, None
        self._last = max(self._last + TICK, self._now()) if at is None else max(self._last, at)
        return self._last if at is None else at

    def put_next(self, at: datetime) -> None:
        """Let what happens next happen at this instant: another store named it."""
        self._next = at

    def number(self) -> int:
        """Return a number that was never given before."""
        return next(self._numbers)

    def keep(self, op: str, message: Message, at: datetime) -> Message:
        """Make a message what it says now, and write the operation down."""
        self.log.append(Entry(op, at, message))
        if not message.to:
            self._messages[message.channel, message.ts] = message
        return message

    def amend(self, message: Message, **changes: Any) -> Message:
        """Change a message without an operation that anybody sees, such as the next words of a stream."""
        changed = replace(message, **changes)
        self._messages[message.channel, message.ts] = changed
        return changed

    def message(self, channel: str, ts: str) -> Message | None:
        """Return a message that is there."""
        found = self._messages.get((channel, ts))
        return None if found is None or found.deleted else found

    def messages(self, channel: str) -> Sequence[Message]:
        """Return what stands in a channel, threads included, oldest first."""
        return [message for (room, _), message in sorted(self._messages.items()) if room == channel and not message.deleted]

    def replies(self, channel: str, root: str) -> Sequence[Message]:
        """Return what stands under a message, oldest first."""
        return [message for message in self.messages(channel) if message.thread == root]

    def standing(self) -> Iterator[Message]:
        """Yield every message that is there and every whisper, in the order in which they came to be."""
        whispers = [entry.message for entry in self.log if entry.message.to]
        yield from sorted([*whispers, *(message for message in self._messages.values() if not message.deleted)], key=lambda found: found.ts)

    def direct(self, user: str) -> Room:
        """Return the direct messages between the bot and somebody, opened when they never were."""
        found = next((room for room in self.rooms.values() if room.user == user), None)
        return found or self.open_direct(direct_id(user), user)

    def open_direct(self, id: str, user: str) -> Room:
        """Open the direct messages between the bot and somebody."""
        self.rooms[id] = Room(id, self.members[user].name, True, user, [user, BOT_USER])
        return self.rooms[id]

    def named(self, name: str) -> Room:
        """Return a channel by name."""
        return next(room for room in self.rooms.values() if room.name == name)

    def trigger(self, user: str) -> str:
        """Return the id with which the app may open one modal to somebody."""
        id = f"{self.number()}.{TEAM}.play"
        self.triggers[id] = Trigger(user)
        return id


def instant(ts: str) -> datetime:
    """Return when a message that Slack names so is from."""
    seconds, _, micros = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros))


def stamp(at: datetime) -> str:
    """Return an instant as Slack names messages."""
    micros = (at - EPOCH) // TICK
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def outbox_of(message: Message) -> str:
    """Return what the app's own metadata names a message, "" where there is none."""
    payload: Mapping[str, Any] = message.metadata.get("event_payload") or {}
    return str(payload.get("id", ""))
