"""Profiles: what Slack says of a person, read once into what the desk asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.slack.web import Whoami

SLACKBOT = "USLACKBOT"
"""A bot that Slack does not call one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as Slack knows them. External ones are of another organization; guests are let into single channels."""

    id: str
    name: str
    email: str = ""
    zone: str = "UTC"
    language: str = ""
    is_bot: bool = False
    is_external: bool = False
    is_guest: bool = False
    is_gone: bool = False
    runs_workspace: bool = False
    """An owner or admin of the workspace."""

    @property
    def is_ours(self) -> bool:
        """Tell whether somebody is a full member, who may have a role."""
        return not (self.is_bot or self.is_external or self.is_guest or self.is_gone)


def profile(user: Mapping[str, Any], here: Whoami) -> Profile:
    """Read a `user` of users.info or users.list."""
    about: Mapping[str, Any] = user.get("profile") or {}
    given = (about.get("display_name"), about.get("real_name"), user.get("real_name"), user.get("name"), user.get("id"))
    return Profile(
        id=str(user.get("id") or ""),
        name=next(str(name) for name in (*given, "somebody") if name),
        email=str(about.get("email") or "").lower(),
        zone=zone(user.get("tz")),
        language=str(user.get("locale") or "").partition("-")[0].lower(),
        is_bot=bool(user.get("is_bot")) or user.get("id") == SLACKBOT,
        is_external=_is_external(user, here),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_gone=bool(user.get("deleted")),
        runs_workspace=any(user.get(flag) for flag in ("is_admin", "is_owner", "is_primary_owner")),
    )


def stranger(user_id: str, hint: Mapping[str, Any]) -> Profile:
    """Return somebody Slack tells us nothing of, as it does of people of other organizations."""
    said: Mapping[str, Any] = hint.get("user_profile") or {}
    name = next((str(name) for name in (said.get("display_name"), said.get("real_name"), said.get("name")) if name), user_id)
    return Profile(user_id, name, is_external=True)


def is_elsewhere(hint: Mapping[str, Any], here: Whoami) -> bool:
    """Tell whether an event says that its author is of another organization."""
    teams = {team for name in ("user_team", "source_team") if (team := hint.get(name))}
    return bool(hint.get("is_stranger")) or bool(teams - {here.team, here.enterprise})


def zone(name: object) -> str:
    """Return a time zone's name, UTC for one this machine does not know."""
    try:
        return ZoneInfo(str(name)).key if name else "UTC"
    except (KeyError, ValueError, OSError):
        return "UTC"


def _is_external(user: Mapping[str, Any], here: Whoami) -> bool:
    if user.get("is_stranger"):
        return True
    of: Mapping[str, Any] = user.get("enterprise_user") or {}
    # Another workspace of the same organization is home too.
    if here.enterprise and here.enterprise in (of.get("enterprise_id"), user.get("enterprise_id")):
        return False
    return bool(user.get("team_id")) and user.get("team_id") != here.team
