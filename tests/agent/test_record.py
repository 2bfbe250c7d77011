import pytest

from agent.record import Case, tell
from desk import audience
from desk.customer import Account, Author, Fact, Person, Trust
from desk.space import Platform, UserRef
from tests.agent.conftest import POLICY

PHRASES = POLICY["phrases"]["en"]
USER = UserRef(Platform.LOCAL, "s", "mara")
MARA = Author(USER, "Mara", person=Person("p1", "Mara", account="acme"), account=Account("acme", "Acme Robotics"), trust=Trust.PERSON)
COLLEAGUE = Author(USER, "Bruno", account=Account("acme", "Acme Robotics"), trust=Trust.ACCOUNT)
NOBODY = Author(USER, "Sam")


def invoice(number, amount, status, issued, currency="EUR"):
    parts = {
        "number": number,
        "amount": amount,
        "currency": currency,
        "status": status,
        "due": "2026-12-03",
        "issued": issued,
        "link": f"https://a.example/{number}",
    }
    return Fact(f"invoice:{number}", "invoice", f"Invoice {number}", f"{number}: {currency} {amount}", audience.person("p1"), tuple(parts.items()))


PAID = invoice("INV-195", "420.00", "paid", "2026-10-03")
FIRST = invoice("INV-204", "420.00", "paid", "2026-11-03")
SECOND = invoice("INV-205", "420.00", "refunding", "2026-11-04")
OVERDUE = invoice("INV-206", "35.00", "overdue", "2026-11-05")
LATE = invoice("INV-196", "35.00", "overdue", "2026-10-05")
PLAN = Fact("account:tier", "plan", "Plan", "enterprise", audience.account("acme"), (("plan", "enterprise"), ("account", "Acme Robotics")))
CONTRACT = Fact("account:contract", "contract", "Contract", "to 2027-01-31", audience.account("acme"), (("contract", "to 2027-01-31"),))
MANAGER = Fact("account:manager", "manager", "Account manager", "Leo Marsh", audience.account("acme"), (("manager", "Leo Marsh"),))


def ask(intent, question="", *, facts=(), author=MARA):
    return tell(intent, Case(question, author, facts, PHRASES))


def texts(told):
    return [said.text for said in told.said]


def test_an_invoice_is_found_by_its_number():
    told = ask("invoice_status", "is inv 204 paid?", facts=(PAID, FIRST, OVERDUE))
    assert texts(told) == ["Invoice INV-204: EUR 420.00, paid, due 2026-12-03. https://a.example/INV-204"]
    assert told.said[0].facts == (FIRST,)


def test_an_invoice_is_found_by_its_month():
    assert [said.facts for said in ask("invoice_status", "Has the October invoice been paid?", facts=(PAID, FIRST)).said] == [(PAID,)]


def test_without_a_name_the_pending_ones_are_told():
    assert [said.facts[0].key for said in ask("invoice_status", "what do we owe?", facts=(PAID, SECOND, OVERDUE)).said] == [
        "invoice:INV-205",
        "invoice:INV-206",
    ]


def test_with_nothing_open_the_latest_is_told():
    told = ask("invoice_status", "what do we owe?", facts=(PAID, FIRST))
    assert texts(told)[0] == PHRASES["invoice_none_open"]
    assert told.said[1].facts == (FIRST,)


def test_a_charge_made_twice_is_found_among_the_invoices():
    told = ask("duplicate_charge", "charged twice", facts=(PAID, FIRST, SECOND, OVERDUE))
    assert texts(told)[0] == "These invoices carry the same amount, EUR 420.00: INV-204, INV-205."
    assert told.said[0].facts == (FIRST, SECOND)
    assert told.quotes


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param((PAID, FIRST), id="a month apart"),
        pytest.param((FIRST, invoice("INV-205", "421.00", "paid", "2026-11-03")), id="another amount"),
        pytest.param((FIRST, invoice("INV-205", "420.00", "paid", "2026-11-03", "USD")), id="another currency"),
        pytest.param((FIRST, invoice("INV-205", "420.00", "paid", "soon")), id="no date"),
        pytest.param((FIRST, invoice("INV-205", "much", "paid", "2026-11-03")), id="no amount"),
    ],
)
def test_what_is_no_duplicate_is_not_called_one(facts):
    told = ask("duplicate_charge", "charged twice", facts=facts)
    assert told.said == ()
    assert told.quotes


def test_a_suspension_names_the_sum_of_what_is_overdue():
    told = ask("suspended", "why are we suspended", facts=(PAID, LATE, OVERDUE))
    first, *invoices = texts(told)
    assert first == "Your account is suspended because of unpaid invoices. The outstanding amount is EUR 70.00: INV-196, INV-206"
    assert [text.split()[1].rstrip(":") for text in invoices] == ["INV-196", "INV-206"]
    assert all("https://" in text for text in invoices)
    assert told.said[0].facts == (LATE, OVERDUE)


def test_without_anything_overdue_no_suspension_is_claimed():
    assert texts(ask("suspended", "why are we suspended", facts=(PAID,))) == [PHRASES["not_suspended"]]


def test_plan_and_contract_rest_on_a_field_each():
    told = ask("plan", facts=(PLAN, CONTRACT))
    assert texts(told) == ["Acme Robotics is on the Enterprise plan.", "Contract: to 2027-01-31."]
    assert [said.facts for said in told.said] == [(PLAN,), (CONTRACT,)]


def test_a_plan_without_a_contract_is_told_alone():
    assert texts(ask("plan", facts=(PLAN,))) == ["Acme Robotics is on the Enterprise plan."]


def test_the_account_manager_is_named():
    assert texts(ask("account_manager", facts=(MANAGER,))) == ["Your account manager is Leo Marsh."]


@pytest.mark.parametrize("intent", ["invoice_status", "duplicate_charge", "suspended"])
@pytest.mark.parametrize(("author", "phrase"), [(NOBODY, "verify"), (COLLEAGUE, "verify"), (MARA, "not_entitled")])
def test_whoever_may_not_see_invoices_is_told_why(intent, author, phrase):
    assert ask(intent, author=author).lacks == phrase


@pytest.mark.parametrize("intent", ["plan", "account_manager"])
def test_a_stranger_is_asked_to_be_verified_and_a_known_person_not(intent):
    assert ask(intent, author=NOBODY).lacks == "verify"
    assert ask(intent, author=MARA).lacks == ""


def test_any_other_intent_tells_nothing():
    assert ask("none", facts=(PLAN,)).said == ()
    assert ask("", facts=(PLAN,)).lacks == ""


@pytest.mark.parametrize("named", ["INV-900", "inv 900", "INV-9-00"])
def test_an_invoice_that_is_not_among_the_authors_is_not_answered_with_another(named):
    told = ask("invoice_status", f"What is the status of {named}?", facts=(PAID, SECOND))
    assert texts(told) == [PHRASES["invoice_unknown"]]


def test_of_two_numbers_the_known_one_is_told_and_the_other_is_not_kept_quiet():
    told = ask("invoice_status", "Are INV-204 and INV-900 paid?", facts=(PAID, FIRST))
    assert texts(told) == [PHRASES["invoice_unknown"], "Invoice INV-204: EUR 420.00, paid, due 2026-12-03. https://a.example/INV-204"]


def test_a_year_is_no_number_of_an_invoice():
    assert [said.facts for said in ask("invoice_status", "Is the invoice of October 2026 paid?", facts=(PAID, FIRST)).said] == [(PAID,)]
