"""Cast: the people and channels of a script as members and channels of a Slack workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.play.slack.names import BOT_USER, TEAM, channel_id, direct_id, team_id, user_id
from cli.play.slack.state import Member, Room, Workspace
from desk.customer import TEAM as OF_TEAM
from desk.customer import Role
from desk.space import ChannelKind, Platform

Table = Mapping[str, Any]
LOCALES = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "pt": "pt-BR"}


def furnish(workspace: Workspace, setup: Mapping[str, Sequence[Table]]) -> None:
    """Put everybody who has a seat in Slack, and the channels that are there, into a workspace."""
    here = [person for person in setup["people"] if Platform.SLACK.value in person["platforms"]]
    workspace.members = {member.id: member for member in (Member(BOT_USER, "Frontdesk", is_bot=True), *map(_member, here))}
    for channel in setup["channels"]:
        if channel.get("platform") == Platform.SLACK:
            room = _room(channel, here, workspace)
            workspace.rooms[room.id] = room


def policy_of(setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a policy says of a script's team: who leads, and who is of the team without being in an agents channel of Slack's."""
    here = [person for person in setup["people"] if Platform.SLACK.value in person["platforms"]]
    agents: Table = next((channel for channel in setup["channels"] if channel["kind"] == ChannelKind.INTERNAL), {})
    elsewhere = agents.get("platform") != Platform.SLACK
    named = {"leads": Role.LEAD, "agents": Role.TEAMMATE}
    lists = {word: [f"slack/{TEAM}/{user_id(person['name'])}" for person in here if person["role"] == role] for word, role in named.items()}
    return {"team": {"leads": lists["leads"], **({"agents": lists["agents"]} if elsewhere else {})}}


def _member(person: Table) -> Member:
    return Member(
        id=user_id(person["name"]),
        name=person["name"],
        team=TEAM if person["role"] != Role.CUSTOMER else team_id(person.get("account", "")),
        zone=person.get("zone", "UTC"),
        locale=LOCALES.get(person.get("language", ""), ""),
        email=person.get("email", ""),
        is_admin=person["role"] == Role.ADMIN,
    )


def _room(channel: Table, here: Sequence[Table], workspace: Workspace) -> Room:
    name, kind = channel["name"], ChannelKind(channel["kind"])
    if kind is ChannelKind.DIRECT:
        user = user_id(channel["person"])
        return Room(direct_id(user), name, True, user, [user, BOT_USER])
    members = [user_id(person["name"]) for person in here if _is_in(channel, kind, person)]
    teams = {workspace.members[user].team for user in members} - {TEAM}
    return Room(channel_id(name), name, kind is ChannelKind.INTERNAL, "", [BOT_USER, *members], teams)


def _is_in(channel: Table, kind: ChannelKind, person: Table) -> bool:
    match kind:
        case ChannelKind.INTERNAL:
            return person["role"] in OF_TEAM
        case ChannelKind.SHARED:
            return bool(person["role"] != Role.CUSTOMER or channel["account"] == person.get("account"))
        case _:
            return True
