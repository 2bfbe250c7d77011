"""Tending the knowledge base: what to look at, and which answers become articles."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from desk.candidate import Candidate
from desk.ids import TicketId
from store.candidates import SqlCandidates
from store.database import open_database

ARTICLE = "---\nupdated: {day}\n---\n# {title}\n\n{text}\n"
TAKES = "Refunds for the annual plan of a company reach the card that was used for the payment within {} working days after the approval."
WAITING = Candidate(
    TicketId("t-1"),
    "My export is stuck, what now?",
    "Open Settings, choose Exports and press Retry.",
    datetime(2026, 11, 2, tzinfo=UTC),
    "technical issue",
    "en",
)


@pytest.fixture
def waiting(call, tmp_path):
    """A home in which one answer waits."""

    async def offer():
        (tmp_path / "home").mkdir()
        database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/home/frontdesk.db")
        await SqlCandidates(database).offer(WAITING)
        await database.close()

    asyncio.run(offer())
    return call


def write(folder, name, *, title, text, day="2026-11-01"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(ARTICLE.format(title=title, text=text, day=day))


def test_check_lists_what_is_old_and_what_contradicts_with_both_sentences(call, tmp_path):
    write(tmp_path / "kb", "a.md", title="Refund times", text=TAKES.format(5))
    write(tmp_path / "kb", "b.md", title="Refunds of annual plans", text=TAKES.format(10))
    write(tmp_path / "kb", "c.md", title="Exports", text="Exports are found under Settings.", day="2020-01-01")
    assert call("ingest", str(tmp_path / "kb"))[0] == 0
    code, out, _ = call("kb", "check", "--json")
    found = json.loads(out)
    assert code == 0
    assert {(f["concern"], *f["documents"]) for f in found} == {("stale", "c.md"), ("contradicting", "a.md", "b.md")}
    (both,) = [f for f in found if f["concern"] == "contradicting"]
    assert "5 working days" in both["detail"]
    assert "10 working days" in both["detail"]
    told = call("kb", "check")[1]
    assert told.index("Contradicting") < told.index("Due for review")
    assert "Exports (c.md)" in told


def test_check_of_a_base_in_order_says_so(call):
    assert "Nothing needs a look" in call("kb", "check")[1]


def test_an_answer_that_waits_is_shown_with_its_question_and_approved_in_better_words(waiting, tmp_path):
    out = waiting("kb", "tickets")[1]
    assert "My export is stuck" in out
    assert "press Retry" in out
    (tmp_path / "better.txt").write_text("Press Retry under Settings > Exports.\n")
    code, out, _ = waiting("kb", "approve", "t-1", "--title", "A stuck export", "--answer", str(tmp_path / "better.txt"), "--json")
    assert (code, json.loads(out)) == (0, {"ticket": "t-1", "status": "approved"})
    assert json.loads(waiting("kb", "tickets", "--json")[1]) == []


def test_a_placeholder_that_is_left_is_pointed_out(waiting, tmp_path):
    (tmp_path / "better.txt").write_text("Hi [name], write to [e-mail address] or see [1].\n")
    code, out, err = waiting("kb", "approve", "t-1", "--answer", str(tmp_path / "better.txt"))
    assert code == 0
    assert "still says [e-mail address] and [name]" in err
    assert "article from the next sync on" in out


def test_a_rejected_answer_no_longer_waits(waiting):
    assert waiting("kb", "reject", "t-1")[0] == 0
    assert "Nothing waits" in waiting("kb", "tickets")[1]


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_a_ticket_nobody_offered_is_a_wrong_call(call, command):
    code, _, err = call("kb", command, "t-none")
    assert code == 2
    assert "kb tickets" in err


def test_an_empty_wording_is_refused(waiting, tmp_path):
    (tmp_path / "empty.txt").write_text("  \n")
    code, _, err = waiting("kb", "approve", "t-1", "--answer", str(tmp_path / "empty.txt"))
    assert code == 2
    assert "what the article should say" in err
