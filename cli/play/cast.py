"""Cast: a script's tables as people, companies and channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.web.rooms import local_channel, local_user, slug
from cli.play.discord import names as discord
from cli.play.slack import names as slack
from cli.seeding import Cast, Room, Seat
from desk.customer import Account, Invoice, Person, Role, Trust
from desk.ids import AccountId, PersonId
from desk.policy_values import read_duration
from desk.space import Channel, ChannelKind, ChannelRef, Intake, Platform, UserRef

Table = Mapping[str, Any]
USERS: Mapping[Platform, Callable[[str], UserRef]] = {
    Platform.LOCAL: local_user,
    Platform.SLACK: slack.slack_user,
    Platform.DISCORD: discord.discord_user,
}
"""Somebody's user on each platform, by name."""


def cast_of(setup: Mapping[str, Sequence[Table]], start: datetime) -> Cast:
    """Return the cast of a script that was checked."""
    seats = tuple(seat for row in setup["people"] for seat in _seats(row))
    return Cast(
        accounts=tuple(map(account, setup["accounts"])),
        seats=seats,
        invoices=tuple(map(invoice, setup["invoices"])),
        rooms=tuple(_rooms(setup["channels"], {seat.person.name: seat for seat in seats}, start)),
    )


def account(row: Table) -> Account:
    """Return an account; its id is the slug of its name."""
    return Account(
        id=AccountId(slug(row["name"])),
        name=row["name"],
        tier=row.get("tier", ""),
        zone=row.get("zone", "UTC"),
        contract=str(row.get("contract", "")),
        health=row.get("health"),
        value=Decimal(str(row["value"])) if "value" in row else None,
        manager=row.get("manager", ""),
        first_response=_promised(row, "first_response"),
        next_response=_promised(row, "next_response"),
        resolution=_promised(row, "resolution"),
        hours=row.get("hours", ""),
        fields=tuple((name, str(value)) for name, value in row.get("fields", {}).items()),
    )


def _promised(row: Table, target: str) -> timedelta | None:
    """Return what an account's contract promises."""
    return read_duration(row[target]) if target in row else None


def person(row: Table) -> Person:
    """Return a person; their id is the slug of their name."""
    return Person(
        id=PersonId(slug(row["name"])),
        name=row["name"],
        role=Role(row.get("role", "customer")),
        account=AccountId(slug(row["account"])) if row.get("account") else None,
        zone=row.get("zone", "UTC"),
        language=row.get("language", ""),
        email=row.get("email", ""),
        entitlements=frozenset(row.get("entitlements", ())),
        skills=frozenset(row.get("skills", ())),
    )


def invoice(row: Table) -> Invoice:
    """Return an invoice; open and in EUR unless it says otherwise."""
    return Invoice(
        account=AccountId(slug(row["account"])),
        number=str(row["number"]),
        amount=Decimal(str(row["amount"])),
        currency=row.get("currency", "EUR"),
        status=row.get("status", "open"),
        issued=_date(row.get("issued")),
        due=_date(row.get("due")),
        link=row.get("link", ""),
    )


def user_on(platform: Platform, name: str) -> UserRef:
    """Return somebody's user on a platform."""
    return USERS[platform](name)


def _seats(row: Table) -> Iterable[Seat]:
    """Yield somebody's seat on each platform where they have one."""
    for platform in map(Platform, row.get("platforms", [Platform.LOCAL])):
        yield Seat(user_on(platform, row["name"]), person(row), Trust[row.get("trust", "person").upper()])


def _rooms(rows: Iterable[Table], seats: Mapping[str, Seat], start: datetime) -> Iterable[Room]:
    """Yield the channels; the first internal one is where the team works."""
    agents = next((row["name"] for row in rows if row["kind"] == ChannelKind.INTERNAL), None)
    for row in rows:
        guest = seats.get(row.get("person", ""))
        channel = Channel(
            _channel(row),
            row["name"],
            ChannelKind(row["kind"]),
            declared_at=start + (read_duration(row["declared"]) if "declared" in row else timedelta()),
            intake=Intake(row.get("intake", Intake.ALL)),
            account=AccountId(slug(row["account"])) if row.get("account") else None,
            person=guest.person.id if guest and guest.trust is Trust.PERSON else None,
            agents=row["name"] == agents,
        )
        yield Room(channel, guest.user if guest else None)


def _channel(row: Table) -> ChannelRef:
    platform = Platform(row.get("platform", Platform.LOCAL))
    if platform is Platform.LOCAL:
        return local_channel(row["name"])
    direct = row["kind"] == ChannelKind.DIRECT
    if platform is Platform.SLACK:
        return slack.slack_channel(slack.direct_id(slack.user_id(row["person"])) if direct else slack.channel_id(row["name"]))
    return discord.discord_channel(discord.direct_id(discord.user_id(row["person"])) if direct else discord.channel_id(row["name"]))


def _date(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
