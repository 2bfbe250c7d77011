"""Hooks: what another system signs gets in without the token and under any name; nothing else does."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
import pytest_asyncio

from bot.web.app import create_app
from bot.web.door import Door
from bot.web.guard import LIMIT
from bot.web.workspace import LocalWorkspace
from tests.fakes import FakeDesk

PATH = "/slack/events"
OUTSIDE = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}


class Hook:
    """Takes what comes, and believes what is signed `yes`."""

    def __init__(self) -> None:
        self.taken: list[tuple[Mapping[str, str], bytes]] = []

    async def take(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        self.taken.append((headers, body))
        return (200, {"content-type": "application/json"}, b'{"ok":true}') if headers["x-signature"] == "yes" else (401, {}, b"")


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest_asyncio.fixture(params=["", "correct-horse-battery"], ids=["an open page", "a page with a token"])
async def outside(request: pytest.FixtureRequest, workspace: LocalWorkspace, desk: FakeDesk, hook: Hook) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who knows the desk by a name of its proxy."""
    app = create_app(workspace, desk, door=Door(request.param), hooks={PATH: hook.take})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://desk.pelican.example") as client:
        yield client


async def test_what_is_signed_gets_in_as_it_came(outside: httpx.AsyncClient, hook: Hook) -> None:
    answer = await outside.post(PATH, content=b'{"a": 1}\xff', headers={"X-Signature": "yes", **OUTSIDE})
    assert (answer.status_code, answer.json(), answer.headers["content-type"]) == (200, {"ok": True}, "application/json")
    assert [body for _, body in hook.taken] == [b'{"a": 1}\xff']


async def test_whoever_takes_it_may_refuse_it(outside: httpx.AsyncClient) -> None:
    answer = await outside.post(PATH, content=b"{}", headers={"x-signature": "no"})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", PATH, id="a look at the path"),
        pytest.param("PUT", PATH, id="another method"),
        pytest.param("POST", PATH + "/", id="a path below it"),
        pytest.param("POST", "/slack//events", id="a path like it"),
        pytest.param("POST", "/api/say", id="what the page does"),
        pytest.param("GET", "/", id="the page"),
    ],
)
async def test_nothing_else_is_reached_under_that_name(outside: httpx.AsyncClient, hook: Hook, desk: FakeDesk, method: str, path: str) -> None:
    answer = await outside.request(method, path, headers={"x-signature": "yes"})
    assert answer.status_code == 421
    assert (hook.taken, desk.heard) == ([], [])


async def test_a_body_that_is_too_large_is_not_read_whole(outside: httpx.AsyncClient, hook: Hook) -> None:
    answer = await outside.post(PATH, content=b"x" * (LIMIT + 1), headers={"x-signature": "yes"})
    assert (answer.status_code, hook.taken) == (413, [])


async def test_without_a_hook_the_path_is_guarded_like_any_other(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    app = create_app(workspace, desk, door=Door("correct-horse-battery"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        assert (await client.post(PATH)).status_code == 401
