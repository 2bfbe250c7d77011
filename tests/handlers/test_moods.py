"""A ticket's mood follows its messages as they stand, each of which is looked at once."""

from dataclasses import replace

import pytest

from desk.timeline import message_id
from desk.triage import Classification
from desk.usage import ModelCall
from handlers import moods
from handlers.situation import load
from tests.world import ScriptedTriager, World, user

SOUR, FURIOUS = "Where is it #sour", "Where is it #sour #sour"


async def mood(w):
    return (await w.ticket()).mood


async def told(w, *texts):
    """Say something, and more in the same thread, each message a turn of its own."""
    first = await w.asks("mara", texts[0])
    for text in texts[1:]:
        await w.asks("mara", text, under=first)
    return first


async def test_the_first_message_is_the_mood(w: World):
    await told(w, SOUR)
    found = await mood(w)
    assert (found.displeasure, found.messages, found.is_low) == (0.5, 1, False)


async def test_a_ticket_turns_sour_message_by_message(w: World):
    await told(w, "Where is it?", SOUR, FURIOUS)
    found = await mood(w)
    assert (found.displeasure, found.is_low, found.messages) == (0.72, True, 3)
    assert found.change == pytest.approx(0.72)


async def test_the_messages_of_one_burst_count_one_by_one(w: World):
    await w.says("mara", "Where is it?")
    await w.asks("mara", FURIOUS)
    assert (await mood(w)).messages == 2


async def test_a_mood_is_followed_while_a_person_holds_the_ticket(w: World):
    first = await told(w, "Where is it?")
    await w.says("noor", "I am looking at it", under=first)
    await w.asks("mara", FURIOUS, under=first)
    assert (await mood(w)).is_low


async def test_an_edit_takes_its_words_back(w: World):
    first = await w.asks("mara", FURIOUS)
    await w.edits(first, "Where is it?")
    await w.wait(minutes=1)
    assert (await mood(w)).displeasure == 0.0


async def test_a_deleted_message_leaves_no_mood(w: World):
    first = await w.asks("mara", "Where is it?")
    second = await w.asks("mara", FURIOUS, under=first)
    await w.deletes(second)
    await w.asks("mara", "Hello?", under=first)
    found = await mood(w)
    assert (found.displeasure, found.messages) == (0.0, 2)


async def test_what_was_looked_at_is_not_looked_at_again(w: World):
    first = await told(w, SOUR, "Where is it?")
    looked = []

    class Watching(ScriptedTriager):
        async def triage(self, text, *, heard=None):
            looked.append(text)
            return await super().triage(text, heard=heard)

    s = await load(await w.ticket(), w.services, cause="ev-1")
    await moods.felt(s, Classification("billing", 0.9), replace(w.services, triager=Watching()))
    assert message_id(first) in dict((await w.ticket()).felt)
    assert SOUR not in looked


async def test_a_model_that_was_asked_has_judged_the_last_message(w: World):
    await told(w, "Where is it?")
    s = await load(await w.ticket(), w.services, cause="ev-1")
    judged = Classification("billing", 0.9, displeasure=0.8, trend="better", calls=(ModelCall("triage", "small"),))
    after, c = await moods.felt(s, judged, w.services)
    assert (after.ticket.mood.displeasure, c.trend) == (0.8, "better")


async def test_without_a_model_the_trend_is_read_off_the_mood(w: World):
    await told(w, "Where is it?", FURIOUS)
    s = await load(await w.ticket(), w.services, cause="ev-1")
    _, c = await moods.felt(s, Classification("billing", 0.9, displeasure=1.0), w.services)
    assert c.trend == "worse"


async def test_the_numbers_go_with_the_words(w: World):
    await told(w, FURIOUS)
    await w.store.erase([user("mara")])
    assert (await w.ticket()).felt == ()


async def test_numbers_hold_no_words(w: World):
    await told(w, FURIOUS)
    assert all(key.startswith("m-") or "@" in key for key, _ in (await w.ticket()).felt)
    assert "sour" not in str((await w.ticket()).felt)
