"""Categories by command: what is set for each, how sure an answer must be, and what a new one needs."""

import pytest

from desk.customer import Role
from handlers.commands.table import checked
from tests.handlers.told import announced, form, query, told, values


async def thresholds(w):
    return (await w.policy.current()).answers.thresholds


async def test_the_list_has_each_categorys_mode_and_threshold(w):
    await w.commands("ada", "category billing threshold 0.8")
    await w.commands("noor", "category")
    assert told(w).splitlines()[:3] == ["Categories:", "billing: auto, threshold 0.8", "technical issue: auto, threshold calibrated as everywhere"]


@pytest.mark.parametrize(
    ("wrote", "number"),
    [
        pytest.param("0.8", 0.8, id="a number"),
        pytest.param("0,8", 0.8, id="with a comma"),
        pytest.param("80%", 0.8, id="a percentage"),
    ],
)
async def test_a_threshold_is_set(w, wrote, number):
    await w.commands("ada", f"category technical issue threshold {wrote} because too much slipped through")
    assert await thresholds(w) == {"technical issue": number}
    assert announced(w) == [
        f"Ada changed the policy:\nthreshold of technical issue: calibrated as everywhere -> {wrote}\nReason: too much slipped through"
    ]


async def test_default_takes_it_away(w):
    await w.commands("ada", "category billing threshold 0.8")
    await w.commands("ada", "category billing threshold default")
    assert await thresholds(w) == {}
    assert "threshold of billing: 0.8 -> calibrated" in announced(w)[-1]


async def test_an_answer_that_is_less_sure_gets_a_draft_from_then_on(w):
    await w.commands("ada", "category billing threshold 0.95")
    await w.asks("ina", "When does my refund arrive?")
    assert await w.decisions() == ["suggest"]


async def test_one_category_shows_its_modes_and_what_was_measured(w):
    await w.asks("ina", "When does my refund arrive?")
    await w.commands("ada", "mode draft billing enterprise")
    await w.commands("noor", "category billing")
    text = told(w)
    assert "community channels: auto" in text
    assert "billing for enterprise: draft" in text
    assert "1 automatic answer: 0 called wrong, corrected or retracted" in text


async def test_an_admin_gets_a_form_with_what_is_set(w):
    await w.commands("ada", "category billing threshold 0.8")
    assert values(await form(w, "category billing")) == {"category": "billing", "threshold": "0.8", "reason": ""}
    assert await form(w, "category billing", role=Role.LEAD) is None
    assert await form(w, "category") is None
    await w.commands("ada", "category billing", category="billing", threshold="0.9", reason="")
    assert await thresholds(w) == {"billing": 0.9}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("category biling", "you wrote 'biling': did you mean billing?", id="no such category"),
        pytest.param("category billing threshold 8", "write a number from 0 to 1", id="too much"),
        pytest.param("category billing threshold high", "write a number from 0 to 1", id="no number"),
        pytest.param("category billing threshold", "expects a number from 0 to 1 or default", id="no threshold"),
        pytest.param("category threshold 0.8", "`category` expects billing, technical issue", id="no category"),
    ],
)
async def test_what_is_wrong_is_refused_with_a_sentence_and_changes_nothing(w, words, answer):
    await w.commands("ada", words)
    assert answer in told(w)
    assert await thresholds(w) == {}


async def test_the_form_is_checked_before_it_is_sent(w):
    given = {"category": "billing", "threshold": "8", "reason": ""}
    assert await checked(query("category billing"), given, w.services) == {"threshold": "write a number from 0 to 1"}
    assert await checked(query("category billing"), {**given, "threshold": "0.8"}, w.services) == {}


async def test_only_admins_set_a_threshold(w):
    await w.commands("lea", "category billing threshold 0.8")
    assert told(w) == "`category threshold` is for admins only."


async def test_a_category_that_policies_cannot_write_as_a_key_says_where_to_write_it(w):
    w.policy.change(triage={"categories": ["billing", "v2.0"]})
    await w.commands("ada", "category v2.0 threshold 0.8")
    assert "set the threshold of 'v2.0' in policy.toml" in told(w)


@pytest.mark.parametrize("words", ["category add shipping", "category remove billing"])
async def test_adding_and_removing_say_what_they_need_and_change_nothing(w, words):
    before = (await w.policy.current()).version
    await w.commands("noor", words)
    assert "./frontdesk train" in told(w)
    assert (await w.policy.current()).version == before


async def test_removing_says_what_in_the_policy_names_it(w):
    await w.commands("ada", "category billing threshold 0.8")
    await w.commands("ada", "mode draft billing")
    await w.commands("ada", "category remove billing")
    assert told(w).splitlines()[-3:] == ["In the policy billing is named by:", "a mode", "a threshold"]
