"""Incidents: which complaints have one cause."""

from array import array
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import cos, radians, sin

import pytest

from desk.ids import AccountId, IncidentId, MessageId, PersonId, TicketId
from desk.incident import Incident, IncidentPolicy, IncidentStatus
from desk.meaning import Meaning, Meant, likeness
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Ticket
from desk.triage import Classification, Impact, Signal
from escalation.incidents import Complaint, center, is_problem, joined, parties, party_of, rests, takes_in, together
from escalation.nearest import nearest

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICY = IncidentPolicy(3, timedelta(minutes=15), 0.5, timedelta(hours=2), timedelta(hours=24), ("technical issue", "bug report"), "offer")
CHANNEL = ChannelRef(Platform.LOCAL, "main", "c")
TICKET = Ticket(TicketId("t-1"), Place(CHANNEL), MessageRef(CHANNEL, "m"), "g", UserRef(Platform.LOCAL, "main", "zoe"), "Zoe", NOW)


def meaning(degrees: float = 0, embedder: str = "e") -> Meaning:
    """Return a direction in the plane: two of them are alike by the cosine of the angle between."""
    return Meaning(embedder, array("f", [cos(radians(degrees)), sin(radians(degrees))]).tobytes())


def said(n: int, *, degrees: float = 0, minutes: float = 0, party: str = "", embedder: str = "e") -> Complaint:
    return Complaint(TicketId(f"t-{n}"), party or f"p-{n}", NOW + minutes * MINUTE, meaning(degrees, embedder))


def incident(**more) -> Incident:
    return replace(Incident(IncidentId("i-1"), "x", NOW, (TicketId("t-8"), TicketId("t-9")), center=meaning(), last=NOW), **more)


@pytest.mark.parametrize(
    ("classification", "complains"),
    [
        pytest.param(Classification("technical issue", 0.9), True, id="a technical issue complains"),
        pytest.param(Classification("billing", 0.9), False, id="a question about prices does not"),
        pytest.param(Classification("billing", 0.9, impact=(Impact.OUTAGE,)), True, id="what stands still complains in any category"),
        pytest.param(Classification("billing", 0.9, signals=frozenset({Signal.NOT_SOLVED})), True, id="what did not help complains"),
        pytest.param(Classification("billing", 0.9, signals=frozenset({Signal.LEGAL})), False, id="another signal does not"),
        pytest.param(Classification("bug report", 0.9, is_request=False), False, id="thanks for a mended bug do not"),
    ],
)
def test_what_complains(classification, complains):
    assert is_problem(classification, POLICY) is complains


@pytest.mark.parametrize(
    ("others", "found"),
    [
        pytest.param([said(2), said(3)], 3, id="three alike of three customers"),
        pytest.param([said(2)], 0, id="two are too few"),
        pytest.param([said(2), said(3, degrees=90)], 0, id="one of them is about something else"),
        pytest.param([said(2), said(3, minutes=-16)], 0, id="one of them is too old"),
        pytest.param([said(2, party="p-1"), said(3)], 0, id="two are one company's"),
        pytest.param([said(2, party="p-1"), said(3), said(4)], 4, id="a company's second ticket is in it and does not count"),
        pytest.param([said(2, embedder="f"), said(3, embedder="f")], 0, id="meanings of another embedder cannot be compared"),
        pytest.param([said(2, degrees=50), said(3, degrees=100)], 3, id="the one in the middle brings them together"),
        pytest.param([said(1), said(1), said(2)], 0, id="more of the same ticket is no other complaint"),
    ],
)
def test_which_complaints_come_together(others, found):
    assert len(together(said(1), others, POLICY)) == found


def test_they_are_in_the_order_in_which_they_were_made():
    group = together(said(1, minutes=5), [said(2, minutes=3), said(3, minutes=1), said(3, minutes=2)], POLICY)
    assert [complaint.ticket for complaint in group] == ["t-3", "t-2", "t-1"]
    assert parties(group) == {"p-1", "p-2", "p-3"}


@pytest.mark.parametrize(
    ("made", "joins"),
    [
        pytest.param(incident(), True, id="a suspected one that is fresh"),
        pytest.param(incident(last=NOW - timedelta(hours=3)), False, id="a suspected one that nobody confirmed in time"),
        pytest.param(incident(status=IncidentStatus.CONFIRMED, last=NOW - timedelta(days=2)), True, id="a confirmed one takes in until it is fixed"),
        pytest.param(incident(status=IncidentStatus.FIXED), False, id="a fixed one is over"),
        pytest.param(incident(status=IncidentStatus.DISMISSED), False, id="a dismissed one is over"),
        pytest.param(incident(center=meaning(90)), False, id="one about something else"),
        pytest.param(incident(center=None), False, id="one of which nobody knows what it is about"),
        pytest.param(incident(without=(TicketId("t-1"),)), False, id="one that it was taken out of"),
    ],
)
def test_which_incident_a_complaint_joins(made, joins):
    assert (joined(said(1), [made], POLICY) is not None) is joins
    assert takes_in(replace(made, status=IncidentStatus.CONFIRMED), NOW, POLICY)


def test_of_two_it_joins_the_likelier():
    far, near = incident(center=meaning(40)), replace(incident(center=meaning(5)), id=IncidentId("i-2"))
    assert joined(said(1), [far, near], POLICY) == near


def test_what_was_dismissed_rests_and_what_was_merged_does_not():
    dismissed = incident(status=IncidentStatus.DISMISSED, closed=NOW - timedelta(hours=1))
    assert rests([dismissed], NOW, POLICY) == {"t-8", "t-9"}
    assert rests([replace(dismissed, merged_into=IncidentId("i-2"))], NOW, POLICY) == frozenset()
    assert rests([replace(dismissed, closed=NOW - timedelta(days=2))], NOW, POLICY) == frozenset()


def test_whose_voice_a_ticket_is():
    known = replace(TICKET, person=PersonId("zoe"), account=AccountId("acme"))
    assert party_of(known) == "account:acme"
    assert party_of(replace(known, account=None)) == "person:zoe"
    assert party_of(TICKET) == "user:local/main/zoe"


def test_the_center_lies_between():
    middle = center([meaning(0), meaning(60)])
    assert likeness(middle, meaning(30)) == pytest.approx(1, abs=1e-6)
    assert center([]) is None
    assert center([meaning(0), meaning(180)]) is None or likeness(center([meaning(0), meaning(180)]), meaning(0)) < 1


def test_the_nearest_come_first_and_the_far_not_at_all():
    def meant(n: int, degrees: float, embedder: str = "e") -> Meant:
        return Meant(MessageId(f"m-{n}"), TicketId(f"t-{n}"), NOW + n * MINUTE, meaning(degrees, embedder))

    found = nearest(meaning(0), [meant(1, 30), meant(2, 10), meant(3, 90), meant(4, 0, "f"), meant(5, 30)], least=0.5)
    assert [m.message for _, m in found] == ["m-2", "m-5", "m-1"]
    assert nearest(meaning(0), [], least=0.5) == ()
