"""Spaces: where people talk, and how every platform id is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import AccountId, PersonId


class Platform(StrEnum):
    """The chat platforms; `local` is the workspace that ships with Frontdesk."""

    LOCAL = "local"
    SLACK = "slack"
    DISCORD = "discord"


class ChannelKind(StrEnum):
    """Who can read a channel: anyone, one customer account and us, one person and us, or only us."""

    COMMUNITY = "community"
    SHARED = "shared"
    DIRECT = "direct"
    INTERNAL = "internal"


class Intake(StrEnum):
    """Which messages of a channel the desk takes in."""

    ALL = "all"
    QUESTIONS = "questions"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True, order=True)
class ChannelRef:
    """A channel on a platform; written `platform/space/id`."""

    platform: Platform
    space: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}/{self.space}/{self.id}"


@dataclass(frozen=True, slots=True, order=True)
class UserRef:
    """An account of a person on a platform; written `platform/space/id`."""

    platform: Platform
    space: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}/{self.space}/{self.id}"


@dataclass(frozen=True, slots=True, order=True)
class MessageRef:
    """A message on a platform; written `platform/space/channel/id`."""

    channel: ChannelRef
    id: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.id}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a post goes: a channel, or the thread under the message with the platform id `thread`."""

    channel: ChannelRef
    thread: str | None = None

    def __str__(self) -> str:
        return f"{self.channel}/{self.thread}" if self.thread else str(self.channel)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel an admin declared; messages from before `declared_at` are ignored.

    `account` is set for shared channels, `person` for direct ones. `agents` marks the space's agents channel.
    """

    ref: ChannelRef
    name: str
    kind: ChannelKind
    declared_at: datetime
    account: AccountId | None = None
    person: PersonId | None = None
    intake: Intake = Intake.ALL
    agents: bool = False


def parse_channel(text: str) -> ChannelRef:
    """Read what `str(ChannelRef)` wrote."""
    platform, space, channel = text.split("/", 2)
    return ChannelRef(Platform(platform), space, channel)


def parse_user(text: str) -> UserRef:
    """Read what `str(UserRef)` wrote."""
    platform, space, user = text.split("/", 2)
    return UserRef(Platform(platform), space, user)
