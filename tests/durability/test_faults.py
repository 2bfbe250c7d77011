"""What goes wrong around a desk: full disks, locked files, lost replies and words nobody expects."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest

from desk.cards import plain
from desk.errors import Retryable, Unavailable
from desk.post import Row, RowStatus
from desk.store import Store
from desk.timeline import Purpose
from runtime import Wrappers
from tests.durability.desk import QUESTION, whole
from tests.durability.outcome import undecided

ROOT = Path(__file__).resolve().parents[2]
MEGABYTES = 10


@contextmanager
def full_disk():
    """Let no file of this process grow or change, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(path: Path):
    """Hold the write lock of a database as another process would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_message_on_a_full_disk_is_refused_clearly_and_taken_afterwards(tmp_path):
    async with whole(tmp_path / "home") as desk:
        event = await desk.said("Hello there")
        await desk.wait(10)
        again = type(event)(**{name: getattr(event, name) for name in event.__slots__} | {"id": "ev-other"})
        with full_disk(), pytest.raises(Retryable):
            await desk.runtime.emit(again)
        await desk.runtime.emit(again)
        await desk.runtime.settle()
        assert await desk.runtime.services.store.follow_ups(again.id) is not None


async def test_what_was_said_while_the_disk_filled_up_is_answered_once_there_is_room(tmp_path):
    async with whole(tmp_path / "home") as desk:
        with full_disk(), pytest.raises(Unavailable):
            await desk.says(QUESTION)
        await desk.says(QUESTION)
        await desk.wait(10)
        assert [post.purpose for post in await desk.posts()] == [Purpose.ANSWER]


async def test_a_message_waits_while_the_engines_file_is_locked(tmp_path):
    async with whole(tmp_path / "home") as desk:
        with locked(tmp_path / "home" / "engine.db"):
            saying = asyncio.create_task(desk.says(QUESTION))
            done, _ = await asyncio.wait([saying], timeout=0.5)
            assert not done
        await saying
        await desk.wait(10)
        assert [post.purpose for post in await desk.posts()] == [Purpose.ANSWER]


async def test_a_locked_store_delays_an_answer_and_loses_nothing(tmp_path):
    async with whole(tmp_path / "home") as desk:
        with locked(tmp_path / "home" / "frontdesk.db"):
            ref = await desk.says(QUESTION)
        await desk.wait(10)
        assert await desk.runtime.services.store.message(ref) is not None
        assert [post.purpose for post in await desk.posts()] == [Purpose.ANSWER]


async def test_a_lost_reply_to_a_send_does_not_become_a_second_post(tmp_path):
    async with whole(tmp_path / "home") as desk:
        await desk.says(QUESTION)
        desk.runtime.workspace.lose_replies(3)
        await desk.wait(120)
        assert [post.purpose for post in await desk.posts()] == [Purpose.ANSWER]
        (ticket,) = await desk.runtime.services.store.tickets()
        assert all(message.ref for message in await desk.runtime.services.store.timeline(ticket.id))


class Forgetful:
    """A store that cannot take the record of the next sends, as when the process dies right after them."""

    def __init__(self, store: Store, times: int) -> None:
        self._store, self._times = store, times

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def save_row(self, row: Row) -> None:
        if row.status is RowStatus.SENT and self._times:
            self._times -= 1
            raise Unavailable("store", "the disk is full")
        await self._store.save_row(row)


async def test_a_send_that_was_not_recorded_is_looked_up_and_not_sent_again(tmp_path):
    async with whole(tmp_path / "home", wrap=Wrappers(store=lambda store: cast(Store, Forgetful(store, 3)))) as desk:
        await desk.says(QUESTION)
        await desk.wait(120)
        assert [post.purpose for post in await desk.posts()] == [Purpose.ANSWER]


async def test_a_crash_between_a_send_and_its_record_is_looked_up_by_the_next_process(tmp_path):
    async with whole(tmp_path / "home", wrap=Wrappers(store=lambda store: cast(Store, Forgetful(store, 99)))) as desk:
        await desk.says(QUESTION)
        await desk.wait(9)
    async with whole(tmp_path / "home", start=None) as desk:
        await desk.wait(60)
        assert [post.purpose for post in await desk.posts()] == [Purpose.ANSWER]
        assert await desk.runtime.services.store.next_sendable() is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{QUESTION} " * (MEGABYTES * 1024 * 1024 // len(QUESTION)), id="ten megabytes"),
        pytest.param("", id="nothing"),
        pytest.param("   \n\t ", id="blanks"),
        pytest.param("😀🙏🏽👩‍👩‍👧‍👦", id="emoji"),
        pytest.param("كم من الوقت يستغرق استرداد الأموال إلى بطاقتي؟", id="right to left"),
        pytest.param("\u202e" + QUESTION, id="an override of direction"),
        pytest.param(f"{'x' * 5000} {QUESTION} {'é' * 5000}", id="words of 5,000 characters"),
        pytest.param(f"<script>alert(1)</script> [me](javascript:alert(1)) <!channel> @everyone {QUESTION}", id="markup"),
        pytest.param("{name} %s {0.__class__} \\x00 '; DROP TABLE tickets; --", id="templates and statements"),
    ],
)
async def test_words_nobody_expects_are_kept_as_they_are_and_lead_to_a_decision(tmp_path, text):
    async with whole(tmp_path / "home") as desk:
        ref = await desk.says(text)
        await desk.wait(10)
        store = desk.runtime.services.store
        (ticket,) = await store.tickets()
        assert (await store.message(ref)).text == text
        assert await store.decisions(ticket.id)
        assert await desk.runtime.engine.failed() == []
        assert await undecided(store) == []
        shown = "\n".join(plain(post.card) for post in await desk.posts() if post.card)
        assert not any(sign in shown for sign in ("<script", "javascript:", "<!channel>", "@everyone", "Traceback", "DROP TABLE"))


def test_a_second_server_on_one_home_ends_with_one_clear_sentence(tmp_path):
    environment = {**os.environ, "FRONTDESK_HOME": str(tmp_path), "FRONTDESK_PORT": "0", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "main.py", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as first:
        assert first.stdout.readline().startswith("http://")
        second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
        first.terminate()
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert "already serves" in second.stderr
