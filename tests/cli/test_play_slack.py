"""The play's own Slack: it takes what Slack takes and refuses what Slack refuses, so that a play judges the adapter too."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from cli.play.slack import people
from cli.play.slack.api import Api
from cli.play.slack.names import BOT_USER, SECRET, TEAM, TOKEN
from cli.play.slack.server import Answer, Request
from cli.play.slack.state import Member, Room, Workspace, stamp

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
POPPY, JONAS = "U0POPPY", "U0JONAS"
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Solved"}, "action_id": "solved:0", "value": "{}"}
DIVIDER = {"type": "divider"}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Frontdesk"}, "blocks": [DIVIDER]}


class Desk:
    """The app's end: calls methods as the SDK does, and reads what it is sent."""

    def __init__(self) -> None:
        self.now = START
        self.workspace = Workspace(lambda: self.now)
        self.workspace.members = {
            BOT_USER: Member(BOT_USER, "frontdesk", is_bot=True),
            POPPY: Member(POPPY, "Poppy Lane", team="T0HARBOR", email="poppy@harbor.example"),
            JONAS: Member(JONAS, "Jonas Reed", email="jonas@pelican.example"),
        }
        self.workspace.rooms = {
            "C0COMMUNITY": Room("C0COMMUNITY", "community", members=[BOT_USER, POPPY, JONAS], teams={"T0HARBOR"}),
            "C0AGENTS": Room("C0AGENTS", "agents", True, members=[BOT_USER, JONAS]),
            "C0OTHER": Room("C0OTHER", "other", members=[JONAS]),
            "C0SECRET": Room("C0SECRET", "secret", True, members=[JONAS]),
        }
        self.events: list[dict] = []
        self.workspace.heard = self.events.append
        self.api = Api(self.workspace)

    @property
    def community(self) -> Room:
        return self.workspace.rooms["C0COMMUNITY"]

    async def raw(self, method: str, body: object = None, *, token: str = TOKEN) -> Answer:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return await self.api.answer(Request("POST", f"/api/{method}", "", headers, json.dumps(body or {}).encode()))

    async def call(self, method: str, **arguments) -> dict:
        return json.loads((await self.raw(method, arguments)).body)

    async def read(self, method: str, query: str) -> dict:
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/x-www-form-urlencoded"}
        return json.loads((await self.api.answer(Request("POST", f"/api/{method}", "", headers, query.encode()))).body)

    async def post(self, **arguments) -> str:
        return (await self.call("chat.postMessage", **{"channel": "C0COMMUNITY", "text": "hello", **arguments}))["ts"]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_post_stands_where_the_history_finds_it_by_its_metadata(desk):
    metadata = {"event_type": "frontdesk_post", "event_payload": {"id": "o-1"}}
    root = people.say(desk.workspace, POPPY, desk.community, "hi")
    ts = await desk.post(thread_ts=root.ts, metadata=metadata)
    found = await desk.read("conversations.replies", f"channel=C0COMMUNITY&ts={root.ts}&include_all_metadata=true")
    assert [message["ts"] for message in found["messages"]] == [root.ts, ts]
    assert found["messages"][1]["metadata"] == metadata
    assert "metadata" not in (await desk.read("conversations.replies", f"channel=C0COMMUNITY&ts={root.ts}"))["messages"][1]


async def test_timestamps_rise_while_the_clock_stands(desk):
    stamps = [await desk.post() for _ in range(3)]
    assert stamps == sorted(set(stamps))
    assert stamps[0] == stamp(START)


async def test_a_reply_to_a_reply_hangs_under_the_root_of_both(desk):
    root = await desk.post()
    under = await desk.post(thread_ts=root)
    assert desk.workspace.message("C0COMMUNITY", await desk.post(thread_ts=under)).thread == root


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        pytest.param("chat.shout", {}, "unknown_method", id="a method nobody knows"),
        pytest.param("chat.postMessage", {"text": "x"}, "invalid_arguments", id="no channel"),
        pytest.param("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found", id="a channel that is not there"),
        pytest.param("chat.postMessage", {"channel": "C0SECRET", "text": "x"}, "channel_not_found", id="a private channel without the bot"),
        pytest.param("chat.postMessage", {"channel": "C0OTHER", "text": "x"}, "not_in_channel", id="a public channel without the bot"),
        pytest.param("chat.postMessage", {"channel": "C0COMMUNITY"}, "no_text", id="nothing to say"),
        pytest.param("chat.postMessage", {"channel": "C0COMMUNITY", "text": "x" * 40_001}, "msg_too_long", id="too long a text"),
        pytest.param("chat.postMessage", {"channel": "C0COMMUNITY", "text": "x", "thread_ts": "1.000001"}, "thread_not_found", id="no such thread"),
        pytest.param("chat.postMessage", {"channel": "C0COMMUNITY", "text": "x", "metadata": {"id": 1}}, "invalid_metadata_format", id="metadata"),
        pytest.param("chat.update", {"channel": "C0COMMUNITY", "ts": "1.000001", "text": "x"}, "message_not_found", id="an edit of nothing"),
        pytest.param("chat.postEphemeral", {"channel": "C0AGENTS", "user": POPPY, "text": "x"}, "user_not_in_channel", id="a whisper outside"),
        pytest.param("reactions.add", {"channel": "C0COMMUNITY", "timestamp": "1.000001", "name": "eyes"}, "message_not_found", id="on nothing"),
        pytest.param("conversations.open", {"users": "U404"}, "user_not_found", id="a stranger's door"),
        pytest.param("views.open", {"trigger_id": "1.2.3", "view": MODAL}, "invalid_trigger_id", id="a trigger nobody gave"),
        pytest.param("chat.startStream", {"channel": "C0COMMUNITY", "thread_ts": "1.0"}, "missing_recipient_user_id", id="a stream for nobody"),
    ],
)
async def test_a_call_is_refused_with_slacks_own_code(desk, method, arguments, code):
    answer = await desk.call(method, **arguments)
    assert (answer["ok"], answer["error"]) == (False, code)
    assert (method, code) in desk.api.refused


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        pytest.param([DIVIDER] * 51, "more than 50 blocks", id="too many blocks"),
        pytest.param([{**DIVIDER, "block_id": "a"}] * 2, "block_id 'a' stands twice", id="two of one id"),
        pytest.param([{"type": "banner"}], "unsupported type: banner", id="a kind nobody knows"),
        pytest.param([{"type": "input", "label": {"type": "plain_text", "text": "x"}, "element": {}}], "unsupported type: input", id="an input"),
        pytest.param([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}], "must be 1 to 3000", id="a long section"),
        pytest.param([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "must be 1 to 3000", id="an empty section"),
        pytest.param([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "needs plain_text", id="markup in a header"),
        pytest.param([{"type": "actions", "elements": [BUTTON, BUTTON]}], "an action_id stands twice", id="two buttons of one id"),
        pytest.param([{"type": "actions", "elements": []}], "must be 1 to 25", id="no buttons"),
        pytest.param([{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}], "must be 0 to 2000", id="a heavy button"),
        pytest.param([{"type": "actions", "elements": [{**BUTTON, "style": "warning"}]}], "style 'warning'", id="a style of our own"),
        pytest.param([{"type": "actions", "elements": [{"type": "overflow", "options": []}]}], "0 options", id="an empty menu"),
    ],
)
async def test_blocks_that_slack_would_not_draw_are_refused(desk, blocks, complaint):
    answer = await desk.call("chat.postMessage", channel="C0COMMUNITY", text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert any(complaint in found for found in answer["errors"])


async def test_only_the_apps_own_messages_can_be_changed(desk):
    said = people.say(desk.workspace, POPPY, desk.community, "hi")
    assert (await desk.call("chat.update", channel="C0COMMUNITY", ts=said.ts, text="x"))["error"] == "cant_update_message"
    assert (await desk.call("chat.delete", channel="C0COMMUNITY", ts=said.ts))["error"] == "cant_delete_message"


async def test_an_edit_keeps_the_metadata_and_is_told(desk):
    metadata = {"event_type": "frontdesk_post", "event_payload": {"id": "o-1"}}
    ts = await desk.post(metadata=metadata)
    await desk.call("chat.update", channel="C0COMMUNITY", ts=ts, text="again")
    assert desk.workspace.message("C0COMMUNITY", ts).metadata == metadata
    assert (desk.events[-1]["subtype"], desk.events[-1]["message"]["text"]) == ("message_changed", "again")
    assert [entry.op for entry in desk.workspace.log] == ["post", "edit"]


async def test_a_channel_takes_a_burst_and_then_a_message_a_second(desk):
    statuses = [(await desk.raw("chat.postMessage", {"channel": "C0COMMUNITY", "text": "x"})).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    desk.now += timedelta(seconds=1)
    assert (await desk.raw("chat.postMessage", {"channel": "C0COMMUNITY", "text": "x"})).status == 200


async def test_an_archived_channel_takes_nothing(desk):
    people.becomes(desk.workspace, desk.community, "archived")
    assert (await desk.call("chat.postMessage", channel="C0COMMUNITY", text="x"))["error"] == "is_archived"
    assert desk.events[-1]["type"] == "channel_archive"


async def test_a_channel_that_is_shared_says_so(desk):
    people.becomes(desk.workspace, desk.workspace.rooms["C0AGENTS"], "shared")
    found = await desk.read("conversations.info", "channel=C0AGENTS")
    assert (found["channel"]["is_private"], found["channel"]["is_ext_shared"]) == (True, True)
    assert desk.events[-1]["type"] == "channel_shared"


async def test_whoever_is_elsewhere_is_a_stranger_without_an_address(desk):
    outside = (await desk.read("users.info", f"user={POPPY}"))["user"]
    inside = (await desk.read("users.info", f"user={JONAS}"))["user"]
    assert (outside["is_stranger"], outside["team_id"], "email" in outside["profile"]) == (True, "T0HARBOR", False)
    assert (inside["team_id"], inside["profile"]["email"]) == (TEAM, "jonas@pelican.example")


async def test_methods_that_read_take_no_json(desk):
    assert (await desk.call("users.info", user=JONAS))["error"] == "invalid_arguments"


async def test_lists_come_in_pages(desk):
    first = await desk.read("conversations.members", "channel=C0COMMUNITY&limit=2")
    rest = await desk.read("conversations.members", f"channel=C0COMMUNITY&limit=2&cursor={first['response_metadata']['next_cursor']}")
    assert [*first["members"], *rest["members"]] == desk.community.members
    assert rest["response_metadata"]["next_cursor"] == ""


async def test_one_press_opens_one_modal(desk):
    trigger = desk.workspace.trigger(JONAS)
    opened = await desk.call("views.open", trigger_id=trigger, view=MODAL)
    assert (await desk.call("views.open", trigger_id=trigger, view=MODAL))["error"] == "exchanged_trigger_id"
    changed = await desk.call("views.update", view_id=opened["view"]["id"], view={**MODAL, "blocks": [DIVIDER, DIVIDER]})
    assert len(changed["view"]["blocks"]) == 2


async def test_a_modal_that_asks_needs_a_button_to_send_it(desk):
    field = {"type": "input", "label": {"type": "plain_text", "text": "x"}, "element": {"type": "plain_text_input", "action_id": "a"}}
    answer = await desk.call("views.open", trigger_id=desk.workspace.trigger(JONAS), view={**MODAL, "blocks": [field]})
    assert (answer["error"], "needs submit" in answer["errors"][0]) == ("invalid_arguments", True)


async def test_another_token_opens_nothing(desk):
    assert json.loads((await desk.raw("auth.test", token="xoxb-other")).body)["error"] == "invalid_auth"
    assert (await desk.call("auth.test"))["user_id"] == BOT_USER


async def test_a_slack_that_is_down_answers_nobody(desk):
    desk.api.down = True
    assert (await desk.raw("auth.test")).status == 503


async def test_a_quota_that_is_used_up_is_said_with_a_time(desk):
    desk.api.busy = True
    answer = await desk.raw("chat.postMessage", {"channel": "C0COMMUNITY", "text": "x"})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert (await desk.call("auth.test"))["ok"] is True


async def test_what_people_type_is_kept_in_slacks_markup(desk):
    said = people.say(desk.workspace, POPPY, desk.community, "@Frontdesk is 1 < 2 & see https://x.example/a, or mail me@x.example.")
    assert said.text == f"<@{BOT_USER}> is 1 &lt; 2 &amp; see <https://x.example/a>, or mail <mailto:me@x.example|me@x.example>."
    assert [event["type"] for event in desk.events] == ["message", "app_mention"]
    assert desk.events[0]["user_team"] == "T0HARBOR"


async def test_a_message_with_replies_leaves_a_stone(desk):
    root = people.say(desk.workspace, POPPY, desk.community, "hi")
    await desk.post(thread_ts=root.ts)
    people.delete(desk.workspace, POPPY, desk.community, root.ts)
    assert desk.events[-1]["message"]["subtype"] == "tombstone"


async def test_the_file_of_a_stranger_is_told_without_an_address(desk, tmp_path):
    (tmp_path / "log.txt").write_text("error 42", encoding="utf-8")
    file = people.upload(desk.workspace, tmp_path / "log.txt", host="http://127.0.0.1:1")
    people.say(desk.workspace, POPPY, desk.community, "see", files=(file,))
    assert desk.events[-1]["files"] == [{"id": file["id"], "mode": "file_access", "file_access": "check_file_info"}]
    found = (await desk.read("files.info", f"file={file['id']}"))["file"]
    path = found["url_private"].removeprefix("http://127.0.0.1:1")
    assert (await desk.api.answer(Request("GET", path, headers={"authorization": f"Bearer {TOKEN}"}))).body == b"error 42"
    assert (await desk.api.answer(Request("GET", path))).status == 401


def test_the_signing_secret_is_no_default():
    assert len(SECRET) >= 32
