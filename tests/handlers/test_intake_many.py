"""What many customers write at once is stored together, and each message counts as if it had come alone."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from desk.events import MessagesReceived
from desk.ids import EventId, derived
from desk.ticket import group_of
from desk.timeline import Purpose
from handlers import intake
from handlers.catching_up import HELD, LONGEST, SHORTLY
from handlers.situation import EACH
from tests.world import channel, user

QUESTION = "When does my refund arrive?"


def together(*messages):
    """Return messages as one event."""
    return MessagesReceived(id=EventId(derived("ev", "many", *(each.id for each in messages))), messages=messages)


async def test_each_customer_is_answered_as_if_they_had_written_alone(w):
    await w.emit(together(*(w.message(who, QUESTION) for who in ("ina", "max", "mara"))))
    await w.wait(seconds=9)
    assert len(await w.store.tickets()) == 3
    assert len(w.posts(Purpose.ANSWER)) == 3


async def test_what_one_customer_wrote_piece_by_piece_is_one_ticket(w):
    await w.emit(together(*(w.message("ina", text) for text in ("Hello", QUESTION, "It was in May"))))
    await w.wait(seconds=9)
    [ticket] = await w.store.tickets()
    said = [message.text for message in await w.store.timeline(ticket.id) if message.is_customers]
    assert said == ["Hello", QUESTION, "It was in May"]
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_the_pause_begins_with_the_first_of_them_and_never_lasts_longer_than_policy_says(w):
    first, last = w.message("ina", "Hello"), w.message("ina", QUESTION)
    later = replace(last, at=first.at + timedelta(seconds=44))
    w.clock.advance(seconds=44)
    await w.emit(together(first, later))
    pause = await _pause(w, "ina")
    assert pause.due == first.at + (await w.policy.current()).pause.most


async def test_what_came_before_alone_is_not_taken_in_again(w):
    one, two = w.message("ina", "Hello"), w.message("ina", QUESTION)
    await w.emit(one)
    await w.emit(together(one, two))
    await w.emit(together(two, one))
    assert [message.text for message in await w.store.pending(channel("community"), await _group(w, "ina"))] == ["Hello", QUESTION]


async def test_one_that_cannot_be_stored_loses_none_of_the_others(w, monkeypatch):
    stored, bad = intake._message, w.message("max", QUESTION)

    async def stumbles(event, *given):
        return await stored(event, *given) if event.id != bad.id else {}[event.id]

    monkeypatch.setattr(intake, "_message", stumbles)
    others = [w.message(who, QUESTION) for who in ("ina", "mara")]
    with pytest.raises(KeyError):
        await w.emit(together(others[0], bad, others[1]))
    assert [bool(await w.store.message(each.ref)) for each in (others[0], bad)] == [True, False]
    await w.emit(others[1])
    assert await w.store.message(others[1].ref)


async def test_an_undeclared_channel_takes_in_none_of_them(w):
    elsewhere = [replace(m, ref=replace(m.ref, channel=gone), place=replace(m.place, channel=gone)) for m, gone in _elsewhere(w)]
    await w.emit(together(*elsewhere))
    assert [await w.store.message(m.ref) for m in elsewhere] == [None, None]


@pytest.fixture
def crowd(w):
    """A channel in which more is said than is read at once; `clear` ends that."""
    channels = {channel("community")}
    w.services = replace(w.services, crowded=lambda where: where in channels)
    return channels


async def test_in_a_crowd_nobody_is_answered_before_everything_is_read_that_they_said(w, crowd):
    await w.says("ina", QUESTION)
    await w.wait(minutes=2)
    assert w.posts(Purpose.ANSWER) == []
    crowd.clear()
    await w.wait(seconds=LONGEST.total_seconds() * 1.5)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_a_crowd_is_looked_at_ever_less_often_and_at_an_instant_of_each_ones_own(w, crowd):
    for who in ("ina", "max"):
        await w.says(who, QUESTION)
    await w.wait(minutes=5)
    waits = [await _pause(w, who) for who in ("ina", "max")]
    assert len({pause.due for pause in waits}) == 2
    assert all(4 <= int(pause.values[HELD]) < 5 * 60 / SHORTLY.total_seconds() for pause in waits)


async def test_who_writes_on_in_a_crowd_is_not_looked_at_more_often(w, crowd):
    await w.says("ina", QUESTION)
    await w.wait(minutes=2)
    before = await _pause(w, "ina")
    await w.says("ina", "Hello?")
    after = await _pause(w, "ina")
    assert (after.due, after.values[HELD]) == (before.due, before.values[HELD])


async def test_whom_a_crowd_held_is_answered_one_after_another(w, crowd, monkeypatch):
    # So that all of them are due at one instant.
    monkeypatch.setattr("handlers.catching_up.SHORTLY", timedelta(milliseconds=10))
    monkeypatch.setattr("handlers.catching_up.LONGEST", timedelta(milliseconds=10))
    for who in ("ina", "max", "mara"):
        await w.says(who, QUESTION)
    await w.wait(seconds=10)
    crowd.clear()
    await w.wait(minutes=2)
    opened = sorted(post.at for post in w.posts(Purpose.ANSWER))
    assert len(opened) == 3
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(opened))


async def test_elsewhere_answers_go_on(w, crowd):
    crowd.clear()
    crowd.add(channel("mentions"))
    await w.asks("ina", QUESTION)
    assert len(w.posts(Purpose.ANSWER)) == 1


async def _group(w, who):
    """Return whose messages are one ticket with somebody's."""
    return group_of(await w.store.channel(channel("community")), user(who))


async def _pause(w, who):
    """Return when somebody is answered."""
    return await w.store.deadline(derived("pause", channel("community"), await _group(w, who)))


def _elsewhere(w):
    gone = replace(channel("community"), id="nowhere")
    return [(w.message(who, QUESTION), gone) for who in ("ina", "max")]


async def test_of_line_upon_line_the_last_are_looked_at_one_by_one_and_all_as_a_whole(w, monkeypatch):
    asked = []
    triage = w.triager.triage

    async def noted(text, heard=None):
        asked.append(text)
        return await triage(text, heard=heard)

    monkeypatch.setattr(w.triager, "triage", noted)
    lines = ["#security my key leaked", *(f"and line {n}" for n in range(2 * EACH))]
    await w.emit(together(*(w.message("ina", text) for text in lines)))
    await w.wait(seconds=46)
    assert lines[-1] in asked
    assert lines[1] not in asked
    assert await w.decisions() == ["escalate"]
    assert "security" in [reason for made in await w.store.decisions() for reason in made.facts.triggers]
