"""Paging: somebody is called by a message that says why, for whom and until when; several tickets may stand in one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.audience import INTERNAL
from desk.cards import CardKind, CardRecord
from desk.changes import NOTHING, Changes, Enqueue, ExpectPages, Refresh, SaveCard, SavePage, write
from desk.customer import Person, Role
from desk.errors import Misconfigured, Retryable
from desk.ids import EventId, OutboxId, derived
from desk.oncall import Chain, Rota, Shift
from desk.paging import Page, PageStatus
from desk.post import Direct, Op, Post
from desk.space import Channel, ChannelKind, ChannelRef, Place, UserRef
from desk.timeline import Purpose
from escalation.ground import Ground
from handlers import climbing, copies, internal
from handlers.services import Services
from handlers.situation import Situation

REMEMBERED = timedelta(days=1)
REFUSED = "the platform refused it"
AHEAD = timedelta(days=35)
"""How far a calendar is read to know who would be next."""


log = logging.getLogger("frontdesk.paging")


@dataclass(frozen=True, slots=True)
class Around:
    """The ground an escalation stands on, since when it remembers who was called, and the team's channels."""

    ground: Ground
    since: datetime
    channels: tuple[Channel, ...] = ()


async def around(s: Situation, services: Services, chain: Chain | None = None) -> Around:
    """Read what calling somebody needs to know; of `chain` the calendars of its rotas."""
    since = s.now - max(REMEMBERED, s.policy.escalation.cool_down)
    channels = tuple(c for c in await services.store.channels() if c.kind is ChannelKind.INTERNAL)
    imported = {rota.name: await in_calendar(rota, services, at=s.now) for rota in (chain.rotas if chain else ())}
    ground = Ground(
        s.policy.oncall,
        {**s.team, **await _manager(s, services)},
        tuple(await services.store.pages(since=since)),
        s.policy.oncall.overrides,
        imported,
        manager=s.account.manager if s.account else "",
        channels=frozenset({*(channel.name for channel in channels), *({""} if s.agents else ())}),
        home=s.agents.channel.platform if s.agents else None,
    )
    return Around(ground, since, channels)


async def _manager(s: Situation, services: Services) -> Mapping[UserRef, Person]:
    """Return the account's manager where they are a colleague: told of their customer, though no page is theirs to take up."""
    name = s.account.manager if s.account else ""
    if not name or any(person.name.casefold() == name.casefold() for person in s.team.values()):
        return {}
    try:
        ours = [person for person in await services.crm.find(name) if person.role is not Role.CUSTOMER]
        return {user: person for person in ours[:1] for user in await services.crm.users(person.id)}
    except Retryable:
        return {}


async def in_calendar(rota: Rota, services: Services, *, at: datetime) -> Sequence[Shift]:
    """Return the shifts of a rota's calendar around an instant; none of one that cannot be read, which `doctor` tells of."""
    try:
        return await services.calendars.shifts(rota, at - REMEMBERED, at + AHEAD) if services.calendars else ()
    except Misconfigured as error:
        log.warning("%s", error)
        return ()


def due(s: Situation) -> datetime:
    """Return when an answer is due: what the customer was promised, else what the SLA asks of us."""
    holding = s.ticket.holding
    return holding.promised if holding and holding.promised > s.now else s.answer_by


async def sent(pages: Sequence[Page], s: Situation, place: Around, services: Services) -> Changes:
    """Send pages, or put them into the messages that carry them already; lost when any of these people was called meanwhile."""
    result = _guards(pages, place)
    for page in pages:
        result += write(SavePage(page)) + (_posted(page, s) if page.status is PageStatus.SENT else await _joined(page, s, services))
    return result


def in_channel(name: str, page: Page, s: Situation, place: Around) -> Changes:
    """Tell a channel of the team, the agents channel for "", beside the ticket's cards."""
    named = next((Place(channel.ref) for channel in place.channels if name and channel.name == name), s.agents)
    return write(SavePage(page)) + _at(page, named, s) if named else NOTHING


async def undelivered(post: Post, services: Services, *, now: datetime) -> None:
    """Have the escalations that a page was about go on at once: the platform refused it for good, so nobody reads it."""
    if post.purpose is not Purpose.PAGE or post.op is not Op.POST:
        return
    found = [page for page in await services.store.pages(since=now - REMEMBERED) if page.outbox == post.id and page.escalation]
    lost = [climbing.fails(page.escalation, page.ticket, page.id, why=REFUSED, at=now) for page in found]
    if lost:
        await services.store.commit(EventId(derived("ev", "undelivered", post.id)), write(*lost), at=now)
        services.bells.ring()


def _guards(pages: Sequence[Page], place: Around) -> Changes:
    people = dict.fromkeys(page.person for page in pages if page.person)
    before = place.ground.pages
    return write(*(ExpectPages(person, place.since, sum(page.person == person for page in before)) for person in people))


def _posted(page: Page, s: Situation) -> Changes:
    assert page.person is not None, "a channel is told by in_channel"
    return _at(page, Direct(page.person), s)


def _at(page: Page, target: Direct | Place, s: Situation) -> Changes:
    assert page.outbox is not None
    direct = isinstance(target, Direct)
    under = None if direct or target != s.agents else internal.root(s)
    stands = _person(target.user) if isinstance(target, Direct) else target
    record = CardRecord(copies.card_of(page), CardKind.PAGE, s.ticket.id, page.outbox, page.outbox, stands, context=(str(s.ticket.id),), under=under)
    to = (page.person,) if page.person else ()
    post = Post(page.outbox, target, Purpose.PAGE, INTERNAL, s.now, card_id=record.id, ticket=s.ticket.id, to=to, under=under)
    return write(SaveCard(record), Enqueue(post))


async def _joined(page: Page, s: Situation, services: Services) -> Changes:
    """Put a page into a message that stands: it lists one ticket more."""
    record = await services.store.card(copies.card_of(page))
    if record is None:
        return NOTHING
    listed = replace(record, context=tuple(dict.fromkeys((*record.context, str(s.ticket.id)))))
    return write(SaveCard(listed), Refresh(record.id, OutboxId(derived("o", s.cause, record.id, page.id)), s.now))


def _person(user: UserRef) -> Place:
    """Return what a card record has for a place that is somebody's own: only the platform knows which conversation that is."""
    return Place(ChannelRef(user.platform, user.space, user.id))
