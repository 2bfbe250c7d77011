"""Law 6: every sentence has evidence or is marked, and an unsupported claim can't go out automatically."""

from dataclasses import replace

import pytest

from desk.audience import PUBLIC
from desk.draft import Claim, Evidence, Part, Proposal
from desk.timeline import Purpose
from tests.world import CHUNK

QUESTION = "When does my refund arrive?"
TEXT = "Refunds take a week."
ITEM = Evidence(1, "passage", CHUNK.id, PUBLIC, CHUNK.text, CHUNK.title, hash=CHUNK.hash)
SURE = Proposal((Part(PUBLIC, TEXT),), (Claim(TEXT, True, (1,)),), (ITEM,), confidence=1.0)


@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(replace(SURE, claims=(Claim(TEXT, False, (), why="the evidence says 5 to 7"),)), id="a claim without evidence"),
        pytest.param(replace(SURE, claims=(*SURE.claims, Claim("And free.", False))), id="one of two claims without evidence"),
        pytest.param(replace(SURE, claims=()), id="no claim at all"),
        pytest.param(replace(SURE, doubts=("language_mismatch",)), id="a doubt"),
    ],
)
async def test_it_can_not_go_out_automatically_however_sure_the_answerer_is(w, proposal):
    w.policy.change(answers={"threshold": 0.0})
    w.answerer.instead = proposal
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["suggest"]
    assert w.posts(Purpose.ANSWER) == []


async def test_what_has_evidence_for_every_sentence_may(w):
    w.answerer.instead = SURE
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["reply"]


async def test_policys_fixed_sentences_need_no_evidence(w):
    w.answerer.instead = replace(SURE, claims=(), evidence=(), fixed=True)
    await w.asks("ina", QUESTION)
    assert await w.decisions() == ["reply"]


async def test_every_sentence_without_evidence_is_marked_on_the_card(w):
    w.answerer.instead = replace(SURE, claims=(*SURE.claims, Claim("And free.", False, why="no source says that it is free")))
    await w.asks("ina", QUESTION)
    assert "(!) “And free.”: no source says that it is free" in w.texts(Purpose.DRAFT_CARD)[0]


async def test_one_of_several_askers_without_an_answer_keeps_the_rest_from_going_out_alone(w):
    await w.says("mara", QUESTION, where="shared")
    await w.says("jon", "Do you sell bicycles?", where="shared")
    await w.wait(seconds=9)
    assert await w.decisions() == ["suggest"]
    assert "one of those who asked gets no answer by it" in w.texts(Purpose.DRAFT_CARD)[0]


async def test_a_decision_keeps_what_was_cited_without_the_words(w):
    await w.asks("ina", QUESTION)
    (decision,) = await w.all_decisions()
    assert [(item.id, item.hash, item.quote) for item in decision.evidence] == [(CHUNK.id, CHUNK.hash, "")]


async def test_an_approval_does_not_hide_that_evidence_was_missing(drafting):
    drafting.answerer.unsupported = True
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve anyway", reason="I asked billing")
    decision = (await drafting.all_decisions())[-1]
    assert (decision.facts.unsupported, decision.facts.teammate) == (1, "teammate")
    assert "Approved without full evidence by Noor" in drafting.texts(Purpose.DRAFT_CARD)[-1]
