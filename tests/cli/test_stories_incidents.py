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
    assert louder.startswith("Needs a human: not solved")
    assert security.startswith("Needs a human: security")
    assert not [line for line in (louder, security) if "Poppy" in line]
    assert len([post for post in story.standing("escalation_card") if post["text"].startswith("Called for with its incident")]) == 2
    assert "also: no answer" in card(story)


def test_context_package(story):
    cards = [post["text"] for post in story.standing("escalation_card")]
    (text,) = [text for text in cards if text.startswith("Needs a human")]
    lines = text.splitlines()
    assert lines[0].startswith("Needs a human: not solved  for Mara Voss, Acme Robotics (enterprise, health 62)")
    assert lines[1] == 'Because the customer said "not solved" 2 times.'
    assert "Acme Robotics, enterprise, until 2027-01-31, EUR 5,040 a year, looked after by Jonas Reed" in lines
    assert "Open: INV-205, EUR 420.00, overdue, due 15 Oct 2026" in lines
    for title in ("Customer:", "Tried:", "Solved before:", "Timeline:"):
        assert title in lines
    assert [line for line in lines if line.startswith("**Next:** Take it over")]
    outside = [post["text"] for post in story.posts if post["channel_kind"] != "internal" and post["author"] == "frontdesk"]
    assert not [text for text in outside if "INV-205" in text or "5,040" in text or "Solved before" in text]
