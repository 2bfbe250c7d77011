"""What is wrong with routing beyond its types is told where it stands."""

import tomllib
from pathlib import Path

import pytest

from desk.policy_check import PolicyError, merged, read_policy
from desk.routing import Switch

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text("utf-8"))


def read(**routing):
    return read_policy(merged(SHIPPED, {"routing": routing}))


def test_what_ships_is_off_with_finance_tier_2_and_everybody():
    routing = read_policy(SHIPPED).routing
    assert routing.switch_of("billing") is Switch.OFF
    assert set(routing.teams) == {"support", "finance", "tier2"}
    assert [(rule.category, rule.team, rule.tags) for rule in routing.rules] == [
        ("billing", "finance", ()),
        ("technical issue", "tier2", ()),
        ("bug report", "tier2", ("engineering",)),
    ]


def test_a_category_has_its_own_switch():
    routing = read(default="shadow", modes={"billing": "on"}).routing
    assert (routing.switch_of("billing"), routing.switch_of("onboarding")) == (Switch.ON, Switch.SHADOW)


@pytest.mark.parametrize(
    ("routing", "path", "fix"),
    [
        pytest.param({"default": "maybe"}, "routing.default", "write one of off, shadow, on", id="a switch there is not"),
        pytest.param({"rules": [{"team": "financ"}]}, "routing.rules.0.team", "write a team that there is", id="a team there is not"),
        pytest.param({"rules": [{"team": "finance", "kind": "internal"}]}, "routing.rules.0.kind", "a kind of channel", id="a kind there is not"),
        pytest.param({"rules": [{"team": "finance", "level": "big"}]}, "routing.rules.0.level", "urgent, high", id="a level there is not"),
        pytest.param({"rules": [{"category": "billing"}]}, "routing.rules.0.team", "this key is missing", id="a rule without a team"),
        pytest.param({"teams": {"finance": {"fallback": "nobody"}}}, "routing.teams.finance.fallback", "write a team", id="a fallback there is not"),
        pytest.param(
            {"teams": {"support": {"fallback": "finance"}}}, "routing.teams.finance.fallback", "stand in for one another", id="a fallback in a circle"
        ),
        pytest.param({"teams": {"finance": {"hours": "moon"}}}, "routing.teams.finance.hours", "a calendar", id="a calendar there is not"),
        pytest.param(
            {"teams": {"finance": {"assign": "dice"}}}, "routing.teams.finance.assign", "nobody, round_robin, load", id="a way there is not"
        ),
    ],
)
def test_a_mistake_is_told_where_it_stands(routing, path, fix):
    with pytest.raises(PolicyError) as error:
        read(**routing)
    found = {problem.path: problem.fix for problem in error.value.problems}
    assert fix in found[path]
