"""`classify` where a language model is configured: who was asked, where the two differ, and whose view stands."""

import json

import pytest

from tests.agent.judge import reply

UNSURE = "hmm, the thing with the numbers"


@pytest.fixture
def asked(llmock):
    """Return a model at the address that the environment names."""
    return llmock


def test_a_message_that_leaves_something_open_is_put_to_the_model_too(asked, call):
    asked.reply(reply(sure=0.96, category="technical issue", urgency=[("blocked", "the thing")], missing=["which numbers"]))
    code, out, _ = call("classify", UNSURE, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["category"], found["urgency"], found["missing"]) == ("technical issue", ["blocked"], ["which numbers"])
    assert found["disagreed"] == [{"field": "category", "local": "bug report", "model": "technical issue", "decided": "model"}]
    assert [(made["purpose"], made["model"], made["outcome"]) for made in found["calls"]] == [("triage", "claude-haiku-5-5", "ok")]


def test_it_reads_well(asked, call):
    asked.reply(reply(sure=0.96, category="billing", request=False, urgency=[("blocked", "the thing")], trend="worse"))
    _, out, _ = call("classify", UNSURE)
    first, model, *rest = out.splitlines()
    assert first.startswith("billing (0.48), a request (0.58)")
    assert model.startswith("  asked claude-haiku-5-5: ok, ")
    assert rest == [
        "  category: bug report by the local classifier, billing by the model; the model decides",
        "  request: yes by the local classifier, no by the model; the local classifier decides",
        "  urgency: blocked",
    ]


def test_a_message_that_leaves_nothing_open_is_put_to_nobody(asked, call):
    _, out, _ = call("classify", "How do I reset my password?", "--json")
    assert "calls" not in json.loads(out)
    assert asked.requests == []


def test_a_model_that_fails_is_told_beside_the_local_result(asked, call):
    asked.fail(401, times=None)
    code, out, _ = call("classify", UNSURE)
    assert code == 0
    assert out.startswith("bug report (0.45)")
    assert "  the language model that classifies refused our key" in out.splitlines()


def test_without_a_model_nothing_is_added(call):
    assert "calls" not in json.loads(call("classify", UNSURE, "--json")[1])
