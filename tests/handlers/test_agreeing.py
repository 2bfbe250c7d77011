"""How routing agrees with people stands in the notes that the team gets anyway."""

from datetime import timedelta

from desk.timeline import Purpose
from handlers import agreeing
from tests.handlers.test_routing import QUESTION, routed


async def test_nothing_is_said_where_nothing_was_routed(tmp_path):
    async with routed(tmp_path, default="off") as w:
        await w.asks("mara", QUESTION)
        assert await agreeing.notes(w.services) == ()


async def test_what_nobody_took_is_counted_as_such(tmp_path):
    async with routed(tmp_path, default="shadow") as w:
        await w.asks("mara", QUESTION)
        (block,) = await agreeing.notes(w.services)
        assert (block.title, block.lines) == ("Routing agreed with people in 30 days", ("billing (shadow): 1 routed, none taken by anybody yet",))


async def test_only_the_span_that_is_asked_for_is_counted(tmp_path):
    async with routed(tmp_path, default="shadow") as w:
        await w.asks("mara", QUESTION)
        await w.wait(days=8)
        assert await agreeing.notes(w.services, within=timedelta(days=7)) == ()


async def test_the_card_of_the_day_says_how_routing_agrees(tmp_path):
    async with routed(tmp_path, mode="observe", default="shadow") as w:
        await w.asks("mara", QUESTION)
        await w.wait(hours=8)
        (card,) = [text for text in w.texts(Purpose.NOTICE, where="agents") if text.startswith("What I would have said today")]
        assert "billing (shadow): 1 routed" in card
