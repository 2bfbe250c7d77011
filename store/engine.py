"""Engine: what was submitted runs, whatever happens to the process. DBOS as a durable at-least-once runner and nothing more.

An event is one workflow without steps. Its handler commits once to the application database, so that running it again changes nothing.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, Serializer, SetWorkflowID, WorkflowStatus

from desk.errors import Misconfigured, Retryable, Unavailable
from desk.events import Event
from desk.ids import EventId
from store.database import blocking_engine, translated
from store.rows import pack, unpack
from store.turns import Turns

Dispatch = Callable[[Event], Awaitable[None]]
Workflow = Callable[[str], Coroutine[Any, Any, None]]

VERSION = "1"
"""DBOS leaves work of another application version untouched, so this one never changes."""
RECOVERIES = 1_000_000
"""Every start of a workflow counts; an event that was merely unlucky must not run out of them."""
PAUSE, LONGEST_PAUSE = 0.05, 30.0
"""Seconds before a handler that met something passing runs again, doubling up to the longest."""
LOOK_AGAIN = 0.02
LISTEN = 0.1
"""Seconds that a thread of DBOS, of which nothing is used, sleeps at a time: how long stopping takes."""
GRACE = 5.0
"""Seconds that handlers get to finish when the engine stops; what does not is recovered at the next start."""
WORDED = ("MessageEdited", "ButtonClicked", "CommandInvoked", "ActionFinished")
"""Events that may carry a customer's words, or another system's about them, without saying whose they are."""
PAGE = 500
FAILED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]
FINISHED = ["SUCCESS", *FAILED]
UNFINISHED = ["PENDING", "ENQUEUED", "DELAYED"]

_LINED: contextvars.ContextVar[asyncio.Event | None] = contextvars.ContextVar("lined", default=None)
"""What is set as soon as the event of this context waits for its turn; None for one that is recovered."""

log = logging.getLogger("frontdesk.engine")


@dataclass(frozen=True, slots=True)
class Failure:
    """An event that was given up: since when, and the class of what its handler raised."""

    event: EventId
    at: datetime
    error: str


class EngineRows:
    """What the engine keeps, to look at and to tend. It runs nothing, so a command may use it beside a server."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._database = blocking_engine(self._url)

    async def failed(self) -> Sequence[Failure]:
        """Return the events that were given up, oldest first."""
        rows = await self._list(FAILED, load_input=False)
        return [Failure(EventId(row.workflow_id), _instant(row.updated_at), str(row.error or row.status)) for row in rows]

    async def purge(self, before: datetime) -> int:
        """Delete the events that finished before an instant, failed ones included; return how many."""
        rows = await self._list(FINISHED, completed_before=before.isoformat(), load_input=False, load_output=False)
        return await self._delete([row.workflow_id for row in rows])

    async def erase(self, words: Sequence[str]) -> int:
        """Delete the finished events that mention any of these words (ids of users), and those of which nobody can say; return how many."""
        rows = await self._list(FINISHED, load_output=False)
        wanted = [*words, *(f'"type":"{kind}"' for kind in WORDED)] if words else []
        return await self._delete([row.workflow_id for row in rows if any(word in _text(row) for word in wanted)])

    async def close(self) -> None:
        """Let go of every connection."""
        self._database.dispose()

    async def _list(self, status: list[str], **filters: Any) -> list[WorkflowStatus]:
        """Return rows page by page; none where no engine ever ran."""
        found: list[WorkflowStatus] = []
        if client := await asyncio.to_thread(self._client):
            while page := await client.list_workflows_async(status=status, limit=PAGE, offset=len(found), **filters):
                found += page
        return found

    async def _delete(self, ids: Sequence[str]) -> int:
        if ids and (client := await asyncio.to_thread(self._client)):
            for start in range(0, len(ids), PAGE):
                await client.delete_workflows_async(list(ids[start : start + PAGE]))
        return len(ids)

    def _client(self) -> DBOSClient | None:
        schema = None if self._database.dialect.name == "sqlite" else "dbos"
        if not sa.inspect(self._database).has_table("workflow_status", schema=schema):
            return None
        return DBOSClient(system_database_engine=self._database, serializer=PlainJson(), retry_connection_errors=False)


class DurableEngine(EngineRows):
    """Runs events through `dispatch`: one at a time per key, at most `bound` at once, again after a crash.

    `url` is a SQLite file of the engine's own (sharing the application's stalls both) or a Postgres database, which may be the application's.
    `executor` names this process among those that share the database; two live ones never share a name. A process runs one engine at a time.
    """

    def __init__(self, url: str, dispatch: Dispatch, *, executor: str = "w0", bound: int = 64) -> None:
        super().__init__(url)
        self._dispatch = dispatch
        self._executor = executor
        self._bound = asyncio.Semaphore(bound)
        self._turns = Turns()
        self._started: set[asyncio.Future[Any]] = set()
        self._running: set[asyncio.Task[Any]] = set()
        self._recovering = True
        self._stopping = False
        self._workflow: Workflow | None = None
        self._outside = contextvars.copy_context()

    async def start(self) -> None:
        """Launch, and begin to run again what an earlier process left unfinished."""
        if self._workflow is None:
            self._recovering = True
            self._workflow = _launch(self._url, self._database, executor=self._executor, handle=self._handle)

    async def submit(self, event: Event) -> None:
        """Make an event durable and start it; return once it is durable and waits for its turn. An id submitted before is left alone.

        Of two that are submitted one after another, the first one's turn is therefore the first.
        """
        if self._stopping:
            # Whoever hands this over is tried again, at the next start at the latest: given up, what follows from a handled event would be lost.
            raise Unavailable("store", "the engine is stopping")
        if self._workflow is None:
            raise Misconfigured("the engine is not running: await start() before events arrive")
        # In a context of its own: DBOS takes what a workflow starts for its child, and records that as a step.
        begun = asyncio.get_running_loop().create_task(_begin(self._workflow, event), context=self._outside.copy())
        self._started.add(begun)
        begun.add_done_callback(self._follow)
        await asyncio.shield(begun)

    async def settled(self) -> None:
        """Return when no event runs, waits for its turn or waits to be recovered."""
        while True:
            if busy := self._started | self._running:
                await asyncio.wait(busy)
            elif self._recovering and await self._list(UNFINISHED, executor_id=[self._executor], load_input=False, load_output=False):
                await asyncio.sleep(LOOK_AGAIN)
            elif not self._started and not self._running:
                self._recovering = False
                return

    async def stop(self) -> None:
        """Take no more events and let handlers finish, for a while; what does not is left to the next start."""
        if self._workflow is None:
            return
        self._workflow, self._stopping = None, True
        if busy := self._started | self._running:
            await asyncio.wait(busy, timeout=GRACE)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._started, *self._running, return_exceptions=True)
        # DBOS made its threads the loop's own, and takes them along.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="frontdesk"))
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        await self.close()
        self._stopping = False

    async def _handle(self, text: str) -> None:
        """Run one event to its end. Cancelled, it stays unfinished and is recovered."""
        event: Event = unpack(Event, text)
        task = asyncio.current_task()
        assert task
        self._running.add(task)
        task.add_done_callback(lambda ended: self._end(ended, event.id))
        if lined := _LINED.get():
            # Nothing comes between this and the place in the line.
            lined.set()
        async with self._turns.of(event.key):
            pause = PAUSE
            while not await self._try(event, pause):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _try(self, event: Event, pause: float) -> bool:
        async with self._bound:
            try:
                await self._dispatch(event)
            except Retryable as error:
                log.warning("event %s is tried again in %.2f s: %s", event.id, pause, error)
                return False
        return True

    def _follow(self, begun: asyncio.Task[asyncio.Future[Any] | None]) -> None:
        """Once an event is durable, follow the workflow that runs it."""
        self._started.discard(begun)
        running = None if begun.cancelled() or begun.exception() else begun.result()
        if running:
            self._started.add(running)
            running.add_done_callback(self._started.discard)

    def _end(self, task: asyncio.Task[Any], event: EventId) -> None:
        """Say where a handler failed, without the message: it may quote a customer."""
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            where = extract_tb(error.__traceback__)[-1]
            log.error("event %s failed and is given up: %s at %s:%s", event, type(error).__name__, where.filename, where.lineno)


class PlainJson(Serializer):
    """What DBOS keeps of a workflow, as JSON; of an exception its class only, since its message may quote a customer."""

    def name(self) -> str:
        """Return what rows are marked with."""
        return "json"

    def serialize(self, data: Any) -> str:
        """Write arguments, a result or an exception."""
        return json.dumps({"error": type(data).__name__} if isinstance(data, BaseException) else data, ensure_ascii=False)

    def deserialize(self, serialized_data: str) -> Any:
        """Read what `serialize` wrote."""
        raw = json.loads(serialized_data)
        return RuntimeError(raw["error"]) if isinstance(raw, dict) and raw.keys() == {"error"} else raw


def _launch(url: sa.URL, database: sa.Engine, *, executor: str, handle: Workflow) -> Workflow:
    """Start DBOS in the running loop, silent: its log lines carry arguments, and these a customer's words."""
    logger = logging.getLogger("dbos")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False

    @DBOS.workflow(name="handle", max_recovery_attempts=RECOVERIES)
    async def run(text: str) -> None:
        await handle(text)

    config: DBOSConfig = {
        "name": "frontdesk",
        "application_version": VERSION,
        "executor_id": executor,
        "system_database_url": url.render_as_string(hide_password=False),
        "system_database_engine": database,
        "serializer": PlainJson(),
        "log_level": "CRITICAL",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": LISTEN,
    }
    DBOS(config=config)
    DBOS.launch()
    return run


async def _begin(workflow: Workflow, event: Event) -> asyncio.Future[Any] | None:
    """Return what runs the event once it waits for its turn, None when its id was submitted before."""
    lined = asyncio.Event()
    _LINED.set(lined)
    with translated(), SetWorkflowID(event.id):
        handle = await DBOS.start_workflow_async(workflow, pack(event))
    running: asyncio.Future[Any] | None = getattr(handle, "task", None)
    if running is not None:
        await _lined_up(lined, running)
    return running


async def _lined_up(lined: asyncio.Event, running: asyncio.Future[Any]) -> None:
    """Wait until an event waits for its turn: DBOS still has a thread to go through, where a later one may overtake it."""
    waiting = asyncio.ensure_future(lined.wait())
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def _text(row: WorkflowStatus) -> str:
    """Return the event that a row carries, as it was packed."""
    return str(row.input["args"][0]) if row.input else ""


def _instant(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
