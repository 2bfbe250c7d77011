"""The SLA on the command line: when something is due, and a ticket's clock."""

import asyncio
import io
import json
import sys
import time
from datetime import datetime, timedelta

import pytest

from desk.changes import SaveBreach, SaveChannel, SaveTicket, write
from desk.ids import EventId, derived
from desk.sla import Breach, Mark, Side, Target
from desk.ticket import Status
from settings import read_settings
from tests.store.samples import NOW, T1, channel, ticket

OFFICE = {"zone": "Europe/Berlin", "days": [0, 1, 2, 3, 4], "shifts": [["09:00", "17:00"]], "holidays": []}


@pytest.fixture
def piped(call, monkeypatch):
    """Return a function that gives lines to `sla due -` and returns what each was answered with."""

    def ask(*lines):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        code, out, _ = call("sla", "due", "-", "--json")
        return code, [json.loads(line) for line in out.splitlines()]

    return ask


def item(start, minutes, **hours):
    return {"start": start, "minutes": minutes, "hours": {**OFFICE, **hours}}


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        pytest.param(item("2026-11-06T16:30:00+01:00", 60), "2026-11-09T09:30:00+01:00", id="Friday 16:30 and an hour is Monday 9:30"),
        pytest.param(item("2026-11-06T15:30:00Z", 60), "2026-11-09T08:30:00+00:00", id="who asks in UTC is answered in UTC"),
        pytest.param(item("2026-11-06T16:30:00", 60), "2026-11-09T09:30:00+01:00", id="an instant without an offset is local"),
        pytest.param(item("2026-11-06T16:00:00+01:00", 60), "2026-11-06T17:00:00+01:00", id="the last minute ends the day"),
        pytest.param(item("2026-11-06T16:30:00+01:00", 60, holidays=["2026-11-09"]), "2026-11-10T09:30:00+01:00", id="a holiday"),
        pytest.param(item("2026-11-06T23:30:00+01:00", 30, shifts=[["18:00", "24:00"]]), "2026-11-07T00:00:00+01:00", id="24:00 is the end of a day"),
        pytest.param(
            item("2026-11-06T11:30:00+01:00", 60, shifts=[["13:00", "17:00"], ["09:00", "12:00"]]), "2026-11-06T13:30:00+01:00", id="split shifts"
        ),
        pytest.param(
            item("2026-11-06T09:00:00+01:00", 240, shifts=[["09:00", "12:00"], ["11:00", "13:00"]]),
            "2026-11-06T13:00:00+01:00",
            id="overlapping ones",
        ),
        pytest.param(
            item("2026-03-29T01:30:00+01:00", 60, days=[6], shifts=[["02:30", "05:00"]]), "2026-03-29T04:00:00+02:00", id="a shift in a skipped hour"
        ),
        pytest.param(item("2026-11-07T10:00:00+01:00", 0), "2026-11-07T10:00:00+01:00", id="nothing to do is done at once"),
        pytest.param(item("2026-12-23T16:30:00+01:00", 60, country="DE"), "2026-12-24T09:30:00+01:00", id="a country's holidays"),
        pytest.param({"start": "2026-11-07T23:30:00Z", "minutes": 60, "hours": {}}, "2026-11-08T00:30:00+00:00", id="round the clock"),
    ],
)
def test_it_is_due_when_the_last_minute_is_used_up(piped, asked, due):
    assert piped(asked) == (0, [{"due": due}])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("soon", "this is not JSON", id="no JSON"),
        pytest.param("[]", "write an object", id="no object"),
        pytest.param("", "this line is empty", id="an empty line"),
        pytest.param({"minutes": 5, "hours": {}}, "start = None: write an instant", id="no start"),
        pytest.param(item("2026-11-06", -1), "minutes = -1: write a number", id="negative minutes"),
        pytest.param(item("2026-11-06", "60"), "minutes = '60': write a number", id="minutes in quotes"),
        pytest.param(item("2026-11-06", 5, zone="Mars/Base"), "hours.zone = 'Mars/Base': there is no such time zone", id="an unknown zone"),
        pytest.param(item("2026-11-06", 5, days=[7]), "hours.days has 7", id="an eighth day"),
        pytest.param(item("2026-11-06", 5, shifts=[["17:00", "09:00"]]), "a shift ends after it begins", id="a shift backwards"),
        pytest.param(item("2026-11-06", 5, shifts=[["9", "x"]]), "write two times", id="no times"),
        pytest.param(item("2026-11-06", 5, holidays=["Christmas"]), "hours.holidays has 'Christmas'", id="no date"),
        pytest.param(item("2026-11-06", 5, days=[]), "nobody ever works", id="no working day"),
        pytest.param(item("2026-11-06", 5, country="XX"), "write a country", id="an unknown country"),
        pytest.param({**item("2026-11-06", 5), "minute": 5}, "there is no key 'minute' here", id="an unknown key"),
    ],
)
def test_a_bad_line_is_answered_in_its_place(piped, line, said):
    good = item("2026-11-06T16:00:00+01:00", 60)
    code, (first, wrong, last) = piped(good, line, good)
    assert code == 0
    assert first == last == {"due": "2026-11-06T17:00:00+01:00"}
    assert said in wrong["error"]


def test_one_is_asked_as_an_argument_and_a_wrong_one_is_a_wrong_call(call):
    assert call("sla", "due", json.dumps(item("2026-11-06T16:30:00+01:00", 60)))[:2] == (0, "2026-11-09T09:30:00+01:00\n")
    code, out, err = call("sla", "due", "soon", "--json")
    assert (code, out) == (2, "")
    assert "not JSON" in err


def test_ten_thousand_lines_are_quick(piped):
    lines = [item(f"2026-{1 + n % 12:02}-{1 + n % 28:02}T{n % 24:02}:{n % 60:02}:00+00:00", n % 3000, holidays=["2026-12-25"]) for n in range(10_000)]
    began = time.perf_counter()
    code, found = piped(*lines)
    assert time.perf_counter() - began < 5
    assert code == 0
    assert all(datetime.fromisoformat(answer["due"]) >= datetime.fromisoformat(asked["start"]) for asked, answer in zip(lines, found, strict=True))


def test_a_ticket_that_is_not_there_cannot_be_explained(call):
    code, _, err = call("sla", "explain", "t-nothing")
    assert code == 2
    assert "there is no ticket 't-nothing'" in err


@pytest.fixture
def promised(call):
    """Keep a ticket that waited for its customer after it was answered late."""
    from bootstrap import open_records

    async def work():
        clock = (Mark(NOW, Side.OURS), Mark(NOW + timedelta(hours=5), Side.CUSTOMER, answered=True))
        held = ticket(clock=clock, status=Status.WAITING_CUSTOMER, answered_at=clock[-1].at)
        since = (NOW).isoformat()
        broken = Breach(derived("br", T1, Target.FIRST_RESPONSE, since), T1, Target.FIRST_RESPONSE, NOW, NOW, cause="overlooked")
        async with open_records(read_settings()) as kept:
            await kept.store.commit(EventId("e-1"), write(SaveChannel(channel()), SaveTicket(held), SaveBreach(broken)), at=NOW)

    asyncio.run(work())
    return call


def test_a_tickets_clock_is_printed_interval_by_interval(promised):
    code, out, _ = promised("sla", "explain", str(T1))
    assert code == 0
    assert "waiting_customer: the customer owes an answer" in out
    assert "first response: 4 h promised by sla.first_response, counted by [hours] (UTC)" in out
    assert "counted" in out
    assert "late; cause: overlooked" in out


def test_a_tickets_clock_is_one_json_value(promised):
    _, out, _ = promised("sla", "explain", str(T1), "--json")
    found = json.loads(out)
    assert (found["ticket"], found["side"]) == (str(T1), "customer")
    (first,) = found["promises"]
    assert (first["target"], first["standing"], first["late"]) == ("first_response", "met", True)
    assert [item["side"] for item in first["intervals"]] == ["ours"]
