"""Channels: the bot is invited into one nobody declared, and a declared one gets another name or cannot be reached any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.audience import INTERNAL
from desk.cards import Button, Buttons, Card, Header, Style, Text
from desk.changes import NOTHING, Changes, Enqueue, SaveChannel, SetOverride, write
from desk.customer import TEAM, Role
from desk.events import BotInvited, ChannelChanged
from desk.ids import OutboxId, TicketId, derived
from desk.post import Direct, Post, Target
from desk.space import Channel, ChannelRef, UserRef
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place, team_of

NO_TICKET = TicketId("")


async def bot_invited(event: BotInvited, services: Services) -> Changes:
    """Stay silent in a channel nobody declared, and ask who invited the bot what it is, or the admins; once a day at most."""
    if await services.store.channel(event.channel):
        return NOTHING
    inviter = event.by if event.role in TEAM else None
    asked: Sequence[Target] = [Direct(inviter)] if inviter else await _admins(event.channel, services)
    place = None if asked else await agents_place(services, event.channel)
    return _posted(
        (*asked, *([place] if place else [])), _question(event), Purpose.NOTICE, services, "invited", event.channel, f"{event.at:%Y-%m-%d}"
    )


async def channel_changed(event: ChannelChanged, services: Services) -> Changes:
    """Follow a declared channel's name; tell the team once that one cannot be reached, and the admins when it is the team's own."""
    channel = await services.store.channel(event.channel)
    if channel is None:
        return NOTHING
    if event.gone:
        return await _gone(event, channel, services)
    if not event.name or event.name == channel.name:
        return NOTHING
    return write(SaveChannel(replace(channel, name=event.name))) + await _still_paused(event, channel, services)


async def _gone(event: ChannelChanged, channel: Channel, services: Services) -> Changes:
    place = await agents_place(services, event.channel)
    own = place is None or place.channel == event.channel
    told: Sequence[Target] = await _admins(event.channel, services) if own else [place] if place else []
    return _posted(
        told, _notice(channel), Purpose.PAGE if channel.agents else Purpose.NOTICE, services, "gone", event.channel, f"{event.at:%Y-%m-%d}"
    )


async def _still_paused(event: ChannelChanged, channel: Channel, services: Services) -> Changes:
    """A channel that was paused by its name stays so under the new one."""
    until = (await services.policy.current()).paused.channels.get(channel.name)
    if not until:
        return NOTHING
    why = f"#{channel.name} is called #{event.name} now"
    old = SetOverride(f"paused.channels.{channel.name}", None, "frontdesk", why, event.at)
    return write(old, SetOverride(f"paused.channels.{event.name}", until, "frontdesk", why, event.at))


async def _admins(near: ChannelRef, services: Services) -> Sequence[Direct]:
    """Return the admins as they are reached in the space of a channel, anywhere when nobody is there."""
    admins = [user for user, person in (await team_of(services)).items() if person.role is Role.ADMIN]
    here = [user for user in admins if (user.platform, user.space) == (near.platform, near.space)]
    return [Direct(user) for user in sorted(here or admins)]


def _posted(to: Sequence[Target], card: Card, purpose: Purpose, services: Services, *key: object) -> Changes:
    """Queue a card for each; one that was queued under the same key before is not queued again."""
    now = services.clock.now()
    return write(*(Enqueue(Post(_row(*key, target), target, purpose, INTERNAL, now, card=card, to=_readers(target))) for target in to))


def _row(*key: object) -> OutboxId:
    return OutboxId(derived("o", *key))


def _readers(target: Target) -> tuple[UserRef, ...]:
    return (target.user,) if isinstance(target, Direct) else ()


def _question(event: BotInvited) -> Card:
    by = f"{event.by_name} invited me" if event.by_name else "I was invited"
    guests = " People of another organization are in it, so it is probably `shared` with one of your accounts." if event.shared else ""
    text = (
        f"{by} to #{event.name}. I stay silent there until somebody tells me what the channel is: its kind (community, shared with one account, "
        f"or internal), the account, and what I take in (all messages, questions only, or mentions only).{guests}"
    )
    label = f"Set up #{event.name}"
    button = Button("command", label, NO_TICKET, subject=f"channel add {event.channel}", english=label, style=Style.PRIMARY)
    return Card((Header(f"What is #{event.name}?"), Text(text), Buttons((button,))))


def _notice(channel: Channel) -> Card:
    text = f"I can no longer read or write in #{channel.name}: it was archived or deleted, or I was removed from it."
    if channel.agents:
        helps = "My drafts and alarms reach nobody there. Invite me again, or name another agents channel with `/frontdesk setup`."
    else:
        off = f"take it off my list with `/frontdesk channel remove #{channel.name}`"
        helps = f"Invite me again, or {off}. Until then nobody answers what is asked there."
    return Card((Text(text, Style.WARNING), Text(helps)))
