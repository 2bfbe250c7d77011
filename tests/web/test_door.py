"""The door: with a token set, nobody comes in without it, and a browser needs it once."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.web.app import create_app
from bot.web.door import COOKIE, Door
from bot.web.workspace import LocalWorkspace
from tests.fakes import FakeDesk
from tests.web.conftest import COMMUNITY

TOKEN = "correct-horse-battery"
NAME = "desk.example.com"
SAY = {"user": "mara-voss", "channel": COMMUNITY.id, "text": "Hello"}
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest_asyncio.fixture
async def browser(workspace: LocalWorkspace, desk: FakeDesk) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on another machine, which knows the page by its name."""
    app = create_app(workspace, desk, door=Door(TOKEN, frozenset({NAME})))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{NAME}") as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/side/customer", "/ticket/t-1", "/queue", "/file/ab", "/events", "/favicon.svg", "/static/page.js", "/nowhere"]
)
async def test_nothing_is_shown_without_the_token(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "open it once as /?token=" in answer.text


@pytest.mark.parametrize("path", ["say", "command", "edit", "delete", "click", "react", "typing"])
async def test_nothing_is_done_without_the_token(browser: httpx.AsyncClient, desk: FakeDesk, path: str) -> None:
    assert (await browser.post(f"/api/{path}", data=SAY)).status_code == 401
    assert desk.heard == []


async def test_health_and_readiness_need_no_token(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/health")).json()["status"] == "ok"
    assert (await browser.get("/readyz")).json()["ready"] is True


async def test_a_program_brings_the_token_in_a_header(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    assert (await browser.post("/api/say", data=SAY, headers={**BEARER, "accept": "application/json"})).json()["ok"] is True
    assert len(desk.heard) == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"authorization": "Bearer correct-horse"}, id="the beginning of it"),
        pytest.param({"authorization": f"Bearer {TOKEN}x"}, id="more than it"),
        pytest.param({"authorization": "Bearer "}, id="nothing"),
        pytest.param({"authorization": f"Basic {TOKEN}"}, id="another scheme"),
        pytest.param({"authorization": "Bearer gerät".encode("latin-1")}, id="what is no ASCII"),
        pytest.param({"cookie": f"{COOKIE}={TOKEN}"}, id="the token as the cookie"),
        pytest.param({"cookie": f"{COOKIE}="}, id="an empty cookie"),
    ],
)
async def test_anything_but_the_token_is_refused(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await browser.get("/", headers=headers)).status_code == 401


async def test_a_browser_gives_the_token_once(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"/?token={TOKEN}&as=mara-voss")
    assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (303, "/?as=mara-voss", "no-store")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in cookie
    assert (await browser.get(answer.headers["location"])).status_code == 200


async def test_the_cookie_is_worth_nothing_as_a_token(browser: httpx.AsyncClient) -> None:
    await browser.get(f"/?token={TOKEN}")
    mark = browser.cookies[COOKIE]
    browser.cookies.clear()
    assert (await browser.get("/", headers={"authorization": f"Bearer {mark}"})).status_code == 401
    assert (await browser.get(f"/?token={mark}")).status_code == 401


async def test_a_wrong_token_in_the_address_gets_no_cookie(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/?token=wrong-horse-battery")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_no_path_leads_a_browser_elsewhere(browser: httpx.AsyncClient) -> None:
    assert "location" not in (await browser.get(f"http://{NAME}//evil.example/?token={TOKEN}")).headers


async def test_the_page_goes_by_its_names_only(browser: httpx.AsyncClient) -> None:
    other = await browser.get("/", headers={**BEARER, "host": "evil.example"})
    assert (other.status_code, "FRONTDESK_ALLOWED_HOSTS" in other.text) == (421, True)
    assert (await browser.get("/", headers={**BEARER, "host": "localhost:8080"})).status_code == 200


async def test_the_token_does_not_let_another_page_act(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    await browser.get(f"/?token={TOKEN}")
    assert (await browser.post("/api/say", data=SAY, headers={"origin": "http://evil.example"})).status_code == 403
    assert desk.heard == []


async def test_without_a_token_a_page_on_this_machine_asks_for_none(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(workspace, desk)), base_url="http://localhost") as client:
        assert (await client.get("/?token=anything")).status_code == 200


def test_the_token_is_not_in_what_a_door_says_of_itself() -> None:
    assert TOKEN not in repr(Door(TOKEN))
