import pytest

from agent.wording import content, is_negative, question_of, share, stem, topical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi team, how do I export?", "how do I export?"),
        ("Good morning everyone! Where is the logo? Thanks a lot!", "Where is the logo?"),
        ("Hallo zusammen, wie geht das? Danke", "wie geht das?"),
        ("bonjour, ma facture est fausse. Merci", "ma facture est fausse"),
        ("Hello", "Hello"),
        ("Hidden columns are gone", "Hidden columns are gone"),
        ("  ", ""),
    ],
)
def test_greeting_and_thanks_are_no_part_of_the_question(text, expected):
    assert question_of(text) == expected


def test_forms_of_a_word_meet():
    assert content("refunding invoices") & content("refunds invoiced") == content("refund invoice")
    assert stem("e102") == "e102"
    assert stem("is") == "is"


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "it doesn't work",
        "it does not work, please help!",
        "There is a problem with the app",
        "still broken",
        "Hilfe",
        "ça ne marche pas",
        "???",
        "",
    ],
)
def test_words_that_only_complain_have_no_topic(text):
    assert not topical(text)


@pytest.mark.parametrize("text", ["refund", "E102", "the import doesn't work", "SSO", "Rechnung fehlt"])
def test_a_topic_is_a_topic(text):
    assert topical(text)


def test_a_share_is_of_what_was_asked():
    assert share(frozenset("ab"), frozenset("bc")) == 0.5
    assert share(frozenset(), frozenset("a")) == 0


@pytest.mark.parametrize(
    ("text", "negative"), [("we cannot do it", True), ("It isn't free", True), ("das geht nicht", True), ("it is free", False), ("note this", False)]
)
def test_denials_are_noticed(text, negative):
    assert is_negative(text) is negative


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("I do NOT want to delete the company, only my login", "delete only my login"),
        ("We don't want to remove the whole team, but just only one person. How?", "remove only one person. How?"),
        ("I don't want to pay by card", "I don't want to pay by card"),
        ("I don't want to cancel, I want to pause", "I don't want to cancel, I want to pause"),
    ],
)
def test_what_somebody_does_not_want_gives_way_to_what_alone_they_want(said, asked):
    assert question_of(said) == asked
