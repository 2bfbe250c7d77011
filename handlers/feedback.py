"""Feedback: what customers and teammates say of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, Changes, Feedback, RecordFeedback, Refresh, SaveMessage, write
from desk.errors import NotAllowed, Unavailable
from desk.escalation import Trigger
from desk.events import ButtonClicked
from desk.facts import Facts, Occasion
from desk.ids import MessageId, OutboxId, derived
from desk.modes import Mode
from desk.space import ChannelKind, UserRef
from desk.ticket import Ticket, awake
from desk.timeline import Message, Purpose
from escalation.hearing import apart
from handlers import act, internal, replies, say, summing, turn
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation, load, load_anyway


async def solved(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """The customer says that it is solved: the one way a ticket becomes solved."""
    await _entitled(event, ticket, services, colleagues=True)
    if ticket.status.is_over:
        return NOTHING
    s = await load_anyway(ticket, services, cause=event.id)
    deed = Deed(csat_due=await csat_due(ticket, s, services))
    return _said(event, ticket, "solved") + act.perform(_facts(s, Occasion.SOLVED), s, deed)


async def not_solved(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """The customer says that it is not: once more a question back, then a human."""
    await _entitled(event, ticket, services, colleagues=False)
    again = replace(awake(ticket), not_solved=ticket.not_solved + 1, status=type(ticket.status).OPEN, closed=None)
    s = await load_anyway(again, services, cause=event.id)
    enough = again.not_solved >= s.policy.escalation.not_solved
    count = (("count", str(again.not_solved)),)
    fired = (Trigger("not_solved", s.policy.escalation.levels.get("not_solved", 1), count),) if enough else ()
    triggers, notices = apart(fired, s.policy)
    heard, told = (tuple(t.rule for t in each) for each in (triggers, notices))
    facts = replace(_facts(s, Occasion.MESSAGE), triggers=heard, notices=told, asks=True)
    deed = await summing.handed_over(facts, s, Deed(triggers=triggers, notices=notices), services)
    return _said(event, ticket, "not_solved") + act.perform(facts, s, deed)


async def get_human(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """A human, no argument."""
    await _entitled(event, ticket, services, colleagues=True)
    s = await load_anyway(awake(ticket), services, cause=event.id)
    trigger = Trigger("asks_human", s.policy.escalation.levels.get("asks_human", 1))
    facts = replace(_facts(s, Occasion.MESSAGE), triggers=("asks_human",), draft=s.waiting[-1].id if s.waiting else None)
    deed = Deed(draft=s.waiting[-1] if s.waiting else None, triggers=(trigger,))
    return _said(event, ticket, "get_human") + act.perform(facts, s, await summing.handed_over(facts, s, deed, services))


async def scored(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """The customer scores the support; a low score is shown to the team at once."""
    await _entitled(event, ticket, services, colleagues=False)
    if any(f.kind == "csat" for f in await services.store.feedback(ticket.id)):
        raise NotAllowed("You have already scored this; thank you.")
    policy = await services.policy.current()
    score = int(event.action.removeprefix("csat_"))
    comment = _comment(event, ticket)
    record = Feedback(derived("f", ticket.id, "csat"), ticket.id, "csat", event.by, event.at, score=score, comment=comment.id if comment else None)
    thanks = say.whisper(policy.phrase("csat_thanks", ticket.language), to=event.by, place=event.place, cause=event.id, at=event.at, audience=PUBLIC)
    kept = write(RecordFeedback(record), *((SaveMessage(comment),) if comment else ()))
    low = await _low(event, ticket, services, score=score) if score <= policy.csat.low else NOTHING
    return kept + thanks + low


async def judged(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """A teammate labels an answer, given or observed, as right or wrong."""
    kind = event.action
    if any(f.subject == event.subject and f.kind in ("right", "wrong") for f in await services.store.feedback(ticket.id)):
        raise NotAllowed("This was already judged.")
    s = await load(ticket, services, cause=event.id)
    record = Feedback(derived("f", event.subject, "judged"), ticket.id, kind, event.by, event.at, subject=event.subject)
    # The daily card belongs to no ticket, so the ticket's own cards do not include it.
    pressed = write(Refresh(event.card, OutboxId(derived("o", event.id, event.card)), event.at)) if event.card else NOTHING
    return write(RecordFeedback(record)) + (pressed if event.card not in {card.id for card in s.cards} else NOTHING) + internal.refreshed(s)


async def csat_due(ticket: Ticket, s: Situation, services: Services) -> bool:
    """Tell whether this person may be asked: never twice for a ticket, once in policy's span for a person."""
    if not s.policy.csat.ask or turn.mode_of(s, ticket.category) is Mode.OBSERVE:
        return False
    users = {ticket.customer, *await _users(ticket, services)}
    asked = [f for user in users for f in await services.store.feedback(by=user, since=s.now - s.policy.csat.every)]
    for_this = await services.store.feedback(ticket.id)
    return not any(f.kind == "csat_asked" for f in (*asked, *for_this))


async def _users(ticket: Ticket, services: Services) -> Sequence[UserRef]:
    """Return everybody the customer is on other platforms."""
    try:
        return await services.crm.users(ticket.person) if ticket.person else ()
    except Unavailable:
        return ()


async def _entitled(event: ButtonClicked, ticket: Ticket, services: Services, *, colleagues: bool) -> None:
    """Let the ticket's customer press; in a shared channel also somebody of the same account, where that is allowed. Nobody of ours may."""
    if event.by == ticket.customer:
        return
    policy = await services.policy.current()
    if not (colleagues and await _same_account(event.by, event.by_name, ticket, services=services)):
        raise NotAllowed(policy.phrase("not_yours", ticket.language))


async def _same_account(user: UserRef, name: str, ticket: Ticket, *, services: Services) -> bool:
    channel = await services.store.channel(ticket.place.channel)
    if channel is None or channel.kind is not ChannelKind.SHARED:
        return False
    try:
        author = await services.crm.identify(user, name, channel)
    except Unavailable:
        return False
    return author.account is not None and author.account.id == channel.account


def _comment(event: ButtonClicked, ticket: Ticket) -> Message | None:
    """A comment is a customer's text, so it lives among the messages."""
    text = event.form.get("comment", "").strip()
    if not text:
        return None
    return Message(
        MessageId(derived("m", event.id)),
        None,
        ticket.place,
        event.by,
        event.by_name,
        event.role,
        text,
        event.at,
        Purpose.FEEDBACK,
        INTERNAL,
        ticket.id,
    )


async def _low(event: ButtonClicked, ticket: Ticket, services: Services, *, score: int) -> Changes:
    s = await load_anyway(ticket, services, cause=event.id)
    if s.agents is None:
        return NOTHING
    words = event.form.get("comment", "").strip()
    text = f"CSAT {score} of 5 from {ticket.customer_name} for ticket {ticket.id}{f': {words}' if words else '.'}"
    return internal.notice(s, replies.sentence(text), label="csat_low")


def _said(event: ButtonClicked, ticket: Ticket, kind: str) -> Changes:
    return write(RecordFeedback(Feedback(derived("f", event.id), ticket.id, kind, event.by, event.at, subject=event.subject)))


def _facts(s: Situation, occasion: Occasion) -> Facts:
    return Facts(
        occasion=occasion,
        mode=turn.mode_of(s, s.ticket.category),
        category=s.ticket.category,
        kind=s.channel.kind,
        tier=s.tier,
        held=s.ticket.held,
        attention=s.ticket.attention,
        invited=True,
        pages=frozenset(s.policy.escalation.observe_pages),
    )


def occasion_facts(s: Situation, occasion: Occasion) -> Facts:
    """Return the facts of a moment at which nothing new was said."""
    return replace(_facts(s, occasion), invited=False)
