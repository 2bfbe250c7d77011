"""Stories of what only a real chat platform does: it refuses, limits, archives, shares, and shows a form while somebody else decides."""

import pytest

from tests.cli.told import STORIES, Told, shelf_of, tell

OWN = STORIES / "slack"
MIXED = {"customer-on-slack": {"community": "slack", "agents": "local"}, "team-on-slack": {"community": "local", "agents": "slack"}}


@pytest.fixture
async def story(request, tmp_path_factory) -> Told:
    """Play the story that the test is named after."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    return await tell(OWN / f"{name}.toml", shelf=shelf_of(tmp_path_factory))


def test_every_story_has_a_test():
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in OWN.glob("*.toml")} <= tested


def test_outsider_clicks(story):
    assert story.actions == ["suggest"]
    assert story.standing("answer") == []
    (told,) = story.bot("notice", op="whisper", inside=True)
    assert (told["to"], told["text"]) == (["Poppy Lane"], "Only the support team can press this.")
    # An outsider who could press it could also read it.
    (page,) = story.bot("page")
    assert (page["to"], page["channel_kind"]) == (["Ines Duarte"], "direct")


def test_agents_channel_shared(story):
    (page,) = story.bot("page")
    assert (page["to"], "I have stopped posting there" in page["text"]) == (["Ines Duarte"], True)
    assert [post["at"] for post in story.posts if post["channel"] == "agents"] > ["2026-11-02T10:20"]
    assert len(story.standing("draft_card")) == 1
    assert story.actions == ["suggest", "reply"]


def test_too_many_requests(story):
    (answer,) = story.bot("answer")
    assert "2026-11-02T10:02" < answer["at"] < "2026-11-02T10:04"
    assert len(story.standing("auto_card")) == 1
    assert story.actions == ["reply", "close"]
    assert (story.ticket["status"], story.ticket["containment"]) == ("solved", "confirmed")


def test_archived(story):
    assert story.bot() == []
    texts = [post["text"] for post in story.bot("notice", inside=True)]
    assert len([text for text in texts if "I can no longer read or write in #community" in text]) == 1
    assert len([text for text in texts if "The customer has not read it." in text and "unarchive it in Slack" in text]) == 1


def test_form_too_late(story):
    (answer,) = story.standing("answer")
    assert "5 to 7 working days" in answer["text"]
    (told,) = story.bot("notice", op="whisper", inside=True)
    (back,) = story.bot("notice", op="post")
    assert told["to"] == back["to"] == ["Priya Dale"]
    assert "Jonas Reed was faster" in told["text"]
    assert (back["channel_kind"], "About a week, says Priya." in back["text"]) == ("direct", True)
    assert story.actions == ["suggest", "reply"]


def test_down_and_thrice(story):
    (answer,) = story.bot("answer")
    assert answer["at"] > "2026-11-02T10:01"
    assert len([post for post in story.posts if post["ref"] == "mentioned"]) == 1
    assert story.actions == ["reply"]
    assert story.ticket["turn"] == 2


@pytest.mark.parametrize("name", MIXED)
async def test_a_story_may_be_on_two_platforms(name, tmp_path_factory):
    story = await tell(STORIES / f"{name}.toml", shelf=shelf_of(tmp_path_factory))
    assert {post["channel"]: post["platform"] for post in story.posts} == MIXED[name]
