"""The stories that ship, told on Discord over the wire: with the same decisions and the same ends as in the local workspace.

Messages, threads, people and channels are kept by simcord, which is not ours; the gateway and what is pressed are the play's own Discord.
"""

import pytest

from desk.space import Platform
from tests.cli.alike import hold_alike
from tests.cli.told import STORIES, Told, shelf_of, tell
from tests.discord.simulated import SimulatedSide

IN_A_NOTE = "what is wrong with a form is said in the answer to it, with a button that opens it again, and not in a whisper after it"
CALLED = "a post to somebody begins with a mention of them on Discord"
OTHERWISE = {
    "channel": "the first line of an announcement is a heading on Discord, without a colon",
    "incident-collapsed-pings": CALLED,
    "macro": IN_A_NOTE,
    "mode": IN_A_NOTE,
    "person-forgotten": "what people wrote on Discord itself is not ours to empty: our own posts are deleted, and the report says so",
    "setup": IN_A_NOTE,
    "snoozed": CALLED,
    "status": "short values stand side by side on Discord",
    "ticket-by-emoji": "nobody can be told something alone over an emoji there: it goes to their direct messages",
}
"""Stories of which not every word holds on Discord, each with the reason; what is decided, and what becomes of a ticket, is the same there too."""
HEARD_OTHERWISE = ("person-forgotten", "ticket-by-emoji")
"""Those of them in which customers, too, are shown something else."""
NAMES = sorted(path.stem for path in STORIES.glob("*.toml"))


@pytest.fixture
async def here(name, tmp_path_factory) -> Told:
    """Return a story as it is told in the workspace."""
    return await tell(STORIES / f"{name}.toml", shelf=shelf_of(tmp_path_factory))


@pytest.fixture
async def there(name, tmp_path_factory) -> Told:
    """Return a story as it is told with everybody on Discord."""
    return await tell(STORIES / f"{name}.toml", on=Platform.DISCORD, shelf=shelf_of(tmp_path_factory), side=SimulatedSide)


@pytest.mark.parametrize("name", NAMES)
def test_a_story_is_told_on_discord_as_in_the_workspace(name, here, there):
    assert {post["platform"] for post in there.posts} == {"discord"}
    hold_alike(name, there, here, otherwise=OTHERWISE, heard_otherwise=HEARD_OTHERWISE)


def test_only_stories_that_are_there_are_told_otherwise():
    assert OTHERWISE.keys() <= set(NAMES)
