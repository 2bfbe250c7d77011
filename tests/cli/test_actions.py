"""Actions on the command line: what is declared, what was done, and taking it back."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from bootstrap import open_records
from desk.audience import PUBLIC
from desk.changes import QueueRun, SaveDraft, SaveRun, write
from desk.draft import Basis, Draft, Part, Proposal
from desk.ids import DraftId, EventId, TicketId
from desk.runs import ActionRun, RunStatus, run_id
from desk.selfservice import ActionRequest
from desk.space import Platform, UserRef
from settings import read_settings

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
MARA = UserRef(Platform.LOCAL, "main", "mara")
REQUEST = ActionRequest("restart_integration", (("integration", "bank feed"),), bound=(("email", "mara@acme.example"),), user=MARA, person="mara")
POLICY = """
[[actions]]
name = "restart_integration"
when = "it is stuck"
says = "It was restarted."
run = "https://api.example/restart"
undo = "https://api.example/stop"
secret = "ACTIONS_KEY"

[[actions.parameters]]
name = "integration"
kind = "choice"
choices = ["bank feed"]
"""


def store_run(home, status=RunStatus.DONE, of="r-1"):
    """Put a run in the home's database; return its id."""
    run = ActionRun(run_id(DraftId(of), REQUEST), TicketId("t-1"), DraftId(of), REQUEST, MARA, NOW)

    async def put():
        async with open_records(read_settings(home=home)) as kept:
            draft = Draft(DraftId(of), TicketId("t-1"), Proposal((Part(PUBLIC, "x"),), requests=(REQUEST,)), Basis(1), NOW)
            await kept.store.commit(EventId(f"e-{of}"), write(SaveDraft(draft), QueueRun(run)), at=NOW)
            done = ActionRun(run.id, run.ticket, run.draft, REQUEST, MARA, NOW, status=status, finished=NOW, result="ok", by_name="Noor")
            await kept.store.commit(EventId(f"f-{of}"), write(SaveRun(done, was=RunStatus.QUEUED)), at=NOW)

    asyncio.run(put())
    return run.id


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    return folder


def test_nothing_declared_and_nothing_done_is_said(call):
    code, out, _ = call("actions")
    assert code == 0
    assert "No action is declared" in out
    assert "Nothing was done yet." in out


def test_what_is_declared_and_what_was_done_are_listed(call, home, monkeypatch):
    monkeypatch.setenv("ACTIONS_KEY", "secret-value")
    store_run(home)
    found = json.loads(call("actions", "--json")[1])
    (action,), (run,) = found["actions"], found["runs"]
    assert (action["name"], action["confirm"], action["undo"], action["ready"], action["secret"]) == (
        "restart_integration",
        "none",
        True,
        True,
        "ACTIONS_KEY",
    )
    assert (run["action"], run["parameters"], run["status"], run["by"]) == ("restart_integration", {"integration": "bank feed"}, "done", "Noor")
    assert json.loads(call("actions", "list", "--json")[1]) == found
    assert "secret-value" not in json.dumps(found)


def test_what_says_who_asked_is_not_listed(call, home):
    store_run(home)
    assert "mara@acme.example" not in call("actions", "--json")[1] + call("actions")[1]


def test_a_key_that_is_not_set_is_named(call, home, monkeypatch):
    monkeypatch.delenv("ACTIONS_KEY", raising=False)
    assert "(!) ACTIONS_KEY is not set" in call("actions")[1]


def test_the_latest_runs_come_first_and_as_many_as_wanted(call, home):
    first, second = store_run(home, of="r-1"), store_run(home, of="r-2")
    assert [run["id"] for run in json.loads(call("actions", "list", "--json")[1])["runs"]] == [second, first]
    assert [run["id"] for run in json.loads(call("actions", "list", "--last", "1", "--json")[1])["runs"]] == [second]


def test_what_was_done_is_queued_to_be_undone_once(call, home):
    id = store_run(home)
    code, out, _ = call("actions", "undo", id, "--json")
    back = json.loads(out)
    assert (code, back["undoes"], back["status"], back["by"]) == (0, id, "queued", "the command line")
    code, _, err = call("actions", "undo", id)
    assert code == 1
    assert "the command line had restart_integration (integration = bank feed) undone before: queued." in err


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.UNKNOWN])
def test_only_what_was_done_can_be_undone(call, home, status):
    code, _, err = call("actions", "undo", store_run(home, status))
    assert (code, "Only what was done can be undone" in err) == (1, True)


def test_what_policy_cannot_take_back_is_said(call, home):
    id = store_run(home)
    (home / "policy.toml").write_text("", encoding="utf-8")
    assert "Policy does not say how restart_integration (integration = bank feed) is undone." in call("actions", "undo", id)[2]


def test_a_run_may_be_named_by_its_beginning(call, home):
    id = store_run(home)
    assert json.loads(call("actions", "undo", id.removeprefix("run-")[:6], "--json")[1])["undoes"] == id


def test_a_run_that_is_not_there_and_one_that_is_not_clear_are_told(call, home):
    store_run(home, of="r-1")
    store_run(home, of="r-2")
    code, _, err = call("actions", "undo", "nowhere")
    assert (code, "there is no run 'nowhere'" in err) == (2, True)
    assert "2 runs begin with 'run-': write more of the id" in call("actions", "undo", "run-")[2]


def test_doctor_names_a_key_that_is_not_set_where_a_model_could_ask_for_the_action(call, home, monkeypatch):
    monkeypatch.delenv("ACTIONS_KEY", raising=False)
    assert "ok    actions: 1 in the policy; without a language model nothing asks for them" in call("doctor")[1]
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-hunter2")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    assert "FAIL  actions: ACTIONS_KEY is not set, so that restart_integration fails" in call("doctor")[1]
    monkeypatch.setenv("ACTIONS_KEY", "secret-value")
    found = call("doctor")[1]
    assert "ok    actions: 1 in the policy" in found
    assert "secret-value" not in found
