"""The stories of rules that tell a person while the bot goes on."""


def told(story):
    """Return what the team was told beside the cards, as it was posted."""
    return [post for post in story.bot("notice", op="post", inside=True) if "The bot goes on." in post["text"]]


def outside(story):
    """Return everything that customers heard."""
    return " ".join(post["text"] for post in story.bot())


def test_vip(story):
    assert story.actions == ["reply", "reply"]
    (line,) = told(story)
    assert line["to"] == ["Ines Duarte"]
    assert "they must not wait: account fjord-optics" in line["text"]
    assert "+20 vip" in line["text"]
    assert "must not wait" not in outside(story)
    assert "priority_rule" in {reason["code"] for reason in story.ticket["priority"]["reasons"]}


def test_repeated_contact(story):
    assert story.actions.count("reply") == 3
    (line,) = told(story)
    assert line["at"].startswith("2026-11-10T10:00:")
    assert line["to"] == ["Ines Duarte"]
    assert "2 earlier tickets about the same were not solved" in line["text"]
    assert "+10 asked 2 times before" in line["text"]
    assert [ticket["containment"] for ticket in story.tickets[:2]] == ["re-contacted", "re-contacted"]


def test_held_and_worsening(story):
    assert story.actions == ["reply", "stand_by", "stand_by"]
    pages = story.bot("page", op="post", inside=True) + story.bot("page", op="post")
    assert sorted(post["to"][0] for post in pages) == ["Ines Duarte", "Jonas Reed"]
    assert all("worsening" in post["text"] for post in pages)
    assert told(story) == []
    assert [post["purpose"] for post in story.bot() if post["channel"] == "community"] == ["answer"]


def test_money_at_stake(story):
    assert story.actions == ["suggest", "reply"]
    assert told(story) == []
    card = story.bot("draft_card", inside=True)[0]["text"]
    assert "normal 50 (+15 business account, +15 EUR 4,800 at stake)" in card
    assert "Told of: much money is at stake: EUR 4,800" in card
    assert "at stake" not in outside(story)


def test_churn(story):
    assert story.actions == ["reply"]
    (line,) = told(story)
    assert line["to"] == ["Ines Duarte"]
    assert "they may leave: they speak of leaving" in line["text"]
    assert "leave" not in outside(story)
