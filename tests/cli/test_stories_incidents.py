"""The stories of incidents, and of what whoever steps in gets to see."""

UPDATE, FIXED = "here is an update from our team:", "this should work again now."
CUSTOMERS = {"Mara Voss", "Rafael Monteiro", "Poppy Lane"}


def told(story, phrase: str) -> list[str]:
    """Return the customers to whom a fixed phrase was said, as often as it was; of an edit what stands."""
    texts = [post["text"] for post in story.posts if post["purpose"] == "answer" and post["channel_kind"] != "internal"]
    return sorted(text.split(",")[0] for text in texts if phrase in text)


def card(story) -> str:
    """Return how the incident's card stands at the end."""
    (found,) = story.standing("incident_card")
    return str(found["text"])


def test_incident(story):
    assert told(story, UPDATE) == told(story, FIXED) == sorted(CUSTOMERS)
    status = {ticket["customer"]: ticket["status"] for ticket in story.tickets}
    assert status["Mara Voss"] == "solved"
    assert status["Rafael Monteiro"] == status["Poppy Lane"] == "waiting_customer"
    assert card(story).startswith("Fixed: technical issue in #acme-shared, #delta-shared, #community")
    assert "Sam Quill" not in card(story)
    outside = [post for post in story.posts if post["channel_kind"] != "internal" and post["author"] == "frontdesk"]
    assert not [post for post in outside if post["channel"] == "community" and ("Acme" in post["text"] or "Delta" in post["text"])]


def test_incident_across_platforms(story):
    assert told(story, UPDATE) == told(story, FIXED) == sorted(CUSTOMERS)
    assert "#acme-shared, #delta-shared, #community" in card(story)
    assert {ticket["status"] for ticket in story.tickets} == {"solved", "waiting_customer"}


def test_incident_dismissed(story):
    assert card(story).startswith("Not an incident: ")
    assert len(story.tickets) == 4
    assert told(story, UPDATE) == []


def test_incident_joined_later(story):
    assert told(story, UPDATE) == sorted({*CUSTOMERS, "Sam Quill"})
    assert "4 tickets" in card(story)
    assert "joined_later" in {reason["code"] for decision in story.decisions for reason in decision["reasons"]}


def test_incident_crash(story):
    assert told(story, UPDATE) == sorted(CUSTOMERS)
    assert "to 3 of 3" in card(story)


def test_incident_collapsed_pings(story):
    cards = [post for post in story.posts if post["purpose"] == "escalation_card" and post["op"] == "post"]
    before = [post for post in cards if post["at"] < "2026-11-02T10:05:00"]
    louder, security = [post["text"].splitlines()[0] for post in cards if post["at"] >= "2026-11-02T10:05:00"]
    assert len(before) == 2
    assert "Needs a human: not solved" in louder
    assert "Needs a human: security" in security
    assert not [line for line in (louder, security) if "Poppy" in line]
    assert len([post for post in story.standing("escalation_card") if "Called for with its incident" in post["text"]]) == 2
    assert "also: no answer" in card(story)


def test_context_package(story):
    (found,) = [post["text"] for post in story.standing("escalation_card") if "Needs a human: not solved" in post["text"]]
    # On Slack titles are bold, and a line may be a list's.
    text = found.replace("*", "")
    assert "for Mara Voss, Acme Robotics (enterprise, health 62)" in text
    said = (
        'Because the customer said "not solved" 2 times.',
        "Next: Take it over",
        "Acme Robotics, enterprise, until 2027-01-31, EUR 5,040 a year, looked after by Jonas Reed",
        "Open: INV-205, EUR 420.00, overdue, due 15 Oct 2026",
        "answered automatically: How long a refund takes",
    )
    assert [line for line in said if line not in text] == []
    assert [title for title in ("Customer", "Tried", "Solved before", "Timeline") if title not in text] == []
    outside = [post["text"] for post in story.posts if post["channel_kind"] != "internal" and post["author"] == "frontdesk"]
    assert not [text for text in outside if "INV-205" in text or "5,040" in text or "Solved before" in text]
