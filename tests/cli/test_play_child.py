"""What the process of a play knows of its surroundings."""

from pathlib import Path

import pytest

from cli.play.child import environment

OUTER = {
    "PATH": "/bin",
    "FRONTDESK_HOME": "/theirs",
    "FRONTDESK_POLICY": "/theirs/policy.toml",
    "FRONTDESK_LOG_LEVEL": "debug",
    "FRONTDESK_MODEL_PROVIDER": "bedrock",
    "ANTHROPIC_API_KEY": "k",
    "ANTHROPIC_BASE_URL": "https://gateway.example.com",
}


def test_a_play_has_a_home_of_its_own_and_no_policy_of_anybodys():
    found = environment(Path("/mine"), OUTER)
    assert (found["FRONTDESK_HOME"], "FRONTDESK_POLICY" in found, found["FRONTDESK_LOG_LEVEL"]) == ("/mine", False, "debug")


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "FRONTDESK_MODEL_PROVIDER"])
def test_without_a_scripted_model_it_uses_what_the_environment_configures(name):
    assert environment(Path("/mine"), OUTER)[name] == OUTER[name]


def test_with_a_scripted_model_nothing_leads_to_a_real_one():
    found = environment(Path("/mine"), OUTER, scripted=True)
    assert [name for name in found if "ANTHROPIC" in name or "MODEL" in name] == []
