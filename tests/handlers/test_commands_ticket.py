"""One ticket by command: where it stands, what was said, decided and drafted."""

import pytest

from desk.audience import INTERNAL
from desk.cards import plain
from desk.changes import Unsend, write
from desk.ids import EventId
from desk.timeline import Purpose
from handlers import say
from tests.world import user

UNSURE = "unsure: when does my refund arrive?"


async def shown(w, words, *, by="noor"):
    """Give a command and return the card that was whispered."""
    before = len(w.chat.sent)
    await w.commands(by, words)
    return [post.card for post in w.chat.sent[before:] if post.op == "whisper"][-1]


async def test_it_shows_where_the_ticket_stands(w):
    await w.asks("mara", UNSURE)
    ticket = await w.ticket()
    text = plain(await shown(w, f"ticket {ticket.id}"))
    for line in (f"{ticket.id}  Mara, Acme", "State: waiting team", "Category: billing", "Opened: 10:00", "in #community"):
        assert line in text


async def test_it_shows_what_was_said_decided_and_drafted(w):
    await w.asks("mara", UNSURE)
    await w.clicks("noor", "Approve")
    text = plain(await shown(w, f"ticket {(await w.ticket()).id}"))
    said, decided, drafted = (text.split(f"{title}:\n")[1] for title in ("Said", "Decided", "Drafted"))
    assert f"10:00  Mara: {UNSURE}" in said
    assert "the bot: Refunds reach the card" in said
    assert "suggest, mode auto: confidence 0.20 is below the threshold 0.60" in decided
    assert "sent by Noor, confidence 0.20: Refunds reach the card" in drafted


async def test_of_a_long_ticket_the_last_messages_are_shown(w):
    first = await w.asks("mara", UNSURE)
    for n in range(14):
        await w.says("mara", f"and the refund {n}, {'word ' * 60}", under=first)
    await w.wait(minutes=1)
    text = plain(await shown(w, f"ticket {(await w.ticket()).id}"))
    assert "more before)" in text
    assert UNSURE not in text.split("Said:\n")[1].split("Decided:")[0]
    assert max(map(len, text.splitlines())) < 250


async def test_the_beginning_of_an_id_is_enough(w):
    await w.asks("mara", UNSURE)
    ticket = await w.ticket()
    assert ticket.id in plain(await shown(w, f"ticket {ticket.id[:6]}"))


async def test_its_buttons_are_those_of_the_ticket_and_one_for_the_customer(w):
    await w.asks("mara", UNSURE)
    ticket = await w.ticket()
    card = await shown(w, f"ticket {ticket.id}")
    assert {"Take over", "Why", "Customer"} <= {button.name for button in card.buttons}
    assert card.buttons[-1].subject == "customer mara"
    whispered = next(ref for ref, post in w.chat.standing.items() if post.card == card)
    await w.clicks("noor", "Take over", ref=whispered)
    assert (await w.ticket()).owner == user("noor")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param("ticket", "Name the ticket", id="none"),
        pytest.param("ticket t-none", "No ticket begins with 't-none'.", id="one that is not there"),
        pytest.param("ticket t-", "More than one ticket begins with 't-'.", id="several"),
    ],
)
async def test_a_ticket_that_is_not_meant_clearly_is_answered_with_a_sentence(w, words, sentence):
    await w.asks("mara", UNSURE)
    await w.asks("ina", UNSURE)
    assert sentence in plain(await shown(w, words))


async def test_nobody_but_the_team_sees_one(w):
    await w.asks("mara", UNSURE)
    assert "support team only" in plain(await shown(w, f"ticket {(await w.ticket()).id}", by="ina"))
    assert [post for post in w.posts(Purpose.NOTICE) if "Decided" in plain(post.card)] == []


async def test_what_it_shows_of_a_customers_words_is_erased_with_the_ticket(w):
    await w.asks("mara", UNSURE)
    await w.commands("noor", f"ticket {(await w.ticket()).id}")
    (whisper,) = [post for post in w.chat.sent if post.op == "whisper"]
    assert whisper.ticket == (await w.ticket()).id


async def test_a_turn_that_begins_again_takes_back_no_answer_to_a_command(w):
    await w.asks("mara", UNSURE)
    ticket = await w.ticket()
    card = await shown(w, f"ticket {ticket.id}")
    whisper = say.whisper("", to=user("noor"), place=ticket.place, cause=EventId("c"), at=w.clock.now(), audience=INTERNAL, card=card)
    await w.store.commit(EventId("c"), whisper + write(Unsend(ticket.id)), at=w.clock.now())
    assert [row.post.op for row in await w.store.sendable(w.clock.now())] == ["whisper"]
