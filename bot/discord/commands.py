"""Commands: what the home server offers below /frontdesk and in a message's menu, told to Discord when it is not what Discord has."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.discord import menu
from bot.discord.carried import Carried
from bot.discord.tree import Tree, tree
from bot.discord.web import Web
from desk.catalog import Catalog
from desk.errors import FrontdeskError, RateLimited
from desk.ports import Desk, Query

Json = Mapping[str, Any]
PATH = "/applications/{application_id}/guilds/{guild_id}/commands"
LATEST = "commands"
"""Under which name it is kept what was told last, and what Discord made of it."""
PAUSE, LONGEST_PAUSE = 5.0, 600.0
COMPARED = (
    "name", "type", "description", "options", "choices", "required", "autocomplete", "value", "channel_types", "min_value", "max_value",
    "name_localizations", "default_member_permissions", "contexts",
)  # fmt: skip
"""What is compared; the rest is Discord's own: ids, versions."""

log = logging.getLogger("frontdesk.discord")


class Commands:
    """The commands as Discord has them, made of the desk's catalog."""

    def __init__(self, web: Web, desk: Desk, carried: Carried) -> None:
        self._web, self._desk, self._carried = web, desk, carried
        self._tree: Tree | None = None

    async def tree(self) -> Tree:
        """Return the commands there are; asked of the desk once."""
        if self._tree is None:
            found = await self._desk.view(Query("commands", ""))
            self._tree = tree(found if isinstance(found, Catalog) else Catalog())
        return self._tree

    async def text_of(self, data: Json) -> str:
        """Return what somebody chose below /frontdesk as the desk reads a command."""
        return (await self.tree()).text(data)

    async def wanted(self) -> Sequence[Json]:
        """Return what Discord is to have."""
        return [(await self.tree()).command(), menu.open_ticket()]

    async def run(self) -> None:
        """Tell Discord of the commands until it has them; a person is told once what to mend."""
        pause, told = PAUSE, ""
        while True:
            try:
                await self.sync()
            except FrontdeskError as error:
                if str(error) != told:
                    log.error("the slash commands could not be brought up to date, so it is tried again: %s", error)
                told = str(error)
                await asyncio.sleep(max(pause, error.after.total_seconds()) if isinstance(error, RateLimited) else pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    async def sync(self) -> bool:
        """Bring the commands up to date; return whether anything was told. What is the same costs one question, and none of the day's changes."""
        me, wanted = await self._web.whoami(), list(await self.wanted())
        there = await self._web.call("GET", PATH, params={"with_localizations": "true"}, application_id=me.application, guild_id=me.guild)
        if await self._is_known(wanted, there):
            return False
        made = await self._web.call("PUT", PATH, json=wanted, application_id=me.application, guild_id=me.guild)
        await self._carried.keep({LATEST: both(wanted, made)})
        log.info("the slash commands of the server are up to date: %d below /frontdesk", len((await self.tree()).leaves))
        return True

    async def _is_known(self, wanted: Sequence[Json], there: Sequence[Json]) -> bool:
        """Tell whether Discord has what is wanted, or what it made of just that the last time."""
        return normalized(wanted) == normalized(there) or await self._carried.get(LATEST) == both(wanted, there)


def normalized(commands: Sequence[Json]) -> str:
    """Return commands in one form, whoever wrote them: without what is empty or Discord's own, in a fixed order."""
    return json.dumps(sorted((_told(command) for command in commands), key=lambda told: str(told.get("name"))), sort_keys=True)


def _told(given: Json) -> dict[str, Any]:
    found = {name: _plain(name, given[name]) for name in COMPARED if given.get(name) not in (None, "", [], {}, False)}
    return {**found, "type": found.get("type", 1)} if "value" not in found else found


def _plain(name: str, value: Any) -> Any:
    if name in ("options", "choices"):
        return [_told(each) for each in value]
    return str(value) if name == "default_member_permissions" else value


def both(wanted: Sequence[Json], there: Sequence[Json]) -> str:
    """Return the mark of what was told together with what Discord made of it."""
    return hashlib.sha256(f"{normalized(wanted)}\n{normalized(there)}".encode()).hexdigest()
