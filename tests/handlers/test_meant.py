"""What customers' messages mean is kept with them, and goes with their words."""

from desk.meaning import likeness
from tests.world import World, user


async def test_every_message_of_a_turn_keeps_what_it_means(w: World):
    await w.says("mara", "Where is my refund?")
    await w.asks("mara", "The refund of May, I mean")
    await w.asks("ina", "I cannot do the export")
    first, second, other = await w.store.meanings(embedder="scripted")
    assert likeness(first.meaning, second.meaning) > 0.99
    assert likeness(first.meaning, other.meaning) == 0
    assert first.ticket == second.ticket != other.ticket


async def test_what_says_nothing_means_nothing(w: World):
    await w.asks("mara", "Hello there, is anybody listening?")
    assert await w.store.meanings(embedder="scripted") == []


async def test_meanings_go_with_the_words_they_were_made_of(w: World):
    await w.asks("mara", "Where is my refund?")
    await w.asks("ina", "I cannot do the export")
    await w.store.erase([user("mara")])
    (left,) = await w.store.meanings(embedder="scripted")
    assert (await w.store.message_by_id(left.message)).author == user("ina")
