"""Interactive: clicks, forms and commands are answered in time; what somebody did is kept before they see it done."""

import asyncio
import json

import pytest

from bot.slack.blocks import drawn
from bot.slack.interactive import BUSY, LATE, NO_FORM, PATIENCE
from bot.slack.limits import METADATA
from bot.slack.modals import TOO_LONG
from bot.slack.refs import channel_ref, user_ref
from desk.cards import Button, Buttons, Card, Field, Form, Header, Text
from desk.customer import Role
from desk.errors import NotAllowed, Unavailable
from desk.events import ButtonClicked, CommandInvoked
from desk.ids import CardId, TicketId
from desk.space import Place
from tests.slack.loopback import TEAM, Reply
from tests.slack.payloads import LATER, TS, callback, command, press, submission

FORM = Form("Edit the draft", (Field("text", "Text", "Dear Mara", lines=8), Field("why", "Why", required=False)))
INSIDE = Place(channel_ref(TEAM, "C0AGENTS"))
TIM, MARA = user_ref(TEAM, "U0TIM"), user_ref(TEAM, "U0MARA")
OPENED = {"ok": True, "view": {"id": "V0FORM"}}


def pressing(action="approve", *, subject="d-1", carrier="k-1", form=None, more=False, **body):
    """Return the press of a button, as the button was drawn."""
    button = Button(action, "Press", TicketId("t-1"), subject, "d-1", form=form)
    card = Card((Buttons((), more=(button,)) if more else Buttons((button,)),))
    [element] = drawn(card, carrier=carrier).blocks[0]["elements"]
    value = element["options"][0]["value"] if more else element["value"]
    if more:
        action = {"type": element["type"], "action_id": element["action_id"], "selected_option": {"value": value}, "action_ts": LATER}
        return press("", "", **body) | {"actions": [action]}
    return press(element["action_id"], value, **body)


async def until_opened(slack):
    """Return when a view is open, though nothing is in it yet."""
    async with asyncio.timeout(10):
        while True:
            if slack.of("views.open"):
                return
            await asyncio.sleep(0)


async def opened_form(wired, slack, body):
    """Press, and return the view with the form that came."""
    slack.answers["views.open"] = [OPENED]
    assert await wired.post(body) == (200, "")
    await wired.settled()
    return json.loads(json.dumps((slack.of("views.update") or slack.of("views.open"))[-1]["view"]))


@pytest.mark.parametrize("more", [False, True], ids=["a button", "a choice of a menu"])
async def test_a_press_is_an_event_with_the_role_of_this_moment(wired, desk, more):
    assert await wired.post(pressing(more=more)) == (200, "")
    await wired.settled()
    [event] = desk.heard
    assert isinstance(event, ButtonClicked)
    assert (event.action, event.ticket, event.subject, event.basis, event.card) == ("approve", "t-1", "d-1", "d-1", CardId("k-1"))
    assert (event.by, event.by_name, event.role, event.place, event.form) == (TIM, "Tim", Role.ADMIN, INSIDE, {})


async def test_a_press_that_slack_sends_again_is_one_and_the_next_press_another(wired, desk):
    body = pressing()
    again = pressing() | {"actions": [{**body["actions"][0], "action_ts": "1793613699.000000"}]}
    for sent in (body, body, again):
        await wired.post(sent)
    await wired.settled()
    assert len({event.id for event in desk.heard}) == len(desk.heard) == 2


async def test_two_who_press_at_once_are_two(wired, desk):
    await asyncio.gather(wired.post(pressing()), wired.post(pressing(user="U0MARA")))
    await wired.settled()
    assert sorted((event.by, event.role) for event in desk.heard) == [(MARA, Role.CUSTOMER), (TIM, Role.ADMIN)]


async def test_a_press_that_cannot_be_kept_is_not_acknowledged(wired, desk):
    await wired.slack._inbox.close()
    assert (await wired.post(pressing()))[0] == 500


async def test_a_form_opens_at_once_and_is_filled_when_the_desk_has_drawn_it(wired, desk, slack):
    slack.answers["views.open"] = [OPENED]
    desk.shows = lambda query: FORM
    desk.gate.clear()
    assert await wired.post(pressing("edit", form=FORM)) == (200, "")
    await until_opened(slack)
    assert slack.of("views.update") == []
    desk.gate.set()
    await wired.settled()
    [loading], [filled] = slack.of("views.open"), slack.of("views.update")
    assert loading["trigger_id"] == "123.456.abc"
    assert "submit" not in loading["view"]
    assert (filled["view_id"], filled["view"]["title"]["text"], len(filled["view"]["blocks"])) == ("V0FORM", "Edit the draft", 2)
    [query] = desk.asked
    assert (query.kind, query.subject, query.action, query.about) == ("form", "k-1", "edit", "d-1")
    assert (query.by, query.role, query.place) == (TIM, Role.ADMIN, INSIDE)
    assert desk.heard == []


async def test_a_form_that_was_sent_is_the_press_it_was_opened_by(wired, desk, slack):
    desk.shows = lambda query: FORM
    thread = {"container": {"type": "message", "message_ts": LATER, "channel_id": "C0AGENTS", "thread_ts": TS}}
    view = await opened_form(wired, slack, pressing("edit", form=FORM, **thread))
    for _ in range(2):
        assert await wired.post(submission(view, {"text": "Dear *Mara*", "why": ""})) == (200, "")
    await wired.settled()
    [event] = desk.heard
    assert (event.action, event.subject, event.basis, event.card, event.form) == ("edit", "d-1", "d-1", "k-1", {"text": "Dear *Mara*", "why": ""})
    assert (event.place, event.role) == (Place(INSIDE.channel, TS), Role.ADMIN)


async def test_a_form_with_something_wrong_stays_open_and_says_where(wired, desk, slack):
    desk.shows = lambda query: FORM
    view = await opened_form(wired, slack, pressing("edit", form=FORM))
    desk.wrong = lambda query, values: {} if values["text"] else {"text": "Write something."}
    status, body = await wired.post(submission(view, {"text": "", "why": ""}))
    assert (status, json.loads(body)) == (200, {"response_action": "errors", "errors": {"text": "Write something."}})
    assert desk.heard == []
    assert await wired.post(submission(view, {"text": "Better", "why": ""})) == (200, "")
    await wired.settled()
    assert [event.form["text"] for event in desk.heard] == ["Better"]


@pytest.mark.parametrize("error", [Unavailable("store"), NotAllowed("Only leads may do this.")], ids=["down", "not allowed"])
async def test_a_form_that_cannot_be_checked_says_so(wired, desk, slack, error):
    desk.shows = lambda query: FORM
    view = await opened_form(wired, slack, pressing("edit", form=FORM))

    def refuse(query, values):
        raise error

    desk.wrong = refuse
    status, body = await wired.post(submission(view, {"text": "x"}))
    told = json.loads(body)
    assert status == 200
    assert BUSY[:40] in body if isinstance(error, Unavailable) else "Only leads" in json.dumps(told["view"])
    assert desk.heard == []


async def test_a_form_that_cannot_be_kept_stays_open(wired, desk, slack):
    desk.shows = lambda query: FORM
    view = await opened_form(wired, slack, pressing("edit", form=FORM))
    await wired.slack._inbox.close()
    assert (await wired.post(submission(view, {"text": "x"})))[0] == 500


async def test_a_view_that_is_no_form_is_closed(wired, desk):
    assert await wired.post(submission({"type": "modal", "callback_id": "view", "private_metadata": ""}, {})) == (200, "")
    assert desk.heard == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(None, NO_FORM, id="there is none any more"),
        pytest.param(NotAllowed("Only leads may see this."), "Only leads may see this.", id="they may not"),
        pytest.param(Unavailable("store"), BUSY, id="the desk cannot draw it"),
    ],
)
async def test_the_open_view_says_why_there_is_no_form(wired, desk, slack, answer, says):
    def show(query):
        if isinstance(answer, Exception):
            raise answer
        return answer

    desk.shows = show
    view = await opened_form(wired, slack, pressing("edit", form=FORM))
    assert says[:30] in json.dumps(view)
    assert desk.heard == []


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param({"ok": False, "error": "expired_trigger_id"}, id="Slack waited too long"),
        pytest.param(Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "9"}), id="Slack limits us"),
    ],
)
async def test_whoever_pressed_too_long_ago_is_asked_to_press_again(wired, desk, slack, refusal):
    slack.answers["views.open"] = [refusal]
    assert await wired.post(pressing("edit", form=FORM)) == (200, "")
    await wired.settled()
    [told] = slack.of("chat.postEphemeral")
    assert (told["channel"], told["user"], told["text"]) == ("C0AGENTS", "U0TIM", LATE)
    assert (desk.asked, desk.heard) == ([], [])


@pytest.mark.parametrize(
    "place",
    [
        pytest.param({"channel": "D0TIM"}, id="a direct message"),
        pytest.param({"channel": {}, "container": {"type": "view", "view_id": "V1"}}, id="App Home, which is no conversation"),
    ],
)
async def test_where_nobody_can_be_whispered_to_that_is_said_alone_with_the_bot(wired, slack, place):
    slack.refuse("views.open", "expired_trigger_id")
    await wired.post(pressing("edit", form=FORM, **place))
    await wired.settled()
    assert [(told["channel"], told["text"]) for told in slack.of("chat.postMessage")] == [("U0TIM", LATE)]
    assert slack.of("chat.postEphemeral") == []


async def test_a_command_given_between_two_people_is_answered_alone_with_the_bot(wired, desk, slack):
    desk.shows = lambda query: FORM
    slack.refuse("views.open", "expired_trigger_id")
    await wired.post(command("mode", channel="D0TIMANDMARA"))
    await wired.settled()
    assert [(told["channel"], told["text"]) for told in slack.of("chat.postMessage")] == [("U0TIM", LATE)]


async def test_an_outsider_gets_no_form_of_ours_and_the_desk_refuses_the_press(wired, desk, slack):
    def refuse(query):
        raise NotAllowed("Only the support team can see this.")

    desk.shows = refuse
    assert await wired.post(pressing("edit", form=FORM, user="U0MARA")) == (200, "")
    await wired.settled()
    assert slack.of("views.open") == []
    assert [(event.action, event.by, event.role, event.form) for event in desk.heard] == [("edit", MARA, Role.CUSTOMER, {})]


async def test_a_customer_gets_the_form_of_a_button_that_is_theirs(wired, desk, slack):
    desk.shows = lambda query: FORM
    view = await opened_form(wired, slack, pressing("csat_comment", form=FORM, user="U0MARA", carrier="o-1"))
    assert view["callback_id"] == "form"
    assert (desk.asked[0].role, desk.asked[0].subject) == (Role.CUSTOMER, "o-1")
    await wired.post(submission(view, {"text": "Great"}, user="U0MARA"))
    await wired.settled()
    assert [(event.role, event.card, event.form["text"]) for event in desk.heard] == [(Role.CUSTOMER, None, "Great")]


async def test_a_command_is_an_event(wired, desk):
    assert await wired.post(command("queue")) == (200, "")
    await wired.settled()
    [event] = desk.heard
    assert isinstance(event, CommandInvoked)
    assert (event.text, event.by, event.role, event.place, event.form) == ("queue", TIM, Role.ADMIN, INSIDE, {})
    assert [(query.kind, query.subject) for query in desk.asked] == [("command", "queue")]


async def test_a_command_alone_asks_for_help(wired, desk):
    await wired.post(command(""))
    await wired.settled()
    assert desk.heard[0].text == ""


async def test_a_command_with_a_form_opens_it_and_runs_once_it_is_sent(wired, desk, slack):
    desk.shows = lambda query: FORM if query.kind == "command" else None
    view = await opened_form(wired, slack, command("mode"))
    assert desk.heard == []
    desk.wrong = lambda query, values: {"text": "No such mode."} if values["text"] == "x" else {}
    assert "No such mode." in (await wired.post(submission(view, {"text": "x"})))[1]
    assert await wired.post(submission(view, {"text": "draft"})) == (200, "")
    await wired.settled()
    assert [(event.text, event.form, event.place) for event in desk.heard] == [("mode", {"text": "draft"}, INSIDE)]
    assert desk.checked[0][0].subject == "mode"


async def test_a_command_that_is_too_long_for_its_form_is_answered_with_a_sentence(wired, desk, slack):
    desk.shows = lambda query: FORM
    status, said = await wired.post(command("mode " + "x" * METADATA))
    await wired.settled()
    assert (status, said) == (200, TOO_LONG)
    assert (slack.of("views.open"), desk.heard) == ([], [])


async def test_a_customers_command_goes_to_the_desk_which_refuses_it(wired, desk):
    await wired.post(command("queue", user="U0MARA"))
    await wired.settled()
    assert ([event.role for event in desk.heard], desk.asked) == ([Role.CUSTOMER], [])


async def test_a_command_that_takes_too_long_is_answered_all_the_same(wired, desk):
    wired.slack.be_patient(0.01)
    desk.gate.clear()
    assert await wired.post(command("mode")) == (200, BUSY)
    desk.gate.set()
    assert desk.heard == []


async def test_where_nobody_hangs_up_a_command_may_take_as_long_as_it_does(wired, desk):
    wired.slack.be_patient(PATIENCE * 100)
    desk.gate.clear()
    asyncio.get_running_loop().call_later(PATIENCE + 0.1, desk.gate.set)
    assert await wired.post(command("mode")) == (200, "")
    await wired.settled()
    assert [event.text for event in desk.heard] == ["mode"]


async def test_a_button_that_stands_for_a_command_gives_it(wired, desk):
    assert await wired.post(pressing("command", subject="queue")) == (200, "")
    await wired.settled()
    assert [(type(event), event.text, event.place) for event in desk.heard] == [(CommandInvoked, "queue", INSIDE)]


async def test_a_button_that_stands_for_a_command_with_a_form_opens_it(wired, desk, slack):
    desk.shows = lambda query: FORM
    view = await opened_form(wired, slack, pressing("command", subject="mode"))
    await wired.post(submission(view, {"text": "draft"}))
    await wired.settled()
    assert [(event.text, event.form["text"]) for event in desk.heard] == [("mode", "draft")]


async def test_what_is_pressed_in_app_home_is_answered_privately(wired, desk):
    body = pressing("command", subject="queue", container={"type": "view", "view_id": "V1"}, channel=None)
    del body["message"]
    assert (await wired.post(body | {"channel": None}))[0] == 200
    await wired.settled()
    assert desk.heard[0].place == Place(channel_ref(TEAM, "DU0TIM"))


async def test_a_link_that_was_pressed_says_nothing_to_the_desk(wired, desk, slack):
    body = press("x:1", "")
    assert (await wired.post(body | {"actions": [{**body["actions"][0], "url": "https://a.example"}]}))[0] == 200
    await wired.settled()
    assert (desk.heard, slack.of("chat.postEphemeral")) == ([], [])


async def test_a_button_that_nobody_knows_any_more_says_so(wired, desk, slack):
    assert (await wired.post(press("approve:1", "from another version")))[0] == 200
    await wired.settled()
    [told] = slack.of("chat.postEphemeral")
    assert "older version" in told["text"]
    assert desk.heard == []


@pytest.mark.parametrize("tab", ["home", "messages"])
async def test_app_home_shows_the_page_of_whoever_opens_it(wired, desk, slack, tab):
    desk.shows = lambda query: Card((Header("Your queue"), Text("Nothing waits.")))
    assert (await wired.post(callback({"type": "app_home_opened", "user": "U0TIM", "channel": "D0TIM", "tab": tab, "event_ts": TS})))[0] == 200
    await wired.settled()
    shown = slack.of("views.publish")
    if tab == "messages":
        assert (shown, desk.asked) == ([], [])
        return
    [given] = shown
    assert (given["user_id"], given["view"]["type"]) == ("U0TIM", "home")
    assert "Your queue" in json.dumps(given["view"])
    assert (desk.asked[0].kind, desk.asked[0].role) == ("home", Role.ADMIN)


async def test_app_home_says_whom_it_is_for(wired, desk, slack):
    def refuse(query):
        raise NotAllowed("Only the support team can see this.")

    desk.shows = refuse
    await wired.post(callback({"type": "app_home_opened", "user": "U0MARA", "channel": "D0MARA", "tab": "home", "event_ts": TS}))
    await wired.settled()
    assert "Only the support team" in json.dumps(slack.of("views.publish")[0]["view"])
