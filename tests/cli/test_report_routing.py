"""`report routing`: how well routing agrees with people, counted and told."""

import asyncio
import json
from datetime import timedelta

from desk.changes import SaveRoute, write
from desk.ids import EventId, TicketId
from desk.routing import Route, Switch
from desk.space import Platform, UserRef
from runtime import SystemClock
from settings import read_settings

NOOR = UserRef(Platform.LOCAL, "main", "noor")


def keep(*took, age=0):
    """Keep a route for each team that took one, in a home of its own."""
    from bootstrap import open_records

    async def work():
        now = SystemClock().now() - timedelta(days=age)
        routes = [
            Route(f"r-{n}", TicketId(f"t-{n}"), now, "billing", Switch.SHADOW, "finance", wanted="finance", took=NOOR, took_team=team)
            for n, team in enumerate(took)
        ]
        async with open_records(read_settings()) as kept:
            await kept.store.commit(EventId("e-1"), write(*map(SaveRoute, routes)), at=now)

    asyncio.run(work())


def test_before_anything_was_routed_it_says_how_to_begin(call):
    code, out, _ = call("report", "routing")
    assert code == 0
    assert out.startswith("Nothing was routed within 30 days; `/frontdesk route shadow` keeps where tickets would go")


def test_it_is_told_by_category_with_how_far_it_may_be_off(call):
    keep("finance", "finance", "tier2")
    assert call("report", "routing")[1] == (
        "billing (shadow): 3 routed, 3 taken, 2 by the team that it named (67%, between 21% and 94%); instead tier2 1\n"
    )


def test_json_has_the_counts(call):
    keep("finance", "")
    found = json.loads(call("report", "routing", "--json")[1])
    assert (found["days"], found["default"], found["switches"]["billing"]) == (30, "off", "off")
    (row,) = found["rows"]
    assert (row["taken"], row["team"], row["share"], row["instead"]) == (2, 1, 0.5, [{"team": None, "count": 1}])


def test_what_is_older_is_counted_when_asked_for(call):
    keep("finance", age=60)
    assert json.loads(call("report", "routing", "--json")[1])["rows"] == []
    assert len(json.loads(call("report", "routing", "--days", "90", "--json")[1])["rows"]) == 1
