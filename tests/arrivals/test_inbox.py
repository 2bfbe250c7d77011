"""Inbox: what was kept is there after a kill, once, and whole; what is kept together shares one write."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.arrivals.inbox import BATCH, REMEMBERED, Arrival, Inbox
from desk.errors import Misconfigured, Unavailable
from tests.fakes import FakeClock

ROOT = Path(__file__).resolve().parents[2]
HOLD = timedelta(seconds=1)


def arrival(n=1, *, lane="C1", kind="message", marks=(), hold=timedelta(), **payload):
    return Arrival(kind, lane, {"n": n, **payload}, marks=tuple(marks) or (f"Ev{n}",), hold=hold)


def words(waiting):
    return [each.payload["n"] for each in waiting.arrivals]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "slack.db"


@pytest_asyncio.fixture
async def inbox(path, clock):
    found = await Inbox.open(path, clock)
    yield found
    await found.close()


async def test_what_was_kept_waits_in_order_until_the_desk_has_it(inbox, clock):
    for n in (1, 2, 3):
        assert await inbox.keep(arrival(n))
    waiting = await inbox.next("C1")
    assert words(waiting) == [1, 2, 3]
    assert [each.at for each in waiting.arrivals] == [clock.now()] * 3
    assert words(await inbox.next("C1", done=[each.n for each in waiting.arrivals[:2]])) == [3]
    assert (await inbox.next("C1", done=[waiting.arrivals[2].n])).arrivals == []
    assert await inbox.count() == 0


async def test_what_somebody_did_is_taken_out_also_what_was_set_aside(inbox, path):
    await inbox.keep(arrival(1, user="U0MARA", text="my card number"))
    await inbox.keep(arrival(2, user="U0TIM"))
    await inbox.keep(arrival(3, user={"id": "U0MARA"}))
    await inbox.set_aside(1, "KeyError")
    assert await inbox.erase(["U0MARA", "U0NOBODY"]) == 2
    assert words(await inbox.next("C1")) == [2]
    assert await inbox.erase([]) == 0


async def test_lanes_wait_apart_the_oldest_first(inbox):
    for n, lane in enumerate(("C2", "C1", "C2")):
        await inbox.keep(arrival(n, lane=lane))
    assert await inbox.lanes() == ["C2", "C1"]
    assert (words(await inbox.next("C1")), words(await inbox.next("C2"))) == ([1], [0, 2])


@pytest.mark.parametrize("handed_over", [False, True], ids=["while it waits", "after the desk has it"])
async def test_what_comes_again_is_kept_once(inbox, handed_over):
    assert await inbox.keep(arrival(1, marks=["Ev1", "C1/1.2"]))
    if handed_over:
        await inbox.next("C1", done=[each.n for each in (await inbox.next("C1")).arrivals])
    assert not await inbox.keep(arrival(2, marks=["Ev1"]))
    assert not await inbox.keep(arrival(3, marks=["Ev3", "C1/1.2"]))
    assert not await inbox.keep(arrival(4, marks=["Ev3"]))
    assert words(await inbox.next("C1")) == ([] if handed_over else [1])


async def test_marks_are_forgotten_long_after_slacks_last_try(inbox, clock):
    await inbox.keep(arrival(1))
    clock.advance(seconds=REMEMBERED.total_seconds() - 60)
    assert not await inbox.keep(arrival(1))
    clock.advance(seconds=121)
    assert await inbox.keep(arrival(1))


async def test_a_part_waits_for_the_whole_which_takes_its_place(inbox, clock):
    await inbox.keep(arrival(1, kind="app_mention", marks=["Ev1", "C1/1.2"], hold=HOLD))
    held = await inbox.next("C1")
    assert (held.arrivals, held.due) == ((), clock.now() + HOLD)
    assert await inbox.keep(arrival(2, marks=["Ev2", "C1/1.2"], files=["F1"]))
    [whole] = (await inbox.next("C1")).arrivals
    assert (whole.kind, whole.payload) == ("message", {"n": 2, "files": ["F1"]})
    assert not await inbox.keep(arrival(3, marks=["Ev2", "C1/1.2"]))


async def test_a_part_comes_alone_when_the_whole_never_does(inbox, clock):
    await inbox.keep(arrival(1, hold=HOLD))
    await inbox.keep(arrival(2))
    assert words(await inbox.next("C1")) == []
    clock.advance(seconds=1)
    assert words(await inbox.next("C1")) == [1, 2]


async def test_the_whole_needs_no_part(inbox):
    await inbox.keep(arrival(1, marks=["Ev1", "C1/1.2"]))
    assert not await inbox.keep(arrival(2, marks=["Ev2", "C1/1.2"], hold=HOLD))
    assert words(await inbox.next("C1")) == [1]


async def test_what_cannot_be_read_waits_for_the_next_start(inbox):
    await inbox.keep(arrival(1))
    await inbox.keep(arrival(2))
    await inbox.set_aside((await inbox.next("C1")).arrivals[0].n, "KeyError")
    assert (words(await inbox.next("C1")), await inbox.count()) == ([2], 2)
    await inbox.lanes()
    assert words(await inbox.next("C1")) == [1, 2]


async def test_a_long_lane_is_read_piece_by_piece(inbox):
    await asyncio.gather(*(inbox.keep(arrival(n)) for n in range(BATCH + 5)))
    assert words(await inbox.next("C1")) == list(range(BATCH))


async def test_what_comes_together_shares_one_write(inbox, path):
    commits = []
    inbox._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    assert all(await asyncio.gather(*(inbox.keep(arrival(n, lane=f"C{n}")) for n in range(100))))
    # The first is written alone; the others came while it was, and all of them are durable when their callers go on.
    assert len(commits) <= 3
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM arrivals").fetchone() == (100,)


async def test_words_of_any_kind_come_back_as_they_were(inbox):
    text = "ä \0 \ud800 🙂 ' \""
    await inbox.keep(arrival(1, text=text))
    assert (await inbox.next("C1")).arrivals[0].payload["text"] == text


async def test_words_leave_the_file_once_the_desk_has_them(inbox, path):
    await inbox.keep(arrival(1, text="a very private sentence"))
    await inbox.next("C1", done=[each.n for each in (await inbox.next("C1")).arrivals])
    await inbox._run(lambda db: None)
    await inbox.close()
    assert b"very private" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


async def test_a_file_that_is_locked_keeps_nothing_and_says_so(path, clock):
    inbox = await Inbox.open(path, clock)
    await inbox._run(lambda db: None)
    inbox._connection.execute("PRAGMA busy_timeout=1")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="inbox's file"):
            await inbox.keep(arrival(1))
        other.execute("ROLLBACK")
    other.close()
    assert await inbox.keep(arrival(1))
    await inbox.close()
    with pytest.raises(Unavailable):
        await inbox.keep(arrival(2))
    await inbox.close()


async def test_another_file_is_not_taken_for_an_inbox(tmp_path, clock):
    (tmp_path / "other.db").write_text("These are notes, and no database at all. " * 50)
    with pytest.raises(Misconfigured, match="move it away"):
        await Inbox.open(tmp_path / "other.db", clock)
    with sqlite3.connect(tmp_path / "newer.db") as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(Misconfigured, match="newer version"):
        await Inbox.open(tmp_path / "newer.db", clock)


CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.arrivals.inbox import Arrival, Inbox

class Clock:
    now = staticmethod(lambda: datetime.now(UTC))

async def main():
    inbox = await Inbox.open(Path(sys.argv[1]), Clock())
    async def keep(n):
        await inbox.keep(Arrival("message", f"C{n % 5}", {"n": n}, marks=(f"Ev{n}",)))
        sys.stdout.write(f"{n}\\n")
        sys.stdout.flush()
    n = 0
    while True:
        await asyncio.gather(*(keep(n + k) for k in range(20)))
        n += 20

asyncio.run(main())
"""


def acknowledged_before_a_kill(path):
    """Return what a process said to have kept until it was killed."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    told = [child.stdout.readline() for _ in range(137)]
    os.kill(child.pid, signal.SIGKILL)
    told += child.stdout.read().splitlines(keepends=True)
    child.wait()
    return {int(line) for line in told if line.endswith("\n")}


async def test_a_kill_loses_nothing_that_was_acknowledged(path):
    acknowledged = await asyncio.to_thread(acknowledged_before_a_kill, path)
    inbox = await Inbox.open(path, FakeClock())
    kept = {n for (n,) in await inbox._run(lambda db: db.execute("SELECT json_extract(value, '$.n') FROM arrivals").fetchall())}
    assert len(acknowledged) >= 137
    assert acknowledged <= kept
    await inbox.close()
