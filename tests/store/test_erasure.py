"""Erasure: what a person wrote goes everywhere, and what was decided stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from desk.changes import Enqueue, RecordDecision, RecordFeedback, SaveChannel, SaveDraft, SaveEarly, SaveMessage, SaveSummary, SaveTicket
from desk.changes import Feedback as Said
from desk.customer import Role
from desk.decision import Escalate
from desk.errors import Conflict
from desk.ids import EventId, MessageId, OutboxId, TicketId
from desk.post import RowStatus
from desk.space import ChannelKind, MessageRef
from desk.summary import SummaryKind
from desk.timeline import File, Purpose
from store.database import Database
from store.repository import SqlStore
from store.schema import metadata
from tests.store.samples import (
    COMMUNITY,
    JONAS,
    MARA,
    NOW,
    SHARED,
    T1,
    THREAD,
    YUKI,
    channel,
    commit,
    decision,
    draft,
    message,
    one_ticket,
    post,
    sent,
    summary,
    ticket,
)

WORDS = "my-card-is-4111"


async def dump(database: Database) -> str:
    """Return every value of every table."""
    tables = [await database.read(lambda c, t=name: c.execute(text(f"SELECT * FROM {t}")).all()) for name in metadata.tables]
    return str(tables)


async def tell_all(store: SqlStore) -> None:
    """Let Mara say it in every way there is, with a draft and posts of ours that quote her."""
    await one_ticket(store)
    file = File(f"{WORDS}.png", "image/png", 10, text=WORDS)
    proposal = draft().proposal
    quoting = replace(
        draft(),
        proposal=replace(
            proposal,
            parts=(replace(proposal.parts[0], text=WORDS),),
            claims=(replace(proposal.claims[0], text=WORDS),),
            evidence=(replace(proposal.evidence[0], quote=WORDS),),
            related=(replace(proposal.evidence[0], quote=WORDS),),
            translation=WORDS,
            summary=WORDS,
        ),
        why=WORDS,
    )
    ours = message("o-1", WORDS, ref=None, by=JONAS, role=Role.BOT, purpose=Purpose.ANSWER, ticket=T1, place=THREAD)
    await commit(store, SaveMessage(message("m-2", WORDS, files=(file,), ticket=T1)), SaveMessage(message("m-3", WORDS)), SaveMessage(ours))
    await commit(store, SaveDraft(quoting), Enqueue(post(text=WORDS)), Enqueue(post("o-2", WORDS)), RecordDecision(decision()))
    await commit(store, *(SaveSummary(summary(WORDS, kind=kind)) for kind in SummaryKind))
    await commit(store, RecordFeedback(Said("f-1", T1, "csat", MARA, NOW, 1, comment=MessageId("m-2"))))
    await store.save_row(replace(sent((await store.sendable(NOW))[0]), status=RowStatus.SENDING))


async def test_after_an_erasure_no_table_holds_the_words_or_the_name(database: Database, store: SqlStore):
    await tell_all(store)
    assert await store.erase([MARA]) >= 9
    left = await dump(database)
    assert WORDS not in left
    assert "Mara Voss" not in left


async def test_an_erasure_keeps_the_decisions_and_that_something_was_said(store: SqlStore):
    await tell_all(store)
    await store.erase([MARA])
    assert await store.decisions(T1) == [decision()]
    assert [(m.id, m.text) for m in await store.timeline(T1)] == [("m-1", ""), ("m-2", ""), ("o-1", "")]
    assert [f.score for f in await store.feedback(T1)] == [1]


async def test_a_post_that_still_waited_is_not_sent_without_its_words(store: SqlStore):
    await tell_all(store)
    await store.erase([MARA])
    assert not await store.sendable(NOW)


async def test_others_keep_what_they_wrote(store: SqlStore):
    await tell_all(store)
    his = TicketId("t-2")
    await commit(
        store, SaveTicket(ticket("t-2", customer=YUKI)), SaveMessage(message("m-7", "hello", by=YUKI, ticket=his)), SaveDraft(draft("d-2", of=his))
    )
    await commit(store, SaveMessage(message("m-8", "we are looking", by=JONAS, role=Role.TEAMMATE, ticket=T1)), Enqueue(post("o-7", ticket=his)))
    await store.erase([MARA])
    assert [m.text for m in await store.timeline(his)] == ["hello"]
    assert await store.drafts(his) == [draft("d-2", of=his)]
    assert [m.text for m in await store.timeline(T1) if m.author == JONAS and m.role is Role.TEAMMATE] == ["we are looking"]
    row = await store.row(OutboxId("o-7"))
    assert row
    assert row.status is RowStatus.QUEUED


async def test_that_there_was_a_summary_stays_known_and_another_customers_keeps_its_words(store: SqlStore):
    await tell_all(store)
    await commit(store, SaveSummary(summary("We are looking.", of=TicketId("t-2"))))
    await store.erase([MARA])
    assert {(s.kind, s.points) for s in await store.summaries(T1)} == {(kind, ()) for kind in SummaryKind}
    assert [s.points[0].text for s in await store.summaries(TicketId("t-2"))] == ["We are looking."]


async def test_an_erasure_wins_over_whoever_read_before(store: SqlStore):
    seen = await one_ticket(store)
    await store.erase([MARA])
    with pytest.raises(Conflict):
        await commit(store, SaveTicket(seen))


async def test_an_erasure_wins_in_another_customers_ticket_as_well(store: SqlStore):
    seen = await one_ticket(store)
    await commit(store, SaveMessage(message("m-7", WORDS, by=YUKI, ticket=T1)))
    await store.erase([YUKI])
    with pytest.raises(Conflict):
        await commit(store, SaveTicket(seen))
    kept = await store.ticket(T1)
    assert kept is not None
    assert kept.customer_name == "Mara Voss"


async def test_an_erasure_done_twice_finds_nothing_more_in_messages(store: SqlStore):
    await commit(store, SaveMessage(message()))
    assert await store.erase([MARA]) == 1
    assert await store.erase([MARA]) == 0
    assert await store.erase([]) == 0


# Retention


async def test_chatter_in_a_community_loses_its_words_after_a_week(store: SqlStore):
    await one_ticket(store)
    await commit(store, RecordDecision(decision()), SaveMessage(message("m-2", "nice weather", by=YUKI, bystander=True)))
    assert await store.purge(NOW + timedelta(days=6)) == 0
    assert await store.purge(NOW + timedelta(days=8)) == 2
    assert [(m.id, m.text) for m in await store.thread(THREAD)] == [("m-1", "")]
    assert await store.purge(NOW + timedelta(days=8)) == 0


async def test_a_summary_of_such_chatter_goes_with_it(store: SqlStore):
    await one_ticket(store)
    await commit(store, RecordDecision(decision()), SaveSummary(summary(WORDS)))
    assert await store.purge(NOW + timedelta(days=6)) == 0
    assert await store.purge(NOW + timedelta(days=8)) == 2
    assert [s.points for s in await store.summaries(T1)] == [()]


@pytest.mark.parametrize("action", [Escalate(("no_answer",))])
async def test_a_request_is_kept(store: SqlStore, action: Escalate):
    await one_ticket(store)
    await commit(store, RecordDecision(decision()), RecordDecision(decision("x-2", action=action)))
    await store.purge(NOW + timedelta(days=8))
    assert [m.text for m in await store.timeline(T1)] == [message().text]


async def test_a_ticket_nobody_decided_about_yet_is_kept(store: SqlStore):
    await one_ticket(store)
    await store.purge(NOW + timedelta(days=8))
    assert [m.text for m in await store.timeline(T1)] == [message().text]


async def test_what_was_said_in_a_shared_channel_is_kept(store: SqlStore):
    said = message(place=replace(THREAD, channel=SHARED))
    await commit(store, SaveChannel(channel(SHARED, ChannelKind.SHARED, "acme")), SaveMessage(said))
    await store.purge(NOW + timedelta(days=8))
    assert await store.message_by_id(said.id) == said


async def test_handled_ids_go_after_a_month_and_edits_without_a_message_after_a_week(store: SqlStore):
    lost = MessageRef(COMMUNITY, "404")
    await commit(store, SaveEarly(lost, NOW, WORDS), event="e")
    await store.purge(NOW + timedelta(days=8))
    assert not await store.early(lost)
    assert await store.follow_ups(EventId("e")) is not None
    await store.purge(NOW + timedelta(days=31))
    assert await store.follow_ups(EventId("e")) is None


async def test_a_post_that_could_not_be_sent_loses_its_words_after_a_week(store: SqlStore):
    await commit(store, Enqueue(post()))
    await store.save_row(replace((await store.sendable(NOW))[0], status=RowStatus.FAILED))
    await store.purge(NOW + timedelta(days=8))
    row = await store.row(OutboxId("o-1"))
    assert row
    assert (row.status, row.post.card) == (RowStatus.FAILED, None)
