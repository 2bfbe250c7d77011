"""Modes by command: set for what was named, with what was measured in view, and never to auto without a reason."""

import pytest

from desk.customer import Role
from desk.modes import Mode, ModeRule, Modes
from desk.space import ChannelKind
from handlers.commands.measured import Scope
from handlers.commands.mode import called, lines, standing
from handlers.commands.table import checked
from tests.handlers.told import announced, form, query, told, values

QUESTION = "When does my refund arrive?"
RULES = Modes(
    Mode.OBSERVE,
    (ModeRule(Mode.DRAFT, "billing"), ModeRule(Mode.AUTO, "billing", ChannelKind.SHARED), ModeRule(Mode.DRAFT, tier="enterprise")),
)


async def modes(w):
    return (await w.policy.current()).modes


async def test_a_mode_is_set_everywhere(observing):
    await observing.commands("ada", "mode draft")
    assert (await modes(observing)).default is Mode.DRAFT
    assert announced(observing) == ["Ada changed the policy:\nmode of everything: observe -> draft\nReason: by command"]


async def test_a_mode_is_set_for_a_category_a_kind_of_channel_and_a_tier_in_any_order(observing):
    await observing.commands("ada", "mode draft enterprise technical issue shared because we start with our own")
    assert (await modes(observing)).rules == (ModeRule(Mode.DRAFT, "technical issue", ChannelKind.SHARED, "enterprise"),)
    assert "mode of technical issue in shared channels for enterprise: observe -> draft" in announced(observing)[0]
    assert announced(observing)[0].endswith("Reason: we start with our own")


async def test_it_counts_from_the_next_question_on(observing):
    await observing.commands("ada", "mode auto billing because it is right")
    await observing.asks("ina", QUESTION)
    assert await observing.decisions() == ["reply"]


async def test_setting_it_again_replaces_it_and_clear_takes_it_away(observing):
    await observing.commands("ada", "mode draft billing")
    await observing.commands("ada", "mode auto billing because it is right")
    assert (await modes(observing)).rules == (ModeRule(Mode.AUTO, "billing"),)
    await observing.commands("ada", "mode clear billing")
    assert (await modes(observing)).rules == ()
    assert "mode of billing: auto -> observe" in announced(observing)[-1]


async def test_of_two_rules_as_specific_as_each_other_the_one_set_last_counts(observing):
    await observing.commands("ada", "mode draft billing")
    await observing.commands("ada", "mode observe shared")
    await observing.commands("ada", "mode draft billing")
    await observing.commands("ada", "mode auto billing because it is right")
    assert (await modes(observing)).of("billing", ChannelKind.SHARED, tier="") is Mode.AUTO


async def test_what_is_more_specific_stays_and_is_said(observing):
    await observing.commands("ada", "mode draft billing")
    await observing.commands("ada", "mode auto because it is right")
    assert "billing stays draft" in announced(observing)[-1]


async def test_answering_alone_needs_a_reason_and_shows_what_was_measured(observing):
    await observing.asks("ina", QUESTION)
    await observing.wait(hours=8)
    await observing.clicks("noor", "Right")
    await observing.commands("ada", "mode auto billing")
    assert (await modes(observing)).rules == ()
    text = told(observing)
    assert "Measured in the last 30 days for billing:\n- 1 answer observed: 1 called right, 0 wrong, 0 not judged" in text
    assert "- billing: 1 answer observed since yesterday, 1 called right, 0 wrong" in text
    assert "“When does my refund arrive?” would reply: “Refunds reach the card within 5 to 7 working days. 1” (right)" in text
    assert "`/frontdesk mode observe|draft|auto [CATEGORY] [community|shared|direct] [TIER] [because REASON]`" in text


async def test_the_form_shows_what_is_set_now(w):
    await w.commands("ada", "mode draft billing shared")
    found = await form(w, "mode")
    assert values(found) == {"mode": "auto", "category": "", "kind": "", "tier": "", "reason": ""}
    assert "- everything: auto\n- billing: auto" in found.intro
    assert "- billing in shared channels: draft" in found.intro
    assert {field.name: [option.value for option in field.options] for field in found.fields}["tier"] == ["", "business", "enterprise", "team"]


async def test_its_form_sets_a_mode(observing):
    await observing.commands("ada", "mode", mode="draft", category="billing", kind="", tier="", reason="")
    assert (await modes(observing)).rules == (ModeRule(Mode.DRAFT, "billing"),)


async def test_a_form_of_a_raise_asks_for_the_reason(observing):
    found = await form(observing, "mode auto billing")
    assert values(found)["mode"] == "auto"
    assert {field.name: field.required for field in found.fields}["reason"] is True
    given = {"mode": "auto", "category": "billing", "kind": "", "tier": "", "reason": " "}
    assert list(await checked(query("mode auto billing"), given, observing.services)) == ["reason"]
    await observing.commands("ada", "mode auto billing", **given)
    assert told(observing).startswith("Say why the bot may answer alone here")
    assert (await modes(observing)).rules == ()


@pytest.mark.parametrize(
    ("field", "wrote", "answer"),
    [
        pytest.param("mode", "atuo", "did you mean auto?", id="no such mode"),
        pytest.param("category", "biling", "did you mean billing?", id="no such category"),
        pytest.param("kind", "forum", "`mode` expects community, shared or direct", id="no such kind"),
        pytest.param("mode", "clear", "Say for which category, kind or tier", id="everything taken away"),
    ],
)
async def test_a_form_that_is_wrong_is_told_at_its_field(observing, field, wrote, answer):
    given = {"mode": "draft", "category": "", "kind": "", "tier": "", "reason": "", field: wrote}
    assert answer in (await checked(query("mode"), given, observing.services))[field]
    await observing.commands("ada", "mode", **given)
    assert answer in told(observing)
    assert (await modes(observing)) == Modes(Mode.OBSERVE, ())


async def test_more_categories_than_a_select_holds_are_written(observing):
    observing.policy.change(triage={"categories": [f"topic {n}" for n in range(100)]})
    found = await form(observing, "mode")
    assert {field.name: field.options for field in found.fields}["category"] == ()


@pytest.mark.parametrize("text", ["mode draft", "mode observe billing", "mode auto because it is right"])
async def test_what_was_written_out_opens_no_form(observing, text):
    assert await form(observing, text) is None


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("mode atuo", "`mode` expects observe, draft or auto; you wrote 'atuo': did you mean auto?", id="no such mode"),
        pytest.param("mode draft biling", "you wrote 'biling': did you mean billing?", id="no such category"),
        pytest.param("mode draft billing onboarding", "you wrote 'onboarding'", id="two categories"),
        pytest.param("mode clear billing", "No mode is set for billing, so there is none to take away.", id="nothing to take away"),
        pytest.param("mode clear", "clear: write one of observe, draft, auto", id="the mode of everything"),
    ],
)
async def test_what_is_wrong_is_refused_with_a_sentence_and_changes_nothing(observing, words, answer):
    await observing.commands("ada", words)
    assert answer in told(observing).replace("modes.default = 'clear'", "clear")
    assert (await modes(observing)) == Modes(Mode.OBSERVE, ())


async def test_teammates_see_the_modes_and_only_admins_set_them(observing):
    await observing.asks("ina", QUESTION)
    await observing.commands("noor", "mode")
    assert told(observing).startswith("Modes:\neverything: observe\nbilling: observe")
    assert "Observed since yesterday:\nbilling: 1 answer observed since yesterday" in told(observing)
    await observing.commands("lea", "mode draft")
    assert told(observing) == "`mode draft` is for admins only."
    assert await form(observing, "mode", role=Role.LEAD) is None


@pytest.mark.parametrize(
    ("scope", "mode"),
    [
        pytest.param(Scope("onboarding"), Mode.OBSERVE, id="the rest"),
        pytest.param(Scope("billing"), Mode.DRAFT, id="a category as a whole"),
        pytest.param(Scope("billing", ChannelKind.SHARED), Mode.AUTO, id="its channels of a kind"),
        pytest.param(Scope("billing", ChannelKind.DIRECT), Mode.DRAFT, id="its other channels"),
        pytest.param(Scope(tier="enterprise"), Mode.DRAFT, id="a tier"),
    ],
)
def test_the_mode_of_a_scope_is_that_of_the_most_specific_rule_that_covers_it(scope, mode):
    assert standing(RULES, scope) is mode


def test_modes_are_listed_by_category_and_then_what_says_more():
    assert lines(RULES, ("billing", "onboarding")) == (
        "everything: observe",
        "billing: draft",
        "onboarding: observe",
        "billing in shared channels: auto",
        "for enterprise: draft",
    )


def test_a_scope_is_called_by_what_it_names():
    assert called(Scope("billing", ChannelKind.SHARED, "enterprise")) == "billing in shared channels for enterprise"
    assert called(Scope()) == "everything"
