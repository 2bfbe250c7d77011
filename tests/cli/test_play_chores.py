"""Chores in the whole desk: what a command asked for is done, also when the process is killed before, between or while it is."""

import pytest

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

[[people]]
name = "Poppy Lane"

[[people]]
name = "Ruth Calder"
role = "admin"

[[channels]]
name = "community"
kind = "community"

[[step]]
who = "Poppy Lane"
says = "How do I export my invoices as CSV? I live in Elm Street."

[[step]]
wait = "30s"
"""
CRASH = """
[[step]]
crash = "%s"
"""
COMMAND = """
[[step]]
who = "Ruth Calder"
commands = '%s'

[[step]]
wait = "1m"
"""
ARTICLE = """# Export invoices as CSV

Open **Reports > Export**, choose **Invoices** and press **Export as CSV**. The file is ready within two minutes.
"""


async def told_after(tmp_path, command, point):
    """Tell the story with a command during which the desk is killed; return it with what was told to who gave the command."""
    text = STORY % (tmp_path / "kb") + CRASH % point + COMMAND % command
    write(tmp_path, {"kb/export.md": ARTICLE, "story.toml": text + COMMAND % "kb status"})
    told = await tell(tmp_path / "story.toml")
    return told, [post["text"] for post in told.posts if post["channel_kind"] == "direct" and post["author"] == "frontdesk"]


@pytest.mark.parametrize("point", ["acknowledged", "committed", "sent"])
async def test_a_source_is_read_once_and_its_end_is_told_once(tmp_path, point):
    told, direct = await told_after(tmp_path, "kb sync help", point)
    assert [line.split(":")[0] for line in direct] == ["help was read"]
    assert "help: folder" in told.posts[-1]["text"]
    assert "1 article" in told.posts[-1]["text"]


@pytest.mark.parametrize("point", ["acknowledged", "committed", "sent"])
async def test_a_person_is_forgotten_and_it_is_told_once(tmp_path, point):
    told, direct = await told_after(tmp_path, "forget poppy-lane confirm Poppy Lane", point)
    assert "Elm Street" not in " ".join(post["text"] for post in told.posts)
    assert [line.split("   ")[0] for line in direct] == ["Forgotten"]
