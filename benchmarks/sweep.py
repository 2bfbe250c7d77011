"""Sweep: how long it takes to find and claim 1,000 due deadlines among those of 100,000 open tickets, without and with a million closed ones.

Run with `python -m benchmarks.sweep [CLOSED]`. The rows are written straight into the tables, as the store writes them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Table, insert

from desk.deadlines import Deadline, DeadlineKind
from desk.ids import TicketId
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Status, Ticket
from handlers.timers import MOST
from store.database import Database, open_database
from store.repository import SqlStore
from store.rows import pack
from store.schema import deadlines, tickets

OPEN, DUE, CLOSED = 100_000, 1_000, 1_000_000
LIMIT = 1.0
"""Seconds."""
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
BATCH = 20_000
CHANNEL = ChannelRef(Platform.LOCAL, "main", "community")
ASKER = UserRef(Platform.LOCAL, "main", "mara")


async def main(closed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="frontdesk-sweep-") as folder:
        database = await open_database(f"sqlite+aiosqlite:///{Path(folder) / 'desk.db'}")
        store = SqlStore(database, None)  # type: ignore[arg-type]
        await fill(database, tickets, map(ticket_row, range(OPEN)))
        await fill(database, deadlines, (row for n in range(OPEN) for row in deadline_rows(n, round_=0)))
        alone = await swept(store, f"{OPEN:,} open tickets")
        await fill(database, tickets, (ticket_row(OPEN + n, status=Status.CLOSED) for n in range(closed)))
        await fill(database, deadlines, (row for n in range(DUE) for row in deadline_rows(n, round_=1)))
        beside = await swept(store, f"{OPEN:,} open and {closed:,} closed tickets")
        idle = await timed_idle(store)
        await database.close()
    print(f"{'nothing due:':<44} {idle * 1000:.2f} ms")
    return int(max(alone, beside) >= LIMIT)


async def swept(store: SqlStore, label: str) -> float:
    """Claim everything that is due, as the sweep does, and return how long that took."""
    began, taken = time.perf_counter(), 0
    while found := await store.claim(NOW, most=MOST, holder="one", until=NOW + timedelta(minutes=1)):
        taken += len(found)
    took = time.perf_counter() - began
    assert taken == DUE, f"{taken} of {DUE} were claimed"
    assert not await store.claim(NOW, most=MOST, holder="two", until=NOW + timedelta(minutes=1)), "nothing is claimed twice"
    print(f"{label + ':':<44} {taken:,} due deadlines found and claimed in {took:.3f} s (under {LIMIT:.0f} s)")
    return took


async def timed_idle(store: SqlStore) -> float:
    """Return how long a look takes at which nothing is due."""
    began = time.perf_counter()
    for _ in range(100):
        await store.claim(NOW - timedelta(days=1), most=MOST, holder="one", until=NOW)
        await store.next_due()
    return (time.perf_counter() - began) / 100


def ticket_row(n: int, *, status: Status = Status.OPEN) -> dict[str, object]:
    """Return a ticket's row."""
    id, opened = TicketId(f"t-{n}"), NOW - timedelta(minutes=n)
    held = Ticket(id, Place(CHANNEL, str(n)), MessageRef(CHANNEL, str(n)), "user:mara", ASKER, "Mara", opened, status, revision=1)
    return {
        "id": id,
        "revision": 1,
        "is_over": status.is_over,
        "channel": str(CHANNEL),
        "thread": str(n),
        "grp": "user:mara",
        "customer": str(ASKER),
        "account": None,
        "person": None,
        "owner": None,
        "opened": opened,
        "doc": pack(held),
    }


def deadline_rows(n: int, *, round_: int) -> Iterator[dict[str, object]]:
    """Yield an open ticket's deadlines: its promise, which is due for the first thousand, and its reminder."""
    due = NOW - timedelta(seconds=n + 1) if n < DUE else NOW + timedelta(minutes=n)
    values = {"target": "first_response", "step": "warn", "since": NOW.isoformat(), "due": due.isoformat(), "warn": due.isoformat()}
    pairs = ((DeadlineKind.SLA, due),) if round_ else ((DeadlineKind.SLA, due), (DeadlineKind.REMIND, NOW + timedelta(days=1, minutes=n)))
    for kind, at in pairs:
        held = Deadline(f"{kind}-{round_}-{n}", kind, f"t-{n}", at, values)
        yield {"id": held.id, "kind": kind, "key": held.key, "due": at, "leased_until": None, "holder": None, "doc": pack(held)}


async def fill(database: Database, table: Table, rows: Iterator[dict[str, object]]) -> None:
    """Write rows, many at a time."""
    while batch := tuple(islice(rows, BATCH)):
        await database.write(lambda c, batch=batch: _insert(c, table, batch))


def _insert(connection: Connection, table: Table, rows: tuple[dict[str, object], ...]) -> None:
    connection.execute(insert(table), list(rows))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CLOSED)))
