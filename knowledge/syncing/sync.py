"""Sync: bring the documents of one source in step with it. First everything is collected, then compared, then applied."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from desk.errors import Conflict, FrontdeskError, Retryable, Unavailable
from desk.library import Embedder, Library, SourceRows
from desk.ports import Clock
from desk.source import Holding, Missed, Source, SyncState
from knowledge.article import Failure
from knowledge.connector import Batch, Connector
from knowledge.syncing import staging
from knowledge.syncing.diff import Diff, Shelf, compare
from knowledge.syncing.narrowing import narrow
from knowledge.syncing.pieces import Piece, Progress, put
from knowledge.syncing.staging import Items

HOLD = timedelta(minutes=2)
"""How long a source is held without a sign of life; what a killed process costs the next one."""
PATIENCE = timedelta(minutes=30)
"""How long a source may take for one batch: a clone takes ten minutes at most, and a disk that hangs would take for ever."""
REMOVED_AT_ONCE = 100
NAMED = 200
"""Failures that are kept by name; of more only the number is."""
Opener = Callable[[Source], AbstractAsyncContextManager[Connector]]

log = logging.getLogger("frontdesk.sync")


class Busy(Retryable):
    """Another process reads this source now."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a sync works with. `holder` names this process among those that may read the same sources."""

    library: Library
    rows: SourceRows
    embedder: Embedder
    clock: Clock
    holder: str


async def sync(source: Source, open: Opener, means: Means, *, remove: bool = False, progress: Progress | None = None) -> SyncState:
    """Sync one source and return how it went; what went wrong is in its `error`, and the next call goes on where this one stopped.

    What was collected waits in the store, so that neither a source that goes down half-way nor a killed process makes it be fetched twice.
    More than half of a source is removed only when `remove` says so. Raises Busy while another process reads the source, and Unavailable
    when the store does not answer.
    """
    async with _held(source, means):
        state = await _begun(source, means)
        try:
            if not state.collected:
                state = await _collected(source, open, state, means=means)
            shelf = await _shelf(source, means)
            diff = await compare(shelf, staging.portions(means.rows, source.name))
            if not state.collected:
                state = await _counted(state, diff, means)
            await _put(shelf, len(diff.added) + len(diff.changed), means, progress=progress)
            return await _finished(source, state, diff, means=means, remove=remove)
        except Conflict as error:
            raise Busy(f"another process reads the source {source.name!r} now: look again later") from error
        except FrontdeskError as error:
            return await _failed(source, str(error).removeprefix("kb is unavailable: "), means)
        except Exception as error:
            # What strangers wrote is read by parsers that raise what they like: one source must end neither the others' syncs nor the desk.
            log.exception("the source %r could not be read", source.name)
            return await _failed(source, f"something unforeseen came of reading it ({type(error).__name__}: {error})", means)


async def preview(source: Source, open: Opener, means: Means) -> Diff:
    """Return what a sync would do now; nothing is written, also not what was read. Raises Busy while another process reads the source."""
    items: list[Items] = []
    # Held all the same: two that read one repository at once would take each other's clone apart.
    async with _held(source, means), open(source) as connector:
        async for batch in _patiently(connector.batches("")):
            items.append(batch.items)
            if excess := _excess(source, sum(map(len, items))):
                items.append([excess])
                break
    return await compare(await _shelf(source, means), _all(items))


async def _begun(source: Source, means: Means) -> SyncState:
    """Go on with a sync that was cut short, or begin anew when there is none, it is too old, or the source is another by now."""
    known = (await means.rows.states()).get(source.name, SyncState(source.name))
    now = means.clock.now()
    goes_on, is_another = known.goes_on(source, now), known.basis != source.basis
    if is_another:
        await narrow(source, means.library, embedder=means.embedder.id)
    fresh = replace(known, started=now, cursor="", is_under_way=True, collected=False, basis=source.basis)
    # Counted as a failure until something comes of it: whatever kills the process must not kill it again as soon as it is up.
    state = replace(known if goes_on else fresh, tried=now, failures=1 if is_another else known.failures + 1)
    await means.rows.save(state, holder=means.holder, anew=not goes_on)
    return state


async def _collected(source: Source, open: Opener, state: SyncState, *, means: Means) -> SyncState:
    """Read the source to its end; every batch is saved together with the cursor that leads on behind it."""
    async with open(source) as connector:
        async for batch in _patiently(connector.batches(state.cursor)):
            state = replace(state, cursor=batch.cursor, failures=0)
            staged = await means.rows.save(state, holder=means.holder, staged=dict(map(staging.pack, batch.items)))
            if excess := _excess(source, staged):
                await means.rows.save(state, holder=means.holder, staged=dict([staging.pack(excess)]))
                break
    return state


async def _patiently(batches: AsyncIterator[Batch]) -> AsyncIterator[Batch]:
    """Yield batches as long as they come; sources are read one after another, and one that hangs must not hold up the others."""
    while True:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                batch = await anext(batches)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise Unavailable("kb", f"it gave nothing for {PATIENCE.total_seconds() / 60:.0f} minutes") from error
        yield batch


async def _counted(state: SyncState, diff: Diff, means: Means) -> SyncState:
    """Note what has to be done before any of it is, since a sync that goes on later finds some of it done."""
    state = replace(
        state,
        added=len(diff.added),
        changed=len(diff.changed),
        unchanged=diff.unchanged,
        removed=len(diff.removed),
        failed=_missed(diff.failed),
        collected=True,
    )
    await means.rows.save(state, holder=means.holder)
    return state


async def _finished(source: Source, state: SyncState, diff: Diff, *, means: Means, remove: bool) -> SyncState:
    """Remove what is gone, and let go of what was staged."""
    # An empty listing or a wrong token looks just like a source that was cleared out.
    keeps = diff.is_drastic and not remove
    if not keeps:
        await _remove(list(diff.removed), means.library)
    held = (await means.rows.holdings()).get(source.origin, Holding(0, 0))
    state = replace(
        state,
        finished=means.clock.now(),
        cursor="",
        is_under_way=False,
        collected=False,
        failures=0,
        removed=0 if keeps else state.removed,
        documents=held.documents,
        chunks=held.chunks,
        error=_kept_back(source, diff) if keeps else "",
    )
    await means.rows.save(state, holder=means.holder, anew=True)
    return state


async def _put(shelf: Shelf, total: int, means: Means, *, progress: Progress | None) -> None:
    """Put what is new or changed, a portion at a time."""
    done = 0

    def tell(now: int, _: int) -> None:
        if progress:
            progress(done + now, total)

    async for items in staging.portions(means.rows, shelf.source.name):
        judged = await asyncio.to_thread(shelf.judge, items)
        pieces = [item for item in judged if isinstance(item, Piece)]
        await put(pieces, library=means.library, embedder=means.embedder, progress=tell)
        done += len(pieces)


async def _remove(ids: Sequence[str], library: Library) -> None:
    # In portions, so that customers' events never wait long for the one writer.
    for start in range(0, len(ids), REMOVED_AT_ONCE):
        await library.remove(ids[start : start + REMOVED_AT_ONCE])


async def _failed(source: Source, error: str, means: Means) -> SyncState:
    """Note what went wrong on what was saved last: that is where the next try goes on."""
    state = (await means.rows.states())[source.name]
    state = replace(state, error=error, failures=max(1, state.failures), tried=means.clock.now())
    await means.rows.save(state, holder=means.holder)
    return state


@asynccontextmanager
async def _held(source: Source, means: Means) -> AsyncIterator[None]:
    """Hold a source, and say so again and again for as long as it takes."""
    if not await _hold(source, means):
        raise Busy(f"another process reads the source {source.name!r} now: look again later")
    # A batch may take longer than the hold lasts, and so may embedding a portion.
    beating = asyncio.create_task(_beat(source, means))
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.wait([beating])
        await means.rows.release(source.name, means.holder)


async def _beat(source: Source, means: Means) -> None:
    held = True
    while held:
        await asyncio.sleep(HOLD.total_seconds() / 4)
        try:
            held = await _hold(source, means)
        except Retryable as error:
            log.warning("the hold on the source %r could not be renewed: %s", source.name, error)


async def _hold(source: Source, means: Means) -> bool:
    now = means.clock.now()
    return await means.rows.hold(source.name, means.holder, now=now, until=now + HOLD)


async def _shelf(source: Source, means: Means) -> Shelf:
    return Shelf(source, {document.id: document for document in await means.library.documents()}, means.embedder.id)


async def _all(portions: Sequence[Items]) -> AsyncIterator[Items]:
    for items in portions:
        yield items


def _excess(source: Source, count: int) -> Failure | None:
    """Return a failure that keeps everything in place when a source holds more than may be read."""
    said = f"the source holds more than {source.most} documents: the first are read; raise `most` in the policy, or narrow it with `include`"
    return Failure(source.at or source.name, said, None) if count > source.most else None


def _missed(failed: Sequence[Failure]) -> tuple[Missed, ...]:
    missed = tuple(Missed(failure.path, failure.reason) for failure in failed[:NAMED])
    return missed if len(failed) <= NAMED else (*missed, Missed("", f"and {len(failed) - NAMED} more"))


def _kept_back(source: Source, diff: Diff) -> str:
    said = f"{len(diff.removed)} of {diff.held} documents are not in the source any more, so none was removed"
    return f"{said}: if that is right, run ./frontdesk kb sync {source.name} --remove"
