"""Sealing: what a form holds that must be kept nowhere is replaced before its event is stored: an address by whose it is, a code by its hash."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from desk.events import ButtonClicked, Event
from desk.linking import WINDOW, current, read_address, read_code, sealed
from handlers.services import Services

Seal = Callable[[ButtonClicked, Services], Awaitable[Mapping[str, str]]]
PEOPLE, HASH = "people", "hash"
"""What a sealed form holds: the ids of who is at an address, parted by blanks, and the hash of a code."""


async def safe(event: Event, services: Services) -> Event:
    """Return an event as it may be stored. Raises Unavailable("crm") while nobody can say whose an address is."""
    seal = SEALS.get(event.action) if isinstance(event, ButtonClicked) else None
    return replace(event, form=await seal(event, services)) if seal and isinstance(event, ButtonClicked) else event


async def _address(event: ButtonClicked, services: Services) -> Mapping[str, str]:
    address = read_address(event.form.get("address", ""))
    found = await services.crm.find(address) if address else ()
    return {PEOPLE: " ".join(person.id for person in found if read_address(person.email) == address)}


async def _code(event: ButtonClicked, services: Services) -> Mapping[str, str]:
    asked = current(await services.store.challenges(event.by, since=services.clock.now() - WINDOW))
    # Where none was asked for it is hashed all the same, so that nothing tells the two apart.
    return {HASH: sealed(read_code(event.form.get("code", "")), asked.id if asked else "")}


SEALS: Mapping[str, Seal] = {"connect": _address, "connect_code": _code}
