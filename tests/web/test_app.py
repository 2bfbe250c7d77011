"""The app: what it shows, what it takes, and whom it refuses."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.web.app import create_app
from bot.web.guard import LIMIT
from bot.web.pages import Site, well
from bot.web.rooms import local_channel
from bot.web.suggestions import Suggestion, read_suggestions
from bot.web.uploads import Upload
from bot.web.workspace import LocalWorkspace, open_workspace
from desk.cards import Card, Sources
from desk.customer import Role
from desk.errors import Misconfigured, NotAllowed, Unavailable
from desk.events import ButtonClicked, CommandInvoked, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded, TypingSeen
from desk.ports import Query, View
from desk.sla import Owed, Promise, Side, Standing, Target
from desk.space import Channel, ChannelKind, Place
from tests.fakes import START, FakeDesk
from tests.web.conftest import ACME, AGENTS, COMMUNITY, LEA, MARA, TIM, YUKI
from tests.web.posts import SOURCE, draft_card
from tests.web.scene import TICKET, called_view, scene, ticket_view

JSON = {"accept": "application/json"}
AS_MARA = {"user": "mara-voss", "channel": "community"}
AS_TIM = {"user": "tim", "channel": "agents"}
SUGGESTIONS = (Suggestion("Yuki Tan", "acme-shared", "Still stuck!", "An urgent card."), Suggestion("Mara Voss", "direct", "A person, please."))


async def observing() -> str:
    return "observe"


@pytest_asyncio.fixture
async def browser(workspace: LocalWorkspace, desk: FakeDesk) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts, on this machine."""
    app = create_app(workspace, desk, site=Site("Pelican Ledger", SUGGESTIONS, mode=observing))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080") as client:
        yield client


def side(page: str, name: str) -> str:
    found = re.search(rf'<section class="side {name}".*?</section>', page, re.DOTALL)
    assert found, f"no {name} side"
    return found[0]


async def test_the_page_reads_without_scripts(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await scene(workspace)
    page = (await browser.get("/?as=mara-voss&in=community&team=tim")).text
    assert "<title>Workspace · Pelican Ledger</title>" in page
    assert "mode: </span>observe" in page
    customers, teams = side(page, "customer"), side(page, "team")
    assert "<strong>back on my card</strong>" in customers
    assert "only you see this" in customers
    assert "Needs a human: security" in teams
    assert "in the thread</p>" in teams
    assert 'badge-internal">internal' in teams
    assert "Needs a human" not in customers


async def test_everybody_sees_their_own_channels_and_whispers(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await scene(workspace)
    customers = side((await browser.get("/?as=sam-quill&in=acme-shared")).text, "customer")
    assert '<option value="acme-shared"' not in customers
    assert "charged twice" not in customers
    assert "How was this support?" not in customers


async def test_evidence_is_quoted_without_its_markup_and_escaped(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    marked = replace(SOURCE, quote="Press **Settings > Plan**, then `Save` <script>")
    untitled = replace(marked, n=2, title="", url="")
    await workspace.send(draft_card(Card((Sources((marked, untitled), detailed=True),))))
    page = side((await browser.get("/?team=tim")).text, "team")
    assert '<span class="quoted" dir="auto">Press Settings &gt; Plan, then Save &lt;script&gt;</span>' in page
    assert "<bdi>Press Settings &gt; Plan, then Save &lt;script&gt;</bdi>" in page


async def test_times_are_in_the_readers_own_zone(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await workspace.say(MARA, Place(COMMUNITY), "Hello")
    assert ">11:00</time>" in side((await browser.get("/?as=mara-voss")).text, "customer")
    assert ">10:00</time>" in side((await browser.get("/?as=sam-quill")).text, "customer")


async def test_a_zone_that_is_none_is_utc(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await workspace.add_member(MARA, "Mara Voss", (await workspace.rooms.member(MARA)).role, zone="Middle/Earth")
    await workspace.say(MARA, Place(COMMUNITY), "Hello")
    assert ">10:00</time>" in side((await browser.get("/?as=mara-voss")).text, "customer")


async def test_a_suggestion_chooses_who_writes_where_and_what(browser: httpx.AsyncClient) -> None:
    customers = side((await browser.get("/?try=0")).text, "customer")
    assert '<option value="yuki-tan" selected>' in customers
    assert '<option value="acme-shared" selected>' in customers
    assert ">Still stuck!</textarea>" in customers
    assert "An urgent card." in customers
    assert '<option value="direct" selected>' in side((await browser.get("/?try=1")).text, "customer")
    assert (await browser.get("/?try=99")).status_code == 200


async def test_a_side_alone_is_the_same_side(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await scene(workspace)
    whole = (await browser.get("/?as=mara-voss&team=tim")).text
    assert side((await browser.get("/side/team?as=mara-voss&team=tim")).text, "team") == side(whole, "team")
    assert (await browser.get("/side/nobody")).status_code == 404


async def test_a_deleted_root_stays_while_it_has_answers(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    root, _ = await workspace.say(MARA, Place(COMMUNITY), "Where is my refund?")
    await workspace.say(TIM, Place(COMMUNITY, root.id), "On its way")
    lone, _ = await workspace.say(MARA, Place(COMMUNITY), "Never mind")
    await workspace.delete_by(MARA, root)
    await workspace.delete_by(MARA, lone)
    page = side((await browser.get("/?as=mara-voss")).text, "customer")
    assert page.count("This message was deleted.") == 1
    assert "On its way" in page


async def test_an_empty_workspace_says_what_to_do(desk: FakeDesk, tmp_path: Path, clock) -> None:
    empty = await open_workspace(tmp_path / "empty.db", clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(empty, desk)), base_url="http://localhost") as client:
        assert "Nobody is in the workspace yet" in (await client.get("/")).text
    await empty.close()


async def test_a_form_leads_back_to_the_page(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await browser.post("/api/say", data={**AS_MARA, "text": "Hello", "back": "?as=mara-voss"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?as=mara-voss")
    assert [type(event) for event in desk.heard] == [MessageReceived]


async def test_a_form_leads_nowhere_else(browser: httpx.AsyncClient) -> None:
    assert "location" not in (await browser.post("/api/say", data={**AS_MARA, "text": "Hello", "back": "//evil.example"})).headers


async def test_every_deed_has_its_event(browser: httpx.AsyncClient, workspace: LocalWorkspace, desk: FakeDesk) -> None:
    said = (await browser.post("/api/say", json={**AS_MARA, "text": "Helo"}, headers=JSON)).json()
    card = await workspace.send(draft_card())
    for path, data in {
        "edit": {**AS_MARA, "message": said["message"], "text": "Hello"},
        "react": {**AS_MARA, "message": said["message"], "emoji": "👍"},
        "typing": AS_MARA,
        "delete": {**AS_MARA, "message": said["message"]},
        "click": {**AS_TIM, "message": card.id, "button": "Edit", "seen": "2", "field.part0": "Three days"},
        "command": {**AS_TIM, "text": "next"},
        "say": {**AS_TIM, "text": "/frontdesk pause everything"},
    }.items():
        assert (await browser.post(f"/api/{path}", data=data, headers=JSON)).json() == {"ok": True}, path
    kinds = [MessageReceived, MessageEdited, ReactionAdded, TypingSeen, MessageDeleted, ButtonClicked, CommandInvoked, CommandInvoked]
    assert [type(event) for event in desk.heard] == kinds
    assert [event.form for event in desk.heard if isinstance(event, ButtonClicked)] == [{"part0": "Three days"}]
    assert [event.text for event in desk.heard if isinstance(event, CommandInvoked)] == ["next", "pause everything"]


async def test_files_come_with_a_message_and_go_out_as_files(browser: httpx.AsyncClient, workspace: LocalWorkspace, desk: FakeDesk) -> None:
    files = [("files", ("log.html", b"<script>alert(1)</script>", "text/html")), ("files", ("shot.png", b"\x89PNG\r\n\x1a\n...", "image/png"))]
    await browser.post("/api/say", data={**AS_MARA, "text": ""}, files=files, headers=JSON)
    page, picture = next(event.files for event in desk.heard if isinstance(event, MessageReceived))
    saved = await browser.get(f"/file/{page.ref}?name={page.name}")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''log.html"
    shown = await browser.get(f"/file/{picture.ref}?name=a%22%0d%0ab.png")
    assert (shown.headers["content-type"], shown.headers["content-disposition"]) == ("image/png", "inline; filename*=UTF-8''a%22%0D%0Ab.png")
    assert (await browser.get("/file/..%2f..%2fworkspace.db")).status_code == 404
    assert f'href="/file/{page.ref}?name=log.html"' in (await browser.get("/?as=mara-voss")).text


@pytest.mark.parametrize(
    ("path", "data", "status", "says"),
    [
        pytest.param("say", {**AS_MARA, "text": "  "}, 422, "write something first", id="nothing to say"),
        pytest.param("say", {"user": "mara-voss", "text": "Hi"}, 422, "'channel' is missing", id="nowhere to say it"),
        pytest.param("say", {**AS_MARA, "channel": "agents", "text": "Hi"}, 404, "There is no channel 'agents'", id="a channel of others"),
        pytest.param("say", {**AS_MARA, "channel": "nowhere", "text": "Hi"}, 404, "There is no channel 'nowhere'", id="no channel"),
        pytest.param("edit", {**AS_MARA, "message": "none", "text": "Hi"}, 404, "not there any more", id="no message"),
        pytest.param("command", AS_TIM, 422, "'text' is missing", id="no command"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(browser: httpx.AsyncClient, desk: FakeDesk, path: str, data, status: int, says: str) -> None:
    answer = await browser.post(f"/api/{path}", data=data, headers=JSON)
    assert (answer.status_code, desk.heard) == (status, [])
    assert says in answer.json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"user": 3}'])
async def test_json_that_is_none_is_said_to_be(browser: httpx.AsyncClient, body: bytes) -> None:
    answer = await browser.post("/api/say", content=body, headers={**JSON, "content-type": "application/json"})
    assert answer.status_code == 422


async def test_somebody_elses_words_stay_theirs(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    ref, _ = await workspace.say(YUKI, Place(COMMUNITY), "Mine")
    answer = await browser.post("/api/edit", data={**AS_MARA, "message": ref.id, "text": "Mine now"}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (403, "Only its author may change a message")


async def test_a_file_that_cannot_be_written_is_a_sentence_and_no_trace(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await workspace.log.run(lambda db: db.execute("PRAGMA query_only = ON"))
    answer = await browser.post("/api/say", data={**AS_MARA, "text": "Hello"}, headers=JSON)
    assert (answer.status_code, answer.json()["error"]) == (503, "This could not be kept right now. Nothing is lost: please try again in a moment.")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"origin": "http://127.0.0.1:8080"}, 200, id="the page itself"),
        pytest.param({}, 200, id="a program, which names no origin"),
        pytest.param({"sec-fetch-site": "same-origin"}, 200, id="a browser that says same origin"),
        pytest.param({"origin": "https://evil.example"}, 403, id="another page"),
        pytest.param({"origin": "null"}, 403, id="a page in a sandbox"),
        pytest.param({"origin": "http://127.0.0.1:9999"}, 403, id="another program's page on this machine"),
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="a browser that says cross site"),
        pytest.param({"host": "evil.example"}, 421, id="a name that somebody pointed at this machine"),
        pytest.param({"host": "[::1"}, 421, id="a host that is none"),
        pytest.param({"host": "[::1]:8080", "origin": "http://[::1]:8080"}, 200, id="the other loopback address"),
    ],
)
async def test_only_the_page_itself_changes_anything(browser: httpx.AsyncClient, desk: FakeDesk, headers, status: int) -> None:
    answer = await browser.post("/api/say", data={**AS_MARA, "text": "Hello"}, headers={**JSON, **headers})
    assert answer.status_code == status
    assert len(desk.heard) == (status == 200)


async def test_no_page_is_shown_under_a_foreign_name(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/", headers={"host": "evil.example"})).status_code == 421


async def test_every_answer_forbids_foreign_scripts(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/static/page.js", "/health", "/nowhere"):
        policy = (await browser.get(path)).headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
    page = (await browser.get("/")).text
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page)


async def test_ten_megabytes_are_taken_and_drawn_in_part(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await browser.post("/api/say", data={**AS_MARA, "text": "y" * 10_000_000}, files={"files": ("", b"")}, headers=JSON)
    assert answer.status_code == 200
    assert [len(event.text) for event in desk.heard if isinstance(event, MessageReceived)] == [10_000_000]
    page = (await browser.get("/?as=mara-voss")).text
    assert "and 9,996,000 more characters" in page
    assert len(page) < 100_000


async def test_more_than_twelve_megabytes_are_refused_in_a_sentence(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    answer = await browser.post("/api/say", data={**AS_MARA, "text": "y" * LIMIT}, headers=JSON)
    assert (answer.status_code, desk.heard) == (413, [])
    assert "more than 12 MB" in answer.json()["error"]


async def test_what_people_type_is_text_everywhere(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    await workspace.add_member(MARA, evil, (await workspace.rooms.member(MARA)).role)
    await workspace.add_channel(Channel(local_channel("evil"), evil, ChannelKind.COMMUNITY, START))
    await workspace.say(MARA, Place(COMMUNITY), evil, files=[Upload(evil, "text/plain", b"x")])
    ref, _ = await workspace.say(MARA, Place(COMMUNITY), "fine")
    await workspace.react_by(MARA, ref, evil)
    page = (await browser.get("/", params={"as": "mara-voss", "in": "community", "text": evil, "team": evil, "room": evil})).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


async def test_a_ticket_tells_what_was_decided_and_why(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.shows = ticket_view
    page = (await browser.get(f"/ticket/{TICKET}?team=lea")).text
    said, suggested, replied = page.index("We were charged <em>twice</em>"), page.index("action-suggest"), page.index("action-reply")
    assert said < suggested < replied
    for told in (
        "One sentence has no evidence.",
        "0.48, and 0.60 is needed",
        "Refund times",
        "<dt>unsupported</dt><dd>1</dd>",
        "extractive@1",
        "high 71",
    ):
        assert told in page, told
    assert desk.asked == [Query("ticket", TICKET, LEA, Role.LEAD)]


async def test_a_ticket_tells_what_its_calls_of_a_model_took(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.shows = called_view
    page = (await browser.get(f"/ticket/{TICKET}?team=lea")).text
    assert "2 calls of the language model, 1 failed: USD 0.0312, 2.5 s" in page
    assert "<td>claude-big</td><td>1,200</td><td>950</td><td>8,000</td><td>210</td><td>0.0312</td><td>2.1</td>" in page
    assert '<td>claude-small</td><td colspan="4" class="failed">spend limit</td>' in page
    assert page.count('<details class="calls">') == 1


async def test_the_queue_leads_to_its_tickets(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    desk.shows = ticket_view
    assert f'href="/ticket/{TICKET}?team=tim"' in (await browser.get("/queue?team=tim")).text
    desk.shows = lambda _: ()
    assert "Nothing waits." in (await browser.get("/queue")).text


@pytest.mark.parametrize(
    ("standing", "due", "words"),
    [
        pytest.param(Standing.RUNNING, START, "first response due", id="what is due"),
        pytest.param(Standing.BREACHED, START, "first response <strong>broken</strong>", id="what is broken"),
        pytest.param(Standing.PAUSED, None, "first response waits for the customer", id="what waits"),
    ],
)
async def test_the_queue_and_a_ticket_show_what_is_promised(browser: httpx.AsyncClient, desk: FakeDesk, standing, due, words) -> None:
    owed = Owed(Promise(Target.FIRST_RESPONSE, timedelta(hours=1)), standing, START, due, side=Side.CUSTOMER)

    def shown(query: Query) -> View:
        found = ticket_view(query)
        return tuple(replace(view, owed=(owed,)) for view in found) if isinstance(found, tuple) else replace(found, owed=(owed,))

    desk.shows = shown
    for page in ("/queue?team=tim", f"/ticket/{TICKET}?team=tim"):
        assert words in " ".join((await browser.get(page)).text.split())


async def test_a_ticket_that_is_none_or_not_for_everybody_is_said_to_be(browser: httpx.AsyncClient, desk: FakeDesk) -> None:
    assert (await browser.get("/ticket/t-none")).status_code == 404

    def forbidden(_: Query) -> View:
        raise NotAllowed("Only the support team can see this.")

    desk.shows = forbidden
    answer = await browser.get(f"/ticket/{TICKET}")
    assert (answer.status_code, answer.text) == (403, "Only the support team can see this.")


async def test_health_says_how_far_the_log_is(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await workspace.say(MARA, Place(ACME), "Hello")
    assert (await browser.get("/health")).json() == {"status": "ok", "position": 1}


async def readiness(
    workspace: LocalWorkspace, desk: FakeDesk, ready: Callable[[], Awaitable[Sequence[str]]], host: str = "127.0.0.1"
) -> httpx.Response:
    app = create_app(workspace, desk, site=Site(ready=ready))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
        return await client.get("/readyz")


async def test_a_desk_that_takes_messages_is_ready_and_says_what_is_degraded(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    async def degraded() -> Sequence[str]:
        return ("knowledge: the search is down",)

    answer = await readiness(workspace, desk, degraded)
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "degraded": ["knowledge: the search is down"]})


async def test_a_desk_that_can_keep_no_message_is_not_ready_and_does_not_say_where_its_database_is(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    async def down() -> Sequence[str]:
        raise Unavailable("store", "connection to 10.0.0.5 failed")

    answer = await readiness(workspace, desk, down)
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "degraded": ["store: no message can be kept"]})


async def test_readiness_is_told_to_hosts_of_ours_only(workspace: LocalWorkspace, desk: FakeDesk) -> None:
    assert (await readiness(workspace, desk, well, host="evil.example")).status_code == 421


async def test_the_icon_is_where_browsers_look(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/favicon.svg")).headers["content-type"] == "image/svg+xml"


async def test_the_team_may_look_into_a_customers_channel(browser: httpx.AsyncClient, workspace: LocalWorkspace) -> None:
    await scene(workspace)
    assert "charged twice this morning" in side((await browser.get("/?team=tim&room=acme-shared")).text, "team")
    assert AGENTS.id in side((await browser.get("/?team=tim")).text, "team")


async def test_the_demos_suggestions_are_read() -> None:
    found = read_suggestions(Path("demo/suggestions.toml"))
    assert len(found) >= 5
    assert all(suggestion.persona and suggestion.text and suggestion.expect for suggestion in found)


@pytest.mark.parametrize("text", ["suggestion = ", "[[suggestion]]\npersona = 'Mara'"])
async def test_suggestions_that_are_none_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(Misconfigured, match="holds no suggestions"):
        read_suggestions(tmp_path / "s.toml")
