"""What many people wrote at once is handed to the desk no faster than the desk stores it."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.arrivals.handover import Handover
from bot.arrivals.inbox import Arrival
from bot.discord.refs import channel_ref, message_ref, user_ref
from desk.customer import Role
from desk.events import MessageReceived, MessagesReceived
from desk.ids import EventId
from desk.space import Place

HELP = channel_ref("10", "20")
AT = datetime(2026, 11, 4, 10, tzinfo=UTC)


class Desk:
    """Takes events, and has stored those that the test says it has."""

    def __init__(self):
        self.taken, self.stored, self.heard = [], set(), asyncio.Event()

    async def emit(self, event):
        self.taken.append(event)
        self.heard.set()

    async def follow_ups(self, event):
        return () if event in self.stored else None


async def events(arrival):
    """Read an arrival as one customer's message."""
    id = arrival.payload["id"]
    by = user_ref("10", "7")
    said = {"ref": message_ref(HELP, id), "place": Place(HELP), "author": by, "author_name": "Ina", "role": Role.CUSTOMER, "text": "Hello", "at": AT}
    return (MessageReceived(id=EventId(f"ev-{id}"), **said),)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def handover(desk):
    return Handover(events, desk.emit, desk)


async def test_many_are_one_event_and_are_handed_over_once_they_are_stored(desk, handover):
    handing = asyncio.ensure_future(handover.take_many([Arrival("said", "20", {"id": str(n)}) for n in range(300, 312)]))
    await desk.heard.wait()
    [event] = desk.taken
    assert isinstance(event, MessagesReceived)
    assert [each.ref.id for each in event.messages] == [str(n) for n in range(300, 312)]
    assert not handing.done()
    desk.stored.add(event.id)
    await handing
    assert desk.taken == [event]


async def test_one_alone_is_handed_over_as_soon_as_it_is_durable(desk, handover):
    await handover.take_many([Arrival("said", "20", {"id": "300"})])
    assert [type(event) for event in desk.taken] == [MessageReceived]
