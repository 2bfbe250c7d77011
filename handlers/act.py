"""Acting: the one door through which a customer hears the bot. An action is performed and its decision committed with the ticket."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from desk.audience import PUBLIC, Audience, may_show
from desk.cards import Card, CardKind, plain
from desk.changes import (
    NOTHING,
    Changes,
    ClearDeadlines,
    Enqueue,
    Feedback,
    RecordDecision,
    RecordFeedback,
    RecordGap,
    SaveDraft,
    SaveMessage,
    SaveTicket,
    SetDeadline,
    write,
)
from desk.customer import Role
from desk.deadlines import Deadline, DeadlineKind
from desk.decision import (
    Action,
    Ask,
    Close,
    Decision,
    Escalate,
    Facts,
    Hold,
    Ignore,
    Observe,
    Remind,
    Reply,
    StandBy,
    Suggest,
    Warn,
    Withdraw,
    decide,
    explain,
)
from desk.draft import Draft, DraftStatus
from desk.errors import NotAllowed
from desk.escalation import Trigger
from desk.ids import EventId, MessageId, OutboxId, derived
from desk.post import Direct, Op, Post, Target
from desk.space import Place, UserRef
from desk.ticket import Containment, Holding, Status, Ticket
from desk.timeline import Message, Purpose
from handlers import internal, replies
from handlers.situation import Situation
from handlers.times import shown

Outcome = tuple[Ticket, Changes]
"""The ticket as it will be saved, and everything else that is written."""
HEARD = "eyes"


@dataclass(frozen=True, slots=True)
class Deed:
    """What an action needs beside the situation: the draft, the rules that fired, and who of ours stands behind it (empty: the bot alone)."""

    draft: Draft | None = None
    triggers: tuple[Trigger, ...] = ()
    who: str = ""
    csat_due: bool = False


def perform(facts: Facts, s: Situation, deed: Deed, *, label: str = "") -> Changes:
    """Decide, do it, and record it with the ticket, as one set of changes. `label` tells two decisions of one event apart."""
    action = decide(facts)
    evidence = tuple(replace(item, quote="") for item in deed.draft.proposal.evidence) if deed.draft else ()
    versions = replace(s.versions, policy=s.policy.version, model=(deed.draft.proposal.model if deed.draft else "") or s.versions.model)
    decision = Decision(
        derived("d", s.cause, label), s.ticket.id, s.now, s.ticket.turn, s.ticket.revision, facts, action, explain(facts), versions, evidence=evidence
    )
    ticket, changes = _do(action, s, deed)
    return write(RecordDecision(decision), SaveTicket(ticket)) + changes


def heard(message: Message, *, cause: EventId, at: datetime) -> Changes:
    """Show on a message that it was heard."""
    post = Post(OutboxId(derived("o", cause, "heard")), message.place, Purpose.NOTICE, message.audience, at, op=Op.REACT, emoji=HEARD, on=message.ref)
    return write(Enqueue(post))


def whisper(
    text: str, *, to: UserRef, place: Place, cause: EventId, at: datetime, audience: Audience, card: Card | None = None, label: str = "whisper"
) -> Changes:
    """Tell one person something in a place without the others; it answers their own click or command."""
    post = Post(
        OutboxId(derived("o", cause, label)), place, Purpose.NOTICE, audience, at, op=Op.WHISPER, card=card or replies.sentence(text), to=(to,)
    )
    return write(Enqueue(post))


def renew_promise(facts: Facts, s: Situation) -> Changes:
    """A promised time passed: renew it once; a lead is told each time. In mode observe nothing was promised."""
    return perform(facts, s, Deed(triggers=(Trigger("promise_passed", 2),)))


def _do(action: Action, s: Situation, deed: Deed) -> Outcome:
    match action:
        case Reply():
            return _reply(s, deed)
        case Ask():
            return _ask(s, deed)
        case Suggest():
            return _suggest(s, deed)
        case Escalate(quiet=quiet):
            return _escalate(s, deed, quiet=quiet)
        case StandBy():
            return _stand_by(s, deed)
        case Ignore():
            return _ignore(s)
        case Observe():
            return _observe(action, s, deed)
        case Hold():
            return _renew(s, deed) if deed.triggers else _hold(s)
        case Remind():
            text = _phrase(s, "reminder", name=s.ticket.customer_name)
            drawn = replies.with_help(text, ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
            return replace(s.ticket, reminded_at=s.now), _say(s, "remind", drawn, Purpose.REMINDER, audience=PUBLIC, to=(s.ticket.customer,))
        case Close(confirmed=confirmed):
            return _close(s, deed, confirmed=confirmed)
        case Withdraw():
            return _withdraw(s, deed)
        case Warn():
            return s.ticket, _tell_privately(
                s, _phrase(s, "personal_data"), (s.said[0].author if s.said else None) or s.customer.user, label="personal"
            )
    assert_never(action)


def _reply(s: Situation, deed: Deed) -> Outcome:
    """Send every part where it belongs, in place of the holding answer if one stands."""
    draft = deed.draft
    assert draft is not None, "a reply has a draft"
    sent = replace(draft, status=DraftStatus.SENT, automatic=not deed.who, decided_at=s.now if deed.who else None)
    changes = write(SaveDraft(sent)) + _parts(s, sent, deed) + _links(s) + internal.outdated(s, keep=draft.id) + internal.refreshed(s) + _silence(s)
    if not deed.who:
        changes += internal.card(s, CardKind.AUTO, draft.id, draft=draft.id)
    first = s.ticket.answered_at is None
    ticket = replace(
        s.ticket, status=Status.WAITING_CUSTOMER, answered_at=s.now, holding=None, deflected=s.ticket.deflected or (first and not deed.who)
    )
    return _linked(ticket, s), changes


def _parts(s: Situation, draft: Draft, deed: Deed) -> Changes:
    proposal = draft.proposal
    byline = _phrase(s, "answer_checked", who=deed.who) if deed.who else _phrase(s, "answer_by_ai")
    changes = NOTHING
    text = replies.thread_text(proposal.parts)
    private = [(n, part) for n, part in enumerate(proposal.parts) if part.to is not None]
    if private:
        text = "\n\n".join(filter(None, (text, _phrase(s, "private_sent", name=s.ticket.customer_name))))
    audience = max((part.audience for part in proposal.parts if part.to is None), key=lambda a: a.scope.value != "public", default=PUBLIC)
    sources = tuple(dict.fromkeys(item for n, part in enumerate(proposal.parts) if part.to is None for item in replies.cited(n, proposal)))
    purpose = Purpose.QUESTION if proposal.question else Purpose.ANSWER
    changes += _answer(s, _drawn(s, text, sources, byline, subject=draft.id), purpose, audience=audience)
    for n, part in private:
        drawn = _drawn(s, part.text, replies.cited(n, proposal), byline, subject=draft.id)
        changes += _say(s, f"part{n}", drawn, Purpose.PART, audience=part.audience, target=Direct(part.to) if part.to else None)
    return changes


def _drawn(s: Situation, text: str, sources: tuple, byline: str, *, subject: str) -> Card:  # type: ignore[type-arg]
    return replies.answer(text, sources=sources, byline=byline, ticket=s.ticket, subject=subject, policy=s.policy, language=s.language)


def _answer(s: Situation, drawn: Card, purpose: Purpose, *, audience: Audience) -> Changes:
    """Post what the thread reads, in place of the holding answer; an edit notifies nobody, so an old one's author is also mentioned."""
    holding = s.ticket.holding
    if holding is None or holding.kept:
        return _say(s, "answer", drawn, purpose, audience=audience) + write(ClearDeadlines(str(s.ticket.id), (DeadlineKind.PROMISE,)))
    _refuse(s, audience, None)
    post = Post(
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
        Enqueue(post), SaveMessage(replace(message, at=holding.at, edited_at=s.now)), ClearDeadlines(str(s.ticket.id), (DeadlineKind.PROMISE,))
    )
    spoken = any(m.role not in (Role.CUSTOMER, Role.BOT) and m.at > holding.at for m in s.timeline)
    if s.now - holding.at > s.policy.holding.notify and not spoken:
        note = replies.sentence(_phrase(s, "holding_replaced", name=s.ticket.customer_name))
        changes += _say(s, "replaced", note, Purpose.NOTICE, audience=PUBLIC, to=(s.ticket.customer,))
    return changes


def _ask(s: Situation, deed: Deed) -> Outcome:
    """Ask for what is missing, by the draft or by the fixed sentence."""
    if deed.draft is not None:
        return _reply(s, deed)
    drawn = replies.with_help(_phrase(s, "ask_more"), ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
    return replace(s.ticket, status=Status.WAITING_CUSTOMER), _say(s, "ask", drawn, Purpose.QUESTION, audience=PUBLIC) + _silence(s)


def _suggest(s: Situation, deed: Deed) -> Outcome:
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
    read = [_phrase(s, "holding_read", links=replies.links(related))] if related else []
    text = "\n\n".join([_phrase(s, "holding", time=_time(s, s.answer_by)), *read])
    drawn = replies.with_help(text, ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
    said = _say(s, "holding", drawn, Purpose.HOLDING, audience=PUBLIC)
    holding = Holding(OutboxId(derived("o", s.cause, "holding")), s.now, s.answer_by)
    return _linked(replace(ticket, holding=holding), s), changes + said + _promise(s, s.answer_by) + _links(s)


def _escalate(s: Situation, deed: Deed, *, quiet: bool) -> Outcome:
    """Bring in a human; the customer is told once. When somebody is on it already, they and a lead are told instead."""
    draft = replace(deed.draft, status=DraftStatus.QUIET if quiet else DraftStatus.WAITING) if deed.draft else None
    changes = internal.outdated(s) + (write(SaveDraft(draft)) if draft else NOTHING)
    triggers = deed.triggers or (Trigger("no_answer"),)
    changes += internal.escalation(s, triggers, draft=draft, quiet=quiet) + internal.refreshed(s)
    if any(trigger.rule == "no_answer" for trigger in triggers):
        changes += write(RecordGap(s.ticket.id, tuple(m.id for m in s.said), s.ticket.category, "no_answer", s.now))
    if quiet:
        return s.ticket, changes + internal.tell(s, triggers)
    ticket = replace(s.ticket, status=Status.WAITING_TEAM, escalated=True)
    if s.ticket.escalated:
        return ticket, changes
    drawn = replies.sentence(_phrase(s, "handed_over", time=_time(s, s.answer_by)))
    outbox = OutboxId(derived("o", s.cause, "handed_over"))
    said = _say(s, "handed_over", drawn, Purpose.NOTICE, audience=PUBLIC)
    return _linked(replace(ticket, holding=Holding(outbox, s.now, s.answer_by, kept=True)), s), changes + said + _promise(s, s.answer_by) + _links(s)


def _stand_by(s: Situation, deed: Deed) -> Outcome:
    """Stay silent; keep a quiet draft for the team, and tell the owner and a lead what a rule heard."""
    changes = internal.outdated(s, keep=deed.draft.id if deed.draft and deed.draft.status is DraftStatus.REJECTED else None) + internal.refreshed(s)
    if deed.draft is not None and deed.draft.status is not DraftStatus.REJECTED:
        draft = replace(deed.draft, status=DraftStatus.QUIET)
        changes += write(SaveDraft(draft)) + internal.card(s, CardKind.DRAFT, draft.id, draft=draft.id)
    if deed.triggers:
        changes += internal.tell(s, deed.triggers)
    nobody = s.ticket.guest and not s.ticket.held and not deed.triggers and not s.ticket.muted
    return (replace(s.ticket, status=Status.CLOSED, closed=s.now) if nobody else s.ticket), changes


def _ignore(s: Situation) -> Outcome:
    """Nobody asked anything: a ticket that was never answered is closed without calling it solved."""
    changes = internal.outdated(s) + internal.refreshed(s)
    if s.ticket.answered_at is None:
        return replace(s.ticket, status=Status.CLOSED, closed=s.now), changes + write(ClearDeadlines(str(s.ticket.id)))
    return replace(s.ticket, status=Status.WAITING_CUSTOMER), changes + _silence(s)


def _observe(action: Observe, s: Situation, deed: Deed) -> Outcome:
    """Say nothing and remember; whoever addressed the bot gets the one fixed sentence and the team a card."""
    paging = tuple(trigger for trigger in deed.triggers if trigger.rule in action.pages)
    speaks = action.speaks and "observe" not in s.ticket.heard_once
    seen = speaks or bool(paging)
    draft = replace(deed.draft, status=DraftStatus.WAITING if seen else DraftStatus.OBSERVED) if deed.draft else None
    changes = internal.outdated(s) + (write(SaveDraft(draft)) if draft else NOTHING) + internal.refreshed(s) + _daily(s)
    if not seen:
        return s.ticket, changes
    asked = tuple(trigger for trigger in deed.triggers if trigger.rule == "asks_human")
    changes += internal.escalation(s, paging or asked or (Trigger("observe"),), draft=draft)
    ticket = replace(s.ticket, status=Status.WAITING_TEAM)
    if not speaks:
        return ticket, changes
    said = _say(s, "observe", replies.sentence(_phrase(s, "observe")), Purpose.NOTICE, audience=PUBLIC)
    return replace(ticket, heard_once=ticket.heard_once | {"observe"}), changes + said


def _hold(s: Situation) -> Outcome:
    """Say once that a part of us is down, with a time; tell a human; try again."""
    by = _rounded(s.now + s.policy.down.expect)
    drawn = replies.with_help(_phrase(s, "down", time=_time(s, by)), ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
    holding = s.ticket.holding or Holding(OutboxId(derived("o", s.cause, "down")), s.now, by)
    ticket = replace(s.ticket, holding=holding, status=Status.WAITING_TEAM, heard_once=s.ticket.heard_once | {"down"})
    said = _say(s, "down", drawn, Purpose.HOLDING, audience=PUBLIC) + _promise(s, by)
    return ticket, said + internal.escalation(s, (Trigger("down", 2),), quiet=True)


def _renew(s: Situation, deed: Deed) -> Outcome:
    assert s.ticket.holding is not None, "only a holding answer promises"
    told = internal.page(s, deed.triggers, s.leads[:1], label="promise")
    if s.ticket.holding.renewed:
        return s.ticket, told
    holding = replace(s.ticket.holding, renewed=True, promised=s.answer_by)
    said = _say(s, "renewed", replies.sentence(_phrase(s, "holding_renewed", time=_time(s, s.answer_by))), Purpose.HOLDING, audience=PUBLIC)
    return replace(s.ticket, holding=holding), said + told + _promise(s, s.answer_by)


def _close(s: Situation, deed: Deed, *, confirmed: bool) -> Outcome:
    """Close the ticket; ask how it was when that is due, else say the one sentence."""
    containment = (Containment.CONFIRMED if confirmed else Containment.SILENT) if s.ticket.deflected else None
    ticket = replace(
        s.ticket,
        status=Status.SOLVED if confirmed else Status.CLOSED,
        closed=s.now,
        containment=containment,
        holding=None,
        not_solved=0,
        topic_since=s.now,
        escalated=False,
    )
    text = _phrase(s, "thanks_solved" if confirmed else "closed_silent")
    changes = write(ClearDeadlines(str(ticket.id))) + internal.outdated(s) + internal.refreshed(s)
    if not deed.csat_due:
        return ticket, changes + _say(s, "closed", replies.sentence(text), Purpose.FEEDBACK if confirmed else Purpose.NOTICE, audience=PUBLIC)
    drawn = replies.csat(f"{text} {_phrase(s, 'csat_ask')}", ticket=s.ticket, policy=s.policy, language=s.language)
    asked = RecordFeedback(Feedback(derived("f", "csat_asked", ticket.id), ticket.id, "csat_asked", s.ticket.customer, s.now))
    return ticket, changes + write(asked) + _say(s, "csat", drawn, Purpose.CSAT, audience=PUBLIC)


def _withdraw(s: Situation, deed: Deed) -> Outcome:
    """Take back what a draft posted: its posts say so, and a person goes on."""
    draft = deed.draft
    assert draft is not None, "only what was sent can be taken back"
    text = replies.sentence(_phrase(s, "retracted", who=deed.who))
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


def _say(
    s: Situation, label: str, drawn: Card, purpose: Purpose, *, audience: Audience, target: Target | None = None, to: tuple[UserRef, ...] = ()
) -> Changes:
    """Queue one post for the customer and put it in the timeline. Raises NotAllowed where the place may not show it."""
    _refuse(s, audience, target)
    outbox = OutboxId(derived("o", s.cause, label))
    whom = to or ((target.user,) if isinstance(target, Direct) else ())
    post = Post(outbox, target or s.ticket.place, purpose, audience, s.now, card=drawn, ticket=s.ticket.id, to=whom)
    return write(Enqueue(post), SaveMessage(_message(s, MessageId(outbox), drawn, purpose, audience=audience)))


def _tell_privately(s: Situation, text: str, user: UserRef, *, label: str) -> Changes:
    """Say something that only concerns what this person wrote; it holds nothing of the customer record, so anybody may be told."""
    post = Post(
        OutboxId(derived("o", s.cause, label)),
        Direct(user),
        Purpose.NOTICE,
        PUBLIC,
        s.now,
        card=replies.sentence(text),
        ticket=s.ticket.id,
        to=(user,),
    )
    return write(Enqueue(post))


def _message(s: Situation, id: MessageId, drawn: Card, purpose: Purpose, *, audience: Audience) -> Message:
    return Message(id, None, s.ticket.place, None, s.policy.company.bot, Role.BOT, plain(drawn), s.now, purpose, audience, s.ticket.id)


def _refuse(s: Situation, audience: Audience, target: Target | None) -> None:
    """The last line of law 4: what a place may not show does not leave."""
    shown_there = s.private(target.user) or frozenset() if isinstance(target, Direct) else s.place
    if not may_show(shown_there, audience):
        raise NotAllowed(f"a part for {audience} may not stand in {target or s.ticket.place}")


def _links(s: Situation) -> Changes:
    """Point from later top-level messages of the ticket to where it is answered."""
    changes = NOTHING
    for message in _unlinked(s):
        assert message.ref is not None
        text = _phrase(s, "linked", link=replies.message_link(s.ticket, "#"))
        changes += _say(s, f"link{message.id}", replies.sentence(text), Purpose.NOTICE, audience=PUBLIC, target=Place(s.channel.ref, message.ref.id))
    return changes


def _unlinked(s: Situation) -> tuple[Message, ...]:
    return tuple(
        m for m in s.timeline if m.is_customers and m.ref and m.place.thread is None and m.ref != s.ticket.anchor and m.id not in s.ticket.linked
    )


def _linked(ticket: Ticket, s: Situation) -> Ticket:
    return replace(ticket, linked=(*ticket.linked, *(m.id for m in _unlinked(s))))


def _silence(s: Situation) -> Changes:
    """Start waiting for the customer: one reminder, then the end."""
    key, policy = str(s.ticket.id), s.policy.tickets
    remind = Deadline(derived("remind", key), DeadlineKind.REMIND, key, s.now + policy.remind)
    return write(SetDeadline(remind), SetDeadline(Deadline(derived("close", key), DeadlineKind.CLOSE, key, s.now + policy.close)))


def _promise(s: Situation, by: datetime) -> Changes:
    key = str(s.ticket.id)
    return write(SetDeadline(Deadline(derived("promise", key), DeadlineKind.PROMISE, key, by)))


def _daily(s: Situation) -> Changes:
    """Collect what was observed into the card of the day."""
    hours, minutes = map(int, s.policy.daily.at.split(":"))
    local = s.now.astimezone(ZoneInfo(s.policy.hours.zone))
    due = local.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    due += timedelta(days=1) if due <= local else timedelta()
    return write(SetDeadline(Deadline(derived("daily", due.date()), DeadlineKind.DAILY, f"day:{due.date()}", due.astimezone(UTC))))


def _rounded(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _phrase(s: Situation, code: str, **values: object) -> str:
    return s.policy.phrase(code, s.language, **values)


def _time(s: Situation, instant: datetime) -> str:
    return shown(instant, now=s.now, zone=s.zone, language=s.language)
