"""Start: what every command does first, which is to read the settings and open what it needs."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from runtime import Reading, Records
    from settings import Settings

T = TypeVar("T")
TALKATIVE = ("anthropic", "httpx2", "httpcore2")
"""Libraries that log what is sent: at debug that would be customers' words."""


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; of several failures at once the first is told."""
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        raise _first(group) from group


def settings(**given: Any) -> Settings:
    """Read the settings and begin to log, to standard error only."""
    from settings import read_settings

    found = read_settings(**given)
    logging.basicConfig(stream=sys.stderr, level=found.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_wordless)
    return found


@asynccontextmanager
async def records() -> AsyncIterator[Records]:
    """Open what a command needs that looks at what is kept."""
    from bootstrap import open_records

    async with open_records(settings()) as kept:
        yield kept


@asynccontextmanager
async def reading() -> AsyncIterator[Reading]:
    """Open what a command needs that asks, searches or ingests."""
    from bootstrap import open_reading

    async with open_reading(settings()) as desk:
        yield desk


def _wordless(record: logging.LogRecord) -> bool:
    # On the handler, because such a library may set the level of its own loggers by the environment.
    return record.levelno >= logging.WARNING or not record.name.startswith(TALKATIVE)


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    # A task group wraps what its tasks raise, also when a single one failed.
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
