"""Internal posts: cards and pages for the team. Nothing here reaches a customer."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import INTERNAL
from desk.cards import Card, CardKind, CardRecord
from desk.changes import NOTHING, Changes, Enqueue, Refresh, SaveCard, SaveDraft, SaveEscalation, write
from desk.draft import Draft, DraftStatus, sent_in_place
from desk.escalation import Escalation, EscalationStatus, Package, Trigger
from desk.events import ButtonClicked
from desk.ids import CardId, DraftId, MessageId, OutboxId, derived
from desk.post import Post
from desk.space import UserRef
from desk.ticket import Level
from desk.timeline import Message, Purpose
from handlers import climbing, copies, incident_cards, say, spokesman
from handlers.situation import Situation

PURPOSES = {
    CardKind.DRAFT: Purpose.DRAFT_CARD,
    CardKind.ESCALATION: Purpose.ESCALATION_CARD,
    CardKind.AUTO: Purpose.AUTO_CARD,
    CardKind.DAILY: Purpose.NOTICE,
    CardKind.PAGE: Purpose.PAGE,
    CardKind.INCIDENT: Purpose.INCIDENT_CARD,
}


def card(
    s: Situation, kind: CardKind, subject: str, *, draft: DraftId | None = None, to: tuple[UserRef, ...] = (), observed: bool = False
) -> Changes:
    """Post a card in the agents channel; nothing without one. It is drawn from the present state whenever it is sent."""
    if s.agents is None:
        return NOTHING
    card_id, outbox, under = CardId(derived("k", kind, subject)), OutboxId(derived("o", "card", kind, subject)), root(s)
    record = CardRecord(card_id, kind, s.ticket.id, subject, outbox, s.agents, draft=draft, observed=observed, under=under)
    post = Post(outbox, s.agents, PURPOSES[kind], INTERNAL, s.now, card_id=card_id, ticket=s.ticket.id, to=to, under=under)
    return write(SaveCard(record), Enqueue(post))


def root_of(record: CardRecord) -> OutboxId:
    """Return the row in whose thread a card stands, which is its own where it was the first of its ticket."""
    return record.under or record.outbox


def root(s: Situation) -> OutboxId | None:
    """Return the row below which a further card of the ticket stands, None for its first one there."""
    first = next((card for card in s.cards if card.place == s.agents), None)
    return root_of(first) if first else None


def draft_card(s: Situation, draft: Draft) -> Changes:
    """Post a draft for review; only an urgent one mentions anybody."""
    return card(s, CardKind.DRAFT, draft.id, draft=draft.id, to=s.leads[:1] if s.ticket.priority.level is Level.URGENT else ())


def outdated(s: Situation, *, keep: DraftId | None = None) -> Changes:
    """Mark the open drafts stale, all but one, and those whose customer was asked about them; their cards shrink."""
    left = [draft for draft in s.drafts if (draft.is_open or draft.status is DraftStatus.ASKED) and draft.id != keep]
    return write(*(SaveDraft(replace(draft, status=DraftStatus.STALE)) for draft in left))


def refreshed(s: Situation) -> Changes:
    """Draw the ticket's cards again, but for those of drafts that were over before: nothing changes on them any more."""
    ended = (DraftStatus.STALE, DraftStatus.REJECTED, DraftStatus.RETRACTED)
    over = {draft.id for draft in s.drafts if draft.status in ended and sent_in_place(draft, s.drafts) is None}
    live = [c for c in s.cards if not c.moved and c.kind is not CardKind.PAGE and (c.kind is not CardKind.DRAFT or c.subject not in over)]
    closed = (e.id for e in s.escalations if e.status is EscalationStatus.CLOSED)
    drawn = write(*(Refresh(c.id, OutboxId(derived("o", s.cause, c.id)), s.now) for c in live))
    return drawn + copies.redrawn(s.pages, over=closed, cause=s.cause, at=s.now)


def escalation(
    s: Situation, triggers: tuple[Trigger, ...], *, draft: Draft | None = None, quiet: bool = False, shown: Changes | None = None
) -> Changes:
    """Bring in a human with a context card, louder by the strongest rule's level; a rule that is already open is not raised twice.

    `shown` is what the team reads in the place of a card, where one of the ticket's stands before them.
    """
    known = {rule for e in s.open_escalations for rule in e.rules}
    new = tuple(trigger for trigger in triggers if trigger.rule not in known)
    if not new:
        return NOTHING
    level = max(trigger.level for trigger in new)
    tried = tuple(str(d.id) for d in s.drafts if d.status is DraftStatus.SENT)
    evidence = tuple(replace(item, quote="") for item in draft.proposal.evidence) if draft else ()
    record = Escalation(
        derived("x", s.cause),
        s.ticket.id,
        new,
        s.now,
        s.policy.version,
        level=level,
        package=Package(tried, evidence, draft.id if draft else None),
        quiet=quiet,
    )
    if s.spoken_for and level <= s.stand.loudest and spokesman.may_wait(record.rules):
        return _collapsed(s, record)
    if shown is None:
        told = s.leads[:1] if level >= 2 or s.ticket.priority.level is Level.URGENT else ()
        shown = card(s, CardKind.ESCALATION, record.id, draft=draft.id if draft else None, to=told)
    return climbing.started(s, record) + shown + _quietened(s, record)


def _quietened(s: Situation, record: Escalation) -> Changes:
    """Let the other tickets of its incident, whose calls are no louder, be called for with this one."""
    if s.ticket.incident is None or not spokesman.may_wait(record.rules):
        return NOTHING
    return spokesman.followed(s.ticket.incident, s.stand.others, cause=s.cause, at=s.now)


def _collapsed(s: Situation, record: Escalation) -> Changes:
    """Note with the incident what was called for, and call nobody: somebody is called for another ticket of it."""
    noted = write(SaveEscalation(spokesman.collapsed(record, s.ticket.incident, at=s.now)))
    return noted + (incident_cards.redrawn(s.ticket.incident, cause=s.cause, at=s.now) if s.ticket.incident else NOTHING)


def tell(s: Situation, triggers: tuple[Trigger, ...]) -> Changes:
    """Tell the owner and a lead that something happened in a ticket a human holds.

    Where nobody holds it yet, what a chain calls people for already calls nobody beside the chain.
    """
    if s.ticket.owner is None:
        climbs = {rule for e in s.open_escalations if e.is_climbing for rule in e.rules}
        triggers = tuple(trigger for trigger in triggers if trigger.rule not in climbs)
        if not triggers:
            return NOTHING
    loud = max((trigger.level for trigger in triggers), default=1)
    if s.spoken_for and loud <= s.stand.loudest and spokesman.may_wait(tuple(trigger.rule for trigger in triggers)):
        return NOTHING
    people = tuple(dict.fromkeys((*((s.ticket.owner,) if s.ticket.owner else ()), *s.leads[:1])))
    return page(s, triggers, people, label="tell")


def page(s: Situation, triggers: tuple[Trigger, ...], people: tuple[UserRef, ...], *, label: str) -> Changes:
    """Call each of these people, as their budget and their night allow; the agents channel where there is nobody."""
    return climbing.calls(s, triggers, people, label=label)


def notice(s: Situation, drawn: Card, *, label: str, to: tuple[UserRef, ...] = ()) -> Changes:
    """Post a line for the team in the agents channel, with the ticket's cards."""
    if not s.agents:
        return NOTHING
    outbox = OutboxId(derived("o", s.cause, label))
    return write(Enqueue(Post(outbox, s.agents, Purpose.NOTICE, INTERNAL, s.now, card=drawn, ticket=s.ticket.id, to=to, under=root(s))))


def told(s: Situation, event: ButtonClicked, sentence: str) -> Changes:
    """Tell who pressed a button what came of it."""
    return say.whisper(sentence, to=event.by, place=event.place, cause=event.id, at=event.at, audience=INTERNAL, label="told")


def note(s: Situation, event: ButtonClicked, text: str, *, id: MessageId | None = None) -> Message:
    """Return what a teammate wrote in a form, as a note of the ticket that no customer reads."""
    note_id, place = id or MessageId(derived("m", event.id, "note")), s.agents or event.place
    return Message(note_id, None, place, event.by, event.by_name, event.role, text, event.at, Purpose.TEAMMATE, INTERNAL, s.ticket.id)
