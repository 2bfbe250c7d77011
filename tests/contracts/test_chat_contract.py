"""The chat platform contract: what `handlers` may rely on, wherever people talk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.history import said
from bot.discord.listener import Listener
from bot.slack.access import Access
from bot.slack.chat import SlackChat
from bot.slack.people import People
from bot.slack.refs import channel_ref, user_ref
from bot.slack.web import Web
from bot.web.rooms import local_channel, local_user
from bot.web.uploads import Upload
from bot.web.workspace import LocalWorkspace, open_workspace
from cli.play.discord import saying
from cli.play.discord.permissions import VIEW, sees
from cli.play.discord.state import Message as Written
from cli.play.discord.state import Overwrite
from desk.audience import PUBLIC
from desk.cards import Card, Text
from desk.changes import SaveChannel, write
from desk.customer import Role
from desk.errors import PlaceGone, Unavailable
from desk.ids import EventId, MessageId, OutboxId, TicketId
from desk.ports import ChatPlatform
from desk.post import Direct, Op, Post
from desk.space import Channel, ChannelKind, ChannelRef, Place, UserRef
from desk.store import Store
from desk.ticket import Ticket
from desk.timeline import File, Message, Purpose
from store.database import open_database
from store.repository import SqlStore
from store.watch import SqlWatch
from tests.discord.talking import AGENTS_REF, FORUM, HELP_REF, MARA_REF, TIM_REF, Losing, ref, server, talking, user
from tests.discord.talking import NOBODY as NOBODY_ON_DISCORD
from tests.discord.talking import NOWHERE as NOWHERE_ON_DISCORD
from tests.fakes import START, FakeChat, FakeClock
from tests.store.samples import FixedPolicy
from tests.support.emulate import BOT_TOKEN, Emulate, Room, Seed, User

COMMUNITY, AGENTS, NOWHERE = local_channel("community"), local_channel("agents"), local_channel("nowhere")
MARA, TIM, NOBODY = local_user("Mara Voss"), local_user("Tim"), local_user("nobody")
Speak = Callable[[UserRef, ChannelRef, str], Awaitable[None]]


@dataclass
class Stage:
    """A platform with a community channel, an agents channel, Mara the customer and Tim the teammate."""

    chat: ChatPlatform
    speak: Speak
    set_down: Callable[[bool], None]
    lose_replies: Callable[[int], None]
    file: str
    community: ChannelRef = COMMUNITY
    agents: ChannelRef = AGENTS
    nowhere: ChannelRef = NOWHERE
    mara: UserRef = MARA
    tim: UserRef = TIM
    nobody: UserRef = NOBODY

    def post(self, text: str, id: str = "o-1", target: Place | Direct | None = None, **more: object) -> Post:
        """Return a post, for the community channel unless it says another target."""
        return replace(Post(OutboxId(id), target or Place(self.community), Purpose.ANSWER, PUBLIC, START, card=Card((Text(text),))), **more)


def fake_stage() -> Stage:
    chat = FakeChat(members={TIM: Role.TEAMMATE, MARA: Role.CUSTOMER}, internal={AGENTS}, files={"f": b"hello"}, gone={NOWHERE})

    async def speak(user: UserRef, channel: ChannelRef, text: str) -> None:
        role = chat.members.get(user, Role.CUSTOMER)
        at = START + timedelta(microseconds=len(chat.said))
        chat.said.append(Message(MessageId(text), None, Place(channel), user, user.id, role, text, at))

    return Stage(chat, speak, lambda down: setattr(chat, "down", down), lambda n: setattr(chat, "lost_replies", n), "f")


async def workspace_stage(workspace: LocalWorkspace) -> Stage:
    await workspace.add_member(MARA, "Mara Voss", Role.CUSTOMER)
    await workspace.add_member(TIM, "Tim", Role.TEAMMATE)
    await workspace.add_channel(Channel(COMMUNITY, "community", ChannelKind.COMMUNITY, START))
    await workspace.add_channel(Channel(AGENTS, "agents", ChannelKind.INTERNAL, START), members=[TIM])

    async def speak(user: UserRef, channel: ChannelRef, text: str) -> None:
        await workspace.say(user, Place(channel), text)

    await workspace.add_channel(Channel(local_channel("files"), "files", ChannelKind.COMMUNITY, START))
    _, event = await workspace.say(MARA, Place(local_channel("files")), "", files=[Upload("a.txt", "text/plain", b"hello")])
    return Stage(workspace, speak, workspace.set_down, workspace.lose_replies, event.files[0].ref)


@asynccontextmanager
async def slack_stage(emulate: Emulate, store: Store) -> AsyncIterator[Stage]:
    """Somebody else's Slack, with what is ours in front of it: the adapter alone."""
    clock = FakeClock()
    emulate.set_time(clock.now())
    people = [User("U0MARA", "Mara Voss", team="T0ACME"), User("U0TIM", "Tim")]
    rooms = [
        Room("C0HELP", "help", ["U0MARA", "U0TIM", "U0DESK"]),
        Room("C0FILES", "files", ["U0MARA", "U0DESK"]),
        Room("C0AGENTS", "agents", ["U0TIM", "U0DESK"], closed=True),
    ]
    emulate.seed(Seed(people, rooms))
    community, agents = channel_ref("T0PELICAN", "C0HELP"), channel_ref("T0PELICAN", "C0AGENTS")
    inside = Channel(agents, "agents", ChannelKind.INTERNAL, START, agents=True)
    await store.commit(EventId("ev-agents"), write(SaveChannel(inside)), at=START)
    web, policy = Web(Access(BOT_TOKEN, url=emulate.url)), FixedPolicy()
    who = People(web, policy, store, clock)

    async def speak(user: UserRef, channel: ChannelRef, text: str) -> None:
        if user.id not in emulate.call("conversations.members", channel=channel.id)["members"]:
            emulate.call("conversations.invite", channel=channel.id, users=user.id)
            who.forget()
        emulate.call("chat.postMessage", user.id, channel=channel.id, text=text)

    yield Stage(
        SlackChat(web, who, policy, store, clock),
        speak,
        emulate.set_down,
        emulate.lose_replies,
        emulate.upload("U0MARA", "C0FILES", "a.txt", b"hello"),
        community,
        agents,
        channel_ref("T0PELICAN", "C0NOWHERE"),
        *(user_ref("T0PELICAN", id) for id in ("U0MARA", "U0TIM", "U0NOBODY")),
    )
    await web.close()


@asynccontextmanager
async def discord_stage(beside: Path, store: SqlStore) -> AsyncIterator[Stage]:
    """The play's Discord, over the wire: the adapter alone."""
    clock = FakeClock()
    async with Losing(server(clock.now)) as loopback:
        inside = Channel(AGENTS_REF, "agents", ChannelKind.INTERNAL, START, agents=True)
        await store.commit(EventId("ev-agents"), write(SaveChannel(inside)), at=START)
        home = loopback.home
        async with talking(loopback, beside, policy=FixedPolicy(), store=store, clock=clock) as talk:
            listener = Listener(
                talk.web, talk.people, talk.kinds, policy=FixedPolicy(), store=store, watch=SqlWatch(store.database), clock=clock, emit=unheard
            )
            talk.chat.read_by(partial(said, talk.web, listener))

            async def speak(by: UserRef, channel: ChannelRef, text: str) -> None:
                room = home.guild.channels[channel.id]
                if not sees(home.guild, room, by.id):
                    room.overwrites.append(Overwrite(by.id, 1, allow=VIEW))
                # What is written within one millisecond has no order on Discord.
                clock.advance(milliseconds=1)
                saying.put(home, Written(channel.id, home.ids.next(), by.id, text))
                talk.people.forget()

            held = home.ids.next()
            path = f"/attachments/{held}/a.txt"
            file = {"id": held, "filename": "a.txt", "size": 5, "content_type": "text/plain", "url": f"{loopback.api.host}{path}"}
            home.files[path] = file, b"hello"
            message = saying.put(home, Written(FORUM, home.ids.next(), MARA_REF.id, "", files=(file,)))

            yield Stage(
                talk.chat,
                speak,
                lambda down: setattr(loopback.api.faults, "down", down),
                loopback.lose_replies,
                f"{FORUM}/{message.id}/{held}",
                HELP_REF,
                AGENTS_REF,
                ref(NOWHERE_ON_DISCORD),
                MARA_REF,
                TIM_REF,
                user(NOBODY_ON_DISCORD),
            )


async def unheard(_: object) -> None:
    """Take an event that nobody waits for."""


@pytest_asyncio.fixture(params=["fake", "workspace", "slack", "discord"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Stage]:
    if request.param == "fake":
        yield fake_stage()
        return
    if request.param == "discord":
        database = await open_database(sqlite_url.replace("sqlite:", "sqlite+aiosqlite:"))
        async with discord_stage(tmp_path / "carried.db", SqlStore(database, FixedPolicy())) as made:
            yield made
        await database.close()
        return
    if request.param == "slack":
        emulate: Emulate = request.getfixturevalue("emulate")
        database = await open_database(sqlite_url.replace("sqlite:", "sqlite+aiosqlite:"))
        async with slack_stage(emulate, SqlStore(database, FixedPolicy())) as made:
            yield made
        await database.close()
        return
    workspace = await open_workspace(tmp_path / "workspace.db", FakeClock())
    yield await workspace_stage(workspace)
    await workspace.close()


async def test_a_post_is_found_by_its_outbox_id(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("Hello"))
    assert await stage.chat.find(OutboxId("o-1"), Place(stage.community)) == ref


async def test_what_was_never_sent_is_not_found(stage: Stage) -> None:
    assert await stage.chat.find(OutboxId("o-9"), Place(stage.community)) is None


async def test_a_post_whose_reply_was_lost_is_found_all_the_same(stage: Stage) -> None:
    stage.lose_replies(1)
    with pytest.raises(Unavailable):
        await stage.chat.send(stage.post("Hello"))
    assert await stage.chat.find(OutboxId("o-1"), Place(stage.community)) is not None


async def test_a_post_stays_findable_after_an_edit(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("Hello"))
    await stage.chat.edit(ref, stage.post("Good morning", "o-2", op=Op.EDIT, changes=OutboxId("o-1")))
    assert await stage.chat.find(OutboxId("o-1"), Place(stage.community)) == ref


async def test_a_whisper_cannot_be_edited_or_found(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("For you only", op=Op.WHISPER, to=(stage.mara,)))
    with pytest.raises(PlaceGone):
        await stage.chat.edit(ref, stage.post("Still for you", "o-2", op=Op.EDIT))
    assert await stage.chat.find(OutboxId("o-1"), Place(stage.community)) is None


async def test_a_deleted_post_cannot_be_edited_and_deleting_it_again_is_fine(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("Hello"))
    for n in (2, 3):
        await stage.chat.delete(ref, stage.post("", f"o-{n}", op=Op.DELETE))
    with pytest.raises(PlaceGone):
        await stage.chat.edit(ref, stage.post("Hello again", "o-4", op=Op.EDIT))


async def test_a_post_to_a_channel_that_is_gone_is_refused_for_good(stage: Stage) -> None:
    with pytest.raises(PlaceGone):
        await stage.chat.send(stage.post("Hello", target=Place(stage.nowhere)))


async def test_a_direct_post_lands_in_the_persons_own_place(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("Between us", target=Direct(stage.mara)))
    assert ref.channel == (await stage.chat.open(stage.mara)).channel
    assert ref.channel != (await stage.chat.open(stage.tim)).channel


async def test_a_reaction_twice_is_once_and_no_error(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("Hello"))
    await stage.chat.react(ref, "eyes")
    await stage.chat.react(ref, "eyes")


async def test_roles_are_the_platforms_and_a_stranger_is_a_customer(stage: Stage) -> None:
    assert await stage.chat.roles(stage.tim) is Role.TEAMMATE
    assert await stage.chat.roles(stage.nobody) is Role.CUSTOMER


async def test_outsiders_are_the_customers_who_wrote_there(stage: Stage) -> None:
    await stage.speak(stage.mara, stage.community, "Hello")
    await stage.speak(stage.tim, stage.community, "Hello Mara")
    assert list(await stage.chat.outsiders(stage.community)) == [stage.mara]


async def test_an_internal_channel_is_private_until_a_customer_is_in_it(stage: Stage) -> None:
    assert await stage.chat.is_private(stage.agents)
    assert not await stage.chat.is_private(stage.community)
    await stage.speak(stage.mara, stage.agents, "How did I get here?")
    assert not await stage.chat.is_private(stage.agents)


async def test_history_is_what_people_wrote_since_an_instant_in_order(stage: Stage) -> None:
    for text in ("one", "two", "three"):
        await stage.speak(stage.mara, stage.community, text)
    await stage.chat.send(stage.post("An answer"))
    everything = await stage.chat.history(Place(stage.community), START - timedelta(seconds=1))
    assert [m.text for m in everything] == ["one", "two", "three"]
    assert [m.text for m in await stage.chat.history(Place(stage.community), everything[0].at)] == ["two", "three"]


async def test_a_file_is_fetched_by_its_ref(stage: Stage) -> None:
    assert await stage.chat.fetch(File("a.txt", "text/plain", 5, stage.file).ref) == b"hello"
    with pytest.raises(PlaceGone):
        await stage.chat.fetch("../../etc/passwd")


async def test_a_ticket_can_be_marked_again_and_again(stage: Stage) -> None:
    ref = await stage.chat.send(stage.post("Hello"))
    ticket = Ticket(TicketId("t-1"), Place(stage.community, ref.id), ref, "user:x", stage.mara, "Mara Voss", START)
    await stage.chat.mark(ticket)
    await stage.chat.mark(ticket)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda stage: stage.chat.send(stage.post("Hello")), id="send"),
        pytest.param(lambda stage: stage.chat.find(OutboxId("o-1"), Place(stage.community)), id="find"),
        pytest.param(lambda stage: stage.chat.send(stage.post("Hello", target=Direct(stage.mara))), id="send to a person"),
        pytest.param(lambda stage: stage.chat.roles(stage.mara), id="roles"),
        pytest.param(lambda stage: stage.chat.is_private(stage.agents), id="the guard"),
        pytest.param(lambda stage: stage.chat.history(Place(stage.community), START), id="history"),
    ],
)
async def test_while_it_is_down_every_call_says_try_again(stage: Stage, call: Callable[[Stage], Awaitable[object]]) -> None:
    stage.set_down(True)
    with pytest.raises(Unavailable) as raised:
        await call(stage)
    assert raised.value.system == "platform"
