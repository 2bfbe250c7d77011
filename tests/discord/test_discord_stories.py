"""Stories of what only Discord does: forums with tags, closed direct messages, message menus, locked threads, and nobody who keeps events for us."""

import pytest

from tests.cli.told import STORIES, Told, shelf_of, tell

OWN = STORIES / "discord"


@pytest.fixture
async def story(request, tmp_path_factory) -> Told:
    """Play the story that the test is named after."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    return await tell(OWN / f"{name}.toml", shelf=shelf_of(tmp_path_factory))


def test_every_story_has_a_test():
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in OWN.glob("*.toml")} <= tested


async def test_a_customer_on_discord_is_answered_from_slack(tmp_path_factory):
    story = await tell(STORIES / "customer-on-discord.toml", shelf=shelf_of(tmp_path_factory))
    assert {post["channel"]: post["platform"] for post in story.posts} == {"community": "discord", "agents": "slack"}
    assert story.actions == ["suggest", "reply", "close"]


def test_forum(story):
    first, second = story.bot("answer", op="post")
    assert (first["thread"], second["thread"]) == ("asked", "asked")
    assert "5 to 7 working days" in first["text"]
    assert "Ask for a new password" in second["text"]
    assert story.actions == ["reply", "close", "reply"]
    assert (story.ticket["thread"], story.ticket["status"], story.ticket["containment"]) == ("asked", "waiting_customer", "re-contacted")


def test_direct_closed(story):
    (offer,) = story.bot("part")
    assert (offer["to"], offer["channel_kind"], offer["buttons"]) == (["Mara Voss"], "community", ["Show me privately"])
    refused, shown = story.bot(op="whisper")
    assert refused["text"] == "This is for somebody else: only they can read it."
    assert "INV-205" in shown["text"]
    assert not [post["text"] for post in story.bot(op="post") if "INV-" in post["text"] or "420" in post["text"]]


def test_private_part_unlinked(story):
    shown, refused = story.bot(op="whisper", inside=False)
    assert "INV-205" in shown["text"]
    assert refused["text"].startswith("I can only share public information until we know who you are.")


def test_no_intent(story):
    (answer,) = story.bot("answer")
    assert answer["thread"] == "asked"
    assert "To go on, use Reply on this message or press a button" in answer["text"]
    assert story.actions == ["reply", "suggest", "close"]
    assert story.decisions[0]["at"][11:16] == "10:05"
    (card,) = story.bot("draft_card", op="post", inside=True)
    assert "How long" not in card["text"]
    assert (story.ticket["status"], story.ticket["containment"]) == ("solved", "confirmed")


def test_menu(story):
    (answer,) = story.bot("answer")
    assert (answer["thread"], answer["at"][:16]) == ("asked", "2026-11-02T10:05")
    (told,) = story.bot(op="whisper")
    assert "this is looked at now" in told["text"]
    assert story.actions == ["reply"]


def test_restart_before_click(story):
    (answer,) = story.standing("answer")
    assert (answer["op"], answer["at"] > "2026-11-02T11:00") == ("edit", True)
    assert answer["text"].startswith("Hello Poppy, within 5 to 7 working days")
    assert len(story.bot("draft_card", op="post", inside=True)) == 1
    assert story.actions == ["suggest", "reply"]


def test_gap(story):
    (answer,) = story.bot("answer")
    assert (answer["thread"], answer["at"] > "2026-11-02T10:35") == ("asked", True)
    assert len([post for post in story.posts if post["ref"] == "asked"]) == 1
    assert story.actions == ["reply"]


def test_agents_readable(story):
    (page,) = story.bot("page")
    assert (page["to"], "I have stopped posting there" in page["text"]) == (["Ines Duarte"], True)
    assert min(post["at"] for post in story.posts if post["channel"] == "agents") > "2026-11-02T10:10"
    assert len(story.standing("draft_card")) == 1
    assert story.actions == ["suggest", "reply"]


def test_locked_thread(story):
    (answer,) = story.standing("answer")
    assert (answer["thread"], "Checked by Jonas Reed" in answer["text"]) == ("asked", True)
    assert story.actions == ["suggest", "reply"]


def test_customer_left(story):
    assert [post["text"] for post in story.bot("notice", inside=True) if "left" in post["text"]]
    assert story.ticket["status"] == "waiting_team"
    assert story.actions[0] == "suggest"
