"""Macros: which fit, how they read for a customer, and what a policy may not say in one."""

import tomllib
from pathlib import Path

import pytest

from desk import audience
from desk.audience import INTERNAL, PUBLIC
from desk.customer import Account, Author, Fact, Person, Trust
from desk.ids import AccountId, PersonId
from desk.macros import FIELDS, Offer, as_evidence, filled, fitting, offers
from desk.policy_check import PolicyError, merged, read_policy
from desk.space import Platform, UserRef
from desk.writing import Macro

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
POLICY = read_policy(merged(SHIPPED, {"company": {"name": "Pelican Ledger", "bot": "Peli"}}))
ACME, MARA = audience.account("acme"), audience.person("mara")
COMMUNITY, SHARED, DIRECT = frozenset({PUBLIC}), frozenset({ACME}), frozenset({MARA, ACME})
USER = UserRef(Platform.LOCAL, "main", "mara")
KNOWN = Author(
    USER, "Mara", person=Person(PersonId("mara"), "Mara"), account=Account(AccountId("acme"), "Acme", tier="enterprise"), trust=Trust.PERSON
)
STRANGER = Author(UserRef(Platform.LOCAL, "main", "max"), "Max")
PLAN = Fact("account:tier", "plan", "Plan", "enterprise", ACME, (("plan", "enterprise"), ("account", "Acme")))
MANAGER = Fact("account:manager", "manager", "Account manager", "Lea", MARA, (("manager", "Lea"),))
FACTS = (PLAN, MANAGER)


def macro(text="Hello {name}.", who=PUBLIC, **more):
    return Macro("Greeting", text, who, **more)


def said(text, place, author=KNOWN, facts=FACTS, who=PUBLIC):
    return filled(macro(text, who), POLICY, author=author, facts=facts, place=place)


@pytest.mark.parametrize(
    ("text", "place", "reads", "shown"),
    [
        pytest.param(
            "Hello {name}, {bot} of {company} here.", COMMUNITY, "Hello Mara, Peli of Pelican Ledger here.", PUBLIC, id="what anybody may read"
        ),
        pytest.param("{account} is on {plan}.", SHARED, "Acme is on enterprise.", ACME, id="the account's, in its own channel"),
        pytest.param("Ask {manager}, {name}.", DIRECT, "Ask Lea, Mara.", MARA, id="the person's, in private"),
        pytest.param("Write {{id}} here.", COMMUNITY, "Write {id} here.", PUBLIC, id="braces that are meant"),
    ],
)
def test_a_macro_is_filled_and_is_as_public_as_what_it_says(text, place, reads, shown):
    found = said(text, place)
    assert (found.text, found.audience) == (reads, shown)


@pytest.mark.parametrize(
    ("text", "place", "more"),
    [
        pytest.param("You are on {plan}.", COMMUNITY, {}, id="a field of the account where everybody reads"),
        pytest.param("{account} is a customer.", COMMUNITY, {}, id="whose customer somebody is, where everybody reads"),
        pytest.param("Ask {manager}.", SHARED, {}, id="a field of the person where colleagues read"),
        pytest.param("You are on {plan}.", DIRECT, {"facts": ()}, id="a field that the record lacks"),
        pytest.param("Your contract: {contract}.", DIRECT, {}, id="another field that it lacks"),
        pytest.param("{account} is on {plan}.", SHARED, {"author": STRANGER, "facts": ()}, id="a person we do not know"),
        pytest.param("Hello {name}.", COMMUNITY, {"author": Author(USER, "")}, id="a person who was erased"),
        pytest.param("Hello {name}.", DIRECT, {"who": INTERNAL}, id="a text for the team alone"),
        pytest.param("{plan}, {manager}", DIRECT, {}, id="two fields that nobody may read together"),
    ],
)
def test_a_macro_that_cannot_be_filled_there_is_left_out(text, place, more):
    assert said(text, place, **more) is None


def test_what_it_took_from_the_record_is_told():
    assert said("{plan}, {plan}!", SHARED).facts == (PLAN,)
    assert said("{account}", SHARED).facts == ()


def test_a_value_is_not_read_as_a_field():
    assert said("Hello {name}.", COMMUNITY, author=Author(USER, "{plan} {0}")).text == "Hello {plan} {0}."


MACROS = {
    "b": Macro("Beta", "b", PUBLIC),
    "billing": Macro("Zeta", "z", PUBLIC, ("billing",)),
    "login": Macro("Alpha", "a", PUBLIC, ("account access",)),
    "de": Macro("Beta", "b", PUBLIC, language="de"),
    "team": Macro("Note", "n", INTERNAL),
}


def test_those_fit_that_are_about_this_in_this_language_and_may_be_read_here():
    found = fitting(MACROS, category="billing", language="en", audiences=COMMUNITY)
    assert [name for name, _ in found] == ["billing", "b"]
    assert [name for name, _ in fitting(MACROS, category="", language="de", audiences=COMMUNITY)] == ["de"]
    assert "team" in dict(fitting(MACROS, category="", language="en", audiences=frozenset({INTERNAL})))


def test_what_fits_is_offered_filled_and_as_evidence():
    policy = read_policy(merged(SHIPPED, {"macros": {"plan": {"title": "Your plan", "text": "You are on {plan}.", "audience": "public"}}}))
    about = {"author": KNOWN, "facts": FACTS, "category": "billing", "language": "en"}
    assert offers(policy, place=COMMUNITY, **about) == ()
    (offer,) = offers(policy, place=SHARED, **about)
    assert isinstance(offer, Offer)
    found = as_evidence(offer, 3)
    assert (found.n, found.source, found.id, found.audience, found.quote, found.title) == (
        3,
        "macro",
        "plan",
        ACME,
        "You are on enterprise.",
        "Your plan",
    )
    assert found.hash != as_evidence(Offer("plan", "Your plan", said("You are on {plan}!", SHARED)), 3).hash


def problems(**table):
    complete = {"title": "Greeting", "text": "Hello.", "audience": "public", **table}
    with pytest.raises(PolicyError) as raised:
        read_policy(merged(SHIPPED, {"macros": {"greeting": complete}}))
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        pytest.param(
            {"text": "Hello {nmae}."}, "macros.greeting.text = 'Hello {nmae}.': {nmae} is no field of a macro; use name,", id="another field"
        ),
        pytest.param({"text": "Hello {nmae}."}, "(did you mean {name}?)", id="a field that is nearly one"),
        pytest.param({"text": "{name.__class__}"}, "{name.__class__} is no field", id="an attribute of a field"),
        pytest.param({"text": "{name:>9999999}"}, "{name} is no field", id="a format"),
        pytest.param({"text": "{name!r}"}, "{name} is no field", id="a conversion"),
        pytest.param({"text": "{}"}, "{} is no field", id="an empty field"),
        pytest.param({"text": "Hello {"}, "a brace stands alone; write {{ for a brace", id="a lone brace"),
        pytest.param({"text": "  "}, "macros.greeting.text = '  ': write the text that is sent", id="no text"),
        pytest.param({"title": ""}, "macros.greeting.title = '': write what teammates choose it by", id="no title"),
        pytest.param({"title": "x" * 76}, "in 1 to 75 letters", id="a title that no platform shows whole"),
        pytest.param({"audience": "account:acme"}, "macros.greeting.audience = 'account:acme': write public, or internal", id="one account's"),
        pytest.param({"audience": "person"}, "so not for one account or person", id="one person's"),
        pytest.param({"language": "xx"}, "macros.greeting.language = 'xx': write one of de, en, es, fr, pt", id="a language without phrases"),
        pytest.param({"categories": "billing"}, "macros.greeting.categories = 'billing': write a list", id="a word for a list"),
        pytest.param({"body": "x"}, "macros.greeting.body = 'x': there is no such key", id="another key"),
    ],
)
def test_a_mistake_in_a_macro_is_named_with_its_key_and_what_to_write(table, wrong):
    (problem,) = problems(**table)
    assert wrong in problem


@pytest.mark.parametrize(("macros", "wrong"), [({"two words": {}}, "write a short name"), ({"x": "text"}, "macros.x = 'text': write a table")])
def test_a_macro_is_a_table_with_a_name(macros, wrong):
    with pytest.raises(PolicyError, match=wrong):
        read_policy(merged(SHIPPED, {"macros": macros}))


def test_every_field_can_be_written():
    text = " ".join(f"{{{name}}}" for name in FIELDS)
    assert (
        read_policy(merged(SHIPPED, {"macros": {"all": {"title": "All", "text": text, "audience": "internal"}}})).macros["all"].audience == INTERNAL
    )
