"""Answering: a draft is sent, asked, suggested or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.audience import PUBLIC, may_show
from desk.cards import Card, CardKind, plain
from desk.changes import NOTHING, Changes, ClearDeadlines, Enqueue, SaveDraft, SaveMessage, write
from desk.draft import Draft, DraftStatus, Evidence
from desk.ids import OutboxId, derived
from desk.post import Direct, Op, Post
from desk.ticket import Holding, Status
from desk.timeline import Purpose
from handlers import drafting, internal, linking, replies, say
from handlers.deed import Deed, Outcome
from handlers.situation import Situation


def reply(s: Situation, deed: Deed) -> Outcome:
    """Send every part where it belongs, in place of the holding answer if one stands."""
    draft = deed.draft
    assert draft is not None, "a reply has a draft"
    sent = replace(
        draft,
        status=DraftStatus.SENT,
        automatic=not deed.who,
        decided_at=(draft.decided_at or s.now) if deed.who else None,
        posts=_outbox_ids(s, draft),
    )
    changes = (
        write(SaveDraft(sent)) + _parts(s, sent, deed) + say.links(s) + internal.outdated(s, keep=draft.id) + internal.refreshed(s) + say.silence(s)
    )
    if not deed.who:
        changes += internal.card(s, CardKind.AUTO, draft.id, draft=draft.id)
    first = s.ticket.answered_at is None
    ticket = replace(
        s.ticket, status=Status.WAITING_CUSTOMER, answered_at=s.now, holding=None, deflected=s.ticket.deflected or (first and not deed.who)
    )
    return say.linked(ticket, s), changes


def ask(s: Situation, deed: Deed) -> Outcome:
    """Ask for what is missing, by the draft or by the fixed sentence."""
    if deed.draft is not None:
        return reply(s, deed)
    drawn = replies.with_help(say.phrase(s, "ask_more"), ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
    return replace(s.ticket, status=Status.WAITING_CUSTOMER), say.post(s, "ask", drawn, Purpose.QUESTION, audience=PUBLIC) + say.silence(s)


def suggest(s: Situation, deed: Deed) -> Outcome:
    """Put the draft before the team, and tell the customer once by when to expect the answer."""
    assert deed.draft is not None, "a suggestion has a draft"
    changes = (
        write(SaveDraft(replace(deed.draft, status=DraftStatus.WAITING)))
        + internal.outdated(s)
        + internal.draft_card(s, deed.draft)
        + internal.refreshed(s)
    )
    ticket = replace(s.ticket, status=Status.WAITING_TEAM)
    if s.ticket.holding is not None:
        return ticket, changes
    related = tuple(item for item in deed.draft.proposal.related if may_show(s.place, item.audience))
    read = [say.phrase(s, "holding_read", links=replies.links(related))] if related else []
    text = "\n\n".join([say.phrase(s, "holding", time=say.time(s, s.answer_by)), *read])
    drawn = replies.with_help(text, ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
    said = say.post(s, "holding", drawn, Purpose.HOLDING, audience=PUBLIC)
    holding = Holding(OutboxId(derived("o", s.cause, "holding")), s.now, s.answer_by)
    return say.linked(replace(ticket, holding=holding), s), changes + said + say.promise(s, s.answer_by) + say.links(s)


def withdraw(s: Situation, deed: Deed) -> Outcome:
    """Take back what a draft posted: its posts say so, and a person goes on."""
    draft = deed.draft
    assert draft is not None, "only what was sent can be taken back"
    text = replies.sentence(say.phrase(s, "retracted", who=deed.who))
    changes = write(SaveDraft(replace(draft, status=DraftStatus.RETRACTED)), ClearDeadlines(str(s.ticket.id)))
    return replace(s.ticket, status=Status.WAITING_TEAM, deflected=False), changes + overwritten(s, draft, text) + internal.refreshed(s)


def overwritten(s: Situation, draft: Draft, drawn: Card) -> Changes:
    """Put a sentence in place of everything a draft posted."""
    changes = NOTHING
    for message in (m for m in s.timeline if OutboxId(m.id) in draft.posts):
        outbox = OutboxId(derived("o", s.cause, message.id))
        post = Post(
            outbox, message.place, Purpose.NOTICE, message.audience, s.now, op=Op.EDIT, card=drawn, ticket=s.ticket.id, changes=OutboxId(message.id)
        )
        changes += write(Enqueue(post), SaveMessage(replace(message, text=plain(drawn), purpose=Purpose.NOTICE, edited_at=s.now)))
    return changes


def _outbox_ids(s: Situation, draft: Draft) -> tuple[OutboxId, ...]:
    """Return the outbox rows that carry a draft once it is sent; the thread's may be the holding answer's."""
    parts = [OutboxId(derived("o", s.cause, f"part{n}")) for n, part in enumerate(draft.proposal.parts) if part.to is not None]
    return (say.answer_id(s), *parts)


def _parts(s: Situation, draft: Draft, deed: Deed) -> Changes:
    proposal = draft.proposal
    changes = NOTHING
    text = replies.thread_text(proposal.parts)
    private = [(n, part) for n, part in enumerate(proposal.parts) if part.to is not None]
    if private:
        text = "\n\n".join(filter(None, (text, say.phrase(s, "private_sent", name=s.ticket.customer_name))))
    audience = max((part.audience for part in proposal.parts if part.to is None), key=lambda a: a.scope.value != "public", default=PUBLIC)
    sources = tuple(dict.fromkeys(item for n, part in enumerate(proposal.parts) if part.to is None for item in replies.cited(n, proposal)))
    purpose = Purpose.QUESTION if proposal.question else Purpose.ANSWER
    drawn = linking.offered(_drawn(s, text, sources, _byline(s, sources, deed), subject=draft.id), s, lacks=proposal.lacks)
    changes += say.answer(s, drawn, purpose, audience=audience)
    for n, part in private:
        cited = replies.cited(n, proposal)
        drawn = _drawn(s, part.text, cited, _byline(s, cited, deed), subject=draft.id)
        changes += say.post(s, f"part{n}", drawn, Purpose.PART, audience=part.audience, target=Direct(part.to) if part.to else None)
    return changes


def _byline(s: Situation, sources: Sequence[Evidence], deed: Deed) -> str:
    """Return who answers for a text: a teammate's own words are theirs, and one without sources claims none."""
    if deed.who and deed.draft and not deed.draft.verdict:
        return say.phrase(s, "answer_written", who=deed.who)
    return say.phrase(s, "answer_checked", who=deed.who) if deed.who else say.phrase(s, "answer_by_ai" if sources else "answer_by_ai_alone")


def _drawn(s: Situation, text: str, sources: Sequence[Evidence], byline: str, *, subject: str) -> Card:
    """Draw an answer with its sources numbered from 1, as its reader meets them."""
    numbers = {item.n: n for n, item in enumerate(sources, start=1)}
    shown = [replace(item, n=numbers[item.n]) for item in sources]
    worded = drafting.renumbered(text, numbers)
    return replies.answer(worded, sources=shown, byline=byline, ticket=s.ticket, subject=subject, policy=s.policy, language=s.language)
