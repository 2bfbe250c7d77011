"""The situation: everything one ticket's use case looks at, read once before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from desk import audience
from desk.audience import Audiences
from desk.cards import CardRecord
from desk.customer import LEADS, Account, Author, Person, Role
from desk.decision import Versions
from desk.draft import Draft
from desk.errors import Misconfigured, Retryable, Unavailable
from desk.escalation import Escalation, EscalationStatus
from desk.ids import EventId
from desk.paging import Page
from desk.policy import Policy
from desk.runs import ActionRun
from desk.space import Channel, ChannelKind, ChannelRef, Place, UserRef
from desk.ticket import Ticket
from desk.timeline import Message, Timeline, unanswered
from handlers import estimates, queues, spokesman
from handlers.services import Services
from handlers.spokesman import Stand

NO_ZONE = "UTC"
"""The zone of whom nobody knows one."""
TICK = timedelta(microseconds=1)


EACH = 25
"""Of what one turn answers, so many messages at most are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One ticket as an event finds it. `now` lies after everything said in it, so that what is said next sorts behind.

    `customer` is the ticket's own customer, `authors` those who wrote what is unanswered, the first one first.
    `answer_by` is when a customer may honestly be told to expect an answer, `response_by` when the SLA wants a first one.
    """

    cause: EventId
    now: datetime
    ticket: Ticket
    channel: Channel
    policy: Policy
    timeline: Timeline
    customer: Author
    authors: tuple[Author, ...]
    place: Audiences
    answer_by: datetime
    response_by: datetime
    agents: Place | None = None
    team: Mapping[UserRef, Person] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    cards: tuple[CardRecord, ...] = ()
    versions: Versions = field(default_factory=Versions)
    runs: tuple[ActionRun, ...] = ()
    pages: tuple[Page, ...] = ()
    stand: Stand = spokesman.ALONE
    """How it stands in its incident."""
    since: datetime | None = None
    """What was said before is answered by a draft that is about to be sent; None where there is none."""

    @property
    def said(self) -> Timeline:
        """Return what waits for an answer."""
        return tuple(m for m in unanswered(self.timeline) if self.since is None or (m.edited_at or m.at) > self.since)

    @property
    def latest(self) -> Timeline:
        """Return what of it is looked at message by message: of line upon line the last ones, for all of it is read as a whole too."""
        return self.said[-EACH:]

    @property
    def account(self) -> Account | None:
        """Return the customer's account."""
        return self.customer.account

    @property
    def tier(self) -> str:
        """Return the customer's tier, empty when unknown."""
        return self.account.tier if self.account else ""

    @property
    def zone(self) -> str:
        """Return the time zone the customer reads in."""
        person = self.customer.person
        return (person.zone if person else "") or (self.account.zone if self.account else "") or self.policy.hours.zone

    @property
    def language(self) -> str:
        """Return the language to speak in: the ticket's, else the person's own, else English."""
        person = self.customer.person
        return self.ticket.language or (person.language if person else "") or "en"

    @property
    def spoken_for(self) -> bool:
        """Tell whether what is called for here is called for with its incident."""
        return self.stand.speaks_for == 0

    @property
    def open_escalations(self) -> tuple[Escalation, ...]:
        """Return the escalations nobody closed."""
        return tuple(e for e in self.escalations if e.status is not EscalationStatus.CLOSED)

    @property
    def waiting(self) -> tuple[Draft, ...]:
        """Return the drafts somebody may still decide."""
        return tuple(draft for draft in self.drafts if draft.is_open)

    @property
    def leads(self) -> tuple[UserRef, ...]:
        """Return the leads to tell, leads before admins; nobody while the customer record is down."""
        found = [(user, person) for user, person in self.team.items() if person.role in LEADS]
        return tuple(user for user, _ in sorted(found, key=lambda pair: (pair[1].role is not Role.LEAD, pair[1].name)))

    def private(self, user: UserRef) -> Audiences | None:
        """Return what a private message to somebody may show, None when we are not sure who they are."""
        author = next((a for a in (*self.authors, self.customer) if a.user == user), None)
        return private_of(author) if author else None

    def alone(self, user: UserRef) -> Audiences:
        """Return what may be told to somebody alone: what is public to who asked and is not known to us, nothing to who did not ask."""
        asked = any(author.user == user for author in (*self.authors, self.customer))
        return self.private(user) or (frozenset({audience.PUBLIC}) if asked else frozenset())


def private_of(author: Author) -> Audiences | None:
    """Return what a private message to an author may show, None unless verified."""
    if not author.verified or author.person is None:
        return None
    return frozenset({audience.person(author.person.id)} | ({audience.account(author.account.id)} if author.account else set()))


async def load(ticket: Ticket, services: Services, *, cause: EventId, blind: bool = False) -> Situation:
    """Read everything about a ticket. Raises Unavailable("crm") when nobody can say who wrote; a blind look does not ask."""
    channel = await services.store.channel(ticket.place.channel)
    if channel is None:
        raise Misconfigured(f"channel {ticket.place.channel} of ticket {ticket.id} is not declared any more: declare it again")
    policy = await services.policy.current()
    timeline = await services.store.timeline(ticket.id)
    unknown = Author(ticket.customer, ticket.customer_name)
    customer = unknown if blind else await services.crm.identify(ticket.customer, ticket.customer_name, channel)
    authors = () if blind else await _authors(unanswered(timeline), channel, services)
    now = max([services.clock.now(), *(max(m.edited_at or m.at, m.asked_at or m.at) + TICK for m in timeline)])
    approvals = await services.store.approval_times(now - policy.holding.within)
    return Situation(
        cause=cause,
        now=now,
        ticket=ticket,
        channel=channel,
        policy=policy,
        timeline=timeline,
        customer=customer,
        authors=authors or (customer,),
        place=frozenset({audience.PUBLIC}) if blind else await _place(channel, customer, services),
        answer_by=estimates.answer_by(
            now, approvals, account=customer.account, policy=policy, asked=_asked(timeline), ticket=ticket, kind=channel.kind
        ),
        response_by=_response_by(ticket, channel, customer.account, policy),
        agents=await queues.place_of(ticket.team, policy, services, near=channel.ref) or await agents_place(services, channel.ref),
        team=await team_of(services),
        drafts=tuple(await services.store.drafts(ticket.id)),
        escalations=tuple(await services.store.escalations(ticket.id)),
        cards=tuple(await services.store.cards(ticket.id)),
        versions=services.versions,
        runs=tuple(await services.store.runs(ticket.id)),
        pages=tuple(await services.store.pages_of(ticket.id)),
        stand=await spokesman.stand(ticket, services),
    )


def _response_by(ticket: Ticket, channel: Channel, account: Account | None, policy: Policy) -> datetime:
    promise = estimates.response(replace(ticket, answered_at=None), account, policy, kind=channel.kind)
    return policy.calendar(promise.hours).after(ticket.opened, promise.span)


async def load_anyway(ticket: Ticket, services: Services, *, cause: EventId) -> Situation:
    """Load a ticket for what must work without the customer record too, and then says nothing that is not public."""
    try:
        return await load(ticket, services, cause=cause)
    except Unavailable:
        return await load(ticket, services, cause=cause, blind=True)


def _asked(timeline: Timeline) -> datetime | None:
    """Return when the first of what is unanswered was said."""
    return min((message.asked_at or message.at for message in unanswered(timeline)), default=None)


async def agents_place(services: Services, near: ChannelRef | None = None) -> Place | None:
    """Return where internal posts go: the channel marked so in the space of `near`, else in any, else the first internal one."""
    internal = [channel for channel in await services.store.channels() if channel.kind is ChannelKind.INTERNAL]
    marked = [channel for channel in internal if channel.agents]
    beside = [channel for channel in marked if near and (channel.ref.platform, channel.ref.space) == (near.platform, near.space)]
    chosen = next(iter((*beside, *marked, *internal)), None)
    return Place(chosen.ref) if chosen else None


def zone_of(user: UserRef, team: Mapping[UserRef, Person]) -> str:
    """Return the time zone in which somebody of the team reads; "" where nobody knows."""
    return team[user].zone if user in team else ""


async def team_of(services: Services) -> Mapping[UserRef, Person]:
    """Return everybody of the team by their platform user: whom the customer record knows, and whom the platforms name; without what is down."""
    found: dict[UserRef, Person] = {}
    for team in (services.crm.team, *(chat.team for chat in services.chat.values())):
        try:
            found |= {user: _zoned(person, found.get(user)) for user, person in await team()}
        except Retryable:
            continue
    return found


def _zoned(person: Person, known: Person | None) -> Person:
    """Return somebody in the zone that the customer record has of them where a platform has none of its own, as Discord."""
    return replace(person, zone=known.zone) if known and person.zone == NO_ZONE else person


async def _authors(said: Sequence[Message], channel: Channel, services: Services) -> tuple[Author, ...]:
    names = {message.author: message.author_name for message in said if message.author is not None}
    return tuple([await services.crm.identify(user, name, channel) for user, name in names.items()])


async def _place(channel: Channel, customer: Author, services: Services) -> Audiences:
    """Return what the ticket's thread may show."""
    if channel.kind is ChannelKind.DIRECT:
        person = customer.person.id if customer.verified and customer.person else None
        return audience.of_place(channel.kind, account_id=customer.account.id if customer.account else None, person_id=person)
    if channel.kind is not ChannelKind.SHARED:
        return audience.of_place(channel.kind, account_id=None, person_id=None)
    chat = services.platform(channel.ref.platform)
    others = [await services.crm.identify(user, "", channel) for user in await chat.outsiders(channel.ref)]
    accounts = [other.account.id if other.account else None for other in others]
    return audience.of_place(
        channel.kind, account_id=channel.account, person_id=None, others=[*accounts, *([None] if await chat.is_open(channel.ref) else [])]
    )
