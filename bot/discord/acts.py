"""Acts: what people press, choose, send and type, as arrivals that hold ids and their words only, and read again as events. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.discord import pressed, spoken
from bot.discord.kinds import THREADS
from bot.discord.people import Who
from bot.discord.refs import channel_ref, instant
from desk.events import ButtonClicked, CommandInvoked
from desk.ids import CardId, EventId, derived
from desk.space import Place

Payload = Mapping[str, Any]

CLICKED, COMMANDED, ASKED = "clicked", "commanded", "asked"
CARD = "k-"
"""Begins the id of a card record, which an outbox row's does not."""
MEMBER = ("nick", "roles", "permissions", "joined_at")
USER = ("id", "username", "global_name", "bot")


def user_of(body: Payload) -> str:
    """Return the id of who did it."""
    return str(_user(body)["id"])


def hint_of(body: Payload) -> dict[str, Any]:
    """Return what an interaction says of who did it: a member with their user, or a user alone in a direct message."""
    member = body.get("member") or {}
    return {**_some(member, MEMBER), "user": _some(_user(body), USER)}


def where(body: Payload) -> dict[str, str]:
    """Return the channel and the thread in which somebody did something, as the desk has them."""
    channel = body.get("channel") or {}
    id = str(body.get("channel_id") or channel.get("id") or "")
    if int(channel.get("type") or 0) in THREADS and channel.get("parent_id"):
        return {"channel": str(channel["parent_id"]), "thread": id}
    return {"channel": id, "thread": ""}


def place_of(given: Payload, guild: str) -> Place:
    """Return a place as it is kept."""
    return Place(channel_ref(guild, given["channel"]), given.get("thread") or None)


def of_click(body: Payload, carried: str, values: Mapping[str, str] | None = None) -> Arrival:
    """Return what is kept of a press; `carried` is all that the button carries, `values` what was filled into its form."""
    return _of_person(CLICKED, body, {"carried": carried, "values": dict(values or {})})


def of_command(body: Payload, text: str, values: Mapping[str, str] | None = None) -> Arrival:
    """Return what is kept of a command, typed or behind a button, with what was filled into its form."""
    return _of_person(COMMANDED, body, {"text": text, "values": dict(values or {})})


def of_asking(body: Payload, message: str) -> Arrival:
    """Return what is kept of a message's own command: which message it is, and where."""
    return _of_person(ASKED, body, {"id": message, "channel_id": str(body["channel_id"])})


def clicked(kept: Payload, *, by: Who, guild: str) -> ButtonClicked:
    """Translate a press that was kept, with the values of its form. Raises InvalidInput for what we did not write."""
    found = pressed.unpacked(kept["carried"])
    return ButtonClicked(
        id=_id("clicked", by, kept),
        action=found.action,
        ticket=found.ticket,
        subject=found.subject,
        by=by.ref,
        by_name=spoken.clean(by.name),
        role=by.role,
        at=_at(kept),
        place=place_of(kept, guild),
        card=CardId(found.carrier) if found.carrier.startswith(CARD) else None,
        basis=found.basis,
        form=_filled(kept),
    )


def commanded(kept: Payload, *, by: Who, guild: str) -> CommandInvoked:
    """Translate a command that was kept, with the values of its form."""
    return CommandInvoked(
        id=_id("commanded", by, kept),
        text=spoken.clean(str(kept["text"]).strip()),
        by=by.ref,
        by_name=spoken.clean(by.name),
        role=by.role,
        at=_at(kept),
        place=place_of(kept, guild),
        form=_filled(kept),
    )


def _of_person(kind: str, body: Payload, payload: Payload) -> Arrival:
    user = user_of(body)
    guild = {"guild_id": str(body["guild_id"])} if body.get("guild_id") else {}
    kept = {**payload, **where(body), **guild, "user": user, "member": hint_of(body), "cause": str(body["id"])}
    return Arrival(kind, f"by {user}", kept, marks=(f"interaction {body['id']}",))


def _user(body: Payload) -> Payload:
    found: Payload = (body.get("member") or {}).get("user") or body.get("user") or {}
    return found


def _at(kept: Payload) -> datetime:
    return instant(kept["cause"])


def _filled(kept: Payload) -> dict[str, str]:
    return {name: spoken.clean(value) for name, value in kept["values"].items()}


def _some(raw: Payload, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: raw[name] for name in names if raw.get(name) is not None}


def _id(kind: str, by: Who, kept: Payload) -> EventId:
    return EventId(derived("ev", kind, by.ref, kept["cause"]))
