"""Saved texts in Edit: which are offered, what becomes of the draft, and what is remembered of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desk.audience import PUBLIC, account
from desk.draft import Claim, DraftStatus, Evidence, Part, Proposal, Verdict
from desk.timeline import Purpose
from handlers.reasons import decision_lines
from tests.world import World, channel, user, world

QUESTION = "When does my refund arrive?"
TEXTS = {
    "refund": {"title": "Refund times", "text": "Hello {name}, refunds reach the card within 5 to 7 working days.", "audience": "public"},
    "plan": {"title": "Your plan", "text": "{account} is on the {plan} plan.", "audience": "public", "categories": ["billing"]},
    "login": {"title": "Log in again", "text": "Please log in again.", "audience": "public", "categories": ["account access"]},
    "rule": {"title": "Our own rule", "text": "Refund at once below EUR 1,000.", "audience": "internal"},
    "gruss": {"title": "Gruß", "text": "Guten Tag {name}.", "audience": "public", "language": "de"},
}


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    """A world in mode draft whose team saved a few texts."""
    async with world(tmp_path, mode="draft", macros=TEXTS) as made:
        yield made


def field(w: World):
    """Return the field of the edit form that offers texts, None where there is none."""
    _, edit = w.button("Edit")
    return next((item for item in edit.form.fields if item.name == "macro"), None)


def offered(w: World) -> list[str]:
    return [option.value for option in field(w).options if option.value]


async def edits(w: World, *, by: str = "noor", **form: str) -> None:
    """Press Edit with what the form shows, but for what somebody changed."""
    at, button = w.button("Edit")
    await w.press(by, button, at, **{item.name: item.value for item in button.form.fields} | form)


async def test_those_that_fit_are_offered_and_shown_as_this_customer_would_read_them(w):
    await w.asks("ina", QUESTION)
    assert offered(w) == ["refund"]
    assert [(option.label, option.shows) for option in field(w).options] == [
        ("none", ""),
        ("Refund times", "Hello Ina, refunds reach the card within 5 to 7 working days."),
    ]


async def test_what_is_the_accounts_is_offered_where_only_the_account_reads(w):
    await w.asks("mara", QUESTION, where="shared")
    assert offered(w) == ["plan", "refund"]
    assert field(w).options[1].shows == "Acme is on the enterprise plan."


async def test_a_customer_of_another_language_gets_texts_in_it(w):
    await w.asks("ina", "bitte: refund?")
    assert offered(w) == ["gruss"]


async def test_without_saved_texts_nothing_is_offered(drafting):
    await drafting.asks("ina", QUESTION)
    assert field(drafting) is None


async def test_a_chosen_text_takes_the_place_of_the_threads(w):
    await w.asks("ina", QUESTION)
    await edits(w, macro="refund")
    (text,) = w.texts(Purpose.ANSWER)
    assert text.startswith("Hello Ina, refunds reach the card within 5 to 7 working days.\nChecked by Noor of our team.")


async def test_it_is_added_where_the_teammate_also_changed_the_text(w):
    await w.asks("ina", QUESTION)
    await edits(w, text="Good question, Ina.", macro="refund")
    (text,) = w.texts(Purpose.ANSWER)
    assert text.startswith("Good question, Ina.\n\nHello Ina, refunds reach the card")


async def test_a_text_alone_is_sent_where_the_teammate_emptied_the_draft(w):
    await w.asks("ina", QUESTION)
    await edits(w, text="", macro="refund")
    assert w.texts(Purpose.ANSWER)[0].startswith("Hello Ina, refunds")


async def test_private_parts_are_left_as_they_are(w):
    await w.asks("mara", "refund for my invoice?", where="shared")
    await edits(w, macro="plan")
    assert w.texts(Purpose.ANSWER)[0].startswith("Acme is on the enterprise plan.\n\nMara, part of the answer")
    assert "INV-204" in w.texts(Purpose.PART)[0]


async def test_a_customer_is_not_shown_a_saved_text_as_a_source(w):
    await w.asks("ina", QUESTION)
    await edits(w, macro="refund")
    assert w.card(Purpose.ANSWER).evidence == ()
    await w.asks("mara", QUESTION)
    await edits(w, text="As the article says: 5 to 7 days. [1]", macro="refund")
    assert [item.source for item in w.card(Purpose.ANSWER).evidence] == ["passage"]


async def test_what_was_used_is_kept_on_the_draft(w):
    await w.asks("mara", QUESTION, where="shared")
    await edits(w, macro="plan")
    sent = next(draft for draft in await w.drafts() if draft.status is DraftStatus.SENT)
    policy = await w.policy.current()
    assert sent.verdict is Verdict.EDIT
    (used,) = [item for item in sent.proposal.evidence if item.source == "macro"]
    assert (used.id, used.title, str(used.audience), used.quote) == ("plan", "Your plan", "account:acme", "Acme is on the enterprise plan.")
    assert used.hash
    assert sent.basis.policy["macros"] == policy.hashes["macros"]
    assert "account:tier" in sent.basis.fields
    assert sent.proposal.parts[0].audience == account("acme")
    assert sent.proposal.unsupported == 0


async def test_why_tells_which_text_was_used(w):
    await w.asks("ina", QUESTION)
    await edits(w, macro="refund")
    replied = (await w.all_decisions())[-1]
    assert [(item.source, item.id, item.quote) for item in replied.evidence if item.source == "macro"] == [("macro", "refund", "")]
    assert decision_lines(replied)[-1] == "  - with the saved text 'Refund times' (refund)"


async def test_a_decision_names_the_policy_that_has_the_text_as_it_was(w):
    await w.asks("ina", QUESTION)
    await edits(w, macro="refund")
    then = (await w.all_decisions())[-1].versions.policy
    before = await w.policy.current()
    w.policy.change(macros={"refund": {"text": "Refunds take a month now."}})
    now = await w.policy.current()
    assert (then, then != now.version) == (before.version, True)
    assert before.macros["refund"].text == TEXTS["refund"]["text"]


@pytest.mark.parametrize("name", ["rule", "login", "gruss", "plan", "forged"])
async def test_a_text_that_may_not_stand_there_is_refused_and_the_words_are_handed_back(w, name):
    await w.asks("ina", QUESTION)
    at, button = w.button("Edit")
    await w.press("noor", button, at, text="My own words.", macro=name)
    assert w.posts(Purpose.ANSWER) == []
    for told in w.texts(Purpose.NOTICE):
        assert "was changed or does not fit here any more, so nothing was sent" in told
    assert len([told for told in w.texts(Purpose.NOTICE) if "My own words." in told]) == 1


async def test_a_text_that_was_taken_away_meanwhile_is_not_sent(w):
    await w.asks("ina", QUESTION)
    at, button = w.button("Edit")
    w.policy.change(macros={"refund": {"audience": "internal"}})
    await w.press("noor", button, at, macro="refund")
    assert w.posts(Purpose.ANSWER) == []


async def test_a_text_is_not_sent_where_strangers_began_to_read(w):
    await w.asks("mara", QUESTION, where="shared")
    at, button = w.button("Edit")
    w.chat.guests[channel("shared")] = [user("ina")]
    await w.press("noor", button, at, macro="plan")
    assert w.posts(Purpose.ANSWER) == []


async def test_texts_are_offered_on_a_card_that_needs_a_human_too(w):
    await w.asks("ina", f"#human {QUESTION}")
    assert offered(w) == ["refund"]


async def test_a_card_is_drawn_without_texts_while_the_record_is_down(w):
    await w.asks("mara", QUESTION, where="shared")
    w.crm.down = True
    await w.clicks("noor", "Mute")
    assert "in the thread:" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_a_name_that_looks_like_markup_is_only_a_name(w):
    await w.asks("max", QUESTION, author_name="{plan} <!channel>")
    assert field(w).options[1].shows.startswith("Hello {plan} <!channel>, refunds")


async def test_a_draft_that_rests_on_a_saved_text_does_not_outlive_a_change_of_it(w):
    text = "Hello Ina, refunds reach the card within 5 to 7 working days."
    rests = Evidence(1, "macro", "refund", PUBLIC, text, "Refund times", hash="h")
    w.answerer.instead = Proposal((Part(PUBLIC, text),), (Claim(text, True, (1,)),), (rests,), 0.9)
    await w.asks("ina", QUESTION)
    w.policy.change(macros={"refund": {"text": "Refunds take a month now."}})
    await w.clicks("noor", "Approve")
    assert w.posts(Purpose.ANSWER) == []
    assert "has changed, so it was not sent" in w.texts(Purpose.NOTICE)[0]
