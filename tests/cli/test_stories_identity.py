"""The stories of who somebody is: what they are told before it is known, how it becomes known, and what nobody learns by asking."""

import json
import re

UNKNOWN = "I can only share public information until we know who you are."


def whispers(story, who="Mara Voss"):
    """What somebody was told alone in answer to a press, in order."""
    return [post["text"] for post in story.posts if post["op"] == "whisper" and post["to"] == [who]]


def mails(story):
    return [(call["mail"], call["subject"]) for call in story.calls if "mail" in call]


def announced(story):
    return [post["text"] for post in story.bot("notice", op="post", inside=True)]


def is_told(story, n=-1):
    """Whether the n-th answer in the thread left nothing out because nobody knew who asked."""
    return UNKNOWN not in story.bot("answer", op="post")[n]["text"]


ONE = [("mara.voss@acme-robotics.example", "Your code for our company")]


def test_identity_code(story):
    assert (is_told(story, 0), is_told(story, 1)) == (False, True)
    (part,) = story.bot("part")
    assert (part["audience"], part["to"], "INV-205" in part["text"]) == ("person:mara-voss", ["Mara Voss"], True)
    assert mails(story) == ONE
    assert re.findall(r"\b\d{6}\b", story.calls[0]["text"])[0] not in json.dumps([story.posts, story.decisions])
    assert "is Mara Voss (mara-voss): code to m***@acme-robotics.example." in announced(story)[-1]


def test_identity_wrong_code(story):
    assert [text for text in whispers(story) if "not the code" in text][-1] == "That is not the code. Tries left: 1."
    assert "does not hold any more" in whispers(story)[-1]
    assert (is_told(story), story.bot("part")) == (False, [])


def test_identity_unknown_address(story):
    asked, given = whispers(story)
    assert asked.startswith("If we know this address, a code is on its way")
    assert (given, mails(story)) == ("That is not the code. Tries left: 4.", [])


def test_identity_expired(story):
    first, late, second, done = whispers(story)
    assert (first == second, "does not hold any more" in late, "you are Mara Voss" in done) == (True, True, True)
    assert mails(story) == ONE * 2


def test_identity_without_mail(story):
    assert whispers(story)[0].startswith("Thank you. A person of our team looks at it")
    assert "Mara Voss (mara-voss), m" in next(line for line in announced(story)[0].split("\n") if "Says to be" in line)
    assert any("Jonas Reed linked a customer" in text for text in announced(story))
    (part,) = story.bot("part")
    assert (part["audience"], mails(story)) == ("person:mara-voss", [])


def test_identity_mail_down(story):
    assert mails(story) == ONE
    assert "you are Mara Voss" in whispers(story)[-1]


def test_identity_mail_lost(story):
    assert (mails(story), len(whispers(story))) == ([], 1)
    assert "could not be mailed to m" in announced(story)[-1]


def test_identity_unlinked(story):
    assert [is_told(story, n) for n in range(2)] == [False, False]
    assert [text.split("\n")[0].strip("*:") for text in announced(story)] == [
        "A customer connected their account",
        "A customer disconnected",
        "A customer connected their account",
        "Jonas Reed unlinked a customer",
    ]
    assert story.bot("part") == []


def test_identity_shared_address(story):
    assert (mails(story), whispers(story)[0].startswith("If we know this address")) == ([], True)
    assert "several people have it" in announced(story)[-1]


def test_identity_flooded(story):
    assert mails(story) == ONE * 3
    assert whispers(story)[-1].startswith("You asked for several codes already.")


def test_identity_crash(story):
    assert mails(story) == ONE
    assert "you are Mara Voss" in whispers(story)[-1]


def test_identity_model(story):
    (answer,) = story.bot("answer", op="post")
    assert (UNKNOWN in answer["text"], "Sorry about that, Mara!" in answer["text"], answer["buttons"][-1]) == (False, True, "Connect my account")
    assert "you are Mara Voss" in whispers(story)[-1]
