"""Refs: how Slack's ids and timestamps are written in the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desk.space import ChannelRef, MessageRef, Platform, UserRef

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def channel_ref(team: str, channel: str) -> ChannelRef:
    """Return a channel of a workspace."""
    return ChannelRef(Platform.SLACK, team, channel)


def user_ref(team: str, user: str) -> UserRef:
    """Return somebody as our workspace sees them: `team` is ours, also for people of another organization."""
    return UserRef(Platform.SLACK, team, user)


def message_ref(team: str, channel: str, ts: str) -> MessageRef:
    """Return the message with a timestamp in a channel."""
    return MessageRef(channel_ref(team, channel), ts)


def instant(ts: str) -> datetime:
    """Return when a timestamp is, to the microsecond. Raises ValueError for what is none."""
    seconds, _, micros = ts.partition(".")
    # Not by way of a float, which would round: order and identity rest on the last digit.
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros.ljust(6, "0")[:6] or 0))


def stamp(at: datetime) -> str:
    """Return the timestamp of an instant."""
    micros = (at - EPOCH) // timedelta(microseconds=1)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
