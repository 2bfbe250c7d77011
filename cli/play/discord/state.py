"""State: what a Discord server remembers, in memory of the process that drives the play, so that the desk's may be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from cli.play.discord.names import BOT, GUILD, OWNER, direct_id
from cli.play.discord.snowflakes import Snowflakes
from desk.errors import InvalidInput

Json = dict[str, Any]


class Kind(IntEnum):
    """Kinds of channels."""

    TEXT = 0
    DIRECT = 1
    CATEGORY = 4
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset({Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


@dataclass(slots=True)
class User:
    """Somebody with an account. Who has `closed` their direct messages gets none from people they are not friends with, such as a bot."""

    id: str
    name: str
    is_bot: bool = False
    locale: str = "en-US"
    closed: bool = False


@dataclass(slots=True)
class Role:
    """A role of the server; the one with the server's own id is everybody's."""

    id: str
    name: str
    permissions: int = 0
    position: int = 1
    mentionable: bool = False


@dataclass(slots=True)
class Member:
    """Somebody in the server."""

    user: str
    roles: list[str] = field(default_factory=list)
    nick: str = ""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies a role (`kind` 0) or one member (`kind` 1)."""

    id: str
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Thread:
    """What a thread is besides a channel."""

    owner: str
    at: datetime
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440
    members: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Channel:
    """A channel, a thread of one (`parent` is then its channel), or direct messages with the bot (`user` is then the other one)."""

    id: str
    kind: Kind
    name: str
    guild: str = ""
    parent: str = ""
    user: str = ""
    topic: str = ""
    overwrites: list[Overwrite] = field(default_factory=list)
    tags: list[Json] = field(default_factory=list)
    """The tags a forum has."""
    applied: list[str] = field(default_factory=list)
    """The tags a forum's post carries."""
    thread: Thread | None = None
    last: str = ""
    total: int = 0

    @property
    def is_direct(self) -> bool:
        """Tell whether these are direct messages."""
        return self.kind is Kind.DIRECT

    @property
    def is_private(self) -> bool:
        """Tell whether this is a private thread."""
        return self.kind is Kind.PRIVATE_THREAD


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands. `to` is who alone sees an ephemeral one; `interaction` is the id of the interaction it answers."""

    channel: str
    id: str
    author: str
    content: str = ""
    kind: int = 0
    components: tuple[Json, ...] = ()
    embeds: tuple[Json, ...] = ()
    files: tuple[Json, ...] = ()
    mentions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    flags: int = 0
    nonce: str = ""
    reply_to: str = ""
    interaction: str = ""
    edited: datetime | None = None
    deleted: bool = False
    to: str = ""

    @property
    def by_bot(self) -> bool:
        """Tell whether the desk's bot wrote it."""
        return self.author == BOT


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation on a message, with the message as it stood after it."""

    op: str
    at: datetime
    message: Message


@dataclass(slots=True)
class Guild:
    """A server."""

    id: str
    name: str
    owner: str = OWNER
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    """Its channels and threads, by id."""
    most_threads: int = 1000
    """So many threads may be active."""


@dataclass(slots=True)
class Interaction:
    """Something that somebody asked the bot by a command, a button, a select or a form."""

    id: str
    token: str
    kind: int
    user: str
    channel: str
    data: Json
    at: datetime
    message: str = ""
    answered: int = 0
    """The type of the first response; 0 while there is none."""
    ephemeral: bool = False
    modal: Json | None = None
    choices: list[Json] | None = None
    original: str = ""
    """The message that the first response is, or is about."""
    answered_at: datetime | None = None
    cause: str = ""
    """The interaction whose modal this one sends."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that happened, as the gateway tells it. Without a guild it is of direct messages."""

    event: str
    data: Json
    guild: str = ""
    channel: str = ""
    message: Message | None = None


class Home:
    """Everything that the play's Discord holds. What happens in it is told to `heard`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.ids = Snowflakes(now)
        self.heard: Callable[[Heard], None] = lambda _: None
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.direct: dict[str, Channel] = {}
        self.gone: dict[str, Channel] = {}
        """Channels and threads that were deleted: what was said there was said."""
        self.commands: dict[str, list[Json]] = {}
        """What the application registered, by guild; "" everywhere."""
        self.interactions: dict[str, Interaction] = {}
        self.reactions: dict[tuple[str, str], list[tuple[str, str]]] = {}
        """Emoji and who put it, by channel and message."""
        self.files: dict[str, tuple[Json, bytes]] = {}
        self.nonces: dict[tuple[str, str], tuple[datetime, str]] = {}
        self.pins: dict[str, list[str]] = {}
        self.typing: list[str] = []
        self.log: list[Entry] = []
        self.reads_content = True
        """Whether the application may have the Message Content intent."""
        self.reads_members = True
        """Whether the application may have the Server Members intent."""
        self.shards = 1
        """How many shards Discord recommends."""
        self._messages: dict[str, dict[str, Message]] = {}

    @property
    def guild(self) -> Guild:
        """Return the home server."""
        return self.guilds[GUILD]

    def channel(self, id: str) -> Channel | None:
        """Return a channel, a thread or direct messages."""
        return self.direct.get(id) or next((guild.channels[id] for guild in self.guilds.values() if id in guild.channels), None)

    def once(self, id: str) -> Channel | None:
        """Return a channel that is there, or was."""
        return self.channel(id) or self.gone.get(id)

    def named(self, name: str) -> Channel:
        """Return a channel of the home server by name. Raises InvalidInput where there is none any more."""
        found = next((channel for channel in self.guild.channels.values() if channel.name == name and channel.thread is None), None)
        if found is None:
            raise InvalidInput(f"there is no channel #{name} on the server, or it was deleted")
        return found

    def direct_with(self, user: str) -> Channel:
        """Return the direct messages between the bot and somebody, opened when they never were."""
        id = direct_id(user)
        return self.direct.setdefault(id, Channel(id, Kind.DIRECT, self.users[user].name, user=user))

    def keep(self, op: str, message: Message, at: datetime | None = None) -> Message:
        """Make a message what it says now, and write the operation down."""
        self.log.append(Entry(op, at or self.now(), message))
        return self.place(message)

    def place(self, message: Message) -> Message:
        """Put a message where it belongs without an operation that anybody sees."""
        self._messages.setdefault(message.channel, {})[message.id] = message
        return message

    def message(self, channel: str, id: str) -> Message | None:
        """Return a message that is there, an ephemeral one as well."""
        found = self._messages.get(channel, {}).get(id)
        return None if found is None or found.deleted else found

    def messages(self, channel: str) -> Sequence[Message]:
        """Return what everybody sees in a channel or thread, oldest first."""
        return [message for message in self._messages.get(channel, {}).values() if not message.deleted and not message.to]

    def standing(self) -> Iterator[Message]:
        """Yield every message that is there and every ephemeral one, in the order in which they came to be."""
        every = (message for room in self._messages.values() for message in room.values() if not message.deleted)
        yield from sorted(every, key=lambda found: int(found.id))

    def starter(self, thread: Channel) -> Message | None:
        """Return the message that a thread was started from: of its parent channel, or a forum's post's own first."""
        return self.message(thread.parent, thread.id) or self.message(thread.id, thread.id)
