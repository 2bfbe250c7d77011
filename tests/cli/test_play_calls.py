"""What a play would post is written down, in a file that outlives the process, and answered with a yes."""

from cli.play.calls import RecordedActions, RecordedMailer, code_of, recorded
from desk import audience
from desk.audience import PUBLIC
from desk.customer import Author
from desk.draft import Evidence
from desk.ports import Asker
from desk.runs import RunStatus
from desk.selfservice import ActionRequest, Effect
from tests.fakes import FakeActions, FakeClock
from tests.selfservice.kit import MARA, back, run, spec

URL = "https://api.example/run"


def played(tmp_path, fake=None):
    """Return the actions of a play and the file they write."""
    path = tmp_path / "calls.jsonl"
    return RecordedActions(fake or FakeActions(), path, FakeClock()), path


async def test_a_signed_call_is_written_down_and_not_made(tmp_path):
    fake = FakeActions()
    actions, path = played(tmp_path, fake)
    assert recorded(path) == []
    result = await actions.run(spec(URL), run())
    assert result.status is RunStatus.DONE
    assert fake.ran == []
    assert recorded(path) == [
        {
            "at": "2026-11-02T10:00:00.000Z",
            "address": URL,
            "action": "restart",
            "run": run().id,
            "parameters": {"integration": "bank feed", "account_id": "acme"},
            "undo": False,
        }
    ]


async def test_taking_back_is_written_down_with_the_run_it_takes_back(tmp_path):
    actions, path = played(tmp_path)
    await actions.run(spec(URL), run())
    await actions.undo(spec(URL, undo="https://api.example/undo"), back(run()))
    assert [(call["run"], call["address"], call["undo"]) for call in recorded(path)] == [
        (run().id, URL, False),
        (run().id, "https://api.example/undo", True),
    ]


async def test_a_built_in_action_is_done_unless_it_makes_a_call(tmp_path):
    fake = FakeActions()
    actions, path = played(tmp_path, fake)
    await actions.run(spec("builtin:password_reset_link", link="https://app.example"), run())
    assert (len(fake.ran), recorded(path)) == (1, [])
    await actions.run(spec("builtin:password_reset_link", address=URL), run())
    assert (len(fake.ran), [call["address"] for call in recorded(path)]) == (1, [URL])


async def test_what_is_here_is_looked_up_and_nobody_outside_is_asked(tmp_path):
    found = [Evidence(0, "passage", "c-1", PUBLIC, "Words")]
    actions, _ = played(tmp_path, FakeActions(found={"restart": found}))
    asker = Asker(Author(MARA, "Mara"), (), frozenset({PUBLIC, audience.account("acme")}))
    assert await actions.lookup(spec("builtin:documentation_link", effect=Effect.READ), ActionRequest("restart"), asker) == found
    assert await actions.lookup(spec(URL, effect=Effect.READ), ActionRequest("restart"), asker) == []


async def test_a_mail_is_written_down_and_its_code_is_found(tmp_path):
    path = tmp_path / "calls.jsonl"
    assert code_of(path) == ""
    mailer = RecordedMailer(path, FakeClock())
    for code in ("123456", "000042"):
        await mailer.send(to="mara@acme.example", subject="Your code", text=f"{code} is your code. It holds for 10 minutes.")
    assert (code_of(path), [(call["mail"], call["subject"]) for call in recorded(path)]) == ("000042", [("mara@acme.example", "Your code")] * 2)


async def test_a_call_that_is_no_mail_holds_no_code(tmp_path):
    actions, path = played(tmp_path)
    await actions.run(spec(URL), run())
    assert code_of(path) == ""
