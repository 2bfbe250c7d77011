"""The store contract: what the desk may rely on, whatever keeps it. Run on SQLite and on Postgres."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import (
    Changes,
    ClearDeadlines,
    DropDeadline,
    Enqueue,
    Expect,
    Feedback,
    RecordDecision,
    RecordFeedback,
    RecordGap,
    Refresh,
    SaveBreach,
    SaveCard,
    SaveChannel,
    SaveDraft,
    SaveEarly,
    SaveEscalation,
    SaveMessage,
    SaveSummary,
    SaveTicket,
    SetDeadline,
    Unsend,
    Write,
    follow,
)
from desk.customer import Role
from desk.deadlines import Deadline, DeadlineKind
from desk.decision import Escalate, decide
from desk.draft import DraftStatus, Verdict
from desk.errors import Conflict
from desk.escalation import Escalation, Trigger
from desk.ids import AccountId, CardId, DraftId, EventId, MessageId, OutboxId, PersonId, TicketId
from desk.post import Direct, Op, RowStatus
from desk.sla import Breach, Target
from desk.space import ChannelKind, MessageRef, Place
from desk.store import Store
from desk.summary import SummaryKind
from desk.ticket import Status
from desk.timeline import Purpose, tombstone
from store.repository import WRITERS
from tests.store.samples import (
    AGENTS,
    COMMUNITY,
    JONAS,
    MARA,
    NOW,
    SHARED,
    T1,
    THREAD,
    YUKI,
    card,
    channel,
    commit,
    decision,
    draft,
    draft_card,
    edit,
    message,
    minutes,
    one_ticket,
    post,
    sent,
    summary,
    ticket,
    turn,
)

HERS, HIS = f"user:{MARA}", f"user:{YUKI}"


def test_every_write_has_one_function():
    assert set(WRITERS) == set(Write.__args__)


# What an event writes


async def test_an_event_is_committed_once_and_its_follow_ups_are_remembered(store: Store):
    changes = Changes((SaveTicket(ticket()),)) + follow(turn())
    assert await store.commit(EventId("e"), changes, at=NOW)
    assert not await store.commit(EventId("e"), changes, at=NOW)
    assert await store.follow_ups(EventId("e")) == (turn(),)
    assert [t.revision for t in await store.tickets()] == [1]


async def test_an_event_that_wrote_nothing_is_handled_all_the_same(store: Store):
    assert await store.commit(EventId("e"), Changes(), at=NOW)
    assert list(await store.follow_ups(EventId("e"))) == []
    assert await store.follow_ups(EventId("another")) is None


async def test_a_commit_that_loses_leaves_nothing_behind(store: Store):
    await one_ticket(store)
    with pytest.raises(Conflict):
        await commit(store, SaveMessage(message("m-2")), SaveTicket(replace(ticket(), revision=7)), event="lost")
    assert await store.message_by_id(MessageId("m-2")) is None
    assert await store.follow_ups(EventId("lost")) is None


# Tickets


async def test_a_ticket_comes_back_as_it_was_saved_one_revision_later(store: Store):
    saved = ticket(account=AccountId("acme"), participants=(MARA, YUKI), status=Status.WAITING_TEAM)
    await commit(store, SaveTicket(saved))
    assert await store.ticket(T1) == replace(saved, revision=1)
    assert await store.ticket(TicketId("t-2")) is None


async def test_of_two_who_saw_the_same_revision_one_wins(store: Store):
    seen = await one_ticket(store)
    await commit(store, SaveTicket(replace(seen, category="billing")))
    with pytest.raises(Conflict):
        await commit(store, SaveTicket(replace(seen, category="onboarding")))
    found = await store.ticket(T1)
    assert found
    assert (found.category, found.revision) == ("billing", 2)


async def test_a_ticket_is_opened_once(store: Store):
    await one_ticket(store)
    with pytest.raises(Conflict):
        await commit(store, SaveTicket(ticket()))


async def test_a_ticket_saved_twice_in_a_commit_is_compared_once_and_keeps_its_last_content(store: Store):
    seen = await one_ticket(store)
    await commit(store, SaveTicket(replace(seen, category="billing")), SaveTicket(replace(seen, category="bug report", revision=2)))
    found = await store.ticket(T1)
    assert found
    assert (found.category, found.revision) == ("bug report", 2)


async def test_tickets_are_listed_oldest_first_and_those_over_can_be_left_out(store: Store):
    later, closed = ticket("t-2", opened=NOW + minutes(1)), ticket("t-0", opened=NOW + minutes(2), status=Status.CLOSED)
    await commit(store, SaveTicket(closed), SaveTicket(later), SaveTicket(ticket()))
    assert [t.id for t in await store.tickets()] == ["t-1", "t-2", "t-0"]
    assert [t.id for t in await store.tickets(open_only=True)] == ["t-1", "t-2"]


async def test_a_thread_knows_its_tickets(store: Store):
    await commit(
        store,
        SaveTicket(ticket("t-2", opened=NOW + minutes(1), customer=YUKI)),
        SaveTicket(ticket()),
        SaveTicket(ticket("t-3", place=Place(COMMUNITY, "2"))),
    )
    assert [t.id for t in await store.tickets_in_thread(THREAD)] == ["t-1", "t-2"]


async def test_a_groups_tickets_are_those_with_a_message_since_then(store: Store):
    await one_ticket(store)
    await commit(store, SaveTicket(ticket("t-2", customer=YUKI)), SaveMessage(message("m-2", by=YUKI, ticket=TicketId("t-2"))))
    assert [t.id for t in await store.tickets_of_group(COMMUNITY, HERS, since=NOW)] == ["t-1"]
    assert not await store.tickets_of_group(COMMUNITY, HERS, since=NOW + minutes(1))
    assert not await store.tickets_of_group(SHARED, HERS, since=NOW)


async def test_an_accounts_tickets_are_found_on_every_platform_and_by_person(store: Store):
    acme, mara = AccountId("acme"), PersonId("mara-voss")
    await commit(store, SaveTicket(ticket(account=acme)), SaveTicket(ticket("t-2", person=mara, opened=NOW + minutes(1))), SaveTicket(ticket("t-3")))
    assert [t.id for t in await store.tickets_of_account(acme, mara, since=NOW)] == ["t-1", "t-2"]
    assert [t.id for t in await store.tickets_of_account(acme, None, since=NOW + minutes(1))] == []
    assert not await store.tickets_of_account(None, None, since=NOW)


# Messages


async def test_a_message_comes_back_as_it_was_said(store: Store):
    said = message(text='<b>\u202ehi\u202c</b> 🙂 "' + "x" * 5000, mentions_bot=True)
    await commit(store, SaveMessage(said))
    assert await store.message_by_id(said.id) == said
    assert said.ref
    assert await store.message(said.ref) == said


async def test_a_ten_megabyte_message_and_an_empty_one_are_kept(store: Store):
    await commit(store, SaveMessage(message(text="x" * 10_000_000)), SaveMessage(message("m-2", text="")))
    assert [len(m.text) for m in await store.pending(COMMUNITY, HERS)] == [10_000_000, 0]


async def test_a_deleted_message_stays_deleted_when_an_older_one_is_saved_again(store: Store):
    said = message()
    await commit(store, SaveMessage(said), SaveMessage(tombstone(said, NOW + minutes(1))), SaveMessage(said))
    found = await store.message_by_id(said.id)
    assert found
    assert (found.deleted, found.text) == (True, "")


async def test_a_deleted_message_still_finds_its_ticket(store: Store):
    gone = tombstone(message(), NOW)
    await commit(store, SaveMessage(gone), SaveMessage(replace(message(), ticket=T1)))
    assert [(m.id, m.deleted) for m in await store.timeline(T1)] == [("m-1", True)]


async def test_a_message_keeps_its_ticket_and_its_ref_when_it_is_saved_without(store: Store):
    await commit(store, SaveMessage(message(ticket=T1)), SaveMessage(message(text="edited", ref=None)))
    found = await store.message_by_id(MessageId("m-1"))
    assert found
    assert (found.ticket, found.ref, found.text) == (T1, message().ref, "edited")


async def test_a_timeline_is_in_platform_order_whatever_came_first(store: Store):
    late, first, tied = message("m-3", at=NOW + minutes(2)), message("m-2"), message("m-1", at=NOW + minutes(2))
    await commit(store, *(SaveMessage(replace(m, ticket=T1)) for m in (late, first, tied)))
    assert [m.id for m in await store.timeline(T1)] == ["m-2", "m-1", "m-3"]


async def test_a_thread_is_its_root_and_what_hangs_below_whichever_ticket_that_is(store: Store):
    root, below, elsewhere = message("m-1", ticket=T1), message("m-2", place=THREAD, by=YUKI), message("m-3")
    await commit(store, *map(SaveMessage, (root, below, elsewhere)))
    assert [m.id for m in await store.thread(THREAD)] == ["m-1", "m-2"]
    assert [m.id for m in await store.thread(Place(COMMUNITY))] == ["m-1", "m-3"]


async def test_an_early_edit_waits_for_its_message_and_goes_when_that_comes(store: Store):
    said = message()
    assert said.ref
    await commit(store, SaveEarly(said.ref, NOW + minutes(2), None), SaveEarly(said.ref, NOW + minutes(1), "better words"))
    assert await store.early(said.ref) == [(NOW + minutes(1), "better words"), (NOW + minutes(2), None)]
    await commit(store, SaveMessage(said))
    assert not await store.early(said.ref)


# What no ticket has taken in


async def test_pending_is_what_a_customer_said_outside_of_tickets(store: Store):
    said = [
        message("m-1"),
        message("m-2", ticket=T1),
        message("m-3", by=YUKI),
        message("m-4", by=JONAS, role=Role.TEAMMATE),
        message("m-5", bystander=True),
        tombstone(message("m-6"), NOW),
    ]
    await commit(store, SaveChannel(channel()), *map(SaveMessage, said))
    assert [m.id for m in await store.pending(COMMUNITY, HERS)] == ["m-1"]


async def test_what_waits_is_known_by_its_first_and_last_instant(store: Store):
    await commit(store, SaveChannel(channel()))
    assert await store.waiting(COMMUNITY, HERS) is None
    later = NOW + timedelta(seconds=4)
    said = [replace(message("m-2"), at=later), message("m-1"), replace(message("m-3"), at=later + timedelta(hours=1), ticket=T1)]
    await commit(store, *map(SaveMessage, said))
    assert await store.waiting(COMMUNITY, HERS) == (NOW, later)


async def test_in_a_shared_channel_an_account_is_one_group(store: Store):
    place = Place(SHARED)
    await commit(
        store,
        SaveChannel(channel(SHARED, ChannelKind.SHARED, "acme")),
        SaveMessage(message(place=place)),
        SaveMessage(message("m-2", by=YUKI, place=place)),
    )
    assert [m.id for m in await store.pending(SHARED, "account:acme")] == ["m-1", "m-2"]
    assert not await store.pending(SHARED, HERS)


async def test_an_expectation_is_lost_when_something_is_pending(store: Store):
    await commit(store, SaveMessage(message()))
    with pytest.raises(Conflict):
        await commit(store, Expect(str(COMMUNITY), HERS))
    await commit(store, Expect(str(COMMUNITY), HIS), SaveMessage(message(ticket=T1)), Expect(str(COMMUNITY), HERS))


# Drafts, decisions, escalations, feedback


async def test_of_two_clicks_on_a_draft_one_wins(store: Store):
    await commit(store, SaveDraft(draft()))
    approved = replace(draft(), status=DraftStatus.SENT, verdict=Verdict.APPROVE, decided_by=JONAS, decided_at=NOW + minutes(3))
    await commit(store, SaveDraft(approved, was=DraftStatus.WAITING))
    with pytest.raises(Conflict):
        await commit(store, SaveDraft(replace(draft(), status=DraftStatus.REJECTED), was=DraftStatus.WAITING))
    assert await store.draft(DraftId("d-1")) == approved
    assert await store.approval_times(NOW) == [(NOW + minutes(3), minutes(3))]


async def test_a_draft_that_never_was_cannot_be_decided(store: Store):
    with pytest.raises(Conflict):
        await commit(store, SaveDraft(draft(), was=DraftStatus.WAITING))


async def test_the_latest_summary_of_a_kind_wins_and_each_kind_has_its_own(store: Store):
    note = summary("It was refunded.", kind=SummaryKind.CRM_NOTE)
    await commit(store, SaveSummary(summary("Wants a refund.")), SaveSummary(note), SaveSummary(summary("Wants two.", turn=2)))
    assert list(await store.summaries(T1)) == [note, summary("Wants two.", turn=2)]
    assert not await store.summaries(TicketId("t-2"))


async def test_waiting_drafts_are_listed_oldest_first(store: Store):
    young, quiet = draft("d-0", created=NOW + minutes(1)), draft("d-2", status=DraftStatus.QUIET)
    await commit(store, SaveDraft(young), SaveDraft(draft()), SaveDraft(quiet))
    assert [d.id for d in await store.waiting_drafts()] == ["d-1", "d-0"]
    assert [d.id for d in await store.drafts(T1)] == ["d-1", "d-2", "d-0"]


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.REGENERATE, Verdict.TAKE_OVER])
async def test_only_what_was_sent_counts_as_an_approval(store: Store, verdict: Verdict):
    await commit(store, SaveDraft(draft(verdict=verdict, decided_at=NOW, status=DraftStatus.REJECTED)))
    assert not await store.approval_times(NOW - timedelta(days=14))


async def test_the_latest_drafts_that_were_approved_or_edited_are_listed_oldest_first(store: Store):
    told = {"status": DraftStatus.SENT, "verdict": Verdict.APPROVE}
    approved = [draft(f"d-{n}", decided_at=NOW + minutes(n), **told) for n in (3, 1, 2)]
    begun = draft("d-4", status=DraftStatus.STALE, verdict=Verdict.EDIT, decided_at=NOW + minutes(4))
    others = [draft("d-5"), draft("d-6", status=DraftStatus.REJECTED, verdict=Verdict.REJECT, decided_at=NOW + minutes(6))]
    await commit(store, *map(SaveDraft, [*approved, begun, *others]))
    assert [d.id for d in await store.judged_drafts(most=3)] == ["d-2", "d-3", "d-4"]


async def test_decisions_are_kept_in_order_and_decide_gives_them_again(store: Store):
    first, second = decision("x-2", action=Escalate(("security",))), decision("x-1", at=NOW + minutes(1))
    await commit(store, RecordDecision(first))
    await commit(store, RecordDecision(second), RecordDecision(decision("x-3", of=TicketId("t-2"))))
    assert await store.decisions(T1) == [first, second]
    assert [d.id for d in await store.decisions()] == ["x-2", "x-1", "x-3"]
    assert [d.id for d in await store.decisions(since=NOW + minutes(1))] == ["x-1"]
    assert [decide(d.facts) for d in await store.decisions(T1)] == [decide(first.facts)] * 2


async def test_an_escalation_is_replaced_by_its_next_state(store: Store):
    fired = Escalation("s-1", T1, (Trigger("security", 3),), NOW, "p1")
    await commit(store, SaveEscalation(fired), SaveEscalation(replace(fired, by=JONAS)))
    assert await store.escalations(T1) == [replace(fired, by=JONAS)]
    assert await store.escalation("s-1") == replace(fired, by=JONAS)
    assert await store.escalation("s-2") is None


async def test_feedback_given_twice_is_once(store: Store):
    said, other = Feedback("f-1", T1, "csat", MARA, NOW, score=5), Feedback("f-2", TicketId("t-2"), "solved", YUKI, NOW - minutes(1))
    await commit(store, RecordFeedback(said), RecordFeedback(replace(said, score=1)), RecordFeedback(other))
    assert await store.feedback() == [other, said]
    assert await store.feedback(T1) == await store.feedback(by=MARA) == await store.feedback(since=NOW) == [said]


async def test_a_gap_is_kept_by_the_ids_of_its_messages(store: Store):
    gap = RecordGap(T1, (MessageId("m-1"),), "billing", "nothing_found", NOW)
    await commit(store, gap)
    assert await store.gaps() == [gap]  # type: ignore[attr-defined]


async def test_channels_are_declared_and_declared_again(store: Store):
    await commit(
        store, SaveChannel(channel()), SaveChannel(channel(SHARED, ChannelKind.SHARED, "acme")), SaveChannel(replace(channel(), name="help"))
    )
    assert await store.channel(COMMUNITY) == replace(channel(), name="help")
    assert [c.ref for c in await store.channels()] == [SHARED, COMMUNITY]
    assert await store.channel(AGENTS) is None


# Deadlines


async def test_a_deadline_set_again_is_one_deadline(store: Store):
    due = Deadline("l-1", DeadlineKind.PAUSE, "t-1", NOW, {"group": HERS})
    later = replace(due, due=NOW + minutes(1))
    await commit(store, SetDeadline(due), SetDeadline(later))
    assert await store.deadline("l-1") == later
    assert await store.next_due() == later.due
    assert not await store.due(NOW)
    assert await store.due(NOW + minutes(1)) == [later]


async def test_deadlines_come_soonest_first(store: Store):
    await commit(store, *(SetDeadline(Deadline(f"l-{n}", DeadlineKind.REMIND, "t-1", NOW - minutes(n))) for n in (1, 3, 2)))
    assert [d.id for d in await store.due(NOW)] == ["l-3", "l-2", "l-1"]


async def test_deadlines_are_cleared_by_key_and_kind(store: Store):
    kinds = (DeadlineKind.REMIND, DeadlineKind.CLOSE, DeadlineKind.PROMISE)
    await commit(store, *(SetDeadline(Deadline(f"{key}-{kind}", kind, key, NOW)) for key in ("t-1", "t-2") for kind in kinds))
    await commit(store, ClearDeadlines("t-1", (DeadlineKind.REMIND, DeadlineKind.CLOSE)), ClearDeadlines("t-2"))
    assert [d.id for d in await store.due(NOW)] == ["t-1-promise"]
    await commit(store, ClearDeadlines("t-1"))
    assert await store.next_due() is None


async def test_a_broken_promise_is_kept_once_and_found_by_ticket_and_time(store: Store):
    first = Breach("b-1", TicketId("t-1"), Target.FIRST_RESPONSE, NOW, NOW, tier="team", owner=MARA, owner_name="Mara")
    other = Breach("b-2", TicketId("t-2"), Target.RESOLUTION, NOW, NOW + minutes(5), contractual=True)
    await commit(store, SaveBreach(first), SaveBreach(other))
    told = replace(first, cause="overlooked", cause_by="Mara", met_at=NOW + minutes(9))
    await commit(store, SaveBreach(told))
    assert await store.breach("b-1") == told
    assert await store.breach("b-3") is None
    assert await store.breaches() == [told, other]
    assert await store.breaches(TicketId("t-2")) == [other]
    assert await store.breaches(since=NOW + minutes(1)) == [other]


async def test_open_tickets_are_read_a_page_at_a_time(store: Store):
    await commit(store, *(SaveTicket(ticket(f"t-{n}", status=Status.CLOSED if n == 2 else Status.OPEN)) for n in (3, 1, 2, 4)))
    first = await store.open_tickets(after="", most=2)
    assert [found.id for found in first] == ["t-1", "t-3"]
    assert [found.id for found in await store.open_tickets(after=str(first[-1].id), most=2)] == ["t-4"]


async def test_what_is_due_is_taken_once_soonest_first(store: Store):
    await commit(store, *(SetDeadline(Deadline(f"l-{n}", DeadlineKind.REMIND, "t-1", NOW - minutes(n))) for n in (1, 3, 2, -5)))
    first = await store.claim(NOW, most=2, holder="one", until=NOW + minutes(1))
    second = await store.claim(NOW, most=2, holder="two", until=NOW + minutes(1))
    assert ([d.id for d in first], [d.id for d in second]) == (["l-3", "l-2"], ["l-1"])
    assert not await store.claim(NOW, most=2, holder="one", until=NOW + minutes(1))


async def test_of_two_workers_that_reach_for_it_at_once_one_gets_it(store: Store):
    await commit(store, *(SetDeadline(Deadline(f"l-{n}", DeadlineKind.REMIND, "t-1", NOW)) for n in range(40)))
    workers = (store.claim(NOW, most=8, holder=f"w{n}", until=NOW + minutes(1)) for n in range(8))
    taken = [deadline.id for found in await asyncio.gather(*workers) for deadline in found]
    assert sorted(taken) == sorted(f"l-{n}" for n in range(40))


async def test_what_was_taken_and_not_done_is_taken_again_when_its_lease_ends(store: Store):
    await commit(store, SetDeadline(Deadline("l-1", DeadlineKind.REMIND, "t-1", NOW)))
    await store.claim(NOW, most=9, holder="one", until=NOW + minutes(1))
    assert await store.next_due() == NOW + minutes(1)
    assert not await store.claim(NOW + minutes(0.9), most=9, holder="two", until=NOW + minutes(2))
    assert [d.id for d in await store.claim(NOW + minutes(1), most=9, holder="two", until=NOW + minutes(2))] == ["l-1"]


async def test_a_process_takes_up_at_once_what_the_one_before_it_held(store: Store):
    await commit(store, SetDeadline(Deadline("l-1", DeadlineKind.REMIND, "t-1", NOW)))
    await store.claim(NOW, most=9, holder="one", until=NOW + minutes(1))
    assert not await store.claim(NOW, most=9, holder="two", until=NOW + minutes(1), again=True)
    assert [d.id for d in await store.claim(NOW, most=9, holder="one", until=NOW + minutes(1), again=True)] == ["l-1"]


async def test_a_deadline_set_again_is_held_by_nobody(store: Store):
    due = Deadline("l-1", DeadlineKind.REMIND, "t-1", NOW)
    await commit(store, SetDeadline(due))
    await store.claim(NOW, most=9, holder="one", until=NOW + minutes(1))
    await commit(store, SetDeadline(due))
    assert await store.claim(NOW, most=9, holder="two", until=NOW + minutes(1)) == [due]


async def test_a_deadline_moved_since_then_is_not_dropped(store: Store):
    await commit(store, SetDeadline(Deadline("l-1", DeadlineKind.PAUSE, "t-1", NOW)))
    await commit(store, DropDeadline("l-1", NOW + minutes(1)))
    assert await store.deadline("l-1")
    await commit(store, DropDeadline("l-1", NOW))
    assert await store.deadline("l-1") is None


# The outbox


async def test_rows_of_a_lane_go_in_order_and_lanes_do_not_wait_for_each_other(store: Store):
    elsewhere, privately = Place(COMMUNITY, "2"), post("o-4", target=Direct(MARA))
    await commit(store, Enqueue(post("o-1")), Enqueue(post("o-2")), Enqueue(post("o-3", target=elsewhere)), Enqueue(privately))
    assert [row.post.id for row in await store.sendable(NOW)] == ["o-1", "o-3", "o-4"]
    await store.save_row(sent((await store.sendable(NOW))[0]))
    assert [row.post.id for row in await store.sendable(NOW)] == ["o-2", "o-3", "o-4"]


async def test_a_row_enqueued_twice_stands_once_as_it_was(store: Store):
    await commit(store, Enqueue(post()), Enqueue(post(text="something else")))
    assert [row.post for row in await store.sendable(NOW)] == [post()]


async def test_a_lane_waits_for_a_head_that_waits(store: Store):
    await commit(store, Enqueue(post("o-1")), Enqueue(post("o-2")))
    head = (await store.sendable(NOW))[0]
    await store.save_row(replace(head, attempts=1, not_before=NOW + minutes(1), error="the platform is down"))
    assert not await store.sendable(NOW)
    assert await store.next_sendable() == NOW + minutes(1)
    assert [row.error for row in await store.sendable(NOW + minutes(1))] == ["the platform is down"]


async def test_a_row_that_was_being_sent_is_offered_again_to_be_looked_up(store: Store):
    await commit(store, Enqueue(post()))
    head = (await store.sendable(NOW))[0]
    await store.save_row(replace(head, status=RowStatus.SENDING, attempts=1, attempted_at=NOW))
    assert [(row.status, row.attempted_at) for row in await store.sendable(NOW)] == [(RowStatus.SENDING, NOW)]


@pytest.mark.parametrize("status", [RowStatus.HELD, RowStatus.FAILED])
async def test_a_row_set_aside_stops_nobody(store: Store, status: RowStatus):
    await commit(store, Enqueue(post("o-1")), Enqueue(post("o-2")))
    await store.save_row(replace((await store.sendable(NOW))[0], status=status))
    assert [row.post.id for row in await store.sendable(NOW)] == ["o-2"]


async def test_an_empty_outbox_waits_for_nothing(store: Store):
    assert await store.next_sendable() is None
    await commit(store, Enqueue(post()))
    assert await store.next_sendable() == NOW


async def test_an_edit_of_an_unsent_row_replaces_its_words(store: Store):
    await commit(store, Enqueue(post("o-1", purpose=Purpose.HOLDING, to=(MARA,))), Enqueue(edit("o-2", "o-1")))
    (row,) = await store.sendable(NOW)
    assert (row.post.id, row.post.op, row.post.purpose, row.post.to) == ("o-1", Op.POST, Purpose.ANSWER, (MARA,))
    assert row.post.card == card("Open Settings, then Security.")
    assert await store.row(OutboxId("o-2")) is None


async def test_an_edit_of_a_row_that_was_tried_is_a_row_of_its_own(store: Store):
    await commit(store, Enqueue(post()))
    await store.save_row(replace((await store.sendable(NOW))[0], status=RowStatus.SENDING, attempts=1))
    await commit(store, Enqueue(edit("o-2", "o-1")))
    row = await store.row(OutboxId("o-2"))
    assert row
    assert row.post == edit("o-2", "o-1")


async def test_a_deletion_of_an_unsent_row_drops_it(store: Store):
    await commit(store, Enqueue(post()), Enqueue(post("o-2", None, op=Op.DELETE, changes=OutboxId("o-1"))))
    assert not await store.sendable(NOW)
    row = await store.row(OutboxId("o-1"))
    assert row
    assert (row.status, row.post.card) == (RowStatus.DROPPED, None)


async def test_a_sent_row_gives_its_message_a_ref_and_forgets_the_words(store: Store):
    opened = Place(AGENTS, "7")
    ours = message("o-1", ref=None, role=Role.BOT, purpose=Purpose.ANSWER, ticket=T1, place=THREAD)
    await commit(store, Enqueue(post()), SaveMessage(ours))
    await store.save_row(replace(sent((await store.sendable(NOW))[0]), place=opened))
    row = await store.row(OutboxId("o-1"))
    assert row
    assert (row.ref, row.place, row.post.card) == (MessageRef(COMMUNITY, "99"), opened, None)
    assert await store.message(MessageRef(COMMUNITY, "99")) == replace(ours, ref=row.ref, place=opened)


async def test_an_attempt_at_a_row_that_was_rewritten_meanwhile_is_refused(store: Store):
    await commit(store, Enqueue(post()))
    read = (await store.sendable(NOW))[0]
    await commit(store, Enqueue(edit("o-2", "o-1")))
    with pytest.raises(Conflict):
        await store.save_row(replace(read, status=RowStatus.SENDING, attempts=1))


async def test_a_turn_that_starts_again_takes_back_what_waits_for_the_customer(store: Store):
    ours = message("o-1", ref=None, role=Role.BOT, purpose=Purpose.ANSWER, ticket=T1, place=THREAD)
    card_row, other = draft_card()[1], post("o-5", ticket=TicketId("t-2"), target=Place(COMMUNITY, "2"))
    await commit(store, Enqueue(post("o-0", target=Place(COMMUNITY, "3"))), Enqueue(post()), Enqueue(other), card_row, SaveMessage(ours))
    tried = (await store.sendable(NOW))[0]
    await store.save_row(replace(tried, attempts=1))
    await commit(store, Unsend(T1))
    assert [row.post.id for row in await store.sendable(NOW)] == ["o-0", "o-5", "o-card"]
    assert [(m.deleted, m.text) for m in await store.timeline(T1)] == [(True, "")]


async def test_an_attempt_at_a_dropped_row_is_refused_and_it_stays_dropped(store: Store):
    await commit(store, Enqueue(post()))
    read = (await store.sendable(NOW))[0]
    await commit(store, Unsend(T1))
    with pytest.raises(Conflict):
        await store.save_row(replace(read, status=RowStatus.SENDING, attempts=1))
    await store.save_row(replace(read, not_before=NOW))
    row = await store.row(OutboxId("o-1"))
    assert row
    assert row.status is RowStatus.DROPPED


# Cards


async def test_a_card_is_found_by_id_by_ticket_and_where_it_stands(store: Store):
    saved, row = draft_card()
    await commit(store, saved, row)
    assert await store.card(CardId("k-1")) == saved.card
    assert await store.cards(T1) == [saved.card]
    assert await store.card_at(MessageRef(COMMUNITY, "99")) is None
    await store.save_row(sent((await store.sendable(NOW))[0]))
    assert await store.card_at(MessageRef(COMMUNITY, "99")) == saved.card


async def test_a_card_that_changed_is_drawn_again_once(store: Store):
    saved, row = draft_card()
    await commit(store, saved, row)
    await store.save_row(sent((await store.sendable(NOW))[0]))
    await commit(store, Refresh(CardId("k-1"), OutboxId("r-1"), NOW))
    await commit(store, Refresh(CardId("k-1"), OutboxId("r-2"), NOW))
    (waiting,) = await store.sendable(NOW)
    assert waiting.post == replace(row.post, id=OutboxId("r-1"), op=Op.EDIT, changes=OutboxId("o-card"))


async def test_a_card_that_is_not_drawn_yet_needs_no_redrawing(store: Store):
    saved, row = draft_card()
    await commit(store, saved, row, Refresh(CardId("k-1"), OutboxId("r-1"), NOW), Refresh(CardId("k-9"), OutboxId("r-2"), NOW))
    assert [row.post.id for row in await store.sendable(NOW)] == ["o-card"]


async def test_a_card_that_is_on_its_way_is_drawn_again_after_it(store: Store):
    saved, row = draft_card()
    await commit(store, saved, row)
    await store.save_row(replace((await store.sendable(NOW))[0], status=RowStatus.SENDING, attempts=1))
    await commit(store, Refresh(CardId("k-1"), OutboxId("r-1"), NOW))
    assert await store.row(OutboxId("r-1"))


async def test_a_card_that_could_not_be_posted_is_not_drawn_again(store: Store):
    saved, row = draft_card()
    await commit(store, saved, row)
    await store.save_row(replace((await store.sendable(NOW))[0], status=RowStatus.FAILED, attempts=1))
    await commit(store, Refresh(CardId("k-1"), OutboxId("r-1"), NOW))
    assert await store.row(OutboxId("r-1")) is None


async def test_a_card_may_be_saved_again_with_another_subject(store: Store):
    saved, row = draft_card()
    moved = SaveCard(replace(saved.card, subject="d-2"))
    await commit(store, saved, row, moved)
    assert await store.cards(T1) == [moved.card]
