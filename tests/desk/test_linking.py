"""Linking: what a code is worth, to whom one may be mailed, and what is shown of an address."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.customer import Person, Role
from desk.ids import PersonId
from desk.linking import Answer, Challenge, IdentityPolicy, addressee, current, judged, masked, read_address, read_code, sealed, tried
from desk.space import Platform, UserRef

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
POLICY = IdentityPolicy()
MARA = Person(PersonId("mara-voss"), "Mara Voss", email="mara.voss@acme.example")
CODE = sealed("123456", "c-1")
OPEN = Challenge("c-1", UserRef(Platform.DISCORD, "1", "2"), MARA.id, NOW, NOW + POLICY.code, code=CODE)


@pytest.mark.parametrize(
    ("challenge", "given", "at", "answer"),
    [
        pytest.param(OPEN, CODE, NOW, Answer.RIGHT, id="the code is right"),
        pytest.param(OPEN, sealed("123457", "c-1"), NOW, Answer.WRONG, id="another code is wrong"),
        pytest.param(OPEN, sealed("123456", "c-2"), NOW, Answer.WRONG, id="the same code of another challenge is wrong"),
        pytest.param(OPEN, "", NOW, Answer.WRONG, id="no code is wrong"),
        pytest.param(OPEN, CODE, NOW + POLICY.code - timedelta(seconds=1), Answer.RIGHT, id="it holds to the last second"),
        pytest.param(OPEN, CODE, NOW + POLICY.code, Answer.OVER, id="and then no more"),
        pytest.param(replace(OPEN, tries=4), CODE, NOW, Answer.RIGHT, id="the fifth try may be right"),
        pytest.param(replace(OPEN, tries=5), CODE, NOW, Answer.OVER, id="there is no sixth"),
        pytest.param(replace(OPEN, is_over=True), CODE, NOW, Answer.OVER, id="one that was used is over"),
        pytest.param(replace(OPEN, code="", person=None), sealed("", "c-1"), NOW, Answer.WRONG, id="nothing is right where nothing was mailed"),
        pytest.param(replace(OPEN, code=""), "", NOW, Answer.WRONG, id="not even nothing"),
        pytest.param(None, CODE, NOW, Answer.OVER, id="where nobody asked there is nothing to give"),
    ],
)
def test_a_code_is_judged(challenge, given, at, answer):
    assert judged(challenge, given, POLICY, now=at) is answer


def test_the_last_wrong_code_ends_it():
    found = OPEN
    for n in range(1, 6):
        found = tried(found, POLICY)
        assert (found.tries, found.is_over) == (n, n == 5)


@pytest.mark.parametrize(
    ("people", "to"),
    [
        pytest.param([MARA], MARA, id="the only customer at an address"),
        pytest.param([], None, id="nobody"),
        pytest.param([MARA, replace(MARA, id=PersonId("other"))], None, id="nobody of two who share it"),
        pytest.param([replace(MARA, email="")], None, id="nobody without an address"),
        *[pytest.param([replace(MARA, role=role)], None, id=f"no {role}") for role in Role if role is not Role.CUSTOMER],
    ],
)
def test_a_code_goes_to(people, to):
    assert addressee(people) == to


def test_the_open_challenge_is_the_one_that_counts_else_the_last():
    over, later = replace(OPEN, is_over=True), replace(OPEN, id="c-2")
    assert current([later, over]) == later
    assert current([replace(later, is_over=True), over]) == over
    assert current([]) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param("mara.voss@acme.example", "m***@acme.example", id="an address"),
        pytest.param(" m@acme.example ", "m***@acme.example", id="a short one with blanks, which looks as long"),
        pytest.param("", "***@", id="none"),
    ],
)
def test_evidence_shows_of_an_address_its_first_letter_and_where_it_is(address, shown):
    assert masked(address) == shown


@pytest.mark.parametrize("typed", ["123456", " 123456 ", "123 456", "123-456", "123\u00a0456"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["Mara.Voss@ACME.example", " mara.voss@acme.example\n", "mailto:mara.voss@acme.example"])
def test_an_address_is_read_however_it_is_typed(typed):
    assert read_address(typed) == "mara.voss@acme.example"
