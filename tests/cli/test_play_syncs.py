"""A play settles only when no source is due, and waits from one sync to the next: stories about sources are the same every time."""

from tests.cli.told import tell
from tests.knowledge.kit import write

STORY = """
[setup]
start = "2026-11-02T10:00:00Z"

[setup.policy.modes]
default = "auto"

[[setup.policy.knowledge.sources]]
name = "help"
kind = "folder"
at = "%s"
every = "6h"

[[people]]
name = "Poppy Lane"

[[people]]
name = "Jonas Reed"
role = "teammate"

[[channels]]
name = "community"
kind = "community"
"""
ASKS = """
[[step]]
who = "Poppy Lane"
says = "How do I export my invoices as CSV?"

[[step]]
wait = "30s"
"""
ELSEWHERE = """
[[step]]
changes = "policy"
set = { knowledge = { sources = [{ name = "help", kind = "folder", at = "%s", every = "6h" }] } }
"""
ARTICLE = """# Export invoices as CSV

Open **Reports > Export**, choose **Invoices** and press **Export as CSV**. The file is ready within %s.
"""


def cited(told):
    return {source["document"] for post in told.posts for source in post["evidence"]}


async def test_a_source_is_synced_before_anybody_is_answered(tmp_path):
    write(tmp_path, {"kb/export.md": ARTICLE % "two minutes", "story.toml": STORY % (tmp_path / "kb") + ASKS})
    told = await tell(tmp_path / "story.toml")
    assert (told.actions, cited(told)) == (["reply"], {"help/export.md"})
    assert "two minutes" in told.standing("answer")[0]["text"]


async def test_a_source_that_moved_is_synced_at_once_and_what_it_lost_answers_nobody(tmp_path):
    write(tmp_path, {"kb/export.md": ARTICLE % "two minutes", "new/export.md": ARTICLE % "one hour"})
    write(tmp_path, {"story.toml": STORY % (tmp_path / "kb") + ELSEWHERE % (tmp_path / "new") + ASKS})
    told = await tell(tmp_path / "story.toml")
    assert "one hour" in told.standing("answer")[0]["text"]
    assert not any("two minutes" in post["text"] for post in told.posts)


async def test_a_source_that_is_away_holds_up_neither_the_play_nor_an_answer(tmp_path):
    write(tmp_path, {"story.toml": STORY % (tmp_path / "nowhere") + ASKS})
    told = await tell(tmp_path / "story.toml")
    assert len(told.actions) == 1
    assert cited(told) == set()


async def test_a_desk_that_was_killed_goes_on_with_its_sources(tmp_path):
    crash = '\n[[step]]\ncrash = "now"\n'
    write(tmp_path, {"kb/export.md": ARTICLE % "two minutes", "story.toml": STORY % (tmp_path / "kb") + crash + '\n[[step]]\nwait = "12h"\n' + ASKS})
    told = await tell(tmp_path / "story.toml")
    assert (told.actions, cited(told)) == (["reply"], {"help/export.md"})
