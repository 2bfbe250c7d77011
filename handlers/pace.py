"""Pace: when a channel may be posted in next, and which channels a platform asked to leave alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.ids import OutboxId


class Pace:
    """Gives the posts of a channel their turns, one after the other, whichever threads they go to.

    It forgets with the process: the waits are in the outbox rows too.
    """

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._free: dict[str, datetime] = {}
        self._held: dict[str, datetime] = {}
        self._turns: dict[OutboxId, datetime] = {}

    def hold(self, channel: str, until: datetime) -> None:
        """Leave a channel alone until an instant."""
        self._held[channel] = max(until, self._held.get(channel, until))

    def held(self, channel: str, now: datetime) -> datetime | None:
        """Return until when a channel is to be left alone, None when it is not."""
        until = self._held.get(channel)
        return until if until and until > now else None

    def turn(self, row: OutboxId, channel: str, *, now: datetime, pace: timedelta) -> datetime | None:
        """Take the turn of a post if it has come and return None, else return when it comes: behind those who were there before."""
        turn = self._turns.pop(row, None)
        if turn is None:
            turn = max(now, self._free.get(channel, now))
            self._free[channel] = turn + pace
        # A turn that came while nobody looked may have been overtaken.
        turn = max(turn, self._held.get(channel, turn), self._last.get(channel, turn - pace) + pace)
        if turn > now:
            self._turns[row] = turn
            self._free[channel] = max(self._free[channel], turn + pace)
            return turn
        self._last[channel] = now
        return None
