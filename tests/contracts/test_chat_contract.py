"""The chat platform contract: what `handlers` may rely on, wherever people talk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.web.rooms import local_channel, local_user
from bot.web.uploads import Upload
from bot.web.workspace import LocalWorkspace, open_workspace
from desk.audience import PUBLIC
from desk.cards import Card, Text
from desk.customer import Role
from desk.errors import PlaceGone, Unavailable
from desk.ids import MessageId, OutboxId, TicketId
from desk.ports import ChatPlatform
from desk.post import Direct, Op, Post
from desk.space import Channel, ChannelKind, ChannelRef, Place, UserRef
from desk.ticket import Ticket
from desk.timeline import File, Message, Purpose
from tests.fakes import START, FakeChat, FakeClock

COMMUNITY, AGENTS = local_channel("community"), local_channel("agents")
MARA, TIM = local_user("Mara Voss"), local_user("Tim")
Speak = Callable[[UserRef, ChannelRef, str], Awaitable[None]]


@dataclass
class Stage:
    """A platform with a community channel, an agents channel, Mara the customer and Tim the teammate."""

    chat: ChatPlatform
    speak: Speak
    set_down: Callable[[bool], None]
    lose_replies: Callable[[int], None]
    file: str


def fake_stage() -> Stage:
    chat = FakeChat(members={TIM: Role.TEAMMATE, MARA: Role.CUSTOMER}, internal={AGENTS}, files={"f": b"hello"}, gone={local_channel("nowhere")})

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


@pytest_asyncio.fixture(params=["fake", "workspace"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    if request.param == "fake":
        yield fake_stage()
        return
    workspace = await open_workspace(tmp_path / "workspace.db", FakeClock())
    yield await workspace_stage(workspace)
    await workspace.close()


def post(text: str, id: str = "o-1", target: Place | Direct = Place(COMMUNITY), **more: object) -> Post:  # noqa: B008
    return replace(Post(OutboxId(id), target, Purpose.ANSWER, PUBLIC, START, card=Card((Text(text),))), **more)


async def test_a_post_is_found_by_its_outbox_id(stage: Stage) -> None:
    ref = await stage.chat.send(post("Hello"))
    assert await stage.chat.find(OutboxId("o-1"), Place(COMMUNITY)) == ref


async def test_what_was_never_sent_is_not_found(stage: Stage) -> None:
    assert await stage.chat.find(OutboxId("o-9"), Place(COMMUNITY)) is None


async def test_a_post_whose_reply_was_lost_is_found_all_the_same(stage: Stage) -> None:
    stage.lose_replies(1)
    with pytest.raises(Unavailable):
        await stage.chat.send(post("Hello"))
    assert await stage.chat.find(OutboxId("o-1"), Place(COMMUNITY)) is not None


async def test_a_post_stays_findable_after_an_edit(stage: Stage) -> None:
    ref = await stage.chat.send(post("Hello"))
    await stage.chat.edit(ref, post("Good morning", "o-2", op=Op.EDIT, changes=OutboxId("o-1")))
    assert await stage.chat.find(OutboxId("o-1"), Place(COMMUNITY)) == ref


async def test_a_whisper_cannot_be_edited_or_found(stage: Stage) -> None:
    ref = await stage.chat.send(post("For you only", op=Op.WHISPER, to=(MARA,)))
    with pytest.raises(PlaceGone):
        await stage.chat.edit(ref, post("Still for you", "o-2", op=Op.EDIT))
    assert await stage.chat.find(OutboxId("o-1"), Place(COMMUNITY)) is None


async def test_a_deleted_post_cannot_be_edited_and_deleting_it_again_is_fine(stage: Stage) -> None:
    ref = await stage.chat.send(post("Hello"))
    for n in (2, 3):
        await stage.chat.delete(ref, post("", f"o-{n}", op=Op.DELETE))
    with pytest.raises(PlaceGone):
        await stage.chat.edit(ref, post("Hello again", "o-4", op=Op.EDIT))


async def test_a_post_to_a_channel_that_is_gone_is_refused_for_good(stage: Stage) -> None:
    with pytest.raises(PlaceGone):
        await stage.chat.send(post("Hello", target=Place(local_channel("nowhere"))))


async def test_a_direct_post_lands_in_the_persons_own_place(stage: Stage) -> None:
    ref = await stage.chat.send(post("Between us", target=Direct(MARA)))
    assert ref.channel == (await stage.chat.open(MARA)).channel
    assert ref.channel != (await stage.chat.open(TIM)).channel


async def test_a_reaction_twice_is_once_and_no_error(stage: Stage) -> None:
    ref = await stage.chat.send(post("Hello"))
    await stage.chat.react(ref, "eyes")
    await stage.chat.react(ref, "eyes")


async def test_roles_are_the_platforms_and_a_stranger_is_a_customer(stage: Stage) -> None:
    assert await stage.chat.roles(TIM) is Role.TEAMMATE
    assert await stage.chat.roles(local_user("nobody")) is Role.CUSTOMER


async def test_outsiders_are_the_customers_who_wrote_there(stage: Stage) -> None:
    await stage.speak(MARA, COMMUNITY, "Hello")
    await stage.speak(TIM, COMMUNITY, "Hello Mara")
    assert list(await stage.chat.outsiders(COMMUNITY)) == [MARA]


async def test_an_internal_channel_is_private_until_a_customer_is_in_it(stage: Stage) -> None:
    assert await stage.chat.is_private(AGENTS)
    assert not await stage.chat.is_private(COMMUNITY)
    await stage.speak(MARA, AGENTS, "How did I get here?")
    assert not await stage.chat.is_private(AGENTS)


async def test_history_is_what_people_wrote_since_an_instant_in_order(stage: Stage) -> None:
    for text in ("one", "two", "three"):
        await stage.speak(MARA, COMMUNITY, text)
    await stage.chat.send(post("An answer"))
    everything = await stage.chat.history(Place(COMMUNITY), START - timedelta(seconds=1))
    assert [m.text for m in everything] == ["one", "two", "three"]
    assert [m.text for m in await stage.chat.history(Place(COMMUNITY), everything[0].at)] == ["two", "three"]


async def test_a_file_is_fetched_by_its_ref(stage: Stage) -> None:
    assert await stage.chat.fetch(File("a.txt", "text/plain", 5, stage.file).ref) == b"hello"
    with pytest.raises(PlaceGone):
        await stage.chat.fetch("../../etc/passwd")


async def test_a_ticket_can_be_marked_again_and_again(stage: Stage) -> None:
    ref = await stage.chat.send(post("Hello"))
    ticket = Ticket(TicketId("t-1"), Place(COMMUNITY, ref.id), ref, "user:x", MARA, "Mara Voss", START)
    await stage.chat.mark(ticket)
    await stage.chat.mark(ticket)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda chat: chat.send(post("Hello")), id="send"),
        pytest.param(lambda chat: chat.find(OutboxId("o-1"), Place(COMMUNITY)), id="find"),
        pytest.param(lambda chat: chat.send(post("Hello", target=Direct(MARA))), id="send to a person"),
        pytest.param(lambda chat: chat.roles(MARA), id="roles"),
        pytest.param(lambda chat: chat.is_private(AGENTS), id="the guard"),
        pytest.param(lambda chat: chat.history(Place(COMMUNITY), START), id="history"),
    ],
)
async def test_while_it_is_down_every_call_says_try_again(stage: Stage, call: Callable[[ChatPlatform], Awaitable[object]]) -> None:
    stage.set_down(True)
    with pytest.raises(Unavailable) as raised:
        await call(stage.chat)
    assert raised.value.system == "platform"
