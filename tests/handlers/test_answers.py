"""What an answer looks like, and how files are met."""

import pytest

from desk.ids import AccountId
from desk.timeline import File, Purpose
from tests.world import CHUNK

QUESTION = "When does my refund arrive?"
PICTURE = File("screen.png", "image/png", 2048)
READ = File("log.txt", "text/plain", 20, text="refund error 17")


async def test_an_answer_carries_its_sources_who_wrote_it_and_three_buttons(w):
    await w.asks("ina", QUESTION)
    card = w.card(Purpose.ANSWER)
    assert [item.id for item in card.evidence] == [CHUNK.id]
    assert "Written by AI" in w.texts(Purpose.ANSWER)[0]
    assert [button.label for button in card.buttons] == ["Solved", "Not solved", "Get a human"]


async def test_an_answer_that_shows_no_source_claims_none(w):
    await w.asks("mara", "Is my invoice paid?", where="community")
    assert w.card(Purpose.ANSWER).evidence == ()
    assert "Written by AI; no person has checked it." in w.texts(Purpose.ANSWER)[0]
    assert "Written by AI from the sources above" in w.texts(Purpose.PART)[0]


async def test_a_checked_answer_says_which_teammate_checked_it(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    assert "Checked by Noor of our team" in drafting.texts(Purpose.ANSWER)[0]
    assert "Written by AI" not in drafting.texts(Purpose.ANSWER)[0]


async def test_fixed_phrases_and_buttons_are_in_the_customers_language(w):
    await w.asks("ina", "bitte: refund?")
    card = w.card(Purpose.ANSWER)
    assert [button.label for button in card.buttons] == ["Gelöst", "Nicht gelöst", "Mit einem Menschen sprechen"]
    assert "Von KI aus den genannten Quellen geschrieben" in w.texts(Purpose.ANSWER)[0]


async def test_buttons_can_be_named_in_english_whatever_their_language(w):
    await w.asks("ina", "bitte: refund?")
    await w.clicks("ina", "solved...")
    assert "Schön, dass es gelöst ist" in w.texts(Purpose.CSAT)[0]


@pytest.mark.parametrize(("who", "shown"), [("mara", "12:00 CET"), ("ina", "15:00 UTC")], ids=["Berlin, an hour's SLA", "UTC, four hours' SLA"])
async def test_times_use_the_readers_own_zone(drafting, who, shown):
    drafting.policy.change(sla={"tiers": {"team": "5h"}})
    await drafting.asks(who, QUESTION)
    (holding,) = drafting.texts(Purpose.HOLDING)
    assert shown[-3:] in holding


async def test_a_time_on_another_day_names_the_day_in_the_customers_language(drafting):
    await drafting.wait(hours=6, minutes=50)
    await drafting.asks("ina", "bitte: refund?")
    assert "Dienstag 3 November" in drafting.texts(Purpose.HOLDING)[0]


async def test_files_are_shown_to_the_team_whether_read_or_not(drafting):
    await drafting.asks("ina", QUESTION, files=(PICTURE, READ))
    assert "Files: screen.png (not read by the bot), log.txt (read)" in drafting.texts(Purpose.DRAFT_CARD)[0]


async def test_the_answerer_gets_the_text_of_a_file_and_the_names_of_those_it_cannot_read(w):
    await w.asks("ina", QUESTION, files=(PICTURE, READ))
    (brief,) = w.answerer.briefs
    assert brief.files == ("screen.png",)
    assert "refund error 17" in brief.text


async def test_an_automatic_answers_quiet_line_names_the_files_too(w):
    await w.asks("ina", QUESTION, files=(PICTURE,))
    assert "screen.png" in w.texts(Purpose.AUTO_CARD)[0]


async def test_a_private_part_in_a_shared_channel_goes_to_the_entitled_contact_and_the_thread_says_so(w):
    await w.asks("mara", "refund for my invoice?", where="shared")
    (part,) = w.posts(Purpose.PART)
    assert str(part.target).endswith("/mara")
    assert "Mara, part of the answer concerns your account only, so I sent it to you privately." in w.texts(Purpose.ANSWER)[0]


async def test_a_contact_without_the_billing_entitlement_gets_no_invoice(w):
    await w.asks("jon", "refund for my invoice?", where="shared")
    assert w.posts(Purpose.PART) == []
    assert "INV-204" not in "".join(w.texts())


async def test_a_private_answer_carries_sources_and_buttons_of_its_own(w):
    await w.asks("mara", "refund for my invoice?")
    assert [button.name for button in w.card(Purpose.PART).buttons] == ["Solved", "Not solved", "Get a human"]
    await w.clicks("mara", "Solved", ref=next(ref for ref, post in w.chat.standing.items() if post.purpose is Purpose.PART))
    assert (await w.ticket()).status.is_over


async def test_in_a_direct_message_everything_stays_there(w):
    await w.asks("mara", "refund for my invoice?", where="direct")
    assert w.posts(Purpose.PART) == []
    assert "INV-204" in w.texts(Purpose.ANSWER)[0]


async def test_somebody_else_in_a_direct_channel_sees_public_knowledge_only(w):
    await w.asks("max", "refund for my invoice?", where="direct")
    assert [str(a) for a in w.answerer.briefs[0].place] == ["public"]


async def test_personal_data_posted_in_public_is_warned_of_privately_and_once(w):
    asked = await w.asks("ina", "#personal_data refund for card 4111 1111?")
    await w.asks("ina", "#personal_data it was card 4111 1111, refund?", under=asked)
    warnings = [p for p in w.posts(Purpose.NOTICE) if str(p.target).endswith("/ina")]
    assert len(warnings) == 1
    assert "contains personal data" in w.texts(Purpose.NOTICE)[0]


async def test_personal_data_posted_in_public_is_never_repeated_to_a_customer(w):
    await w.asks("ina", "#personal_data refund for card 4111 1111?")
    assert not any("4111" in text for text in w.texts() if "Draft" not in text)


async def test_personal_data_in_a_channel_of_one_account_is_nobody_elses_business(w):
    await w.asks("mara", "#personal_data refund?", where="shared")
    assert not any("personal data" in text for text in w.texts(Purpose.NOTICE))


async def test_the_answer_to_an_account_knows_the_account(w):
    await w.asks("mara", QUESTION)
    ticket = await w.ticket()
    assert (ticket.account, ticket.person) == (AccountId("acme"), "mara")
