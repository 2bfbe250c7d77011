"""The wire between the play's Slack and the desk: HTTP both ways, signed, sent again, and read as people read it."""

import asyncio
import hashlib
import hmac
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx2
import pytest

from cli.play.driver import play
from cli.play.lines import Attempts
from cli.play.places import first_of, moved, seats
from cli.play.script import read_script
from cli.play.slack.delivery import Delivery, Lost, signature
from cli.play.slack.names import SECRET
from cli.play.slack.pressing import button_at, filled
from cli.play.slack.server import Answer, Request, Server
from cli.play.slack.shown import pressables, text
from cli.play.slack.state import Member, Message, Room, View, Workspace
from desk.errors import FrontdeskError, InvalidInput
from desk.space import Platform
from tests.cli.told import STORIES

MESSAGE = Message("C0AGENTS", "1.000001", "U0FRONTDESK", "fallback")
START = datetime(2026, 11, 2, 10, tzinfo=UTC)


class App:
    """What takes requests: answers with the statuses it was given, then with 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.heard: list[Request] = []

    async def answer(self, request: Request) -> Answer:
        self.heard.append(request)
        return Answer(self.statuses.pop(0) if self.statuses else 200, b'{"ok": true}')


@asynccontextmanager
async def delivering(app: App):
    server = Server(app.answer)
    url = await server.start()
    async with Delivery(url + "/slack/events") as delivery:
        yield delivery
    await server.close()


async def test_a_server_answers_many_requests_on_one_connection():
    app = App()
    server = Server(app.answer)
    url = await server.start()
    async with httpx2.AsyncClient(trust_env=False) as client:
        for n in range(3):
            assert (await client.post(f"{url}/api/x?n={n}", content=b"body")).json() == {"ok": True}

        async def pieces():
            yield b"in "
            yield b"pieces"

        await client.post(f"{url}/api/x", content=pieces())
    await server.close()
    assert [(found.path, found.query, found.body) for found in app.heard[:3]] == [("/api/x", f"n={n}", b"body") for n in range(3)]
    assert app.heard[3].body == b"in pieces"


async def test_whoever_hangs_up_harms_nobody():
    app = App()
    server = Server(app.answer)
    host, _, port = (await server.start()).removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
    await writer.drain()
    writer.close()
    await server.close()
    assert app.heard == []


async def test_what_is_sent_is_signed():
    app = App()
    async with delivering(app) as delivery:
        delivery.event({"type": "event_callback"})
        await delivery.flush()
    (heard,) = app.heard
    at = heard.headers["x-slack-request-timestamp"]
    expected = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-slack-signature"] == f"v0={expected}" == signature(heard.body, at)


async def test_an_event_that_arrives_thrice_says_so():
    app = App()
    async with delivering(app) as delivery:
        delivery.event({"event_id": "Ev1"}, copies=3)
        await delivery.flush()
    assert [found.headers.get("x-slack-retry-num") for found in app.heard] == [None, "1", "2"]
    assert {found.body for found in app.heard} == {b'{"event_id": "Ev1"}'}


async def test_what_was_not_taken_is_sent_again_and_given_up_in_the_end():
    app = App(500, 503)
    async with delivering(app) as delivery:
        delivery.event({"event_id": "Ev1"})
        await delivery.flush()
        assert [found.headers.get("x-slack-retry-num") for found in app.heard] == [None, "1", "2"]
        app.statuses = [500] * 9
        delivery.event({"event_id": "Ev2"})
        with pytest.raises(FrontdeskError, match="status 500"):
            await delivery.flush()


async def test_what_nobody_answers_is_kept():
    async with Delivery("http://127.0.0.1:9/slack/events") as delivery:
        delivery.event({"event_id": "Ev1"})
        with pytest.raises(Lost):
            await delivery.flush()
        assert len(delivery.waiting) == 1


def rich(*elements: dict) -> Message:
    return replace(MESSAGE, blocks=({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]},))


@pytest.mark.parametrize(
    ("message", "read"),
    [
        pytest.param(MESSAGE, "fallback", id="a message without blocks"),
        pytest.param(replace(MESSAGE, text="<https://x.example|here> &amp; *bold*"), "here (https://x.example) & **bold**", id="markup"),
        pytest.param(replace(MESSAGE, text="by <!date^1^{date}|Monday>, <@U0JONAS>"), "by Monday, @Jonas Reed", id="a date and a person"),
        pytest.param(
            rich({"type": "text", "text": "so ", "style": {"bold": True}}, {"type": "text", "text": "it is"}), "**so** it is", id="bold words"
        ),
        pytest.param(rich({"type": "link", "url": "https://x.example", "text": "here"}), "here (https://x.example)", id="a link"),
        pytest.param(rich({"type": "link", "url": "https://x.example"}), "https://x.example", id="a bare link"),
        pytest.param(rich({"type": "user", "user_id": "U0JONAS"}), "@Jonas Reed", id="a mention"),
        pytest.param(rich({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "14:00 GMT"}), "14:00 GMT", id="an instant"),
    ],
)
def test_a_message_is_read_as_its_reader_sees_it(message, read):
    assert text(message, {"U0JONAS": "Jonas Reed"}) == read


def test_numbered_lists_and_quotes_and_code_keep_their_marks():
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
    blocks = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_list", "style": "ordered", "elements": [section, section]},
            {"type": "rich_text_list", "style": "bullet", "elements": [section]},
            {**section, "type": "rich_text_quote"},
            {**section, "type": "rich_text_preformatted"},
        ],
    }
    assert text(replace(MESSAGE, blocks=(blocks,)), {}) == "1. one\n2. one\n• one\n> one\n```\none\n```"


SOLVED = {"type": "button", "text": {"type": "plain_text", "text": "Gelöst"}, "action_id": "solved:0", "value": '{"a":"solved"}'}
MUTE = {"text": {"type": "plain_text", "text": "Mute"}, "value": '{"a":"mute"}'}
ROW = {"type": "actions", "elements": [SOLVED, {"type": "overflow", "action_id": "menu:1", "options": [MUTE]}]}


def test_a_button_is_found_by_what_it_says_and_by_what_it_does():
    solved, mute = pressables([ROW])
    assert (solved.is_called("Gelöst"), solved.is_called("solved..."), solved.is_called("Approve")) == (True, True, False)
    assert mute.sent["selected_option"] == MUTE


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace(lambda: START)
    workspace.members = {"U0POPPY": Member("U0POPPY", "Poppy Lane"), "U0JONAS": Member("U0JONAS", "Jonas Reed")}
    workspace.rooms = {"C0AGENTS": Room("C0AGENTS", "agents", members=["U0JONAS"]), "C0HELP": Room("C0HELP", "help", members=["U0JONAS", "U0POPPY"])}
    for at, message in enumerate((replace(MESSAGE, blocks=(ROW,)), replace(MESSAGE, channel="C0HELP", ts="1.000002", blocks=(ROW,)))):
        workspace.keep("post", message, START.replace(second=at))
    return workspace


def test_the_latest_button_is_the_latest_that_somebody_sees(workspace):
    sees = {"among": lambda _: True, "team": frozenset({"C0AGENTS"})}
    assert button_at(workspace, "U0POPPY", "solved", **sees)[0].channel == "C0HELP"
    assert button_at(workspace, "U0JONAS", "solved", **sees)[0].channel == "C0AGENTS"
    with pytest.raises(InvalidInput, match="there is no button 'Approve' to press here; there are: 'Gelöst', 'Mute'"):
        button_at(workspace, "U0JONAS", "Approve", **sees)


def field(name: str, element: dict, **more) -> dict:
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": name.title()},
        "element": {"action_id": name, **element},
        **more,
    }


OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": f"={word.lower()}"} for word in ("Needed", "Too late")]
FORM = View(
    "V1",
    "U0JONAS",
    {
        "blocks": [
            field("text", {"type": "plain_text_input", "initial_value": "as drawn", "max_length": 10}),
            field("text~1", {"type": "plain_text_input", "max_length": 10}, optional=True),
            field("verdict", {"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]}),
            field("who", {"type": "users_select"}, optional=True),
        ]
    },
)


def test_a_form_is_sent_as_it_was_drawn_unless_somebody_fills_it_in():
    state = filled(FORM, {})
    assert state["text"]["text"]["value"] == "as drawn"
    assert state["verdict"]["verdict"]["selected_option"] == OPTIONS[0]
    assert state["who"]["who"]["selected_user"] is None


def test_a_form_is_filled_in_by_name_or_label_and_a_long_text_goes_on_in_the_next_field():
    state = filled(FORM, {"Text": "0123456789more", "verdict": "too late", "who": "Priya Dale"})
    assert [state[name][name.partition("~")[0] if name == "text" else name]["value"] for name in ("text", "text~1")] == ["0123456789", "more"]
    assert state["verdict"]["verdict"]["selected_option"] == OPTIONS[1]
    assert state["who"]["who"]["selected_user"] == "U0PRIYADALE"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({"colour": "red"}, "the form asks for no 'colour'; its fields are: text, text~1, verdict, who", id="a field that is not there"),
        pytest.param({"text": ""}, "'Text' is missing", id="an empty field"),
        pytest.param({"verdict": "maybe"}, "'maybe' is no choice: choose one of Needed, Too late", id="no choice of it"),
    ],
)
def test_what_cannot_be_filled_in_is_said(given, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        filled(FORM, given)


def test_a_person_has_a_seat_where_they_begin_and_where_a_step_puts_them():
    script = read_script(STORIES / "customer-on-slack.toml")
    assert seats(script) == {"Poppy Lane": (Platform.SLACK,), "Jonas Reed": (Platform.LOCAL,)}
    step = replace(script.steps[0], values={"who": "Jonas Reed", "says": "Hello", "channel": "community"})
    assert seats(replace(script, steps=(*script.steps, step)))["Jonas Reed"] == (Platform.LOCAL, Platform.SLACK)
    assert seats(moved(script, Platform.SLACK)) == {"Poppy Lane": (Platform.SLACK,), "Jonas Reed": (Platform.SLACK,)}
    assert first_of(script, script.person("Jonas Reed")) == "agents"


def attempt(op: str, id: str, ref: str = "", purpose: str = "answer") -> dict:
    return {"op": op, "id": id, "purpose": purpose, **({"ref": ref} if ref else {})}


def test_an_operation_is_known_by_the_posts_id_and_edits_in_their_order():
    where = "C0AGENTS/1.000001"
    attempts = Attempts.of(
        [
            attempt("post", "o-1", where, "holding"),
            attempt("edit", "o-2", where),
            attempt("edit", "o-3", where, "notice"),
            attempt("whisper", "o-4", where),
        ]
    )
    taken = [attempts.take(op, "1.000001", "o-1")["purpose"] for op in ("post", "edit", "edit")]
    assert taken == ["holding", "answer", "notice"]
    assert attempts.take("whisper", "1.000001", "")["id"] == "o-4"
    assert attempts.take("post", "2.0", "")["purpose"] == "notice"


def test_what_was_sent_is_written_down_with_what_became_of_it(tmp_path):
    from cli.play.record import recorded

    lines = [
        {"name": "a", "state": "begun", "op": "post", "id": "o-1", "ref": None},
        {"name": "a", "state": "failed"},
        {"name": "b", "state": "begun", "op": "post", "id": "o-1", "ref": None},
        {"name": "b", "state": "done", "ref": "C/1"},
        {"name": "c", "state": "begun", "op": "post", "id": "o-2", "ref": None},
    ]
    path = tmp_path / "posts.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert [(found["id"], found["state"]) for found in recorded(path)] == [("o-1", "done"), ("o-2", "begun")]


async def test_nobody_chooses_from_a_menu_that_slack_does_not_show(tmp_path):
    script = moved(read_script(STORIES / "discord" / "menu.toml"), Platform.SLACK)
    with pytest.raises(InvalidInput, match="show no menu"):
        await play(script)
