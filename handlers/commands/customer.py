"""Customer: the record that the team may see of somebody, and who a platform user is to us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from desk.cards import Block, Card, Field, Fields, Form, Header, Notes, Pick, Style, Text
from desk.changes import NOTHING, Changes, DropIdentity, SaveIdentity, write
from desk.customer import TEAM, Account, Author, Identity, Person, Trust
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ports import Query
from desk.space import UserRef
from desk.ticket import Ticket
from handlers.commands.changes import announced
from handlers.commands.whom import WRITE, Whom, link_of, person_of, user_of, whom
from handlers.commands.words import split
from handlers.linking import redrawn
from handlers.services import Services
from handlers.situation import team_of
from handlers.times import brief

USAGE = "customer @USER|NAME|E-MAIL"
WAYS = ("customer PERSON", "customer link USER PERSON", "customer unlink USER")
LINK, UNLINK = "link", "unlink"
PAST = 8
"""Tickets that are over which a card lists."""
WHO = Field("user", "Who on the chat platform?", picks=Pick.PERSON)
PERSON = Field("person", "Who is it?", note="An e-mail address, a name or an id as the customer record has them.")


async def customer(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show what we know of a customer, or say who somebody on the chat platform is.

    The record is for the team's eyes: account, tier, health, how sure we are who it is, and their tickets.
    `link` makes somebody a person of the customer record, so that they may be told what is theirs; `unlink` takes it back.
    """
    words = split(event.text)[1:]
    if words[:1] == (LINK,) and (event.form or len(words) > 1):
        return await _link(event, event.form.get("user") or words[1], event.form.get("person") or " ".join(words[2:]), services)
    if words[:1] == (UNLINK,) and len(words) > 1:
        return await _unlink(event, " ".join(words[1:]), services)
    said = event.form.get("who") or " ".join(words)
    if not said or said in (LINK, UNLINK):
        raise InvalidInput(f"Whom do you mean? Give {WRITE}.")
    return await card_of(await whom(said, event.by, services), services), NOTHING


async def form(query: Query, services: Services) -> Form | None:
    """Return what a command asks that names nobody yet."""
    words = split(query.subject)[1:]
    if not words:
        return Form("A customer", (Field("who", "Who?", note=f"{WRITE[:1].upper()}{WRITE[1:]}."),), "Show")
    if words[0] != LINK or len(words) > 2:
        return None
    known = Field("user", WHO.label, words[1], picks=Pick.PERSON) if len(words) == 2 else WHO
    return Form("Who is it?", (known, PERSON), "Link", intro="From then on they may be told what is theirs. Be sure that it is them.")


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with who somebody is said to be."""
    if "person" not in values:
        return {}
    try:
        await _linkable(query.by, values["user"], values["person"], services)
    except InvalidInput as error:
        return {"person": str(error)}
    return {}


async def card_of(found: Whom, services: Services) -> Card:
    """Draw everything that the team may see of somebody."""
    account = await services.crm.account(found.person.account) if found.person and found.person.account else None
    links = [(user, identity) for user in found.users if (identity := await services.crm.identity(user))]
    tickets = [ticket for ticket in await services.store.tickets() if found.has(ticket)]
    zone, now = (await services.policy.current()).hours.zone, services.clock.now()
    blocks: list[Block] = [Header(found.name or found.ids, _trust(links)), Fields(_fields(found, account))]
    blocks.append(Notes("Known as", _known(found, links) or ("nobody on a chat platform",)))
    blocks += await _quotable(found, account, links, services)
    still = [_ticket(t, zone=zone, now=now) for t in reversed(tickets) if not t.status.is_over]
    past = [_ticket(t, zone=zone, now=now) for t in reversed(tickets) if t.status.is_over]
    blocks.append(Notes("Open tickets", tuple(still) or ("none",)))
    blocks += [Notes("Past tickets", (*past[:PAST], *([f"and {len(past) - PAST} more"] if len(past) > PAST else [])))] if past else []
    if not links:
        blocks.append(Text("`/frontdesk customer link @user E-MAIL` says who somebody is.", Style.QUIET))
    return Card(tuple(blocks))


async def _link(event: CommandInvoked, who: str, said: str, services: Services) -> tuple[Card, Changes]:
    user, person = await _linkable(event.by, who, said, services)
    before, was = await link_of(user, services)
    if before and before.person == person.id and before.trust is Trust.PERSON:
        return Card((Text(f"{user} is {person.name} ({person.id}) already: {before.how}."),)), NOTHING
    identity = Identity(user, person.id, Trust.PERSON, f"linked by {event.by_name}", event.at)
    instead = f", in place of {was.name} ({was.id})" if was and was.id != person.id else ""
    card = Card((Notes(f"{event.by_name} linked a customer", (f"{user} is {person.name} ({person.id}){instead}.",)),))
    return card, write(SaveIdentity(identity)) + await announced(card, event, services) + await redrawn(user, services, cause=event.id, at=event.at)


async def _unlink(event: CommandInvoked, who: str, services: Services) -> tuple[Card, Changes]:
    user = await _user(who, event.by, services)
    identity, person = await link_of(user, services)
    if identity is None:
        raise InvalidInput(f"{user} is linked to nobody.")
    await _not_ours(user, services)
    name = f"{person.name} ({person.id})" if person else identity.person
    card = Card((Notes(f"{event.by_name} unlinked a customer", (f"{user} is not {name} any more: they are told what is public.",)),))
    return card, write(DropIdentity(user)) + await announced(card, event, services) + await redrawn(user, services, cause=event.id, at=event.at)


async def _linkable(by: UserRef | None, who: str, said: str, services: Services) -> tuple[UserRef, Person]:
    """Return who is to be linked to whom; raise InvalidInput for anybody of the team, whose roles are given elsewhere."""
    if by is None or not said.strip():
        raise InvalidInput("Say who it is: `/frontdesk customer link @user E-MAIL`, or a name or an id of the customer record.")
    user, person = await _user(who, by, services), await person_of(" ".join(said.split()), services)
    if person.role in TEAM:
        raise InvalidInput(f"{person.name} is of the team: only customers are linked by command.")
    await _not_ours(user, services)
    return user, person


async def _not_ours(user: UserRef, services: Services) -> None:
    if user in await team_of(services):
        raise InvalidInput(f"{user} is of the team: who that is, `team` and the customer record say.")


async def _user(who: str, near: UserRef, services: Services) -> UserRef:
    """Return one platform user: a mention or an id, or the only one that writes under a name."""
    if user := user_of(who.strip(), near):
        return user
    found = await whom(who, near, services)
    if len(found.users) != 1:
        several = f"{found.name} has {len(found.users)} users: write {' or '.join(map(str, found.users))}."
        raise InvalidInput(several if found.users else f"{found.name} is nobody on a chat platform yet: mention them, or write platform/space/id.")
    return found.users[0]


async def _quotable(found: Whom, account: Account | None, links: Sequence[tuple[UserRef, Identity]], services: Services) -> list[Block]:
    """Return what they themselves may be told of their record, at the trust that they have."""
    if not links:
        return []
    user, link = max(links, key=lambda pair: pair[1].trust)
    author = Author(user, found.name, person=found.person, account=account, trust=link.trust)
    facts = [f"{fact.label}: {fact.value} ({fact.audience})" for fact in await services.crm.record(author)]
    return [Notes("May be told to them", tuple(facts))] if facts else []


def _fields(found: Whom, account: Account | None) -> tuple[tuple[str, str], ...]:
    person = found.person
    pairs: list[tuple[str, str]] = [("Person", person.id if person else "not in the customer record")]
    if account:
        health = f"{account.health} {account.health_trend}".strip() if account.health is not None else ""
        value = f"EUR {account.value:,.0f} a year" if account.value is not None else ""
        pairs += [("Account", f"{account.name} ({account.id})"), ("Tier", account.tier), ("Health", health), ("Value", value)]
        pairs += [("Contract", account.contract), ("Manager", account.manager)]
    if person:
        entitled = ", ".join(sorted(person.entitlements))
        pairs += [
            ("Role", str(person.role)),
            ("E-mail", person.email),
            ("Zone", person.zone),
            ("Language", person.language),
            ("Entitled to", entitled),
        ]
    return tuple((label, value) for label, value in pairs if value)


def _known(found: Whom, links: Sequence[tuple[UserRef, Identity]]) -> tuple[str, ...]:
    said = {user: f"{user}: {link.how}, on {link.at:%Y-%m-%d}, trust {link.trust.name.lower()}" for user, link in links}
    return tuple(said.get(user, f"{user}: linked to nobody") for user in found.users)


def _trust(links: Sequence[tuple[UserRef, Identity]]) -> str:
    return f"trust {max((link.trust for _, link in links), default=Trust.NONE).name.lower()}"


def _ticket(ticket: Ticket, *, zone: str, now: datetime) -> str:
    opened = brief(ticket.opened, now=now, zone=zone)
    held = f", held by {ticket.owner_name}" if ticket.owner_name else ""
    return f"{ticket.id}  {opened}  {ticket.category or '-'}: {ticket.status}{held}, {ticket.priority.level} {ticket.priority.score}"
