"""Reading: teammates see a reply in their own language, and no customer ever does."""

from dataclasses import replace

import pytest

from desk.audience import PUBLIC
from desk.cards import Notes
from desk.draft import Claim, Evidence, Part, Proposal
from desk.timeline import Purpose
from handlers.reading import language
from tests.world import CHUNK

QUESTION = "Wann kommt meine refund, bitte?"
GERMAN, ENGLISH = "Die Erstattung ist in 5 bis 7 Tagen auf der Karte. [1]", "The refund is on the card within 5 to 7 days."
MARK = "In English, for you; never sent"
TRANSLATED = Proposal(
    (Part(PUBLIC, GERMAN),),
    (Claim(GERMAN, True, (1,)),),
    (Evidence(1, "passage", CHUNK.id, PUBLIC, CHUNK.text, CHUNK.title, CHUNK.document, hash=CHUNK.hash),),
    0.9,
    language="de",
    translation=ENGLISH,
)


def marked(w, purpose: Purpose) -> list[str]:
    return ["\n".join(block.lines) for block in w.card(purpose).blocks if isinstance(block, Notes) and block.title == MARK]


async def test_a_draft_in_another_language_is_shown_in_the_teams_too(drafting):
    drafting.answerer.instead = TRANSLATED
    await drafting.asks("ina", QUESTION)
    assert marked(drafting, Purpose.DRAFT_CARD) == [ENGLISH]


async def test_an_escalation_shows_it_under_its_draft(w):
    w.answerer.instead = TRANSLATED
    await w.asks("ina", f"#human {QUESTION}")
    assert marked(w, Purpose.ESCALATION_CARD) == [ENGLISH]


async def test_the_line_of_an_automatic_answer_shows_it(w):
    w.answerer.instead = TRANSLATED
    await w.asks("ina", QUESTION)
    assert marked(w, Purpose.AUTO_CARD) == [ENGLISH]


async def test_a_draft_in_the_teams_language_is_shown_once(drafting):
    await drafting.asks("ina", QUESTION)
    assert marked(drafting, Purpose.DRAFT_CARD) == []


async def test_approve_sends_the_customers_language_alone(drafting):
    drafting.answerer.instead = TRANSLATED
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    assert GERMAN.removesuffix(" [1]") in drafting.texts(Purpose.ANSWER)[0]
    assert not [text for text in drafting.texts(where="community") if ENGLISH in text]


async def test_edit_begins_with_the_customers_language_and_drops_the_translation_of_other_words(drafting):
    drafting.answerer.instead = TRANSLATED
    await drafting.asks("ina", QUESTION)
    _, edit = drafting.button("Edit")
    assert [field.value for field in edit.form.fields] == [GERMAN]
    await drafting.clicks("noor", "Edit", text="In einer Woche.")
    assert [draft.proposal.translation for draft in await drafting.drafts()] == [ENGLISH, ""]


async def test_an_edit_that_changes_nothing_keeps_it(drafting):
    drafting.answerer.instead = TRANSLATED
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Edit", text=GERMAN)
    assert (await drafting.drafts())[-1].proposal.translation == ENGLISH


async def test_it_is_no_text_of_the_card_so_that_nothing_in_it_is_markup(drafting):
    drafting.answerer.instead = replace(TRANSLATED, translation="**bold** [here](https://evil.example) <@all>")
    await drafting.asks("ina", QUESTION)
    assert marked(drafting, Purpose.DRAFT_CARD) == ["**bold** [here](https://evil.example) <@all>"]


@pytest.mark.parametrize(("code", "name"), [("en", "English"), ("de", "German"), ("xx", "xx"), ("", ""), ("not a code", "not a code")])
def test_a_language_is_named(code, name):
    assert language(code) == name
