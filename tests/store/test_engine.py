"""The engine: what was submitted runs once, in order per key, and again after whatever happened."""

import asyncio
import json
import logging
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path

import pytest
import pytest_asyncio

from desk.customer import Role
from desk.errors import Conflict, Misconfigured, Unavailable
from desk.events import ActionFinished, Event, MessageEdited, MessageReceived
from desk.ids import EventId, TicketId
from desk.runs import RunId, RunStatus
from desk.space import MessageRef
from store.engine import DurableEngine, EngineRows
from tests.store.running import AT, Ledger, happened, process
from tests.store.samples import COMMUNITY, MARA, THREAD

Handler = Callable[[Event], Awaitable[None]]


class Stage:
    """An engine whose handler a test can replace, and what was handled."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[str] = []
        self.handler: Handler = self.note
        self.engine = DurableEngine(url, self.dispatch)

    async def dispatch(self, event: Event) -> None:
        await self.handler(event)

    async def note(self, event: Event) -> None:
        self.seen.append(event.id)

    async def submit(self, *numbers: int, key: str | None = None) -> None:
        for n in numbers:
            await self.engine.submit(happened(n, key=key))

    async def restart(self) -> None:
        await self.engine.stop()
        self.engine = DurableEngine(self.url, self.dispatch)
        await self.engine.start()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'engine.db'}"


@pytest_asyncio.fixture
async def stage(url: str) -> AsyncIterator[Stage]:
    stage = Stage(url)
    await stage.engine.start()
    yield stage
    await stage.engine.stop()


def said(text: str = "my secret words") -> MessageReceived:
    ref = MessageRef(COMMUNITY, "1")
    return MessageReceived(id=EventId("said"), ref=ref, place=THREAD, author=MARA, author_name="Mara", role=Role.CUSTOMER, text=text, at=AT)


async def test_what_is_submitted_is_handled(stage: Stage):
    await stage.submit(1, 2)
    await stage.engine.settled()
    assert sorted(stage.seen) == ["e-0001", "e-0002"]


async def test_an_event_arrives_in_the_handler_as_it_was_submitted(stage: Stage):
    arrived: list[Event] = []

    async def keep(event: Event) -> None:
        arrived.append(event)

    stage.handler = keep
    await stage.engine.submit(said("right\u202e to left 🙂"))
    await stage.engine.settled()
    assert arrived == [said("right\u202e to left 🙂")]


async def test_an_id_submitted_before_is_left_alone(stage: Stage):
    await stage.submit(1, 1)
    await stage.engine.settled()
    await stage.submit(1)
    await stage.engine.settled()
    assert stage.seen == ["e-0001"]


async def test_the_same_event_submitted_by_many_at_once_runs_once(stage: Stage):
    await asyncio.gather(*(stage.submit(1) for _ in range(10)))
    await stage.engine.settled()
    assert stage.seen == ["e-0001"]


async def test_one_event_runs_at_a_time_per_key(stage: Stage):
    running: dict[str, int] = {}
    most: list[int] = []

    async def count(event: Event) -> None:
        running[event.key] = running.get(event.key, 0) + 1
        most.append(running[event.key])
        await asyncio.sleep(0.001)
        running[event.key] -= 1

    stage.handler = count
    await asyncio.gather(*(stage.submit(n) for n in range(30)))
    await stage.engine.settled()
    assert (len(most), max(most)) == (30, 1)


async def test_events_of_one_key_run_in_the_order_they_were_submitted(stage: Stage):
    gate = asyncio.Event()

    async def wait(event: Event) -> None:
        await gate.wait()
        stage.seen.append(event.id)

    stage.handler = wait
    await stage.submit(3, 1, 2, key="t-1")
    gate.set()
    await stage.engine.settled()
    assert stage.seen == ["e-0003", "e-0001", "e-0002"]


async def test_an_event_that_is_long_on_its_way_is_not_overtaken_by_the_next_of_its_key(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    pauses, in_a_thread = chain([0.2, 0.2], repeat(0)), asyncio.to_thread

    async def late(work: Callable[..., object], *given: object, **named: object) -> object:
        await asyncio.sleep(next(pauses))
        return await in_a_thread(work, *given, **named)

    monkeypatch.setattr(asyncio, "to_thread", late)
    await stage.submit(1, 2, key="one")
    await stage.engine.settled()
    assert stage.seen == [happened(1).id, happened(2).id]


async def test_no_more_than_the_bound_run_at_once(url: str):
    running, most, pair = 0, 0, asyncio.Barrier(2)

    async def count(event: Event) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await pair.wait()
        running -= 1

    engine = DurableEngine(url, count, bound=2)
    await engine.start()
    await asyncio.gather(*(engine.submit(happened(n, key=str(n))) for n in range(12)))
    await engine.settled()
    await engine.stop()
    assert most == 2


@pytest.mark.parametrize("error", [Unavailable("store"), Conflict("somebody else wrote first")], ids=["an outage", "a lost compare-and-set"])
async def test_what_may_pass_is_tried_again_until_it_has(stage: Stage, error: Exception, caplog: pytest.LogCaptureFixture):
    tries = 0

    async def stumble(event: Event) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise error
        stage.seen.append(event.id)

    stage.handler = stumble
    await stage.submit(1)
    await stage.engine.settled()
    assert (tries, stage.seen) == (3, ["e-0001"])
    assert "event e-0001 is tried again" in caplog.text
    assert await stage.engine.failed() == []


async def test_an_event_that_waits_for_its_retry_keeps_only_its_own_key_waiting(stage: Stage):
    down, other = True, asyncio.Event()

    async def stumble(event: Event) -> None:
        if down and event.key == "t-1":
            raise Unavailable("store")
        stage.seen.append(event.id)
        other.set()

    stage.handler = stumble
    await stage.submit(1, 2, key="t-1")
    await stage.submit(3, key="t-2")
    await other.wait()
    down = False
    await stage.engine.settled()
    assert stage.seen == ["e-0003", "e-0001", "e-0002"]


async def test_an_event_that_cannot_be_handled_is_listed_and_logged_without_words(stage: Stage, caplog: pytest.LogCaptureFixture, tmp_path: Path):
    async def fail(event: Event) -> None:
        raise ValueError("she wrote: my secret words")

    stage.handler = fail
    with caplog.at_level(logging.DEBUG):
        await stage.engine.submit(said())
        await stage.engine.settled()
    (failure,) = await stage.engine.failed()
    assert (failure.event, failure.error) == ("said", "ValueError")
    assert "event said failed and is given up: ValueError" in caplog.text
    assert "secret" not in caplog.text
    assert "she wrote" not in dump(tmp_path / "engine.db")


async def test_a_failure_does_not_stop_the_next_event_of_its_key(stage: Stage):
    async def fail_first(event: Event) -> None:
        if event.id == "e-0001":
            raise ValueError
        stage.seen.append(event.id)

    stage.handler = fail_first
    await stage.submit(1, 2, key="t-1")
    await stage.engine.settled()
    assert stage.seen == ["e-0002"]


async def test_an_event_that_follows_is_handled_too_and_is_no_child_of_its_parent(stage: Stage, tmp_path: Path):
    async def follow(event: Event) -> None:
        stage.seen.append(event.id)
        if event.id == "e-0001":
            await stage.submit(2)

    stage.handler = follow
    await stage.submit(1)
    await stage.engine.settled()
    assert stage.seen == ["e-0001", "e-0002"]
    with closing(sqlite3.connect(tmp_path / "engine.db")) as file:
        assert file.execute("SELECT count(*) FROM operation_outputs").fetchone() == (0,)


async def test_nothing_settles_while_a_handler_runs(stage: Stage):
    gate = asyncio.Event()

    async def wait(event: Event) -> None:
        await gate.wait()

    stage.handler = wait
    await stage.submit(1)
    settling = asyncio.create_task(stage.engine.settled())
    done, _ = await asyncio.wait([settling], timeout=0.05)
    assert not done
    gate.set()
    await settling


async def test_an_engine_starts_again_in_the_same_process_and_finishes_what_was_left(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("store.engine.GRACE", 0.01)
    started = asyncio.Event()

    async def hang(event: Event) -> None:
        started.set()
        await asyncio.Event().wait()

    stage.handler = hang
    await stage.submit(1, 2, key="t-1")
    await started.wait()
    stage.handler = stage.note
    await stage.restart()
    await stage.engine.settled()
    assert sorted(stage.seen) == ["e-0001", "e-0002"]
    assert await asyncio.to_thread(lambda: "the loop still has threads")


async def test_an_engine_that_is_not_running_takes_nothing(stage: Stage):
    await stage.engine.stop()
    with pytest.raises(Misconfigured, match="not running"):
        await stage.submit(1)


async def test_what_follows_from_an_event_is_not_lost_when_the_engine_stops_before_it_is_submitted(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("store.engine.GRACE", 0.2)
    begun, stopping = asyncio.Event(), asyncio.Event()

    async def goes_on(event: Event) -> None:
        if event.id == happened(1).id:
            begun.set()
            await stopping.wait()
            await stage.submit(2)
        stage.seen.append(event.id)

    stage.handler = goes_on
    await stage.submit(1)
    await begun.wait()
    ending = asyncio.create_task(stage.restart())
    await asyncio.sleep(0)
    stopping.set()
    await ending
    await stage.engine.settled()
    assert await stage.engine.failed() == []
    assert sorted(stage.seen) == ["e-0001", "e-0002"]


async def test_starting_and_stopping_twice_is_once(stage: Stage):
    await stage.engine.start()
    await stage.submit(1)
    await stage.engine.settled()
    await stage.engine.stop()
    await stage.engine.stop()
    assert stage.seen == ["e-0001"]


# What the engine keeps


def dump(path: Path) -> str:
    """Return every value of every table of a database file."""
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return json.dumps([file.execute(f"SELECT * FROM {table}").fetchall() for table in tables], default=str, ensure_ascii=False)


async def test_finished_events_are_purged_when_they_are_old(stage: Stage):
    await stage.submit(1, 2)
    await stage.engine.settled()
    assert await stage.engine.purge(datetime.now(UTC) - timedelta(days=7)) == 0
    assert await stage.engine.purge(datetime.now(UTC) + timedelta(days=1)) == 2
    assert await stage.engine.purge(datetime.now(UTC) + timedelta(days=1)) == 0


async def test_an_erasure_takes_the_events_that_mention_a_person(stage: Stage, tmp_path: Path):
    await stage.engine.submit(said())
    await stage.submit(1)
    await stage.engine.settled()
    assert await stage.engine.erase([MARA.id]) == 1
    left = dump(tmp_path / "engine.db")
    assert "secret" not in left
    assert "e-0001" in left


async def test_an_erasure_takes_edits_too_because_they_do_not_say_whose_they_are(stage: Stage, tmp_path: Path):
    await stage.engine.submit(MessageEdited(id=EventId("edited"), ref=said().ref, text="my secret words", at=AT))
    await stage.engine.settled()
    assert await stage.engine.erase([]) == 0
    assert await stage.engine.erase([MARA.id]) == 1
    assert "secret" not in dump(tmp_path / "engine.db")


async def test_an_erasure_takes_what_another_system_said_of_an_action(stage: Stage, tmp_path: Path):
    told = ActionFinished(id=EventId("ran"), run=RunId("run-1"), ticket=TicketId("t-1"), status=RunStatus.DONE, at=AT, result="sent to secret@acme")
    await stage.engine.submit(told)
    await stage.engine.settled()
    assert await stage.engine.erase([MARA.id]) == 1
    assert "secret" not in dump(tmp_path / "engine.db")


async def test_a_command_may_tend_the_rows_beside_a_server_without_running_anything(stage: Stage, url: str):
    await stage.engine.submit(said())
    await stage.engine.settled()
    rows = EngineRows(url)
    assert await rows.failed() == []
    assert await rows.erase(["secret words"]) == 1
    await rows.close()


async def test_rows_of_an_engine_that_never_ran_are_none(tmp_path: Path):
    rows = EngineRows(f"sqlite:///{tmp_path / 'never.db'}")
    assert (list(await rows.failed()), await rows.purge(AT), await rows.erase(["x"])) == ([], 0, 0)
    await rows.close()


async def test_the_engine_listens_on_no_port_and_calls_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    reached: list[object] = []

    def refuse(self: socket.socket, address: object) -> None:
        reached.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    await stage.restart()
    await stage.submit(1)
    await stage.engine.settled()
    assert (reached, stage.seen) == ([], ["e-0001"])


# Death


@pytest.mark.parametrize(("kind", "deaths"), [("sqlite", (9, 5)), ("postgres", (7,))], ids=["sqlite", "postgres"])
def test_what_was_acknowledged_survives_kill_9(kind: str, deaths: tuple[int, ...], url: str, tmp_path: Path, request: pytest.FixtureRequest):
    address = url if kind == "sqlite" else request.getfixturevalue("postgres_url")
    ledger = tmp_path / "ledger.db"
    acknowledged: set[int] = set()
    for n, die_after in enumerate(deaths):
        code, said = process(address, ledger, first=20 * n, count=20, die_after=die_after)
        assert code == -signal.SIGKILL
        acknowledged |= set(map(int, said))
    code, said = process(address, ledger, first=0, count=10, die_after=0)
    assert (code, said[-1]) == (0, "settled")
    handled = Ledger(ledger).handled()
    assert {happened(n).id for n in acknowledged} <= set(handled)
    assert len(handled) == len(set(handled))
    assert acknowledged


async def test_events_run_on_postgres_as_well(postgres_url: str):
    stage = Stage(postgres_url)
    await stage.engine.start()
    await stage.submit(1, 2, 1)
    await stage.engine.settled()
    assert sorted(stage.seen) == ["e-0001", "e-0002"]
    assert await stage.engine.purge(datetime.now(UTC) + timedelta(days=1)) == 2
    await stage.engine.stop()
