"""What is asked: question by question, and with what was said before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.asking import asks, is_bare, leans, read, said_before, split
from desk.answering import Attachment, Brief
from desk.audience import PUBLIC
from desk.customer import Author, Role
from desk.space import ChannelRef, Place, Platform, UserRef
from desk.timeline import Message
from desk.triage import Classification

SAM, KIM = UserRef(Platform.LOCAL, "s", "sam"), UserRef(Platform.LOCAL, "s", "kim")
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def said(*texts, by=SAM, role=Role.CUSTOMER):
    place = Place(ChannelRef(Platform.LOCAL, "s", "c"))
    return tuple(Message(f"m-{by.id}-{n}", None, place, by, by.id, role, text, NOON + timedelta(minutes=n)) for n, text in enumerate(texts))


def brief(text, history=(), hint=""):
    return Brief(text, Author(SAM, "Sam"), frozenset({PUBLIC}), None, Classification("billing", 0.9), "en", {}, history=history, hint=hint)


def queries(text, *before, hint=""):
    return [asked.query for asked in read(brief(text, said(*before), hint))]


def test_one_question_is_the_message_without_its_greeting():
    assert queries("Hi! How long does a refund take? Thanks!") == ["How long does a refund take?"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(
            "How do I invite a colleague, and how long is the invitation valid?",
            ("How do I invite a colleague", "how long is the invitation valid?"),
            id="two in a sentence",
        ),
        pytest.param(
            "Where is my invoice? Can I pay it by bank transfer?", ("Where is my invoice?", "Can I pay it by bank transfer?"), id="two sentences"
        ),
        pytest.param(
            "We moved offices. Tell me how to change our address. And when is the next invoice?",
            ("Tell me how to change our address.", "And when is the next invoice?"),
            id="an order and a question",
        ),
        pytest.param("The import fails. It says E103. What is wrong with line 12?", ("What is wrong with line 12?",), id="a story and one question"),
        pytest.param("Can you help? How do I export clients?", ("How do I export clients?",), id="a question about nothing is none"),
        pytest.param("The import fails with E103", (), id="no question at all"),
    ],
)
def test_a_message_is_split_into_its_questions(text, parts):
    assert split(text) == parts


def test_the_whole_message_comes_first_and_its_questions_after_it():
    text = "How do I export my clients? Where do I enter the tax number?"
    assert queries(text) == [text, "How do I export my clients?", "Where do I enter the tax number?"]


def test_a_question_that_leans_on_the_one_before_is_looked_up_with_it():
    assert queries("How do I ask for a refund? How long does it take?")[2] == "How do I ask for a refund? How long does it take?"


def test_what_a_message_tells_belongs_to_each_of_its_questions():
    asked = queries("I found a hole in your API. Do you pay a reward for it? Where do I report security findings?")
    assert asked[1:] == [
        "I found a hole in your API. Do you pay a reward for it?",
        "I found a hole in your API. Where do I report security findings?",
    ]


def test_a_question_beside_a_story_is_also_read_without_it():
    assert queries("I returned the starter plan. How long does a refund take?")[1:] == ["How long does a refund take?"]


@pytest.mark.parametrize("text", ["I returned the starter plan. How long does it take?", "How long does a refund take?"])
def test_a_question_that_needs_its_story_or_has_none_is_read_once(text):
    assert queries(text) == [text]


def test_many_questions_are_read_as_one_message():
    assert len(queries(" ".join(f"How do I set up feature{n} today?" for n in range(6)))) == 1


@pytest.mark.parametrize(
    "text", ["and for the annual plan?", "same on Android", "What about bank transfers?", "how long does it take?", "it doesn't work", "ok and then?"]
)
def test_words_that_lean_on_something_are_read_with_what_was_said_before(text):
    assert leans(text)
    assert queries(text, "How do I cancel my monthly plan?")[0] == f"How do I cancel my monthly plan? {text}"


@pytest.mark.parametrize(
    "text", ["How do I export my clients as CSV?", "Where do I enter the tax number of my company?", "And how do I reset my password?"]
)
def test_words_that_stand_alone_are_read_alone(text):
    assert not leans(text)
    assert queries(text, "How do I cancel my monthly plan?") == [text]


def test_of_what_was_said_before_the_last_that_stands_alone_counts():
    assert said_before(brief("and on Android?", said("How do I reset my password?", "and on the phone?"))) == "How do I reset my password?"


def test_what_others_said_is_not_taken_for_the_authors_words():
    history = said("How do I cancel my monthly plan?", by=KIM) + said("How do I reset my password?", role=Role.TEAMMATE)
    assert said_before(brief("and on Android?", history)) == ""


def test_the_words_of_the_brief_are_not_said_before_it():
    assert said_before(brief("and on Android?", said("How do I reset my password?", "and on Android?"))) == "How do I reset my password?"
    assert said_before(brief("and on Android?", said("and on Android?"))) == ""


def test_a_hint_joins_every_query_and_stands_alone_where_nothing_is_said():
    assert queries("How long does it take?", hint="they mean refunds") == ["How long does it take? they mean refunds"]
    assert queries("🎉", hint="they mean refunds") == ["they mean refunds"]


LOG = "2026-11-02 10:00:00 all is well\n" * 200 + "10:00:01 ERROR webhook signature is invalid\n"


def with_log(text, log=LOG):
    return read(replace(brief(text), asked=text, attachments=(Attachment("a.log", "text/plain", log),)))


@pytest.mark.parametrize("text", ["What does this mean?", "See the attached log.", "Why?"])
def test_words_that_lean_are_read_with_the_telling_lines_of_what_was_attached(text):
    assert [(one.words, one.query) for one in with_log(text)] == [(f"{text} ERROR webhook signature is invalid",) * 2]


def test_a_question_that_stands_alone_is_read_with_the_file_and_without():
    text = "How do I verify the signature of a webhook?"
    whole, alone = with_log(text)
    assert (whole.words, whole.query) == (text, f"{text} ERROR webhook signature is invalid")
    assert (alone.words, alone.query) == (text, text)


def test_several_questions_are_read_one_by_one_without_the_file():
    asked = with_log("How do I invite a colleague? How do I export my clients?")
    assert [one.query for one in asked[1:]] == ["How do I invite a colleague?", "How do I export my clients?"]


@pytest.mark.parametrize("text", ["", "🎉"])
def test_a_file_speaks_for_itself_where_nothing_is_said(text):
    assert [one.query for one in with_log(text)] == ["ERROR webhook signature is invalid"]
    assert with_log(text, "") == ()


def test_questions_inside_a_file_are_not_the_authors():
    asked = with_log("Please read this letter.", "How do I cancel? Where is my invoice? " * 3)
    assert len(asked) == 1


@pytest.mark.parametrize("text", ["", "  ", "🎉🎉", "?!"])
def test_nothing_is_asked_by_nothing(text):
    assert read(brief(text)) == ()


@pytest.mark.parametrize("sentence", ["Is it paid?", "how do I pay", "And where is it", "Please tell me the price", "I want to know the price"])
def test_a_question_is_heard_without_its_mark(sentence):
    assert asks(sentence)


@pytest.mark.parametrize("sentence", ["We moved offices.", "The import fails.", "Thanks for the whole explanation"])
def test_a_statement_is_no_question(sentence):
    assert not asks(sentence)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1) how do I invite someone 2) what roles are there 3) what does a seat cost", 3),
        ("1. How do I pay?\n2. When is it due?", 2),
        ("How do I get version 2) what", 1),
    ],
)
def test_numbered_questions_are_told_apart_without_their_numbers(text, parts):
    assert len(split(text)) == parts
    assert not any(part[0].isdigit() for part in split(text))


@pytest.mark.parametrize(
    ("query", "bare"),
    [("password", True), ("Refund?", True), ("ECONNRESET", False), ("E102", False), ("plan_required", False), ("two words", False), ("返金", False)],
)
def test_one_word_says_too_little_unless_it_is_a_code(query, bare):
    assert is_bare(query) is bare
