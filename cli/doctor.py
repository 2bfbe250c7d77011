"""Doctor: what the desk needs, looked at one by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.start import settings
from desk.errors import FrontdeskError

if TYPE_CHECKING:
    from settings import Settings

PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    what: str
    ok: bool
    says: str


async def examine() -> list[Finding]:
    """Look at everything; one failure does not hide the next."""
    found = settings()
    return [await _look(what, look, found) for what, look in LOOKS.items()]


async def _look(what: str, look: Callable[[Settings], Awaitable[str]], found: Settings) -> Finding:
    try:
        return Finding(what, ok=True, says=await look(found))
    except (FrontdeskError, OSError) as error:
        return Finding(what, ok=False, says=" ".join(str(error).split()))


async def _python(found: Settings) -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        raise FrontdeskError(f"this is Python {version}; 3.11 or newer is needed")
    return version


async def _home(found: Settings) -> str:
    found.home.mkdir(parents=True, exist_ok=True)
    if not os.access(found.home, os.W_OK):
        raise FrontdeskError(f"{str(found.home)!r} cannot be written to: set FRONTDESK_HOME to a folder that can")
    return str(found.home)


async def _policy(found: Settings) -> str:
    from bootstrap import open_records

    async with open_records(found) as kept:
        policy = await kept.policy.current()
        return f"version {policy.version}, mode {policy.modes.default.word} unless a rule says otherwise"


async def _database(found: Settings) -> str:
    from bootstrap import open_records

    async with open_records(found) as kept:
        tickets, channels = await kept.store.tickets(), await kept.store.channels()
        return f"{len(tickets)} tickets, {len(channels)} channels"


async def _model(found: Settings) -> str:
    from knowledge.embedders import wanted

    embedder = wanted(found.embedder, notes=found.home)
    try:
        await embedder.embed(["ready"])
        return embedder.id
    finally:
        embedder.close()


async def _index(found: Settings) -> str:
    from bootstrap import open_reading
    from desk.audience import PUBLIC

    async with open_reading(found) as desk:
        documents = await desk.library.documents()
        # A word that means something: of "how" the word search keeps nothing, so that it would find an index well that is not there.
        found_any = await desk.knowledge.search("invoice", frozenset({PUBLIC}), k=1)
        if found_any.degraded:
            raise FrontdeskError("only one of its two searches works, by words or by meaning: the log says which one failed, and why")
        return f"{len(documents)} documents" + ("" if documents else "; take some in with: frontdesk ingest PATH")


async def _sources(found: Settings) -> str:
    from bootstrap import open_records
    from store.sources import SqlSources

    async with open_records(found) as kept:
        sources = (await kept.policy.current()).knowledge.sources
        states = await SqlSources(kept.database).states()
    unset = {source.name: f"{source.secret} is not set" for source in sources if source.secret and not os.environ.get(source.secret)}
    failed = {source.name: states[source.name].error for source in sources if source.name in states and states[source.name].error}
    if wrong := failed | unset:
        raise FrontdeskError("; ".join(f"{name}: {what}" for name, what in wrong.items()))
    return f"{len(sources)} in the policy, {sum(source.every is not None for source in sources)} of them read by themselves"


async def _events(found: Settings) -> str:
    from bootstrap import open_records
    from cli.erase import engine_of

    async with open_records(found) as kept, engine_of(kept) as engine:
        failed = await engine.failed()
    if failed:
        raise FrontdeskError(f"{len(failed)} were given up, the last one {failed[-1].event} ({failed[-1].error})")
    return "none was given up"


async def _server(found: Settings) -> str:
    from bootstrap import home_of

    serving = home_of(found).server()
    return f"process {serving.pid} at {serving.address}" if serving else "none runs on this home"


LOOKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "python": _python,
    "home": _home,
    "policy": _policy,
    "database": _database,
    "model": _model,
    "knowledge": _index,
    "sources": _sources,
    "events": _events,
    "server": _server,
}
"""What is looked at, in the order in which one needs the other."""
