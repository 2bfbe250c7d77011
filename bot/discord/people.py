"""People: who somebody on Discord is to the desk, by what the server's roles, the agents channel and policy say of them now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.arrivals.kept import Kept
from bot.discord.kinds import DIRECT
from bot.discord.profiles import Profile, Viewers, bots_roles, profile, running_roles, runs_server, viewers
from bot.discord.refs import user_ref
from bot.discord.rooms import Rooms
from bot.discord.web import Web
from desk.customer import TEAM, Person, Role
from desk.errors import FrontdeskError, PlaceGone, Retryable, Unavailable
from desk.ids import PersonId
from desk.ports import Clock, PolicySource
from desk.space import ChannelKind, Platform, UserRef
from desk.store import Store

NOTHING: Mapping[str, Any] = {}
PROFILE = timedelta(minutes=1)
"""How long what was said of a member is good for."""
AT_ONCE = 5
BY_AUTHORITY = (Role.ADMIN, Role.LEAD, Role.TEAMMATE, Role.COLLEAGUE)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody on Discord. External people are not on the home server, or not any more."""

    ref: UserRef
    name: str
    role: Role
    zone: str = "UTC"
    language: str = ""
    email: str = ""
    is_bot: bool = False
    is_external: bool = False


class People:
    """Who is who on a server. What Discord said is kept for a short while; `forget` drops it."""

    def __init__(self, web: Web, policy: PolicySource, store: Store, clock: Clock) -> None:
        self._web, self._policy, self._store = web, policy, store
        self._rooms = Rooms(web, clock)
        self._profiles: Kept[Profile] = Kept(clock, PROFILE)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def who(self, user_id: str, hint: Mapping[str, Any] = NOTHING) -> Who:
        """Return who somebody is. `hint` is the member that came with an event, with its `user`, or a user alone: a member saves a question."""
        here = await self._web.whoami()
        ref = user_ref(here.guild, user_id)
        if user_id == here.bot_user:
            return Who(ref, "", Role.BOT, is_bot=True)
        found = _hinted(user_id, hint) or await self._profile(user_id, hint)
        role = await self._role(found) if found.is_member and not found.is_bot else Role.CUSTOMER
        return Who(ref, found.name, role, language=found.language, is_bot=found.is_bot, is_external=not found.is_member)

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins, by name. Raises Retryable only: who asks goes on without them.

        Without the Server Members intent Discord does not tell who holds a role: then only whom policy names one by one, and the server's owner.
        """
        try:
            members = await self._rooms.members()
            hints = {str(member["user"]["id"]): member for member in members or ()}
            everybody = await asyncio.gather(*(self.who(user, hints.get(user, NOTHING)) for user in sorted(await self._candidates(hints))))
        except Retryable:
            raise
        except FrontdeskError as error:
            raise Unavailable("platform", str(error)) from error
        of_team = sorted((who for who in everybody if who.role in TEAM), key=lambda who: (who.name.lower(), who.ref))
        return [(who.ref, Person(PersonId(str(who.ref)), who.name, who.role, None, who.zone, who.language, who.email)) for who in of_team]

    async def outsiders(self, channel_id: str) -> Sequence[UserRef]:
        """Return who is in a channel and not of the home company: the other side of a private conversation, else whom it lets in, or who wrote there.

        Where Discord tells who is on the server, everybody who sees a channel that not everyone sees is in it.
        """
        info = await self._rooms.info(channel_id)
        if int(info.get("type") or 0) in DIRECT:
            inside = {str(user["id"]): user for user in info.get("recipients") or ()}
        else:
            seen = viewers(await self._rooms.guild(), info)
            inside = {str(user["id"]): user for user in await self._rooms.authors(channel_id)} | {user: {} for user in seen.members}
            inside |= {} if seen.everyone else await self._holders(seen.roles)
        found = await asyncio.gather(*(self.who(user, hint) for user, hint in inside.items()))
        return sorted(who.ref for who in found if who.role is Role.CUSTOMER and not who.is_bot)

    async def is_private(self, channel_id: str) -> bool:
        """Tell whether only the home company can read a channel. Raises PlaceGone for none.

        It is private when not everyone sees it, each role that does is the team's or the company's own, and so is each member let in by name.
        """
        info = await self._rooms.info(channel_id)
        if int(info.get("type") or 0) in DIRECT:
            return not await self.outsiders(channel_id)
        guild = await self._rooms.guild()
        seen = viewers(guild, info)
        if seen.everyone or seen.roles - bots_roles(guild) - running_roles(guild) - await self._own_roles(seen):
            return False
        members = await asyncio.gather(*(self.who(user) for user in seen.members))
        return all(who.role is not Role.CUSTOMER or who.is_bot for who in members)

    async def is_open(self, channel_id: str) -> bool:
        """Tell whether everyone on the server sees a channel."""
        info = await self._rooms.info(channel_id)
        return int(info.get("type") or 0) not in DIRECT and viewers(await self._rooms.guild(), info).everyone

    async def name_of(self, channel_id: str) -> str:
        """Return how a channel is called; its id where it has no name, as a direct message."""
        return str((await self._rooms.info(channel_id)).get("name") or channel_id)

    async def is_role(self, id: str) -> bool:
        """Tell whether an id is a role's of the home server."""
        guild = await self._rooms.guild()
        return any(str(role["id"]) == id for role in guild.get("roles") or ())

    def forget(self, user_id: str = "") -> None:
        """Ask Discord again about one person, and who is there; or about everybody, the server and its channels."""
        self._profiles.forget(user_id)
        if user_id:
            # Many may come at once: what the server and its channels are does not change with one of them.
            return self._rooms.forget_members()
        self._rooms.forget()
        return self._web.forget()

    async def _profile(self, user_id: str, hint: Mapping[str, Any]) -> Profile:
        async def ask() -> Profile:
            async with self._turns:
                here = await self._web.whoami()
                try:
                    member = await self._web.call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=here.guild, user_id=user_id)
                    return profile(member.get("user") or {"id": user_id}, member)
                except PlaceGone:
                    return profile({**_user(hint), "id": user_id})

        return await self._profiles.get(user_id, ask)

    async def _role(self, found: Profile) -> Role:
        if runs_server(found, await self._rooms.guild()):
            return Role.ADMIN
        named = await self._named()
        for role in BY_AUTHORITY:
            if named[role] & {found.id, *found.roles}:
                return role
        return Role.TEAMMATE if found.roles and found.roles & await self._let_into_agents_channel() else Role.CUSTOMER

    async def _named(self) -> Mapping[Role, frozenset[str]]:
        """Return the ids of the users and roles that policy names for each role of the desk."""
        now, here = await self._policy.current(), (await self._web.whoami()).guild
        team = now.team
        entries = {Role.ADMIN: team.admins, Role.LEAD: team.leads, Role.TEAMMATE: team.agents, Role.COLLEAGUE: now.intake.colleagues}
        beginning = f"{Platform.DISCORD}/{here}/"
        # The role of everyone has the server's own id: whoever names it means nobody in particular.
        return {
            role: frozenset(each.removeprefix(beginning) for each in found if each.startswith(beginning)) - {here} for role, found in entries.items()
        }

    async def _let_into_agents_channel(self) -> frozenset[str]:
        """Return the roles that a private agents channel itself lets in; one that sees every channel says nothing, nor does a member let in alone."""
        if not (await self._policy.current()).team.channel:
            return frozenset()
        here = (await self._web.whoami()).guild
        ours = [channel.ref for channel in await self._store.channels() if channel.agents and channel.kind is ChannelKind.INTERNAL]
        found: set[str] = set()
        for ref in (ref for ref in ours if (ref.platform, ref.space) == (Platform.DISCORD, here)):
            try:
                seen = viewers(await self._rooms.guild(), await self._rooms.info(ref.id))
            except PlaceGone:
                continue
            found |= set() if seen.everyone else seen.let_in
        return frozenset(found)

    async def _own_roles(self, seen: Viewers) -> frozenset[str]:
        """Return the roles whose holders are of the team or the company, in a channel that these see."""
        named = frozenset[str]().union(*(await self._named()).values())
        return named | (seen.let_in if (await self._policy.current()).team.channel else frozenset())

    async def _holders(self, roles: frozenset[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the members who hold one of these roles, by id."""
        return {str(member["user"]["id"]): member for member in await self._rooms.members() or () if roles & set(member.get("roles") or ())}

    async def _candidates(self, members: Mapping[str, Mapping[str, Any]]) -> set[str]:
        """Return everybody who may be of the team, so that not the whole server is asked about."""
        guild = await self._rooms.guild()
        now = await self._named()
        named = frozenset[str]().union(*(now[role] for role in BY_AUTHORITY[:3]))
        roles = named | running_roles(guild) | await self._let_into_agents_channel()
        by_role = {user for user, member in members.items() if roles & set(member.get("roles") or ())}
        one_by_one = {id for id in named if not await self.is_role(id)}
        return by_role | one_by_one | {str(guild["owner_id"])} - {"None"}


def _hinted(user_id: str, hint: Mapping[str, Any]) -> Profile | None:
    """Return the member that came with an event, which is what they are at that instant."""
    return profile({**_user(hint), "id": user_id}, hint) if "roles" in hint else None


def _user(hint: Mapping[str, Any]) -> Mapping[str, Any]:
    told: Mapping[str, Any] = hint.get("user") or hint
    return told
