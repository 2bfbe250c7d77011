"""What becomes of files: fetched once, read for whoever answers, shown to a model where policy says so, and told of where nobody can read them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk.audience import PUBLIC
from desk.cards import Text
from desk.changes import SaveReading, write
from desk.draft import Part, Proposal
from desk.ids import EventId
from desk.timeline import File, Purpose
from desk.usage import ModelCall
from handlers import files as opening
from handlers.drafting import words_of
from handlers.opened import LARGEST, MOST, Opened
from handlers.team_cards import named
from tests.fakes import PNG, START, FakeFiles
from tests.world import World, world

QUESTION = "When does my refund arrive?"
SHOT = PNG + b"a screenshot"
LOOKED = (ModelCall("answer", "claude"),)


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    """A world in mode draft that reads files, and where a model looks at pictures."""
    async with world(tmp_path, mode="draft") as made:
        made.services = replace(made.services, files=FakeFiles(), looks=True)
        yield made


def sent(w: World, name: str, content: bytes, *, claims: str = "application/octet-stream") -> File:
    """Return a file that a customer may send, and put its content where it is fetched from."""
    w.chat.files[f"ref-{name}"] = content
    return File(name, claims, len(content), f"ref-{name}")


def card(w: World) -> str:
    return w.texts(Purpose.DRAFT_CARD)[-1]


async def test_a_file_that_came_unread_is_fetched_and_read(w):
    await w.asks("ina", QUESTION, files=(sent(w, "server.log", b"refund error 17"),))
    (brief,) = w.answerer.briefs
    assert [(a.name, a.text, a.content) for a in brief.attachments] == [("server.log", "refund error 17", b"")]
    assert brief.files == ()
    assert "server.log (read)" in card(w)


async def test_what_was_read_is_kept_with_the_message_and_leaves_with_it(w):
    asked = await w.asks("ina", QUESTION, files=(sent(w, "server.log", b"refund error 17"),))
    assert (await w.store.message(asked)).files[0].text == "refund error 17"
    await w.deletes(asked)
    assert (await w.store.message(asked)).files == ()


async def test_a_file_is_fetched_once_however_often_its_turn_runs(w):
    reader = w.services.files
    await w.asks("ina", QUESTION, files=(sent(w, "notes.bin", b"\0\1\2"), sent(w, "a.log", b"error")))
    await w.clicks("noor", "Regenerate", hint="shorter")
    assert sorted(reader.read_) == ["a.log", "notes.bin"]


async def test_what_is_asked_and_what_is_attached_are_told_apart(w):
    await w.asks("ina", QUESTION, files=(sent(w, "server.log", b"started\n" * 500 + b"ERROR refund 17 failed\n"),))
    (brief,) = w.answerer.briefs
    assert brief.asked == QUESTION
    assert brief.text == f"{QUESTION}\n[server.log]\nERROR refund 17 failed"
    assert len(brief.attachments[0].text) > 4000


async def test_a_long_file_adds_a_few_lines_to_what_is_classified(w):
    log = "\n".join(f"2026-11-02 10:00:{n % 60:02} ERROR part {chr(97 + n % 26) * 30} failed" for n in range(900))
    message = replace((await _said(w, QUESTION)), files=(File("a.log", "", 1, text=log),))
    assert len(words_of([message])) < len(QUESTION) + 450


async def _said(w, text):
    return await w.store.message(await w.says("ina", text))


@pytest.mark.parametrize(
    ("who", "images", "shown"),
    [
        pytest.param("mara", "verified", True, id="a person we know"),
        pytest.param("max", "verified", False, id="somebody we do not know"),
        pytest.param("max", "always", True, id="anybody, where policy says so"),
        pytest.param("mara", "never", False, id="nobody, where policy says so"),
    ],
)
async def test_policy_says_whose_pictures_a_model_sees(w, who, images, shown):
    w.policy.change(model={"images": images})
    await w.asks(who, QUESTION, files=(sent(w, "screen.png", SHOT, claims="image/png"),))
    (brief,) = w.answerer.briefs
    assert [a.content for a in brief.attachments] == ([SHOT] if shown else [])
    assert brief.files == (() if shown else ("screen.png",))


async def test_without_a_model_a_picture_is_not_even_fetched(w):
    w.services = replace(w.services, looks=False)
    await w.asks("mara", QUESTION, files=(sent(w, "screen.png", SHOT, claims="image/png"),))
    assert w.answerer.briefs[0].files == ("screen.png",)
    assert w.services.files.read_ == []


async def test_a_picture_is_one_by_its_first_bytes_whatever_it_claims_to_be(w):
    claims = sent(w, "evil.png", b"\0\1\2 not a picture", claims="image/png"), sent(w, "notes.txt", SHOT, claims="text/plain")
    await w.asks("mara", QUESTION, files=claims)
    (brief,) = w.answerer.briefs
    assert [(a.name, a.media_type) for a in brief.attachments] == [("notes.txt", "image/png")]
    assert brief.files == ("evil.png",)


async def test_no_more_pictures_are_shown_than_a_model_should_look_at(w):
    shots = tuple(sent(w, f"{n}.png", SHOT, claims="image/png") for n in range(opening.PICTURES + 2))
    await w.asks("mara", QUESTION, files=shots)
    (brief,) = w.answerer.briefs
    assert len(brief.attachments) == opening.PICTURES
    assert brief.files == ("4.png", "5.png")


async def test_the_card_tells_which_pictures_the_model_was_shown(w):
    w.answerer.instead = Proposal((Part(PUBLIC, "Press Save."),), calls=LOOKED)
    asked = await w.asks("mara", QUESTION, files=(sent(w, "screen.png", SHOT, claims="image/png"), sent(w, "a.zip", b"\0")))
    assert "Files: screen.png (shown to the model), a.zip (not read by the bot)" in card(w)
    assert [file.shown for file in (await w.store.message(asked)).files] == [True, False]


async def test_the_card_does_not_say_so_when_no_call_of_the_model_succeeded(w):
    w.answerer.instead = Proposal((Part(PUBLIC, "Press Save."),), calls=(ModelCall("answer", "claude", outcome="busy"),))
    await w.asks("mara", QUESTION, files=(sent(w, "screen.png", SHOT, claims="image/png"),))
    assert "screen.png (not read by the bot)" in card(w)


async def test_a_file_that_cannot_be_fetched_counts_as_unread_and_the_answer_does_not_wait(w):
    gone = File("gone.log", "", 10, "ref-nowhere")
    await w.asks("ina", QUESTION, files=(gone, File("no-ref.log", "", 10), sent(w, "here.log", b"error")))
    (brief,) = w.answerer.briefs
    assert brief.files == ("gone.log", "no-ref.log")
    assert [a.name for a in brief.attachments] == ["here.log"]


async def test_a_platform_that_hangs_does_not_hold_the_turn(w, monkeypatch):
    async def never(ref):
        await asyncio.Event().wait()

    monkeypatch.setattr(opening, "SECONDS", 0.01)
    monkeypatch.setattr(w.chat, "fetch", never)
    await w.asks("ina", QUESTION, files=(File("slow.log", "", 10, "ref-slow"),))
    assert w.answerer.briefs[0].files == ("slow.log",)


async def test_what_could_not_be_fetched_is_tried_again_with_the_next_draft(w):
    await w.asks("ina", QUESTION, files=(File("late.log", "", 10, "ref-late.log"),))
    sent(w, "late.log", b"refund error 17")
    await w.clicks("noor", "Regenerate", hint="the log is there now")
    assert [b.files for b in w.answerer.briefs] == [("late.log",), ()]


async def test_a_file_that_says_it_is_too_large_is_not_fetched(w):
    large = replace(sent(w, "large.log", b"x"), size=opening.LARGEST + 1)
    await w.asks("ina", QUESTION, files=(large,))
    assert w.answerer.briefs[0].files == ("large.log",)
    assert w.services.files.read_ == []


async def test_without_a_reader_only_what_came_with_the_message_is_read(w):
    w.services = replace(w.services, files=None)
    await w.asks("ina", QUESTION, files=(sent(w, "a.log", b"error"), File("b.txt", "text/plain", 5, text="error 17")))
    (brief,) = w.answerer.briefs
    assert ([a.name for a in brief.attachments], brief.files) == (["b.txt"], ("a.log",))


async def test_each_author_is_answered_with_their_own_files(w):
    await w.says("mara", QUESTION, where="shared", files=(sent(w, "mara.log", b"error 1"),))
    await w.says("jon", "And my refund?", where="shared", files=(sent(w, "jon.log", b"error 2"),))
    await w.wait(seconds=9)
    assert {b.author.name: [a.name for a in b.attachments] for b in w.answerer.briefs} == {"Mara": ["mara.log"], "Jon": ["jon.log"]}


@pytest.mark.parametrize(("where", "decided"), [("direct", ["escalate"]), ("community", ["ignore"])])
async def test_a_file_without_a_word_is_a_request_but_among_passers_by(w, where, decided, monkeypatch):
    await _silent_files_ask_nothing(w, monkeypatch)
    w.answerer.instead = Proposal(abstained="unread_file")
    await w.asks("mara", "", where=where, files=(sent(w, "a.zip", b"\0"),))
    assert await w.decisions() == decided


async def _silent_files_ask_nothing(w, monkeypatch):
    heard = w.triager.triage

    async def triage(text, *, heard_=heard, heard=None):
        return replace(await heard_(text, heard=heard), is_request=bool(text.strip()))

    monkeypatch.setattr(w.triager, "triage", triage)


async def test_a_note_of_a_reading_changes_nothing_but_files_that_still_stand(w):
    asked = await w.says("ina", QUESTION, files=(File("a.log", "", 1, "r-1"),))
    message = await w.store.message(asked)
    note = SaveReading(message.id, {"r-1": "error", "r-2": "forged"}, frozenset({"r-2"}))
    await w.store.commit(EventId("reading"), write(note, SaveReading("m-nobody", {"r-1": "x"})), at=START)
    assert await w.store.message(asked) == replace(message, files=(File("a.log", "", 1, "r-1", "error"),))


def test_little_is_kept_in_memory_and_not_for_long():
    opened = Opened()
    for n in range(MOST + 5):
        opened.keep(str(n), "text", now=START)
    assert ("4" in opened, "5" in opened) == (False, True)
    opened.keep("large", "x" * (LARGEST + 1), now=START)
    assert "5" not in opened
    opened.keep("a", None, now=START)
    opened.keep("b", None, now=START.replace(hour=12))
    assert ("a" in opened, opened["b"]) == (False, None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("[invoice](https://evil.example).pdf", "(invoice)(https://evil.example).pdf", id="a link"),
        pytest.param("**urgent** `x`.png", "urgent x .png", id="markup"),
        pytest.param("a\nb <!here>.txt", "a b ( here).txt", id="a line and a mention"),
        pytest.param("```", "a file without a name", id="nothing but markup"),
    ],
)
def test_a_files_name_is_no_markup_on_a_card(name, shown):
    assert named(File(name, "text/plain", 1)) == shown


async def test_a_file_is_linked_with_the_message_it_came_with(w):
    asked = await w.asks("ina", QUESTION, files=(sent(w, "server.log", b"refund error 17"),))
    small = [block.text for block in w.card(Purpose.DRAFT_CARD).blocks if isinstance(block, Text)]
    assert f"Files: [server.log](message:{asked}) (read)" in small
    assert f"[#community](message:{asked})" in small
    assert "Files: server.log (read)" in card(w)
