import pytest

from agent.claims import check, check_text, cut, unsupported
from desk import audience
from desk.audience import PUBLIC
from desk.draft import Evidence, Part, Proposal, leaks

REFUND = Evidence(
    1,
    "passage",
    "c-1",
    PUBLIC,
    "A refund reaches your card within 5 to 7 working days after we approve it. You do not need to dispute the payment. Press **Request a refund**.",
    title="How long a refund takes",
    url="https://help.pelicanledger.example/billing/refund-times",
)
INVOICE = Evidence(
    2, "record", "invoice:INV-204", audience.person("p1"), "INV-204: EUR 420.00, paid, due 2026-12-03; 2026-11-03", title="Invoice INV-204", hash="h"
)
OTHER = Evidence(3, "record", "invoice:INV-205", audience.person("p1"), "INV-205: EUR 35.00, overdue, due 2026-12-03", title="Invoice INV-205")


def only(text, evidence=(REFUND,), **options):
    found = check_text(text, evidence, **options)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A refund reaches your card within 5 to 7 working days after we approve it. [1]", id="a quote"),
        pytest.param("The refund reaches your card within 5–7 working days. [1]", id="a range written otherwise"),
        pytest.param("Press Request a refund. [1]", id="without the emphasis"),
        pytest.param("A refund reaches your card after we approve it.", id="without a number, found all the same"),
        pytest.param("See https://help.pelicanledger.example/billing/refund-times for how long a refund takes. [1]", id="the article's own link"),
    ],
)
def test_what_the_evidence_says_is_supported(text):
    claim = only(text)
    assert claim.supported, claim.why
    assert claim.evidence == (1,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("A refund reaches your card within 5 working days. [1]", '"5 working days": the evidence says 5 to 7', id="another time"),
        pytest.param("A refund of EUR 20 reaches your card after we approve it. [1]", '"EUR 20": not in the evidence', id="an amount from nowhere"),
        pytest.param("A refund reaches your card on 3 November 2026. [1]", '"3 November 2026": not in the evidence', id="a date from nowhere"),
        pytest.param("A refund reaches your card, ask Leo Marsh. [1]", '"Leo Marsh": not in the evidence', id="a name from nowhere"),
        pytest.param("A refund reaches your card with `refund --now`. [1]", '"refund --now": not in the evidence', id="code from nowhere"),
        pytest.param("A refund reaches your card since version 5.1.2. [1]", '"version 5.1.2": not in the evidence', id="a version from nowhere"),
        pytest.param(
            "A refund reaches your card: https://evil.example/pay [1]", '"https://evil.example/pay": not in the evidence', id="a link from nowhere"
        ),
        pytest.param("Our headquarters stand beside a beautiful lake. [1]", "the evidence does not say this", id="another subject"),
        pytest.param("You need to dispute the payment. [1]", "the evidence says the opposite", id="a denial dropped"),
        pytest.param("A refund never reaches your card after we approve it. [1]", "the evidence says the opposite", id="a denial added"),
        pytest.param("A refund reaches your card. [7]", "no evidence", id="a number that no evidence has"),
    ],
)
def test_what_the_evidence_does_not_say_is_marked_with_the_reason(text, why):
    claim = only(text)
    assert not claim.supported
    assert claim.why == why


def test_links_lead_only_to_allowed_hosts():
    text = "How long a refund takes: https://help.pelicanledger.example/billing/refund-times [1]"
    assert only(text, hosts=("pelicanledger.example",)).supported
    assert "not allowed" in only(text, hosts=("other.example",)).why
    assert "not allowed" in only(text, hosts=("licanledger.example",)).why


def test_the_beginning_of_a_known_link_is_another_link():
    assert not only("How long a refund takes: https://help.pelicanledger.example/billing [1]").supported


def test_half_a_name_is_another_name():
    contact = Evidence(1, "passage", "c", PUBLIC, "Your contact is Anna Smith.")
    assert only("Ask Anna Smith. [1]", (contact,)).supported
    assert '"Leo Smith"' in only("Your contact is Leo Smith. [1]", (contact,)).why


def test_a_total_counts_each_field_once_however_often_it_names_its_amount():
    twice = [Evidence(n, "record", f"invoice:{n}", PUBLIC, f"INV-{n}: EUR 35.00, overdue; EUR 35.00; INV-{n}") for n in (1, 2)]
    assert only("The outstanding amount is EUR 70.00. [1] [2]", twice).supported
    assert not only("The outstanding amount is EUR 140.00. [1] [2]", twice).supported


def test_a_host_is_not_allowed_by_its_ending_alone():
    evil = Evidence(1, "passage", "c", PUBLIC, "See https://evilhelp.example/x for the refund")
    assert not only("See https://evilhelp.example/x for the refund [1]", (evil,), hosts=("help.example",)).supported


def test_record_sentences_are_checked_by_their_figures():
    assert only("Invoice INV-204: EUR 420.00, paid, due 3 December 2026. [2]", (INVOICE,)).supported
    assert "EUR 421" in only("Invoice INV-204: EUR 421.00, paid. [2]", (INVOICE,)).why
    assert "INV-999" in only("Invoice INV-999 is paid. [2]", (INVOICE,)).why


def test_a_total_is_carried_by_its_parts():
    assert only("The outstanding amount is EUR 455.00: INV-204, INV-205. [2] [3]", (INVOICE, OTHER)).supported
    assert not only("The outstanding amount is EUR 456.00: INV-204, INV-205. [2] [3]", (INVOICE, OTHER)).supported


def test_fixed_sentences_claim_nothing():
    fixed = 'I can only share public information. To be verified, ask "us".'
    assert check_text(f"A refund reaches your card after we approve it. [1]\n\n{fixed}", (REFUND,), fixed=(fixed,))[-1].evidence == (1,)
    assert check_text(fixed, (REFUND,), fixed=(fixed,)) == ()


def test_a_fixed_sentence_with_a_number_is_checked_all_the_same():
    assert not only("Everything is free. [1]", fixed=("Everything is free.",)).supported


def test_items_tables_and_code_are_claims_of_their_own():
    text = "Do this: [1]\n\n1. Open it.\n2. Close it. [1]\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[1]\n\n```\nx = 1\n```\n\n[1]"
    assert cut(text) == ("Do this: [1]", "1. Open it. [1]", "2. Close it. [1]", "| a | b |\n|---|---|\n| 1 | 2 | [1]", "```\nx = 1\n``` [1]")


def test_a_part_that_shows_more_than_its_audience_may_see_is_refused():
    proposal = Proposal(parts=(Part(PUBLIC, "Invoice INV-204: EUR 420.00. [2]"),), evidence=(INVOICE,))
    checked = check(proposal)
    assert not checked.claims[0].supported
    assert checked.claims[0].why == "[2] is for person:p1 only"
    assert leaks(checked) == checked.parts


def test_each_claim_knows_its_part():
    parts = (Part(PUBLIC, "A refund reaches your card after we approve it. [1]"), Part(audience.person("p1"), "INV-204 is paid. [2]"))
    checked = check(Proposal(parts=parts, evidence=(REFUND, INVOICE)))
    assert [(claim.part, claim.evidence, claim.supported) for claim in checked.claims] == [(0, (1,), True), (1, (2,), True)]
    assert not leaks(checked)


def test_checking_twice_changes_nothing():
    parts = (Part(PUBLIC, "A refund takes 3 days. [1] A refund reaches your card after we approve it."),)
    once = check(Proposal(parts=parts, evidence=(REFUND,)))
    assert check(once) == once


def test_text_that_cites_nothing_and_matches_nothing_has_no_evidence():
    assert only("Zzz qqq.", ()).why == "no evidence"


def test_a_huge_text_is_checked():
    assert check_text("word " * 20_000, (REFUND,))


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        pytest.param(
            "Look in the spam folder first.", "If the invitation does not arrive, look in the spam folder first.", id="a condition that denies"
        ),
        pytest.param("No, events can arrive twice.", "Events can arrive twice or out of order.", id="an answer that begins with no"),
        pytest.param("Press Test again.", "Do not close the page. Press Test again.", id="a sentence before that denies"),
    ],
)
def test_a_denial_in_another_clause_is_none(sentence, evidence):
    assert unsupported(sentence, [Evidence(1, "passage", "c", PUBLIC, evidence)]) == ""


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        pytest.param("Yearly plans cannot be refunded within 30 days.", "Yearly plans can be refunded within 30 days.", id="denied"),
        pytest.param("After the trial, yearly plans can be refunded.", "After the trial, yearly plans cannot be refunded.", id="affirmed"),
        pytest.param("Open the page, and the key is shown again.", "Open the page, and the key is never shown again.", id="in the second clause"),
    ],
)
def test_the_opposite_is_found_clause_by_clause(sentence, evidence):
    assert "opposite" in unsupported(sentence, [Evidence(1, "passage", "c", PUBLIC, evidence)])


TABLE = "Prices in EUR, without VAT.\n\n| plan | Team | Business |\n|---|---|---|\n| per year | 350.00 | 950.00 |"


@pytest.mark.parametrize(
    ("sentence", "evidence", "carried"),
    [
        pytest.param("Business costs EUR 950.00 per year.", TABLE, True, id="a number of a table in that currency"),
        pytest.param("Business costs EUR 900.00 per year.", TABLE, False, id="a number that is not there"),
        pytest.param("Business costs USD 950.00 per year.", TABLE, False, id="another currency"),
        pytest.param("Business costs EUR 950.00 per year.", f"{TABLE} In the US: USD.", False, id="two currencies"),
    ],
)
def test_an_amount_of_a_table_is_carried_where_one_currency_is_named(sentence, evidence, carried):
    assert (unsupported(sentence, [Evidence(1, "passage", "c", PUBLIC, evidence)]) == "") is carried


def of_a_model(text, evidence):
    return check(Proposal((Part(audience.person("p1"), text),), evidence=tuple(evidence)), told={}).claims


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Your bank approves the payment. [1]", id="two words in three that occur apart"),
        pytest.param("We have approved the refund. [1]", id="something we are said to have done"),
        pytest.param("Your account will be closed. [2]", id="a record that says nothing of it"),
        pytest.param("Your account will be closed.", id="no number, and a record beside it"),
    ],
)
def test_a_model_is_held_to_more_than_figures(text):
    assert [claim.supported for claim in of_a_model(text, (REFUND, INVOICE))] == [False]


def test_what_a_model_says_without_a_word_that_claims_anything_is_no_claim():
    assert of_a_model("Yes, you will. [1]", (REFUND,)) == ()
    assert [claim.text for claim in of_a_model("Yes. [1] A refund reaches your card after we approve it. [1]", (REFUND,))] == [
        "A refund reaches your card after we approve it."
    ]


def test_the_sentence_that_is_nearest_decides_whether_something_is_denied():
    both = Evidence(1, "passage", "c", PUBLIC, "You do not need to dispute the payment with your bank. A dispute at a bank takes 45 days.")
    assert only("Dispute the payment with your bank. [1]", (both,)).supported is False
    assert only("Do not dispute the payment with your bank. [1]", (both,)).supported is True


def test_a_sentence_without_a_number_is_tied_to_nothing_that_its_part_may_not_show():
    proposal = check(Proposal((Part(PUBLIC, "Invoice INV-204 is paid."),), evidence=(REFUND, INVOICE)), told={})
    assert [(claim.supported, 2 in claim.evidence) for claim in proposal.claims] == [(False, False)]
    assert leaks(proposal) == ()
