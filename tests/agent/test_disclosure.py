"""Disclosure: a writer who was shown more than the thread may show can put none of it there, in whatever writing."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.disclosure import SENTENCES, divided, question_may_stand
from desk import audience
from desk.answering import Brief
from desk.audience import INTERNAL, PUBLIC
from desk.customer import Account, Author, Person, Role, Trust
from desk.draft import Evidence
from desk.ids import MessageId, PersonId
from desk.space import ChannelRef, Place, Platform, UserRef
from desk.timeline import Message, Purpose
from desk.triage import Classification
from tests.attacks.encodings import ENCODINGS
from tests.attacks.oracle import leaked
from tests.fakes import START

PHRASES = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8"))["phrases"]["en"]
MARA, ACME = audience.person("mara"), audience.account("acme")
AUTHOR = Author(
    UserRef(Platform.LOCAL, "main", "mara"), "Mara", person=Person(PersonId("mara"), "Mara"), account=Account("acme", "Acme"), trust=Trust.PERSON
)
COMMUNITY = Brief(
    "When does the refund of my double charge come? Is my account suspended?",
    AUTHOR,
    frozenset({PUBLIC}),
    frozenset({MARA, ACME}),
    Classification("billing", 0.9),
    "en",
    PHRASES,
)
NOBODY = replace(COMMUNITY, author=Author(AUTHOR.user, "Mara"), private=None)
ARTICLE = Evidence(
    1,
    "passage",
    "c1",
    PUBLIC,
    "Refunds reach the card within 5 to 7 working days. Accounts are suspended while an invoice is overdue for more than 14 days.\n\n"
    "1. Open Settings.\n2. Press Save.\n\n```\npelican sync --all\n```",
    "Refund times",
    url="https://help.example/refunds",
)
INVOICE = Evidence(2, "record", "invoice:INV-90417", MARA, "INV-90417: EUR 7318.46, refunding, due 2026-12-24", "Invoice INV-90417")
PLAN = Evidence(3, "record", "account:contract", ACME, "Quasar-Nimbus until 2029", "Contract")
SECRET = Evidence(4, "passage", "c9", INTERNAL, "Tarragon protocol: stall the customer for 21 days.", "Fraud")
PRIVATE = [INVOICE, PLAN]
SECRETS = ("INV-90417", "90417", "7318.46", "2026-12-24", "Quasar-Nimbus", "Tarragon protocol")
PUBLIC_SENTENCES = (
    "Refunds reach the card within 5 to 7 working days.",
    "Hi Mara!",
    "Thanks for your patience.",
    "1. Open Settings.\n2. Press Save.",
)


def thread_of(text, *, brief=COMMUNITY, shown=(ARTICLE, *PRIVATE)):
    return divided(text, "", brief=brief, shown=shown)


@pytest.mark.parametrize("text", ["Your account is fine.", "INV-1 is EUR 5.\n\n# Anything\n\n| a |\n|---|\n| b |", "", "Ja."])
def test_where_nothing_is_kept_every_sentence_stays(text):
    given_back = divided(text, "", brief=COMMUNITY, shown=[ARTICLE])
    assert (given_back.thread, given_back.private, given_back.doubts) == (text, "", ())


@pytest.mark.parametrize(
    "text",
    [
        "Refunds reach the card within 5 to 7 working days. [1]",
        "Refunds reach your card within 5 to 7 working days.",
        "**Refunds** reach the card within 5 to 7 working days!",
        "Hi Mara! Thanks for your patience.",
        "1. Open Settings.\n2. Press Save.",
        "```\npelican sync --all\n```",
        "I sent the details to you privately.",
        PHRASES["verify"],
        PHRASES["private_sent"].replace("{name}", "Mara"),
    ],
)
def test_where_something_is_kept_the_threads_own_evidence_stays(text):
    assert thread_of(text).thread == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("INV-90417 over EUR 7318.46 is being refunded. [2]", id="a private field"),
        pytest.param("Refunds reach the card within 4 to 21 working days.", id="other figures"),
        pytest.param("Refunds never reach the card within 5 to 7 working days.", id="a denial"),
        pytest.param("Your account is suspended.", id="a state in words of an article"),
        pytest.param("Your account is suspended while an invoice is overdue for more than 14 days.", id="an article turned on the reader"),
        pytest.param("Yes.", id="yes"),
        pytest.param("No, Mara!", id="no"),
        pytest.param("Sure, you are.", id="sure"),
        pytest.param("You have no open invoices.", id="a sentence of ours about a record"),
        pytest.param("I see no overdue invoice on your account.", id="another one"),
        pytest.param("It is a double charge, and the refund comes.", id="the customer's own words"),
        pytest.param("Is the account suspended while an invoice is overdue for more than 14 days?", id="a question that hints"),
        pytest.param("Refunds reach the card.", id="half of what is said"),
        pytest.param("Thanks! \U0001f7e2\U0001f534", id="signs that could mean something"),
        pytest.param("Thanks .........", id="a row of dots"),
        pytest.param("# Your contract", id="a heading"),
        pytest.param("# Refund times", id="the title of an article, which could be an answer"),
        pytest.param("Four.", id="a numeral"),
        pytest.param("4.", id="a digit"),
    ],
)
def test_where_something_is_kept_everything_else_goes_to_the_author_alone(text):
    given_back = thread_of(f"Hi Mara! {text}" if not text.startswith("#") else text)
    assert text not in given_back.thread
    assert text.removeprefix("Thanks! ") in given_back.private
    assert given_back.doubts == ("moved_private",)


def test_what_nobody_may_hear_alone_is_left_out():
    given_back = divided("INV-90417 is yours. Hi Mara!", "And Quasar-Nimbus.", brief=NOBODY, shown=[ARTICLE, *PRIVATE])
    assert (given_back.thread, given_back.private) == ("Hi Mara!", "")
    assert (given_back.left_out, given_back.doubts) == (2, ("left_out",))


def test_what_is_internal_enters_neither_part():
    given_back = divided("The Tarragon protocol says 21 days.", "We stall the customer.", brief=COMMUNITY, shown=[ARTICLE, SECRET])
    assert (given_back.thread, given_back.private, given_back.left_out) == ("", "", 2)


def test_what_is_another_accounts_enters_neither_part():
    foreign = replace(PLAN, audience=audience.account("globex"))
    given_back = divided("It is Quasar-Nimbus.", "Until 2029.", brief=COMMUNITY, shown=[ARTICLE, foreign])
    assert (given_back.thread, given_back.private) == ("", "")


def test_a_moved_sentence_stands_once():
    given_back = divided("INV-90417 is refunding. Hi Mara!", "INV-90417 is refunding.", brief=COMMUNITY, shown=[ARTICLE, *PRIVATE])
    assert (given_back.thread, given_back.private, given_back.moved) == ("Hi Mara!", "INV-90417 is refunding.", (0,))


def test_the_numbers_of_private_evidence_do_not_stand_in_the_thread():
    assert thread_of("Refunds reach the card within 5 to 7 working days. [1] [2]").thread == "Refunds reach the card within 5 to 7 working days. [1]"


def test_the_items_of_a_list_are_numbered_anew():
    assert thread_of("4. Open Settings.\n2. Press Save.").thread == "1. Open Settings.\n2. Press Save."


def test_in_a_shared_channel_what_the_account_may_hear_stays():
    shared = replace(COMMUNITY, place=frozenset({ACME}))
    given_back = divided("Your contract is Quasar-Nimbus until 2029. [3] INV-90417 is open. [2]", "", brief=shared, shown=[ARTICLE, *PRIVATE])
    assert "Quasar" not in given_back.thread  # Not in the words of the record, beside something that is Mara's alone.
    assert divided("Quasar-Nimbus until 2029. [3]", "", brief=shared, shown=[ARTICLE, *PRIVATE]).thread == "Quasar-Nimbus until 2029. [3]"
    assert divided("Your contract is Quasar-Nimbus.", "", brief=shared, shown=[ARTICLE, PLAN]).thread == "Your contract is Quasar-Nimbus."


def test_in_a_direct_message_nothing_is_kept_from_its_reader():
    direct = replace(COMMUNITY, place=frozenset({MARA, ACME}))
    text = "Your INV-90417 over EUR 7318.46 is refunding; your contract is Quasar-Nimbus."
    assert divided(text, "", brief=direct, shown=[ARTICLE, *PRIVATE]).thread == text


def said(text, *, role=Role.BOT, heard=MARA, author=None, purpose=Purpose.PART):
    place = Place(ChannelRef(Platform.LOCAL, "main", "community"), "t")
    return Message(MessageId(text), None, place, author, "x", role, text, START, purpose, heard)


def test_what_was_said_to_one_reader_before_is_kept_from_the_others():
    jon = Author(UserRef(Platform.LOCAL, "main", "jon"), "Jon", person=Person(PersonId("jon"), "Jon"), account=AUTHOR.account, trust=Trust.PERSON)
    history = (said("INV-90417: EUR 7318.46, refunding"),)
    brief = replace(COMMUNITY, author=jon, private=frozenset({audience.person("jon"), ACME}), history=history)
    given_back = divided("Hi Jon! INV-90417 is EUR 7318.46.", "INV-90417 it was.", brief=brief, shown=[ARTICLE])
    assert (given_back.thread, given_back.private) == ("Hi Jon!", "")


def test_what_another_customer_wrote_makes_nothing_sayable():
    eve = said(
        "Your account is suspended. Yes.", role=Role.CUSTOMER, heard=PUBLIC, author=UserRef(Platform.LOCAL, "main", "eve"), purpose=Purpose.CUSTOMER
    )
    given_back = thread_of("Your account is suspended.", brief=replace(COMMUNITY, history=(eve,)))
    assert given_back.thread == ""


@pytest.mark.parametrize("secret", SECRETS[1:3])
@pytest.mark.parametrize("how", ENCODINGS)
def test_no_writing_of_a_secret_stays_in_the_thread(how, secret):
    text = "\n\n".join([PUBLIC_SENTENCES[0], ENCODINGS[how](secret), PUBLIC_SENTENCES[1]])
    given_back = thread_of(text)
    assert not leaked(given_back.thread, secret)
    assert PUBLIC_SENTENCES[0] in given_back.thread


@given(
    st.lists(st.one_of(st.sampled_from(PUBLIC_SENTENCES), st.tuples(st.sampled_from(list(ENCODINGS)), st.sampled_from(SECRETS))), max_size=8),
    st.sampled_from(["\n\n", " ", "\n"]),
)
def test_no_mixture_of_writings_carries_a_secret(pieces, between):
    text = between.join(piece if isinstance(piece, str) else ENCODINGS[piece[0]](piece[1]) for piece in pieces)
    given_back = thread_of(text, shown=(ARTICLE, *PRIVATE, SECRET))
    assert [secret for secret in SECRETS if leaked(given_back.thread, secret)] == []
    assert not leaked(given_back.private, "Tarragon protocol")


@pytest.mark.parametrize(
    ("question", "open_", "kept"),
    [
        ("Which browser do you use?", True, True),
        ("Which error message do you see, and since when?", True, True),
        ("Welche Fehlermeldung sehen Sie?", True, True),
        ("Is it the double charge?", True, True),
        ("Do you mean INV-90417?", False, False),
        ("Do you mean the charge of EUR 7318.46?", False, False),
        ("Is it refunding yet?", True, False),
        ("Have you waited 5 days?", True, False),
        ("Have you waited 8 days?", False, False),
        ("What is your password?", False, False),
        ("Wie lautet Ihre Kartennummer?", False, False),
        ("Quel est votre mot de passe ?", False, False),
        ("\u00bfCu\u00e1l es tu contrase\u00f1a?", False, False),
        ("Qual \u00e9 a sua senha?", False, False),
        ("Please send the one-time code.", False, False),
        ("Could you look at https://help.example/refunds?", False, False),
        ("Could you log in at evil.com?", False, False),
        ("Is your contract Quasar?", True, False),
    ],
)
def test_a_question_asks_for_no_secret_and_tells_none(question, open_, kept):
    assert question_may_stand(question, COMMUNITY, [ARTICLE]) is open_
    assert question_may_stand(question, COMMUNITY, [ARTICLE, *PRIVATE]) is kept


@pytest.mark.parametrize("secret", SECRETS[1:3])
@pytest.mark.parametrize("how", ENCODINGS)
def test_no_writing_of_a_secret_stands_in_a_question(how, secret):
    question = f"Which browser do you use, {ENCODINGS[how](secret)}"
    assert not (question_may_stand(question, COMMUNITY, [ARTICLE, *PRIVATE]) and leaked(question, secret))


def test_every_doubt_has_a_sentence_for_the_writer():
    given_back = divided("INV-90417.", "The Tarragon protocol.", brief=COMMUNITY, shown=[ARTICLE, *PRIVATE, SECRET])
    assert set(given_back.doubts) <= set(SENTENCES)
    assert given_back.doubts
