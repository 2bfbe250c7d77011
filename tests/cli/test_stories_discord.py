"""Stories of a customer on Discord and a team elsewhere: each is played through the whole desk, and ends as it should."""


def test_customer_on_discord(story):
    (answer,) = story.standing("answer")
    assert (answer["thread"], "5 to 7 working days" in answer["text"]) == ("asked", True)
    assert "Checked by Jonas Reed of our team." in answer["text"]
    assert len(story.standing("draft_card")) == 1
    assert story.actions == ["suggest", "reply", "close"]
    assert (story.ticket["status"], story.ticket["channel"]) == ("solved", "community")
