"""Checking routing: whether the teams that tickets are sent to have the channels that policy names."""

from __future__ import annotations

from collections.abc import Iterable

from desk.errors import FrontdeskError
from desk.policy import Policy
from desk.routing import Switch
from desk.space import Channel, ChannelKind


def checked(policy: Policy, channels: Iterable[Channel]) -> str:
    """Say how far routing goes; raise FrontdeskError for a channel in which no team can read its cards."""
    switches = {category: policy.routing.switch_of(category) for category in policy.triage.categories}
    on = [category for category, switch in switches.items() if switch is Switch.ON]
    if not on:
        shadow = sum(switch is Switch.SHADOW for switch in switches.values())
        return f"off, and in shadow for {shadow} of {len(switches)} categories"
    internal = {channel.name for channel in channels if channel.kind is ChannelKind.INTERNAL}
    named = {team.channel.removeprefix("#") for team in policy.routing.teams.values() if team.channel}
    if lacking := sorted(named - internal):
        what = " and ".join(f"#{name}" for name in lacking)
        raise FrontdeskError(f"{what} is no internal channel, so its cards stand in the agents channel: `/frontdesk channel add #name internal`")
    return f"on for {', '.join(on)}"
