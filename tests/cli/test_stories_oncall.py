"""The stories of on call: who is paged when, who has it, and what is never held back."""

LEADS = {"Ines Duarte", "Ruth Calder"}


def paged(story):
    """Whom a message of its own called, with the time: a page that is only drawn again calls nobody."""
    return [(post["at"][11:16], *(post["to"] or ["the channel"])) for post in story.posts if (post["purpose"], post["op"]) == ("page", "post")]


def pages(story, who):
    """Every state of the messages that called somebody."""
    refs = {post["ref"] for post in story.posts if post["purpose"] == "page" and post["op"] == "post" and who in post["to"]}
    return [post for post in story.posts if post["ref"] in refs]


def standing(story, who=None):
    """How the pages read in the end: those of one person, who is named where it was first posted, or all."""
    refs = {post["ref"] for post in story.posts if post["purpose"] == "page" and post["op"] == "post" and (who is None or who in post["to"])}
    return [post["text"] for post in story.standing("page") if post["ref"] in refs]


def cards(story):
    return [post["text"] for post in story.posts if post["purpose"] == "escalation_card"]


def test_page_climbs(story):
    first, second, third, fourth, fifth = paged(story)
    assert first == ("03:00", "Jonas Reed")
    assert {second, third} == {("03:10", name) for name in LEADS}
    assert {fourth, fifth} == {("03:25", "Ruth Calder"), ("03:25", "the channel")}
    assert "03:25 the team's channel was told" in cards(story)[-1]
    assert "An answer is due by 14:00 CET" in pages(story, "Jonas Reed")[0]["text"]
    assert "An answer is due by 13:00 WET" in pages(story, "Ines Duarte")[0]["text"]
    assert [button for button in pages(story, "Jonas Reed")[0]["buttons"] if "pprove" not in button] == ["Acknowledge", "Snooze...", "Hand over..."]


def test_page_acknowledged(story):
    assert paged(story)[:2] == [("03:00", "Jonas Reed"), ("03:31", "Jonas Reed")]
    assert {whom for at, whom in paged(story)[2:]} == LEADS
    assert {at for at, _ in paged(story)[2:]} == {"03:41"}
    assert [post["text"] for post in story.posts if "Nobody else is paged until 04:31 CET" in post["text"]]
    assert [text for text in (post["text"] for post in pages(story, "Jonas Reed")) if text.startswith("Jonas Reed has it: security")]
    assert all(text.startswith("Closed, needed: security") for text in standing(story))
    assert cards(story)[-1].startswith("Closed, needed: security")


def test_page_snoozed(story):
    assert paged(story) == [("03:00", "Jonas Reed"), ("04:01", "Jonas Reed")]
    assert [text for text in (post["text"] for post in pages(story, "Jonas Reed")) if "Nobody else is called until 05:01 CET" in text]
    assert "03:01 Jonas Reed put it off until 04:01" in cards(story)[-1]
    assert [text for text in cards(story) if "by Jonas Reed (the invoices were made up for a demonstration)" in text]


def test_page_handed_over(story):
    assert paged(story)[:2] == [("03:00", "Jonas Reed"), ("03:01", "Priya Dale")]
    assert {whom for at, whom in paged(story)[2:]} == LEADS
    assert {at for at, _ in paged(story)[2:]} == {"03:11"}
    assert "03:01 Jonas Reed handed it to Priya Dale" in cards(story)[-1]


def test_oncall_policy_edited(story):
    before = [(at, whom) for at, whom in paged(story) if at < "03:20"]
    assert before[0] == ("03:00", "Jonas Reed")
    assert {whom for at, whom in before[1:]} == LEADS
    assert [post for post in story.posts if "Nobody else is paged until 03:43" in post["text"]], "the hold of half an hour was frozen too"
    after = [whom for at, whom in paged(story) if at == "03:23"]
    assert sorted(after) == ["Ruth Calder", "the channel"]


def test_oncall_restarted(story):
    assert paged(story)[0] == ("03:00", "Jonas Reed")
    assert sorted(paged(story)[1:]) == [("03:10", name) for name in sorted(LEADS)]
    assert story.actions == ["escalate"]


def test_rota_gap(story):
    assert sorted(paged(story)) == [("03:00", name) for name in sorted(LEADS)]
    assert "nobody is on call: the rota has a gap" in cards(story)[-1]


def test_nobody_reachable(story):
    assert sorted(paged(story)) == [("03:00", "Ruth Calder"), ("03:00", "the channel")]
    assert "the account has no manager" in cards(story)[-1]


def test_ping_budget(story):
    assert [whom for _, whom in paged(story)] == [*["Jonas Reed"] * 4, "Priya Dale", "Jonas Reed"]
    assert "Jonas Reed had enough pages this night" in " ".join(cards(story))
    assert pages(story, "Jonas Reed")[-1]["text"].startswith("Page: security")


def test_pages_bundled(story):
    assert paged(story) == [("03:00", "Jonas Reed")]
    (both,) = standing(story)
    assert both.startswith("2 pages in one")
    assert ("Jonas Reed has it" in both, "Page: asks human" in both) == (True, True)


def test_quiet_hours(story):
    assert paged(story) == [("07:00", "Jonas Reed")]
    assert "Jonas Reed has quiet hours until 07:00" in " ".join(cards(story))


def test_pager_webhook(story):
    trigger, acknowledged, resolved = story.calls
    assert [call["word"] for call in story.calls] == ["trigger", "acknowledge", "resolve"]
    assert {call["address"] for call in story.calls} == {"https://events.pagerduty.com/v2/enqueue"}
    assert trigger["body"]["dedup_key"] == acknowledged["body"]["dedup_key"] == resolved["body"]["dedup_key"]
    assert trigger["body"]["payload"]["severity"] == "critical"
    assert "invoices" not in str(story.calls)
    assert paged(story) == []


def test_pager_down(story):
    assert story.calls == []
    assert paged(story) == [("03:00", "Jonas Reed")]
    assert "phones woke nobody: it does not answer" in cards(story)[-1]
