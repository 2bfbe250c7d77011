"""Connection: what people do on Discord reaches the desk, whole, once and in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.discord.access import Access
from bot.discord.connection import Discord
from bot.discord.refs import channel_ref, message_ref, user_ref
from cli.play.discord import channels, interactions, saying
from cli.play.discord.founding import another, person, room
from cli.play.discord.names import APPLICATION, BOT, GUILD, TOKEN
from cli.play.discord.server import Loopback
from cli.play.discord.state import Heard, Message, User
from desk.changes import SaveChannel, SaveMessage, write
from desk.customer import Role
from desk.events import ChannelChanged, CustomerLeft, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded, TicketAsked
from desk.ids import EventId, MessageId
from desk.space import Channel, ChannelKind, Place
from desk.tending import Forgotten
from desk.timeline import File, Purpose
from desk.timeline import Message as Said
from store.watch import SqlWatch
from tests.discord.listening import BILLING, FORUM, HELP, HELP_REF, LEA, MARA, MARA_REF, SOLVED, Listening, Talk, listening, server, until
from tests.fakes import START, FakeDesk

FORUM_REF = channel_ref(GUILD, FORUM)


@pytest.fixture
def desk():
    return FakeDesk()


@pytest_asyncio.fixture
async def discord(clock) -> AsyncIterator[Loopback]:
    async with Loopback(server(clock.now)) as found:
        yield found


@pytest.fixture
def talk(discord) -> Talk:
    return Talk(discord.home)


@pytest_asyncio.fixture
async def heard(discord, tmp_path, desk, policy, store, clock) -> AsyncIterator[Listening]:
    async with listening(discord, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as found:
        await found.settled()
        yield found


async def test_a_customers_message_reaches_the_desk(heard, desk, talk):
    said = talk.says("Where is my refund?")
    await heard.settled()
    [event] = desk.heard
    assert isinstance(event, MessageReceived)
    assert (event.ref, event.place, event.kind) == (message_ref(HELP_REF, said.id), Place(HELP_REF), None)
    assert (event.author, event.author_name, event.role, event.text) == (MARA_REF, "Mara Voss", Role.CUSTOMER, "Where is my refund?")


async def test_what_stands_in_a_thread_is_written_with_its_thread(heard, desk, talk):
    root = talk.says("Where is my refund?")
    await heard.settled()
    thread = talk.starts(root)
    reply = talk.says("Anybody?", channel=thread.id)
    await heard.settled()
    assert [(event.ref, event.place) for event in desk.heard] == [
        (message_ref(HELP_REF, root.id), Place(HELP_REF)),
        (message_ref(HELP_REF, reply.id, thread=root.id), Place(HELP_REF, root.id)),
    ]


async def test_a_post_of_a_forum_is_a_thread_of_its_own_and_its_title_is_heard(heard, desk, talk):
    post, first = talk.posts("Charged twice", "In November, INV-204.")
    reply = talk.says("Anybody?", channel=post.id)
    await heard.settled()
    assert [(event.ref, event.place, event.text) for event in desk.heard] == [
        (message_ref(FORUM_REF, first.id), Place(FORUM_REF, post.id), "Charged twice\n\nIn November, INV-204."),
        (message_ref(FORUM_REF, reply.id, thread=post.id), Place(FORUM_REF, post.id), "Anybody?"),
    ]


async def test_what_a_post_is_tagged_with_is_heard_too_and_that_it_is_solved_is_not(heard, desk, talk):
    talk.posts("Charged twice", "In November.", applied_tags=[BILLING, SOLVED])
    talk.posts("Charged twice", "In December.", applied_tags=[SOLVED])
    await heard.settled()
    assert [event.text for event in desk.heard] == ["Charged twice\n\nIn November.\n\n(Billing)", "Charged twice\n\nIn December."]


async def test_a_private_thread_is_heard_as_a_thread_of_its_channel(heard, desk, talk, discord):
    thread = room(discord.home, "1190000000000700000", "account", channels.Kind.PRIVATE_THREAD)
    thread.parent, thread.thread = HELP, channels.Thread(MARA, START)
    said = talk.says("My card ends in 42", channel=thread.id)
    await heard.settled()
    assert [(event.ref, event.place) for event in desk.heard] == [(message_ref(HELP_REF, said.id, thread=thread.id), Place(HELP_REF, thread.id))]


async def test_a_direct_message_is_one_person_and_us(heard, desk, talk, discord):
    there = discord.home.direct_with(MARA)
    said = talk.says("Hello?", channel=there.id)
    await heard.settled()
    [event] = desk.heard
    assert (event.kind, event.place, event.author) == (ChannelKind.DIRECT, Place(channel_ref(GUILD, there.id)), MARA_REF)
    assert event.ref == message_ref(channel_ref(GUILD, there.id), said.id)


async def test_an_edit_and_a_deletion_reach_the_desk(heard, desk, talk):
    said = talk.says("Where is my refunt?")
    edited = talk.edits(said, "Where is my refund?")
    talk.deletes(edited)
    await heard.settled()
    assert [type(event) for event in desk.heard] == [MessageReceived, MessageEdited, MessageDeleted]
    assert desk.heard[1].text == "Where is my refund?"
    assert {event.ref for event in desk.heard} == {message_ref(HELP_REF, said.id)}


async def test_many_deletions_at_once_are_each_told(heard, desk, talk, discord):
    said = [talk.says(text) for text in ("one", "two")]
    data = {"ids": [message.id for message in said], "channel_id": HELP, "guild_id": GUILD}
    discord.home.heard(Heard("MESSAGE_DELETE_BULK", data, GUILD, HELP))
    await heard.settled()
    assert [event.ref.id for event in desk.heard if isinstance(event, MessageDeleted)] == [message.id for message in said]


async def test_a_link_that_unfolds_is_no_edit(heard, desk, talk, discord):
    said = talk.says("see https://pelican.example")
    saying.tell(discord.home, "MESSAGE_UPDATE", discord.home.guild.channels[HELP], replace(said, embeds=({"type": "link"},)))
    await heard.settled()
    assert [type(event) for event in desk.heard] == [MessageReceived]


async def test_the_emoji_of_policy_asks_for_a_ticket_and_no_other(heard, desk, talk):
    said = talk.says("Where is my refund?")
    talk.reacts(said, "👍", user=LEA)
    talk.reacts(said, "🎫", user=LEA)
    await heard.settled()
    [event] = [event for event in desk.heard if isinstance(event, ReactionAdded)]
    assert (event.ref, event.by, event.role) == (message_ref(HELP_REF, said.id), user_ref(GUILD, LEA), Role.CUSTOMER)


async def test_the_command_in_a_messages_menu_asks_for_a_ticket(heard, desk, talk, discord):
    said = talk.says("Where is my refund?")
    data = {"id": "1", "name": "Open a ticket", "type": 3, "target_id": said.id, "resolved": {"messages": {said.id: {"id": said.id}}}}
    interactions.begin(discord.home, 2, LEA, discord.home.guild.channels[HELP], data)
    await heard.settled()
    [event] = [event for event in desk.heard if isinstance(event, TicketAsked)]
    assert (event.ref, event.place, event.by, event.by_name) == (message_ref(HELP_REF, said.id), Place(HELP_REF), user_ref(GUILD, LEA), "Lea Brandt")


async def test_files_are_known_by_where_they_stand(heard, desk, talk):
    file = {
        "id": "1190000000000900000",
        "filename": "shot.png",
        "content_type": "image/png",
        "size": 9,
        "url": "https://cdn.example/1?ex=1",
        "proxy_url": "",
    }
    said = talk.says("", files=(file,))
    await heard.settled()
    assert desk.heard[0].files == (File("shot.png", "image/png", 9, ref=f"{HELP}/{said.id}/{file['id']}"),)


async def test_people_roles_and_channels_are_named_where_they_are_mentioned(heard, desk, talk):
    talk.says(f"<@{BOT}> ask <@{LEA}> in <#{FORUM}>, not <@&{APPLICATION}> <:party:12>")
    await heard.settled()
    assert desk.heard[0].text == "@Frontdesk ask @Lea Brandt in #questions, not @Frontdesk :party:"


@pytest.mark.parametrize(
    ("text", "more", "called"),
    [
        pytest.param("refund?", {}, False, id="nobody is called"),
        pytest.param(f"<@{BOT}> refund?", {}, True, id="the bot is mentioned"),
        pytest.param(f"<@!{BOT}> refund?", {}, True, id="the bot is mentioned as in old clients"),
        pytest.param(f"<@&{APPLICATION}> refund?", {"roles": (APPLICATION,)}, True, id="the bot's own role is mentioned"),
        pytest.param(f"<@{LEA}> refund?", {}, False, id="somebody else is mentioned"),
    ],
)
async def test_whether_the_bot_is_called(heard, desk, talk, text, more, called):
    talk.says(text, **more)
    await heard.settled()
    assert [event.mentions_bot for event in desk.heard] == [called]


async def test_a_reply_that_pings_the_bot_calls_it(heard, desk, talk, discord):
    ours = saying.put(discord.home, Message(HELP, discord.home.ids.next(), BOT, "Refunds take 5 days."))
    saying.put(discord.home, Message(HELP, discord.home.ids.next(), MARA, "Really?", kind=19, reply_to=ours.id, mentions=(BOT,)))
    await heard.settled()
    assert [(event.text, event.mentions_bot) for event in desk.heard] == [("Really?", True)]


async def test_what_the_bot_and_other_bots_and_discord_itself_say_is_not_heard(heard, desk, talk, discord):
    other = discord.home.users["1190000000000800000"] = User("1190000000000800000", "CI", is_bot=True)
    person(discord.home, other.id, "CI")
    talk.says("Posted", user=BOT)
    talk.says("Build failed", user=other.id)
    talk.says("", kind=7)
    await heard.settled()
    assert desk.heard == []


async def test_a_bot_that_policy_names_is_heard_as_a_customer(heard, desk, talk, discord, policy):
    other = discord.home.users["1190000000000800000"] = User("1190000000000800000", "Form", is_bot=True)
    policy.change(intake={"bots": [f"discord/{GUILD}/{other.id}"]})
    talk.says("Help", user=other.id)
    await heard.settled()
    assert [(event.author.id, event.role, event.text) for event in desk.heard] == [(other.id, Role.CUSTOMER, "Help")]


async def test_another_server_is_not_heard(heard, desk, talk, discord):
    guild = another(discord.home, "1190000000000990000", "Elsewhere")
    there = room(discord.home, "1190000000000991000", "chat", guild=guild.id)
    person(discord.home, MARA, "Mara Voss", guild=guild.id)
    talk.says("Hello?", channel=there.id)
    await heard.settled()
    assert desk.heard == []


async def test_an_event_that_comes_often_is_told_once(heard, desk, talk, discord):
    discord.gateway.copies = 3
    said = talk.says("Where is my refunt?")
    talk.reacts(said, "🎫")
    talk.edits(said, "Where is my refund?")
    talk.deletes(said)
    await heard.settled()
    assert len({event.id for event in desk.heard}) == len(desk.heard) == 4


async def test_a_post_of_ours_that_is_taken_away_is_no_news_of_a_customer(heard, desk, discord, store):
    ours = saying.put(discord.home, Message(HELP, discord.home.ids.next(), BOT, "Refunds take 5 days."))
    ref = message_ref(HELP_REF, ours.id)
    said = Said(MessageId("m-1"), ref, Place(HELP_REF), None, "", Role.BOT, ours.content, START, Purpose.ANSWER)
    await store.commit(EventId("posted"), write(SaveMessage(said)), at=START)
    saying.erase(discord.home, ours)
    await heard.settled()
    assert desk.heard == []


async def test_what_stood_in_a_deleted_thread_is_taken_out(heard, desk, talk, discord, store):
    root = talk.says("Where is my refund?")
    await heard.settled()
    thread = talk.starts(root)
    reply = talk.says("Anybody?", channel=thread.id)
    await heard.settled()
    for n, event in enumerate(desk.heard):
        said = Said(MessageId(f"m-{n}"), event.ref, event.place, event.author, "Mara", event.role, event.text, event.at)
        await store.commit(EventId(f"said-{n}"), write(SaveMessage(said)), at=START)
    desk.heard.clear()
    channels.remove(discord.home, thread)
    await heard.settled()
    assert [(type(event), event.ref) for event in desk.heard] == [(MessageDeleted, message_ref(HELP_REF, reply.id, thread=root.id))]


async def test_a_channel_that_is_renamed_or_deleted_is_told(heard, desk, discord, store):
    await store.commit(EventId("declared"), write(SaveChannel(Channel(HELP_REF, "help", ChannelKind.COMMUNITY, START))), at=START)
    there = discord.home.guild.channels[HELP]
    for name in ("help", "support"):
        there.name = name
        saying.told_of(discord.home, "CHANNEL_UPDATE", there)
    channels.remove(discord.home, there)
    await heard.settled()
    assert [(type(event), event.name, event.gone) for event in desk.heard] == [(ChannelChanged, "support", False), (ChannelChanged, "", True)]


async def test_a_server_that_the_bot_is_removed_from_is_out_of_reach_and_one_that_is_down_is_not(heard, desk, discord, store, caplog):
    await store.commit(EventId("declared"), write(SaveChannel(Channel(HELP_REF, "help", ChannelKind.COMMUNITY, START))), at=START)
    discord.home.heard(Heard("GUILD_DELETE", {"id": GUILD, "unavailable": True}, GUILD))
    await heard.settled()
    assert desk.heard == []
    discord.home.heard(Heard("GUILD_DELETE", {"id": GUILD}, GUILD))
    await heard.settled()
    assert [(event.channel, event.gone) for event in desk.heard] == [(HELP_REF, True)]
    assert "invite it again" in caplog.text


async def test_that_somebody_left_the_server_is_told_and_that_a_bot_did_is_not(heard, desk, discord):
    for id, is_bot in ((MARA, False), ("1190000000000800000", True)):
        discord.home.heard(Heard("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": {"id": id, "username": "x", "bot": is_bot}}, GUILD))
    await heard.settled()
    assert [(type(event), event.user) for event in desk.heard] == [(CustomerLeft, MARA_REF)]


async def test_a_forwarded_message_is_quoted(heard, desk, discord):
    snapshot = {"message": {"content": "Your card was declined", "attachments": [{"id": "1190000000000900000", "filename": "shot.png", "size": 9}]}}
    raw = {"id": discord.home.ids.next(), "channel_id": HELP, "guild_id": GUILD, "type": 0, "content": "why?", "message_snapshots": [snapshot]}
    raw |= {"author": {"id": MARA, "username": "mara", "global_name": "Mara Voss"}, "member": {"roles": []}, "mentions": [], "mention_roles": []}
    discord.home.heard(Heard("MESSAGE_CREATE", raw, GUILD, HELP))
    await heard.settled()
    assert (desk.heard[0].text, [file.name for file in desk.heard[0].files]) == ("why?\n> Your card was declined", ["shot.png"])


async def test_what_came_is_kept_until_the_desk_takes_it(discord, tmp_path, policy, store, clock, talk):
    class Down(FakeDesk):
        async def emit(self, event):
            await asyncio.Event().wait()

    async with listening(discord, tmp_path / "discord.db", Down(), policy=policy, store=store, clock=clock) as first:
        await discord.gateway.flush()
        talk.says("Where is my refund?")
        await discord.gateway.flush()
        await until(first.discord._inbox.count)
    desk = FakeDesk()
    async with listening(discord, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock) as again:
        await again.settled()
    assert [event.text for event in desk.heard] == ["Where is my refund?"]


async def test_a_person_is_forgotten_with_what_they_did(discord, tmp_path, policy, store, clock, talk):
    class Down(FakeDesk):
        async def emit(self, event):
            await asyncio.Event().wait()

    async with listening(discord, tmp_path / "discord.db", Down(), policy=policy, store=store, clock=clock) as first:
        await discord.gateway.flush()
        talk.says("Where is my refund?")
        await discord.gateway.flush()
        await until(first.discord._inbox.count)
        assert await first.discord.erase(Forgotten((), (MARA_REF,))) == 1
        assert await first.discord._inbox.count() == 0


async def test_a_token_that_discord_does_not_know_is_told_once_and_tried_again(discord, tmp_path, policy, store, clock, caplog, monkeypatch):
    monkeypatch.setattr("bot.discord.connection.LONGEST_PAUSE", 0.01)
    access = Access("MTE5.wrong.token", url=discord.url)
    found = await Discord.open(access, inbox=tmp_path / "discord.db", policy=policy, store=store, watch=SqlWatch(store.database), clock=clock)
    found.connect(FakeDesk())
    task = asyncio.create_task(found.run())
    await until(lambda: len([1 for route, _ in discord.api.asked if "users/@me" in route]) >= 3)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await found.close()
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR and record.name == "frontdesk.discord"] == [
        "Discord is not there, so it is asked again: Discord does not know the bot's token: "
        "set FRONTDESK_DISCORD_TOKEN to the token that the bot's page in the developer portal gives"
    ]


async def test_without_a_server_it_is_said_what_to_do(discord, tmp_path, policy, store, clock, caplog):
    async with listening(discord, tmp_path / "discord.db", FakeDesk(), policy=policy, store=store, clock=clock, access=Access(TOKEN, "42")):
        await until(lambda: "FRONTDESK_DISCORD_GUILD" in caplog.text)


async def test_an_event_that_is_not_as_it_was_ever_described_ends_nothing(heard, desk, talk, discord, caplog):
    for name in ("THREAD_CREATE", "GUILD_MEMBER_UPDATE"):
        discord.home.heard(Heard(name, {"guild_id": GUILD, "id": "1190000000000800000", "type": "text", "user": {}}, GUILD))
    talk.says("Where is my refund?")
    await heard.settled()
    assert [event.text for event in desk.heard] == ["Where is my refund?"]
    assert len(discord.gateway.identified) == 1
    assert "THREAD_CREATE could not be read whole: ValueError" in caplog.text
