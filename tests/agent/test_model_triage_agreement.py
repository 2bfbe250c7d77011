"""What the local classifier and a model say becomes one classification, and neither can be silenced by the other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.agreement import Scales, agree, sided
from agent.sureness import UNMEASURED, Step, Sureness
from agent.triage_schema import Opinion, Said
from desk.triage import Classification, Impact, Label, Sentiment, Signal
from tests.agent.conftest import THRESHOLDS

EXACT = Sureness(
    "small",
    "p",
    dict.fromkeys(
        ("request", "category", "out_of_scope", "intent", "sentiment", "trend", "language", "signals", "urgency"),
        (Step(0.0, 100, 1), Step(0.5, 100, 50), Step(0.7, 100, 70), Step(0.8, 100, 80), Step(0.9, 1000, 900), Step(0.97, 10_000, 9_700)),
    ),
)
"""A model whose word is worth what it says."""
TRUSTED = Scales(EXACT, THRESHOLDS)
UNTRIED = Scales(UNMEASURED, THRESHOLDS)
LEADING = Scales(EXACT, THRESHOLDS, leads=True)


def local(category="billing", confidence=0.6, **told):
    """Return a local classification."""
    labels = (Label(category, confidence),)
    return Classification(category, confidence, **{"labels": labels, "is_request_confidence": 0.95, "language": "en", **told})


def settled(found, scales=TRUSTED, **said):
    """Return what becomes of a local classification and what a model says, pairs of value and confidence."""
    return agree(
        found,
        Opinion(
            **{name: value if isinstance(value, tuple) and name in ("also", "signals", "urgency") else Said(*value) for name, value in said.items()}
        ),
        scales,
    )


@pytest.mark.parametrize(
    ("scales", "confidence", "stated", "category", "sure"),
    [
        pytest.param(TRUSTED, 0.6, 0.9, "bug report", 0.9, id="a measured model is surer"),
        pytest.param(TRUSTED, 0.95, 0.9, "billing", 0.95, id="the local classifier is surer"),
        pytest.param(UNTRIED, 0.6, 1.0, "billing", 0.6, id="an unmeasured model never overrules what is likelier than not"),
        pytest.param(UNTRIED, 0.45, 0.95, "bug report", 0.475, id="what the local classifier itself takes for unlikely is open"),
        pytest.param(LEADING, 0.95, 0.9, "bug report", 0.9, id="a model that leads and is sure enough decides"),
        pytest.param(LEADING, 0.95, 0.8, "billing", 0.95, id="a model that leads and is unsure does not"),
        pytest.param(replace(LEADING, sureness=UNMEASURED), 0.95, 1.0, "billing", 0.95, id="nor does one that nobody measured"),
    ],
)
def test_the_surer_of_the_two_decides_the_category(scales, confidence, stated, category, sure):
    found = settled(local(confidence=confidence), scales, category=("bug report", stated))
    assert (found.category, found.confidence) == (category, pytest.approx(sure, abs=0.01))
    assert found.labels[0] == Label(found.category, found.confidence)
    assert found.disagreed == ("category:billing/bug report",)
    assert sided(found) == {"category": "model" if category == "bug report" else "local"}


def test_a_category_whose_name_has_a_slash_is_told_from_the_other_side():
    found = settled(local("cards/refunds"), category=("refunds", 0.5))
    assert (found.disagreed, sided(found)) == (("category:cards-refunds/refunds",), {"category": "local"})


def test_where_both_agree_the_surer_number_stands():
    assert settled(local(confidence=0.6), category=("billing", 0.97)).confidence == pytest.approx(0.97, abs=0.001)
    assert settled(local(confidence=0.99), category=("billing", 0.8)).confidence == 0.99


def test_an_overruled_category_and_further_ones_remain_labels():
    found = settled(
        local(confidence=0.6), category=("bug report", 0.9), also=(Said("onboarding", 0.8), Said("billing", 0.9), Said("account access", 0.1))
    )
    assert [label.category for label in found.labels] == ["bug report", "billing", "onboarding"]
    assert found.labels[1].confidence == 0.6


UNSURE = {"is_request": True, "is_request_confidence": 0.7}


@pytest.mark.parametrize(
    ("scales", "found", "stated", "asks"),
    [
        pytest.param(TRUSTED, local(**UNSURE), 0.97, False, id="unsure here and sure there: none"),
        pytest.param(TRUSTED, local(**UNSURE), 0.8, True, id="unsure on both sides: it is heard"),
        pytest.param(UNTRIED, local(**UNSURE), 1.0, True, id="an unmeasured model silences nobody"),
        pytest.param(TRUSTED, local(is_request_confidence=0.9), 0.97, True, id="sure here"),
        pytest.param(LEADING, local(is_request_confidence=0.9), 0.97, True, id="sure here, whoever leads"),
        pytest.param(TRUSTED, local(**UNSURE, sentiment=Sentiment.UNHAPPY), 0.97, True, id="somebody is unhappy"),
        pytest.param(TRUSTED, local(**UNSURE, signals=frozenset({Signal.NOT_SOLVED})), 0.97, True, id="somebody says that it is not solved"),
        pytest.param(TRUSTED, local(**UNSURE, signals=frozenset({Signal.PERSONAL_DATA})), 0.97, False, id="an address in chat asks nothing"),
        pytest.param(TRUSTED, local(**UNSURE, signals=frozenset({Signal.LEGAL})), 0.97, True, id="a signal was heard"),
    ],
)
def test_a_request_is_overruled_only_where_nobody_was_sure_of_it(scales, found, stated, asks):
    judged = settled(found, scales, request=(False, stated))
    assert judged.is_request is asks
    assert "request:yes/no" in judged.disagreed


def test_a_model_that_says_everything_is_fine_of_an_angry_customer_changes_nothing():
    angry = local(sentiment=Sentiment.FURIOUS, is_request_confidence=1.0, signals=frozenset({Signal.LEGAL}))
    found = settled(angry, LEADING, request=(False, 1.0), sentiment=(Sentiment.DELIGHTED, 0.8), signals=())
    assert (found.is_request, found.sentiment, found.signals) == (True, Sentiment.FURIOUS, frozenset({Signal.LEGAL}))


@pytest.mark.parametrize(
    ("scales", "held", "stated", "asks"),
    [
        pytest.param(TRUSTED, 0.7, 0.9, True, id="a measured model hears a request"),
        pytest.param(TRUSTED, 0.95, 0.9, False, id="where chat was surer"),
        pytest.param(UNTRIED, 0.55, 1.0, False, id="an unmeasured one overrules nobody"),
    ],
)
def test_a_request_that_nobody_heard_here_may_be_heard_there(scales, held, stated, asks):
    assert settled(local(is_request=False, is_request_confidence=held), scales, request=(True, stated)).is_request is asks


@pytest.mark.parametrize(
    ("scales", "stated", "heard"),
    [
        pytest.param(UNTRIED, 0.7, True, id="unmeasured, its word is enough: it overrules nobody"),
        pytest.param(UNTRIED, 0.6, False, id="unmeasured and unsure"),
        pytest.param(TRUSTED, 0.9, True, id="measured and right"),
        pytest.param(Scales(Sureness("s", "p", {"signals": (Step(0.5, 100, 30),)}), THRESHOLDS), 1.0, False, id="measured and mostly wrong"),
    ],
)
def test_a_signal_is_added_by_the_model(scales, stated, heard):
    found = settled(local(is_request=False), scales, signals=(Said("security", stated),))
    assert (Signal.SECURITY in found.signals) is heard
    assert found.is_request is heard
    assert found.disagreed == ("security:no/yes",)
    assert sided(found) == {"security": "model" if heard else "local"}


@pytest.mark.parametrize("signal", ["asks_human", "security", "data_loss", "legal", "safety"])
@pytest.mark.parametrize("scales", [TRUSTED, UNTRIED, LEADING])
def test_a_signal_that_was_heard_is_never_taken_away(signal, scales):
    found = settled(local(signals=frozenset({Signal(signal)})), scales, request=(False, 1.0), out_of_scope=(True, 1.0), signals=())
    assert (found.signals, found.is_request, found.out_of_scope) == (frozenset({Signal(signal)}), True, False)
    assert f"{signal}:yes/no" in found.disagreed


@pytest.mark.parametrize(
    ("scales", "mood", "said", "stated", "stands"),
    [
        pytest.param(UNTRIED, "neutral", "unhappy", 0.9, "unhappy", id="displeasure that no word gave away"),
        pytest.param(UNTRIED, "neutral", "unhappy", 0.7, "neutral", id="a guess at displeasure"),
        pytest.param(UNTRIED, "neutral", "delighted", 1.0, "neutral", id="delight that nobody measured"),
        pytest.param(TRUSTED, "neutral", "pleased", 0.8, "pleased", id="pleasure"),
        pytest.param(UNTRIED, "furious", "neutral", 1.0, "furious", id="fury is not talked away"),
        pytest.param(TRUSTED, "furious", "neutral", 0.8, "furious", id="nor by one that is not sure"),
        pytest.param(TRUSTED, "unhappy", "neutral", 0.97, "neutral", id="but corrected by one that is measured and sure"),
    ],
)
def test_a_mood_is_made_worse_more_easily_than_better(scales, mood, said, stated, stands):
    assert settled(local(sentiment=Sentiment(mood)), scales, sentiment=(Sentiment(said), stated)).sentiment == stands


@pytest.mark.parametrize(
    ("scales", "heard", "said", "stated", "displeasure"),
    [
        pytest.param(UNTRIED, 0.1, "unhappy", 0.9, 0.5, id="what an unmeasured model hears is displeased at least"),
        pytest.param(TRUSTED, 0.1, "furious", 0.9, 0.865, id="a measured model moves it as far as its word weighs"),
        pytest.param(TRUSTED, 0.8, "delighted", 1.0, 0.4, id="half of what was heard here stays"),
        pytest.param(UNTRIED, 0.1, "unhappy", 0.7, 0.1, id="a guess moves nothing"),
        pytest.param(UNTRIED, 0.3, "neutral", 1.0, 0.3, id="agreement moves nothing"),
    ],
)
def test_a_models_mood_moves_the_displeasure(scales, heard, said, stated, displeasure):
    found = settled(local(displeasure=heard), scales, sentiment=(Sentiment(said), stated))
    assert found.displeasure == pytest.approx(displeasure, abs=0.02)


@given(st.floats(0, 1), st.sampled_from(Sentiment), st.floats(0, 1), st.sampled_from([UNTRIED, TRUSTED, LEADING]))
def test_displeasure_heard_here_never_vanishes(heard, said, stated, scales):
    found = settled(local(displeasure=heard), scales, sentiment=(said, stated)).displeasure
    assert heard / 2 - 1e-4 <= found <= 1


def test_what_a_model_calls_urgent_is_at_stake_beside_what_was_heard():
    found = settled(local(impact=(Impact.NO_ACCESS,)), urgency=(Said("deadline", 0.9), Said("outage", 0.9)))
    assert found.impact == (Impact.OUTAGE, Impact.NO_ACCESS, Impact.DEADLINE)


def test_a_model_that_hears_nothing_urgent_takes_nothing_away():
    assert settled(local(impact=(Impact.DATA_LOSS,)), urgency=()).impact == (Impact.DATA_LOSS,)


@pytest.mark.parametrize(
    ("scales", "intent", "said", "stated", "stands"),
    [
        pytest.param(UNTRIED, "", "plan", 0.9, "plan", id="none was heard"),
        pytest.param(UNTRIED, "", "plan", 0.7, "", id="none was heard, and it is a guess"),
        pytest.param(UNTRIED, "plan", "none", 1.0, "plan", id="one was heard"),
        pytest.param(TRUSTED, "plan", "none", 0.9, "", id="a measured model knows better"),
        pytest.param(TRUSTED, "plan", "suspended", 0.5, "plan", id="a measured model that guesses does not"),
    ],
)
def test_an_entry_of_the_record_goes_to_the_surer(scales, intent, said, stated, stands):
    assert settled(local(intent=intent), scales, intent=(said, stated)).intent == stands


@pytest.mark.parametrize(
    ("scales", "language", "said", "stated", "stands"),
    [
        pytest.param(UNTRIED, None, "pl", 0.95, "pl", id="none was recognized"),
        pytest.param(UNTRIED, "de", "nl", 1.0, "de", id="one was recognized"),
        pytest.param(TRUSTED, "de", "nl", 0.9, "nl", id="a measured model knows better"),
    ],
)
def test_a_language_goes_to_the_surer(scales, language, said, stated, stands):
    found = settled(local(language=language), scales, language=(said, stated))
    assert found.language == stands
    assert found.disagreed == ((f"language:{language}/{said}",) if language else ())


@pytest.mark.parametrize(
    ("score", "said", "stated", "out"),
    [
        pytest.param(0.55, True, 0.9, True, id="at the edge, and the model is sure that it is none of ours"),
        pytest.param(0.65, False, 0.9, False, id="at the edge, and the model is sure that it is ours"),
        pytest.param(0.05, True, 0.9, False, id="far inside"),
        pytest.param(0.65, False, 0.5, True, id="at the edge, and the model guesses"),
    ],
)
def test_the_edge_of_what_is_ours_is_settled_by_the_surer(score, said, stated, out):
    found = settled(local(out_of_scope=score >= 0.6, out_of_scope_score=score), out_of_scope=(said, stated))
    assert (found.out_of_scope, found.out_of_scope_score >= 0.6) == (out, out)


def test_what_only_a_model_says_is_added_where_it_is_sure_enough():
    said = {"trend": ("worse", 0.9), "urgency": (Said("outage", 0.9), Said("money", 0.2)), "missing": (("invoice number",), 0.9)}
    found = settled(local(), replace(UNTRIED, before=True), **said)
    assert (found.trend, found.urgency, found.missing) == ("worse", ("outage",), ("invoice number",))
    assert found.sureness == (("trend", 0.45), ("missing", 0.45), ("urgency", 0.45))


def test_at_the_beginning_nothing_has_become_worse():
    assert settled(local(), trend=("worse", 1.0)).trend == ""


def test_a_model_that_says_nothing_changes_nothing():
    found = local(intent="plan", signals=frozenset({Signal.LEGAL}), is_request_confidence=1.0)
    assert replace(agree(found, Opinion(), UNTRIED), disagreed=()) == found


def pairs(values):
    return st.none() | st.builds(Said, st.sampled_from(values), st.floats(0, 1))


OPINIONS = st.builds(
    Opinion,
    request=pairs([True, False]),
    category=pairs(["billing", "bug report"]),
    out_of_scope=pairs([True, False]),
    intent=pairs(["none", "plan"]),
    sentiment=pairs(list(Sentiment)),
    signals=st.lists(st.builds(Said, st.sampled_from(["legal", "security"]), st.floats(0, 1)), max_size=2).map(tuple),
)
FOUND = st.builds(
    local,
    confidence=st.floats(0, 1),
    is_request=st.booleans(),
    is_request_confidence=st.floats(0.5, 1),
    sentiment=st.sampled_from(Sentiment),
    signals=st.frozensets(st.sampled_from(Signal), max_size=2),
)


@given(found=FOUND, said=OPINIONS, scales=st.sampled_from([TRUSTED, UNTRIED, LEADING]))
def test_whatever_is_said_no_signal_goes_and_no_sure_request_falls_silent(found, said, scales):
    judged = agree(found, said, scales)
    assert judged.signals >= found.signals
    assert judged.is_request or not (found.is_request and found.is_request_confidence >= THRESHOLDS.sure)
    assert judged.is_request or not judged.signals & {"asks_human", "security", "data_loss", "legal", "safety"}
    assert judged.labels[0].category == judged.category
    assert all(side in ("local", "model") for side in sided(judged).values())


@given(found=FOUND, said=OPINIONS)
def test_an_unmeasured_model_never_turns_around_what_is_asked(found, said):
    judged = agree(found, said, UNTRIED)
    assert judged.is_request == found.is_request or judged.signals > found.signals or bool(found.signals)
    assert judged.category == found.category or found.confidence < 0.5
