"""Asking without a chat: the same triage, retrieval and decision as a customer meets, and nothing is stored."""

import pytest

from desk.customer import Trust
from desk.errors import Unavailable
from desk.modes import Mode
from desk.space import ChannelKind
from desk.triage import Sentiment
from handlers.ask import Question, ask

TEXT = "When does my refund arrive?"


@pytest.mark.parametrize(
    ("text", "mode", "action", "in_auto"),
    [
        pytest.param(TEXT, None, "reply", "reply", id="the mode is policy's"),
        pytest.param(TEXT, Mode.DRAFT, "suggest", "reply", id="unless it is given"),
        pytest.param(TEXT, Mode.OBSERVE, "observe", "reply", id="in mode observe"),
        pytest.param("Do you sell bicycles?", None, "escalate", "escalate", id="no answer"),
        pytest.param("vague", None, "ask", "ask", id="a question is missing"),
        pytest.param("thanks", None, "ignore", "ignore", id="no request"),
        pytest.param("", None, "ignore", "ignore", id="nothing at all"),
        pytest.param(f"unsure: {TEXT}", None, "suggest", "suggest", id="unsure"),
        pytest.param("#security leak", None, "escalate", "escalate", id="a rule fires"),
    ],
)
async def test_what_would_be_done(w, text, mode, action, in_auto):
    answer = await ask(Question(text, mode=mode), w.services)
    assert (answer.action, answer.would_in_auto) == (action, in_auto)


async def test_nothing_is_stored_or_said(w):
    await ask(Question(TEXT), w.services)
    assert await w.store.tickets() == []
    assert w.posts() == []


async def test_a_question_back_is_named(w):
    assert "Which part is it" in (await ask(Question("vague"), w.services)).question


async def test_why_no_answer_was_kept_is_named(w):
    answer = await ask(Question("Do you sell bicycles?"), w.services)
    assert (answer.proposal, answer.abstained) == (None, "no_evidence")
    assert ("abstained", "no answer was kept: no evidence") in answer.reasons


async def test_reasons_are_sentences(w):
    answer = await ask(Question(TEXT), w.services)
    assert answer.reasons == (("sure", "confidence 0.90 reaches the threshold 0.60, and every sentence has evidence"),)


@pytest.mark.parametrize(
    ("kind", "trust", "account", "public"),
    [
        (ChannelKind.COMMUNITY, Trust.NONE, None, True),
        (ChannelKind.SHARED, Trust.ACCOUNT, "acme", False),
        (ChannelKind.DIRECT, Trust.PERSON, "acme", False),
        (ChannelKind.DIRECT, Trust.NONE, "acme", True),
        (ChannelKind.DIRECT, Trust.ACCOUNT, "acme", True),
    ],
)
async def test_place_and_trust_say_what_may_be_shown(w, kind, trust, account, public):
    await ask(Question(TEXT, kind=kind, trust=trust, account=account), w.services)
    assert ([str(a) for a in w.answerer.briefs[0].place] == ["public"]) is public


async def test_a_made_up_tier_and_mood_count(w):
    w.policy.change(modes={"rules": [{"mode": "draft", "tier": "enterprise"}]})
    answer = await ask(Question(TEXT, tier="enterprise", sentiment=Sentiment.FURIOUS), w.services)
    assert answer.action == "suggest"


@pytest.mark.parametrize("system", ["model", "kb"])
async def test_what_is_down_is_said_to_whoever_asks(w, system):
    w.triager.down, w.knowledge.down = system == "model", system == "kb"
    with pytest.raises(Unavailable, match=system):
        await ask(Question(TEXT), w.services)
