"""Scripts are checked whole before anything runs, and a mistake is told with its step."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.play.script import read_script
from cli.play.verbs import VERBS
from desk.errors import InvalidInput

SMALL = """
[setup]
start = "2026-11-02T10:00:00Z"

[[people]]
name = "Mara Voss"
account = "Acme"

[[people]]
name = "Jonas Reed"
role = "teammate"

[[channels]]
name = "community"
kind = "community"

[[step]]
id = "asked"
who = "Mara Voss"
says = "How long does a refund take?"
"""


@pytest.fixture
def script(tmp_path):
    def read(more: str = "", *, base: str = SMALL):
        path = tmp_path / "story.toml"
        path.write_text(base + more, encoding="utf-8")
        return read_script(path)

    return read


@pytest.mark.parametrize(
    ("channel", "kind"),
    [pytest.param("agents", "internal", id="among the team"), pytest.param("hers", "direct", id="in a direct message of somebody else")],
)
def test_a_customer_is_not_where_customers_are_not(script, channel, kind):
    more = f"""
[[people]]
name = "Gina Globe"

[[channels]]
name = "hers"
kind = "direct"
person = "Mara Voss"

[[step]]
who = "Gina Globe"
says = "hi"
channel = "{channel}"
"""
    with pytest.raises(InvalidInput, match=f"step 2: Gina Globe is not in the {kind} channel '{channel}'"):
        script(more)


def test_a_small_script_is_read_with_its_defaults(script):
    found = script()
    assert found.start == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert found.person("Mara Voss")["trust"] == "person"
    assert found.person("Mara Voss")["role"] == "customer"
    assert [step.verb for step in found.steps] == ["says"]


def test_an_agents_channel_is_made_where_there_is_none(script):
    assert {"name": "agents", "kind": "internal"} in script().channels


def test_the_first_internal_channel_serves_when_there_is_one(script):
    found = script('\n[[channels]]\nname = "desk"\nkind = "internal"\n')
    assert [channel["name"] for channel in found.channels] == ["community", "desk"]


def test_an_account_that_only_a_person_names_is_made(script):
    assert [account["name"] for account in script().accounts] == ["Acme"]


def test_tables_may_also_stand_in_setup(script):
    found = script(base='[setup]\npeople = [{ name = "Ada" }]\nchannels = [{ name = "help", kind = "community" }]\n')
    assert found.people[0]["name"] == "Ada"


def test_an_instant_without_a_zone_is_utc(script):
    assert script(base='[setup]\nstart = "2026-11-02T10:00:00"\n').start == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_an_instant_of_another_zone_becomes_utc(script):
    assert script(base="[setup]\nstart = 2026-11-02T10:00:00+02:00\n").start == datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_knowledge_is_found_beside_the_script(script, tmp_path):
    (tmp_path / "kb").mkdir()
    assert script(base='[setup]\nknowledge = ["kb"]\n').knowledge == (tmp_path / "kb",)


def test_policy_overrides_are_kept_as_written(script):
    assert script(base='[setup]\npolicy = { modes = { default = "auto" } }\n').policy == {"modes": {"default": "auto"}}


def test_an_edit_is_told_from_a_saying(script):
    assert script('[[step]]\nwho = "Mara Voss"\nedits = "asked"\nsays = "Never mind"\n').steps[1].verb == "edits"


def test_steps_say_how_often_they_are_delivered_and_whether_they_settle(script):
    step = script('[[step]]\nwho = "Mara Voss"\nsays = "hi"\ndeliver = 3\nsettle = false\n').steps[1]
    assert (step.deliver, step.settles, step.label) == (3, False, "step 2")


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        pytest.param('who = "Mara Voss"\nsayz = "hi"', "step 2: there is no key 'sayz' here; did you mean 'says'?", id="an unknown key"),
        pytest.param(
            'id = "angry"\nwho = "Mara Voss"\nsays = "hi"\nset = {}', "step 2 ('angry'): there is no key 'set' here", id="a key of another verb"
        ),
        pytest.param('who = "Mara Voss"', "step 2: it has no verb", id="no verb"),
        pytest.param('who = "Mira Voss"\nsays = "hi"', "step 2: who = 'Mira Voss': there is no such one", id="an unknown person"),
        pytest.param('who = "Mara Voss"\nsays = "hi"\nchannel = "general"', "step 2: channel = 'general'", id="an unknown channel"),
        pytest.param(
            'who = "Mara Voss"\nsays = "hi"\nreply_to = "later"',
            "step 2: reply_to = 'later': there is no such earlier step",
            id="a step that was not",
        ),
        pytest.param(
            'id = "asked"\nwho = "Mara Voss"\nsays = "hi"', "step 2 ('asked'): there is an earlier step with this id", id="two steps of one id"
        ),
        pytest.param('wait = "45 minutes"', "step 2: wait = '45 minutes': write a number and s, m, h or d", id="a wait that is no duration"),
        pytest.param('wait = "0s"', "step 2: wait = '0s'", id="a wait of nothing"),
        pytest.param('down = "coffee"', "step 2: down = 'coffee': write one of model, crm, kb, platform", id="an unknown system"),
        pytest.param('crash = "soon"', "step 2: crash = 'soon'", id="an unknown point"),
        pytest.param('changes = "kb"', "step 2: 'set' is missing", id="a change of nothing"),
        pytest.param('changes = "kb"\nset = { "a.md" = 3 }', "step 2: [step.set] for the kb", id="an article that is a number"),
        pytest.param('says = "hi"', "step 2: 'who' is missing", id="nobody speaks"),
        pytest.param('who = "Mara Voss"\nsays = 3', "step 2: says = 3: write text in quotes", id="text that is a number"),
        pytest.param('who = "Mara Voss"\nsays = "hi"\ndeliver = 0', "step 2: deliver = 0", id="delivered never"),
        pytest.param('who = "Mara Voss"\nsays = "hi"\ndeliver = true', "step 2: deliver = True", id="delivered true times"),
        pytest.param(
            'who = "Mara Voss"\nsays = "hi"\nfiles = ["none.png"]', "step 2: there is no file or folder 'none.png'", id="a file that is not there"
        ),
        pytest.param('who = "Mara Voss"\nclicks = "Solved"\non = "asked"\nform = 3', "step 2: form = 3: write a table", id="a form that is no table"),
    ],
)
def test_a_wrong_step_is_named(script, step, sentence):
    with pytest.raises(InvalidInput) as caught:
        script(f"\n[[step]]\n{step}\n")
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("[setup", "is not TOML", id="broken TOML"),
        pytest.param("[setup]\nstrat = 1\n", "setup: there is no key 'strat' here; did you mean 'start'?", id="an unknown key of setup"),
        pytest.param("[[steps]]\n", "the script: there is no key 'steps' here; did you mean 'step'?", id="an unknown table"),
        pytest.param('[setup]\nstart = "soon"\n', "setup: start = 'soon'", id="a start that is no instant"),
        pytest.param('[setup]\nmodel = "m.toml"\n', "setup: model: there is no file or folder 'm.toml'", id="a scripted model that is not there"),
        pytest.param('[setup]\nknowledge = ["kb"]\n', "setup: knowledge: there is no file or folder 'kb'", id="knowledge that is not there"),
        pytest.param(
            '[setup]\npolicy = { modes = { default = "loud" } }\n', "setup: policy modes.default = 'loud': write one of", id="a mode that is none"
        ),
        pytest.param(
            '[setup]\npolicy = { tickets = { windw = "1h" } }\n',
            "setup: policy tickets.windw = '1h': there is no such key",
            id="a policy with a typo",
        ),
        pytest.param('[[people]]\nname = "A"\nrole = "boss"\n', "person 'A': role = 'boss': write one of", id="an unknown role"),
        pytest.param('[[people]]\nname = "A"\ntrust = "full"\n', "person 'A': trust = 'full': write one of", id="an unknown trust"),
        pytest.param('[[people]]\nname = "A"\n[[people]]\nname = "A"\n', "person 2: there are two named 'A'", id="two people of one name"),
        pytest.param('[[channels]]\nname = "c"\nkind = "open"\n', "channel 'c': kind = 'open': write one of", id="an unknown kind"),
        pytest.param('[[channels]]\nname = "c"\nkind = "shared"\n', "channel 'c': a shared channel needs account", id="a shared channel of nobody"),
        pytest.param(
            '[[channels]]\nname = "c"\nkind = "direct"\nperson = "X"\n',
            "channel 'c': person = 'X': there is no such one",
            id="a direct channel of a stranger",
        ),
        pytest.param(
            '[[channels]]\nname = "c"\nkind = "community"\nplatform = "slack"\nforum = true\n',
            "channel 'c': only Discord has forums with tags",
            id="a forum elsewhere",
        ),
        pytest.param('[[invoices]]\naccount = "X"\nnumber = "1"\namount = 2\n', "invoice '1': account = 'X'", id="an invoice of nobody"),
    ],
)
def test_a_wrong_script_is_told_in_one_sentence(script, text, sentence):
    with pytest.raises(InvalidInput) as caught:
        script(base=text)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_script_that_is_not_there_is_told():
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_script(Path("/nowhere/story.toml"))


def test_every_verb_takes_the_keys_that_any_step_may_have():
    assert all({"id", "deliver", "settle"} <= verb.keys.may.keys() for verb in VERBS.values())
