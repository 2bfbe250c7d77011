"""Candidates in SQL, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.candidate import Candidate, CandidateStatus
from desk.ids import TicketId
from store.candidates import SqlCandidates
from store.database import Database
from tests.fakes import START

FIRST = Candidate(TicketId("t-1"), "How?", "Press Retry.", START, "billing", "en")
LATER = replace(FIRST, ticket=TicketId("t-0"), solved=START + timedelta(hours=1))


@pytest.fixture
def rows(database: Database) -> SqlCandidates:
    return SqlCandidates(database)


async def test_candidates_come_back_oldest_first_and_by_status(rows: SqlCandidates):
    await rows.offer(LATER)
    await rows.offer(FIRST)
    approved = replace(LATER, status=CandidateStatus.APPROVED, decided_at=START)
    assert await rows.judge(approved)
    assert await rows.candidates() == [FIRST, approved]
    assert await rows.candidates(CandidateStatus.WAITING) == [FIRST]


async def test_one_that_was_judged_is_not_offered_anew(rows: SqlCandidates):
    rejected = replace(FIRST, status=CandidateStatus.REJECTED)
    await rows.offer(FIRST)
    await rows.judge(rejected)
    await rows.offer(FIRST)
    assert await rows.candidates() == [rejected]


async def test_one_that_is_gone_does_not_come_back_by_being_judged(rows: SqlCandidates):
    assert not await rows.judge(FIRST)
    assert await rows.candidates() == []
