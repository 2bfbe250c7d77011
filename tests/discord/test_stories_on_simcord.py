"""Stories on a Discord that we did not write: simcord keeps the messages, threads, people and channels, and the desk decides as ever."""

import pytest

from cli.play.driver import SIDES, play
from cli.play.places import moved
from cli.play.script import read_script
from cli.play.transcript import named
from desk.space import Platform
from tests.cli.alike import decided, ended, heard
from tests.cli.told import STORIES, Told, shelf_of, tell
from tests.discord.simulated import SimulatedSide

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
async def test_a_story_is_told_on_simcord_as_in_the_workspace(name, tmp_path_factory):
    script = moved(read_script(STORIES / f"{name}.toml"), Platform.DISCORD)
    there = Told(**named(*await play(script, sides={**SIDES, Platform.DISCORD: SimulatedSide})))
    here = await tell(STORIES / f"{name}.toml", shelf=shelf_of(tmp_path_factory))
    assert decided(there) == decided(here)
    assert ended(there) == ended(here)
    assert heard(there) == heard(here)
