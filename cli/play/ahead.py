"""Ahead: the next instant at which a play's desk has something to do."""

from __future__ import annotations

from datetime import datetime

from runtime import Runtime


async def next_due(desk: Runtime, now: datetime) -> str | None:
    """Return when something is due next, None when nothing ever is."""
    store = desk.services.store
    instants = (await store.next_due(), await store.next_sendable(), await desk.syncs.next_due())
    due = [at for at in instants if at is not None and at > now]
    return min(due).isoformat() if due else None


async def next_paced(desk: Runtime, now: datetime) -> str | None:
    """Return when the next post goes out that waits for its turn in a channel; None where none does, or something else holds it up."""
    at = await desk.services.store.next_sendable()
    pace = max(chat.can.pace for chat in desk.services.chat.values())
    return at.isoformat() if at is not None and now < at <= now + pace else None
