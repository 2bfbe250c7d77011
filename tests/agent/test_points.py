"""Points: a sentence of a summary stands only on what its messages say."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.points import numbered, read, tied
from agent.vault import Vault
from desk.audience import PUBLIC
from desk.customer import Role
from desk.draft import Evidence
from desk.summary import MOST
from tests.agent.talks import WHOLE, said, talk

GERMAN = "Uns wurden am 3. November zweimal EUR 420,00 für die Rechnung INV-204 abgebucht. Können Sie das bitte zurückerstatten?"


def reply(*points) -> str:
    return json.dumps({"points": [{"text": text, "messages": list(messages), "quote": quote} for text, messages, quote in points]})


def held(*points, timeline=WHOLE) -> list[str]:
    return [point.text for point in read(reply(*points), numbered(talk(*timeline), Vault(())), language="en")]


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(("The customer was charged EUR 420.00 twice on 3 November.", [1], ""), id="amount, date and words of the message"),
        pytest.param(("The customer wants a refund of one charge for INV-204.", [1], ""), id="its number and its words"),
        pytest.param(("Noor promised to write on Thursday.", [3], ""), id="who said it"),
        pytest.param(("We answered that refunds reach the card within 5 to 7 working days.", [2], ""), id="what we answered"),
        pytest.param(("The customer was charged twice, and the bank sees nothing.", [1, 4], ""), id="two messages together"),
        pytest.param(("The customer was charged EUR 420.00 twice on 3 November. [1]", [1], ""), id="with its number behind it"),
    ],
)
def test_what_a_message_says_is_kept(point):
    assert held(point) == [point[0].removesuffix(" [1]")]


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(("The customer was charged EUR 840.00 twice on 3 November.", [1], ""), id="another amount"),
        pytest.param(("The customer was charged EUR 420.00 twice on 4 November.", [1], ""), id="another day"),
        pytest.param(("The customer was charged EUR 420.00 twice for INV-205.", [1], ""), id="another invoice"),
        pytest.param(("Anna Kern was charged EUR 420.00 twice on 3 November.", [1], ""), id="another name"),
        pytest.param(("The customer cancelled the subscription yesterday.", [1], ""), id="other words"),
        pytest.param(("The customer was charged EUR 420.00 twice on 3 November.", [4], ""), id="another message"),
        pytest.param(("The customer was charged EUR 420.00 twice on 3 November.", [], ""), id="no message"),
        pytest.param(("The customer was charged EUR 420.00 twice on 3 November.", [99], ""), id="a message that is not there"),
        pytest.param(("We answered that refunds never reach the card within 5 to 7 working days.", [2], ""), id="the opposite"),
        pytest.param(("The card number may be wrong in our books.", [4], ""), id="an internal note"),
        pytest.param(
            ("The customer cancelled yesterday.", [1], "charged EUR 420.00 twice"), id="a true quote beside other words of the same language"
        ),
    ],
)
def test_what_no_message_says_is_dropped(point):
    assert held(point) == []


def test_a_point_in_another_language_than_its_message_is_held_to_its_quote_and_its_figures():
    timeline = (said(1, GERMAN), said(2, "Wir prüfen das.", "Noor", Role.TEAMMATE))
    text = "The customer was charged EUR 420.00 twice for INV-204 and wants it back."
    assert held((text, [1], "zweimal EUR 420,00"), timeline=timeline) == [text]
    assert held((text, [1], "dreimal EUR 420,00"), timeline=timeline) == []
    assert held((text.replace("420", "520"), [1], "zweimal EUR 420,00"), timeline=timeline) == []


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("", id="empty"),
        pytest.param("I cannot do that.", id="prose"),
        pytest.param("[1, 2]", id="a list"),
        pytest.param('{"points": "none"}', id="points that are no list"),
        pytest.param('{"points": [1, null, {"text": 7, "messages": "all"}]}', id="points that are none"),
        pytest.param('{"points": [{"text": "It fails.", "messages": [true, "1", 1.0]}]}', id="numbers that are none"),
        pytest.param("{" * 5000, id="nested without end"),
    ],
)
def test_a_reply_that_is_not_of_the_schema_gives_no_points(raw):
    assert read(raw, numbered(talk(), Vault(())), language="en") == ()


def test_a_reply_in_a_fence_is_read():
    fenced = f"```json\n{reply(('Noor promised to write on Thursday.', [3], ''))}\n```"
    assert len(read(fenced, numbered(talk(), Vault(())), language="en")) == 1


def test_there_are_never_more_points_than_a_phone_shows():
    assert len(held(*[("Noor promised to write on Thursday.", [3], "")] * 30)) == MOST


@given(st.text(max_size=400))
def test_any_reply_can_be_read(raw):
    assert len(read(raw, numbered(talk(), Vault(())), language="en")) <= MOST


def test_of_a_long_conversation_the_first_message_and_the_latest_are_looked_at():
    long = tuple(said(n, f"message number {n} of mine") for n in range(1, 101))
    shown = numbered(talk(*long), Vault(()))
    assert (len(shown), shown[0].message.id, shown[1].message.id, shown[-1].message.id) == (40, "m-1", "m-62", "m-100")


# What the agent itself wrote


def own(text: str, **more):
    return [(point.text, point.messages, point.sources, point.supported) for point in tied(talk(own=text, **more))]


def test_the_agents_sentences_are_tied_to_the_messages_that_carry_them():
    text = "- The customer was charged EUR 420.00 twice on 3 November [1].\n- Noor wants to write on Thursday."
    assert own(text) == [
        ("The customer was charged EUR 420.00 twice on 3 November.", ("m-1",), (), True),
        ("Noor wants to write on Thursday.", ("m-5",), (), True),
    ]


def test_what_it_found_is_tied_to_its_source():
    invoice = Evidence(1, "record", "invoice:INV-204", PUBLIC, "INV-204: EUR 420.00, refunding, due 30 November 2026", title="Invoice INV-204")
    assert own("INV-204 is due 30 November 2026.", evidence=(invoice,)) == [("INV-204 is due 30 November 2026.", (), ("Invoice INV-204",), True)]


INVOICE = Evidence(1, "record", "invoice:INV-204", PUBLIC, "INV-204: EUR 420.00, refunding, due 30 November 2026", title="Invoice INV-204")


def test_a_record_does_not_carry_what_it_does_not_say():
    assert own("A premium customer since the beginning.", evidence=(INVOICE,))[0][3] is False


def test_a_message_and_a_source_together_carry_a_sentence():
    text = "It does not help, the bank sees nothing on the card, and INV-204 is due 30 November 2026."
    assert own(text, evidence=(INVOICE,)) == [(text, ("m-6",), ("Invoice INV-204",), True)]


def test_a_denial_in_one_half_of_a_message_does_not_deny_the_other_half():
    bought = (said(1, "We bought the yearly plan 45 days ago and it does not fit. Can you make an exception and refund it?"),)
    assert [point.supported for point in tied(replace(talk(*bought), own="Mara wants the yearly plan refunded after 45 days."))] == [True]
    assert [point.supported for point in tied(replace(talk(said(1, "The refund did not arrive.")), own="The refund did arrive."))] == [False]


def test_of_a_message_in_another_language_the_agents_sentence_must_have_a_figure_and_the_same_one():
    told = replace(talk(said(1, GERMAN)), own="Charged EUR 420.00 twice for INV-204. Charged EUR 520.00 once. Wants it back at once.")
    assert [(point.supported, point.messages) for point in tied(told)] == [(True, ("m-1",)), (False, ())]


def test_what_nothing_carries_is_marked():
    assert own("Somebody has to decide about an exception.") == [("Somebody has to decide about an exception.", (), (), False)]


def test_a_figure_that_stands_nowhere_takes_its_sentence_out():
    assert own("The refund of EUR 999.00 was approved.") == []


def test_a_sentence_may_rest_on_two_messages():
    assert own("Charged EUR 420.00 twice, and the bank sees nothing on the card.")[0][1:] == (("m-1", "m-6"), (), True)


def test_its_words_come_on_one_line_without_hidden_signs():
    assert own("Can you refund\u202e\u200b one?")[0][0] == "Can you refund one?"
