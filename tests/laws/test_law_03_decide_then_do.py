"""Law 3: `decide(facts) -> Action` is pure, and observation wraps the action."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import decision, explaining, facts
from desk.codec import decode, encode
from desk.decision import Escalate, Ignore, Observe, Reply, StandBy, decide, word
from desk.explaining import explain
from desk.facts import HARD, Facts, Occasion
from desk.ids import DraftId
from desk.modes import Mode
from desk.space import ChannelKind
from desk.ticket import Attention

RULES = (*sorted(HARD), "not_solved", "loop")
FACTS = st.builds(
    Facts,
    occasion=st.sampled_from(Occasion),
    mode=st.sampled_from(Mode),
    kind=st.sampled_from(ChannelKind),
    is_request=st.booleans(),
    triggers=st.lists(st.sampled_from(RULES), max_size=2, unique=True).map(tuple),
    held=st.booleans(),
    attention=st.sampled_from(Attention),
    invited=st.booleans(),
    mentioned=st.booleans(),
    draft=st.none() | st.just(DraftId("d-1")),
    asks=st.booleans(),
    confidence=st.floats(0, 1),
    threshold=st.floats(0, 1),
    claims=st.integers(0, 2),
    unsupported=st.integers(0, 1),
    fixed=st.booleans(),
    doubts=st.sampled_from([(), ("language_mismatch",)]),
    late=st.booleans(),
    paused=st.booleans(),
    repeats=st.booleans(),
    empty=st.booleans(),
    pages=st.just(frozenset({"security", "data_loss"})),
    down=st.sampled_from(["", "model"]),
)


@given(FACTS)
def test_the_same_facts_give_the_same_action_and_a_reason(facts):
    assert decide(facts) == decide(facts)
    assert explain(facts)
    assert word(decide(facts)) in decision.WORDS.values()


@given(FACTS)
def test_facts_that_were_stored_decide_the_same_again(facts):
    assert decide(decode(Facts, encode(facts))) == decide(facts)
    assert decode(decision.Action, encode(decide(facts))) == decide(facts)


@given(FACTS)
def test_only_mode_observe_observes_and_never_what_people_decided(facts):
    observed = isinstance(decide(facts), Observe)
    people = {Occasion.APPROVED, Occasion.REJECTED, Occasion.REPLIED, Occasion.SOLVED, Occasion.CORRECTED, Occasion.RETRACTED, Occasion.WITHDRAWN}
    assert not observed or (facts.mode is Mode.OBSERVE and facts.occasion not in people)


@given(FACTS)
def test_nothing_goes_out_alone_that_is_unsure_late_unsupported_or_in_somebody_elses_hands(facts):
    action = decide(facts)
    if facts.occasion is Occasion.MESSAGE and isinstance(action, Reply):
        assert facts.mode is Mode.AUTO
        assert not any((facts.held, facts.paused, facts.triggers, facts.late, facts.doubts, facts.unsupported))
        assert facts.confidence >= facts.threshold
        assert facts.attention in (Attention.ACTIVE, Attention.GUEST)


@given(FACTS)
def test_a_hard_rule_always_brings_in_a_human_in_silence_where_the_bot_must_not_speak(facts):
    action = decide(facts)
    inner = action.would if isinstance(action, Observe) else action
    if facts.occasion is Occasion.MESSAGE and set(facts.triggers) & HARD and not facts.empty:
        assert isinstance(inner, Escalate)
        assert inner.quiet is (facts.held or facts.paused or facts.attention in (Attention.DORMANT, Attention.MUTED))


@given(FACTS)
def test_in_mode_observe_only_what_policy_names_pages_and_only_who_asked_is_spoken_to(facts):
    action = decide(facts)
    if isinstance(action, Observe):
        assert set(action.pages) == set(facts.triggers) & facts.pages
        assert not action.speaks or facts.invited or "asks_human" in facts.triggers
        assert not isinstance(action.would, Ignore | StandBy | Observe)


@pytest.mark.parametrize("module", [decision, facts, explaining], ids=lambda module: module.__name__)
def test_the_modules_that_decide_have_no_clock_no_chance_and_no_input(module):
    tree = ast.parse(Path(module.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= {"__future__", "dataclasses", "datetime", "enum", "typing", "desk"}
    assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in ast.walk(tree))


async def test_what_would_have_been_done_is_what_mode_auto_does(w, observing):
    for each in (w, observing):
        await each.asks("ina", "When does my refund arrive?")
    (done,), (observed,) = await w.all_decisions(), await observing.all_decisions()
    assert observed.action.would == done.action
