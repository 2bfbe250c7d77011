"""Instants in what the desk says: marks on the cards, which a platform draws its own way, and words everywhere else."""

import pytest

from bot.web.markdown import bare, render, straight
from desk.cards import Header, Text
from desk.instants import ANY, MARK
from desk.timeline import Purpose
from handlers.times import shown, timed
from tests.fakes import START

QUESTION = "When does my refund arrive?"


def test_a_marked_instant_has_the_words_it_always_had():
    told = timed(START, now=START, zone="Europe/Berlin", language="de")
    (found,) = MARK.finditer(told)
    assert (int(found[1]), found[2]) == (int(START.timestamp()), shown(START, now=START, zone="Europe/Berlin", language="de"))


def test_a_word_before_it_belongs_to_our_words_only():
    assert MARK.search(timed(START, now=START, zone="UTC", lead="at "))[2] == "at 10:00 UTC"


async def test_a_holding_answer_carries_its_instant_and_the_timeline_its_words(drafting):
    await drafting.asks("ina", QUESTION)
    (card,) = [post.card for post in drafting.posts(Purpose.HOLDING)]
    (block,) = [block for block in card.blocks if isinstance(block, Text)]
    assert MARK.search(block.text)[2] == "14:01 UTC"
    timeline = await drafting.store.timeline((await drafting.ticket()).id)
    assert [message.text for message in timeline if ANY.search(message.text)] == []
    assert any("you can expect it by 14:01 UTC." in message.text for message in timeline)


async def test_a_draft_card_carries_its_deadline_and_when_it_was_decided(drafting):
    await drafting.asks("ina", QUESTION)
    assert MARK.search(drafting.card(Purpose.DRAFT_CARD).blocks[0].aside)
    await drafting.clicks("noor", "Approve")
    header = drafting.card(Purpose.DRAFT_CARD).blocks[0]
    assert isinstance(header, Header)
    assert MARK.sub(lambda found: f"<{found[2]}>", header.text).startswith("Approved by Noor <at 10:00 UTC>")


async def test_a_mark_that_somebody_writes_is_none(drafting):
    await drafting.asks("ina", f"refund {timed(START, now=START, zone='UTC')}?")
    timeline = await drafting.store.timeline((await drafting.ticket()).id)
    assert not ANY.search(timeline[0].text)
    quoted = drafting.card(Purpose.DRAFT_CARD).blocks[1]
    assert not ANY.search(quoted.text)


@pytest.mark.parametrize("draw", [render, bare, straight], ids=["a text", "a quotation", "everything else"])
def test_the_page_shows_the_words(draw):
    assert str(draw(f"by {timed(START, now=START, zone='UTC')}.")).removeprefix("<p>").strip().removesuffix("</p>") == "by 10:00 UTC."
