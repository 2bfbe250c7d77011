"""Broken promises in numbers: by promise, tier and cause, and how late."""

from datetime import UTC, datetime, timedelta

from desk.ids import TicketId
from desk.sla import Breach, Target
from insights.breaches import NO_CAUSE, counted, lateness

NOW = datetime(2026, 11, 9, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def breach(n, *, late=None, **more):
    """Return a promise that was due a day ago, kept `late` or not yet."""
    due = NOW - 24 * HOUR
    return Breach(f"b-{n}", TicketId(f"t-{n}"), more.pop("target", Target.FIRST_RESPONSE), due, due, met_at=due + late if late else None, **more)


def test_a_week_without_any_has_no_numbers():
    assert counted([], now=NOW) is None


def test_they_are_counted_by_promise_tier_and_cause_the_most_frequent_first():
    found = counted(
        [
            breach(1, late=HOUR, tier="team", cause="overlooked"),
            breach(2, late=3 * HOUR, tier="enterprise", cause="overlooked", contractual=True),
            breach(3, late=2 * HOUR, target=Target.RESOLUTION),
        ],
        now=NOW,
    )
    assert [(late.name, late.count) for late in found.targets] == [("first response", 2), ("resolution", 1)]
    assert [(late.name, late.count) for late in found.tiers] == [("enterprise", 1), ("no tier", 1), ("team", 1)]
    assert [(late.name, late.count) for late in found.causes] == [("overlooked", 2), (NO_CAUSE, 1)]
    assert (found.contractual, found.without_cause) == (1, 1)


def test_they_say_how_late_in_the_middle_and_at_worst():
    found = counted([breach(n, late=hours * HOUR) for n, hours in enumerate((1, 2, 9))], now=NOW)
    assert (found.total.middle, found.total.worst, found.total.owed) == (2 * HOUR, 9 * HOUR, 0)


def test_what_is_still_owed_is_as_late_as_it_is_now():
    open_ = breach(1)
    assert lateness(open_, NOW) == 24 * HOUR
    assert counted([open_, breach(2, late=HOUR)], now=NOW).total.owed == 1
