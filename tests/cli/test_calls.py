"""Calls as a shell makes them: exit codes, one sentence on standard error, and clean standard output."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["serch", "x"], id="an unknown command"),
        pytest.param(["search"], id="a missing argument"),
        pytest.param(["search", "x", "--colour"], id="an unknown option"),
        pytest.param(["search", "x", "-k", "0"], id="too few results"),
        pytest.param(["search", "x", "-k", "many"], id="a number that is none"),
        pytest.param(["search", "x", "--by", "page"], id="an unknown grouping"),
        pytest.param(["search", "x", "--audience", "everybody"], id="an unknown audience"),
        pytest.param(["search", "x", "--audience", "account"], id="an account without a name"),
        pytest.param(["ask", "x", "--kind", "internal"], id="a kind nobody asks in"),
        pytest.param(["ask", "x", "--trust", "full"], id="an unknown trust"),
        pytest.param(["ask", "x", "--mode", "loud"], id="an unknown mode"),
        pytest.param(["ask", "x", "--sentiment", "angry"], id="an unknown sentiment"),
        pytest.param(["ingest", "/nowhere"], id="a path that is not there"),
        pytest.param(["play", "/nowhere.toml"], id="a script that is not there"),
        pytest.param(["policy", "check", "/nowhere.toml"], id="a policy that is not there"),
        pytest.param(["why", "t-none"], id="a ticket that is not there"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(call, arguments):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_a_wrong_setting_is_one_sentence_and_exit_code_1(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_PORT", "eighty")
    code, out, err = call("search", "x")
    assert (code, out) == (1, "")
    assert err.startswith("FRONTDESK_PORT is set to something that cannot be used")


def test_a_home_that_cannot_be_made_is_one_sentence(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", "/proc/nowhere")
    code, out, err = call("search", "x")
    assert (code, out) == (1, "")
    assert err.startswith("/proc/nowhere cannot be used:")


def test_a_call_without_a_command_shows_the_help(call):
    code, out, _ = call()
    assert code == 2
    assert "ingest" in out


def test_a_policy_with_a_typo_is_told_with_its_line(call, tmp_path):
    wrong = tmp_path / "policy.toml"
    wrong.write_text('[tickets]\nwindw = "1h"\n')
    code, _, err = call("policy", "check", str(wrong))
    assert code == 1
    assert "policy.toml:2" in err
    assert "window" in err


def test_every_problem_of_a_policy_has_a_line_of_its_own_and_names_the_line_of_its_key(call, tmp_path):
    wrong = tmp_path / "policy.toml"
    wrong.write_text(
        '[modes]\n# quiet at first\ndefault = "loud"\n[[modes.rules]]\nmode = "auto"\n[tickets]\nwindow = "soon"\n[hours]\nweek = {}\nzone = "Mars"\n'
    )
    code, out, err = call("policy", "check", str(wrong))
    assert (code, out) == (1, "")
    places = [line.removeprefix(f"{wrong}:").partition(" = ")[0] for line in err.splitlines()]
    assert places == ["3: modes.default", "7: tickets.window", "10: hours.zone"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        pytest.param('mode = "loud"', "6: modes.rules.1.mode = 'loud': write one of observe, draft, auto", id="an unknown mode"),
        pytest.param('kind = "public"\nmode = "auto"', "6: modes.rules.1.kind = 'public': write one of", id="an unknown kind"),
        pytest.param('tier = "team"', "5: modes.rules.1 = {'tier': 'team'}: a rule has mode and any of", id="a rule without a mode"),
    ],
)
def test_a_problem_in_a_rule_names_the_line_in_that_rule(call, tmp_path, rule, said):
    wrong = tmp_path / "policy.toml"
    wrong.write_text(f'[modes]\ndefault = "draft"\n[[modes.rules]]\nmode = "auto"\n[[modes.rules]]\n{rule}\n')
    assert call("policy", "check", str(wrong))[2].startswith(f"{wrong}:{said}")


def test_an_unknown_key_beside_the_default_mode_is_told_at_its_line(call, tmp_path):
    wrong = tmp_path / "policy.toml"
    wrong.write_text('[modes]\ndefault = "draft"\nfallback = "auto"\n')
    assert f"{wrong}:3: modes.fallback = 'auto': there is no key" in call("policy", "check", str(wrong))[2]


def test_a_right_policy_is_told_with_its_version(call, tmp_path):
    right = tmp_path / "policy.toml"
    right.write_text('[modes]\ndefault = "draft"\n')
    code, out, _ = call("policy", "check", str(right), "--json")
    assert code == 0
    assert '"version"' in out


def test_the_policy_diff_shows_what_the_operators_file_changed(call, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "policy.toml").write_text('[modes]\ndefault = "draft"\n')
    code, out, _ = call("policy", "diff")
    assert (code, out) == (0, "modes.default: shipped 'observe', file 'draft'\n")


def test_the_policy_in_force_can_be_shown(call):
    code, out, _ = call("policy", "show")
    assert code == 0
    assert "modes.default = 'observe'" in out


def test_a_policy_that_was_in_force_can_be_shown_with_its_saved_texts(call, tmp_path):
    (tmp_path / "home").mkdir()
    file, texts = tmp_path / "home" / "policy.toml", "[macros.hello]\ntitle = 'Hello'\naudience = 'public'\ntext = 'Hello {}'\n"
    file.write_text(texts.format("{name}."))
    then = json.loads(call("policy", "show", "--json")[1])["version"]
    file.write_text(texts.format("there."))
    assert "macros.hello.text = 'Hello there.'" in call("policy", "show")[1]
    assert "macros.hello.text = 'Hello {name}.'" in call("policy", "show", "--version", then)[1]
    code, _, err = call("policy", "show", "--version", "0123")
    assert (code, err) == (2, "no policy of version '0123' was ever in force here\n")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_has_a_short_flag(call, flag):
    code, out, _ = call("search", flag)
    assert code == 0
    assert "--audience" in out


def test_the_hidden_command_is_not_listed(call):
    assert "play-desk" not in call("--help")[1]


def test_help_takes_less_than_0_7_seconds_of_cpu():
    before = os.times()
    subprocess.run([sys.executable, "main.py", "--help"], cwd=ROOT, capture_output=True, check=True)
    after = os.times()
    assert (after.children_user - before.children_user) + (after.children_system - before.children_system) < 0.7


def test_a_reader_that_goes_away_leaves_no_traceback(tmp_path):
    command = f"{sys.executable} main.py policy show | head -1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "FRONTDESK_HOME": str(tmp_path)}, check=False
    )
    assert "Traceback" not in done.stderr


def test_the_launcher_works_from_anywhere(tmp_path):
    began = time.monotonic()
    done = subprocess.run([str(ROOT / "frontdesk"), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert time.monotonic() - began < 10
