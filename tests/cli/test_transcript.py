"""Transcripts name messages by the steps that made them, and read well."""

from typing import Any

from cli.play.transcript import named, told


def post(ref: str, **more: Any) -> dict[str, Any]:
    usual = {"n": 9, "at": "2026-11-02T10:00:00Z", "op": "post", "ticket": "t-1", "channel": "community", "thread": None, "author": "frontdesk"}
    return {**usual, "ref": ref, "purpose": "answer", "to": [], "text": "Words.", "buttons": [], **more}


def dump(*posts: dict[str, Any], tickets=(), decisions=()) -> dict[str, Any]:
    return {"posts": list(posts), "decisions": list(decisions), "tickets": list(tickets)}


TICKET = {
    "id": "t-1",
    "customer": "Poppy Lane",
    "channel": "community",
    "thread": "77a",
    "status": "solved",
    "containment": "confirmed",
    "attention": "active",
    "owner": "Jonas Reed",
    "priority": {"level": "high", "score": 60},
}
DECISION = {
    "at": "2026-11-02T10:00:08Z",
    "ticket": "t-1",
    "action": "observe",
    "would": "reply",
    "mode": "observe",
    "category": "",
    "confidence": 0.9,
    "threshold": 0.6,
    "reasons": [{"code": "sure", "text": "it is sure"}],
}
SPOTS = {"asked": {"channel": "community", "ref": "77a"}}


def test_a_message_is_known_by_its_step_and_the_others_by_number():
    found = named(dump(post("77a"), post("77b", thread="77a"), post("77c"), post("77b", op="edit", thread="77a")), SPOTS)
    assert [(p["n"], p["ref"], p["thread"]) for p in found["posts"]] == [(1, "asked", None), (2, "p1", "asked"), (3, "p2", None), (4, "p1", "asked")]


def test_the_same_id_in_two_channels_is_two_messages():
    found = named(dump(post("77a"), post("77a", channel="agents")), SPOTS)
    assert [p["ref"] for p in found["posts"]] == ["asked", "p1"]


def test_a_ticket_hangs_in_the_thread_of_its_step():
    assert named(dump(post("77a"), tickets=[TICKET]), SPOTS)["tickets"][0]["thread"] == "asked"


def test_people_read_who_said_what_to_whom_and_what_they_may_press():
    line = told(named(dump(post("77b", thread="77a", to=["Poppy Lane"], buttons=["Solved", "Not solved"])), SPOTS)).splitlines()
    assert line[:4] == [
        "--- 2026-11-02 ---",
        "10:00:00  #community (under asked)  frontdesk → answer to Poppy Lane  [p1]",
        "          Words.",
        "          [Solved] [Not solved]",
    ]


def test_edits_and_deletions_are_told_from_posts():
    text = told(named(dump(post("1", op="edit"), post("2", op="delete"), post("3", op="whisper", purpose="notice")), {}))
    assert "frontdesk → edits: answer" in text
    assert "frontdesk → takes back: answer" in text
    assert "frontdesk → whispers: notice" in text


def test_a_new_day_is_marked_once():
    text = told(named(dump(post("1"), post("2"), post("3", at="2026-11-03T10:00:00Z")), {}))
    assert text.count("---\n") == 2


def test_long_paragraphs_are_folded_and_lines_are_kept():
    text = told(named(dump(post("1", text="word " * 60 + "\n\n| a | b |")), {}))
    assert max(map(len, text.splitlines())) <= 110
    assert "          | a | b |" in text


def test_decisions_and_tickets_close_the_transcript():
    text = told(named(dump(post("77a"), decisions=[DECISION], tickets=[TICKET]), SPOTS))
    assert "10:00:08  t-1  observe (would reply)  observe, -, 0.90 of 0.60: it is sure" in text
    assert text.endswith("t-1  Poppy Lane in #community: solved, confirmed, active, held by Jonas Reed, high 60")


def test_a_name_that_a_step_took_is_not_given_again():
    found = named(dump(post("77a"), post("77b")), {"p1": {"channel": "community", "ref": "77b"}})
    assert [p["ref"] for p in found["posts"]] == ["p2", "p1"]


def test_what_went_out_beside_the_posts_is_listed_by_what_it_was():
    at = "2026-11-02T10:00:00Z"
    action = {"at": at, "action": "restart", "address": "https://api.example/run", "parameters": {"id": "7"}, "undo": False}
    pager = {"at": at, "pager": "phones", "word": "trigger", "address": "https://pager.example", "body": {}}
    mail = {"at": at, "mail": "mara@acme.example", "subject": "Your code", "text": "123456 is your code"}
    lines = told({**dump(), "calls": [action, pager, mail]}).splitlines()
    assert lines[lines.index("Calls") + 1 :][:3] == [
        "10:00:00  restart  https://api.example/run  id = 7",
        "10:00:00  trigger at phones  https://pager.example",
        "10:00:00  mail to mara@acme.example: Your code",
    ]
