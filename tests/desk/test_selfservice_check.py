"""Declared actions: a policy that lets a model say who something is about is refused, and so is what cannot work."""

import pytest

from desk.customer import Trust
from desk.selfservice import Confirm, Effect, ParameterKind
from desk.selfservice_check import says_who
from tests.desk.test_policy_check import problems, read

RESTART = {
    "name": "restart_integration",
    "when": "the sync of an integration is stuck",
    "says": "The integration was restarted.",
    "run": "https://api.example/restart",
    "secret": "ACTIONS_KEY",
    "audience": "account",
    "trust": "account",
}
CHOICE = {"name": "integration", "kind": "choice", "choices": ["bank feed"]}
EMAIL = {"name": "email", "kind": "identity", "source": "email"}
RESET = {
    "name": "password_reset_link",
    "when": "they cannot log in",
    "says": "If there is an account, a link is on its way.",
    "run": "builtin:password_reset_link",
    "parameters": [EMAIL],
    "trust": "none",
    "audience": "public",
    "exact": True,
    "link": "https://app.example/reset",
}
INVOICE = {
    "name": "resend_invoice",
    "when": "they ask for an invoice",
    "says": "I sent it to you.",
    "run": "builtin:resend_invoice",
    "parameters": [{"name": "number", "kind": "record", "source": "invoice"}],
}


def declared(**changes):
    """Return what is wrong with an action after changes; None takes a key away."""
    return problems(actions=[{key: value for key, value in {**RESTART, **changes}.items() if value is not None}])


def with_parameter(**parameter):
    """Return what is wrong with an action that has this parameter."""
    return declared(parameters=[{"name": "value", "kind": "text", **parameter}])


def test_what_is_declared_well_is_read():
    policy = read(actions=[{**RESTART, "parameters": [CHOICE, EMAIL], "confirm": "customer", "asks": "Restart {integration}?"}, RESET, INVOICE])
    restart, reset, invoice = policy.actions
    assert (restart.trust, restart.confirm, restart.effect) == (Trust.ACCOUNT, Confirm.CUSTOMER, Effect.WRITE)
    assert [parameter.kind for parameter in restart.parameters] == [ParameterKind.CHOICE, ParameterKind.IDENTITY]
    assert (restart.builtin, reset.builtin, invoice.builtin) == ("", "password_reset_link", "resend_invoice")


IDENTIFIES = [
    "email", "e_mail", "mail", "to_email", "toEmail", "email_address", "emails", "account", "account_id", "accountId", "account_number", "customer",
    "customer_id", "customerid", "user", "user_name", "username", "login", "person", "contact", "phone", "phone_number", "owner", "tenant", "org",
    "organization", "organisation_id", "company", "company_name", "client", "recipient", "receiver", "to", "cc", "workspace", "the_customer_key",
]  # fmt: skip


@pytest.mark.parametrize("name", IDENTIFIES)
def test_a_name_that_says_who_is_known(name):
    assert says_who(name)


@pytest.mark.parametrize(
    "name", ["integration", "number", "invoice_number", "query", "days", "note", "format", "convert_to_csv", "plan", "reorganize", "tool"]
)
def test_a_name_that_says_what_is_left_alone(name):
    assert not says_who(name)


@pytest.mark.parametrize(
    "kind", [{"kind": "text"}, {"kind": "choice", "choices": ["a"]}, {"kind": "record", "source": "invoice"}, {"kind": "number"}]
)
@pytest.mark.parametrize("name", ["customer_id", "to_email", "tenant"])
def test_a_policy_that_lets_the_model_say_who_is_refused(name, kind):
    (said,) = declared(parameters=[{"name": name, **kind}])
    assert said.startswith(f"actions.0.parameters.0.kind = '{kind['kind']}': '{name}' says who asks, which no model may fill in")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"name": "Restart it"}, "actions.0.name = 'Restart it': write a name of lower-case letters", id="a name with a blank"),
        pytest.param({"when": " "}, "actions.0.when = ' ': write when it helps", id="no word on when it helps"),
        pytest.param({"says": ""}, "actions.0.says = '': write what the customer is told once it has run", id="nothing to say"),
        pytest.param({"audience": "internal"}, "actions.0.audience = 'internal': write one of public, account, person", id="an internal audience"),
        pytest.param({"audience": "person"}, "actions.0.trust = 'account': an action for an audience of person needs", id="a person nobody knows"),
        pytest.param({"trust": "none"}, "actions.0.trust = 'none': an action for an audience of account needs", id="an account nobody knows"),
        pytest.param({"entitlement": "billing"}, "only somebody we know is entitled", id="an entitlement of somebody unknown"),
        pytest.param({"run": "builtin:reboot"}, "actions.0.run = 'builtin:reboot': there is no such built-in action", id="an unknown built-in"),
        pytest.param({"run": "http://api.example/x"}, "write an https address (http only for this machine)", id="an address without encryption"),
        pytest.param({"run": "ftp://api.example/x"}, "write an https address", id="another kind of address"),
        pytest.param({"run": "https://user:pw@api.example/x"}, "neither a password nor blanks", id="a password in the address"),
        pytest.param({"run": "https:///x"}, "write an https address with a host", id="an address without a host"),
        pytest.param({"run": "https://[::1/x"}, "write an https address", id="an address that is none"),
        pytest.param(
            {"undo": "http://api.example/undo"}, "actions.0.undo = 'http://api.example/undo': write an https address", id="an undo in the clear"
        ),
        pytest.param({"address": "https://api.example/x"}, "only a built-in action takes an address", id="two addresses"),
        pytest.param({"secret": None}, "actions.0.secret = '': a call that changes something is signed", id="a call that nobody signs"),
        pytest.param({"secret": "sk-live-1"}, "actions.0.secret = '(not shown)': write the name of an environment variable", id="the key itself"),
        pytest.param({"effect": "read", "confirm": "lead"}, "looking something up needs nobody's word", id="a word for looking up"),
        pytest.param({"effect": "read", "undo": "https://a.example/u"}, "what changes nothing cannot be undone", id="an undo of looking up"),
        pytest.param({"confirm": "customer"}, "actions.0.asks = '': write what the customer is asked", id="no question to confirm"),
        pytest.param({"confirm": "customer", "asks": "Do {note}?"}, "{note} is no choice of this action", id="a model's words in the question"),
        pytest.param({"confirm": "boss"}, "actions.0.confirm = 'boss': write one of none, customer, teammate, lead", id="an unknown word"),
        pytest.param({"timeout": "5m"}, "write a time of at most 60s", id="a time nobody waits for"),
        pytest.param({"limits": {"within": "0s"}}, "actions.0.limits.within", id="limits within no time"),
        pytest.param({"limits": {"person": -1}}, "actions.0.limits.person = -1: write a whole number", id="a negative limit"),
        pytest.param({"paramters": []}, "actions.0.paramters = []: there is no such key; did you mean 'parameters'?", id="a misspelled key"),
    ],
)
def test_a_bad_action_is_refused_with_its_place_and_what_to_write(changes, said):
    assert any(said in problem for problem in declared(**changes))


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        pytest.param({"name": "my value"}, "actions.0.parameters.0.name = 'my value': write a name of lower-case", id="a name that is no name"),
        pytest.param({"kind": "identity", "source": "birthday"}, "write where the value comes from, one of person, email", id="an unknown source"),
        pytest.param({"kind": "identity"}, "write where the value comes from", id="no source of an identity"),
        pytest.param({"kind": "identity", "source": "email", "choices": ["a"]}, "has no choices and no pattern", id="choices for an identity"),
        pytest.param({"kind": "record"}, "which kind of record field it must be one of", id="a record without a source"),
        pytest.param({"kind": "choice"}, "write the values it may have", id="a choice of nothing"),
        pytest.param({"kind": "choice", "choices": [""]}, "write the values it may have", id="a choice of an empty word"),
        pytest.param({"pattern": "("}, "this is no regular expression", id="a pattern that is none"),
        pytest.param({"pattern": "(a+)+"}, "a repetition inside a repetition may never end", id="a pattern that may never end"),
        pytest.param({"most": 0}, "from 1 to 2000 characters", id="a text of no length"),
        pytest.param({"source": "email"}, "a text has neither source nor choices", id="a source for a text"),
        pytest.param({"kind": "number", "choices": ["1"]}, "a number has no source", id="choices for a number"),
        pytest.param({"kind": "secret"}, "write one of identity, record, choice, text, number", id="an unknown kind"),
    ],
)
def test_a_bad_parameter_is_refused_with_its_place_and_what_to_write(parameter, said):
    assert any(said in problem for problem in with_parameter(**parameter))


def test_two_of_one_name_are_refused():
    assert problems(actions=[RESTART, RESTART]) == ["actions.1.name = 'restart_integration': two actions have this name: give each its own"]
    assert declared(parameters=[CHOICE, CHOICE]) == ["actions.0.parameters.1.name = 'integration': two parameters have this name: give each its own"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"trust": "person", "audience": "person"}, "it must not tell who has an account", id="a reset for those we know"),
        pytest.param({"exact": False}, "it must not tell who has an account", id="a reset in the model's own words"),
        pytest.param({"link": ""}, "write either link, the public page where a password is reset, or address", id="neither page nor call"),
        pytest.param({"address": "https://api.example/x", "secret": "KEY"}, "write either link", id="a page and a call"),
        pytest.param({"address": "https://api.example/x", "link": ""}, "a call that changes something is signed", id="a call that nobody signs"),
        pytest.param({"parameters": []}, "takes email (kind identity source email) and nothing else", id="no address of record"),
        pytest.param({"parameters": [EMAIL, CHOICE]}, "and nothing else", id="one parameter too many"),
        pytest.param({"effect": "read"}, "builtin:password_reset_link is a write action", id="another effect"),
    ],
)
def test_a_password_reset_tells_nobody_who_has_an_account(changes, said):
    assert any(said in problem for problem in problems(actions=[{**RESET, **changes}]))


def test_a_known_answer_names_macros_that_are_there():
    answer = {**RESTART, "run": "builtin:known_answer", "effect": "read", "parameters": [{"name": "name", "kind": "choice", "choices": ["sso"]}]}
    (said,) = problems(actions=[answer])
    assert said == "actions.0.parameters.0.choices = 'sso': there is no macro of this name under [macros]"
    macro = {"title": "Single sign-on", "text": "Open Settings.", "audience": "public"}
    assert read(actions=[answer], macros={"sso": macro}).actions[0].builtin == "known_answer"
