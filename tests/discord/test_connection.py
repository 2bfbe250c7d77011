"""Connection: what people do on Discord reaches the desk, whole, once and in order."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.discord.refs import channel_ref, message_ref, user_ref
from cli.play.discord.names import GUILD
from cli.play.discord.server import Loopback
from desk.customer import Role
from desk.events import MessageReceived
from desk.space import ChannelKind, Place
from tests.discord.listening import HELP_REF, MARA, MARA_REF, Listening, Talk, listening, server
from tests.fakes import FakeDesk


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
    assert (event.ref, event.place) == (message_ref(HELP_REF, said.id), Place(HELP_REF))
    assert (event.author, event.author_name, event.role, event.text) == (MARA_REF, "Mara Voss", Role.CUSTOMER, "Where is my refund?")
