"""Performing: what a draft wants done is queued, asked for first, or left undone; the outcomes of those decisions."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import PUBLIC, may_show
from desk.cards import Button, Buttons, Card, Style, Text
from desk.changes import NOTHING, Changes, Enqueue, QueueRun, SaveDraft, SaveMessage, write
from desk.draft import Draft, DraftStatus
from desk.ids import OutboxId, derived
from desk.post import Direct, Op, Post
from desk.runs import ActionRun, run_id
from desk.selfservice import Confirm, audience_of
from desk.ticket import Status
from desk.timeline import Message, Purpose
from handlers import internal, replies, requests, say
from handlers.deed import Deed, Outcome
from handlers.situation import Situation

ENGLISH = {"confirm": "Confirm", "no_thanks": "No thanks", "get_human": "Get a human"}


def perform(s: Situation, deed: Deed) -> Outcome:
    """Queue a run for everything the draft still wants done; the draft is sent when all of them are."""
    draft = deed.draft
    assert draft is not None, "only what a draft asks for is done"
    runs = [
        ActionRun(
            run_id(draft.id, request),
            s.ticket.id,
            draft.id,
            request,
            request.user or s.ticket.customer,
            s.now,
            by=draft.decided_by,
            by_name=draft.decided_by_name,
        )
        for request in requests.pending(draft, s.runs)
    ]
    # Its posts so far are the question whether it may be done, which is no answer.
    doing = replace(draft, status=DraftStatus.RUNNING, decided_at=draft.decided_at or (s.now if deed.who else None), posts=())
    changes = write(SaveDraft(doing), *map(QueueRun, runs)) + _settled(s, draft, "confirmed") + internal.outdated(s, keep=draft.id)
    return s.ticket, changes + internal.refreshed(s)


def ask_first(s: Situation, deed: Deed) -> Outcome:
    """Ask the customer whether what the draft wants done may be done: in policy's words, with a button for yes and one for no."""
    draft = deed.draft
    assert draft is not None, "only what a draft asks for is asked about"
    specs = [(spec, request) for request in requests.pending(draft, s.runs) if (spec := requests.spec_of(request, s.policy))]
    asked = [spec.asks.format(**dict(request.parameters)) for spec, request in specs if request.confirm is Confirm.CUSTOMER]
    text = "\n\n".join([say.phrase(s, "action_ask", name=s.ticket.customer_name), *dict.fromkeys(asked)])
    audience = max((audience_of(spec, s.customer) for spec, _ in specs), key=lambda a: a != PUBLIC, default=PUBLIC)
    drawn = Card((Text(text), Buttons(_buttons(s, draft))))
    if may_show(s.place, audience):
        changes = say.answer(s, drawn, Purpose.QUESTION, audience=audience)
        outbox = say.answer_id(s)
    else:
        note = replies.with_help(
            say.phrase(s, "private_sent", name=s.ticket.customer_name), ticket=s.ticket, subject=draft.id, policy=s.policy, language=s.language
        )
        changes = say.answer(s, note, Purpose.NOTICE, audience=PUBLIC)
        changes += say.post(s, "confirm", drawn, Purpose.QUESTION, audience=audience, target=Direct(s.ticket.customer))
        outbox = OutboxId(derived("o", s.cause, "confirm"))
    waits = replace(draft, status=DraftStatus.ASKED, decided_at=draft.decided_at or (s.now if deed.who else None), posts=(outbox,))
    ticket = say.linked(replace(s.ticket, status=Status.WAITING_CUSTOMER, holding=None), s)
    kept = write(SaveDraft(waits)) + internal.outdated(s, keep=draft.id) + internal.refreshed(s) + say.links(s) + say.silence(s)
    return ticket, kept + changes


def drop(s: Situation, deed: Deed) -> Outcome:
    """Leave it undone, as the customer wishes, and say so."""
    draft = deed.draft
    assert draft is not None, "only what a draft asks for is dropped"
    drawn = replies.with_help(say.phrase(s, "declined"), ticket=s.ticket, subject=draft.id, policy=s.policy, language=s.language)
    changes = write(SaveDraft(replace(draft, status=DraftStatus.DECLINED, posts=()))) + _settled(s, draft, "declined_by") + internal.refreshed(s)
    ticket = replace(s.ticket, status=Status.WAITING_CUSTOMER)
    return ticket, changes + say.post(s, "declined", drawn, Purpose.ANSWER, audience=PUBLIC) + say.silence(s)


def _buttons(s: Situation, draft: Draft) -> tuple[Button, ...]:
    styles = {"confirm": Style.PRIMARY}
    return tuple(
        Button(action, say.phrase(s, action), s.ticket.id, subject=draft.id, basis=draft.id, english=label, style=styles.get(action, Style.PLAIN))
        for action, label in ENGLISH.items()
    )


def _settled(s: Situation, draft: Draft, code: str) -> Changes:
    """Take the buttons from the question that was answered, and note how."""
    if draft.status is not DraftStatus.ASKED:
        return NOTHING
    note = Text(say.phrase(s, code, name=s.ticket.customer_name), Style.QUIET)
    return sum((_noted(s, message, note) for message in s.timeline if OutboxId(message.id) in draft.posts), NOTHING)


def _noted(s: Situation, message: Message, note: Text) -> Changes:
    # What was asked is answered, and no answer of ours: the words it stands under still wait for one.
    told = replace(message, purpose=Purpose.NOTICE, edited_at=s.now)
    drawn = Card((Text(message.text), note))
    edit = Post(
        OutboxId(derived("o", s.cause, message.id)),
        message.place,
        Purpose.NOTICE,
        message.audience,
        s.now,
        op=Op.EDIT,
        card=drawn,
        ticket=s.ticket.id,
        changes=OutboxId(message.id),
    )
    return write(Enqueue(edit), SaveMessage(told))
