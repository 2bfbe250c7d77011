"""Commands that look at and tend what a desk has kept, tried on the home that a play left."""

import asyncio
import json
import sqlite3
import sys
import tempfile
from contextlib import closing

import pytest

from bot.arrivals.inbox import Arrival, Inbox
from cli.app import run
from runtime import SystemClock

STORY = """
[setup]
policy = { modes = { default = "auto" } }

[[people]]
name = "Poppy Lane"
email = "poppy@harbor-books.example"

[[people]]
name = "Jonas Reed"
role = "teammate"

[[channels]]
name = "community"
kind = "community"

[[step]]
who = "Poppy Lane"
says = "Where do I find the zanzibar export of my marzipan invoices?"

[[step]]
who = "Poppy Lane"
says = "I would like to talk to a person about zanzibar."

[[step]]
wait = "10s"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the home of a play that was kept."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "story.toml").write_text(STORY, encoding="utf-8")
    usual, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        assert run(["play", str(folder / "story.toml"), "--keep"]) == 0
    finally:
        tempfile.tempdir = usual
    (found,) = folder.glob("frontdesk-play-*")
    return found


@pytest.fixture
def call(home, capsys, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", str(home))

    def do(*arguments: str):
        code = run(arguments)
        found = capsys.readouterr()
        return code, found.out, found.err

    return do


def everything(home) -> str:
    """Return all rows of all databases of a home as text."""
    text = ""
    for file in sorted(home.glob("*.db")):
        with closing(sqlite3.connect(file)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            text += "".join(str(row) for table in tables for row in database.execute(f'SELECT * FROM "{table}"'))
    return text


def test_why_shows_facts_reasons_evidence_and_versions(call):
    code, out, _ = call("why", "t-", "--json")
    (decision,) = json.loads(out)
    assert code == 0
    assert decision["action"] == "escalate"
    assert {"code": "asks_human", "text": "the customer asks for a human"} in decision["reasons"]
    assert decision["facts"]["triggers"] == ["asks_human"]
    assert decision["versions"]["embedder"].startswith("all-MiniLM-L6-v2")
    assert decision["evidence"] == []


def test_why_reads_well(call):
    _, out, _ = call("why", "t-")
    assert out.startswith("1. 2026-11-02T10:00:08")
    assert "because the customer asks for a human" in out


def test_classify_says_what_a_message_is_about(call):
    code, out, _ = call("classify", "How do I reset my password?", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["category"], found["is_request"], found["language"]) == ("account access", True, "en")
    assert list(found) == [
        "category", "confidence", "labels", "is_request", "is_request_confidence", "out_of_scope", "out_of_scope_score", "sentiment", "language",
        "displeasure", "impact",
    ]  # fmt: skip


def test_ask_says_what_the_desk_would_do(call):
    code, out, _ = call("ask", "I want to talk to a human", "--kind", "direct", "--mode", "auto", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["action"], found["would_in_auto"], found["triggers"], found["draft"]) == ("escalate", "escalate", ["asks_human"], None)
    first = ["action", "mode", "would_in_auto", "category", "confidence", "threshold", "draft"]
    then = ["evidence", "question", "triggers", "reasons", "abstained", "policy_version"]
    # What came later stands behind: those who script this read by name, and some by place.
    assert list(found) == [*first, *then, "actions", "translation", "degraded", "calls"]


def test_ask_takes_the_policys_mode_unless_one_is_given(call):
    assert json.loads(call("ask", "I want to talk to a human", "--json")[1])["mode"] == "auto"


def test_doctor_finds_nothing_wrong(call):
    code, out, _ = call("doctor")
    assert code == 0
    assert "FAIL" not in out
    assert "events: none was given up" in out


def test_doctor_says_what_is_wrong(call, home, monkeypatch, tmp_path):
    wrong = tmp_path / "policy.toml"
    wrong.write_text('[pause]\nquiet = "soon"\n')
    monkeypatch.setenv("FRONTDESK_POLICY", str(wrong))
    code, out, _ = call("doctor")
    assert code == 1
    assert "FAIL  policy:" in out
    assert "policy.toml:2" in out
    assert "ok    model:" in out


def test_doctor_names_the_sources_that_cannot_be_read_and_never_a_secret(call, monkeypatch, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[[knowledge.sources]]\nname = "help"\nkind = "zendesk"\nat = "https://acme.zendesk.example"\nsecret = "HELP_TOKEN"\n')
    monkeypatch.setenv("FRONTDESK_POLICY", str(policy))
    code, out, _ = call("doctor")
    assert code == 1
    assert "FAIL  sources: help: HELP_TOKEN is not set" in out
    monkeypatch.setenv("HELP_TOKEN", "s3cret-token")
    code, out, _ = call("doctor")
    assert "ok    sources: 1 in the policy, 0 of them read by themselves" in out
    assert "s3cret" not in out


def test_doctor_says_that_answers_are_quoted_without_a_key(call):
    _, out, _ = call("doctor")
    assert "ok    language model: answers are quoted; set ANTHROPIC_API_KEY to have them written" in out
    assert "ok    prices: no language model is used" in out
    assert "ok    budget: USD 0.00 of 50.00 were spent on the language model within 24 hours, in 0 calls" in out


def test_doctor_says_what_is_wrong_with_the_language_model_its_prices_and_its_budget(call, monkeypatch, tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text('[model]\nanswers = "claude-odd"\n[model.budgets]\nday = 0\n')
    monkeypatch.setenv("FRONTDESK_POLICY", str(policy))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-hunter2")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    code, out, err = call("doctor")
    assert code == 1
    assert "FAIL  language model: nothing answers at http://127.0.0.1:1" in out
    assert "FAIL  prices: claude-odd counts as the dearest model that has a price: write [model.prices.claude-odd] in policy.toml" in out
    assert "FAIL  budget: USD 0.00 of 0.00 were spent on the language model within 24 hours: raise model.budgets.day in policy.toml, or wait" in out
    assert "hunter2" not in out + err


def test_doctor_goes_on_when_the_driver_of_the_database_is_missing(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "postgresql://desk:hunter2@127.0.0.1:1/desk")
    code, out, _ = call("doctor")
    assert code == 1
    assert "FAIL  database: the database address names Postgres, and its driver psycopg cannot be imported" in out
    assert "ok    model:" in out
    assert "ok    server:" in out


def test_doctor_says_when_the_server_of_the_index_does_not_answer(call, monkeypatch):
    monkeypatch.setenv("FRONTDESK_QDRANT_URL", "http://127.0.0.1:1")
    code, out, _ = call("doctor")
    assert code == 1
    assert "FAIL  knowledge: kb is unavailable: the Qdrant server does not answer" in out


def test_purge_leaves_what_is_young(call, home):
    before = everything(home)
    assert call("purge", "--json")[0] == 0
    assert ("zanzibar" in before) == ("zanzibar" in everything(home))


def test_what_slack_told_and_nobody_took_is_erased_too(call, home):
    async def kept(look):
        inbox = await Inbox.open(home / "slack.db", SystemClock())
        found = await look(inbox)
        await inbox.close()
        return found

    asyncio.run(kept(lambda inbox: inbox.keep(Arrival("message", "C1", {"user": "U0WANDA", "text": "hello"}))))
    code, _, _ = call("erase", "slack/T0PELICAN/U0WANDA")
    assert (code, asyncio.run(kept(lambda inbox: inbox.count()))) == (0, 0)


def test_nobody_cannot_be_erased(call):
    code, _, err = call("erase", "Zoe Nobody")
    assert (code, err) == (2, "there is nobody 'Zoe Nobody': write a name, an id, or platform/space/id\n")


def test_an_erased_persons_words_are_nowhere_and_the_decisions_stay(call, home):
    assert "zanzibar" in everything(home)
    assert "poppy@harbor-books.example" in everything(home)
    code, out, _ = call("erase", "Poppy Lane", "--json")
    assert code == 0
    assert json.loads(out)["erased"] > 0
    text = everything(home)
    assert "zanzibar" not in text
    assert "marzipan" not in text
    assert "poppy@harbor-books.example" not in text
    assert len(json.loads(call("why", "t-", "--json")[1])) == 1
