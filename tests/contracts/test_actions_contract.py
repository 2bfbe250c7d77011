"""The contract of self-service actions: one attempt a call, and an outcome that can be relied on. Run on the fake and over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from desk import audience
from desk.audience import PUBLIC
from desk.customer import Author, Person, Trust
from desk.draft import Evidence
from desk.errors import Unavailable
from desk.ids import PersonId
from desk.ports import Actions, Asker
from desk.runs import ActionResult, RunStatus
from desk.selfservice import ActionRequest, Effect, SelfService
from tests.fakes import START, FakeActions
from tests.selfservice.kit import MARA, actions, back, run, spec
from tests.support.endpoint import endpoint

ASKER = Asker(Author(MARA, "Mara", person=Person(PersonId("mara"), "Mara"), trust=Trust.PERSON), (), frozenset({PUBLIC, audience.person("mara")}))
TEXT = "3 of 5 seats are taken."


@dataclass
class Stage:
    """Something that does things, an action of it, and ways to say how it ends."""

    actions: Actions
    spec: Callable[[], SelfService]
    refuses: Callable[[], None]
    loses: Callable[[], None]
    leaves: Callable[[], None]
    attempts: Callable[[], int]


@asynccontextmanager
async def faked() -> AsyncIterator[Stage]:
    fake = FakeActions(found={"restart": [Evidence(0, "action", "restart", audience.person("mara"), TEXT)]})
    yield Stage(
        fake,
        lambda: spec("https://api.example/run", undo="https://api.example/undo"),
        lambda: fake.answers.update(restart=ActionResult(RunStatus.FAILED, "no")),
        lambda: setattr(fake, "lost", True),
        lambda: setattr(fake, "down", True),
        lambda: len(fake.ran) + len(fake.undone),
    )


@asynccontextmanager
async def wired() -> AsyncIterator[Stage]:
    async def drops(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with endpoint(now=START.timestamp(), answers=[(200, {"note": "ok", "text": TEXT})]) as there:
        gone = ["http://127.0.0.1:1/run"]
        address = [there.url]
        yield Stage(
            actions(),
            lambda: spec(address[0], undo=address[0]),
            lambda: there.answers.__setitem__(0, (400, {"note": "no"})),
            lambda: there.answers.__setitem__(0, drops),
            lambda: address.__setitem__(0, gone[0]),
            lambda: len(there.posted),
        )


@pytest_asyncio.fixture(params=[faked, wired], ids=["fake", "signed calls"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with request.param() as made:
        yield made


async def test_what_was_done_is_done_after_one_attempt(stage: Stage):
    result = await stage.actions.run(stage.spec(), run())
    assert (result.status, result.said, stage.attempts()) == (RunStatus.DONE, "ok", 1)


async def test_what_was_refused_certainly_was_not_done(stage: Stage):
    stage.refuses()
    result = await stage.actions.run(stage.spec(), run())
    assert (result.status, result.said) == (RunStatus.FAILED, "no")


async def test_what_was_not_answered_is_unknown_and_not_tried_again(stage: Stage):
    stage.loses()
    assert (await stage.actions.run(stage.spec(), run())).status is RunStatus.UNKNOWN
    assert stage.attempts() == 1


async def test_where_nothing_was_sent_it_says_so_by_raising(stage: Stage):
    stage.leaves()
    for attempt in (stage.actions.run, stage.actions.undo):
        with pytest.raises(Unavailable) as raised:
            await attempt(stage.spec(), run())
        assert raised.value.system == "actions"
    with pytest.raises(Unavailable):
        await stage.actions.lookup(_reading(stage), ActionRequest("restart"), ASKER)
    assert stage.attempts() == 0


async def test_taking_back_ends_the_same_ways(stage: Stage):
    assert (await stage.actions.undo(stage.spec(), back(run()))).status is RunStatus.DONE
    stage.refuses()
    assert (await stage.actions.undo(stage.spec(), back(run()))).status is RunStatus.FAILED
    stage.loses()
    assert (await stage.actions.undo(stage.spec(), back(run()))).status is RunStatus.UNKNOWN


async def test_a_lookup_finds_only_what_some_part_of_the_answer_may_show(stage: Stage):
    (item,) = await stage.actions.lookup(_reading(stage), ActionRequest("restart"), ASKER)
    assert isinstance(item, Evidence)
    assert item.quote == TEXT
    assert list(await stage.actions.lookup(_reading(stage), ActionRequest("restart"), Asker(ASKER.author, (), frozenset({PUBLIC})))) == []


async def test_what_changes_something_is_no_lookup(stage: Stage):
    assert list(await stage.actions.lookup(stage.spec(), ActionRequest("restart"), ASKER)) == []
    assert stage.attempts() == 0


def _reading(stage: Stage) -> SelfService:
    return spec(stage.spec().run, effect=Effect.READ, audience="person")
