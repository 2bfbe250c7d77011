"""A workspace of the demo company: two customers, a stranger, a team, and four channels."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from bot.web.rooms import local_channel, local_user
from bot.web.workspace import LocalWorkspace, open_workspace
from desk.customer import Role
from desk.ids import AccountId, PersonId
from desk.space import Channel, ChannelKind
from tests.fakes import START, FakeClock, FakeDesk

MARA, YUKI, SAM = local_user("Mara Voss"), local_user("Yuki Tan"), local_user("Sam Quill")
TIM, LEA = local_user("Tim"), local_user("Lea")
COMMUNITY, ACME, AGENTS, MARAS = local_channel("community"), local_channel("acme-shared"), local_channel("agents"), local_channel("dm-mara-voss")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


async def furnish(workspace: LocalWorkspace) -> None:
    """Give the workspace its people and channels."""
    await workspace.add_member(MARA, "Mara Voss", Role.CUSTOMER, account="acme", zone="Europe/Amsterdam", trust="person")
    await workspace.add_member(YUKI, "Yuki Tan", Role.CUSTOMER, account="acme", trust="person")
    await workspace.add_member(SAM, "Sam Quill", Role.CUSTOMER)
    await workspace.add_member(TIM, "Tim", Role.TEAMMATE)
    await workspace.add_member(LEA, "Lea", Role.LEAD)
    await workspace.add_channel(Channel(COMMUNITY, "community", ChannelKind.COMMUNITY, START))
    await workspace.add_channel(Channel(ACME, "acme-shared", ChannelKind.SHARED, START, account=AccountId("acme")))
    await workspace.add_channel(Channel(AGENTS, "agents", ChannelKind.INTERNAL, START, agents=True), members=[TIM, LEA])
    await workspace.add_channel(Channel(MARAS, "Mara Voss", ChannelKind.DIRECT, START, person=PersonId("p-mara")), members=[MARA])


@asynccontextmanager
async def furnished(folder: Path, clock: FakeClock, desk: FakeDesk) -> AsyncIterator[LocalWorkspace]:
    """Open a furnished workspace that tells this desk, and close it."""
    opened = await open_workspace(folder / "workspace.db", clock)
    await furnish(opened)
    opened.connect(desk.emit)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def workspace(tmp_path: Path, clock: FakeClock, desk: FakeDesk) -> AsyncIterator[LocalWorkspace]:
    async with furnished(tmp_path, clock, desk) as opened:
        yield opened
