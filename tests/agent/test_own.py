"""Whether words ask for somebody's own record, told by the words and not by the topic."""

import pytest

from agent.own import asks_own, may_mean_own, words
from agent.record import INTENTS


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("account_manager", "Who looks after our account on your side?"),
        ("account_manager", "Wer ist unser Ansprechpartner bei euch?"),
        ("duplicate_charge", "why did you bill me twice for november"),
        ("duplicate_charge", "Nous avons été débités deux fois"),
        ("invoice_status", "what do I owe you"),
        ("invoice_status", "what's the status of invoice 1187"),
        ("invoice_status", "Has INV-204 been settled?"),
        ("plan", "Which plan are we on?"),
        ("plan", "Quando é que o nosso contrato renova?"),
        ("suspended", "Why is my account suspended?"),
        ("suspended", "¿Por qué está bloqueada nuestra cuenta por falta de pago?"),
    ],
)
def test_who_says_whose_record_it_is_asks_for_their_own(intent, text):
    assert asks_own(text, intent)
    assert may_mean_own(text, intent)


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        pytest.param("plan", "Founded our startup last summer, anything cheaper for new firms?", id="ours, but no record"),
        pytest.param("plan", "which plan has webhooks", id="a plan, but nobody's"),
        pytest.param("plan", "Can we move our plan to yearly?", id="whether it can be done"),
        pytest.param("duplicate_charge", "did my client really pay twice?", id="a client's payment"),
        pytest.param("duplicate_charge", "Every line of the statement is there twice since we reconnected", id="twice, but no charge"),
        pytest.param("duplicate_charge", "invoice.paid came two times for one bill", id="a word of another language at the end of one"),
        pytest.param("invoice_status", "How do I add an order number to our invoices?", id="how it is done"),
        pytest.param("invoice_status", "Overdue since Monday. He sent me half of it.", id="whose, in another sentence"),
        pytest.param("suspended", "What happens to our data when we are suspended?", id="what happens in general"),
    ],
)
def test_a_topic_of_the_record_is_not_yet_a_question_for_it(intent, text):
    assert not asks_own(text, intent)


@pytest.mark.parametrize(
    ("intent", "text"),
    [("invoice_status", "open items?"), ("plan", "current plan?"), ("duplicate_charge", "dupe charge, help"), ("suspended", "suspended??")],
)
def test_a_few_words_may_leave_out_whose_it_is(intent, text):
    assert may_mean_own(text, intent)
    assert not asks_own(text, intent)


def test_what_is_no_intent_is_never_anybodys_own():
    assert not asks_own("Which plan are we on?", "none")
    assert not may_mean_own("Which plan are we on?", "none")


def test_every_intent_that_has_a_rule_has_words():
    assert set(words().intents) == set(INTENTS)
