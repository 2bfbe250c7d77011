"""Routes: what the desk may rely on of the store, on SQLite and on Postgres."""

from dataclasses import replace
from datetime import timedelta

from desk.changes import SaveRoute, SaveTicket
from desk.ids import TicketId
from desk.routing import Route, Switch
from desk.store import Store
from desk.ticket import Reason, Status
from tests.store.samples import JONAS, MARA, NOW, YUKI, commit, ticket

HOUR = timedelta(hours=1)
ROUTE = Route(
    "rt-1", TicketId("t-1"), NOW, "billing", Switch.ON, "finance", ("engineering",), JONAS, "Jonas", (Reason("route_turn"),), wanted="finance"
)


async def test_a_route_is_kept_whole(store: Store):
    await commit(store, SaveRoute(ROUTE))
    assert await store.routes(TicketId("t-1")) == [ROUTE]
    assert await store.routes(TicketId("t-2")) == []


async def test_a_route_is_replaced_by_its_next_state(store: Store):
    await commit(store, SaveRoute(ROUTE))
    taken = replace(ROUTE, took=YUKI, took_name="Yuki", took_team="tier2", took_at=NOW + HOUR)
    await commit(store, SaveRoute(taken))
    assert await store.routes() == [taken]


async def test_routes_are_told_oldest_first_and_since_an_instant(store: Store):
    later = replace(ROUTE, id="rt-0", ticket=TicketId("t-2"), at=NOW + HOUR)
    await commit(store, SaveRoute(later), SaveRoute(ROUTE))
    assert [route.id for route in await store.routes()] == ["rt-1", "rt-0"]
    assert [route.id for route in await store.routes(since=NOW + HOUR)] == ["rt-0"]


async def test_when_each_was_last_offered_one_of_a_teams_tickets(store: Store):
    others = (
        replace(ROUTE, id="rt-2", at=NOW + HOUR),
        replace(ROUTE, id="rt-3", person=YUKI),
        replace(ROUTE, id="rt-4", person=None),
        replace(ROUTE, id="rt-5", team="tier2", person=MARA),
    )
    await commit(store, SaveRoute(ROUTE), *map(SaveRoute, others))
    assert await store.offers("finance") == {JONAS: NOW + HOUR, YUKI: NOW}
    assert await store.offers("nobody") == {}


async def test_the_load_counts_the_open_tickets_that_somebody_holds(store: Store):
    held = [ticket(f"t-{n}", owner=JONAS, owner_name="Jonas") for n in (1, 2)]
    over = ticket("t-3", owner=JONAS, owner_name="Jonas", status=Status.CLOSED)
    await commit(store, *map(SaveTicket, (*held, over, ticket("t-4"), ticket("t-5", owner=YUKI))))
    assert await store.loads() == {JONAS: 2, YUKI: 1}
