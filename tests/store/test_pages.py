"""Pages as the store keeps them: who was called about what, counted so that two at once do not call somebody too often."""

import asyncio
from datetime import timedelta

import pytest

from desk.changes import ExpectPages, SaveEscalation, SavePage
from desk.errors import Conflict
from desk.escalation import Escalation, EscalationStatus, Trigger
from desk.ids import OutboxId, TicketId
from desk.oncall import Chain, Step, StepKind
from desk.paging import Page, PageStatus
from tests.store.samples import JONAS, MARA, NOW, T1, commit

OTHER = TicketId("t-other")


def page(n, *, person=JONAS, ticket=T1, at=NOW, **more):
    return Page(f"pg-{n}", f"x-{n}", ticket, person, at, ("security",), outbox=OutboxId(f"o-{n}"), **more)


async def test_pages_are_found_by_person_and_time_oldest_first(store):
    late, early, old = page(1, at=NOW + timedelta(hours=1)), page(2), page(3, at=NOW - timedelta(days=2))
    await commit(store, *map(SavePage, (late, early, old, page(4, person=MARA))))
    assert list(await store.pages(JONAS, since=NOW)) == [early, late]
    assert [found.id for found in await store.pages(since=NOW)] == ["pg-2", "pg-4", "pg-1"]


async def test_pages_of_a_ticket_are_found_also_those_to_a_channel(store):
    to_channel = page(2, person=None, at=NOW + timedelta(minutes=1))
    await commit(store, SavePage(page(1)), SavePage(to_channel), SavePage(page(3, ticket=OTHER)))
    assert list(await store.pages_of(T1)) == [page(1), to_channel]


async def test_a_page_is_replaced_by_its_id(store):
    await commit(store, SavePage(page(1)))
    await commit(store, SavePage(page(1, status=PageStatus.FAILED, ticket=OTHER)))
    assert list(await store.pages_of(T1)) == []
    assert [found.status for found in await store.pages_of(OTHER)] == [PageStatus.FAILED]


async def test_a_commit_is_lost_when_somebody_was_called_meanwhile(store):
    await commit(store, SavePage(page(1)))
    await commit(store, ExpectPages(JONAS, NOW, 1), SavePage(page(2)))
    with pytest.raises(Conflict, match="was called"):
        await commit(store, ExpectPages(JONAS, NOW, 1), SavePage(page(3)))
    assert len(await store.pages(JONAS, since=NOW)) == 2
    await commit(store, ExpectPages(MARA, NOW, 0), SavePage(page(4, person=MARA)))


async def test_of_many_at_once_one_is_written_at_a_time(store):
    async def call(n):
        try:
            await commit(store, ExpectPages(JONAS, NOW, 0), SavePage(page(n)))
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*(call(n) for n in range(6)))) == 1
    assert len(await store.pages(JONAS, since=NOW)) == 1


async def test_an_escalation_comes_back_with_its_chain(store):
    chain = Chain("default", (Step(StepKind.WAIT, span=timedelta(minutes=5)),), timedelta(minutes=30), groups={"pair": ("a", "b")})
    kept = Escalation(
        "x-1", T1, (Trigger("security", 3),), NOW, "p1", 3, chain=chain, next=1, rounds=2, held_until=NOW + timedelta(hours=1), asked=("phones",),
    )  # fmt: skip
    closed = Escalation("x-2", OTHER, (Trigger("legal", 2),), NOW, "p1", status=EscalationStatus.CLOSED)
    await commit(store, SaveEscalation(kept), SaveEscalation(closed))
    assert await store.escalation("x-1") == kept
    assert list(await store.open_escalations()) == [kept]
    assert [found.id for found in await store.escalations_since(NOW)] == ["x-1", "x-2"]
