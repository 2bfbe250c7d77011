"""Assigning: a ticket is given to a teammate, who holds it from then on, or back to the whole team."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import INTERNAL
from desk.cards import Card, Field, Form, Header, Option, Pick, Quote, Text
from desk.changes import NOTHING, Changes, Enqueue, SaveDraft, SaveMessage, SaveTicket, write
from desk.customer import LEADS, TEAM, Person
from desk.draft import DraftStatus
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.ids import OutboxId, derived
from desk.post import Direct, Post
from desk.space import UserRef, parse_user
from desk.ticket import Status, Ticket, awake
from desk.timeline import Purpose
from handlers import internal, replies, steering
from handlers.dossier import Dossier
from handlers.services import Services
from handlers.situation import Situation, load_anyway

NOBODY = "nobody"
MOST = 90
"""Teammates whom a list shows; for more of them the platform's own picker is asked."""


NOTE = Field(
    "note", "Note", lines=4, note="What was done, and what is still to do. They read it, and the ticket keeps it; the customer never sees it."
)


def hand_over_form(d: Dossier) -> Form:
    """Return the form that asks who takes the ticket over, and what they should know."""
    whom = replace(form(d).fields[0], label="Who takes it over?", value="")
    return Form("Hand over", (replace(whom, options=tuple(o for o in whom.options if o.value != NOBODY)), NOTE), "Hand over")


def form(d: Dossier) -> Form:
    """Return the form that asks who should hold the ticket, with who does now."""
    nobody = (Option(NOBODY, "nobody: back to the team's queue"),) if d.ticket.owner else ()
    people = tuple(Option(str(user), person.name) for user, person in d.team)
    held = str(d.ticket.owner) if d.ticket.owner in [user for user, _ in d.team] else ""
    listed = Field("teammate", "Who holds it from now on?", held, options=(*people, *nobody), note="They are told directly.")
    picked = replace(listed, options=(), picks=Pick.PERSON)
    return Form("Assign the ticket", (listed if 0 < len(people) <= MOST else picked,), "Assign")


async def assign(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Let somebody of the team hold a ticket, or nobody; who holds it, or a lead, may hand it on."""
    held = ticket.owner
    if event.basis != str(held or ""):
        raise NotAllowed(f"Somebody was faster: {ticket.owner_name} holds this ticket now." if held else "Nobody holds this ticket any more.")
    if ticket.status.is_over:
        raise NotAllowed("This ticket is over, so nobody has to hold it.")
    if held and held != event.by and event.role not in LEADS:
        raise NotAllowed(f"{ticket.owner_name} holds this ticket: they or a lead may hand it on.")
    s = await load_anyway(ticket, services, cause=event.id)
    if event.form.get("teammate") == NOBODY:
        return _released(event, s)
    user, person = _named(event, s)
    if user == held:
        raise NotAllowed(f"{person.name} holds this ticket already.")
    note = event.form.get("note", "").strip()
    kept = write(SaveMessage(internal.note(s, event, f"For {person.name}: {note}"))) if note else NOTHING
    if user == event.by:
        return await steering.take_over(event, replace(ticket, owner=None, owner_name=""), services) + kept
    given = await steering.take_over(replace(event, by=user, by_name=person.name), replace(ticket, owner=None, owner_name=""), services)
    return given + _told(event, s, user, person, note=note) + kept


def _named(event: ButtonClicked, s: Situation) -> tuple[UserRef, Person]:
    """Return the teammate whom the form names, by their address or the platform's own id."""
    given = event.form.get("teammate", "").strip()
    if not given:
        raise NotAllowed("Say who should hold it.")
    user = parse_user(given) if given.count("/") == 2 else UserRef(event.by.platform, event.by.space, given)
    person = s.team.get(user)
    if person is None or person.role not in TEAM:
        raise NotAllowed("They are not of the support team, so they cannot hold a ticket.")
    return user, person


def _released(event: ButtonClicked, s: Situation) -> Changes:
    """Give a ticket back to the queue: quiet drafts wait again."""
    if s.ticket.owner is None:
        raise NotAllowed("Nobody holds this ticket.")
    waiting = write(*(SaveDraft(replace(d, status=DraftStatus.WAITING)) for d in s.drafts if d.status is DraftStatus.QUIET))
    free = replace(awake(s.ticket), owner=None, owner_name="", status=Status.WAITING_TEAM)
    return write(SaveTicket(free)) + waiting + internal.refreshed(s) + internal.told(s, event, "Nobody holds it now; it waits in the team's queue.")


def _told(event: ButtonClicked, s: Situation, user: UserRef, person: Person, *, note: str = "") -> Changes:
    """Tell the assignee directly, and who assigned that it was done."""
    head = Header(
        f"{event.by_name} assigned {s.ticket.customer_name}{f', {s.account.name}' if s.account else ''} to you", s.ticket.priority.level.value
    )
    where = replies.message_link(s.ticket, f"#{s.channel.name}")
    words = f"You hold ticket {s.ticket.id} from now on: write in its thread in {where}, use its card, or hand it back."
    post = Post(
        OutboxId(derived("o", s.cause, "assigned")),
        Direct(user),
        Purpose.PAGE,
        INTERNAL,
        s.now,
        card=Card((head, *((Quote(note, event.by_name),) if note else ()), Text(words))),
        ticket=s.ticket.id,
        to=(user,),
    )
    return write(Enqueue(post)) + internal.told(s, event, f"{person.name} holds it now and was told.")
