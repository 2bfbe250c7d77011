"""The knowledge base from the command line: sources are synced, looked at and forgotten, also beside a server."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from cli.app import run
from cli.kb_status import _span
from runtime import SystemClock
from store.database import open_database
from store.sources import SqlSources
from tests.knowledge.kit import write

POLICY = """
[[knowledge.sources]]
name = "help"
kind = "folder"
at = "kb"
every = "6h"
owner = "Noor"
review = "30d"

[[knowledge.sources]]
name = "team"
kind = "folder"
at = "wiki"
audience = "internal"
"""
OLD = "---\nupdated: 2020-01-01\n---\n# Refunds\n\nA refund takes five days."
FILES = {"kb/refunds.md": OLD, "kb/plans.md": "# Plans\n\nThere are three plans.", "wiki/vip.md": "# VIP\n\nCall them at once."}


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch):
    """Return a home with a policy and two folders, and how to call commands in it."""
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path))
    write(tmp_path, {"policy.toml": POLICY, **FILES})

    def call(*arguments):
        code = run(["kb", *arguments])
        found = capsys.readouterr()
        return code, found.out, found.err

    def value(*arguments):
        return json.loads(call(*arguments, "--json")[1])

    return SimpleNamespace(home=tmp_path, call=call, value=value)


def in_store(desk, work):
    """Do something with the rows of sources, as another process would."""

    async def do():
        database = await open_database(f"sqlite:///{desk.home}/frontdesk.db")
        try:
            return await work(SqlSources(database))
        finally:
            await database.close()

    return asyncio.run(do())


def test_a_home_without_sources_says_how_to_get_some(desk):
    (desk.home / "policy.toml").unlink()
    assert "write [[knowledge.sources]] into policy.toml" in desk.call("status")[1]
    assert desk.call("sync")[0] == 0
    assert desk.value("status") == {"sources": [], "unclaimed": [], "paths": []}
    assert desk.call("list")[1] == "There are no documents.\n"


def test_sources_are_synced_and_their_status_tells_how_it_went(desk):
    code, out, _ = desk.call("sync")
    assert (code, out) == (
        0,
        "help: 2 added, 0 changed, 0 unchanged, 0 removed; 2 documents, 2 chunks.\n"
        "team: 1 added, 0 changed, 0 unchanged, 0 removed; 1 documents, 1 chunks.\n",
    )
    found, team = desk.value("status")["sources"]
    said = {"name": "help", "kind": "folder", "at": "kb", "every": "6h", "owner": "Noor", "documents": 2, "chunks": 2, "added": 2, "error": ""}
    assert {name: found[name] for name in said} == said
    assert not found["running"]
    assert (found["due_for_review"], found["undated"], found["expired"]) == (1, 1, 0)
    assert found["finished"] < found["next"]
    assert (team["audience"], team["every"], team["next"]) == ("internal", None, None)
    assert "owner Noor; 1 due for review; 1 without a date" in desk.call("status")[1]


def test_only_the_named_source_is_synced(desk):
    assert [result["source"] for result in desk.value("sync", "team")] == ["team"]
    assert [row["documents"] for row in desk.value("status")["sources"]] == [0, 1]


def test_a_dry_run_lists_what_would_change_and_changes_nothing(desk):
    desk.call("sync")
    write(desk.home, {"kb/new.md": "# New\n\nNew words.", "kb/plans.md": "# Plans\n\nFour plans."})
    (desk.home / "kb" / "refunds.md").unlink()
    before = desk.value("status")
    assert desk.value("sync", "help", "--dry-run")[0] | {"failed": []} == {
        "source": "help",
        "added": [{"id": "help/new.md", "title": "New"}],
        "changed": [{"id": "help/plans.md", "title": "Plans"}],
        "removed": [{"id": "help/refunds.md", "title": "Refunds"}],
        "unchanged": 0,
        "failed": [],
        "needs_remove": False,
        "error": "",
    }
    assert "would be removed: Refunds (help/refunds.md)" in desk.call("sync", "help", "--dry-run")[1]
    assert desk.value("status") == before


def test_what_cannot_be_read_is_named_and_what_failed_is_told_by_the_exit_code(desk):
    write(desk.home, {"kb/bad.md": "---\ntitle: [\n---\ntext"})
    code, out, _ = desk.call("sync", "help")
    assert (code, "1 could not be read" in out, "bad.md" in out) == (0, True, True)
    (desk.home / "wiki" / "vip.md").unlink()
    (desk.home / "wiki").rmdir()
    code, out, _ = desk.call("sync", "team")
    assert (code, "there is no file or folder" in out) == (1, True)
    assert desk.call("sync", "team", "--dry-run")[0] == 1
    assert "there is no file or folder" in desk.value("status")["sources"][1]["error"]
    assert "bad.md" in desk.call("status")[1]


def test_most_of_a_source_goes_only_by_command(desk):
    write(desk.home, {f"kb/{n}.md": f"Article {n}." for n in range(20)})
    desk.call("sync", "help")
    for path in (desk.home / "kb").glob("*.md"):
        path.unlink()
    write(desk.home, {"kb/last.md": "The last one."})
    assert "only `kb sync --remove` would remove it" in desk.call("sync", "help", "--dry-run")[1]
    code, out, _ = desk.call("sync", "help")
    assert (code, "./frontdesk kb sync help --remove" in out) == (1, True)
    assert desk.value("sync", "help", "--remove")[0]["removed"] == 22


def test_an_unknown_source_is_a_wrong_call(desk):
    assert desk.call("sync", "nope")[::2] == (2, "the policy names no source 'nope': it has help, team\n")


def test_a_source_that_the_server_reads_is_left_to_it(desk):
    desk.call("sync")
    now = SystemClock().now()
    assert in_store(desk, lambda rows: rows.hold("help", "the server", now=now, until=now + timedelta(minutes=1)))
    code, out, _ = desk.call("sync", "help")
    assert (code, "another process reads the source 'help' now" in out) == (1, True)
    assert desk.value("status")["sources"][0]["running"]
    assert "being read now" in desk.call("status")[1]


def test_documents_are_listed_with_their_dates_and_by_source(desk):
    desk.call("sync")
    assert [row["id"] for row in desk.value("list")] == ["help/plans.md", "help/refunds.md", "team/vip.md"]
    (row,) = desk.value("list", "--source", "team")
    assert (row["source"], row["audience"], row["title"]) == ("team", "internal", "VIP")
    assert "help/refunds.md  Refunds  [public]  updated 2020-01-01" in desk.call("list")[1]


def test_a_review_is_noted_until_the_words_change(desk):
    desk.call("sync")
    today = SystemClock().now().date().isoformat()
    assert desk.value("reviewed", "help/refunds.md", "help/plans.md") == {"reviewed": ["help/plans.md", "help/refunds.md"], "on": today}
    assert desk.value("status")["sources"][0]["due_for_review"] == 0
    desk.call("sync")
    assert {row["reviewed"] for row in desk.value("list", "--source", "help")} == {today}
    write(desk.home, {"kb/refunds.md": OLD.replace("five", "six")})
    desk.call("sync")
    assert desk.value("status")["sources"][0]["due_for_review"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("help/refund.md",), "did you mean 'help/refunds.md'?", id="a document that is not there"),
        pytest.param(("zzz",), "`kb list` prints the ids", id="nothing like a document"),
        pytest.param(("help/refunds.md", "--on", "tomorrow"), "write a day such as", id="no day"),
        pytest.param(("help/refunds.md", "--on", "2999-01-01"), "still to come", id="a day to come"),
    ],
)
def test_a_review_is_refused_of(desk, arguments, said):
    desk.call("sync", "help")
    code, _, error = desk.call("reviewed", *arguments)
    assert (code, said in error) == (2, True)


def test_a_source_that_left_the_policy_is_told_and_can_be_forgotten(desk):
    desk.call("sync")
    code, _, error = desk.call("forget", "help")
    assert (code, "take it out of [[knowledge.sources]] first" in error) == (2, True)
    (desk.home / "policy.toml").unlink()
    (helped, team) = desk.value("status")["unclaimed"]
    assert (helped["source"], helped["documents"], team["source"]) == ("help", 2, "team")
    assert "no source of the policy claims" in desk.call("status")[1]
    assert desk.value("forget", "help") == {"removed": 2}
    assert [row["id"] for row in desk.value("list")] == ["team/vip.md"]
    assert "nothing came from 'help'" in desk.call("forget", "help")[2]


def test_a_source_is_not_forgotten_while_it_is_read(desk):
    desk.call("sync")
    (desk.home / "policy.toml").unlink()
    now = SystemClock().now()
    assert in_store(desk, lambda rows: rows.hold("help", "the server", now=now, until=now + timedelta(minutes=1)))
    code, _, error = desk.call("forget", "help")
    assert (code, "is being read now: forget it when that is done" in error) == (2, True)
    assert len(desk.value("list")) == 3


def test_a_key_that_somebody_wrote_into_an_address_is_not_shown(desk):
    write(desk.home, {"policy.toml": POLICY.replace('"kb"', '"https://lea:s3cret@help.example/a?token=s3cret"').replace('"folder"', '"web"', 1)})
    assert desk.value("status")["sources"][0]["at"] == "https://...@help.example/a?..."


def test_an_ingested_path_is_told_and_can_be_forgotten(desk, capsys):
    write(desk.home, {"more/one.md": "One."})
    assert run(["ingest", str(desk.home / "more")]) == 0
    capsys.readouterr()
    assert desk.value("status")["paths"] == [
        {"path": str(desk.home / "more"), "documents": 1, "chunks": 1, "due_for_review": 0, "expired": 0, "undated": 1}
    ]
    assert desk.value("forget", str(desk.home / "more" / ".." / "more")) == {"removed": 1}
    assert desk.value("list") == []


@pytest.mark.parametrize(("seconds", "said"), [(21_600, "6h"), (5_400, "1h30m"), (86_400 * 14, "14d"), (45, "45s"), (0, "0s")])
def test_an_interval_is_told_as_the_policy_writes_it(seconds, said):
    assert _span(timedelta(seconds=seconds)) == said
