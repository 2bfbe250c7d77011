"""People: who somebody on Slack is to the desk, asked of Slack and policy at each click and kept for a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.web import Web
from desk.customer import Person, Role
from desk.ports import Clock, PolicySource
from desk.space import UserRef
from desk.store import Store

NOBODY: Mapping[str, Any] = {}


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
        self._web, self._policy, self._store, self._clock = web, policy, store, clock

    async def who(self, user_id: str, hint: Mapping[str, Any] = NOBODY) -> Who:
        """Return who somebody is. `hint` is what an event says of them: is_stranger, team, user_team, source_team, bot_id."""
        raise NotImplementedError

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins, by name."""
        raise NotImplementedError

    async def outsiders(self, channel_id: str) -> Sequence[UserRef]:
        """Return the members of a channel who are not of the home company."""
        raise NotImplementedError

    async def is_private(self, channel_id: str) -> bool:
        """Tell whether only the home company can read a channel."""
        raise NotImplementedError

    def forget(self, user_id: str = "") -> None:
        """Ask Slack again about one person, or about everybody, every channel and every group."""
