"""The stories of moods: how somebody feels, what is at stake for them, and that neither is taken for the other."""


def outside(story):
    """Return everything that customers heard."""
    return " ".join(post["text"] for post in story.bot())


def test_polite_but_blocked(story):
    kind, loud = story.tickets
    assert kind["mood"]["displeasure"] < 0.2
    assert loud["mood"]["displeasure"] > 0.85
    assert kind["priority"]["score"] > loud["priority"]["score"]
    assert kind["priority"]["level"] == "high"
    assert "priority_impact" in {reason["code"] for reason in kind["priority"]["reasons"]}
    assert "priority_impact" not in {reason["code"] for reason in loud["priority"]["reasons"]}


def test_sarcasm(story):
    assert story.ticket["mood"]["displeasure"] >= 0.5
    assert story.ticket["status"] == "waiting_team"
    assert "priority_sentiment" in {reason["code"] for reason in story.ticket["priority"]["reasons"]}
    assert story.actions == ["escalate"]


def test_praise_with_profanity(story):
    assert story.actions == ["reply"]
    assert story.ticket["mood"]["displeasure"] < 0.3
    assert story.ticket["mood"]["low"] is False
    assert story.bot("page", "escalation_card", inside=True) == []
    assert "5 to 7 working days" in story.bot("answer")[0]["text"]


def test_turning_sour(story):
    mood = story.ticket["mood"]
    assert (mood["messages"], mood["low"]) == (3, True)
    assert mood["change"] >= 0.3
    (card,) = story.bot("escalation_card", op="post", inside=True)
    assert "the customer's mood gets worse" in card["text"]
    assert "worsening" in story.codes()
    assert "priority_trend" in {reason["code"] for reason in story.ticket["priority"]["reasons"]}
    assert "mood" not in outside(story)
