"""Stories of what becomes of a reply: checked, mended once, divided by who may read it, held for a person, or never said."""

import asyncio
from datetime import timedelta

import pytest

from desk import audience
from desk.article import Chunk
from desk.audience import INTERNAL, PUBLIC
from desk.draft import DraftStatus
from desk.post import Direct
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from handlers.timers import Sweeper
from tests.wire.scripts import calls, play, reply, search, submits, use, writes
from tests.world import World, user

REFUND = "How long does a refund take to reach my card?"
ANSWER = "Refunds reach the card within 5 to 7 working days. [1]"
WRONG = "Refunds reach the card within 2 working days. [1]"
GERMAN = "Wie lange dauert es, bis eine Erstattung auf meiner Karte ankommt?"
EXPORTS = Chunk("c-exports", "exports", 0, "Exports", "", "https://help.example/exports", PUBLIC, "Open Settings > Data and choose Export.")
NIGHTLY = Chunk("c-nightly", "acme/exports", 0, "Acme exports", "", "", audience.account("acme"), "The exports of Acme run nightly at 02:15.")
RUNBOOK = Chunk("c-runbook", "internal/runbook", 0, "Goodwill", "", "", INTERNAL, "A refund may be doubled up to EUR 50 when somebody is furious.")


async def test_what_the_evidence_does_not_say_goes_back_once_and_the_mended_reply_is_sent(aimock, w):
    play(aimock, submits(WRONG), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told() == [
        "The reply was not sent. Mend this and submit it again, once; leave out what has no evidence, or hand_over:\n"
        '- "Refunds reach the card within 2 working days.": "2 working days": the evidence says 5 to 7'
    ]
    assert (await w.decisions(), len((await w.all_decisions())[0].calls)) == (["reply"], 2)
    assert not [text for text in w.texts() if "2 working days" in text]


async def test_what_is_still_unsupported_after_the_repair_waits_with_its_sentence_marked(aimock, w):
    play(aimock, submits(WRONG), submits("Refunds reach the card within 3 working days. [1]"))
    await w.asks("mara", REFUND)
    (decision,) = await w.all_decisions()
    assert (decision.word, decision.facts.unsupported, decision.reasons[0].code) == ("suggest", 1, "unsupported")
    (card,) = [text for text in w.standing(where="agents") if text.startswith("Draft  for Mara")]
    assert "in the thread: Refunds reach the card within 3 working days. [1]\n" in card
    assert '(!) “Refunds reach the card within 3 working days.”: "3 working days": the evidence says 5 to 7' in card
    assert [post.purpose for post in w.posts(where="community")] == [Purpose.HOLDING]
    assert w.button("Approve anyway")


async def test_a_reply_that_was_held_back_goes_out_as_a_teammate_mended_it(aimock, w):
    play(aimock, submits(WRONG), submits(WRONG))
    await w.asks("mara", REFUND)
    await w.clicks("noor", "Edit", text="Refunds reach the card within 5 to 7 working days.")
    (shown,) = [text for text in w.standing(where="community") if text.startswith("Refunds")]
    assert ("5 to 7" in shown, "Checked by Noor" in shown or "Written by Noor" in shown) == (True, True)


async def test_a_reply_that_tells_the_thread_too_much_is_mended_or_moved(aimock, w):
    said = "Invoice INV-204 over EUR 420.00 is refunding. [1]"
    play(aimock, calls(use("get_invoices")), submits(said), submits("Happy to help!", said))
    await w.asks("mara", "I was charged twice for invoice INV-204, where is my money?")
    assert "Sentences of `thread` rest on" in w.tap.told()[0]
    assert [post.target for post in w.posts(Purpose.PART)] == [Direct(user("mara"))]
    assert not [text for text in w.texts(where="community") if "420" in text]


async def test_a_stranger_gets_no_private_part_whatever_the_model_writes(aimock, w):
    play(aimock, submits(ANSWER, "Your invoice INV-204 over EUR 420.00 is paid."), submits(ANSWER, "Your invoice INV-204 is paid."))
    await w.asks("xaver", REFUND)
    assert w.posts(Purpose.PART) == []
    assert not [text for text in w.texts(where="community") if "INV-204" in text]


async def test_what_one_account_agreed_is_known_to_its_people_and_to_nobody_else(aimock, w):
    await w.learns(EXPORTS, NIGHTLY)
    play(aimock, search("nightly exports of Acme"), submits("Happy to help!", "The exports of Acme run nightly at 02:15. [2]"), about="answer Mara")
    play(
        aimock, search("nightly exports of Acme"), calls(use("hand_over", reason="no_evidence", summary="Asks when exports run.")), about="answer Ina"
    )
    await w.asks("mara", "At what time do our nightly exports run?")
    await w.asks("ina", "When do the nightly exports of Acme run?")
    mara, ina = w.tap.seen(1), w.tap.seen(3)
    assert ("02:15" in mara, "02:15" in ina) == (True, False)
    assert not [text for text in w.texts(where="community") if "02:15" in text]
    assert [post.target for post in w.posts(Purpose.PART)] == [Direct(user("mara"))]


async def test_in_mode_draft_the_reply_waits_and_goes_out_as_it_was_seen(aimock, desk):
    async with desk(mode="draft") as w:
        play(aimock, submits(ANSWER))
        await w.asks("mara", REFUND)
        assert (await w.decisions(), w.texts(Purpose.ANSWER)) == (["suggest"], [])
        await w.clicks("noor", "Approve")
        assert await w.decisions() == ["suggest", "reply"]
        (shown,) = [text for text in w.standing(where="community") if text.startswith("Refunds reach the card within 5 to 7 working days. [1]")]
        assert "Checked by Noor of our team." in shown


async def test_in_mode_observe_nothing_is_said_and_what_would_have_been_is_kept(aimock, desk):
    async with desk(mode="observe") as w:
        play(aimock, submits(ANSWER))
        await w.asks("mara", REFUND)
        (decision,) = await w.all_decisions()
        assert (decision.word, decision.would, w.posts(where="community")) == ("observe", "reply", [])
        assert [draft.status for draft in await w.drafts()] == [DraftStatus.OBSERVED]
        await w.wait(hours=8)
        assert "Refunds reach the card within 5 to 7 working days." in "\n".join(w.standing(where="agents"))


async def test_a_german_question_is_answered_in_german_and_the_team_reads_it_in_english(aimock, desk):
    async with desk(mode="draft") as w:
        said, meant = "Erstattungen erreichen die Karte innerhalb von 5 bis 7 Werktagen. [1]", "Refunds reach the card within 5 to 7 working days."
        play(aimock, search("refund card working days"), submits(said, language="de", translation=meant))
        await w.asks("mara", GERMAN)
        (card,) = [text for text in w.standing(where="agents") if text.startswith("Draft  for Mara")]
        assert (said in card, meant in card) == (True, True)
        await w.clicks("noor", "Approve")
        (shown,) = [text for text in w.standing(where="community") if text.startswith("Erstattungen")]
        assert (meant in shown, "Geprüft" in shown or "geprüft" in shown) == (False, True)
        assert (await w.all_decisions())[0].facts.unsupported == 0


async def test_a_reply_in_another_language_than_the_customers_waits(aimock, w):
    play(aimock, search("refund card working days"), submits(ANSWER))
    await w.asks("mara", GERMAN)
    (decision,) = await w.all_decisions()
    assert (decision.word, "reply_language" in decision.facts.doubts) == ("suggest", True)


async def test_text_that_reaches_nobody_is_told_so_once_and_then_submitted(aimock, w):
    play(aimock, writes("Refunds take 5 to 7 working days."), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.bodies[1]["messages"][-1]["content"][0]["text"].startswith("Nobody reads this. End the turn with submit_reply")
    assert await w.decisions() == ["reply"]


async def test_text_again_and_again_is_quoted_around(aimock, w):
    play(aimock, writes("Refunds take a day."), writes("I told you so."))
    await w.asks("mara", REFUND)
    (decision,) = await w.all_decisions()
    assert (decision.facts.degraded, len(decision.calls), decision.versions.model) == (("model_cut",), 2, "extractive-2")
    assert "Refunds take a day" not in "\n".join(w.texts())


async def test_a_turn_that_ends_twice_has_not_ended(aimock, w):
    both = calls(use("submit_reply", **reply(ANSWER)), use("hand_over", reason="unclear", summary="Who knows."))
    play(aimock, both, submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told()[1] == "A turn ends once: call submit_reply, ask_customer or hand_over, one of them and nothing else."
    assert (await w.decisions(), len(w.posts(Purpose.ANSWER))) == (["reply"], 1)


async def test_of_two_people_in_one_thread_each_is_answered_with_their_own(aimock, w):
    play(aimock, calls(use("get_invoices")), submits(ANSWER, "Invoice INV-204 is refunding. [2]"), about="You answer Mara")
    play(aimock, calls(use("get_invoices")), submits("Acme is on the enterprise plan. [1]"), about="You answer Jon")
    first = await w.says("mara", REFUND, where="shared")
    await w.asks("jon", "And which plan are we on, enterprise or not?", where="shared", under=first)
    said = w.texts(where="shared")[0]
    assert ("Mara: Refunds reach the card" in said, "Jon: Acme is on the enterprise plan." in said) == (True, True)
    assert [post.target for post in w.posts(Purpose.PART)] == [Direct(user("mara"))]
    told = {"Mara" if "You answer Mara" in w.tap.prompt(n) else "Jon": w.tap.told(n) for n in (1, 3)}
    assert ("INV-204" in told["Mara"][0], "INV-204" in told["Jon"][0]) == (True, False)


async def test_alone_with_the_customer_everything_is_said_in_place(aimock, w):
    play(aimock, calls(use("get_invoices")), submits("Invoice INV-204 over EUR 420.00 is refunding. [1]"))
    await w.asks("mara", "I was charged twice for invoice INV-204, where is my money?", where="direct")
    assert w.texts(where="direct")[0].startswith("Invoice INV-204 over EUR 420.00 is refunding. [1]")
    assert (await w.decisions(), w.posts(Purpose.PART)) == (["reply"], [])


async def test_in_mode_draft_a_question_back_waits_too(aimock, desk):
    async with desk(mode="draft") as w:
        question = "On which day did you ask for the refund? Its time counts from then."
        play(aimock, calls(use("ask_customer", question=question)))
        await w.asks("mara", "My refund has not come, what happened to it?")
        assert (await w.decisions(), w.texts(Purpose.QUESTION)) == (["suggest"], [])
        await w.clicks("noor", "Approve")
        assert [text for text in w.standing(where="community") if text.startswith(question)]


async def test_an_input_that_lacks_something_is_told_and_sent_again(aimock, w):
    play(aimock, calls(use("submit_reply", thread=ANSWER)), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert w.tap.told()[0].startswith("The input does not fit, or it was cut off: confidence: Field required.")
    assert await w.decisions() == ["reply"]


async def test_a_reply_that_its_writer_doubts_waits(aimock, w):
    play(aimock, submits(ANSWER, confidence=0.3))
    await w.asks("mara", REFUND)
    (decision,) = await w.all_decisions()
    assert (decision.word, decision.facts.confidence, decision.reasons[0].code) == ("suggest", 0.3, "unsure")


async def test_a_link_that_no_evidence_holds_is_not_sent(aimock, w):
    made_up = f"{ANSWER} See [the form](https://refunds.evil.example/form) for more. [1]"
    play(aimock, submits(made_up), submits(made_up))
    await w.asks("mara", REFUND)
    assert "evil.example" not in "\n".join(w.texts(where="community"))
    assert await w.decisions() == ["suggest"]


async def test_nobody_is_mentioned_whatever_the_model_writes(aimock, w):
    play(aimock, submits(f"{ANSWER} @everyone <!channel> <@U123>"), submits(f"{ANSWER} @everyone <!channel> <@U123>"))
    await w.asks("mara", REFUND)
    assert not [text for text in w.texts() if "<!channel>" in text or "<@U123>" in text]


async def test_what_is_internal_never_reaches_the_model(aimock, w):
    await w.learns(RUNBOOK)
    play(aimock, search("goodwill refund doubled furious"), submits(ANSWER))
    await w.asks("mara", REFUND)
    assert "EUR 50" not in w.tap.everything()


async def test_addresses_and_cards_never_leave_and_come_back_to_their_owner_alone(aimock, w):
    play(aimock, search("refund times"), submits(ANSWER, "We write to [email-1] when it is done."), submits(ANSWER))
    await w.asks("mara", f"{REFUND} It was 4111 1111 1111 1111, write to mara.voss@acme.example please.")
    everything = w.tap.everything()
    assert ("4111" in everything, "mara.voss@acme.example" in everything, "[email-1]" in everything) == (False, False, True)
    assert "mara.voss@acme.example" not in "\n".join(w.texts(where="community"))


async def test_a_second_turn_of_a_ticket_begins_with_the_same_bytes(aimock, w):
    play(aimock, submits(ANSWER))
    first = await w.asks("mara", REFUND)
    aimock.clear_fixtures()
    play(aimock, search("refund times"), submits("Refunds reach the card within 5 to 7 working days, whatever the card. [1]"))
    await w.asks("mara", "And how long does it take for a debit card?", under=first)
    before, after = w.tap.bodies[0], w.tap.bodies[1]
    assert (before["system"], before["tools"]) == (after["system"], after["tools"])
    # The ticket and what was said before, up to the second mark.
    assert before["messages"][0]["content"][0] == after["messages"][0]["content"][0]
    assert before["messages"][0]["content"][1]["text"] == after["messages"][0]["content"][1]["text"]


@pytest.mark.parametrize("latency", [0, 15], ids=["at once", "slowly"])
async def test_two_customers_at_once_do_not_mix(latency, aimock, w):
    await w.learns(EXPORTS)
    mara = [calls(use("get_invoices")), submits("Happy to help!", "Invoice INV-204 is refunding. [1]")]
    ina = [calls(use("get_subscription")), submits("Open Settings > Data and choose Export. [1]")]
    play(aimock, *(turn.served(latency=latency) for turn in mara), about="answer Mara")
    play(aimock, *(turn.served(latency=latency) for turn in ina), about="answer Ina")
    await w.says("mara", "I was charged twice for invoice INV-204, where is my money?")
    await w.says("ina", "Where in Settings do I find the Export of all our data?")
    await at_once(w)
    assert sorted(await w.decisions()) == ["reply", "reply"]
    asked_by_ina = [body for body in w.tap.bodies if "answer Ina" in str(body["messages"][0])]
    assert ("INV-204" in str([body["messages"] for body in asked_by_ina]), len(asked_by_ina)) == (False, 2)
    assert [post.target for post in w.posts(Purpose.PART)] == [Direct(user("mara"))]
    booked = {(row.payer.person, row.payer.ticket) for row in w.ledger.booked}
    assert len(booked) == 2
    assert sorted(len(decision.calls) for decision in await w.all_decisions()) == [2, 2]


async def at_once(w: World) -> None:
    """Let everybody's pause be over, and take all turns at the same time, as several workers would."""
    w.clock.at += timedelta(seconds=9)
    await Sweeper(w.services, w.submit).sweep()
    begun, w.queue = w.queue, []
    await asyncio.gather(*(dispatch(event, w.services, w.submit) for event in begun))
    await w.settle()


async def test_nothing_of_a_reply_reaches_anybody_while_the_customer_is_writing_on(aimock, w):
    play(aimock, submits(ANSWER))
    await w.says("mara", REFUND)
    await w.wait(seconds=5)
    await w.says("mara", "It is a debit card.")
    await w.wait(seconds=5)
    assert (w.texts(where="community"), w.tap.bodies) == ([], [])
    await w.wait(seconds=5)
    assert (await w.decisions(), len(w.tap.bodies)) == (["reply"], 1)


def test_a_claim_is_cut_from_every_sentence_of_a_reply():
    assert reply("One. [1] Two. [2]", "Three.")["claims"] == [
        {"text": "One.", "evidence": [1]},
        {"text": "Two.", "evidence": [2]},
        {"text": "Three.", "evidence": []},
    ]
