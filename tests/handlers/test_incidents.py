"""Incidents through the door: complaints become one card, one reply reaches everybody, and each keeps their own ticket."""

import pytest

from desk.changes import RemoveChannel, write
from desk.errors import Conflict
from desk.events import IncidentTold, ProblemReported
from desk.ids import EventId, derived
from desk.incident import IncidentStatus
from desk.ticket import Status
from desk.timeline import Purpose
from handlers.incidents import problem_reported
from tests.world import channel

FAILS = "The export fails with an error"


async def complaints(w, *who):
    """Let these customers complain of one thing, and return where each did."""
    w.policy.change(incidents={"categories": ["billing"]})
    places = {"mara": "shared", "ina": "community"}
    return [await w.asks(name, f"{FAILS}, says {name}.", where=places.get(name, "community")) for name in who]


async def incident(w):
    (found,) = await w.store.incidents()
    return found


async def tickets(w):
    return {ticket.customer_name: ticket for ticket in await w.store.tickets()}


async def test_three_complaints_of_different_customers_make_one_card(w):
    await complaints(w, "mara", "ina", "zoe")
    found = await incident(w)
    assert (found.status, found.accounts, len(found.tickets)) == (IncidentStatus.SUSPECTED, 3, 3)
    (card,) = w.posts(Purpose.INCIDENT_CARD)
    (text,) = w.texts(Purpose.INCIDENT_CARD)
    assert "Suspected incident: billing in #acme-shared, #community" in text
    assert {t.incident for t in await w.store.tickets()} == {found.id}
    assert str(card.target) == "local/main/agents"


async def test_two_complaints_are_no_incident_yet(w):
    await complaints(w, "mara", "ina")
    assert await w.store.incidents() == []


async def test_one_account_is_one_voice(w):
    w.policy.change(incidents={"categories": ["billing"]})
    for who, where in (("mara", "shared"), ("jon", "community"), ("ina", "community")):
        await w.asks(who, f"{FAILS}.", where=where)
    assert await w.store.incidents() == []


async def test_complaints_of_another_hour_or_about_something_else_make_none(w):
    await complaints(w, "mara", "ina")
    await w.asks("zoe", "The login fails")
    await w.wait(minutes=20)
    await w.asks("pia", f"{FAILS}.")
    assert await w.store.incidents() == []


async def test_mere_questions_make_none(w):
    for who in ("zoe", "pia", "ina"):
        await w.asks(who, "What does the export cost?")
    assert await w.store.incidents() == []


async def test_once_it_is_suspected_no_answer_goes_out_alone(w):
    w.policy.change(incidents={"categories": ["billing"]})
    for who in ("pia", "ina", "zoe"):
        await w.asks(who, "The refund fails")
    assert await w.decisions() == ["reply", "reply", "suggest"]
    assert "others have the same problem, and all are answered together" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_a_fourth_complaint_joins_and_draws_the_card_again(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.wait(minutes=30)
    await w.asks("pia", f"{FAILS}.")
    found = await incident(w)
    assert (len(found.tickets), found.accounts) == (4, 4)
    (card,) = [text for text in w.standing(where="agents") if text.startswith("Suspected incident")]
    assert "4 tickets" in card


async def test_one_reply_reaches_everybody_once_and_shows_nobody_to_another(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("lea", "It is one incident")
    await w.clicks("noor", "Reply to all", text="We are working on it and write again within the hour.")
    told = [post for post in w.posts(Purpose.ANSWER) if "within the hour" in str(post.card)]
    assert sorted(str(post.ticket) for post in told) == sorted(t.id for t in await w.store.tickets())
    texts = [text for text in w.texts(Purpose.ANSWER) if "within the hour" in text]
    assert {name for name in ("Mara", "Ina", "Zoe") for text in texts if text.startswith(f"{name}, here is an update")} == {"Mara", "Ina", "Zoe"}
    assert not [text for text in texts if sum(name in text for name in ("Mara", "Ina", "Zoe", "Acme", "Globex")) > 1]
    assert (await incident(w)).status is IncidentStatus.CONFIRMED
    assert "to 3 of 3" in next(text for text in w.standing(where="agents") if text.startswith("Incident:"))


async def test_everybody_whose_holding_answer_is_replaced_hears_of_it(drafting):
    await complaints(drafting, "mara", "ina", "zoe")
    await drafting.wait(minutes=5)
    await drafting.clicks("noor", "Reply to all", text="We are working on it and write again within the hour.")
    assert {text.split(",")[0] for text in drafting.texts(Purpose.NOTICE) if "the answer is above" in text} == {"Mara", "Ina", "Zoe"}


async def test_fixed_tells_everybody_and_each_says_for_themselves_that_it_is_solved(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("lea", "Fixed", text="The queue was stuck.")
    assert [t.status for t in await w.store.tickets()] == [Status.WAITING_CUSTOMER] * 3
    ref, button = w.button("Solved")
    owner = next(t.customer_name.lower() for t in await w.store.tickets() if t.id == button.ticket)
    await w.press(owner, button, ref)
    assert sorted(t.status for t in await w.store.tickets()) == [Status.SOLVED, Status.WAITING_CUSTOMER, Status.WAITING_CUSTOMER]
    assert (await incident(w)).status is IncidentStatus.FIXED
    assert any(text.startswith("Fixed: ") and "Everybody was told" in text for text in w.standing(where="agents"))


async def test_fixed_needs_no_words_of_its_own(w):
    await complaints(w, "pia", "ina", "zoe")
    await w.clicks("lea", "Fixed")
    assert len([text for text in w.texts(Purpose.ANSWER) if "should work again" in text]) == 3


async def test_what_is_one_customers_own_is_told_to_nobody(w):
    await complaints(w, "mara", "ina", "zoe")
    for text in ("As with Acme it is INV-204.", "Write to it@globex.example", "Globex has it too", "EUR 420.00 come back"):
        await w.clicks("lea", "Reply to all", text=text)
    assert [text for text in w.texts(Purpose.ANSWER) if "update from our team" in text] == []
    refused = [post for post in w.texts(Purpose.NOTICE) if "This was not sent" in post]
    assert len(refused) == 4


async def test_held_muted_and_ended_tickets_are_left_out_and_listed(w):
    await complaints(w, "mara", "ina", "zoe", "pia")
    found = await tickets(w)
    await w.commands("tom", f"take {found['Ina'].id}")
    await w.commands("noor", f"mute {found['Zoe'].id}")
    await w.clicks("lea", "Reply to all", text="We are on it.")
    told = {str(p.ticket) for p in w.posts(Purpose.ANSWER) if "We are on it" in str(p.card)}
    assert told == {found["Mara"].id, found["Pia"].id}
    card = next(text for text in w.standing(where="agents") if text.startswith("Incident:"))
    assert "Tom holds it" in card
    assert "it is muted" in card


async def test_whoever_holds_a_ticket_finds_the_reply_as_a_quiet_draft(w):
    await complaints(w, "mara", "ina", "zoe")
    found = await tickets(w)
    await w.commands("tom", f"take {found['Ina'].id}")
    await w.clicks("lea", "Reply to all", text="We are on it.")
    quiet = [draft for draft in await w.store.drafts(found["Ina"].id) if draft.is_open]
    assert "We are on it." in quiet[-1].proposal.parts[0].text


async def test_dismissed_it_does_not_come_back_with_the_same_tickets(w):
    refs = await complaints(w, "pia", "ina", "zoe")
    await w.clicks("lea", "Not an incident")
    await w.says("pia", "The export still fails", under=refs[0])
    await w.wait(seconds=9)
    await w.asks("max", f"{FAILS}.")
    found = await incident(w)
    assert (found.status, found.by_name) == (IncidentStatus.DISMISSED, "Lea")
    assert {t.incident for t in await w.store.tickets()} == {None}


async def test_dismissed_it_comes_back_by_three_others(w):
    await complaints(w, "pia", "ina", "zoe")
    await w.clicks("lea", "Not an incident")
    for who in ("max", "eva", "tim"):
        await w.asks(who, f"{FAILS}.")
    assert [len(i.tickets) for i in await w.store.incidents()] == [3, 3]


async def test_a_ticket_taken_out_stays_out(w):
    await complaints(w, "mara", "ina", "zoe", "pia")
    found = await tickets(w)
    await w.clicks("noor", "Does not belong", ticket=found["Pia"].id)
    assert (await w.store.ticket(found["Pia"].id)).incident is None
    await w.asks("pia", f"{FAILS} again.")
    assert found["Pia"].id not in (await incident(w)).tickets
    await w.clicks("noor", "Reply to all", text="We are on it.")
    assert not [p for p in w.posts(Purpose.ANSWER) if p.ticket == found["Pia"].id and "We are on it" in str(p.card)]


async def test_a_ticket_is_added_by_hand(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.asks("max", "Nothing comes out of it, what is the refund")
    found = await tickets(w)
    await w.clicks("noor", "Add ticket", ticket=found["Max"].id)
    assert found["Max"].id in (await incident(w)).tickets


async def test_who_joins_after_a_reply_gets_it_offered(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("lea", "Reply to all", text="We are on it.")
    await w.asks("pia", f"{FAILS}.")
    found = await tickets(w)
    assert not [p for p in w.posts(Purpose.ANSWER) if p.ticket == found["Pia"].id]
    await w.clicks("noor", "Approve")
    assert [p for p in w.posts(Purpose.ANSWER) if p.ticket == found["Pia"].id and "We are on it" in str(p.card)]


async def test_who_joins_after_a_reply_gets_it_sent_where_policy_says_so(w):
    w.policy.change(incidents={"later": "send"})
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("lea", "Reply to all", text="We are on it.")
    await w.asks("pia", f"{FAILS}.")
    found = await tickets(w)
    assert [p for p in w.posts(Purpose.ANSWER) if p.ticket == found["Pia"].id and "We are on it" in str(p.card)]


async def test_two_incidents_become_one(w):
    await complaints(w, "mara", "ina", "zoe")
    for who in ("max", "eva", "tim"):
        await w.asks(who, "The login fails")
    first, second = await w.store.incidents()
    await w.clicks("lea", "Merge incidents", into=str(first.id))
    first, second = await w.store.incidents()
    assert (len(first.tickets), second.status, second.merged_into) == (6, IncidentStatus.DISMISSED, first.id)
    assert {t.incident for t in await w.store.tickets()} == {first.id}
    assert any("Part of another one now" in text for text in w.standing(where="agents"))


async def test_only_the_team_may_press(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("zoe", "It is one incident")
    assert (await incident(w)).status is IncidentStatus.SUSPECTED


async def test_the_command_lists_shows_and_does_what_the_card_does(w):
    await complaints(w, "mara", "ina", "zoe")
    found = await incident(w)
    await w.commands("noor", "incident")
    assert f"{found.id}  suspected: billing in #acme-shared, #community, 3 tickets of 3 customers" in w.texts(Purpose.NOTICE)[-1]
    await w.commands("noor", "incident confirm")
    assert (await incident(w)).is_confirmed
    await w.commands("noor", f"incident {found.id} reply We look into it.")
    assert len([text for text in w.texts(Purpose.ANSWER) if "We look into it." in text]) == 3
    await w.commands("noor", f"incident {found.id} fixed", text="It was the queue.")
    assert len([text for text in w.texts(Purpose.ANSWER) if "It was the queue." in text]) == 3


async def test_the_command_asks_for_the_words_of_a_reply_and_shows_whom_it_reaches(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.commands("noor", "incident reply")
    assert "It goes to 3 tickets, each in its own thread" in w.texts(Purpose.NOTICE)[-1]


async def test_an_incident_is_opened_by_hand_of_tickets_and_takes_others_in(w):
    await complaints(w, "mara", "ina")
    first, second = sorted(await tickets(w))
    found = await tickets(w)
    await w.commands("lea", f"incident {found[first].id} {found[second].id}")
    made = await incident(w)
    assert (made.is_confirmed, made.by_name, len(made.tickets)) == (True, "Lea", 2)
    await w.asks("pia", f"{FAILS}.")
    assert len((await incident(w)).tickets) == 3
    await w.commands("lea", f"incident remove {found[first].id}")
    assert len((await incident(w)).tickets) == 2
    await w.commands("lea", f"incident add {found[first].id}")
    assert len((await incident(w)).tickets) == 3


async def test_a_command_that_names_nothing_says_what_it_expects(w):
    for text, said in (("incident fix", "expects a ticket"), ("incident reply x", "no open incident"), ("incident i-nothing", "No incident begins")):
        await w.commands("noor", text)
        assert said in w.texts(Purpose.NOTICE)[-1]


async def test_what_was_fixed_does_not_come_back_by_complaints_from_before(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("lea", "Fixed")
    await w.asks("pia", f"{FAILS}.")
    assert len(await w.store.incidents()) == 1
    for who in ("max", "eva"):
        await w.asks(who, f"{FAILS}.")
    assert [i.status for i in await w.store.incidents()] == [IncidentStatus.FIXED, IncidentStatus.SUSPECTED]


async def test_two_complaints_that_are_looked_at_at_once_make_one(w):
    await complaints(w, "mara", "ina")
    w.policy.change(incidents={"count": 2})
    events = [
        ProblemReported(id=EventId(f"p-{t.id}"), ticket=t.id, embedder="scripted", at=w.clock.now()) for t in sorted(await w.store.tickets(), key=str)
    ]
    first, second = [await problem_reported(event, w.services) for event in events]
    await w.store.commit(events[0].id, first, at=w.clock.now())
    with pytest.raises(Conflict):
        await w.store.commit(events[1].id, second, at=w.clock.now())
    assert not await problem_reported(events[1], w.services)


async def test_a_reply_that_is_delivered_twice_is_sent_once(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.clicks("lea", "Reply to all", text="We are on it.")
    found = await incident(w)
    telling = found.latest
    for id in found.tickets:
        event = IncidentTold(id=EventId(derived("ev", telling.id, id)), incident=found.id, ticket=id, telling=telling.id, at=w.clock.now())
        await w.emit(event)
    assert len([post for post in w.posts(Purpose.ANSWER) if "We are on it" in str(post.card)]) == 3


async def test_a_channel_that_is_gone_keeps_nobody_else_from_being_told(w):
    await complaints(w, "mara", "ina", "zoe")
    await w.store.commit(EventId("gone"), write(RemoveChannel(channel("shared"))), at=w.clock.now())
    await w.clicks("lea", "Reply to all", text="We are on it.")
    assert len([post for post in w.posts(Purpose.ANSWER) if "We are on it" in str(post.card)]) == 2


async def test_an_incident_without_tickets_is_none(w):
    await complaints(w, "mara", "ina", "zoe")
    for ticket in await w.store.tickets():
        await w.commands("lea", f"incident remove {ticket.id}")
    assert (await incident(w)).status is IncidentStatus.DISMISSED


async def test_mode_observe_shows_the_card_and_lets_the_team_answer(observing):
    w = observing
    await complaints(w, "mara", "ina", "zoe")
    assert any(text.startswith("Suspected incident") for text in w.standing(where="agents"))
    assert w.posts(Purpose.ANSWER) == []
    await w.clicks("lea", "Reply to all", text="We are on it.")
    await w.asks("pia", f"{FAILS}.")
    assert len([post for post in w.posts(Purpose.ANSWER) if "We are on it" in str(post.card)]) == 3
