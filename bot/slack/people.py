"""People: who somebody on Slack is to the desk, by what Slack, the agents channel and policy say of them now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.arrivals.kept import Kept
from bot.slack.profiles import Profile, is_elsewhere, profile, stranger
from bot.slack.refs import user_ref
from bot.slack.refusals import refusal
from bot.slack.rooms import Rooms, listed
from bot.slack.web import Web
from desk.customer import TEAM, Person, Role
from desk.errors import FrontdeskError, PlaceGone, Rejected, Retryable, Unavailable
from desk.ids import PersonId
from desk.ports import Clock, PolicySource
from desk.space import ChannelKind, Platform, UserRef
from desk.store import Store

NOTHING: Mapping[str, Any] = {}
PROFILE = timedelta(minutes=2)
"""How long a profile is good for; Slack also says when one changes."""
GROUP = timedelta(seconds=60)
OWNERS = timedelta(hours=1)
"""How long the list of the workspace's owners and admins is good for; what one of them may do is looked up at the click."""
AT_ONCE = 5
BY_AUTHORITY = (Role.ADMIN, Role.LEAD, Role.TEAMMATE)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody on Slack. External people are of another organization; guests are of ours in name only."""

    ref: UserRef
    name: str
    role: Role
    zone: str = "UTC"
    language: str = ""
    email: str = ""
    is_bot: bool = False
    is_external: bool = False
    is_guest: bool = False


class People:
    """Who is who in a workspace. What Slack said is kept for a short while; `forget` drops it."""

    def __init__(self, web: Web, policy: PolicySource, store: Store, clock: Clock) -> None:
        self._web, self._policy, self._store = web, policy, store
        self._rooms = Rooms(web, clock)
        self._profiles: Kept[Profile] = Kept(clock, PROFILE)
        self._groups: Kept[Sequence[str]] = Kept(clock, GROUP)
        self._owners: Kept[Sequence[str]] = Kept(clock, OWNERS)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def who(self, user_id: str, hint: Mapping[str, Any] = NOTHING) -> Who:
        """Return who somebody is. `hint` is what an event says of them: is_stranger, user_team, source_team, user_profile, username."""
        here = await self._web.whoami()
        ref = user_ref(here.team, user_id)
        if user_id == here.bot_user:
            return Who(ref, "", Role.BOT, is_bot=True)
        if user_id.startswith("B"):
            return Who(ref, str(hint.get("username") or user_id), Role.CUSTOMER, is_bot=True)
        found = await self._profile(user_id, hint)
        external = found.is_external or bool(hint.get("is_stranger")) or (not here.enterprise and is_elsewhere(hint, here))
        role = Role.CUSTOMER if external else await self._role(found)
        return Who(ref, found.name, role, found.zone, found.language, found.email, found.is_bot, external, found.is_guest)

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins, by name. Raises Retryable only: who asks goes on without them."""
        try:
            everybody = await asyncio.gather(*(self.who(user) for user in sorted(await self._candidates())))
        except Retryable:
            raise
        except FrontdeskError as error:
            raise Unavailable("platform", str(error)) from error
        of_team = sorted((who for who in everybody if who.role in TEAM), key=lambda who: (who.name.lower(), who.ref))
        return [(who.ref, Person(PersonId(str(who.ref)), who.name, who.role, None, who.zone, who.language, who.email)) for who in of_team]

    async def outsiders(self, channel_id: str) -> Sequence[UserRef]:
        """Return the members of a channel who are not of the home company."""
        members = await asyncio.gather(*(self.who(user) for user in await self._rooms.members(channel_id)))
        return sorted(who.ref for who in members if who.role is Role.CUSTOMER and not who.is_bot)

    async def is_private(self, channel_id: str) -> bool:
        """Tell whether only the home company can read a channel: nobody else is in it, and nobody else could come. Raises PlaceGone for none."""
        if (await self._rooms.info(channel_id)).get("is_archived"):
            raise refusal("conversations.info", {"error": "is_archived"})
        return await self._rooms.is_closed(channel_id) and not await self.outsiders(channel_id)

    async def name_of(self, channel_id: str) -> str:
        """Return how a channel is called; its id where it has no name, as a direct message."""
        return str((await self._rooms.info(channel_id)).get("name") or channel_id)

    def forget(self, user_id: str = "") -> None:
        """Ask Slack again about one person, or about everybody; and about every channel and group in either case."""
        self._profiles.forget(user_id)
        self._groups.forget()
        self._owners.forget()
        self._rooms.forget()

    async def _profile(self, user_id: str, hint: Mapping[str, Any] = NOTHING) -> Profile:
        async def ask() -> Profile:
            async with self._turns:
                here = await self._web.whoami()
                try:
                    answer = await self._web.call("users.info", user=user_id, include_locale=True)
                except PlaceGone:
                    return stranger(user_id, hint)
                return profile(answer.get("user") or {"id": user_id}, here)

        return await self._profiles.get(user_id, ask)

    async def _role(self, found: Profile) -> Role:
        """Return the role of somebody who is of no other organization."""
        if found.is_bot or found.is_guest:
            return Role.CUSTOMER
        if found.is_ours:
            for role in BY_AUTHORITY:
                if await self._has(found, role):
                    return role
        intake = (await self._policy.current()).intake
        at_home = found.email.rpartition("@")[2] in {domain.lower().lstrip("@") for domain in intake.domains}
        return Role.COLLEAGUE if intake.members == "colleagues" or at_home else Role.CUSTOMER

    async def _has(self, found: Profile, role: Role) -> bool:
        users, groups, mails = await self._named(role)
        return (
            found.id in users
            or (found.email and found.email in mails)
            or (role is Role.ADMIN and found.runs_workspace)
            or (role is Role.TEAMMATE and found.id in await self._in_agents_channel())
            or any([found.id in await self._in_group(group) for group in groups])
        )

    async def _named(self, role: Role) -> tuple[frozenset[str], Sequence[str], frozenset[str]]:
        """Return the users, the groups and the addresses that policy names for a role."""
        team, here = (await self._policy.current()).team, (await self._web.whoami()).team
        entries = {Role.ADMIN: team.admins, Role.LEAD: team.leads, Role.TEAMMATE: team.agents}[role]
        ids = [entry.removeprefix(f"{Platform.SLACK}/{here}/") for entry in entries if entry.startswith(f"{Platform.SLACK}/{here}/")]
        groups = [id for id in ids if id.startswith("S")]
        return frozenset(ids) - frozenset(groups), groups, frozenset(entry.lower() for entry in entries if "@" in entry)

    async def _in_agents_channel(self) -> frozenset[str]:
        """Return who is in an agents channel. In one that anybody may join, being there says nothing."""
        if not (await self._policy.current()).team.channel:
            return frozenset()
        here = (await self._web.whoami()).team
        ours = [channel.ref for channel in await self._store.channels() if channel.agents and channel.kind is ChannelKind.INTERNAL]
        found: set[str] = set()
        for ref in (ref for ref in ours if (ref.platform, ref.space) == (Platform.SLACK, here)):
            try:
                found.update(await self._rooms.members(ref.id) if await self._rooms.is_closed(ref.id) else ())
            except PlaceGone:
                continue
        return frozenset(found)

    async def _in_group(self, group: str) -> Sequence[str]:
        """Return a user group's members; nobody where the workspace's plan or the app's scopes have no user groups."""

        async def ask() -> Sequence[str]:
            accepted = ("missing_scope", "plan_upgrade_required", "not_allowed_token_type", "paid_teams_only", "access_denied")
            try:
                answer = await self._web.call("usergroups.users.list", accept=accepted, usergroup=group)
            except Rejected:
                return ()
            return [str(user) for user in answer.get("users") or ()]

        return await self._groups.get(group, ask)

    async def _candidates(self) -> set[str]:
        """Return everybody who may be of the team, so that not the whole workspace is asked about."""
        found = set(await self._in_agents_channel()) | set(await self._running_workspace())
        for role in BY_AUTHORITY:
            users, groups, mails = await self._named(role)
            found |= users | {user for group in groups for user in await self._in_group(group)}
            found |= {user for mail in mails if (user := await self._by_mail(mail))}
        return found

    async def _running_workspace(self) -> Sequence[str]:
        async def ask() -> Sequence[str]:
            here = await self._web.whoami()
            everybody = [profile(user, here) async for user in listed(self._web, "users.list", "members", limit=1000)]
            return [found.id for found in everybody if found.runs_workspace and found.is_ours]

        return await self._owners.get("", ask)

    async def _by_mail(self, mail: str) -> str:
        async def ask() -> Sequence[str]:
            answer = await self._web.call("users.lookupByEmail", accept=("users_not_found", "missing_scope"), email=mail)
            return [str(user["id"])] if (user := answer.get("user")) else ()

        return next(iter(await self._groups.get(mail, ask)), "")
