"""Incidents by command: what there is, and everything that the buttons of an incident's card do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.cards import Card, Form, Header, Notes, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput, NotAllowed
from desk.events import ButtonClicked, CommandInvoked
from desk.ids import TicketId
from desk.incident import Incident, IncidentStatus
from desk.ports import Query
from desk.ticket import Ticket
from handlers import incident_buttons, incident_cards, incidents
from handlers.commands.words import listed, split
from handlers.services import Services

USAGE = "incident [TICKET]|[INCIDENT confirm|dismiss|add|remove|reply|fixed]"
WAYS = (
    "incident",
    "incident INCIDENT",
    "incident TICKET [TICKET]",
    "incident [INCIDENT] confirm|dismiss",
    "incident [INCIDENT] add|remove TICKET",
    "incident [INCIDENT] reply [TEXT]",
    "incident [INCIDENT] fixed [TEXT]",
)
ACTIONS = {
    "confirm": ("incident_confirm", "It is one incident: its tickets ping once now."),
    "dismiss": ("incident_dismiss", "It is no incident any more: its tickets go on each by itself."),
    "add": ("incident_add", "Added."),
    "remove": ("incident_out", "Taken out."),
    "reply": ("incident_reply", "It goes to everybody in it."),
    "fixed": ("incident_fixed", "Everybody in it is told that it is fixed."),
}
"""What may be done, by the word for it: the button that does the same, and what is said then."""
TEXTS = ("reply", "fixed")
PAST = 10
"""Incidents that are over which a list shows."""


async def incident(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """List incidents, open one of tickets that have one cause, or say what is to become of one.

    Without an incident's id the only open one is meant. What is opened by hand counts as confirmed.
    """
    words = split(event.text)[1:]
    if not words:
        return await _list(services), NOTHING
    if words[0].startswith("t-"):
        return await _open(event, words, services)
    found, rest = await _meant(words, services)
    if not rest:
        return incident_cards.drawn(await incident_cards.file_of(found, services)), NOTHING
    action, said = _action(rest[0])
    clicked = _click(event, found, action, form=_form_of(event, rest))
    try:
        changes = await incident_buttons.BUTTONS[action](clicked, await _first(found, services), services)
    except NotAllowed as error:
        raise InvalidInput(str(error)) from error
    return Card((Text(said),)), changes


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of a reply whose words are not written yet."""
    words = split(query.subject)[1:]
    if not words or words[0].startswith("t-"):
        return None
    found, rest = await _meant(words, services)
    if len(rest) != 1 or rest[0].lower() not in TEXTS or found.status.is_over:
        return None
    return incident_cards.reply_form(await incident_cards.file_of(found, services), final=rest[0].lower() == "fixed")


async def _list(services: Services) -> Card:
    now, zone = services.clock.now(), (await services.policy.current()).hours.zone
    found = await services.store.incidents()
    lines = [incident_cards.line(each, zone=zone, now=now) for each in reversed(found) if not each.status.is_over]
    past = [incident_cards.line(each, zone=zone, now=now) for each in reversed(found) if each.status.is_over][:PAST]
    shown = [Notes("Open incidents", tuple(lines))] if lines else [Header("Open incidents", "0")]
    return Card((*shown, *([Notes("Over", tuple(past))] if past else [])))


async def _open(event: CommandInvoked, words: Sequence[str], services: Services) -> tuple[Card, Changes]:
    """Open an incident of tickets that somebody names."""
    tickets = [await _ticket(word, services) for word in dict.fromkeys(words)]
    for ticket in tickets:
        if mine := await incidents.open_incident(ticket.id, services):
            raise InvalidInput(f"{ticket.id} is in an incident already: {mine.id}, {mine.title}.")
    said = Incident(incidents.NEW, "", event.at, status=IncidentStatus.CONFIRMED, by=event.by, by_name=event.by_name)
    changes = await incidents.opened(tickets, services, cause=event.id, at=event.at, said=said)
    return Card((Text(f"It is one incident now, of {listed([ticket.id for ticket in tickets], last='and')}."),)), changes


async def _ticket(word: str, services: Services) -> Ticket:
    found = [each for each in await services.store.tickets() if each.id.startswith(word)]
    if len(found) != 1:
        raise InvalidInput(f"{'No' if not found else 'More than one'} ticket begins with {word!r}.")
    if found[0].merged_into:
        raise InvalidInput(f"{found[0].id} is part of {found[0].merged_into} now: name that one.")
    return found[0]


async def _meant(words: Sequence[str], services: Services) -> tuple[Incident, Sequence[str]]:
    """Return the incident that is meant, and the words after it; without its id the only open one."""
    if words[0].startswith("i-"):
        found = [each for each in await services.store.incidents() if each.id.startswith(words[0])]
        if len(found) != 1:
            raise InvalidInput(f"{'No' if not found else 'More than one'} incident begins with {words[0]!r}: `/frontdesk incident` lists them.")
        return found[0], words[1:]
    _action(words[0])
    open_ones = await services.store.incidents(open_only=True)
    if len(open_ones) != 1:
        raise InvalidInput("There is no open incident." if not open_ones else f"Which one? {listed([each.id for each in open_ones])}.")
    return open_ones[0], words


def _action(word: str) -> tuple[str, str]:
    if word.lower() not in ACTIONS:
        raise InvalidInput(f"`incident` expects a ticket, an incident, or {listed(list(ACTIONS))}; you wrote {word!r}.")
    return ACTIONS[word.lower()]


def _form_of(event: CommandInvoked, rest: Sequence[str]) -> dict[str, str]:
    """Return what the button's form would hold: what was filled in, or what stands after the word."""
    written = event.text.partition(rest[0])[2].strip()
    typed = {"text": written} if rest[0].lower() in TEXTS and written else {"ticket": rest[1]} if len(rest) > 1 else {}
    return {**typed, **event.form}


async def _first(found: Incident, services: Services) -> Ticket:
    ticket = await services.store.ticket(found.tickets[0]) if found.tickets else None
    if ticket is None:
        raise InvalidInput("There is no ticket in it any more.")
    return ticket


def _click(event: CommandInvoked, found: Incident, action: str, *, form: dict[str, str]) -> ButtonClicked:
    """A command does what the button of the same name does."""
    ticket = found.tickets[0] if found.tickets else TicketId("")
    click = ButtonClicked(
        id=event.id,
        action=action,
        ticket=ticket,
        subject=str(found.id),
        by=event.by,
        by_name=event.by_name,
        role=event.role,
        at=event.at,
        place=event.place,
    )
    return replace(click, form=form)
