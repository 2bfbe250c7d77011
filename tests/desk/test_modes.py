"""Modes: per category, channel kind and tier; the most specific rule wins."""

import pytest

from desk.modes import Mode, ModeRule, Modes
from desk.space import ChannelKind

MODES = Modes(
    Mode.OBSERVE,
    (
        ModeRule(Mode.DRAFT, kind=ChannelKind.SHARED),
        ModeRule(Mode.AUTO, category="billing"),
        ModeRule(Mode.DRAFT, category="billing", tier="enterprise"),
        ModeRule(Mode.AUTO, kind=ChannelKind.DIRECT),
        ModeRule(Mode.OBSERVE, kind=ChannelKind.DIRECT),
    ),
)


@pytest.mark.parametrize(
    ("category", "kind", "tier", "mode"),
    [
        pytest.param("onboarding", ChannelKind.COMMUNITY, "", Mode.OBSERVE, id="no rule: the default"),
        pytest.param("onboarding", ChannelKind.SHARED, "", Mode.DRAFT, id="one rule matches"),
        pytest.param("billing", ChannelKind.SHARED, "", Mode.AUTO, id="of equally specific ones the last"),
        pytest.param("billing", ChannelKind.SHARED, "enterprise", Mode.DRAFT, id="the more specific one wins"),
        pytest.param("onboarding", ChannelKind.DIRECT, "", Mode.OBSERVE, id="a later rule replaces an earlier one"),
    ],
)
def test_the_most_specific_rule_wins_and_of_equal_ones_the_last(category, kind, tier, mode):
    assert MODES.of(category, kind, tier=tier) is mode


def test_modes_are_ordered_and_written_in_lower_case():
    assert Mode.OBSERVE < Mode.DRAFT < Mode.AUTO
    assert [mode.word for mode in Mode] == ["observe", "draft", "auto"]


@pytest.mark.parametrize(("modes", "speaks"), [(Modes(), False), (Modes(Mode.AUTO), True), (MODES, True)])
def test_whether_the_bot_speaks_anywhere(modes, speaks):
    assert modes.speaks is speaks
