"""Pace: when a channel may be posted in next, and which channels a platform asked to leave alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.ids import OutboxId

REMEMBERED = 1000
"""From how many channels and threads on those are forgotten that are free again."""


class Pace:
    """Gives the posts of a channel, or of a thread where a platform counts by threads, their turns, one after the other.

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

    def turn(self, row: OutboxId, channel: str, *, now: datetime, pace: timedelta, slot: str = "") -> datetime | None:
        """Take the turn of a post if it has come and return None, else return when it comes: behind those who were there before.

        `slot` is what the platform counts by, where that is less than the channel: a thread.
        """
        slot = slot or channel
        turn = self._turns.pop(row, None)
        if turn is None:
            turn = max(now, self._free.get(slot, now))
            self._free[slot] = turn + pace
        # A turn that came while nobody looked may have been overtaken.
        turn = max(turn, self._held.get(channel, turn), self._last.get(slot, turn - pace) + pace)
        if turn > now:
            self._turns[row] = turn
            self._free[slot] = max(self._free[slot], turn + pace)
            return turn
        self._last[slot] = now
        if len(self._last) > REMEMBERED:
            self._last = {each: last for each, last in self._last.items() if last + pace > now}
            self._free = {each: free for each, free in self._free.items() if free > now}
        return None
