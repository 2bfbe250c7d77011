"""Checks: what a Slack installation needs, each looked at by itself and told with what to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.slack.access import Access
from bot.slack.manifest import OPTIONAL, SCOPES
from bot.slack.people import People
from bot.slack.web import Web
from desk.errors import FrontdeskError, Misconfigured, PlaceGone, Rejected
from desk.policy import Policy
from desk.ports import Clock, PolicySource
from desk.space import Channel, ChannelKind, Platform
from desk.store import Store

AGAIN = "paste the manifest of ./frontdesk manifest slack into the app's settings and install the app again"
APP_TOKEN = "make an app-level token with connections:write on the app's Basic Information page and set FRONTDESK_SLACK_APP_TOKEN to it"  # noqa: S105
SECRET = "set FRONTDESK_SLACK_SIGNING_SECRET to the secret on the app's Basic Information page, or FRONTDESK_SLACK_APP_TOKEN for Socket Mode"  # noqa: S105
LATE, REFUSED = timedelta(seconds=30), timedelta(minutes=5)
"""How wrong this machine's clock may be; beyond the second nothing that Slack signed is believed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What the checks look at."""

    access: Access
    web: Web
    policy: PolicySource
    store: Store
    clock: Clock


async def tokens(found: Installation) -> str:
    """Look whether the bot's token works, and what events come over."""
    here = await found.web.whoami()
    way = await _socket(found) if found.access.in_socket_mode else _signed(found.access)
    return f"{here.team_name} ({here.team}), events {way}"


async def scopes(found: Installation) -> str:
    """Look whether the token has every scope that the manifest asks for."""
    granted = (await found.web.greeting()).scopes
    if granted is None:
        return "Slack does not say which the token has"
    if lacking := [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]:
        raise Misconfigured(f"the token lacks {', '.join(lacking)}: {AGAIN}")
    without = [f"{scope}, so it cannot {why}" for scope, why in OPTIONAL.items() if scope not in granted]
    return f"all {len(SCOPES)} are granted{'; not ' + '; not '.join(without) if without else ''}"


async def channels(found: Installation) -> str:
    """Look whether the bot is in each declared channel, and whether the agents channel is the team's alone."""
    here = (await found.web.whoami()).team
    declared = [
        c for c in await found.store.channels() if (c.ref.platform, c.ref.space) == (Platform.SLACK, here) and c.kind is not ChannelKind.DIRECT
    ]
    if not any(channel.agents for channel in declared):
        raise Misconfigured("no agents channel is declared: write /frontdesk setup in Slack")
    people = People(found.web, found.policy, found.store, found.clock)
    wrong = [sentence for channel in declared if (sentence := await _wrong(channel, found, people))]
    if wrong:
        raise Misconfigured("; ".join(wrong))
    return f"the bot is in all {len(declared)}, and the agents channel is private"


async def groups(found: Installation) -> str:
    """Look whether the user groups that policy names exist."""
    here = (await found.web.whoami()).team
    named = _groups(await found.policy.current(), here)
    if not named:
        return "the policy names none"
    try:
        answer = await found.web.call("usergroups.list", include_disabled=False)
    except (Rejected, Misconfigured) as error:
        raise Misconfigured(
            f"the policy names {len(named)}, and Slack does not tell of them: {error}; user groups need a paid plan, a plain list works without"
        ) from None
    known: Mapping[str, Any] = {str(group["id"]): group for group in answer.get("usergroups") or ()}
    if gone := [group for group in named if group not in known]:
        raise Misconfigured(f"{', '.join(gone)} of [team] in the policy is no user group of this workspace")
    return ", ".join(f"@{known[group].get('handle')} ({known[group].get('user_count', 0)})" for group in named)


async def clock(found: Installation) -> str:
    """Look how far this machine's clock is from Slack's: what was signed long ago is not believed."""
    theirs = (await found.web.greeting()).at
    if theirs is None:
        return "Slack does not say what time it has"
    off = found.clock.now() - theirs
    says = f"{abs(off).total_seconds():.0f} s {'ahead of' if off > timedelta() else 'behind'} Slack's"
    if abs(off) > REFUSED and not found.access.in_socket_mode:
        raise Misconfigured(f"this machine's clock is {says}, so that everything Slack sends is refused as too old: set it, best by NTP")
    if abs(off) > LATE:
        raise Misconfigured(f"this machine's clock is {says}: set it, best by NTP")
    return says


CHECKS: Mapping[str, Callable[[Installation], Awaitable[str]]] = {
    "slack": tokens,
    "slack scopes": scopes,
    "slack channels": channels,
    "slack user groups": groups,
    "slack clock": clock,
}
"""What is looked at, in the order in which one needs the other."""


async def _socket(found: Installation) -> str:
    web = Web(Access(found.access.app_token, url=found.access.url))
    try:
        await web.call("apps.connections.open")
    except (Rejected, Misconfigured) as error:
        raise Misconfigured(f"Slack opens no connection: {error}; {APP_TOKEN}") from None
    finally:
        await web.close()
    return "come over Socket Mode"


def _signed(access: Access) -> str:
    if not access.signing_secret:
        raise Misconfigured(f"no events can arrive: {SECRET}")
    return "come over HTTP to /slack/events"


async def _wrong(channel: Channel, found: Installation, people: People) -> str:
    """Return what is wrong with a channel, as a sentence; "" when nothing is."""
    try:
        info: Mapping[str, Any] = (await found.web.call("conversations.info", channel=channel.ref.id)).get("channel") or {}
        if info.get("is_archived"):
            return f"#{channel.name} is archived: unarchive it, or write /frontdesk channel remove #{channel.name}"
        if not info.get("is_member"):
            return f"the bot is not in #{channel.name}: write /invite there"
        if channel.kind is ChannelKind.INTERNAL and not await people.is_private(channel.ref.id):
            return f"others than the team can read #{channel.name}: make it private, take guests out, or choose another agents channel"
    except PlaceGone as error:
        return f"#{channel.name}: {error}"
    except FrontdeskError as error:
        return f"#{channel.name} could not be looked at: {error}"
    return ""


def _groups(policy: Policy, here: str) -> Sequence[str]:
    beginning = f"{Platform.SLACK}/{here}/"
    entries = (*policy.team.agents, *policy.team.leads, *policy.team.admins)
    return [entry.removeprefix(beginning) for entry in entries if entry.startswith(f"{beginning}S")]
