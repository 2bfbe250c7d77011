"""Linking: a customer connects their account on a chat platform with the customer record, by a code that goes to the address it has, or by the team.

What is answered to a press says nothing of whether an address is known: it is the same either way, and the mail goes out after it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Block, Button, Buttons, Card, Field, Fields, Form, Header, Notes, Style, Text, plain
from desk.changes import NOTHING, Changes, DropIdentity, Enqueue, ExpectChallenges, Refresh, SaveChallenge, SaveIdentity, SetDeadline, write
from desk.customer import Identity, Person, Role, Trust
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import NotAllowed, Unavailable
from desk.events import ButtonClicked
from desk.ids import EventId, OutboxId, PersonId, TicketId, derived
from desk.linking import DAY, WINDOW, Answer, Challenge, addressee, current, is_often, judged, masked, read_address, sealed, tried
from desk.policy import Policy
from desk.ports import Query
from desk.post import Post
from desk.space import ChannelKind, UserRef
from desk.timeline import Purpose
from handlers import say
from handlers.sealing import HASH, PEOPLE
from handlers.services import Services
from handlers.situation import Situation, agents_place

CONNECT, GIVE, DISCONNECT = "connect", "connect_code", "disconnect"
UNKNOWN = "verify"
"""The code of the sentence that somebody gets who asks for what is theirs before we know who they are."""
OURS = "You are of our own company: only customers connect an account."
LATER = "Nothing was done: a system that this needs does not answer right now. Please press it again in a minute."
NOBODY = "nobody: no customer has this address alone"


@dataclass(frozen=True, slots=True)
class Pressing:
    """Somebody at a button of this module: the language to answer in, and what may be done."""

    event: ButtonClicked
    policy: Policy
    language: str
    now: datetime

    def phrase(self, code: str, **values: object) -> str:
        """Return a fixed sentence in their language."""
        return self.policy.phrase(code, self.language, **values)

    def answers(self, code: str, *buttons: Button, **values: object) -> Changes:
        """Tell them something, and nobody else."""
        return self.says(self.phrase(code, **values), *buttons)

    def says(self, sentence: str, *buttons: Button) -> Changes:
        """Tell them a sentence that is no policy's."""
        drawn = Card((Text(sentence), *((Buttons(buttons),) if buttons else ())))
        told = self.event
        return say.whisper(sentence, to=told.by, place=told.place, cause=told.id, at=self.now, audience=PUBLIC, card=drawn)


def button(ticket: TicketId, policy: Policy, language: str) -> Button:
    """Return the button that begins to connect an account."""
    label = policy.phrase("connect", language)
    return Button(CONNECT, label, ticket, subject=str(ticket), english="Connect my account", form=form(CONNECT, policy, language))


def offered(drawn: Card, s: Situation, *, lacks: str = "") -> Card:
    """Return an answer with the button where somebody whom nobody knows asked for what is theirs, or writes to us alone."""
    alone, asked = s.channel.kind is ChannelKind.DIRECT, lacks == UNKNOWN or s.policy.phrase(UNKNOWN, s.language) in plain(drawn)
    if all(author.verified for author in s.authors) or not (alone or asked):
        return drawn
    last = drawn.blocks[-1]
    rest, row = (drawn.blocks[:-1], last.items) if isinstance(last, Buttons) else (drawn.blocks, ())
    return Card((*rest, Buttons((*row, button(s.ticket.id, s.policy, s.language)))))


async def on_page(query: Query, policy: Policy, services: Services) -> tuple[Block, ...]:
    """Return what a customer's own page says of who they are, and the button that changes it."""
    identity = await services.crm.identity(query.by) if query.by else None
    person = await services.crm.person(identity.person) if identity and identity.trust is Trust.PERSON else None
    language = (person.language if person else "") or "en"
    if person is None:
        return (Buttons((button(TicketId(""), policy, language),)),)
    parts = Button(DISCONNECT, policy.phrase("disconnect", language), TicketId(""), english="Disconnect")
    return (Text(policy.phrase("connected_already", language, name=person.name)), Buttons((parts,)))


def form(action: str, policy: Policy, language: str) -> Form | None:
    """Return what a button of this module asks first."""
    asks = {CONNECT: ("connect", "address", "connect_address"), GIVE: ("enter_code", "code", "connect_code")}.get(action)
    if asks is None:
        return None
    title, name, label = asks
    return Form(policy.phrase(title, language), (Field(name, policy.phrase(label, language)),), policy.phrase("send", language))


async def pressed(event: ButtonClicked, services: Services) -> Changes:
    """Do what a button of this module stands for; whoever may not press it is told so in a whisper."""
    ticket = await services.store.ticket(event.ticket) if event.ticket else None
    policy = await services.policy.current()
    at = Pressing(event, policy, (ticket.language if ticket else "") or "en", services.clock.now())
    try:
        if event.role is not Role.CUSTOMER:
            raise NotAllowed(OURS)
        return await BUTTONS[event.action](at, services)
    except NotAllowed as error:
        return at.says(str(error))
    except Unavailable as error:
        if error.system == "store":
            raise
        return at.says(LATER)


async def connect(at: Pressing, services: Services) -> Changes:
    """Ask for a code, or the team where no mail can be sent; somebody who is connected already is told as whom."""
    user = at.event.by
    known = await _known(at, services)
    if known:
        return at.answers("connected_already", _disconnect(at), name=known.name)
    since, limits = at.now - DAY, at.policy.identity
    asked = await services.store.challenges(user, since=since)
    if is_often(asked, limits, now=at.now):
        return at.answers("connect_often")
    found = await _people(at.event.form.get(PEOPLE, ""), services)
    person = addressee(found)
    sent = await services.store.challenges(person=person.id, since=since) if person else ()
    to = person if person and not is_often(sent, limits, now=at.now) and services.mailer else None
    challenge = _challenge(at, to)
    counted = ExpectChallenges(user, to.id if to else None, since, len(asked), len(sent))
    changes = write(counted, *(SaveChallenge(replace(old, is_over=True), was=old) for old in asked if not old.is_over), SaveChallenge(challenge))
    if services.mailer is None:
        return changes + at.answers("connect_by_team") + await _ask_team(at, person, services)
    # A deadline either way: what is written, and so how long it takes, is the same for an address that nobody has.
    due = Deadline(derived("code", challenge.id), DeadlineKind.CODE, f"challenge:{challenge.id}", at.now, {"challenge": challenge.id})
    minutes = round(limits.code.total_seconds() / 60)
    told = await _shared(at, found, services)
    return changes + write(SetDeadline(due)) + at.answers("connect_sent", _give(at), minutes=minutes) + told


async def give(at: Pressing, services: Services) -> Changes:
    """Link whoever gives the code that was mailed; every wrong one counts."""
    challenge = current(await services.store.challenges(at.event.by, since=at.now - WINDOW))
    answer = judged(challenge, at.event.form.get(HASH, ""), at.policy.identity, now=at.now)
    if challenge is None or answer is Answer.OVER:
        return at.answers("connect_over", button(at.event.ticket, at.policy, at.language))
    if answer is Answer.RIGHT:
        return await _linked(at, challenge, services)
    after = tried(challenge, at.policy.identity)
    counted = write(SaveChallenge(after, was=challenge))
    if after.is_over:
        return counted + at.answers("connect_over", button(at.event.ticket, at.policy, at.language))
    return counted + at.answers("connect_wrong", _give(at), count=at.policy.identity.tries - after.tries)


async def disconnect(at: Pressing, services: Services) -> Changes:
    """Unlink whoever asks for it: from then on they are told what is public."""
    identity = await services.crm.identity(at.event.by)
    if identity is None:
        return at.answers("disconnected")
    card = Card((Notes("A customer disconnected", (f"{at.event.by} is not {identity.person} any more: they are told what is public.",)),))
    return (
        write(DropIdentity(at.event.by))
        + at.answers("disconnected")
        + await _announced(at, card, services)
        + await redrawn(at.event.by, services, cause=at.event.id, at=at.now)
    )


async def _linked(at: Pressing, challenge: Challenge, services: Services) -> Changes:
    """Link somebody, unless who they prove to be is another by now: erased, of the team, or at another address."""
    person = await services.crm.person(challenge.person) if challenge.person else None
    over = write(SaveChallenge(replace(challenge, is_over=True), was=challenge))
    if person is None or addressee([person]) is None or sealed(read_address(person.email), challenge.id) != challenge.address:
        return over + at.answers("connect_over", button(at.event.ticket, at.policy, at.language))
    how = f"code to {masked(person.email)}"
    others = [user for user in await services.crm.users(person.id) if user != at.event.by]
    also = (f"They are also {', '.join(map(str, others))}.",) if others else ()
    card = Card((Notes("A customer connected their account", (f"{at.event.by} is {person.name} ({person.id}): {how}.", *also)),))
    identity = Identity(at.event.by, person.id, Trust.PERSON, how, at.now)
    told = at.answers("connected", _disconnect(at), name=person.name) + await _announced(at, card, services)
    return over + write(SaveIdentity(identity)) + told + await redrawn(at.event.by, services, cause=at.event.id, at=at.now)


async def _known(at: Pressing, services: Services) -> Person | None:
    """Return whom somebody is verified to be."""
    identity = await services.crm.identity(at.event.by)
    return await services.crm.person(identity.person) if identity and identity.trust is Trust.PERSON else None


async def _people(ids: str, services: Services) -> Sequence[Person]:
    found = [await services.crm.person(PersonId(id)) for id in ids.split()]
    return [person for person in found if person is not None]


def _challenge(at: Pressing, to: Person | None) -> Challenge:
    id = derived("c", at.event.id)
    address = sealed(read_address(to.email), id) if to else ""
    return Challenge(id, at.event.by, to.id if to else None, at.now, at.now + at.policy.identity.code, address=address)


async def _ask_team(at: Pressing, person: Person | None, services: Services) -> Changes:
    """Have the team link somebody who says who they are: one button where the record has one customer at that address."""
    user = at.event.by
    says = f"{person.name} ({person.id}), {masked(person.email)}" if person else NOBODY
    about = Fields((("Who", f"{at.event.by_name} ({user})"), ("Says to be", says)))
    how = Text("Be sure that it is them, then link them, or write `/frontdesk customer link USER E-MAIL`.", Style.QUIET)
    link = Button("command", "Link", TicketId(""), subject=f"customer link {user} {person.id}", style=Style.PRIMARY) if person else None
    head = Header("Somebody wants to connect their account")
    return await _announced(at, Card((head, about, how, *((Buttons((link,)),) if link else ()))), services)


async def _shared(at: Pressing, found: Sequence[Person], services: Services) -> Changes:
    """Tell the team of an address that no code can go to, because several have it or one of ours does."""
    if not found or addressee(found):
        return NOTHING
    who = ", ".join(f"{person.name} ({person.id})" for person in found)
    why = "several people have it" if len(found) > 1 else "only customers connect an account"
    lines = (f"{at.event.by_name} ({at.event.by}) gave the address of {who}.", f"No code was sent: {why}. Link them by `/frontdesk customer link`.")
    return await _announced(at, Card((Notes("An account could not be connected", lines),)), services)


async def _announced(at: Pressing, card: Card, services: Services) -> Changes:
    place = await agents_place(services, at.event.place.channel)
    if place is None:
        return NOTHING
    return write(Enqueue(Post(OutboxId(derived("o", at.event.id, "told")), place, Purpose.NOTICE, INTERNAL, at.now, card=card)))


async def redrawn(user: UserRef, services: Services, *, cause: EventId, at: datetime) -> Changes:
    """Draw the cards of somebody's open tickets again, which say who they are."""
    mine = [ticket for ticket in await services.store.tickets(open_only=True) if ticket.customer == user]
    cards = [card for ticket in mine for card in await services.store.cards(ticket.id) if not card.moved]
    return write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), at) for card in cards))


def _give(at: Pressing) -> Button:
    label, ticket = at.phrase("enter_code"), at.event.ticket
    drawn = form(GIVE, at.policy, at.language)
    return Button(GIVE, label, ticket, subject=str(ticket), english="Enter the code", style=Style.PRIMARY, form=drawn)


def _disconnect(at: Pressing) -> Button:
    return Button(DISCONNECT, at.phrase("disconnect"), at.event.ticket, subject=str(at.event.ticket), english="Disconnect")


BUTTONS: Mapping[str, Callable[[Pressing, Services], Awaitable[Changes]]] = {CONNECT: connect, GIVE: give, DISCONNECT: disconnect}
