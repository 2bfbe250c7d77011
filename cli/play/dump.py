"""Dump: everything a play's desk said and decided, as its driver prints it."""

from __future__ import annotations

from typing import Any

from cli import shapes
from desk.space import Platform
from desk.ticket import Ticket
from runtime import Runtime


async def dump(desk: Runtime) -> dict[str, Any]:
    """Return posts, decisions and tickets; messages are still named by the workspace's own ids."""
    store = desk.services.store
    tickets = await store.tickets()
    names = {str(member.user): member.name for member in await desk.workspace.rooms.members()}
    names |= {str(user): person.name for person in await desk.customers.people() for user in await desk.customers.users(person.id)}
    accounts = {account.id: account.name for account in await desk.customers.accounts()}
    channels = {room.ref: room.name for room in await desk.workspace.rooms.channels()}
    return {
        "posts": await _posts(desk, tickets),
        "decisions": [shapes.decision(found, n) for n, found in enumerate(await store.decisions(), 1)],
        "failed": [f"event {failure.event} was given up: {failure.error}" for failure in await desk.engine.failed()],
        "tickets": [
            shapes.ticket(found, names=names, accounts=accounts) | {"channel": channels.get(found.place.channel, found.place.channel.id)}
            for found in tickets
        ],
        "belongs": [spot for ticket in tickets for spot in await _spots(desk, ticket)],
    }


async def _spots(desk: Runtime, ticket: Ticket) -> list[tuple[str, str, str]]:
    """Return what was said in a ticket elsewhere than in the workspace: channel, message and ticket."""
    said = [message.ref for message in await desk.services.store.timeline(ticket.id) if message.ref]
    return [(ref.channel.id, ref.id, ticket.id) for ref in said if ref.channel.platform is not Platform.LOCAL]


async def _posts(desk: Runtime, tickets: list[Ticket] | Any) -> list[dict[str, Any]]:
    """Return the workspace's transcript; what people wrote gets the ticket it went into."""
    rooms = {room.ref: room.name for room in await desk.workspace.rooms.channels()}
    belongs: dict[tuple[str, str], str] = {}
    for ticket in tickets:
        for message in await desk.services.store.timeline(ticket.id):
            if message.ref and message.ref.channel in rooms:
                belongs[rooms[message.ref.channel], message.ref.id] = ticket.id
    lines = await desk.workspace.transcript()
    return [
        {**line, "at": line["at"].replace("+00:00", "Z"), "ticket": line["ticket"] or belongs.get((line["channel"], line["ref"]))} for line in lines
    ]
