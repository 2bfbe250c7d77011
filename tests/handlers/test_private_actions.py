"""Actions that tell something: an invoice goes to the entitled person alone, and a password reset tells nobody who has an account."""

import pytest

from desk.cards import plain
from desk.selfservice import ActionRequest
from desk.timeline import Purpose
from tests.handlers.self_service import RESET, asking, runs, serving, states

INVOICE = ActionRequest("resend_invoice", (("number", "INV-204"),))
LEAKY = "I have sent a reset link to mara@acme.example of Acme."


async def test_an_invoice_goes_privately_to_the_entitled_person_and_the_thread_shows_nothing_of_it(tmp_path):
    async with serving(tmp_path, request=INVOICE) as w:
        await w.asks("mara", "Please send my invoice again")
        (part,) = w.posts(Purpose.PART)
        assert str(part.target) == "direct:local/main/mara"
        assert "Invoice INV-204: EUR 420.00, refunding" in plain(part.card)
        assert not any("INV-204" in text or "420" in text for text in w.standing(where="community"))
        assert await states(w) == ["done"]


async def test_a_teammate_sees_on_the_card_what_will_go_to_whom(tmp_path):
    async with serving(tmp_path, mode="draft", request=INVOICE) as w:
        await w.asks("mara", "Please send my invoice again")
        assert "to Mara alone: Invoice INV-204: EUR 420.00, refunding" in w.texts(Purpose.DRAFT_CARD)[-1]
        assert w.posts(Purpose.PART) == []
        await w.clicks("noor", "Approve")
        assert len(w.posts(Purpose.PART)) == 1


@pytest.mark.parametrize("who", ["jon", "ina", "stranger"], ids=["a colleague without billing", "another account", "somebody unknown"])
async def test_who_is_not_entitled_gets_no_invoice(tmp_path, who):
    async with serving(tmp_path, request=INVOICE) as w:
        await w.asks(who, "Please send my invoice again")
        assert await runs(w) == []
        assert w.posts(Purpose.PART) == []


async def test_in_a_direct_message_it_stays_where_it_is(tmp_path):
    async with serving(tmp_path, request=INVOICE) as w:
        await w.asks("mara", "Please send my invoice again", where="direct")
        assert "Invoice INV-204" in w.texts(Purpose.ANSWER)[-1]


async def _reset_of(w, who):
    """Return everything somebody reads of a password reset, and what became of the draft, without their name."""
    w.answerer.instead = asking(ActionRequest("password_reset_link"), text=LEAKY)
    await w.asks(who, "I cannot log in, how do I reset my password?", where="community")
    read = [
        (str(post.purpose), plain(post.card).replace(who.title(), "NAME")) for post in w.chat.sent if post.card and post.audience.scope == "public"
    ]
    return read, await w.decisions()


async def test_a_password_reset_reads_the_same_for_the_known_and_the_unknown_and_as_policy_says_it(tmp_path):
    told = []
    for who in ("mara", "jon", "ina", "stranger"):
        async with serving(tmp_path / who) as w:
            told.append(await _reset_of(w, who))
    assert all(each == told[0] for each in told)
    read, decisions = told[0]
    assert decisions == ["perform", "reply"]
    texts = [text for _, text in read]
    assert any(RESET["says"] in text for text in texts)
    assert any("https://app.example/reset" in text for text in texts)
    assert not any("acme" in text.lower() for text in texts)


async def test_the_link_goes_to_who_asks_alone(tmp_path):
    async with serving(tmp_path) as w:
        await _reset_of(w, "stranger")
        (part,) = w.posts(Purpose.PART)
        assert str(part.target) == "direct:local/main/stranger"


async def test_a_card_of_a_password_reset_is_the_same_for_everybody(tmp_path):
    cards = []
    for who in ("jon", "stranger"):
        async with serving(tmp_path / who, mode="draft") as w:
            await _reset_of(w, who)
            cards.append([line for line in w.texts(Purpose.DRAFT_CARD)[-1].splitlines() if line.startswith("Will run")])
    assert cards[0] == cards[1] == ["Will run: password_reset_link, once, when approved"]
