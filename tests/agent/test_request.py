"""Whatever asks for something is heard, terse or indirect, and what is thanks alone is never queued."""

import json
from pathlib import Path

import pytest

from agent.request import chance, complains, courteous, evidence, speaks, words

MESSAGES = Path(__file__).parents[2] / "benchmarks" / "messages"
HEARD = {
    "asks for a call": ("Can somebody ring me up, in Spanish ideally?", "please call us back this afternoon", "kann mich bitte jemand zurückrufen"),
    "fragments": ("seats??", "E107???", "vat on the march invoice", "Rechnung fehlt", "¿Cómo cambio el plan?", "factura de abril", "export leer"),
    "symptoms": (
        "opens, half a second logo, gone. it's the newest one from the store",
        "all my customers show up twice",
        "la page reste blanche",
        "Beim Hochladen bricht es ab",
    ),
    "words of the screen": (
        'it says "under review" next to my suggestion. meaning?',
        "“token expired” since this morning",
        "status 422 on every booking",
    ),
    "indirect": (
        "on the little plan, whats the longest i'd wait for a reply",
        "french sarl here with a proper tva number, do i pay dutch tax to you?",
        "just signed for Business. Do we get someone to walk us through it",
        "my accountant wants last year's totals",
    ),
    "behind thanks": (
        "thanks, help me",
        "Thanks! And where is the invoice?",
        "thank you, but the export is still empty",
        "danke, aber der Link geht nicht",
        "merci, et pour la facture ?",
        "gracias, pero no me llega el correo",
        "obrigado, mas a fatura está errada",
    ),
    "one word": ("invoice", "hilfe", "ayuda por favor", "urgent", "à l'aide !", "no funciona", "hi all, quick question", "any news?", "bump", "??"),
    "behind a greeting": ("hi, I have a question", "Good morning! the bank feed is red again", "hola, una pregunta sobre la factura"),
    "of matters that people talk about too": (
        "my holiday requests are missing in the report",
        "does the app show the weather on site?",
        "train bookings are charged twice",
    ),
}
THANKS = (
    "thanks, you are great!!",
    "Thank you so much, Anna",
    "THANKS A LOT!!!",
    "thanks for your quick reply",
    "ok thank you",
    "many many thanks to all of you",
    "thanks a million, you rock",
    "super, danke euch allen",
    "Vielen lieben Dank für die Hilfe!",
    "danke, ihr seid toll",
    "merci beaucoup à vous tous",
    "un grand merci pour votre aide",
    "muchas gracias por la ayuda",
    "mil gracias, sois geniales",
    "muito obrigada pela ajuda",
    "obrigado, vocês são excelentes",
    "grazie mille",
    "thx 🙏🙏",
    "@priya thanks!",
)
PEOPLE = (
    "anyone going to the webinar tomorrow?",
    "@lena did you book the restaurant?",
    "who wants coffee?",
    "kommst du mit zum Mittagessen, Paul?",
    "on mange ensemble ce midi ?",
    "¿vienes a comer, Ana?",
    "vens almoçar, Rui?",
    "FYI I'm on vacation until Monday",
    "worked for me after a restart",
)


def cases(table):
    return [pytest.param(text, id=f"{kind}: {text}") for kind, texts in table.items() for text in texts]


def rows(name):
    return [json.loads(line) for line in (MESSAGES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("text", cases(HEARD))
async def test_what_asks_for_something_is_heard(triager, text):
    assert (await triager.triage(text)).is_request


@pytest.mark.parametrize("text", THANKS)
async def test_thanks_alone_are_never_queued(triager, text):
    found = await triager.triage(text)
    assert not found.is_request
    assert found.is_request_confidence > 0.5


@pytest.mark.parametrize("text", PEOPLE)
async def test_talk_among_people_stays_out_of_the_queue(triager, text):
    assert not (await triager.triage(text)).is_request


async def test_nearly_every_request_that_nobody_tuned_on_is_heard(triager):
    found = [(row["text"], (await triager.triage(row["text"])).is_request) for row in rows("requests.jsonl")]
    assert [text for text, heard in found if not heard][2:] == []


async def test_at_most_a_tenth_of_chat_is_queued_and_none_of_the_thanks(triager):
    queued = [row["kind"] for row in rows("chat.jsonl") if (await triager.triage(row["text"])).is_request]
    assert len(queued) <= len(rows("chat.jsonl")) / 10
    assert "thanks" not in queued


async def test_no_angry_line_is_taken_for_chat(triager):
    assert [row["text"] for row in rows("angry.jsonl") if not (await triager.triage(row["text"])).is_request] == []


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("Thanks Priya", True),
        ("thank you very much, Tom!", True),
        ("Good morning everybody", True),
        ("thanks in advance", True),
        ("", False),
        ("Tom", False),
        ("hi there, Tom", False),
        ("thanks?", False),
        ("thanks for nothing", False),
        ("thanks for deleting my report", False),
        ("Danke, Rechnung", False),
        ("hello, the app", False),
        ("thanks, now what", False),
        ("ok", False),
    ],
)
def test_courtesy_is_thanks_or_a_greeting_and_nothing_else(text, alone):
    assert courteous(text) is alone


def test_a_wall_of_thanks_is_not_read():
    assert not courteous("thanks " * 100_000)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("where is my invoice?", {"matter", "question", "asks"}),
        ("who is in for pizza?", {"asks", "social"}),
        ("FYI works for me", {"aside"}),
        ("danke, hat geholfen", {"thanked"}),
        ("are you coming, Nina?", {"question", "addressed"}),
        ("hm", set()),
    ],
)
def test_evidence_is_named(text, named):
    assert {name for name, value in evidence(text, 0.0).items() if value} == named


def test_a_word_of_the_trade_outweighs_a_doubtful_head():
    assert chance("factura de abril", -1.0) > 0.5 > chance("hm", -3.0)


def test_no_head_however_sure_breaks_the_arithmetic():
    assert chance("x", 1e6) == pytest.approx(1, abs=1e-9)
    assert chance("x", -1e6) == pytest.approx(0, abs=1e-9)


def test_a_sentence_that_signs_off_does_not_ask_by_itself():
    assert not speaks("Kind regards, Mara")
    assert speaks("Wo ist die Rechnung")


def test_a_complaint_is_one_in_any_mood():
    assert complains("The app doesn't work.")
    assert not complains("The app works.")


def test_every_list_of_words_is_plain():
    """A capital or an accent in a pattern would never match, because texts are compared without them."""
    for name, pattern in words().items():
        letters = pattern.pattern.replace("\\W", "").replace("\\S", "")
        assert letters == letters.lower(), name
        assert letters.isascii(), name
