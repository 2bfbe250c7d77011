"""Challenges: what the desk may rely on of the store about codes, on SQLite and on Postgres."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import ExpectChallenges, SaveChallenge, write
from desk.errors import Conflict
from desk.ids import EventId, PersonId
from desk.linking import Challenge
from desk.store import Store
from tests.store.samples import MARA, NOW, YUKI, commit

HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=10)
PERSON = PersonId("mara-voss")
ASKED = Challenge("c-1", MARA, PERSON, NOW, NOW + MINUTES, code="a" * 64, address="b" * 64)


async def test_a_challenge_is_kept_whole(store: Store):
    await commit(store, SaveChallenge(ASKED))
    assert await store.challenge("c-1") == ASKED
    assert await store.challenge("c-2") is None


async def test_they_are_found_by_who_asked_by_person_and_since_an_instant(store: Store):
    others = (
        replace(ASKED, id="c-2", user=YUKI, at=NOW + HOUR),
        replace(ASKED, id="c-3", person=None, at=NOW - HOUR),
        replace(ASKED, id="c-4", user=YUKI, person=PersonId("yuki-tan")),
    )
    await commit(store, *map(SaveChallenge, (ASKED, *others)))

    async def found(*who, **more):
        return [challenge.id for challenge in await store.challenges(*who, **more)]

    assert await found(MARA, since=NOW - HOUR) == ["c-3", "c-1"]
    assert await found(MARA, since=NOW) == ["c-1"]
    assert await found(person=PERSON, since=NOW) == ["c-1", "c-2"]
    assert await found(since=NOW + HOUR) == ["c-2"]


async def test_of_two_tries_at_once_the_second_counts_anew(store: Store):
    await commit(store, SaveChallenge(ASKED))
    tried = SaveChallenge(replace(ASKED, tries=1), was=ASKED)
    results = await asyncio.gather(*(store.commit(EventId(f"e-{n}"), write(tried), at=NOW) for n in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["bool"]


async def test_a_try_at_what_was_given_up_meanwhile_is_lost(store: Store):
    over = replace(ASKED, is_over=True)
    await commit(store, SaveChallenge(ASKED))
    await store.commit(EventId("e-1"), write(SaveChallenge(over, was=ASKED)), at=NOW)
    with pytest.raises(Conflict):
        await store.commit(EventId("e-2"), write(SaveChallenge(replace(ASKED, tries=1), was=ASKED)), at=NOW)
    assert await store.challenge("c-1") == over


async def test_a_try_at_what_was_erased_meanwhile_is_lost(store: Store):
    with pytest.raises(Conflict):
        await store.commit(EventId("e-1"), write(SaveChallenge(replace(ASKED, tries=1), was=ASKED)), at=NOW)


async def test_of_several_who_ask_at_once_for_codes_to_one_person_each_counts_the_others(store: Store):
    def asking(n: int):
        user = replace(MARA, id=f"u{n}")
        return write(ExpectChallenges(user, PERSON, NOW - HOUR, asked=0, sent=0), SaveChallenge(replace(ASKED, id=f"c-{n}", user=user)))

    results = await asyncio.gather(*(store.commit(EventId(f"e-{n}"), asking(n), at=NOW) for n in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["bool"]
    assert len(await store.challenges(person=PERSON, since=NOW - HOUR)) == 1


async def test_who_asks_for_nobody_in_particular_is_counted_too(store: Store):
    await commit(store, SaveChallenge(replace(ASKED, person=None)))
    with pytest.raises(Conflict):
        await store.commit(EventId("e-1"), write(ExpectChallenges(MARA, None, NOW - HOUR, asked=0, sent=0)), at=NOW)
    await store.commit(EventId("e-2"), write(ExpectChallenges(MARA, None, NOW - HOUR, asked=1, sent=7)), at=NOW)


async def test_what_a_user_asked_for_is_erased_with_them(store: Store):
    await commit(store, SaveChallenge(ASKED), SaveChallenge(replace(ASKED, id="c-2", user=YUKI)))
    await store.erase([MARA])
    assert [challenge.id for challenge in await store.challenges(since=NOW)] == ["c-2"]


async def test_what_nobody_counts_any_more_is_dropped(store: Store):
    await commit(store, SaveChallenge(ASKED))
    await store.purge(NOW + 24 * HOUR)
    assert await store.challenge("c-1") == ASKED
    await store.purge(NOW + 26 * HOUR)
    assert await store.challenge("c-1") is None
