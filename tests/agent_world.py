"""A world whose answers are written by the real agent: the real SDK over the wire, to whatever server a test points it at."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from agent.alarm import Alarm
from agent.claude import Access, ClaudeModel
from agent.extractive import ExtractiveAnswerer
from agent.fit import ready
from agent.heads import Heads
from agent.loop import ModelAnswerer
from agent.metered import Metered
from agent.triage import LocalTriager
from knowledge.embeddings import OnnxEmbedder
from tests.fakes import MemoryLedger
from tests.world import World, world


@cache
def embedder() -> OnnxEmbedder:
    """Return the embedder that ships, loaded once a process."""
    return OnnxEmbedder()


@cache
def heads() -> Heads:
    """Return the heads that ship, ready for it."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(ready(embedder(), Path(folder)))


@asynccontextmanager
async def agent_world(folder: Path, *, url: str = "", transport: Any = None, local_triage: bool = False, **policy: Any) -> AsyncIterator[World]:
    """Open a world with the agent at work, its model at `url` or behind `transport`; `local_triage` puts the real local triage in as well.

    `world.ledger` holds what its calls were booked as, `world.metered` is what makes them.
    """
    # On a thread of its own, since it runs a loop.
    await asyncio.to_thread(heads)
    async with world(folder, **policy) as made:
        model = ClaudeModel(Access(key="test", url=url), strict=True, transport=transport)
        ledger, alarm = MemoryLedger(), Alarm(made.clock)
        metered = Metered(model, ledger, made.clock, alarm=alarm.ring)
        quoting = ExtractiveAnswerer(embedder(), heads())
        services = replace(made.services, answerer=ModelAnswerer(quoting, metered, embedder()))
        if local_triage:
            triage = (await made.policy.current()).triage
            services = replace(services, triager=LocalTriager(embedder(), heads(), triage))
        made.services = services
        made.__post_init__()
        alarm.connect(made.submit)
        made.ledger, made.metered = ledger, metered  # type: ignore[attr-defined]
        try:
            yield made
        finally:
            await model.close()
