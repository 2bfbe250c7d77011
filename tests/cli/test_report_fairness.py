"""`report fairness`: who waits how long for a person, counted and told."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from desk.changes import RecordDecision, SaveMessage, SaveTicket, write
from desk.customer import Role
from desk.decision import Decision, Escalate
from desk.facts import Facts
from desk.ids import EventId
from desk.mood import Mood
from runtime import SystemClock
from settings import read_settings
from tests.store.samples import JONAS, message, ticket


def keep(*waits, peak=0.1, age=1):
    """Keep a ticket for each wait in minutes, each about what the one before was; on None nobody came. All were opened so many days ago."""
    from bootstrap import open_records

    async def work():
        now = SystemClock().now()
        opened = now - timedelta(days=age)
        async with open_records(read_settings()) as kept:
            for n, wait in enumerate(waits):
                own = replace(ticket(f"t-{n}", opened=opened), mood=Mood(peak, peak), language="en")
                said = [message(f"m-{n}", "Where is my invoice?", at=opened, ticket=own.id)]
                if wait is not None:
                    said.append(message(f"m-{n}a", "Here.", by=JONAS, role=Role.TEAMMATE, at=opened + timedelta(minutes=wait), ticket=own.id))
                decided = Decision(f"x-{n}", own.id, opened, 1, 1, Facts(is_request=True, weighed=(("contacts", str(n)),)), Escalate(()), ())
                changes = write(SaveTicket(own), *map(SaveMessage, said), RecordDecision(decided))
                await kept.store.commit(EventId(f"e-{n}"), changes, at=now)

    asyncio.run(work())


def test_before_anybody_asked_it_says_so(call):
    assert call("report", "fairness") == (0, "No ticket of that time wanted a person.\n", "")


def test_json_has_the_groups_with_their_intervals(call):
    keep(10, 20, 30)
    code, out, _ = call("report", "fairness", "--json")
    found = json.loads(out)
    mood = next(group for group in found["groups"] if group["by"] == "mood")
    assert code == 0
    assert (found["tickets"], found["without_need"], found["gaps"]) == (3, 0, [])
    assert (mood["name"], mood["count"], mood["waiting"], mood["median"]) == ("calm", 3, 0, 20.0)
    assert mood["interval"][0] <= 20.0 <= mood["interval"][1]


def test_who_still_waits_is_counted_and_not_left_out(call):
    keep(10, None, None)
    _, out, _ = call("report", "fairness")
    assert "Time to the first person: 3 tickets; 0 more wanted none." in out
    (row,) = [line for line in out.splitlines() if line.startswith("mood")]
    assert row.split()[:4] == ["mood", "calm", "3", "2"]
    assert "not yet" in row


def test_who_asks_politely_in_vain_is_named(call):
    keep(None, None)
    _, out, _ = call("report", "fairness")
    assert "Who asks politely again and again without a solution:" in out
    assert "  Mara Voss: 2 unsolved (t-0, t-1), 2 messages since" in out


def test_who_shouts_is_not_on_that_list(call):
    keep(None, None, peak=0.9)
    assert "Nobody asks politely again and again without a solution." in call("report", "fairness")[1]


def test_older_tickets_take_a_longer_look_back(call):
    keep(10, age=30)
    assert call("report", "fairness", "--since", "7d")[1] == "No ticket of that time wanted a person.\n"
    assert json.loads(call("report", "fairness", "--since", "60d", "--json")[1])["tickets"] == 1


def test_a_time_that_is_none_is_told_with_an_example(call):
    code, _, error = call("report", "fairness", "--since", "soon")
    assert code == 2
    assert "is not a duration: write a number and s, m, h or d" in error
