"""Incident cards: what the team sees of an incident, drawn from the present state, and the buttons that say what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.audience import INTERNAL
from desk.cards import Block, Button, Buttons, Card, CardKind, CardRecord, Field, Form, Header, Notes, Option, Style, Text
from desk.changes import NOTHING, Changes, Enqueue, Refresh, SaveCard, write
from desk.draft import Draft, DraftStatus
from desk.errors import Unavailable
from desk.ids import CardId, EventId, IncidentId, OutboxId, TicketId, derived
from desk.incident import Incident, IncidentStatus, Telling
from desk.post import Post
from desk.space import UserRef
from desk.ticket import Attention, Status, Ticket
from desk.timeline import Purpose
from handlers import spokesman
from handlers.incident_words import best, draft_id
from handlers.services import Services
from handlers.situation import agents_place
from handlers.times import brief

QUOTED = 90
"""Characters of a customer's words on a line: a phone shows two."""
SHOWN = 8
"""Tickets that a card lists; the rest is counted."""
LISTED = 90
"""Choices of a form: platforms list a hundred at most."""
STATES = {Status.WAITING_TEAM: "waits for us", Status.WAITING_CUSTOMER: "waits for them"}
HEADS = {
    IncidentStatus.SUSPECTED: "Suspected incident",
    IncidentStatus.CONFIRMED: "Incident",
    IncidentStatus.FIXED: "Fixed",
    IncidentStatus.DISMISSED: "Not an incident",
}


@dataclass(frozen=True, slots=True)
class Touched:
    """One ticket of an incident as its card shows it: whose it is, where, what its customer wrote, and the drafts of it."""

    ticket: Ticket
    who: str
    channel: str
    words: str = ""
    drafts: tuple[Draft, ...] = ()
    noted: tuple[str, ...] = ()
    """The rules for which somebody would have been called, were it not for the incident."""


@dataclass(frozen=True, slots=True)
class File:
    """Everything that an incident's card is drawn from. `others` are the open incidents that it may be merged with."""

    incident: Incident
    touched: tuple[Touched, ...]
    others: tuple[Incident, ...] = ()
    candidates: tuple[Touched, ...] = ()
    """Open tickets in no incident, the latest first."""
    said: tuple[tuple[str, str], ...] = ()
    """What was told to everybody, by the telling's id."""
    into: str = ""
    zone: str = "UTC"
    now: datetime | None = None


def card_id(incident: IncidentId) -> CardId:
    """Return the id of an incident's card."""
    return CardId(derived("k", CardKind.INCIDENT, incident))


async def posted(incident: Incident, services: Services, *, cause: EventId, at: datetime, to: tuple[UserRef, ...] = ()) -> Changes:
    """Post an incident's card in the agents channel, apart from its tickets' cards; nothing without such a channel."""
    first = await services.store.ticket(incident.tickets[0]) if incident.tickets else None
    place = await agents_place(services, first.place.channel if first else None)
    if place is None:
        return NOTHING
    outbox = OutboxId(derived("o", "card", CardKind.INCIDENT, incident.id))
    record = CardRecord(card_id(incident.id), CardKind.INCIDENT, None, incident.id, outbox, place)
    return write(SaveCard(record), Enqueue(Post(outbox, place, Purpose.INCIDENT_CARD, INTERNAL, at, card_id=record.id, to=to)))


def redrawn(incident: IncidentId, *, cause: EventId, at: datetime) -> Changes:
    """Draw an incident's card again."""
    return write(Refresh(card_id(incident), OutboxId(derived("o", cause, card_id(incident))), at))


async def file_of(incident: Incident, services: Services) -> File:
    """Load everything that an incident's card shows."""
    store, policy = services.store, await services.policy.current()
    touched = [await _touched(ticket, services) for id in incident.tickets if (ticket := await store.ticket(id))]
    open_ones = [other for other in await store.incidents(open_only=True) if other.id != incident.id]
    said = [(telling.id, message.text if (message := await store.message_by_id(telling.message)) else "") for telling in incident.tellings]
    into = await store.incident(incident.merged_into) if incident.merged_into else None
    return File(
        incident,
        tuple(touched),
        tuple(open_ones),
        tuple(await _candidates(incident, services)) if not incident.status.is_over else (),
        tuple(said),
        into.title if into else "",
        policy.hours.zone,
        services.clock.now(),
    )


def drawn(file: File) -> Card:
    """Draw an incident: what it is, who is in it, what they were told, and what may be done about it."""
    incident = file.incident
    head = Header(f"{HEADS[incident.status]}: {incident.title}", _count(incident.accounts, "customer"))
    if incident.status is IncidentStatus.DISMISSED:
        return Card((head, Text(_ended(file), Style.QUIET)))
    blocks: list[Block] = [head, Text(_since(file), Style.QUIET)]
    blocks += [Notes("In it", _lines(file))] if file.touched else []
    blocks += [Notes(_told_title(telling, file), (_cut(text, 300) or "(erased)",)) for telling, text in _tellings(file)[-1:]]
    left = _left_out(file)
    blocks += [Notes("Not told" if incident.tellings else "A reply to all would not reach", left)] if left else []
    if incident.status is IncidentStatus.FIXED:
        return Card((*blocks, Text(_ended(file), Style.QUIET)))
    return Card((*blocks, _buttons(file)))


def line(incident: Incident, *, zone: str, now: datetime) -> str:
    """Return an incident in one line, for lists."""
    by = f", {incident.by_name}" if incident.by_name else ""
    count = f"{_count(len(incident.tickets), 'ticket')} of {_count(incident.accounts, 'customer')}"
    return f"{incident.id}  {incident.status}{by}: {incident.title}, {count}, since {brief(incident.opened, now=now, zone=zone)}"


def reply_form(file: File, *, final: bool) -> Form:
    """Return the form of a reply to everybody, with the best draft there is to begin with."""
    reached, left = _reached(file), _left_out(file)
    draft = "" if final else best([draft for each in file.touched for draft in each.drafts])
    note = "One text for all of them. Nothing of one customer's own, please: no names, numbers or amounts."
    skipped = f" Not told: {'; '.join(left)}." if left else ""
    intro = f"It goes to {_count(len(reached), 'ticket')}, each in its own thread; nobody sees who else got it.{skipped}"
    if final:
        return Form("Fixed", (Field("text", "What they read after “this should work again”", lines=4, required=False, note=note),), "Tell all", intro)
    return Form("Reply to all", (Field("text", "Reply", draft, lines=8, note=note),), "Send to all", intro)


def left_out(each: Touched, incident: Incident, by: UserRef | None = None) -> str:
    """Return why a reply to all does not go to a ticket, "" where it does."""
    ticket = each.ticket
    reasons = {
        "it is part of another ticket": ticket.merged_into is not None,
        f"it is {ticket.status}": ticket.status.is_over,
        "it is muted": ticket.muted or ticket.attention is Attention.MUTED,
        f"{ticket.owner_name or 'somebody'} holds it": ticket.owner is not None and ticket.owner != by,
        "a teammate writes there": ticket.owner is None and ticket.attention is Attention.DORMANT,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def was_told(each: Touched, telling: Telling) -> bool:
    """Tell whether a ticket's customer got a reply to all."""
    return any(draft.id == draft_id(telling, each.ticket.id) and draft.status is DraftStatus.SENT for draft in each.drafts)


async def _touched(ticket: Ticket, services: Services) -> Touched:
    channel = await services.store.channel(ticket.place.channel)
    try:
        account = await services.crm.account(ticket.account) if ticket.account else None
    except Unavailable:
        account = None
    said = [m for m in await services.store.timeline(ticket.id) if m.is_customers]
    who = f"{account.name}{f' ({account.tier})' if account.tier else ''}" if account else ticket.customer_name or "a customer"
    words = said[-1].text if said else ""
    noted = [rule for e in await services.store.escalations(ticket.id) if spokesman.is_collapsed(e) for rule in e.rules]
    drafts = tuple(await services.store.drafts(ticket.id))
    return Touched(ticket, who, channel.name if channel else "", words, drafts, tuple(dict.fromkeys(noted)))


async def _candidates(incident: Incident, services: Services) -> Sequence[Touched]:
    """Return the open tickets that could be added by hand."""
    taken = {id for other in await services.store.incidents(open_only=True) for id in other.tickets}
    free = [t for t in await services.store.tickets(open_only=True) if t.id not in taken and t.merged_into is None]
    return [await _touched(ticket, services) for ticket in reversed(free[-LISTED // 3 :])]


def _since(file: File) -> str:
    incident = file.incident
    opened, latest = _at(incident.opened, file), _at(incident.last or incident.opened, file)
    last = f", the last {latest}" if latest != opened else ""
    state = f"  Confirmed by {incident.by_name}: its tickets ping once, not each." if incident.is_confirmed and incident.by_name else ""
    return f"{_count(len(incident.tickets), 'ticket')}, since {opened}{last}.{state}"


def _at(instant: datetime, file: File) -> str:
    return brief(instant, now=file.now or instant, zone=file.zone)


def _lines(file: File) -> tuple[str, ...]:
    shown = [_line(each, file.incident) for each in file.touched[:SHOWN]]
    more = len(file.touched) - SHOWN
    return (*shown, f"and {more} more: `/frontdesk incident {file.incident.id}` lists them") if more > 0 else tuple(shown)


def _line(each: Touched, incident: Incident) -> str:
    last = incident.latest
    state = STATES.get(each.ticket.status, str(each.ticket.status))
    told = ", told" if last and was_told(each, last) else ""
    noted = f", also: {', '.join(rule.replace('_', ' ') for rule in each.noted)}" if each.noted else ""
    words = f": “{_cut(' '.join(each.words.split()), QUOTED)}”" if each.words else ""
    return f"• {each.who}, #{each.channel}, {state}{told}{noted}{words} ({each.ticket.id})"


def _tellings(file: File) -> list[tuple[Telling, str]]:
    said = dict(file.said)
    return [(telling, said.get(telling.id, "")) for telling in file.incident.tellings]


def _told_title(telling: Telling, file: File) -> str:
    got = sum(was_told(each, telling) for each in file.touched)
    what = "Told that it is fixed" if telling.final else "Told"
    return f"{what} by {telling.by_name} at {_at(telling.at, file)}, to {got} of {len(file.touched)}"


def _left_out(file: File) -> tuple[str, ...]:
    """Return why tickets were or would be left out, one line each; those that got the last reply are not among them."""
    last = file.incident.latest
    rest = [each for each in file.touched if not (last and was_told(each, last))]
    return tuple(f"{each.who}, {each.ticket.id}: {why}" for each in rest if (why := left_out(each, file.incident)))


def _reached(file: File) -> list[Touched]:
    return [each for each in file.touched if not left_out(each, file.incident)]


def _ended(file: File) -> str:
    incident = file.incident
    if incident.merged_into:
        return f"Part of another one now: {file.into or incident.merged_into}."
    at = _at(incident.closed, file) if incident.closed else ""
    said = "Everybody was told" if incident.status is IncidentStatus.FIXED else "Its tickets go on each by itself"
    return f"{said}. {incident.by_name}, {at}"


def _buttons(file: File) -> Buttons:
    incident = file.incident
    reply = _button(file, "incident_reply", "Reply to all...", form=reply_form(file, final=False))
    fixed = _button(file, "incident_fixed", "Fixed...", form=reply_form(file, final=True))
    none = _button(file, "incident_dismiss", "Not an incident", style=Style.DANGER)
    confirm = _button(file, "incident_confirm", "It is one incident", style=Style.PRIMARY)
    first = (reply, fixed) if incident.is_confirmed else (confirm, none, reply)
    rest = (none,) if incident.is_confirmed else (fixed,)
    return Buttons(first, (*_changing(file), *rest))


def _changing(file: File) -> tuple[Button, ...]:
    """Return what changes who is in it."""
    inside = tuple(Option(str(each.ticket.id), _named(each)) for each in file.touched[:LISTED])
    free = tuple(Option(str(each.ticket.id), _named(each)) for each in file.candidates)
    others = tuple(Option(str(other.id), _cut(f"{other.title} ({other.status})", 75)) for other in file.others[:LISTED])
    out = Form("Does not belong", (Field("ticket", "Which ticket has another cause?", options=inside),), "Take out")
    add = Form("Add a ticket", (Field("ticket", "Which ticket has the same cause?", options=free),), "Add")
    merge = Form("Merge incidents", (Field("into", "This incident becomes part of", options=others),), "Merge")
    made = (
        (_button(file, "incident_out", "Does not belong...", form=out), bool(inside)),
        (_button(file, "incident_add", "Add ticket...", form=add), True),
        (_button(file, "incident_merge", "Merge incidents...", form=merge), bool(others)),
    )
    return tuple(button for button, shown in made if shown)


def _button(file: File, action: str, label: str, *, style: Style = Style.PLAIN, form: Form | None = None) -> Button:
    ticket = next((each.ticket.id for each in file.touched if each.ticket.merged_into is None), TicketId(""))
    return Button(action, label, ticket, subject=str(file.incident.id), style=style, form=form)


def _named(each: Touched) -> str:
    return _cut(f"{each.who}, #{each.channel}: {' '.join(each.words.split())}", 75)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
