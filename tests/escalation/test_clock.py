"""The clock of promises: whose move it was since when, and what that makes of each promise."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.customer import Account
from desk.ids import AccountId, TicketId
from desk.policy_check import merged, read_policy
from desk.sla import Mark, Side, Standing, Target
from desk.space import ChannelKind, ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Status, Ticket
from escalation.clock import courses, marks_of, owed, side_of
from escalation.promised import promised

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
CHANNEL = ChannelRef(Platform.LOCAL, "main", "community")
MARA = UserRef(Platform.LOCAL, "main", "mara")
ACME = Account(AccountId("acme"), "Acme", tier="Enterprise", contract="gold")
OURS, CUSTOMER, THIRD, OVER = Side.OURS, Side.CUSTOMER, Side.THIRD_PARTY, Side.OVER
ALL = {"first_response": "1h", "next_response": "2h", "resolution": "8h", "tiers": {}, "rules": []}


def on(day, clock="10:00"):
    """Return an instant of the week that begins on Monday 2 November 2026."""
    at = datetime.fromisoformat(f"2026-11-02T{clock}").replace(tzinfo=UTC)
    return at + timedelta(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun", "next mon", "next tue").index(day))


def policy(**changes):
    return read_policy(merged(SHIPPED, {"sla": ALL}, changes))


def ticket(*marks, **more):
    """Return a ticket with this clock; a mark is an instant, a side and the flags that are set."""
    clock = tuple(Mark(at, side, **dict.fromkeys(flags, True)) for at, side, *flags in marks)
    over = {"status": Status.SOLVED, "closed": clock[-1].at} if clock and clock[-1].side is OVER else {}
    opened = clock[0].at if clock else on("mon")
    return Ticket(TicketId("t-1"), Place(CHANNEL, "1"), MessageRef(CHANNEL, "1"), "user:x", MARA, "Mara", opened, clock=clock, **{**over, **more})


def standing(target, at, *marks, rules=None, **more):
    """Return how the last promise of a target stands, what was used up of it in minutes, and when it is due."""
    found = [c for c in courses(ticket(*marks, **more), ACME, rules or policy(), now=at) if c.promise.target is target]
    return (found[-1].standing, round(found[-1].used.total_seconds() / 60), found[-1].due) if found else None


FIRST, NEXT, RESOLUTION = Target
ASKED = (on("mon"), OURS)
ANSWERED = (on("mon", "10:30"), CUSTOMER, "answered")


@pytest.mark.parametrize(
    ("target", "at", "marks", "expected"),
    [
        pytest.param(FIRST, on("mon", "10:20"), [ASKED], (Standing.RUNNING, 20, on("mon", "11:00")), id="it runs while it is our move"),
        pytest.param(FIRST, on("mon", "10:45"), [ASKED], (Standing.AT_RISK, 45, on("mon", "11:00")), id="three quarters used up is at risk"),
        pytest.param(FIRST, on("mon", "11:00"), [ASKED], (Standing.BREACHED, 60, on("mon", "11:00")), id="the last minute used up is a breach"),
        pytest.param(FIRST, on("mon", "12:00"), [ASKED, ANSWERED], (Standing.MET, 30, on("mon", "11:00")), id="an answer in time keeps it"),
        pytest.param(
            FIRST,
            on("mon", "12:00"),
            [ASKED, (on("mon", "11:30"), CUSTOMER, "answered")],
            (Standing.MET, 90, on("mon", "11:00")),
            id="an answer too late ends it all the same",
        ),
        pytest.param(
            FIRST,
            on("mon", "12:00"),
            [ASKED, (on("mon", "10:10"), CUSTOMER)],
            (Standing.PAUSED, 10, on("next mon", "11:00")),
            id="what is no answer pauses it, but for a week at most",
        ),
        pytest.param(
            FIRST,
            on("next mon", "10:30"),
            [ASKED, (on("mon", "10:10"), CUSTOMER)],
            (Standing.RUNNING, 30, on("next mon", "11:00")),
            id="after a week it runs again",
        ),
        pytest.param(FIRST, on("mon", "12:00"), [ASKED, (on("mon", "10:10"), OVER)], (Standing.MOOT, 10, on("mon", "11:00")), id="solved unanswered"),
        pytest.param(
            FIRST,
            on("mon", "13:10"),
            [ASKED, (on("mon", "10:10"), OVER), (on("mon", "13:00"), OURS)],
            (Standing.RUNNING, 20, on("mon", "13:50")),
            id="opened again unanswered it goes on with what was used up",
        ),
        pytest.param(
            FIRST,
            on("mon", "12:00"),
            [ASKED, (on("mon", "10:10"), THIRD), (on("mon", "11:40"), OURS)],
            (Standing.RUNNING, 30, on("mon", "12:30")),
            id="waiting on somebody else does not count",
        ),
        pytest.param(
            FIRST, on("fri", "16:45"), [(on("fri", "16:30"), OURS)], (Standing.RUNNING, 15, on("next mon", "09:30")), id="a weekend does not count"
        ),
        pytest.param(NEXT, on("mon", "12:00"), [ASKED], None, id="before the first answer no next one is owed"),
        pytest.param(NEXT, on("mon", "12:00"), [ASKED, ANSWERED], None, id="nor before they write again"),
        pytest.param(
            NEXT,
            on("mon", "13:00"),
            [ASKED, ANSWERED, (on("mon", "12:00"), OURS)],
            (Standing.RUNNING, 60, on("mon", "14:00")),
            id="it is owed from when they write again",
        ),
        pytest.param(
            NEXT,
            on("mon", "15:00"),
            [ASKED, ANSWERED, (on("mon", "12:00"), OURS), (on("mon", "12:30"), CUSTOMER, "answered")],
            (Standing.MET, 30, on("mon", "14:00")),
            id="to the answer",
        ),
        pytest.param(
            NEXT,
            on("mon", "15:00"),
            [ASKED, ANSWERED, (on("mon", "12:00"), OURS), (on("mon", "12:01"), CUSTOMER, "idle")],
            (Standing.MOOT, 1, on("mon", "14:00")),
            id="thanks want no answer",
        ),
        pytest.param(
            NEXT,
            on("mon", "13:00"),
            [ASKED, ANSWERED, (on("mon", "11:00"), OVER), (on("mon", "12:00"), OURS)],
            (Standing.RUNNING, 60, on("mon", "14:00")),
            id="opened again it is owed",
        ),
        pytest.param(
            NEXT,
            on("mon", "15:00"),
            [ASKED, ANSWERED, (on("mon", "12:00"), OURS), (on("mon", "12:30"), THIRD), (on("mon", "14:30"), OURS)],
            (Standing.RUNNING, 60, on("mon", "16:00")),
            id="the wait on somebody else is taken out",
        ),
        pytest.param(
            RESOLUTION,
            on("mon", "15:00"),
            [ASKED, ANSWERED, (on("mon", "12:00"), OURS)],
            (Standing.RUNNING, 210, on("tue", "11:30")),
            id="the resolution pauses while they owe an answer",
        ),
        pytest.param(
            RESOLUTION, on("tue"), [ASKED, ANSWERED, (on("mon", "11:00"), OVER)], (Standing.MET, 30, on("next mon", "17:30")), id="the end keeps it"
        ),
        pytest.param(
            RESOLUTION,
            on("tue", "10:00"),
            [ASKED, (on("mon", "12:00"), OVER), (on("tue", "09:00"), OURS)],
            (Standing.RUNNING, 180, on("tue", "15:00")),
            id="opened again it goes on with what was used up",
        ),
    ],
)
def test_a_promise_stands_as_its_clock_says(target, at, marks, expected):
    if target is RESOLUTION and expected[0] is Standing.MET:
        expected = (*expected[:2], standing(target, at, *marks)[2])
    assert standing(target, at, *marks) == expected


def test_an_automatic_answer_counts_unless_policy_says_otherwise():
    marks = [ASKED, (on("mon", "10:01"), CUSTOMER, "answered", "automatic")]
    assert standing(FIRST, on("mon", "12:00"), *marks)[0] is Standing.MET
    strict = policy(sla={"automatic": False})
    assert standing(FIRST, on("mon", "12:00"), *marks, rules=strict)[:2] == (Standing.PAUSED, 1)
    assert standing(FIRST, on("mon", "12:00"), *marks, (on("mon", "11:00"), CUSTOMER, "answered"), rules=strict)[0] is Standing.MET


def test_a_wait_on_somebody_else_ends_when_a_teammate_said_so_or_policy_does():
    marks = [ASKED, (on("mon", "10:10"), THIRD)]
    assert standing(FIRST, on("tue"), *marks, third_party="the bank")[2] == on("mon", "11:00") + timedelta(days=14)
    assert standing(FIRST, on("tue"), *marks, third_party="the bank", third_party_until=on("wed"))[2] == on("wed", "10:50")
    late = standing(FIRST, on("wed", "10:30"), *marks, third_party="the bank", third_party_until=on("wed"))
    assert late[:2] == (Standing.RUNNING, 40)


def test_a_policy_edited_in_the_middle_counts_from_the_beginning():
    short, night = policy(sla={"rules": [{"tier": "enterprise", "first_response": "15m"}]}), policy(sla={"rules": [{"hours": "always"}]})
    assert standing(FIRST, on("mon", "10:20"), ASKED, rules=short) == (Standing.BREACHED, 20, on("mon", "10:15"))
    assert standing(FIRST, on("mon", "16:55"), (on("mon", "16:30"), OURS), rules=night)[2] == on("mon", "17:30")


def test_what_is_owed_is_told_with_the_most_pressing_first():
    held = ticket(ASKED, ANSWERED, (on("mon", "12:00"), OURS))
    assert [(item.promise.target, item.standing) for item in owed(held, ACME, policy(), on("mon", "13:45"))] == [
        (NEXT, Standing.AT_RISK),
        (RESOLUTION, Standing.RUNNING),
    ]


def test_a_paused_promise_says_whom_it_waits_for_and_is_not_due():
    (paused,) = owed(ticket(ASKED, ANSWERED), ACME, policy(), on("mon", "13:00"))
    assert (paused.promise.target, paused.standing, paused.side, paused.due) == (RESOLUTION, Standing.PAUSED, CUSTOMER, None)


def test_a_broken_promise_stays_broken_while_they_are_asked_back():
    marks = [ASKED, ANSWERED, (on("mon", "11:00"), OURS), (on("mon", "14:00"), CUSTOMER)]
    (late, _) = owed(ticket(*marks), ACME, policy(), on("tue"))
    assert (late.is_late, late.due) == (True, on("mon", "13:00"))


@pytest.mark.parametrize(
    ("more", "sides"),
    [
        pytest.param({}, [OURS], id="nobody answered yet"),
        pytest.param({"answered_at": on("mon", "11:00"), "status": Status.WAITING_CUSTOMER}, [OURS, CUSTOMER], id="answered"),
        pytest.param({"answered_at": on("mon", "11:00"), "status": Status.OPEN}, [OURS, CUSTOMER, OURS], id="answered, and they wrote again"),
        pytest.param({"status": Status.CLOSED, "closed": on("tue")}, [OURS, OVER], id="closed"),
    ],
)
def test_a_ticket_from_before_has_the_clock_that_its_instants_tell(more, sides):
    assert [mark.side for mark in marks_of(ticket(**more))] == sides


@pytest.mark.parametrize(
    ("more", "side"),
    [
        pytest.param({}, OURS, id="an open ticket is ours"),
        pytest.param({"status": Status.WAITING_TEAM}, OURS, id="and one that waits for the team"),
        pytest.param({"status": Status.WAITING_CUSTOMER}, CUSTOMER, id="one that waits for its customer is theirs"),
        pytest.param({"third_party": "the bank"}, THIRD, id="a third party comes before that"),
        pytest.param({"third_party": "the bank", "status": Status.SOLVED}, OVER, id="what is over is nobody's"),
        pytest.param({"merged_into": TicketId("t-2")}, OVER, id="and what became part of another"),
    ],
)
def test_whose_move_it_is(more, side):
    assert side_of(ticket(**more)) is side


RULES = [
    {"tier": "enterprise", "next_response": "1h"},
    {"tier": "enterprise", "category": "billing", "first_response": "20m", "next_response": "30m"},
    {"kind": "shared", "first_response": "10m"},
    {"contract": "gold", "resolution": "3d", "hours": "always"},
    {"account": "Acme", "resolution": "2d"},
    {"tier": "team", "first_response": "9h"},
]


@pytest.mark.parametrize(
    ("account", "category", "kind", "expected"),
    [
        pytest.param(None, "", None, {FIRST: ("4h", "sla.first_response")}, id="everybody"),
        pytest.param(
            ACME,
            "",
            None,
            {FIRST: ("1h", "sla.tiers.enterprise"), NEXT: ("1h", "sla.rules.0"), RESOLUTION: ("2d", "sla.rules.4")},
            id="a tier, a contract and an account",
        ),
        pytest.param(
            ACME,
            "Billing",
            ChannelKind.SHARED,
            {FIRST: ("20m", "sla.rules.1"), NEXT: ("30m", "sla.rules.1"), RESOLUTION: ("2d", "sla.rules.4")},
            id="what asks for more wins",
        ),
        pytest.param(None, "", ChannelKind.SHARED, {FIRST: ("10m", "sla.rules.2")}, id="a kind of channel"),
        pytest.param(
            replace(ACME, first_response=timedelta(minutes=5)),
            "billing",
            ChannelKind.SHARED,
            {FIRST: ("5m", "contract"), NEXT: ("30m", "sla.rules.1"), RESOLUTION: ("2d", "sla.rules.4")},
            id="what the record has of the contract wins over all",
        ),
    ],
)
def test_the_most_specific_promise_counts(account, category, kind, expected):
    rules = read_policy(merged(SHIPPED, {"sla": {"rules": RULES}}))
    spans = {"5m": 5, "10m": 10, "20m": 20, "30m": 30, "1h": 60, "4h": 240, "2d": 2880}
    found = promised(ticket(category=category), account, rules, kind=kind)
    assert {p.target: (p.span, p.source) for p in found} == {t: (timedelta(minutes=spans[span]), source) for t, (span, source) in expected.items()}


def test_hours_come_from_the_most_specific_rule_or_the_contract():
    rules = read_policy(merged(SHIPPED, {"calendars": {"night": {}}, "sla": {"rules": RULES}}))
    assert {p.hours for p in promised(ticket(), ACME, rules)} == {"always"}
    assert {p.hours for p in promised(ticket(), replace(ACME, hours="night"), rules)} == {"night"}
    assert {p.hours for p in promised(ticket(), None, rules)} == {""}


def test_what_stands_in_a_contract_is_contractual():
    rules = read_policy(merged(SHIPPED, {"sla": {"rules": RULES[3:4]}}))
    found = promised(ticket(), replace(ACME, first_response=timedelta(minutes=5)), rules)
    assert [(p.target, p.contractual) for p in found] == [(FIRST, True), (RESOLUTION, True)]
    assert not any(p.contractual for p in promised(ticket(), replace(ACME, contract=""), rules))
