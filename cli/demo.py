"""Demo: who and what is there when a desk starts for the first time, in the demo company or in an empty installation."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.web.rooms import local_channel, local_user
from bot.web.suggestions import Suggestion, read_suggestions
from cli.output import say
from cli.progress import bar
from cli.seeding import Cast, Room, Seat, enroll
from crm.files import read_folder
from desk.customer import Person, Role, Trust
from desk.errors import Misconfigured
from desk.ids import PersonId
from desk.space import Channel, ChannelKind
from runtime import Runtime

DEMO = Path(__file__).resolve().parents[1] / "demo"


def lay_out(home: Path) -> None:
    """Put the demo's policy where an operator would edit it; one that is there stays. Raises Misconfigured where a desk served without one."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "policy.toml").exists():
        # That desk observes. With the demo's policy it would begin to answer its own customers.
        if (home / "workspace.db").exists():
            raise Misconfigured(f"{str(home)!r} holds a desk of your own: unset FRONTDESK_HOME for the demo, or set it to an empty folder")
        shutil.copyfile(DEMO / "policy.toml", home / "policy.toml")


async def move_in(desk: Runtime) -> Sequence[Suggestion]:
    """Put the demo company in place, once, and bring its articles up to date."""
    if not await desk.services.store.channels():
        await enroll(desk, company(DEMO / "crm", desk), at=desk.services.clock.now())
    with bar("Reading the demo's articles") as progress:
        report = await desk.reading.ingest([DEMO / "knowledge"], progress)
    for failure in report.failed:
        say(f"{failure.path} was not taken in: {failure.reason}")
    return read_suggestions(DEMO / "suggestions.toml")


async def furnish(desk: Runtime) -> Sequence[Suggestion]:
    """Give an empty installation one customer, one admin and the two channels it takes to try it."""
    if not await desk.services.store.channels():
        await enroll(desk, _empty(desk), at=desk.services.clock.now())
    return ()


def company(folder: Path, desk: Runtime) -> Cast:
    """Return the cast that a folder of CSV files describes."""
    found = read_folder(folder, at=desk.services.clock.now())
    people = {person.id: person for person in found.people}
    seats = tuple(Seat(identity.user, people[identity.person], identity.trust) for identity in found.identities)
    return Cast(found.accounts, seats, found.invoices, tuple(map(Room, found.channels)))


def _empty(desk: Runtime) -> Cast:
    now = desk.services.clock.now()
    people = (Person(PersonId("visitor"), "Visitor"), Person(PersonId("admin"), "Admin", Role.ADMIN))
    channels = (
        Channel(local_channel("community"), "community", ChannelKind.COMMUNITY, declared_at=now),
        Channel(local_channel("agents"), "agents", ChannelKind.INTERNAL, declared_at=now, agents=True),
    )
    trust = {Role.CUSTOMER: Trust.NONE}
    return Cast(seats=tuple(Seat(local_user(p.name), p, trust.get(p.role, Trust.PERSON)) for p in people), rooms=tuple(map(Room, channels)))
