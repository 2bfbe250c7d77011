"""Answering: a draft is sent, asked, suggested or taken back."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import PUBLIC, may_show
from desk.cards import Card, CardKind, plain
from desk.changes import NOTHING, Changes, ClearDeadlines, Enqueue, SaveDraft, SaveMessage, write
from desk.customer import Role
from desk.draft import Draft, DraftStatus
from desk.ids import OutboxId, derived
from desk.post import Direct, Op, Post
from desk.ticket import Holding, Status
from desk.timeline import Message, Purpose
from handlers import internal, replies, say
from handlers.deed import Deed, Outcome
from handlers.situation import Situation


def reply(s: Situation, deed: Deed) -> Outcome:
    """Send every part where it belongs, in place of the holding answer if one stands."""
    draft = deed.draft
    assert draft is not None, "a reply has a draft"
    sent = replace(draft, status=DraftStatus.SENT, automatic=not deed.who, decided_at=s.now if deed.who else None)
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
    for message in posted(s, draft):
        post = Post(
            OutboxId(derived("o", s.cause, message.id)),
            message.place,
            Purpose.NOTICE,
            message.audience,
            s.now,
            op=Op.EDIT,
            card=text,
            ticket=s.ticket.id,
            changes=OutboxId(message.id),
        )
        changes += write(Enqueue(post), SaveMessage(replace(message, text=plain(text), purpose=Purpose.NOTICE, edited_at=s.now)))
    return replace(s.ticket, status=Status.WAITING_TEAM, deflected=False), changes + internal.refreshed(s)


def posted(s: Situation, draft: Draft) -> tuple[Message, ...]:
    """Return our messages that carry a draft's parts: those of the last answer."""
    spoken = [m for m in s.timeline if m.role is Role.BOT and m.purpose in (Purpose.ANSWER, Purpose.QUESTION, Purpose.PART)]
    last = max((m.edited_at or m.at for m in spoken), default=None)
    return tuple(m for m in spoken if (m.edited_at or m.at) == last)


def _parts(s: Situation, draft: Draft, deed: Deed) -> Changes:
    proposal = draft.proposal
    byline = say.phrase(s, "answer_checked", who=deed.who) if deed.who else say.phrase(s, "answer_by_ai")
    changes = NOTHING
    text = replies.thread_text(proposal.parts)
    private = [(n, part) for n, part in enumerate(proposal.parts) if part.to is not None]
    if private:
        text = "\n\n".join(filter(None, (text, say.phrase(s, "private_sent", name=s.ticket.customer_name))))
    audience = max((part.audience for part in proposal.parts if part.to is None), key=lambda a: a.scope.value != "public", default=PUBLIC)
    sources = tuple(dict.fromkeys(item for n, part in enumerate(proposal.parts) if part.to is None for item in replies.cited(n, proposal)))
    purpose = Purpose.QUESTION if proposal.question else Purpose.ANSWER
    changes += say.answer(s, _drawn(s, text, sources, byline, subject=draft.id), purpose, audience=audience)
    for n, part in private:
        drawn = _drawn(s, part.text, replies.cited(n, proposal), byline, subject=draft.id)
        changes += say.post(s, f"part{n}", drawn, Purpose.PART, audience=part.audience, target=Direct(part.to) if part.to else None)
    return changes


def _drawn(s: Situation, text: str, sources: tuple, byline: str, *, subject: str) -> Card:  # type: ignore[type-arg]
    return replies.answer(text, sources=sources, byline=byline, ticket=s.ticket, subject=subject, policy=s.policy, language=s.language)
