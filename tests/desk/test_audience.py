"""Audience: a partial order, and what each kind of place may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.audience import INTERNAL, PUBLIC, Audience, Scope, account, may_show, of_place, parse, person
from desk.errors import InvalidInput
from desk.space import ChannelKind

AUDIENCES = st.one_of(st.just(PUBLIC), st.just(INTERNAL), st.sampled_from("abc").map(account), st.sampled_from("abc").map(person))


@given(AUDIENCES)
def test_whoever_may_see_a_fact_may_see_it(a):
    assert a <= parse(str(a))


@given(AUDIENCES, AUDIENCES)
def test_two_that_are_below_one_another_are_the_same(a, b):
    assert not (a <= b <= a) or a == b


@given(AUDIENCES, AUDIENCES, AUDIENCES)
def test_what_is_below_is_below_everything_above(a, b, c):
    assert not (a <= b <= c) or a <= c


@given(AUDIENCES)
def test_public_is_below_and_internal_above_everything(a):
    assert PUBLIC <= a <= INTERNAL


@given(st.sampled_from("abc"), st.sampled_from("abc"))
def test_an_account_and_a_person_are_never_comparable(one, other):
    assert not account(one) <= person(other)
    assert not person(one) <= account(other)


@given(AUDIENCES)
def test_what_is_written_is_read_back(a):
    assert parse(str(a)) == a


@pytest.mark.parametrize("text", ["", "everybody", "account", "account:", "person:", "public:x", "internal:x", "Public"])
def test_what_names_no_audience_is_refused_with_what_to_write(text):
    with pytest.raises(InvalidInput, match="write public, account:ID, person:ID or internal"):
        parse(text)


@pytest.mark.parametrize(("scope", "subject"), [(Scope.PUBLIC, "x"), (Scope.INTERNAL, "x"), (Scope.ACCOUNT, ""), (Scope.PERSON, "")])
def test_an_audience_has_a_subject_exactly_when_its_scope_has_one(scope, subject):
    with pytest.raises(InvalidInput):
        Audience(scope, subject)


@pytest.mark.parametrize(
    ("kind", "known", "shown"),
    [
        pytest.param(ChannelKind.COMMUNITY, {"account_id": "a", "person_id": "p"}, {PUBLIC}, id="a community channel shows what is public"),
        pytest.param(ChannelKind.SHARED, {"account_id": "a", "person_id": "p"}, {account("a")}, id="a shared channel shows its account's"),
        pytest.param(
            ChannelKind.SHARED, {"account_id": "a", "person_id": None, "others": ["a", "a"]}, {account("a")}, id="also with people of the account"
        ),
        pytest.param(
            ChannelKind.SHARED, {"account_id": "a", "person_id": None, "others": ["a", "b"]}, {PUBLIC}, id="but not with somebody of another account"
        ),
        pytest.param(ChannelKind.SHARED, {"account_id": "a", "person_id": None, "others": [None]}, {PUBLIC}, id="nor with somebody unknown"),
        pytest.param(ChannelKind.SHARED, {"account_id": None, "person_id": None}, {PUBLIC}, id="a shared channel of nobody is public"),
        pytest.param(
            ChannelKind.DIRECT,
            {"account_id": "a", "person_id": "p"},
            {account("a"), person("p")},
            id="a direct message shows both",
        ),
        pytest.param(ChannelKind.DIRECT, {"account_id": None, "person_id": "p"}, {person("p")}, id="or the person's alone"),
        pytest.param(ChannelKind.DIRECT, {"account_id": "a", "person_id": None}, {PUBLIC}, id="to who is not verified, what is public"),
        pytest.param(ChannelKind.INTERNAL, {"account_id": None, "person_id": None}, {INTERNAL}, id="an internal channel shows everything"),
    ],
)
def test_what_a_channel_may_show(kind, known, shown):
    assert of_place(kind, **known) == shown


@given(AUDIENCES)
def test_a_place_that_may_show_a_fact_may_show_what_is_below_it(a):
    assert may_show({a}, PUBLIC)
    assert may_show({INTERNAL}, a)
    assert may_show({account("a"), person("p")}, a) is (a in (PUBLIC, account("a"), person("p")))
