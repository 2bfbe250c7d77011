"""The stories of what is promised: warned, broken, paused, over a weekend, edited in the middle, restarted, and counted."""

WORDS = {"sla_at_risk": "a promise is about to be broken", "sla_breached": "a promise was broken"}


def raised(story, rule):
    """Return the lines by which a rule told the team, below the card that stands there."""
    return [post for post in story.bot("notice", inside=True) if post["op"] == "post" and WORDS[rule] in post["text"]]


def told(story, words):
    """Return what the desk told somebody of the team in private that has these words."""
    return [post for post in story.posts if post["author"] == "frontdesk" and post["to"] and words in post["text"]]


def test_sla_warned(story):
    assert [post["at"][:16] for post in raised(story, "sla_at_risk")] == ["2026-11-02T13:00"]
    assert raised(story, "sla_breached") == []
    (answer,) = story.bot("answer")
    assert answer["at"] < "2026-11-02T14:00"
    assert told(story, "Broken promise") == []


def test_sla_breached(story):
    assert len(raised(story, "sla_at_risk")) == len(raised(story, "sla_breached")) == 1
    (note,) = told(story, "Broken promise")
    assert (note["to"], note["at"][:16]) == (["Ines Duarte"], "2026-11-02T14:00")
    (asked,) = told(story, "Why was the first response late?")
    assert asked["to"] == ["Jonas Reed"]
    assert told(story, "because of “nobody on duty”")
    assert not [post for post in story.bot(inside=False) if "late" in post["text"].lower() and not post["to"]]


def test_sla_paused(story):
    assert raised(story, "sla_breached") == []
    assert raised(story, "sla_at_risk") == []
    assert any("waits for the bank" in post["text"] for post in story.posts)
    assert len(story.bot("answer")) == 2


def test_sla_weekend(story):
    assert [post["at"][:16] for post in raised(story, "sla_at_risk")] == ["2026-11-09T09:15"]
    assert raised(story, "sla_breached") == []
    (card, *_) = story.bot("draft_card", inside=True)
    assert "first response due Monday 9 November, 09:30" in card["text"]


def test_sla_policy_edited(story):
    assert [post["at"][:16] for post in raised(story, "sla_at_risk")] == ["2026-11-02T10:50"]
    assert [post["at"][:16] for post in raised(story, "sla_breached")] == ["2026-11-02T11:00"]


def test_sla_restarted(story):
    assert len(raised(story, "sla_at_risk")) == len(raised(story, "sla_breached")) == 1
    assert len(told(story, "Broken promise")) == 1


def test_sla_weekly(story):
    (note,) = told(story, "Broken promises, 2 November to 9 November")
    assert note["to"] == ["Ines Duarte"]
    assert note["at"].startswith("2026-11-09T09:00")
    for words in ("overlooked: 1", "no cause given: 1", "first response: 2", "starter: 2", "1 without a cause"):
        assert words in note["text"]
