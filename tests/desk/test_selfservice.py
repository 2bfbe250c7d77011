"""Filling in an action: what says who asks comes from the bound author, everything else is checked."""

import pytest

from desk import audience
from desk.customer import Account, Author, Fact, Person, Trust
from desk.errors import InvalidInput
from desk.ids import AccountId, DraftId, PersonId
from desk.runs import ActionRun, RunStatus, run_id, undo_id
from desk.selfservice import Confirm, Parameter, ParameterKind, SelfService, described, fill
from desk.space import Platform, UserRef
from tests.fakes import START

USER = UserRef(Platform.LOCAL, "main", "mara")
MARA = Author(
    USER,
    "Mara",
    person=Person(PersonId("mara"), "Mara", account=AccountId("acme"), email="mara@acme.example"),
    account=Account(AccountId("acme"), "Acme"),
    trust=Trust.PERSON,
)
GUEST = Author(USER, "Mara", account=Account(AccountId("acme"), "Acme"), trust=Trust.ACCOUNT)
STRANGER = Author(USER, "Mara")
IDENTITY = tuple(
    Parameter(name, ParameterKind.IDENTITY, source)
    for name, source in [("person_id", "person"), ("email", "email"), ("account_id", "account"), ("user", "user"), ("ticket_id", "ticket")]
)
INVOICE = Fact(
    "invoice:INV-204",
    "invoice",
    "Invoice INV-204",
    "INV-204: EUR 420.00, open",
    audience.person("mara"),
    (("number", "INV-204"), ("amount", "420.00")),
)
PLAN = Fact("account:tier", "plan", "Plan", "business", audience.account("acme"))


def spec(*parameters, **more):
    """Return an action with these parameters."""
    return SelfService("restart", "when it is stuck", "It was restarted.", "https://api.example/x", secret="KEY", parameters=parameters, **more)


def filled(author=MARA, *parameters, facts=(INVOICE, PLAN), **given):
    """Return what an action with these parameters is filled in with."""
    return fill(spec(*parameters), given, author=author, facts=facts, ticket="t-1")


@pytest.mark.parametrize(
    ("author", "values"),
    [
        pytest.param(MARA, ["mara", "mara@acme.example", "acme", str(USER), "t-1"], id="of a verified person everything is known"),
        pytest.param(GUEST, ["", "", "acme", str(USER), "t-1"], id="of somebody in a shared channel the account is known"),
        pytest.param(STRANGER, ["", "", "", str(USER), "t-1"], id="of a stranger nothing but the platform user"),
    ],
)
def test_what_says_who_asks_is_filled_in_by_code(author, values):
    request = filled(author, *IDENTITY)
    assert [value for _, value in request.bound] == values
    assert request.parameters == ()


@pytest.mark.parametrize("name", [parameter.name for parameter in IDENTITY])
@pytest.mark.parametrize("value", ["ceo@globex.example", "", "mara@acme.example"], ids=["another's", "nothing", "their own"])
def test_nobody_else_may_fill_it_in_whatever_it_says(name, value):
    with pytest.raises(InvalidInput, match="filled in by the desk with who asks, and by nobody else: leave it out"):
        filled(MARA, *IDENTITY, **{name: value})


def test_an_unverified_persons_address_is_not_known_even_where_a_record_hangs_on_them():
    half = Author(USER, "Mara", person=MARA.person, account=MARA.account, trust=Trust.ACCOUNT)
    assert filled(half, *IDENTITY).values["email"] == ""


TEXT = Parameter("note", ParameterKind.TEXT, most=10)
PATTERN = Parameter("code", ParameterKind.TEXT, pattern=r"[A-Z]{3}-\d+")
CHOICE = Parameter("integration", ParameterKind.CHOICE, choices=("bank feed", "payroll"))
NUMBER = Parameter("days", ParameterKind.NUMBER)
RECORD = Parameter("number", ParameterKind.RECORD, "invoice")
FIELD = Parameter("plan", ParameterKind.RECORD, "plan")


@pytest.mark.parametrize(
    ("parameter", "given", "kept"),
    [
        pytest.param(TEXT, "  hello ", "hello", id="a text without its blanks"),
        pytest.param(PATTERN, "ABC-12", "ABC-12", id="a text of its pattern"),
        pytest.param(CHOICE, "Bank Feed", "bank feed", id="a choice as policy writes it"),
        pytest.param(NUMBER, "-2.5", "-2.5", id="a number"),
        pytest.param(RECORD, "inv-204", "INV-204", id="an invoice of one's own as the record writes it"),
        pytest.param(FIELD, "business", "business", id="another field of one's own by its value"),
    ],
)
def test_a_value_that_fits_is_kept(parameter, given, kept):
    assert filled(MARA, parameter, **{parameter.name: given}).parameters == ((parameter.name, kept),)


@pytest.mark.parametrize(
    ("parameter", "given", "said"),
    [
        pytest.param(TEXT, "x" * 11, "a text of at most 10 characters", id="a text that is too long"),
        pytest.param(TEXT, "   ", "a text of at most 10 characters", id="an empty text"),
        pytest.param(PATTERN, "ABC-12; drop", "that matches", id="a text beside its pattern"),
        pytest.param(PATTERN, "ABC-12\n", None, id="a line end is a blank like any other"),
        pytest.param(CHOICE, "everything", "write one of bank feed, payroll", id="what is no choice"),
        pytest.param(NUMBER, "ten", "write a number", id="a word for a number"),
        pytest.param(NUMBER, "1e9", "write a number", id="a number in another notation"),
        pytest.param(NUMBER, "١٢", "write a number", id="digits of another script"),
        pytest.param(RECORD, "INV-999", "one of the customer's own", id="somebody else's invoice"),
        pytest.param(RECORD, "", "one of the customer's own", id="no invoice"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_to_write(parameter, given, said):
    if said is None:
        assert filled(MARA, parameter, **{parameter.name: given})
        return
    with pytest.raises(InvalidInput, match=said):
        filled(MARA, parameter, **{parameter.name: given})


def test_a_refusal_repeats_neither_the_value_nor_the_record():
    with pytest.raises(InvalidInput) as refused:
        filled(MARA, RECORD, number="sk-secret")
    assert "sk-secret" not in str(refused.value)
    assert "INV-204" not in str(refused.value)


def test_an_invoice_is_nobodys_where_the_record_shows_none():
    with pytest.raises(InvalidInput, match="hand over"):
        filled(STRANGER, RECORD, facts=(), number="INV-204")


def test_what_an_action_does_not_take_and_what_it_needs_are_named():
    with pytest.raises(InvalidInput, match="has no parameter 'force': it takes integration"):
        filled(MARA, CHOICE, integration="payroll", force="yes")
    with pytest.raises(InvalidInput, match="needs 'integration': write one of bank feed, payroll"):
        filled(MARA, CHOICE)
    with pytest.raises(InvalidInput, match="it takes no parameters"):
        filled(MARA, force="yes")


def test_a_request_says_who_asked_and_who_counts_for_the_limits():
    assert (filled(MARA).user, filled(MARA).person) == (USER, "mara")
    assert filled(STRANGER).person == str(USER)
    assert fill(spec(confirm=Confirm.LEAD), {}, author=MARA, facts=()).confirm is Confirm.LEAD


def test_a_card_names_what_was_chosen_and_nothing_of_who_asks():
    request = filled(MARA, *IDENTITY, CHOICE, integration="payroll")
    assert described(request.action, request.parameters) == "restart (integration = payroll)"
    assert described("restart", ()) == "restart"


def test_one_request_of_one_draft_is_one_run():
    request = filled(MARA, *IDENTITY, CHOICE, integration="payroll")
    assert run_id(DraftId("r-1"), request) == run_id(DraftId("r-1"), request)
    others = [run_id(DraftId("r-2"), request), run_id(DraftId("r-1"), filled(GUEST, *IDENTITY, CHOICE, integration="payroll"))]
    assert len({run_id(DraftId("r-1"), request), *others}) == 3


def test_a_run_whose_words_were_erased_is_not_whole_any_more():
    request = filled(MARA, CHOICE, integration="payroll")
    run = ActionRun(run_id(DraftId("r-1"), request), "t-1", DraftId("r-1"), request, USER, START)
    assert run.is_whole
    bare = ActionRun(run.id, "t-1", DraftId("r-1"), fill(spec(), {}, author=MARA, facts=()), USER, START)
    assert not bare.is_whole
    assert ActionRun(undo_id(run.id), "t-1", DraftId("r-1"), bare.request, USER, START, undoes=run.id).is_whole


def test_only_what_waits_or_runs_is_not_over():
    assert [status for status in RunStatus if not status.is_over] == [RunStatus.QUEUED, RunStatus.RUNNING]
