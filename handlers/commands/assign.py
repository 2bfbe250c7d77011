"""Assigning by command: a ticket is given to a teammate, with a note if there is something to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desk.cards import Card, Field, Form, Option, Text
from desk.changes import Changes, Enqueue
from desk.errors import InvalidInput
from desk.events import ButtonClicked, CommandInvoked
from desk.ids import OutboxId, derived
from desk.ports import Query
from desk.space import UserRef
from desk.ticket import Ticket
from escalation.routing import Teammate
from handlers import assigning
from handlers.commands.whom import user_of
from handlers.commands.words import LONGEST, expected, split
from handlers.roster import roster
from handlers.services import Services
from handlers.situation import agents_place

USAGE = "assign TICKET to TEAMMATE [NOTE]"
WAYS = ("assign TICKET", "assign TICKET to TEAMMATE [NOTE]", "assign TICKET to nobody")


async def assign(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Give a ticket to a teammate, who is told directly, with what you write after the name as a note; to nobody puts it back in the queue.

    Whoever holds a ticket, or a lead, may hand it on; one that nobody holds may be given by everybody.
    """
    ticket, people = await _ticket(event.text, services), await _people(event.text, services)
    given, note = _named(event, people)
    pressed = replace(_click(event, ticket), form={"teammate": given, "note": note})
    return _answered(await assigning.assign(pressed, ticket, services), event)


async def form(query: Query, services: Services) -> Form | None:
    """Return the form that asks who should hold a ticket, with how many each holds; None where somebody was named."""
    words = split(query.subject)
    if len(words) != 2:
        return None
    ticket, loads = await _ticket(query.subject, services), await services.store.loads()
    options = [Option(str(person.user), f"{person.name} ({_load(loads.get(person.user, 0))})") for person in await _people(query.subject, services)]
    nobody = [Option(assigning.NOBODY, "nobody: back to the team's queue")] if ticket.owner else []
    now = f"held by {ticket.owner_name}" if ticket.owner else f"offered to {ticket.offered_name}" if ticket.offered else "nobody's yet"
    return Form(
        "Assign the ticket",
        (
            Field("teammate", "Who holds it from now on?", str(ticket.owner or ""), options=(*options[: assigning.MOST], *nobody)),
            Field("note", "Note", lines=3, required=False, note="They read it, and the ticket keeps it; the customer never sees it."),
        ),
        "Assign",
        intro=f"{ticket.id}, {ticket.customer_name}: {now}.",
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form: nobody was named, or somebody who is not of the team."""
    known = [str(person.user) for person in await _people(query.subject, services)]
    return {} if values.get("teammate", "") in (*known, assigning.NOBODY) else {"teammate": "Name somebody of the team."}


def _named(event: CommandInvoked, people: tuple[Teammate, ...]) -> tuple[str, str]:
    """Return whom the form or the line names, and the note."""
    if event.form:
        return event.form.get("teammate", ""), event.form.get("note", "").strip()
    words = [word for n, word in enumerate(split(event.text)[2:]) if n or word.lower() != "to"]
    if words and words[0].lower() == assigning.NOBODY:
        return assigning.NOBODY, " ".join(words[1:])
    for count in range(min(LONGEST, len(words)), 0, -1):
        if user := _who(" ".join(words[:count]), event.by, people):
            return str(user), " ".join(words[count:])
    raise expected("assign", [person.name for person in people], " ".join(words[:2]))


def _who(words: str, near: UserRef, people: tuple[Teammate, ...]) -> UserRef | None:
    user, called = user_of(words, near), words.removeprefix("@")
    first = [person.user for person in people if person.name.casefold().split()[:1] == [called.casefold()]]
    named = [person.user for person in people if person.user == user or person.is_called(called)] or first
    return named[0] if len(named) == 1 else None


def _answered(changes: Changes, event: CommandInvoked) -> tuple[Card, Changes]:
    """Return what the button would whisper as the command's answer, so that it is said once."""
    said = OutboxId(derived("o", event.id, "told"))
    card = next((w.post.card for w in changes.writes if isinstance(w, Enqueue) and w.post.id == said), None)
    rest = tuple(w for w in changes.writes if not (isinstance(w, Enqueue) and w.post.id == said))
    return card or Card((Text("You hold it now."),)), Changes(rest, changes.events)


async def _ticket(text: str, services: Services) -> Ticket:
    words = split(text)
    if len(words) < 2:
        raise InvalidInput("Name the ticket: `/frontdesk assign t-... to TEAMMATE`")
    found = [ticket for ticket in await services.store.tickets(open_only=True) if ticket.id.startswith(words[1])]
    if len(found) != 1:
        raise InvalidInput(f"{'No' if not found else 'More than one'} open ticket begins with {words[1]!r}.")
    return found[0]


async def _people(text: str, services: Services) -> tuple[Teammate, ...]:
    """Return who may hold a ticket: the teammates on the platform where the team works."""
    place = await agents_place(services, (await _ticket(text, services)).place.channel)
    return await roster(await services.policy.current(), services, on=place.channel.platform if place else None)


def _load(count: int) -> str:
    return f"{count} ticket{'' if count == 1 else 's'}"


def _click(event: CommandInvoked, ticket: Ticket) -> ButtonClicked:
    """A command does what the button of the same name does."""
    return ButtonClicked(
        id=event.id,
        action="assign",
        ticket=ticket.id,
        subject=str(ticket.id),
        basis=str(ticket.owner or ""),
        by=event.by,
        by_name=event.by_name,
        role=event.role,
        at=event.at,
        place=event.place,
    )
