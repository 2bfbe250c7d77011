"""Wishes: what Regenerate asks reaches the answerer, and what it could not do is said."""

from dataclasses import replace

import pytest

from desk.audience import PUBLIC
from desk.draft import DraftStatus, Part, Proposal
from desk.timeline import Purpose
from desk.usage import ModelCall
from tests.world import user

QUESTION = "When does my refund arrive?"
WRITTEN = Proposal((Part(PUBLIC, "Within 7 days."),), calls=(ModelCall("answer", "claude"),))


def told(w):
    """Return what was whispered to Noor."""
    return [
        text
        for post, text in zip(w.posts(Purpose.NOTICE, where="agents"), w.texts(Purpose.NOTICE, where="agents"), strict=True)
        if post.to == (user("noor"),)
    ]


async def test_what_is_wished_reaches_the_answerer(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", tone="warmer", shorter="yes", language="fr", hint="name the bank")
    brief = drafting.answerer.briefs[-1]
    assert (brief.hint, brief.language, brief.phrases["send"]) == ("name the bank", "fr", "Envoyer")
    assert [wish.split(":")[0] for wish in brief.wishes] == [
        "Make the tone warmer",
        "Make it shorter",
        "Write in French, whatever language the customer wrote in.",
    ]


async def test_left_as_it_is_nothing_is_wished(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", tone="same", shorter="no", language="same", hint="")
    brief = drafting.answerer.briefs[-1]
    assert (brief.hint, brief.language, brief.wishes) == ("", "en", ())
    assert told(drafting) == []


@pytest.mark.parametrize("given", [{"tone": "pirate"}, {"language": "tlh"}, {"shorter": "maybe"}])
async def test_what_the_form_does_not_offer_is_left_out(drafting, given):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", **given)
    assert drafting.answerer.briefs[-1].wishes == ()


async def test_a_quoted_draft_says_what_nobody_could_change(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", tone="formal", shorter="yes", language="de")
    assert told(drafting) == [
        "This draft is quoted from articles and records, word for word: its tone, its length and its language (English) "
        "cannot be changed without a language model. A hint was searched for."
    ]


async def test_a_draft_that_a_model_wrote_in_the_language_needs_no_word(drafting):
    await drafting.asks("ina", QUESTION)
    drafting.answerer.instead = replace(WRITTEN, language="de")
    await drafting.clicks("noor", "Regenerate", tone="warmer", language="de")
    assert told(drafting) == []


async def test_a_model_that_kept_to_another_language_is_told_of(drafting):
    await drafting.asks("ina", QUESTION)
    drafting.answerer.instead = WRITTEN
    await drafting.clicks("noor", "Regenerate", language="de")
    assert told(drafting) == ["The new draft is still in English: look at it first."]


async def test_a_model_that_could_not_be_used_is_like_none(drafting):
    await drafting.asks("ina", QUESTION)
    drafting.answerer.instead = replace(WRITTEN, degraded=("model_busy",))
    await drafting.clicks("noor", "Regenerate", tone="plainer")
    assert told(drafting)[0].startswith("This draft is quoted")


async def test_the_customers_language_stays_theirs_for_what_is_said_beside_the_draft(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", language="de")
    await drafting.clicks("noor", "Approve")
    assert (await drafting.ticket()).language == "en"
    assert drafting.card(Purpose.ANSWER).buttons[0].label == "Solved"


async def test_the_form_offers_the_languages_that_are_spoken_but_the_drafts_own(drafting):
    await drafting.asks("ina", QUESTION)
    fields = {field.name: field for field in next(b for b in drafting.card(Purpose.DRAFT_CARD).buttons if b.action == "regenerate").form.fields}
    assert [option.label for option in fields["language"].options] == ["as it is (English)", "German", "French", "Spanish", "Portuguese"]
    assert [(f.value, f.required) for f in fields.values()] == [("same", False), ("no", False), ("same", False), ("", False)]


async def test_a_wished_draft_waits_for_the_team_and_the_old_one_is_over(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", tone="direct")
    assert [draft.status for draft in await drafting.drafts()] == [DraftStatus.STALE, DraftStatus.WAITING]
