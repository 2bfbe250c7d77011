"""The stories that ship, told on Slack: over the wire, with the same decisions and the same ends as in the local workspace."""

import pytest

from desk.space import Platform
from tests.cli.alike import hold_alike
from tests.cli.told import STORIES, Told, shelf_of, tell

IN_THE_FORM = "what is wrong with a form is said in the form itself, which Slack keeps open, and not in a whisper after it"
OTHERWISE = {
    "channel": "the first line of an announcement is a heading on Slack, without a colon",
    "macro": IN_THE_FORM,
    "mode": IN_THE_FORM,
    "person-forgotten": "what people wrote on Slack itself is not ours to empty: our own posts are deleted, and the report says so",
    "setup": IN_THE_FORM,
    "snoozed": "a post to somebody begins with a mention of them on Slack",
    "status": "short values stand side by side on Slack",
}
"""Stories of which not every word holds on Slack, each with the reason; what is decided, and what becomes of a ticket, is the same there too."""
HEARD_OTHERWISE = ("person-forgotten",)
"""Those of them in which customers, too, are shown something else."""
NAMES = sorted(path.stem for path in STORIES.glob("*.toml"))


@pytest.fixture
async def here(name, tmp_path_factory) -> Told:
    """Return a story as it is told in the workspace."""
    return await tell(STORIES / f"{name}.toml", shelf=shelf_of(tmp_path_factory))


@pytest.fixture
async def there(name, tmp_path_factory) -> Told:
    """Return a story as it is told with everybody on Slack."""
    return await tell(STORIES / f"{name}.toml", on=Platform.SLACK, shelf=shelf_of(tmp_path_factory))


@pytest.mark.parametrize("name", NAMES)
def test_a_story_is_told_on_slack_as_in_the_workspace(name, here, there):
    assert {post["platform"] for post in there.posts} == {"slack"}
    hold_alike(name, there, here, otherwise=OTHERWISE, heard_otherwise=HEARD_OTHERWISE)


def test_only_stories_that_are_there_are_told_otherwise():
    assert OTHERWISE.keys() <= set(NAMES)
