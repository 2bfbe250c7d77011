"""Trying: a question is answered for who asked alone, and nothing of it is kept."""

import pytest

from desk.cards import plain
from desk.customer import Role
from desk.ports import Query
from desk.space import Place
from handlers.commands import table
from tests.world import channel, user

QUESTION = "When does my refund arrive?"


async def shown(w, words, *, by="noor", **form):
    """Give a command and return the card that was whispered."""
    before = len(w.chat.sent)
    await w.commands(by, words, **form)
    return [post.card for post in w.chat.sent[before:] if post.op == "whisper"][-1]


async def ask(w, words):
    """Return the form that a command opens."""
    return await table.form_of(Query("command", words, user("noor"), Role.TEAMMATE, place=Place(channel("agents"))), w.services)


async def test_it_shows_the_answer_with_evidence_confidence_and_what_would_be_done(w):
    card = await shown(w, f'try "{QUESTION}"')
    text = plain(card)
    for line in (
        "I would: reply   mode auto",
        "in the thread: Refunds reach the card within 5 to 7 working days. [1]",
        "Confidence: 0.90 of 0.60 needed",
    ):
        assert line in text
    assert [item.document for item in card.evidence] == ["refunds"]


async def test_it_says_why_it_would_not_answer_alone(w):
    text = plain(await shown(w, 'try "unsure: when does my refund arrive?"'))
    assert "I would: suggest" in text
    assert "confidence 0.20 is below the threshold 0.60" in text


async def test_it_says_what_a_rule_would_do(w):
    text = plain(await shown(w, 'try "#human please"'))
    assert "I would: escalate" in text
    assert "rule: asks human" in text


async def test_without_an_answer_it_says_so(w):
    assert "There would be no answer: no evidence." in plain(await shown(w, 'try "unheard of"'))


async def test_a_sentence_without_evidence_is_marked(w):
    w.answerer.unsupported = True
    assert "(!) “Refunds reach the card within 5 to 7 working days.”: no evidence" in plain(await shown(w, f'try "{QUESTION}"'))


async def test_while_observing_it_says_what_auto_would_do(observing):
    text = plain(await shown(observing, f'try "{QUESTION}"'))
    assert "mode observe" in text
    assert "In mode auto: reply" in text


async def test_nobody_else_sees_it_and_nothing_is_kept(w):
    await shown(w, f'try "{QUESTION}"')
    assert [(post.op, post.to) for post in w.chat.sent] == [("whisper", (user("noor"),))]
    assert (await w.store.tickets(), await w.decisions(), await w.store.waiting_drafts()) == ([], [], [])


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        pytest.param(f'try "{QUESTION}" shared enterprise', "shared, enterprise account", id="kind and tier"),
        pytest.param(f'try "{QUESTION}" enterprise', "community, enterprise account", id="tier alone"),
        pytest.param(f"try “{QUESTION}” direct", "direct", id="a phone's quotes"),
        pytest.param(f"try {QUESTION}", "community", id="no quotes"),
    ],
)
async def test_kind_and_tier_follow_the_question(w, words, asked):
    await shown(w, words)
    assert w.answerer.briefs[-1].text == QUESTION
    assert f"Asked in: {asked}" in plain(await shown(w, words))


async def test_the_mode_of_that_kind_and_tier_is_shown(w):
    w.policy.change(modes={"rules": [{"kind": "shared", "tier": "enterprise", "mode": "draft"}]})
    text = plain(await shown(w, f'try "{QUESTION}" shared enterprise'))
    assert "I would: suggest   mode draft" in text


async def test_a_word_that_is_neither_is_answered_with_what_was_expected(w):
    assert "`try` expects community, shared, direct" in plain(await shown(w, f'try "{QUESTION}" sharde'))


async def test_without_a_question_a_form_asks_for_it(w):
    form = await ask(w, "try")
    assert [field.name for field in form.fields] == ["question", "kind", "tier"]
    assert "enterprise" in [option.value for option in form.fields[2].options]
    text = plain(await shown(w, "try", question=QUESTION, kind="shared", tier=""))
    assert "Asked in: shared" in text


async def test_while_the_model_is_down_that_is_said(w):
    w.answerer.down = True
    assert "The language model cannot be reached" in plain(await shown(w, f'try "{QUESTION}"'))


async def test_nobody_but_the_team_tries(w):
    assert "support team only" in plain(await shown(w, f'try "{QUESTION}"', by="kim"))
    assert w.answerer.briefs == []
