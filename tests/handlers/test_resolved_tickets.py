"""Resolved tickets: offered, read by a person, and only then an article."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.redaction import redacted
from desk.candidate import CandidateStatus
from desk.source import Source, SourceKind, SyncState
from knowledge.syncing import staging
from knowledge.tickets import ResolvedTickets, answered, article, asked
from store.candidates import SqlCandidates
from store.library import SqlLibrary
from store.sources import SqlSources
from tests.fakes import START
from tests.knowledge.kit import document
from tests.world import user

ANSWER = "Hi Mara, open Settings, choose Exports and press Retry; the file of invoice INV-9001 follows within a minute."


@pytest.fixture
async def resolved(drafting):
    """A world in which a teammate worded an answer and the customer called it solved."""
    await drafting.asks("mara", "My export of INV-9001 has been stuck since noon, when does my refund arrive? Mail me at mara@acme.example")
    await drafting.clicks("noor", "Edit", text=ANSWER)
    await drafting.clicks("mara", "Solved")
    return drafting


def connector(w) -> ResolvedTickets:
    return ResolvedTickets(w.store, SqlCandidates(w.store.database), w.customers, redacted)


async def articles(w):
    return [item for batch in [b async for b in connector(w).batches("")] for item in batch.items]


async def judge(w, status, **more):
    rows = SqlCandidates(w.store.database)
    (candidate,) = await rows.candidates()
    assert await rows.judge(replace(candidate, status=status, decided_at=START, **more))


async def test_an_answer_in_a_teammates_words_is_offered_without_names_and_data(resolved):
    assert await articles(resolved) == []
    (candidate,) = await SqlCandidates(resolved.store.database).candidates()
    assert candidate.status is CandidateStatus.WAITING
    assert candidate.answer == "Hi [name], open Settings, choose Exports and press Retry; the file of invoice [number] follows within a minute."
    assert "mara" not in candidate.question.lower()
    assert "stuck since noon" in candidate.question


async def test_only_what_a_person_approved_becomes_an_article(resolved):
    await articles(resolved)
    await judge(resolved, CandidateStatus.APPROVED, title="A stuck export")
    (found,) = await articles(resolved)
    assert (found.title, found.updated, found.reviewed) == ("A stuck export", "2026-11-02", "2026-11-02")
    assert "press Retry" in found.text
    await judge(resolved, CandidateStatus.REJECTED)
    assert await articles(resolved) == []


async def test_what_was_judged_is_not_offered_again(resolved):
    await articles(resolved)
    await judge(resolved, CandidateStatus.REJECTED)
    assert await connector(resolved).offer() == 0
    (candidate,) = await SqlCandidates(resolved.store.database).candidates()
    assert candidate.status is CandidateStatus.REJECTED


async def test_it_goes_on_behind_a_ticket(resolved):
    await articles(resolved)
    await judge(resolved, CandidateStatus.APPROVED)
    batches = [batch async for batch in connector(resolved).batches("")]
    assert [batch async for batch in connector(resolved).batches(batches[-1].cursor)] == []


async def test_an_erased_customers_answer_goes_too(resolved):
    await articles(resolved)
    await judge(resolved, CandidateStatus.APPROVED)
    await resolved.store.erase([user("mara")])
    assert await SqlCandidates(resolved.store.database).candidates() == []
    assert await articles(resolved) == []


async def test_the_article_of_an_erased_customers_answer_goes_at_once(resolved):
    await articles(resolved)
    await judge(resolved, CandidateStatus.APPROVED)
    (found,) = await articles(resolved)
    library = SqlLibrary(resolved.store.database)
    source = Source("solved", SourceKind.TICKETS)
    await library.put(document(source.document(found.id), source=source.origin), [], {}, embedder="e")
    await library.put(document("help/t-1.md", source="source:help"), [], {}, embedder="e")
    await resolved.store.erase([user("mara")])
    left = {each.id for each in await library.documents()}
    assert "help/t-1.md" in left
    assert source.document(found.id) not in left


async def test_what_a_sync_has_read_of_an_erased_customers_answer_is_not_put_later(resolved):
    await articles(resolved)
    await judge(resolved, CandidateStatus.APPROVED)
    (found,) = await articles(resolved)
    rows = SqlSources(resolved.store.database)
    await rows.hold("solved", "one", now=START, until=START + timedelta(minutes=1))
    await rows.save(SyncState("solved"), holder="one", staged=dict(map(staging.pack, [found, replace(found, id="t-other")])))
    await resolved.store.erase([user("mara")])
    assert [staging.unpack(text).id for _, text in await rows.staged("solved")] == ["t-other"]


async def test_a_quoted_answer_teaches_nothing_new(drafting):
    await drafting.asks("ina", "When does my refund arrive?")
    await drafting.clicks("noor", "Approve")
    await drafting.clicks("ina", "Solved")
    assert await connector(drafting).offer() == 0


async def test_a_ticket_that_ended_in_silence_teaches_nothing(drafting):
    await drafting.asks("ina", "When does my refund arrive?")
    await drafting.clicks("noor", "Edit", text="Within five days of our approving it, always on a working day.")
    await drafting.wait(days=10)
    assert await connector(drafting).offer() == 0


async def test_an_answer_from_a_customers_record_is_nobody_elses_business(drafting):
    await drafting.asks("mara", "refund for my invoice?")
    await drafting.clicks("noor", "Edit", text="Your invoice over 420 euro is being refunded to the card you paid with.")
    await drafting.clicks("mara", "Solved")
    assert await connector(drafting).offer() == 0


async def test_what_a_teammate_wrote_in_the_thread_is_an_answer_too(drafting):
    asked_at = await drafting.asks("ina", "How do I move my workspace to another owner?")
    await drafting.says("noor", "Open Settings, choose Ownership and name the new owner there, Ina.", under=asked_at)
    tickets = await drafting.store.tickets()
    timeline = await drafting.store.timeline(tickets[0].id)
    assert asked(timeline) == "How do I move my workspace to another owner?"
    assert answered(timeline, ()) == "Open Settings, choose Ownership and name the new owner there, Ina."


async def test_a_long_question_becomes_a_short_title(resolved):
    await articles(resolved)
    (candidate,) = await SqlCandidates(resolved.store.database).candidates()
    long = replace(candidate, question="why " * 80, solved=START - timedelta(days=3))
    assert len(article(long).title) <= 120
    assert article(long).updated == "2026-10-30"
    assert article(long).reviewed == ""
