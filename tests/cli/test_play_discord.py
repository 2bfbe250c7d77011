"""The play's Discord refuses what Discord refuses, tells what Discord tells, and answers in Discord's own words."""

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio

from cli.play.discord import channels, interactions, saying
from cli.play.discord.faults import cloudflare, limited
from cli.play.discord.founding import another, founded, person, role, room
from cli.play.discord.names import APPLICATION, BOT, GUILD, TOKEN, channel_id, role_id, user_id
from cli.play.discord.permissions import ADD_REACTIONS, HISTORY, MANAGE_THREADS, MEMBERS, PRIVATE_THREADS, SEND, VIEW, permissions
from cli.play.discord.server import Loopback
from cli.play.discord.snowflakes import lowest, made_at
from cli.play.discord.state import Kind, Message, Overwrite
from desk.errors import InvalidInput
from tests.discord.judge import SPEC, Judge

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
MARA, TIM, HELP, AGENTS, FORUM, TEAM = user_id("mara"), user_id("tim"), channel_id("help"), channel_id("agents"), channel_id("forum"), role_id("team")
BUTTON = {"type": 2, "style": 1, "label": "Approve", "custom_id": "approve:1"}
ROW = {"type": 1, "components": [BUTTON]}
V2 = 1 << 15


class World:
    """A server with two people, three channels, and a bot's requests to it."""

    def __init__(self):
        self.now = START
        self.home = founded(lambda: self.now)
        person(self.home, MARA, "Mara")
        role(self.home, TEAM, "team")
        person(self.home, TIM, "Tim", TEAM)
        room(self.home, HELP, "help")
        room(self.home, AGENTS, "agents", only=(TEAM,))
        room(self.home, FORUM, "forum", Kind.FORUM).tags = [
            {"id": str(n), "name": f"t{n}", "moderated": False, "emoji_id": None, "emoji_name": None} for n in range(1, 7)
        ]
        self.loop = Loopback(self.home)
        self.judge = Judge()
        self.loop.api.observers.append(self.judge)

    async def call(self, method, path, body=None, **query):
        """Return status and answer of a request of the bot's."""
        head = {"Authorization": f"Bot {TOKEN}"}
        async with aiohttp.ClientSession() as session, session.request(method, self.loop.url + path, json=body, params=query, headers=head) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if answer.content_type == "application/json" else text

    async def code(self, method, path, body=None, **query):
        """Return the code that a request is refused with; 0 for one that is done."""
        status, answer = await self.call(method, path, body, **query)
        return answer["code"] if status >= 400 else 0

    async def posts(self, **body):
        """Return a message that the bot posts in #help."""
        return (await self.call("POST", f"/channels/{HELP}/messages", body))[1]

    def says(self, text, user=MARA, where=HELP):
        """Have somebody write."""
        return saying.put(self.home, Message(where, self.home.ids.next(), user, text, mentions=saying.mentioned(self.home, text)))

    def presses(self, message, user=MARA):
        """Have somebody press the button of a message."""
        return interactions.begin(self.home, 3, user, self.home.channel(HELP), {"custom_id": "approve:1", "component_type": 2}, message=message)


@pytest_asyncio.fixture
async def w():
    world = World()
    async with world.loop:
        yield world
    assert world.judge.requests == []
    assert world.judge.answers == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"content": "x" * 2000}, 0, id="two thousand characters are taken"),
        pytest.param({"content": "x" * 2001}, 50035, id="more are not"),
        pytest.param({"content": "  "}, 50006, id="nothing is no message"),
        pytest.param({"content": "x", "components": [ROW]}, 0, id="a button under a text is taken"),
        pytest.param({"components": [ROW] * 6, "content": "x"}, 50035, id="six rows are not"),
        pytest.param({"components": [ROW, ROW], "content": "x"}, 50035, id="nor two buttons of one id"),
        pytest.param({"components": [{"type": 1, "components": [BUTTON] * 6}], "content": "x"}, 50035, id="nor six buttons in a row"),
        pytest.param({"content": "x", "components": [{"type": 1, "components": [{**BUTTON, "custom_id": "i" * 101}]}]}, 50035, id="nor a long id"),
        pytest.param({"content": "x", "components": [{"type": 1, "components": [{**BUTTON, "label": "l" * 81}]}]}, 50035, id="nor a long label"),
        pytest.param({"content": "x", "components": [{"type": 10, "content": "x"}]}, 50035, id="nor new components without their flag"),
        pytest.param({"flags": V2, "components": [{"type": 10, "content": "x" * 4000}]}, 0, id="four thousand characters of a card are taken"),
        pytest.param({"flags": V2, "components": [{"type": 10, "content": "x" * 2001}] * 2}, 50035, id="more in two parts are not"),
        pytest.param({"flags": V2, "components": [{"type": 14}] * 40}, 0, id="forty components are taken"),
        pytest.param({"flags": V2, "components": [{"type": 14}] * 41}, 50035, id="more are not"),
        pytest.param({"flags": V2, "content": "x", "components": [{"type": 14}]}, 50035, id="nor a card with a text beside it"),
        pytest.param({"content": "x", "nonce": "n" * 26}, 50035, id="nor a long nonce"),
        pytest.param({"content": "x", "flags": 1 << 7}, 50035, id="nor flags that are Discord's own"),
        pytest.param({"content": "x", "message_reference": {"message_id": "1"}}, 50035, id="nor a reply to nothing"),
        pytest.param({"content": "x", "message_reference": {"message_id": "1", "fail_if_not_exists": False}}, 0, id="unless that may be"),
    ],
)
async def test_a_message_is_taken_or_refused_as_by_discord(w, body, code):
    assert await w.code("POST", f"/channels/{HELP}/messages", body) == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param([{"label": f"o{n}", "value": f"{n}"} for n in range(25)], 0, id="twenty-five options are taken"),
        pytest.param([{"label": f"o{n}", "value": f"{n}"} for n in range(26)], 50035, id="more are not"),
        pytest.param([{"label": "o", "value": "1"}] * 2, 50035, id="nor the same twice"),
        pytest.param([], 50035, id="nor none"),
    ],
)
async def test_a_select_has_so_many_options(w, options, code):
    row = {"type": 1, "components": [{"type": 3, "custom_id": "s", "options": options}]}
    assert await w.code("POST", f"/channels/{HELP}/messages", {"content": "x", "components": [row]}) == code


@pytest.mark.parametrize(
    ("deny", "method", "path", "body", "code"),
    [
        pytest.param(VIEW, "GET", "", None, 50001, id="a hidden channel is not shown"),
        pytest.param(SEND, "POST", "/messages", {"content": "x"}, 50013, id="nothing is posted where that is denied"),
        pytest.param(ADD_REACTIONS, "PUT", "/messages/{id}/reactions/👀/@me", None, 50013, id="no emoji is put where that is denied"),
        pytest.param(HISTORY, "GET", "/messages/{id}", None, 50013, id="nothing is read where that is denied"),
    ],
)
async def test_the_channel_says_what_the_bot_may(w, deny, method, path, body, code):
    id = w.says("hello").id
    assert await w.code(method, f"/channels/{HELP}" + path.format(id=id), body) == 0
    w.home.channel(HELP).overwrites.append(Overwrite(APPLICATION, 0, deny=deny))
    id = w.says("again").id
    assert await w.code(method, f"/channels/{HELP}" + path.format(id=id), body) == code


def test_a_member_may_what_roles_and_overwrites_say():
    w = World()
    help = w.home.channel(HELP)
    assert permissions(w.home.guild, help, MARA) == MEMBERS
    help.overwrites = [Overwrite(GUILD, 0, deny=SEND), Overwrite(TEAM, 0, allow=SEND), Overwrite(TIM, 1, deny=ADD_REACTIONS)]
    assert not permissions(w.home.guild, help, MARA) & SEND
    assert permissions(w.home.guild, help, TIM) & SEND
    assert not permissions(w.home.guild, help, TIM) & ADD_REACTIONS
    assert permissions(w.home.guild, w.home.channel(AGENTS), MARA) == 0
    assert permissions(w.home.guild, w.home.channel(AGENTS), w.home.guild.owner) & MANAGE_THREADS


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        pytest.param("GET", "/channels/1", 10003, id="a channel"),
        pytest.param("GET", f"/channels/{HELP}/messages/1", 10008, id="a message"),
        pytest.param("GET", "/guilds/1", 10004, id="a server"),
        pytest.param("GET", f"/guilds/{GUILD}/members/1", 10013, id="somebody"),
        pytest.param("GET", f"/webhooks/{APPLICATION}/nothing/messages/@original", 10015, id="a token"),
        pytest.param("GET", "/nothing", 0, id="a path"),
    ],
)
async def test_what_is_not_there_is_said_not_to_be(w, method, path, code):
    status, answer = await w.call(method, path)
    assert (status, answer["code"]) == (404, code)


async def test_nobody_gets_in_with_another_token(w):
    async with aiohttp.ClientSession() as session, session.get(w.loop.url + "/users/@me", headers={"Authorization": "Bot wrong"}) as answer:
        assert answer.status == 401


async def test_a_nonce_is_posted_once_for_a_few_minutes(w):
    first = await w.posts(content="x", nonce="o-1", enforce_nonce=True)
    assert (await w.posts(content="x", nonce="o-1", enforce_nonce=True))["id"] == first["id"]
    assert (await w.call("GET", f"/channels/{HELP}/messages/{first['id']}"))[1]["nonce"] == "o-1"
    assert (await w.posts(content="x", nonce="o-1"))["id"] != first["id"]
    w.now += timedelta(minutes=10)
    assert "nonce" not in (await w.call("GET", f"/channels/{HELP}/messages/{first['id']}"))[1]
    assert (await w.posts(content="x", nonce="o-1", enforce_nonce=True))["id"] != first["id"]


async def test_only_those_are_mentioned_whom_the_message_allows(w):
    text = f"<@{MARA}> <@{TIM}> <@&{TEAM}>"
    assert [user["id"] for user in (await w.posts(content=text, allowed_mentions={"parse": []}))["mentions"]] == []
    named = await w.posts(content=text, allowed_mentions={"parse": [], "users": [TIM], "roles": [TEAM]})
    assert ([user["id"] for user in named["mentions"]], named["mention_roles"]) == ([TIM], [TEAM])


async def test_the_bot_changes_its_own_messages_only(w):
    hers, its = w.says("hello").id, (await w.posts(content="x"))["id"]
    assert await w.code("PATCH", f"/channels/{HELP}/messages/{hers}", {"content": "y"}) == 50005
    assert (await w.call("PATCH", f"/channels/{HELP}/messages/{its}", {"content": "y"}))[1]["content"] == "y"
    assert await w.code("PATCH", f"/channels/{HELP}/messages/{its}", {"content": ""}) == 50006
    assert await w.code("DELETE", f"/channels/{HELP}/messages/{its}") == 0
    assert await w.code("GET", f"/channels/{HELP}/messages/{its}") == 10008


async def test_a_card_stays_a_card(w):
    card = await w.posts(flags=V2, components=[{"type": 10, "content": "x"}, ROW])
    path = f"/channels/{HELP}/messages/{card['id']}"
    assert await w.code("PATCH", path, {"content": "x", "components": []}) == 50035
    changed = (await w.call("PATCH", path, {"components": [{"type": 10, "content": "y"}], "flags": 0}))[1]
    assert (changed["flags"] & V2, changed["components"][0]["content"]) == (V2, "y")


async def test_messages_are_listed_by_their_ids(w):
    ids = [w.says(f"m{n}").id for n in range(5)]
    listed = await w.call("GET", f"/channels/{HELP}/messages", limit=2, after=ids[0])
    assert [each["id"] for each in listed[1]] == [ids[2], ids[1]]
    assert [each["id"] for each in (await w.call("GET", f"/channels/{HELP}/messages", limit=2, before=ids[2]))[1]] == [ids[1], ids[0]]
    assert [each["id"] for each in (await w.call("GET", f"/channels/{HELP}/messages", limit=3, around=ids[2]))[1]] == [ids[3], ids[2], ids[1]]
    assert await w.code("GET", f"/channels/{HELP}/messages", limit=101) == 50035


async def test_without_the_intent_only_what_is_for_the_bot_can_be_read(w):
    w.home.reads_content = False
    w.says("secret")
    w.says(f"<@{BOT}> question")
    await w.posts(content="answer")
    listed = (await w.call("GET", f"/channels/{HELP}/messages"))[1]
    assert [each["content"] for each in listed] == ["answer", f"<@{BOT}> question", ""]


async def test_direct_messages_reach_whom_they_may(w):
    direct = (await w.call("POST", "/users/@me/channels", {"recipient_id": MARA}))[1]["id"]
    assert await w.code("POST", f"/channels/{direct}/messages", {"content": "x"}) == 0
    w.home.users[MARA].closed = True
    assert await w.code("POST", f"/channels/{direct}/messages", {"content": "x"}) == 50007
    w.home.users[MARA].closed = False
    del w.home.guild.members[MARA]
    assert await w.code("POST", f"/channels/{direct}/messages", {"content": "x"}) == 50007


async def test_a_thread_has_its_messages_id_and_there_is_one(w):
    root = w.says("help me").id
    made = (await w.call("POST", f"/channels/{HELP}/messages/{root}/threads", {"name": "help me"}))[1]
    assert (made["id"], made["parent_id"], made["type"]) == (root, HELP, 11)
    assert await w.code("POST", f"/channels/{HELP}/messages/{root}/threads", {"name": "help me"}) == 160004
    assert [each["type"] for each in (await w.call("GET", f"/channels/{root}/messages"))[1]] == [21]
    assert (await w.call("GET", f"/channels/{HELP}/messages/{root}"))[1]["thread"]["id"] == root


async def test_so_many_threads_are_active(w):
    w.home.guild.most_threads = 1
    first, second = w.says("one").id, w.says("two").id
    assert await w.code("POST", f"/channels/{HELP}/messages/{first}/threads", {"name": "one"}) == 0
    assert await w.code("POST", f"/channels/{HELP}/messages/{second}/threads", {"name": "two"}) == 160006
    assert await w.code("PATCH", f"/channels/{first}", {"archived": True}) == 0
    assert await w.code("POST", f"/channels/{HELP}/messages/{second}/threads", {"name": "two"}) == 0
    assert await w.code("POST", f"/channels/{first}/messages", {"content": "wake"}) == 160006
    threads = (await w.call("GET", f"/guilds/{GUILD}/threads/active"))[1]["threads"]
    assert [each["id"] for each in threads] == [second]
    assert [each["id"] for each in (await w.call("GET", f"/channels/{HELP}/threads/archived/public"))[1]["threads"]] == [first]


async def test_an_archived_thread_wakes_when_somebody_writes(w):
    thread = channels.thread_under(w.home, w.home.channel(HELP), w.says("one"), MARA, {"name": "one"})
    said = w.says("inside", where=thread.id)
    channels.set_archived(w.home, thread, archived=True)
    assert await w.code("PUT", f"/channels/{thread.id}/messages/{said.id}/reactions/👀/@me") == 50083
    assert await w.code("POST", f"/channels/{thread.id}/messages", {"content": "x"}) == 0
    assert not thread.thread.archived


async def test_a_locked_thread_takes_nothing_of_who_may_not_manage_it(w):
    thread = channels.thread_under(w.home, w.home.channel(HELP), w.says("one"), MARA, {"name": "one"})
    w.home.guild.roles[APPLICATION].permissions &= ~MANAGE_THREADS
    channels.set_archived(w.home, thread, archived=True, locked=True)
    assert await w.code("POST", f"/channels/{thread.id}/messages", {"content": "x"}) == 50083
    channels.set_archived(w.home, thread, archived=False, locked=True)
    assert await w.code("POST", f"/channels/{thread.id}/messages", {"content": "x"}) == 160005
    assert await w.code("PATCH", f"/channels/{thread.id}", {"archived": True}) == 50013


async def test_a_forum_takes_posts_only(w):
    assert await w.code("POST", f"/channels/{FORUM}/messages", {"content": "x"}) == 50008
    body = {"name": "Ticket", "message": {"content": "x"}, "applied_tags": ["1", "2"]}
    made = (await w.call("POST", f"/channels/{FORUM}/threads", body))[1]
    assert (made["message"]["id"], made["applied_tags"]) == (made["id"], ["1", "2"])
    assert await w.code("PATCH", f"/channels/{made['id']}", {"applied_tags": [str(n) for n in range(1, 7)]}) == 50035
    assert await w.code("PATCH", f"/channels/{made['id']}", {"applied_tags": ["9"]}) == 50035
    assert (await w.call("PATCH", f"/channels/{made['id']}", {"applied_tags": ["3"], "archived": True}))[1]["applied_tags"] == ["3"]


async def test_a_private_thread_is_seen_by_who_is_in_it(w):
    assert await w.code("POST", f"/channels/{HELP}/threads", {"name": "Account", "type": 12}) == 50013
    w.home.guild.roles[APPLICATION].permissions |= PRIVATE_THREADS
    made = (await w.call("POST", f"/channels/{HELP}/threads", {"name": "Account", "type": 12}))[1]
    assert await w.code("PUT", f"/channels/{made['id']}/thread-members/{MARA}") == 0
    assert {each["user_id"] for each in (await w.call("GET", f"/channels/{made['id']}/thread-members"))[1]} == {BOT, MARA}
    assert await w.code("DELETE", f"/channels/{made['id']}/thread-members/{MARA}") == 0
    w.home.guild.roles[APPLICATION].permissions &= ~MANAGE_THREADS
    assert await w.code("DELETE", f"/channels/{made['id']}/thread-members/@me") == 0
    assert await w.code("GET", f"/channels/{made['id']}") == 50001


async def test_an_interaction_is_answered_once_and_in_time(w):
    card = await w.posts(content="x", components=[ROW])
    asked = w.presses(w.home.message(HELP, card["id"]))
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    assert await w.code("POST", path, {"type": 8, "data": {"choices": []}}) == 50035
    assert await w.code("POST", path, {"type": 5, "data": {"flags": 64}}) == 0
    assert await w.code("POST", path, {"type": 6}) == 40060
    late = w.presses(w.home.message(HELP, card["id"]))
    w.now += timedelta(seconds=4)
    assert await w.code("POST", f"/interactions/{late.id}/{late.token}/callback", {"type": 6}) == 10062


async def test_what_was_deferred_comes_where_it_was_held(w):
    card = await w.posts(content="x", components=[ROW])
    asked = w.presses(w.home.message(HELP, card["id"]))
    await w.call("POST", f"/interactions/{asked.id}/{asked.token}/callback", {"type": 5, "data": {"flags": 64}})
    hook = f"/webhooks/{APPLICATION}/{asked.token}"
    said = (await w.call("PATCH", f"{hook}/messages/@original", {"content": "for you"}))[1]
    assert w.home.message(HELP, said["id"]).to == MARA
    assert await w.code("POST", hook, {"content": "and this", "flags": 64}) == 0
    assert [(entry.op, entry.message.content) for entry in w.home.log if entry.message.to] == [("whisper", "for you"), ("whisper", "and this")]
    assert [each["content"] for each in (await w.call("GET", f"/channels/{HELP}/messages"))[1]] == ["x"]
    w.now += timedelta(minutes=16)
    assert await w.code("POST", hook, {"content": "too late"}) == 50027


async def test_a_press_may_change_its_message_or_open_a_form(w):
    card = await w.posts(content="x", components=[ROW])
    first, second = w.presses(w.home.message(HELP, card["id"])), w.presses(w.home.message(HELP, card["id"]))
    await w.call("POST", f"/interactions/{first.id}/{first.token}/callback", {"type": 7, "data": {"content": "done", "components": []}})
    assert w.home.message(HELP, card["id"]).content == "done"
    text = {"type": 4, "custom_id": "text", "style": 2}
    form = {"title": "Edit", "custom_id": "edit:1", "components": [{"type": 18, "label": "Text", "component": text}]}
    assert await w.code("POST", f"/interactions/{second.id}/{second.token}/callback", {"type": 9, "data": {**form, "title": "t" * 46}}) == 50035
    assert await w.code("POST", f"/interactions/{second.id}/{second.token}/callback", {"type": 9, "data": form}) == 0
    assert second.modal == form


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param({"name": "frontdesk", "description": "Ask the desk"}, 0, id="a command"),
        pytest.param({"name": "Make a ticket", "type": 3}, 0, id="one in a message's menu"),
        pytest.param({"name": "Front Desk", "description": "x"}, 50035, id="a name with a space"),
        pytest.param({"name": "frontdesk"}, 50035, id="no description"),
        pytest.param(
            {"name": "frontdesk", "description": "x", "options": [{"name": f"o{n}", "description": "x", "type": 1} for n in range(26)]},
            50035,
            id="too much in it",
        ),
    ],
)
async def test_commands_are_registered_as_discord_takes_them(w, command, code):
    path = f"/applications/{APPLICATION}/guilds/{GUILD}/commands"
    assert await w.code("PUT", path, [command]) == code
    assert len((await w.call("GET", path))[1]) == (code == 0)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/users/@me", id="the bot"),
        pytest.param("/applications/@me", id="the application"),
        pytest.param("/oauth2/applications/@me", id="the application by its old address"),
        pytest.param("/users/@me/guilds", id="its servers"),
        pytest.param("/gateway/bot", id="the gateway"),
        pytest.param(f"/guilds/{GUILD}", id="the server"),
        pytest.param(f"/guilds/{GUILD}/channels", id="channels"),
        pytest.param(f"/guilds/{GUILD}/roles", id="roles"),
        pytest.param(f"/guilds/{GUILD}/members/{MARA}", id="a member"),
        pytest.param(f"/guilds/{GUILD}/members?limit=10", id="members"),
        pytest.param(f"/guilds/{GUILD}/members/search?query=ma&limit=5", id="members by name"),
        pytest.param(f"/channels/{FORUM}", id="a forum"),
    ],
)
async def test_what_is_asked_for_is_answered_in_discords_words(w, path):
    assert (await w.call("GET", path))[0] == 200
    assert not SPEC.exists() or len(w.judge.routes) == 1


async def test_files_come_with_a_message_and_are_fetched(w):
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps({"content": "see", "attachments": [{"id": "0", "filename": "a.txt"}]}))
    form.add_field("files[0]", b"abc", filename="a.txt", content_type="text/plain")
    head = {"Authorization": f"Bot {TOKEN}"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{w.loop.url}/channels/{HELP}/messages", data=form, headers=head) as answer:
            (file,) = (await answer.json())["attachments"]
        async with session.get(file["url"]) as answer:
            assert await answer.read() == b"abc"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [pytest.param(limited(1.5), 429, id="too many requests"), pytest.param(cloudflare(503), 503, id="what stands before Discord")],
)
async def test_a_fault_is_answered_once(w, refusal, status):
    w.loop.api.faults.refuse("GET /channels/{channel}", refusal)
    assert (await w.call("GET", f"/channels/{HELP}"))[0] == status
    assert (await w.call("GET", f"/channels/{HELP}"))[0] == 200


async def test_posts_of_a_channel_are_counted_while_that_is_wanted(w):
    w.loop.api.buckets.counting = True
    assert [(await w.call("POST", f"/channels/{HELP}/messages", {"content": "x"}))[0] for _ in range(6)] == [200] * 5 + [429]
    assert (await w.call("POST", f"/channels/{AGENTS}/messages", {"content": "x"}))[0] == 200


async def test_a_channel_that_goes_takes_its_threads_along(w):
    thread = channels.thread_under(w.home, w.home.channel(HELP), w.says("one"), MARA, {"name": "one"})
    channels.remove(w.home, w.home.channel(HELP))
    assert await w.code("GET", f"/channels/{thread.id}") == 10003
    assert await w.code("POST", f"/channels/{HELP}/messages", {"content": "x"}) == 10003


async def test_ids_say_when_they_were_made_and_never_come_twice(w):
    ids = [w.home.ids.next() for _ in range(3)]
    assert len(set(ids)) == 3
    assert made_at(ids[0]) == START
    assert int(ids[0]) >= lowest(START)


async def test_the_bot_may_be_on_another_server_too(w):
    another(w.home, "1190000000000009999", "Elsewhere")
    assert [each["id"] for each in (await w.call("GET", "/users/@me/guilds"))[1]] == [GUILD, "1190000000000009999"]


async def test_a_channel_that_is_not_there_is_said_to_be_missing(w):
    with pytest.raises(InvalidInput, match="no channel #nowhere"):
        w.home.named("nowhere")
