"""Page buttons: whoever is called takes it up, puts it off with a reason, or hands it over; the chain is held for as long as they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from desk.cards import Button, Field, Form, Option, Pick
from desk.changes import NOTHING, Changes, SaveMessage, write
from desk.customer import TEAM, Person
from desk.errors import NotAllowed
from desk.escalation import Escalation, EscalationStatus
from desk.events import ButtonClicked
from desk.ids import MessageId, derived
from desk.oncall import OnCall
from desk.space import UserRef, parse_user
from desk.ticket import Reason, Ticket
from handlers import climbing, internal, stepping
from handlers.dossier import Dossier
from handlers.services import Services
from handlers.situation import Situation, load_anyway
from handlers.times import timed

MOST = 90
"""Teammates whom a list shows; for more of them the platform's own picker is asked."""
MORNING = "morning"
SPANS: Mapping[str, tuple[str, Callable[[datetime, OnCall, str], datetime]]] = {
    "15m": ("15 minutes", lambda now, oncall, zone: now + timedelta(minutes=15)),
    "30m": ("30 minutes", lambda now, oncall, zone: now + timedelta(minutes=30)),
    "1h": ("1 hour", lambda now, oncall, zone: now + timedelta(hours=1)),
    "2h": ("2 hours", lambda now, oncall, zone: now + timedelta(hours=2)),
    MORNING: ("until my morning", lambda now, oncall, zone: oncall.night.ends(now, zone)),
}
"""How long a page may be put off: as the form calls it, and when that ends."""
WHEN = Field("until", "For how long?", "30m", options=tuple(Option(code, label) for code, (label, _) in SPANS.items()))
WHY = Field("reason", "Why can it wait? For the team only.", lines=2)
SNOOZE = Form("Put it off", (WHEN, WHY), "Snooze")


def later(raised: Escalation, d: Dossier) -> tuple[Button, ...]:
    """Return the buttons of a page beside Acknowledge."""
    give = _form(d, str(raised.by or ""))
    return (
        Button("page_snooze", "Snooze...", d.ticket.id, subject=raised.id, form=SNOOZE),
        Button("page_hand_over", "Hand over...", d.ticket.id, subject=raised.id, form=give),
    )


async def snooze(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Keep a chain from climbing until an instant, for a reason that is kept as a note of the team's."""
    raised = await _live(event, ticket, services)
    reason = event.form.get("reason", "").strip()
    if not reason:
        raise NotAllowed("Say why it can wait.")
    if event.form.get("until", "") not in SPANS:
        raise NotAllowed(f"Say how long: {', '.join(SPANS)}.")
    s = await load_anyway(ticket, services, cause=event.id)
    reader = s.team.get(event.by)
    zone = reader.zone if reader else s.policy.hours.zone
    until = SPANS[event.form["until"]][1](s.now, s.policy.oncall, zone)
    note = internal.note(s, event, reason, id=MessageId(derived("m", event.id, "put_off")))
    step = Reason("snoozed", (("who", event.by_name), ("until", until.isoformat()), ("note", str(note.id)), ("at", s.now.isoformat())))
    told = internal.told(s, event, f"Put off until {timed(until, now=s.now, zone=zone)}. It comes back to you then, unless it is closed.")
    return write(SaveMessage(note)) + climbing.held(raised, s, event.by, name=event.by_name, until=until, step=step) + internal.refreshed(s) + told


async def hand_over(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Call somebody else of the team instead; the chain goes on when they do not take it up."""
    raised = await _live(event, ticket, services)
    s = await load_anyway(ticket, services, cause=event.id)
    user, person = _named(event, s)
    if user == event.by:
        raise NotAllowed("You have it already: acknowledge it.")
    step = Reason("handed_over", (("who", event.by_name), ("to", person.name), ("at", s.now.isoformat())))
    given = replace(raised, status=EscalationStatus.OPEN, by=None, by_name="", held_until=None, steps=(*raised.steps, step))
    note = event.form.get("note", "").strip()
    kept = write(SaveMessage(internal.note(s, event, note))) if note else NOTHING
    told = internal.told(s, event, f"{person.name} is called about it now.")
    return kept + await stepping.summoned(given, user, s, services, why="handed_over") + told


def _form(d: Dossier, held_by: str) -> Form:
    people = tuple(Option(str(user), person.name) for user, person in d.team if str(user) != held_by)
    listed = Field("teammate", "Who should take it?", options=people, note="They are called at once.")
    who = listed if 0 < len(people) <= MOST else replace(listed, options=(), picks=Pick.PERSON)
    return Form("Hand it over", (who, Field("note", "What should they know? For the team only.", lines=2, required=False)), "Hand over")


def _named(event: ButtonClicked, s: Situation) -> tuple[UserRef, Person]:
    """Return the teammate whom the form names: by the platform's id, or by name or e-mail address."""
    given = event.form.get("teammate", "").strip()
    wanted = given.casefold()
    known = parse_user(given) if given.count("/") == 2 else UserRef(event.by.platform, event.by.space, given)
    near = sorted(s.team.items(), key=lambda item: item[0].platform is not event.by.platform)
    named = ((user, person) for user, person in near if user == known or (wanted and wanted in (person.name.casefold(), person.email.casefold())))
    found = next(named, None)
    if found is None or found[1].role not in TEAM:
        raise NotAllowed("Say who of the support team should take it.")
    return found


async def _live(event: ButtonClicked, ticket: Ticket, services: Services) -> Escalation:
    raised = await services.store.escalation(event.subject)
    if raised is None or raised.ticket != ticket.id or raised.status is EscalationStatus.CLOSED or ticket.status.is_over:
        raise NotAllowed("It is over: there is nothing to put off or to hand over any more.")
    return raised
