"""The stories of routing: each is played through the whole desk, and ends as it should."""


def in_channel(story, name, *purposes):
    """Return what the bot posted in a channel of the team's, whispers and edits left out."""
    return [post for post in story.bot(*purposes, op="post", inside=True) if post["channel"] == name]


def outside(story):
    return " ".join(post["text"] for post in story.bot())


def test_routed_shadow(story):
    assert {post["channel"] for post in story.bot("draft_card", op="post", inside=True)} == {"agents"}
    assert [(ticket["team"], ticket["offered"], ticket["tags"]) for ticket in story.tickets] == [(None, None, [])] * 2
    told = [post["text"] for post in story.bot(inside=True) if post["op"] == "whisper"][-1]
    assert "it would have named the team that took it 1 of 2 times (50%, between 9% and 91%)" in told
    assert "instead tier2 1" in told


def test_routed_to_finance(story):
    (card,) = in_channel(story, "finance", "draft_card")
    assert card["to"] == ["Amelie Faure"]
    assert "Team: finance" in card["text"]
    assert in_channel(story, "agents", "draft_card") == []
    (refused,) = [post for post in story.posts if post["op"] == "whisper" and post["to"] == ["Jonas Reed"]]
    assert refused["text"] == "It is offered to Amelie Faure: take it over if you want it now."
    assert (story.ticket["owner"], story.ticket["team"], story.ticket["offered"]) == ("Amelie Faure", "finance", None)
    assert story.actions == ["suggest", "reply"]


def test_given_back(story):
    lines = [post for post in in_channel(story, "finance", "notice") if "Offered to Jonas Reed: " in post["text"] or "Nobody" in post["text"]]
    assert [post["to"] for post in lines] == [["Jonas Reed"], []]
    assert lines[1]["text"].startswith("Nobody accepted it, so it is everybody's: Poppy Lane")
    assert "Jonas Reed did not take it." in lines[1]["text"]
    assert "in a call" not in outside(story)
    assert (story.ticket["owner"], story.ticket["team"]) == ("Jonas Reed", "finance")


def test_handed_over_with_note(story):
    (page,) = [post for post in story.bot("page", inside=False) if post["to"] == ["Jonas Reed"]] or [
        post for post in story.posts if post["purpose"] == "page" and post["to"] == ["Jonas Reed"]
    ]
    assert "Amelie Faure assigned Poppy Lane, Harbor Books to you" in page["text"]
    assert "The bank has the transfer since Friday" in page["text"]
    heard = " ".join(post["text"] for post in story.posts if post["channel_kind"] == "community")
    assert "only the date of arrival" not in heard
    (refused,) = [post for post in story.posts if post["op"] == "whisper" and post["to"] == ["Priya Dale"]]
    assert refused["text"] == "Amelie Faure has this ticket: they or a lead may hand it over."
    assert story.ticket["owner"] == "Jonas Reed"
    assert story.actions == ["suggest", "reply"]


def test_nobody_there(story):
    (first,) = in_channel(story, "agents", "draft_card")
    assert first["to"] == []
    assert "Not routed: billing: finance, finance is not there at this hour, nobody is there" in str(story.posts)
    (second,) = in_channel(story, "finance", "draft_card")
    assert (second["at"][:16], second["to"]) == ("2026-11-09T09:00", ["Amelie Faure"])
    moved = [post["text"] for post in story.posts if post["ref"] == first["ref"]][-1]
    assert moved.startswith("Moved to #finance: Poppy Lane")
    assert story.ticket["owner"] == "Amelie Faure"


def test_senior(story):
    calls = [post for post in in_channel(story, "agents", "notice") if "Needs a senior: " in post["text"]]
    assert [(post["at"][:16], post["to"]) for post in calls] == [("2026-11-03T09:00", ["Priya Dale"])]
    assert story.ticket["priority"]["level"] == "high"
    assert story.ticket["team"] is None


def test_language_skill(story):
    assert [ticket["offered"] for ticket in story.tickets] == ["Amelie Faure", "Amelie Faure"]


def test_account_manager(story):
    (card,) = in_channel(story, "finance", "draft_card")
    assert card["to"] == ["Nadia Holm"]
    assert story.ticket["owner"] == "Nadia Holm"


def test_bug_tagged(story):
    (first,) = in_channel(story, "finance", "draft_card")
    (second,) = in_channel(story, "tier2", "draft_card")
    assert "Tags: engineering" in second["text"]
    assert second["to"] == ["Priya Dale"]
    assert [post["text"] for post in story.posts if post["ref"] == first["ref"]][-1].startswith("Moved to #tier2: Poppy Lane")
    assert (story.ticket["team"], story.ticket["tags"], story.ticket["owner"]) == ("tier2", ["engineering"], "Priya Dale")
