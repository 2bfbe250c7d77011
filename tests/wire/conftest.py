"""The whole desk with the real agent, its model played by a server that this project did not write."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aimock_pytest import AIMockServer

from tests.agent_world import agent_world
from tests.wire.tap import Tap, problems
from tests.world import World

Opens = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture(autouse=True, scope="session")
def imported() -> None:
    """Import the SDK before anything is timed."""
    import anthropic  # noqa: F401


@asynccontextmanager
async def opened(folder: Path, url: str, **policy: Any) -> AsyncIterator[World]:
    """Open a desk whose model is at an address; when its story is over, look whether the API would have taken every request."""
    tap = Tap()
    async with agent_world(folder, url=url, transport=tap, local_triage=True, **policy) as world:
        world.tap = tap
        yield world
        assert [problem for body in tap.bodies for problem in problems(body)] == []


@pytest.fixture
def desk(aimock: AIMockServer, tmp_path: Path) -> Opens:
    """Return what opens a desk whose model aimock plays."""
    return lambda **policy: opened(tmp_path, aimock.base_url, **policy)


@pytest.fixture
def desk_at(tmp_path: Path) -> Opens:
    """Return what opens a desk whose model is at an address."""
    return lambda url, **policy: opened(tmp_path, url, **policy)


@pytest.fixture
async def w(desk: Opens) -> AsyncIterator[World]:
    """A desk in mode auto whose model aimock plays."""
    async with desk() as world:
        yield world


@pytest.fixture
def took() -> Callable[[], float]:
    """Return what tells the seconds since the test began."""
    begun = time.perf_counter()
    return lambda: time.perf_counter() - begun
