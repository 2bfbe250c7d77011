"""Queues: the channel in which a team of policy reads its tickets."""

from __future__ import annotations

from desk.policy import Policy
from desk.space import Channel, ChannelKind, ChannelRef, Place
from handlers.services import Services


async def channel_of(team: str, policy: Policy, services: Services, *, near: ChannelRef) -> Channel | None:
    """Return a team's own channel, the one in the space of `near` first; None where it has none, or none that is the team's alone."""
    named = policy.routing.teams[team].channel.removeprefix("#") if team in policy.routing.teams else ""
    if not named:
        return None
    found = [channel for channel in await services.store.channels() if channel.name == named and channel.kind is ChannelKind.INTERNAL]
    beside = [channel for channel in found if (channel.ref.platform, channel.ref.space) == (near.platform, near.space)]
    return next(iter((*beside, *found)), None)


async def place_of(team: str, policy: Policy, services: Services, *, near: ChannelRef) -> Place | None:
    """Return where a team's cards go; None where that is the agents channel."""
    channel = await channel_of(team, policy, services, near=near)
    return Place(channel.ref) if channel else None
