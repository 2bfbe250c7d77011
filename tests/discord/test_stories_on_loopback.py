"""Stories on the Discord of a play alone, as `play --on discord` tells them to whoever has nothing else installed."""

import pytest

from desk.space import Platform
from tests.cli.alike import decided, ended, heard
from tests.cli.told import STORIES, shelf_of, tell

NAMES = (
    "answered",
    "burst",
    "bystander",
    "correction",
    "crash-committed",
    "double-click",
    "edit-before-answer",
    "hand-over-and-back",
    "late-holding-answer",
    "private-part-community",
    "private-part-shared",
    "retraction",
    "stale-draft",
)
"""Stories that between them write, edit, take back, look up after a crash, open direct messages and ask who is in a channel."""


@pytest.mark.parametrize("name", NAMES)
async def test_a_story_is_told_on_discord_as_in_the_workspace(name, tmp_path_factory):
    shelf = shelf_of(tmp_path_factory)
    there = await tell(STORIES / f"{name}.toml", on=Platform.DISCORD, shelf=shelf)
    here = await tell(STORIES / f"{name}.toml", shelf=shelf)
    assert decided(there) == decided(here)
    assert ended(there) == ended(here)
    assert heard(there) == heard(here)
