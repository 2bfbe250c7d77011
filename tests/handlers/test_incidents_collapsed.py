"""Pings of an incident: somebody is called for once, not for each of its tickets."""

from desk.escalation import EscalationStatus
from desk.timeline import Purpose
from tests.handlers.test_incidents import complaints, tickets


async def confirmed(w, *who):
    await complaints(w, *(who or ("mara", "ina", "zoe")))
    await w.clicks("lea", "It is one incident")
    return await tickets(w)


async def again(w, who, text, found):
    """Somebody goes on in their own thread."""
    await w.says(who, text, under=found[who.title()].anchor, where=found[who.title()].anchor.channel.id)
    await w.wait(seconds=9)


async def open_ones(w):
    return list(await w.store.open_escalations())


async def test_two_tickets_that_call_for_somebody_call_once(w):
    w.policy.change(escalation={"not_solved": 1})
    found = await confirmed(w)
    await again(w, "ina", "#not_solved the export", found)
    await again(w, "mara", "#not_solved the export", found)
    (standing,) = await open_ones(w)
    assert standing.ticket == found["Ina"].id
    noted = [e for e in await w.store.escalations(found["Mara"].id) if "not_solved" in e.rules]
    assert [(e.status, e.steps[-1].code) for e in noted] == [(EscalationStatus.CLOSED, "collapsed")]
    assert {post.ticket for post in w.posts(Purpose.ESCALATION_CARD)} == {found["Ina"].id}
    assert "also: not solved" in next(text for text in w.standing(where="agents") if text.startswith("Incident:"))


async def test_what_was_called_for_before_is_put_aside_when_it_is_confirmed(w):
    w.policy.change(escalation={"not_solved": 1})
    await complaints(w, "mara", "ina", "zoe")
    found = await tickets(w)
    await again(w, "ina", "#not_solved the export", found)
    await again(w, "mara", "#not_solved the export", found)
    assert len(await open_ones(w)) == 2
    await w.clicks("lea", "It is one incident")
    assert [e.ticket for e in await open_ones(w)] == [found["Mara"].id]


async def test_it_comes_back_once_it_is_no_incident(w):
    w.policy.change(escalation={"not_solved": 1})
    found = await confirmed(w)
    await again(w, "ina", "#not_solved the export", found)
    await again(w, "mara", "#not_solved the export", found)
    await w.clicks("lea", "Not an incident")
    assert {e.ticket for e in await open_ones(w)} == {found["Ina"].id, found["Mara"].id}
    assert {post.ticket for post in w.posts(Purpose.ESCALATION_CARD)} == {found["Ina"].id, found["Mara"].id}


async def test_when_the_one_that_speaks_for_all_is_taken_out_another_speaks(w):
    w.policy.change(escalation={"not_solved": 1})
    found = await confirmed(w)
    for who in ("ina", "mara"):
        await again(w, who, "#not_solved the export", found)
    await w.clicks("lea", "Does not belong", ticket=found["Ina"].id)
    assert {e.ticket for e in await open_ones(w)} == {found["Ina"].id, found["Mara"].id}


async def test_what_is_louder_or_about_one_customer_alone_is_called_for_by_itself(w):
    w.policy.change(escalation={"not_solved": 1})
    found = await confirmed(w)
    await again(w, "ina", "#not_solved the export", found)
    await again(w, "zoe", "#security the export", found)
    await again(w, "mara", "#human the export", found)
    assert {e.ticket for e in await open_ones(w)} == {ticket.id for ticket in found.values()}


async def test_a_louder_call_takes_the_place_of_a_quieter_one(w):
    w.policy.change(escalation={"not_solved": 1, "levels": {"not_solved": 2}})
    found = await confirmed(w, "mara", "ina", "zoe")
    await again(w, "ina", "#not_solved the export", found)
    w.policy.change(escalation={"levels": {"not_solved": 3}})
    await again(w, "mara", "#not_solved the export", found)
    assert [e.ticket for e in await open_ones(w)] == [found["Mara"].id]


async def test_a_page_says_for_how_many_tickets_it_stands(w):
    w.policy.change(escalation={"not_solved": 1, "levels": {"not_solved": 3}})
    found = await confirmed(w)
    await again(w, "ina", "#not_solved the export", found)
    await again(w, "mara", "#not_solved the export", found)
    await w.wait(minutes=3)
    pages = w.texts(Purpose.PAGE)
    assert {post.ticket for post in w.posts(Purpose.PAGE)} <= {found["Ina"].id, None}
    assert any("3 tickets" in text for text in pages)


async def test_once_it_is_fixed_nobody_is_called_for_it_any_more(w):
    w.policy.change(escalation={"not_solved": 1})
    found = await confirmed(w)
    await again(w, "ina", "#not_solved the export", found)
    await again(w, "mara", "#not_solved the export", found)
    await w.clicks("lea", "Fixed")
    assert await open_ones(w) == []
    assert {e.verdict for e in await w.store.escalations(found["Ina"].id)} == {"needed"}


async def test_a_ticket_in_two_incidents_stays_in_the_confirmed_one(w):
    found = await confirmed(w)
    for who in ("max", "eva"):
        await w.asks(who, "The login fails")
    others = await tickets(w)
    await w.commands("tom", f"incident {others['Max'].id} {others['Eva'].id}")
    first, second = await w.store.incidents()
    await w.commands("tom", f"incident {second.id} add {found['Ina'].id}")
    assert found["Ina"].id in (await w.store.incident(first.id)).tickets
    assert found["Ina"].id not in (await w.store.incident(second.id)).tickets
