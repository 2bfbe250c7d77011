"""Incidents and meanings, whatever keeps them. Run on SQLite and on Postgres."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import SaveIncident, SaveMeaning, SaveMessage
from desk.errors import Conflict
from desk.ids import IncidentId, MessageId
from desk.incident import Incident, IncidentStatus, Telling
from desk.meaning import Meaning
from desk.store import Store
from tests.store.samples import MARA, NOW, T1, commit, message, one_ticket

VECTOR = Meaning("e", b"\x00\x01\xff\x7f")


async def test_an_incident_is_kept_by_compare_and_set(store: Store):
    first = Incident(IncidentId("i-1"), "x", NOW, (T1,), center=VECTOR, tellings=(Telling("a", MessageId("m"), NOW, MARA, "Mara"),))
    await commit(store, SaveIncident(first))
    held = await store.incident(first.id)
    assert held == replace(first, revision=1)
    await commit(store, SaveIncident(replace(held, status=IncidentStatus.CONFIRMED)))
    with pytest.raises(Conflict):
        await commit(store, SaveIncident(replace(held, status=IncidentStatus.DISMISSED)))
    with pytest.raises(Conflict):
        await commit(store, SaveIncident(first))
    assert (await store.incident(first.id)).status is IncidentStatus.CONFIRMED


async def test_incidents_come_oldest_first_and_the_open_ones_apart(store: Store):
    over = Incident(IncidentId("i-2"), "x", NOW - timedelta(hours=1), status=IncidentStatus.FIXED)
    for incident in (Incident(IncidentId("i-1"), "x", NOW), over):
        await commit(store, SaveIncident(incident))
    assert [i.id for i in await store.incidents()] == ["i-2", "i-1"]
    assert [i.id for i in await store.incidents(open_only=True)] == ["i-1"]
    assert await store.incident(IncidentId("i-9")) is None


async def test_meanings_come_oldest_first_and_of_too_many_the_latest(store: Store):
    await one_ticket(store)
    for n in range(4):
        await commit(store, SaveMessage(message(f"m-1{n}", at=NOW + timedelta(minutes=n), ticket=T1)), SaveMeaning(MessageId(f"m-1{n}"), VECTOR))
    assert [m.message for m in await store.meanings(embedder="e")] == ["m-10", "m-11", "m-12", "m-13"]
    assert [m.message for m in await store.meanings(T1, embedder="e", most=2)] == ["m-12", "m-13"]
    assert [m.message for m in await store.meanings(embedder="e", since=NOW + timedelta(minutes=3))] == ["m-13"]
    assert await store.meanings(embedder="f") == []
    assert (await store.meanings(embedder="e"))[0].meaning == VECTOR


async def test_a_meaning_is_kept_once_and_only_of_what_is_in_a_ticket(store: Store):
    await one_ticket(store)
    await commit(store, SaveMessage(message("m-20", ticket=T1)), SaveMeaning(MessageId("m-20"), VECTOR))
    await commit(store, SaveMeaning(MessageId("m-20"), Meaning("e", b"\x00\x00\x00\x00")))
    await commit(store, SaveMessage(message("m-21")), SaveMeaning(MessageId("m-21"), VECTOR), SaveMeaning(MessageId("m-99"), VECTOR))
    (kept,) = await store.meanings(embedder="e")
    assert (kept.message, kept.meaning.vector) == ("m-20", b"\x00\x00\x00\x00")


async def test_what_was_erased_means_nothing(store: Store):
    await one_ticket(store)
    await commit(store, SaveMessage(message("m-30", ticket=T1)), SaveMeaning(MessageId("m-30"), VECTOR))
    await store.erase([MARA])
    assert await store.meanings(embedder="e") == []
