"""Stored JSON: it carries its number, and older numbers are still read."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from desk.customer import Account
from desk.decision import Action, Escalate, Observe
from desk.errors import InvalidInput
from desk.events import Event
from desk.ids import AccountId
from desk.post import Post
from desk.ticket import Ticket
from store.repository import WRITERS, joined
from store.rows import READERS, SCHEMA, pack, unpack, unpack_maybe
from tests.store.samples import T1, draft, message, post, ticket, turn

TICKET_OF_SCHEMA_0 = """{
  "type": "Ticket", "id": "t-1", "group": "user:local/main/mara-voss", "customer_name": "Mara Voss", "opened": "2026-11-02T10:00:00+00:00",
  "place": {"type": "Place", "channel": {"type": "ChannelRef", "platform": "local", "space": "main", "id": "community"}, "thread": "1"},
  "anchor": {"type": "MessageRef", "channel": {"type": "ChannelRef", "platform": "local", "space": "main", "id": "community"}, "id": "1"},
  "customer": {"type": "UserRef", "platform": "local", "space": "main", "id": "mara-voss"}
}"""


@pytest.mark.parametrize(
    "value",
    [ticket(), message(), draft(), post(), Account(AccountId("acme"), "Acme", first_response=timedelta(hours=1))],
    ids=lambda v: type(v).__name__,
)
def test_a_value_comes_back_as_it_was(value):
    assert unpack(type(value), pack(value)) == value


def test_stored_json_carries_the_number_of_its_schema():
    assert json.loads(pack(ticket()))["schema"] == SCHEMA


def test_a_row_from_before_numbers_were_stored_is_read():
    assert unpack(Ticket, TICKET_OF_SCHEMA_0) == ticket()


def test_there_is_a_reader_for_every_older_number():
    assert sorted(READERS) == list(range(SCHEMA))


def test_a_row_from_the_future_is_not_guessed_at():
    with pytest.raises(InvalidInput, match="schema 99"):
        unpack(Ticket, pack(ticket()).replace(f'"schema":{SCHEMA}', '"schema":99'))


def test_a_field_that_a_newer_version_added_does_not_stop_an_older_one():
    assert unpack(Post, pack(post()).replace('"schema"', '"invented":true,"schema"')) == post()


def test_a_union_is_read_as_what_was_written():
    assert unpack(Action, pack(Observe(Escalate(("security",))))) == Observe(Escalate(("security",)))


def test_sequences_are_kept_too():
    assert unpack(tuple[Event, ...], pack((turn(),))) == (turn(),)
    assert unpack(tuple[Event, ...], pack(())) == ()


def test_what_is_absent_stays_absent():
    assert unpack_maybe(Ticket, None) is None


def test_a_row_that_does_not_fit_is_named_without_its_words():
    with pytest.raises(InvalidInput, match="Ticket") as caught:
        unpack(Ticket, '{"schema": 1, "text": "my secret"}')
    assert "secret" not in str(caught.value)


def test_two_functions_for_one_write_are_found_at_import():
    first: Sequence[type] = list(WRITERS)[:1]
    with pytest.raises(ValueError, match=first[0].__name__):
        joined(WRITERS, {first[0]: lambda connection, write: None})


def test_ids_are_written_as_they_are():
    assert json.loads(pack(ticket()))["id"] == T1
