"""Saying: the primitives of the one door. Whatever a customer reads is made here, and refused here where it may not stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from desk.audience import INTERNAL, PUBLIC, Audience, may_show
from desk.cards import Card, plain
from desk.changes import NOTHING, Changes, ClearDeadlines, Enqueue, SaveMessage, SetDeadline, write
from desk.customer import Role
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import NotAllowed
from desk.ids import EventId, MessageId, OutboxId, derived
from desk.post import Direct, Op, Post, Target
from desk.space import Place, UserRef
from desk.ticket import Status, Ticket
from desk.timeline import Message, Purpose, tombstone
from handlers import replies
from handlers.situation import Situation
from handlers.times import timed

HEARD = "eyes"
POINTED = 10
"""Up to so many messages are each pointed from at once. Who wrote more, line upon line, finds one pointer under the last: each starts a thread."""


def heard(message: Message, *, cause: EventId, at: datetime) -> Changes:
    """Show on a message that it was heard."""
    row = Post(OutboxId(derived("o", cause, "heard")), message.place, Purpose.NOTICE, message.audience, at, op=Op.REACT, emoji=HEARD, on=message.ref)
    return write(Enqueue(row))


def marked(before: Ticket, after: Ticket, *, cause: EventId, at: datetime) -> Changes:
    """Show on a ticket's thread that it is solved, or no longer is."""
    if (before.status is Status.SOLVED) == (after.status is Status.SOLVED):
        return NOTHING
    return write(Enqueue(Post(OutboxId(derived("o", cause, "mark", after.id)), after.place, Purpose.NOTICE, PUBLIC, at, op=Op.MARK, ticket=after.id)))


def whisper(
    text: str, *, to: UserRef, place: Place, cause: EventId, at: datetime, audience: Audience, card: Card | None = None, label: str = "whisper"
) -> Changes:
    """Tell one person something in a place without the others; it answers their own click or command.

    A card with a ticket's buttons belongs to that ticket: it may repeat what its customer wrote, and is erased with it.
    """
    drawn = card or replies.sentence(text)
    about = next((button.ticket for button in drawn.buttons if button.ticket), None)
    id = OutboxId(derived("o", cause, label))
    return write(Enqueue(Post(id, place, Purpose.NOTICE, audience, at, op=Op.WHISPER, card=drawn, ticket=about, to=(to,))))


def post(
    s: Situation, label: str, drawn: Card, purpose: Purpose, *, audience: Audience, target: Target | None = None, to: tuple[UserRef, ...] = ()
) -> Changes:
    """Queue one post for the customer and put it in the timeline. Raises NotAllowed where the place may not show it."""
    _refuse(s, audience, target)
    outbox = OutboxId(derived("o", s.cause, label))
    whom = to or ((target.user,) if isinstance(target, Direct) else ())
    row = Post(outbox, target or s.ticket.place, purpose, audience, s.now, card=drawn, ticket=s.ticket.id, to=whom)
    return write(Enqueue(row), SaveMessage(_message(s, MessageId(outbox), drawn, purpose, audience=audience)))


def answer_id(s: Situation) -> OutboxId:
    """Return the outbox row in which the next answer stands: the holding answer's where it takes its place."""
    holding = s.ticket.holding
    return holding.outbox if holding is not None and not holding.kept else OutboxId(derived("o", s.cause, "answer"))


def answer(s: Situation, drawn: Card, purpose: Purpose, *, audience: Audience) -> Changes:
    """Post what the thread reads, in place of the holding answer; an edit notifies nobody, so an old one's author is also mentioned."""
    holding = s.ticket.holding
    if holding is None or holding.kept:
        return post(s, "answer", drawn, purpose, audience=audience) + write(ClearDeadlines(str(s.ticket.id), (DeadlineKind.PROMISE,)))
    _refuse(s, audience, None)
    edit = Post(
        OutboxId(derived("o", s.cause, "answer")),
        s.ticket.place,
        purpose,
        audience,
        s.now,
        op=Op.EDIT,
        card=drawn,
        ticket=s.ticket.id,
        changes=holding.outbox,
    )
    message = _message(s, MessageId(holding.outbox), drawn, purpose, audience=audience)
    changes = write(
        Enqueue(edit), SaveMessage(replace(message, at=holding.at, edited_at=s.now)), ClearDeadlines(str(s.ticket.id), (DeadlineKind.PROMISE,))
    )
    spoken = any(m.role not in (Role.CUSTOMER, Role.BOT) and m.audience != INTERNAL and m.at > holding.at for m in s.timeline)
    if s.now - holding.at > s.policy.holding.notify and not spoken:
        note = replies.sentence(phrase(s, "holding_replaced", name=s.ticket.customer_name))
        changes += post(s, "replaced", note, Purpose.NOTICE, audience=PUBLIC, to=(s.ticket.customer,))
    return changes


def unheld(s: Situation) -> Changes:
    """Take back the holding answer: nobody asks any more what it promises an answer to."""
    holding = s.ticket.holding
    stands = next((m for m in s.timeline if holding and str(m.id) == holding.outbox and not m.deleted), None)
    if holding is None or stands is None:
        return NOTHING
    id = OutboxId(derived("o", s.cause, "unheld"))
    row = Post(id, stands.place, stands.purpose, stands.audience, s.now, op=Op.DELETE, ticket=s.ticket.id, changes=holding.outbox)
    return write(Enqueue(row), SaveMessage(tombstone(stands, s.now)))


def tell_privately(s: Situation, text: str, user: UserRef, *, label: str) -> Changes:
    """Say something that only concerns what this person wrote; it holds nothing of the customer record, so anybody may be told."""
    row = Post(
        OutboxId(derived("o", s.cause, label)),
        Direct(user),
        Purpose.NOTICE,
        PUBLIC,
        s.now,
        card=replies.sentence(text),
        ticket=s.ticket.id,
        to=(user,),
    )
    return write(Enqueue(row))


def links(s: Situation) -> Changes:
    """Point from later top-level messages of the ticket to where it is answered; of many, from the last alone."""
    changes, later = NOTHING, _unlinked(s)
    for message in later if len(later) <= POINTED else later[-1:]:
        assert message.ref is not None
        text = phrase(s, "linked", link=replies.message_link(s.ticket, time(s, s.ticket.opened)))
        changes += post(s, f"link{message.id}", replies.sentence(text), Purpose.NOTICE, audience=PUBLIC, target=Place(s.channel.ref, message.ref.id))
    return changes


def linked(ticket: Ticket, s: Situation) -> Ticket:
    """Return the ticket with the later messages noted that `links` points from."""
    return replace(ticket, linked=(*ticket.linked, *(m.id for m in _unlinked(s))))


def _unlinked(s: Situation) -> tuple[Message, ...]:
    return tuple(
        m for m in s.timeline if m.is_customers and m.ref and m.place.thread is None and m.ref != s.ticket.anchor and m.id not in s.ticket.linked
    )


def _message(s: Situation, id: MessageId, drawn: Card, purpose: Purpose, *, audience: Audience) -> Message:
    return Message(id, None, s.ticket.place, None, s.policy.company.bot, Role.BOT, plain(drawn), s.now, purpose, audience, s.ticket.id)


def _refuse(s: Situation, audience: Audience, target: Target | None) -> None:
    """The last line of law 4: what a place may not show does not leave."""
    shown_there = s.alone(target.user) if isinstance(target, Direct) else s.place
    if not may_show(shown_there, audience):
        raise NotAllowed(f"a part for {audience} may not stand in {target or s.ticket.place}")


def silence(s: Situation) -> Changes:
    """Start waiting for the customer: one reminder, then the end."""
    key, policy = str(s.ticket.id), s.policy.tickets
    remind = Deadline(derived("remind", key), DeadlineKind.REMIND, key, s.now + policy.remind)
    return write(SetDeadline(remind), SetDeadline(Deadline(derived("close", key), DeadlineKind.CLOSE, key, s.now + policy.close)))


def promise(s: Situation, by: datetime) -> Changes:
    """Watch a promised time."""
    key = str(s.ticket.id)
    return write(SetDeadline(Deadline(derived("promise", key), DeadlineKind.PROMISE, key, by)))


def phrase(s: Situation, code: str, **values: object) -> str:
    """Return a fixed sentence in the ticket's language."""
    return s.policy.phrase(code, s.language, **values)


def time(s: Situation, instant: datetime) -> str:
    """Return an instant as the customer reads it."""
    return timed(instant, now=s.now, zone=s.zone, language=s.language)
