"""The people of a play on Discord: what they are there, what they see and do, and how they fill in what opens."""

from datetime import UTC, datetime

import pytest

from cli.play.discord import messages, people, saying
from cli.play.discord.call import Call
from cli.play.discord.cast import furnish, policy_of
from cli.play.discord.founding import founded
from cli.play.discord.limits import V2
from cli.play.discord.names import BOT, GUILD, channel_id, direct_id, role_id, user_id
from cli.play.discord.pressing import Incomplete, button_at, fields, filled, latest_card, visible
from cli.play.discord.shown import Reader, plain, pressables, text
from cli.play.discord.state import Heard, Home, Kind, Message
from cli.play.discord.transcript import logged
from cli.play.places import moved
from cli.play.script import read_script
from cli.play.setup import setup_of
from desk.errors import InvalidInput
from desk.space import Platform
from tests.cli.told import STORIES

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
POPPY, MARA, JONAS, RUTH = map(user_id, ("Poppy Lane", "Mara Voss", "Jonas Reed", "Ruth Calder"))
SEATS = ["discord"]
SETUP = {
    "people": [
        {"name": "Poppy Lane", "role": "customer", "trust": "none", "language": "de", "platforms": SEATS},
        {"name": "Mara Voss", "role": "customer", "trust": "person", "account": "Acme", "platforms": SEATS},
        {"name": "Jonas Reed", "role": "teammate", "trust": "person", "platforms": SEATS},
        {"name": "Ruth Calder", "role": "admin", "trust": "person", "platforms": SEATS},
        {"name": "Sam Quill", "role": "customer", "trust": "none", "platforms": ["local"]},
    ],
    "channels": [
        {"name": "community", "kind": "community", "platform": "discord"},
        {"name": "help", "kind": "community", "platform": "discord", "forum": True, "tags": ["Billing"]},
        {"name": "acme", "kind": "shared", "account": "Acme", "platform": "discord"},
        {"name": "agents", "kind": "internal", "platform": "discord"},
        {"name": "mara", "kind": "direct", "person": "Mara Voss", "platform": "discord"},
        {"name": "elsewhere", "kind": "community"},
    ],
}
BUTTON = {"type": 2, "style": 1, "label": "Gelöst", "custom_id": "solved||t-1|||o-1"}
MENU = {"type": 3, "custom_id": "menu|0|o-1", "options": [{"label": "Mute", "value": "mute||t-1|||o-1"}]}
CARD = ({"type": 17, "components": [{"type": 10, "content": "**Draft**"}, {"type": 1, "components": [BUTTON]}, {"type": 1, "components": [MENU]}]},)


@pytest.fixture
def home() -> Home:
    found = founded(lambda: START)
    furnish(found, SETUP)
    return found


@pytest.fixture
def told(home) -> list[Heard]:
    found: list[Heard] = []
    home.heard = found.append
    return found


def card(home: Home, room: str = "agents", *, to: str = "", components=CARD) -> Message:
    return saying.put(home, Message(channel_id(room), home.ids.next(), BOT, components=components, flags=V2, to=to))


def among(_: Message) -> bool:
    return True


def seen(home: Home, user: str) -> set[str]:
    for name in ("community", "acme", "agents"):
        saying.put(home, Message(channel_id(name), home.ids.next(), BOT, name))
    return {message.content for message in visible(home, user, frozenset())}


@pytest.mark.parametrize(
    ("user", "rooms"),
    [
        pytest.param(POPPY, {"community"}, id="a stranger sees what everybody sees"),
        pytest.param(MARA, {"community", "acme"}, id="a customer sees their account's channel too"),
        pytest.param(JONAS, {"community", "acme", "agents"}, id="a teammate sees the team's"),
        pytest.param(RUTH, {"community", "acme", "agents"}, id="an admin sees all"),
    ],
)
def test_people_see_the_channels_that_are_open_to_them(home, user, rooms):
    assert seen(home, user) == rooms


def test_whoever_has_no_seat_is_not_on_the_server(home):
    assert user_id("Sam Quill") not in home.guild.members
    assert channel_id("elsewhere") not in home.guild.channels
    assert (home.guild.owner, home.users[POPPY].locale) == (RUTH, "de")
    assert home.direct[direct_id(MARA)].name == "mara"
    assert home.named("help").kind is Kind.FORUM


def test_policy_knows_the_team_by_its_roles():
    team = policy_of(SETUP)["team"]
    assert team["agents"] == [f"discord/{GUILD}/{role_id('Support')}"]
    assert team["leads"] == [f"discord/{GUILD}/{role_id('Support leads')}"]


def test_a_team_on_two_platforms_is_named_on_both():
    setup = setup_of(read_script(STORIES / "customer-on-discord.toml"))
    assert {entry.partition("/")[0] for entry in setup["policy"]["team"]["leads"]} == {"slack", "discord"}
    everybody = setup_of(moved(read_script(STORIES / "customer-on-discord.toml"), Platform.DISCORD))
    assert {tuple(person["platforms"]) for person in everybody["people"]} == {("discord",)}


def test_what_somebody_writes_calls_the_bot_by_its_name(home, told):
    said = people.say(home, POPPY, home.named("community"), "Hello @Frontdesk")
    assert (said.content, said.mentions) == (f"Hello <@{BOT}>", (BOT,))
    assert [heard.event for heard in told] == ["MESSAGE_CREATE"]


def test_no_two_messages_of_people_are_of_one_millisecond(home):
    said = [people.say(home, POPPY, home.named("community"), "x").id for _ in range(2)]
    assert int(said[1]) >> 22 == (int(said[0]) >> 22) + 1


def test_whoever_replies_first_starts_the_thread(home, told):
    room = home.named("community")
    root = people.say(home, POPPY, room, "How long does it take?")
    thread = people.thread(home, JONAS, room, root.id)
    assert (thread.id, thread.parent, thread.name) == (root.id, room.id, "How long does it take?")
    assert people.thread(home, POPPY, room, root.id) is thread
    assert "THREAD_CREATE" in [heard.event for heard in told]


def test_a_post_in_a_forum_carries_its_tags_and_stands_at_the_top(home):
    first = people.post(home, POPPY, home.named("help"), "Where is it?", title="My refund", tags=["billing"])
    assert home.channel(first.id).applied == [home.named("help").tags[0]["id"]]
    (line,) = logged(home, {})
    assert (line.channel, line.ref, line.thread) == ("help", first.id, None)
    with pytest.raises(InvalidInput, match="#help has no tag 'Sales'"):
        people.post(home, POPPY, home.named("help"), "x", tags=["Sales"])


def test_only_an_author_changes_a_message(home):
    said = people.say(home, POPPY, home.named("community"), "x")
    people.edit(home, POPPY, said, "y")
    assert home.message(said.channel, said.id).content == "y"
    with pytest.raises(InvalidInput, match="only its author"):
        people.delete(home, MARA, said)


def test_nobody_writes_where_they_do_not_see(home):
    with pytest.raises(InvalidInput, match="Poppy Lane does not see #agents"):
        people.say(home, POPPY, home.named("agents"), "x")
    people.join(home, POPPY, home.named("agents"))
    assert people.say(home, POPPY, home.named("agents"), "x").content == "x"


@pytest.mark.parametrize(
    ("what", "event"),
    [
        pytest.param("public", "CHANNEL_UPDATE", id="everybody may read it"),
        pytest.param("left", "CHANNEL_UPDATE", id="the bot is shut out"),
        pytest.param("deleted", "CHANNEL_DELETE", id="it is gone"),
    ],
)
def test_a_channel_changes_behind_the_desks_back(home, told, what, event):
    people.becomes(home, home.named("agents"), what)
    assert told[-1].event == event


def test_a_channel_cannot_become_what_discord_does_not_know(home):
    with pytest.raises(InvalidInput, match="on Discord no channel becomes shared: write one of public"):
        people.becomes(home, home.named("agents"), "shared")


def test_somebody_closes_their_door_or_leaves(home, told):
    people.turns(home, POPPY, "unreachable")
    assert home.users[POPPY].closed
    people.turns(home, POPPY, "gone")
    assert (POPPY in home.guild.members, told[-1].event) == (False, "GUILD_MEMBER_REMOVE")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("a \\*b\\* \\[1\\]", "a *b* [1]", id="escaped signs"),
        pytest.param("[How](<https://x.example/a>)", "How (https://x.example/a)", id="a link with where it leads"),
        pytest.param("<https://x.example/a>", "https://x.example/a", id="a link without a preview"),
        pytest.param("[#help](<https://discord.com/channels/1/2/3>)", "#help", id="a link to a message"),
        pytest.param("-# small\n## big", "small\nbig", id="small print and headings"),
        pytest.param("- one\n  - two", "• one\n  • two", id="a list"),
        pytest.param(f"<@{POPPY}> <@&{role_id('Support')}>", "@Poppy @Support", id="mentions"),
        pytest.param("by <t:1793628000:f>", "by 15:00 CET", id="an instant in the reader's zone"),
    ],
)
def test_a_text_is_read_as_people_read_it(written, read):
    reader = Reader({POPPY: "Poppy", role_id("Support"): "Support"}, "Europe/Amsterdam", START)
    assert plain(written, reader) == read


def test_a_card_is_its_words_and_what_can_be_pressed(home):
    shown = card(home)
    assert text(shown, Reader({})) == "**Draft**"
    assert [(found.label, found.action) for found in pressables(shown.components)] == [("Gelöst", "solved"), ("Mute", "mute")]


def test_a_button_is_found_by_its_label_or_in_english(home):
    shown = card(home)
    for label in ("gelöst", "Solved"):
        found, pressed = button_at(home, JONAS, label, among=among, team=frozenset())
        assert (found.id, pressed.sent["custom_id"]) == (shown.id, BUTTON["custom_id"])
    chosen = button_at(home, JONAS, "Mute", among=among, team=frozenset())[1]
    assert chosen.sent["values"] == ["mute||t-1|||o-1"]


def test_a_button_that_is_not_there_is_named_with_those_that_are(home):
    with pytest.raises(InvalidInput, match="there is no button 'Aprove' to press here; there are: 'Gelöst', 'Mute'"):
        card(home) and button_at(home, JONAS, "Aprove", among=among, team=frozenset())
    with pytest.raises(InvalidInput, match="there is no button at all"):
        button_at(home, POPPY, "Solved", among=among, team=frozenset())


def test_the_teams_own_card_is_the_latest_and_what_is_anothers_is_not_seen(home):
    shown = card(home)
    card(home, "community")
    card(home, "agents", to=RUTH)
    assert latest_card(home, JONAS, frozenset({channel_id("agents")})).id == shown.id


def label(name: str, **component) -> dict:
    return {"type": 18, "label": name, "component": {"required": False, **component}}


FORM = {
    "custom_id": "0/1>x",
    "title": "Edit",
    "components": [
        label("Text", type=4, custom_id="text", value="as drawn", max_length=10, required=True),
        label("Text 2/2", type=4, custom_id="text~1", max_length=10),
        label("Verdict", type=21, custom_id="verdict", options=[{"label": "Too late", "value": "=too_late"}]),
        label("Category", type=3, custom_id="category", options=[{"label": "Billing", "value": "=billing", "default": True}]),
        label("Who", type=5, custom_id="who"),
    ],
}


def held(sent: dict) -> dict:
    return {part["component"]["custom_id"]: part["component"].get("value") or part["component"].get("values") for part in sent["components"]}


def test_what_is_left_out_of_a_form_stays_as_it_was_drawn(home):
    sent, left = filled(home, FORM, {})
    assert (held(sent)["text"], held(sent)["category"], held(sent)["who"], left) == ("as drawn", ["=billing"], [], {})


def test_a_form_is_filled_in_by_name_or_label_and_a_long_text_flows_on(home):
    sent, left = filled(home, FORM, {"Text": "0123456789abc", "verdict": "too late", "who": "Jonas Reed", "note": "for page 2"})
    assert held(sent) == {"text": "0123456789", "text~1": "abc", "verdict": "=too_late", "category": ["=billing"], "who": [JONAS]}
    assert sent["resolved"]["users"][JONAS]["global_name"] == "Jonas Reed"
    assert left == {"note": "for page 2"}
    assert fields(FORM) == "text, verdict, category, who"


def test_discord_does_not_send_a_form_that_lacks_something(home):
    with pytest.raises(Incomplete, match="'Text' is missing"):
        filled(home, FORM, {"text": ""})
    with pytest.raises(InvalidInput, match="'maybe' is no choice: choose one of Too late"):
        filled(home, FORM, {"verdict": "maybe"})


def test_a_transcript_shows_every_edit_but_the_one_that_lets_a_menu_show_no_choice_again(home, told):
    shown = card(home)
    named = {"channel": shown.channel, "message": shown.id}
    as_it_is = messages.one(Call(home, named))["components"]
    messages.edit(Call(home, named, body={"components": as_it_is}))
    messages.edit(Call(home, named, body={"components": as_it_is, "allowed_mentions": {"parse": []}}))
    messages.edit(Call(home, named, body={"components": [{"type": 10, "content": "Approved"}]}))
    assert [heard.event for heard in told if heard.event == "MESSAGE_UPDATE"] == ["MESSAGE_UPDATE"] * 3
    assert [(line.op, line.text) for line in logged(home, {})] == [("post", "**Draft**"), ("edit", "**Draft**"), ("edit", "Approved")]
