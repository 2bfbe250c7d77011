"""What could not be used as it should is told in words."""

import pytest

from agent.model import Fault
from desk.writing import Budgets
from handlers.shortfalls import BUDGETS, FAULTS, shortfall


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param("model_busy", "the language model was busy", id="a fault of the model"),
        pytest.param("model_spend_limit", "the language model has reached the spending limit at its vendor", id="a fault of two words"),
        pytest.param("triage_slow", "the language model that classifies did not answer in time", id="a fault at triage"),
        pytest.param("triage_budget", "the language model that classifies has no budget left", id="no money at triage"),
        pytest.param("budget_day", "the budget of the day for the language model is used up", id="a budget"),
        pytest.param("bound_turns", "the calls that one turn may take are used up", id="a bound"),
        pytest.param("bound_time", "the time that one turn may take is over", id="the bound of time"),
        pytest.param("model_odd", "model odd", id="a fault nobody knows"),
        pytest.param("quite_new", "quite new", id="a kind nobody knows"),
        pytest.param("model", "model", id="a kind alone"),
    ],
)
def test_a_code_is_told_as(code, sentence):
    assert shortfall(code) == sentence


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.BUDGET], ids=str)
@pytest.mark.parametrize("kind", ["model", "triage"])
def test_every_fault_has_a_sentence(kind, fault):
    assert fault in FAULTS
    assert shortfall(f"{kind}_{fault}") != f"{kind}_{fault}".replace("_", " ")


def test_every_budget_has_a_sentence():
    assert BUDGETS.keys() == set(Budgets.__dataclass_fields__)
