"""A turn: what a customer said is understood, weighed, drafted, decided and done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from desk.answering import Heard
from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, Changes, Expect, SaveEscalation, SetDeadline, write
from desk.customer import TEAM
from desk.deadlines import Deadline, DeadlineKind
from desk.decision import unanswered
from desk.draft import Draft, DraftStatus, Proposal
from desk.errors import Unavailable
from desk.escalation import EscalationStatus, Trigger
from desk.events import TurnStarted
from desk.facts import HARD, Facts, Occasion
from desk.ids import EventId, derived
from desk.modes import Mode
from desk.space import ChannelKind
from desk.ticket import Attention, Reason, Ticket
from desk.timeline import SPOKEN, Purpose
from desk.triage import Classification, Impact, Sentiment, Signal
from escalation.kept import kept
from handlers import act, drafting, files, joining, recontact, requests, summing, weighing, wishes
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation, load, load_anyway
from handlers.weighing import Weighed
from handlers.wishes import Wishes

WORST_FIRST = tuple(Sentiment)
SHORTLY, LONGEST = timedelta(seconds=1), timedelta(seconds=30)
"""How long a turn waits for words that are not sorted yet."""


async def turn_started(event: TurnStarted, services: Services) -> Changes:
    """Answer a ticket's turn, unless a newer one has begun or the customer is still writing."""
    ticket = await services.store.ticket(event.ticket)
    if ticket is None or ticket.turn != event.turn or ticket.merged_into is not None:
        return NOTHING
    channel = ticket.place.channel
    if await services.store.waiting(channel, ticket.group) or services.behind(channel) or services.crowded(channel):
        return await postponed(ticket, services)
    beside = await joining.offered(ticket, services, cause=event.id, at=services.clock.now())
    return await take(ticket, services, cause=event.id) + beside + write(Expect(str(ticket.place.channel), ticket.group))


async def postponed(ticket: Ticket, services: Services) -> Changes:
    """Look again once what its customer is just saying is sorted: it may go to another ticket, and this one must not stay unanswered.

    What should have been sorted by now waits behind much else: the longer it does, the longer this waits.
    """
    now = services.clock.now()
    pause = await services.store.deadline(derived("pause", ticket.place.channel, ticket.group))
    wait = max(SHORTLY, min(abs(now - pause.due), LONGEST)) if pause else SHORTLY
    return write(SetDeadline(Deadline(derived("again", ticket.id), DeadlineKind.RETRY, str(ticket.id), now + wait)))


async def take(
    ticket: Ticket, services: Services, *, cause: EventId, wanted: Wishes = wishes.NONE, reviewed: bool = False, done: Draft | None = None
) -> Changes:
    """Run the whole turn of a ticket as it stands now; `reviewed` puts the draft before the team whatever the mode.

    `done` is a draft whose actions were run while the customer wrote again: the answer tells of them first.
    """
    try:
        s = await load(ticket, services, cause=cause)
        return await _answer(replace(s, since=done.created if done else None), services, wanted=wanted, reviewed=reviewed, done=done)
    except Unavailable as error:
        if error.system not in ("model", "kb", "crm"):
            raise
        return await _without(ticket, services, cause=cause, system=error.system)


async def _answer(
    s: Situation, services: Services, *, wanted: Wishes = wishes.NONE, reviewed: bool = False, without: str = "", done: Draft | None = None
) -> Changes:
    if not s.said:
        return act.perform(_facts(s, Classification("", 0.0), empty=True), s, Deed())
    s, read = await files.read(s, services)
    classification = await _filed(s, await _classify(s, services), services)
    # Categories that a customer trains take the place of those at the start, so only the classification knows which were in use.
    versions = replace(s.versions, heads=classification.model or s.versions.heads)
    s = replace(s, ticket=await _understood(s, classification, services), versions=versions)
    under_way = done is None and any(d.status is DraftStatus.RUNNING for d in s.drafts)
    drafts = _wants_draft(s, classification) and not without and not under_way
    proposal = await drafting.propose(s, classification, services, wanted=wanted) if drafts else Proposal(abstained=without or "not_needed")
    proposal = replace(proposal, doubts=(*proposal.doubts, "requested")) if reviewed else proposal
    if done is not None:
        category = classification.category if classification.is_request else s.ticket.category
        proposal, classification = drafting.following(done.proposal, proposal), replace(classification, is_request=True, category=category)
    draft = replace(drafting.stored(proposal, s), follows=done.id if done else None) if drafting.sound(proposal, s) else None
    repeats = draft is not None and _repeats(draft, s)
    weighed = await weighing.weigh(s, classification, services, proposal=proposal, repeats=repeats and _said_anew(s))
    s, triggers, classification = weighed.s, weighed.triggers, weighed.case.classification
    facts = _facts(s, classification, weighed=weighed, proposal=proposal, draft=draft, repeats=repeats, under_way=under_way)
    warned = (
        weighed.changes + (NOTHING if without else _resumed(s)) + (await recontact.came_back(s, services) if classification.is_request else NOTHING)
    )
    if _must_warn(s, classification):
        s = replace(s, ticket=replace(s.ticket, heard_once=s.ticket.heard_once | {"personal_data"}))
        warned += _warned(s, facts)
    later = write(_again(s.ticket, s.now + s.policy.down.retry)) if facts.paused and not s.ticket.held else NOTHING
    read += files.noted(proposal, s.said)
    deed = Deed(draft=draft, triggers=triggers or _no_answer(facts), notices=weighed.notices, calls=classification.calls + proposal.calls)
    return warned + later + read + act.perform(facts, s, await summing.handed_over(facts, s, deed, services, proposal=proposal))


def _again(ticket: Ticket, at: datetime) -> SetDeadline:
    """Look at a ticket's turn once more: while the bot is paused nothing is said, and nobody's question may be forgotten."""
    return SetDeadline(Deadline(derived("again", ticket.id), DeadlineKind.RETRY, str(ticket.id), at))


async def _classify(s: Situation, services: Services) -> Classification:
    """Classify the burst as a whole; what one of its latest messages signals, the burst signals."""
    said = s.said
    before = tuple(message for message in s.timeline if message not in said)
    whole = await services.triager.triage(drafting.words_of(said), heard=Heard(drafting.payer_of(s, s.authors[0]), before))
    answers = _was_asked(s) and whole.is_request_confidence < 1
    whole = replace(whole, is_request=whole.is_request or files.speak_for_themselves(s) or answers or any(m.asked_at for m in said))
    if len(said) == 1:
        return whole
    each = [await services.triager.triage(message.text) for message in s.latest]
    signals = whole.signals.union(*(c.signals for c in each))
    asks = whole.is_request or any(c.is_request for c in each)
    worst = min((whole.sentiment, *(c.sentiment for c in each)), key=WORST_FIRST.index)
    sour = max(whole.displeasure, *(c.displeasure for c in each))
    impact = tuple(item for item in Impact if any(item in c.impact for c in (whole, *each)))
    return replace(whole, signals=signals, is_request=asks, sentiment=worst, displeasure=sour, impact=impact)


def _was_asked(s: Situation) -> bool:
    """Tell whether the last they heard from us was a question: what they say now answers it, however little it asks. Only thanks do not."""
    heard = [m for m in s.timeline if not m.deleted and m.audience != INTERNAL and (m.role in TEAM or m.purpose in SPOKEN)]
    return bool(heard) and heard[-1].purpose is Purpose.QUESTION


async def _understood(s: Situation, c: Classification, services: Services) -> Ticket:
    """Return the ticket with what this turn taught us: who, what about, in which language, and whether the topic changed."""
    customer = s.customer
    ticket = replace(
        s.ticket,
        person=customer.person.id if customer.person else s.ticket.person,
        account=customer.account.id if customer.account else s.ticket.account,
        category=c.category if c.is_request or not s.ticket.category else s.ticket.category,
        language=_language(s, c),
        heard_once=s.ticket.heard_once - {"down"},
    )
    ticket = replace(ticket, not_solved=ticket.not_solved + _unsolved(s, c))
    if await _topic_changed(s, c, services):
        ticket = replace(ticket, topic_since=s.said[0].at, not_solved=0, filed=False)
    return ticket


async def _filed(s: Situation, c: Classification, services: Services) -> Classification:
    """Return the classification with the category that a teammate chose, as long as the topic is the same."""
    stands = s.ticket.filed and not await _topic_changed(s, c, services)
    return replace(c, category=s.ticket.category) if stands else c


def _unsolved(s: Situation, c: Classification) -> int:
    """Count "not solved" in words: once after an answer; enough for a human when somebody comes in complaining of what was tried before."""
    if Signal.NOT_SOLVED not in c.signals:
        return 0
    complains = s.ticket.answered_at is None and c.sentiment in (Sentiment.FURIOUS, Sentiment.UNHAPPY) and "?" not in drafting.words_of(s.said)
    return s.policy.escalation.not_solved if complains else int(s.ticket.answered_at is not None)


def _language(s: Situation, c: Classification) -> str:
    """Return the language the customer just wrote in, else the one before, else the person's own."""
    person = s.customer.person
    heard = c.language if c.language in s.policy.phrases else None
    return heard or s.ticket.language or (person.language if person else "")


async def _topic_changed(s: Situation, c: Classification, services: Services) -> bool:
    before = [m for m in s.timeline if m.is_customers and m not in s.said]
    if not before or not c.is_request or Signal.NOT_SOLVED in c.signals:
        return False
    return await services.triager.similarity(drafting.words_of(s.said), drafting.words_of(before[-3:])) < s.policy.tickets.same_topic


def _wants_draft(s: Situation, c: Classification) -> bool:
    """Tell whether a draft could be of use to anybody."""
    meant = s.ticket.attention is not Attention.GUEST or _mentioned(s)
    return meant and (c.is_request or bool({str(signal) for signal in c.signals} & HARD))


def _facts(
    s: Situation,
    c: Classification,
    *,
    weighed: Weighed | None = None,
    proposal: Proposal | None = None,
    draft: Draft | None = None,
    repeats: bool = False,
    empty: bool = False,
    under_way: bool = False,
) -> Facts:
    proposal = proposal or Proposal()
    triggers, notices = (weighed.triggers, weighed.notices) if weighed else ((), ())
    return Facts(
        mode=mode_of(s, c.category),
        category=c.category,
        kind=s.channel.kind,
        tier=s.tier,
        sentiment=str(c.sentiment),
        language=c.language or "",
        is_request=c.is_request,
        is_request_confidence=round(c.is_request_confidence, 4),
        out_of_scope=c.out_of_scope,
        triggers=tuple(trigger.rule for trigger in triggers),
        notices=tuple(trigger.rule for trigger in notices),
        weighed=kept(weighed.case) if weighed else (),
        held=s.ticket.held,
        attention=s.ticket.attention,
        invited=_mentioned(s) or s.channel.kind is ChannelKind.DIRECT,
        mentioned=_mentioned(s),
        draft=draft.id if draft else None,
        asks=proposal.question,
        abstained=proposal.abstained,
        confidence=round(proposal.confidence, 4),
        threshold=s.policy.answers.threshold_of(c.category, calibrated=proposal.threshold),
        claims=len(proposal.claims),
        unsupported=proposal.unsupported,
        fixed=proposal.fixed,
        doubts=(*proposal.doubts, *(weighed.doubts if weighed else ())),
        late=any(message.late for message in s.said),
        paused=s.policy.paused.holds(c.category, s.channel.name, now=s.now),
        repeats=repeats and not any(trigger.rule == "loop" for trigger in triggers),
        empty=empty,
        pages=frozenset(s.policy.escalation.observe_pages),
        degraded=tuple(dict.fromkeys((*c.degraded, *proposal.degraded))),
        disagreed=c.disagreed,
        trend=c.trend,
        urgency=c.urgency,
        runs=requests.consents(draft, s.runs, s.ticket.customer) if draft else (),
        under_way=under_way,
    )


def mode_of(s: Situation, category: str) -> Mode:
    """Return the mode a ticket runs in."""
    return s.policy.modes.of(category, s.channel.kind, tier=s.tier)


def _mentioned(s: Situation) -> bool:
    return any(message.mentions_bot for message in s.said)


def _repeats(draft: Draft, s: Situation) -> bool:
    """Tell whether the draft says what the customer was last told, and wants nothing done."""
    if draft.proposal.requests:
        return False
    sent = [d for d in s.drafts if d.status is DraftStatus.SENT]
    return bool(sent) and [part.text for part in sent[-1].proposal.parts] == [part.text for part in draft.proposal.parts]


def _said_anew(s: Situation) -> bool:
    """Tell whether a customer wrote something since the last answer, not only changed what stood there."""
    return s.ticket.answered_at is None or any((m.asked_at or m.at) > s.ticket.answered_at for m in s.said)


def _no_answer(facts: Facts) -> tuple[Trigger, ...]:
    if facts.draft is not None or not facts.is_request or facts.asks:
        return ()
    return (Trigger(unanswered(facts), 1, (("why", facts.abstained or ""),)),)


def _must_warn(s: Situation, c: Classification) -> bool:
    """Tell whether the author posted personal data where everybody reads, and was not told yet."""
    seen_by_all = s.channel.kind is not ChannelKind.DIRECT and any(audience == PUBLIC for audience in s.place)
    paused = s.policy.paused.holds(c.category, s.channel.name, now=s.now)
    return Signal.PERSONAL_DATA in c.signals and seen_by_all and not paused and "personal_data" not in s.ticket.heard_once


def _warned(s: Situation, facts: Facts) -> Changes:
    return act.perform(replace(facts, occasion=Occasion.PUBLIC_PERSONAL_DATA), s, Deed(), label="warn")


def _resumed(s: Situation) -> Changes:
    """Whatever was down is up again: the escalation that said so needs nobody any more."""
    down = [e for e in s.open_escalations if e.rules == ("down",)]
    return write(*(SaveEscalation(replace(e, status=EscalationStatus.CLOSED, closed_at=s.now, steps=(*e.steps, Reason("resumed")))) for e in down))


async def _without(ticket: Ticket, services: Services, *, cause: EventId, system: str) -> Changes:
    """Go on without what is down: who needs a human gets one, everybody else is told that it takes longer, once."""
    s = await load_anyway(ticket, services, cause=cause)
    if await _needs_human(s, services):
        return await _answer(s, services, without=system)
    again = write(SetDeadline(Deadline(derived("again", ticket.id), DeadlineKind.RETRY, str(ticket.id), s.now + s.policy.down.retry)))
    paused = s.policy.paused.holds(ticket.category, s.channel.name, now=s.now)
    if "down" in ticket.heard_once or ticket.held or ticket.muted or paused:
        return again
    facts = replace(_facts(s, Classification(ticket.category, 0.0)), occasion=Occasion.DOWN, down=system)
    return act.perform(facts, s, Deed()) + again


async def _needs_human(s: Situation, services: Services) -> bool:
    """Tell whether a hard rule would fire, as far as anybody can tell now."""
    try:
        heard = await _classify(s, services) if s.said else Classification("", 0.0)
    except Unavailable:
        return False
    return bool({str(signal) for signal in heard.signals} & HARD)
