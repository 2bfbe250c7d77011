"""Questions: what teammates ask the desk under a card or directly, and that the answer stays with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.audience import INTERNAL
from desk.cards import plain
from desk.errors import Unavailable
from desk.inquiry import Advice
from desk.ports import Capabilities
from desk.space import ChannelKind
from desk.timeline import Purpose
from handlers.questions import NOTHING_FOUND, WAITING
from tests.world import channel, user

QUESTION = "How long does a refund take?"


def near(w, text="Refunds above EUR 500 need the word of a lead.", audience=INTERNAL, dense=0.8):
    """Put a passage at a distance from every question."""
    found = next(iter(w.knowledge.passages_.values()))
    passage = replace(found, id="c-near", document="refund-rules", title="Refund rules", text=text, audience=audience, dense=dense)
    w.knowledge.passages_ = {passage.id: passage}


def card_of(w, purpose=Purpose.DRAFT_CARD):
    return next(ref for ref, post in w.chat.standing.items() if post.purpose is purpose)


def answers(w):
    return [post for post in w.chat.sent if post.purpose is Purpose.NOTICE and post.audience == INTERNAL and post.streamed]


async def test_a_teammate_asks_under_a_card_what_was_tried(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.says("noor", "@Frontdesk what did they try before?", where="agents", under=card_of(drafting), mentions_bot=True)
    (answer,) = answers(drafting)
    assert answer.target.thread == card_of(drafting).id
    assert f'Asked: "{QUESTION}"' in answer.card.blocks[0].text
    assert (await drafting.ticket()).id in answer.card.blocks[0].text


async def test_teammates_who_talk_under_a_card_are_left_alone(drafting):
    await drafting.asks("ina", QUESTION)
    said = await drafting.says("noor", "what did they try before?", where="agents", under=card_of(drafting))
    assert answers(drafting) == []
    assert said not in [ref for ref, _ in drafting.chat.reactions]


async def test_a_question_shows_at_once_that_it_was_heard(drafting):
    asked = await drafting.says("noor", "@Frontdesk how much may I refund?", where="agents", mentions_bot=True)
    assert (asked, "eyes") in drafting.chat.reactions


async def test_the_answer_reaches_no_customer_and_no_timeline(drafting):
    await drafting.asks("ina", QUESTION)
    near(drafting)
    said = len(await drafting.store.timeline((await drafting.ticket()).id))
    await drafting.says("noor", "@Frontdesk how much may I refund?", where="agents", under=card_of(drafting), mentions_bot=True)
    (answer,) = answers(drafting)
    assert answer.target.channel == channel("agents")
    assert not any("need the word of a lead" in text for text in drafting.texts(where="community"))
    # The teammate's own note alone is new.
    assert len(await drafting.store.timeline((await drafting.ticket()).id)) == said + 1


async def test_internal_articles_are_quoted_to_the_team_with_their_source(drafting):
    near(drafting)
    await drafting.says("noor", "@Frontdesk how much may I refund?", where="agents", mentions_bot=True)
    (answer,) = answers(drafting)
    assert answer.card.blocks[0].text == "> Refunds above EUR 500 need the word of a lead. [1]"
    assert [item.title for item in answer.card.evidence] == ["Refund rules"]


async def test_a_passage_that_is_far_from_the_question_is_not_shown(drafting):
    near(drafting, dense=0.1)
    await drafting.says("noor", "@Frontdesk refund of the moon?", where="agents", mentions_bot=True)
    assert answers(drafting)[0].card.blocks[0].text == NOTHING_FOUND


@pytest.mark.parametrize("who", ["kim", "ina"], ids=["a colleague", "a customer"])
async def test_whoever_is_not_of_the_team_gets_no_answer(drafting, who):
    near(drafting)
    await drafting.says(who, "@Frontdesk how much may I refund?", where="agents", mentions_bot=True)
    assert answers(drafting) == []


async def test_a_ticket_is_found_by_its_customers_name_or_account(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.says("noor", "@Frontdesk what does Ina want?", where="agents", mentions_bot=True)
    assert f'Asked: "{QUESTION}"' in answers(drafting)[0].card.blocks[0].text


async def test_a_ticket_is_found_by_its_id(drafting):
    await drafting.asks("ina", QUESTION)
    ticket = await drafting.ticket()
    await drafting.says("noor", f"@Frontdesk where does {ticket.id} stand?", where="agents", mentions_bot=True)
    assert str(ticket.id) in answers(drafting)[0].card.blocks[0].text


@pytest.mark.parametrize("text", ["What waits for me?", "what's next", "show me the queue", "Who is waiting?"])
def test_the_queue_is_asked_for_in_many_words(text):
    assert WAITING.search(text)


async def test_who_asks_what_waits_gets_the_queue(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.says("noor", "@Frontdesk what waits for me?", where="agents", mentions_bot=True)
    assert plain(answers(drafting)[0].card).startswith("Waiting for the team   1")


async def test_without_the_articles_it_says_so_and_answers_from_the_tickets(drafting):
    await drafting.asks("ina", QUESTION)
    drafting.knowledge.down = True
    await drafting.says("noor", "@Frontdesk what does Ina want?", where="agents", mentions_bot=True)
    (answer,) = answers(drafting)
    assert QUESTION in answer.card.blocks[0].text
    assert answer.card.blocks[-1].text.startswith("The articles could not be searched")


async def test_where_the_platform_streams_the_answer_is_shown_while_it_is_put_down(drafting):
    drafting.chat.can = Capabilities(streams=True)
    near(drafting)
    await drafting.says("noor", "@Frontdesk how much may I refund?", where="agents", mentions_bot=True)
    ((place, to, text),) = drafting.chat.streamed
    assert (place.channel, to) == (channel("agents"), user("noor"))
    assert text == answers(drafting)[0].card.blocks[0].text


async def test_a_stream_that_fails_costs_nothing_but_the_stream(drafting):
    drafting.chat.can = Capabilities(streams=True)

    async def stream(*args, **named):
        raise Unavailable("platform")

    drafting.chat.stream = stream
    await drafting.says("noor", "@Frontdesk refund?", where="agents", mentions_bot=True)
    assert len(answers(drafting)) == 1


async def test_what_a_model_could_not_do_is_said_below(drafting):
    class Broken:
        async def advise(self, inquiry):
            return Advice("> Quoted. [1]", degraded=("model_slow",))

    drafting.services = replace(drafting.services, advisor=Broken())
    await drafting.says("noor", "@Frontdesk refund?", where="agents", mentions_bot=True)
    assert answers(drafting)[0].card.blocks[-1].text == "the language model did not answer in time"


async def test_a_question_that_was_deleted_before_it_was_read_is_not_answered(drafting):
    event = drafting.message("noor", "@Frontdesk refund?", where="agents", mentions_bot=True)
    await drafting.deletes(event.ref)
    await drafting.emit(event)
    assert answers(drafting) == []


async def test_a_teammate_who_writes_to_the_bot_alone_is_answered_there(drafting):
    near(drafting)
    await drafting.says("noor", "How much may I refund?", where="dm-noor", kind=ChannelKind.DIRECT)
    (answer,) = answers(drafting)
    assert answer.target.channel == channel("dm-noor")
    assert "need the word of a lead" in answer.card.blocks[0].text
    assert await drafting.store.tickets() == []


async def test_a_colleague_who_writes_to_the_bot_alone_is_told_nothing_of_the_desk(drafting):
    near(drafting)
    await drafting.says("kim", "How much may I refund?", where="dm-kim", kind=ChannelKind.DIRECT)
    assert answers(drafting) == []
