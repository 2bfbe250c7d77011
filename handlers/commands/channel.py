"""Channels by command: which the bot works in, what kind each is, and which of its messages are taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.cards import Button, Buttons, Card, Field, Form, Notes, Option, Text
from desk.changes import NOTHING, Changes, RemoveChannel, SaveChannel, write
from desk.customer import Account
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ids import AccountId, TicketId
from desk.ports import Query
from desk.space import Channel, ChannelKind, ChannelRef, Intake, Place
from handlers.commands.changes import announced
from handlers.commands.places import declared, is_channel, located, picker
from handlers.commands.words import ADMINS, counted, listed, named, one_of, only, split
from handlers.services import Services

KINDS = (ChannelKind.COMMUNITY, ChannelKind.SHARED, ChannelKind.INTERNAL)
"""What can be declared; direct messages need no declaration."""
ABOUT: Mapping[str, str] = {
    ChannelKind.COMMUNITY: "community: anybody may read it",
    ChannelKind.SHARED: "shared: one customer account and us",
    ChannelKind.INTERNAL: "internal: only us",
    Intake.ALL: "all messages",
    Intake.QUESTIONS: "questions only",
    Intake.MENTIONS: "mentions only",
}
MOST = 100
"""Choices that a select holds on every platform; beyond, the account is written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants a channel to be; "" for what they did not say. `wrote` is how they named the channel."""

    wrote: str
    kind: str = ""
    account: str = ""
    intake: str = ""


async def channel(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Declare the channels that the bot works in, or list them.

    Without a name it is the channel that you write in. A shared channel needs its account, as the customer record calls it. Messages from before
    a channel was declared are ignored. Adding one that is declared already shows what is set, or changes it.
    """
    words = split(event.text)
    sub = one_of("channel", list(SUBCOMMANDS), words[1]) if len(words) > 1 else "list"
    return await SUBCOMMANDS[sub](event, services)


async def channel_form(query: Query, services: Services) -> Form | None:
    """Return the form of `channel add` unless everything was written."""
    if split(query.subject)[1:2] != ("add",):
        return None
    only(ADMINS, query.role, "channel add")
    accounts = await services.crm.accounts()
    asked = _written(query.subject, accounts)
    if asked.kind and (asked.kind != ChannelKind.SHARED or asked.account):
        return None
    now = await declared(asked.wrote, query.place, services) if asked.wrote else None
    return _form(asked, now, accounts, place=query.place)


async def channel_check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `channel add`."""
    if not values:
        return {}
    found = _problems(_filled(values), await services.crm.accounts())
    try:
        await located(values.get("channel", "").strip(), query.place, services)
    except InvalidInput as error:
        found["channel"] = str(error)
    return found


async def lines_of(services: Services) -> list[str]:
    """Return a line for each declared channel, those for customers last."""
    names = {account.id: account.name for account in await services.crm.accounts()}
    ordered = sorted(await services.store.channels(), key=lambda c: (c.kind is not ChannelKind.INTERNAL, not c.agents, c.kind, c.name))
    return [line_of(channel, names) for channel in ordered if channel.kind is not ChannelKind.DIRECT]


def line_of(channel: Channel, names: Mapping[AccountId, str]) -> str:
    """Return what is declared of a channel, in a line."""
    if channel.kind is ChannelKind.INTERNAL:
        return f"#{channel.name}: {'the agents channel' if channel.agents else 'internal'}"
    whose = f" of {names.get(channel.account, channel.account)}" if channel.account else ""
    return f"#{channel.name}: {channel.kind}{whose}, {ABOUT[channel.intake]}"


async def _list(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    lines = await lines_of(services)
    add = Buttons((Button("command", "Add a channel...", TicketId(""), subject="channel add", english="Add a channel"),))
    told = Notes("Channels", tuple(lines)) if lines else Text("No channel is declared yet, so I hear nothing but direct messages.")
    return Card((told, *([add] if event.role in ADMINS else []))), NOTHING


async def _add(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(ADMINS, event.role, "channel add")
    accounts = await services.crm.accounts()
    asked = _filled(event.form) if event.form else _written(event.text, accounts)
    if wrong := _problems(asked, accounts):
        raise InvalidInput(" ".join(wrong.values()))
    ref, name = await located(asked.wrote, event.place, services) if asked.wrote else await _here(event.place, services)
    was = await services.store.channel(ref)
    new = _declared(ref, name, asked, was=was, event=event, accounts=accounts)
    await _refuse(new, was, services)
    names = {account.id: account.name for account in accounts}
    if was is not None and replace(was, name=new.name) == new:
        return Card((Notes("This is declared already", (line_of(was, names),)),)), NOTHING
    before = f"{line_of(was, names)} -> " if was else ""
    card = Card((Notes(f"{event.by_name} {'changed' if was else 'declared'} a channel", (before + line_of(new, names),)),))
    return card, write(SaveChannel(new)) + await announced(card, event, services)


async def _remove(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(ADMINS, event.role, "channel remove")
    words = split(event.text)[2:]
    found = await declared(words[0], event.place, services) if words else await services.store.channel(event.place.channel)
    if found is None:
        names = [f"#{channel.name}" for channel in await services.store.channels()]
        raise InvalidInput(f"`channel remove` expects a declared channel: {listed(names) or 'there is none'}.")
    if found.agents:
        raise InvalidInput(f"#{found.name} is the agents channel: choose another with `setup agents` first, or nobody would see drafts.")
    waiting = [ticket for ticket in await services.store.tickets(open_only=True) if ticket.place.channel == found.ref]
    rest = (f"{counted(len(waiting), 'open ticket')} there: their answers wait until it is declared again",) if waiting else ()
    card = Card((Notes(f"{event.by_name} removed a channel", (f"#{found.name}: I neither hear nor write there any more", *rest)),))
    return card, write(RemoveChannel(found.ref)) + await announced(card, event, services)


SUBCOMMANDS: Mapping[str, Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]] = {"list": _list, "add": _add, "remove": _remove}


def _written(text: str, accounts: Sequence[Account]) -> Asked:
    """Read `channel add [#name] [kind] [account] [intake]`, in any order but that the channel comes first."""
    words = split(text)[2:]
    slots = {"kind": KINDS, "intake": tuple(Intake), "account": _names(accounts)}
    known = {choice.casefold().split()[0] for choices in slots.values() for choice in choices}
    first = words[0] if words and (is_channel(words[0]) or words[0].casefold() not in known) else ""
    return Asked(first, **named("channel add", words[1:] if first else words, slots))


def _names(accounts: Sequence[Account]) -> Sequence[str]:
    """Return how accounts may be called: by their names, and by the ids that are no names."""
    names = [account.name for account in accounts]
    return [*names, *(account.id for account in accounts if account.id.casefold() not in {name.casefold() for name in names})]


def _filled(values: Mapping[str, str]) -> Asked:
    return Asked(*(values.get(name, "").strip() for name in ("channel", "kind", "account", "intake")))


def _problems(asked: Asked, accounts: Sequence[Account]) -> dict[str, str]:
    """Return what is wrong, by field."""
    found: dict[str, str] = {}
    if asked.kind not in KINDS:
        found["kind"] = f"`channel add` expects a kind: {listed(KINDS)}."
    if asked.kind == ChannelKind.SHARED and _account(asked.account, accounts) is None:
        names = [account.name for account in accounts]
        found["account"] = f"A shared channel needs its account: {listed(names) or 'the customer record has none yet'}."
    if asked.intake and asked.intake not in tuple(Intake):
        found["intake"] = f"The intake is {listed(tuple(Intake))}."
    return found


def _account(wrote: str, accounts: Sequence[Account]) -> Account | None:
    return next((account for account in accounts if wrote.casefold() in (account.name.casefold(), account.id.casefold())), None)


async def _here(place: Place, services: Services) -> tuple[ChannelRef, str]:
    return await located(str(place.channel), place, services)


def _declared(ref: ChannelRef, name: str, asked: Asked, *, was: Channel | None, event: CommandInvoked, accounts: Sequence[Account]) -> Channel:
    """Return a channel as it is asked for; one that was declared stays so since then."""
    kind = ChannelKind(asked.kind)
    account = _account(asked.account, accounts) if kind is ChannelKind.SHARED else None
    intake = Intake(asked.intake) if asked.intake else was.intake if was else Intake.ALL
    return Channel(ref, name, kind, was.declared_at if was else event.at, account=account.id if account else None, intake=intake)


async def _refuse(new: Channel, was: Channel | None, services: Services) -> None:
    """The agents channel is no customers' channel, and what others can read is not internal."""
    if was is not None and was.agents:
        raise InvalidInput(f"#{was.name} is the agents channel. Choose another with `setup agents` before customers come in.")
    chat = services.platform(new.ref.platform)
    if new.kind is ChannelKind.SHARED and await chat.is_open(new.ref):
        raise InvalidInput(
            f"Everybody on the server can read #{new.name}, so it can't be one account's. Hide it from all but that account and you first."
        )
    if new.kind is ChannelKind.INTERNAL and not await chat.is_private(new.ref):
        raise InvalidInput(f"#{new.name} is not private: others than your company can read it, so it can't be internal.")


def _form(asked: Asked, now: Channel | None, accounts: Sequence[Account], *, place: Place | None) -> Form:
    kind = asked.kind or (now.kind if now else ChannelKind.COMMUNITY)
    account = _account(asked.account, accounts) or next((a for a in accounts if now and a.id == now.account), None)
    options = (Option("", "(none)"), *(Option(a.name, f"{a.name} ({a.tier})" if a.tier else a.name) for a in accounts))
    whose = Field(
        "account",
        "Account of a shared channel",
        account.name if account else "",
        options=options if len(options) <= MOST else (),
        required=False,
        note="As the customer record calls it. A shared channel needs one.",
    )
    return Form(
        f"Change #{now.name}" if now else "Add a channel",
        (
            picker(str(now.ref) if now else asked.wrote, place, note="Invite me there first."),
            Field("kind", "Who can read it", kind, options=tuple(Option(kind, ABOUT[kind]) for kind in KINDS)),
            whose,
            Field("intake", "What I take in", asked.intake or (now.intake if now else Intake.ALL), options=_intakes()),
        ),
        submit="Save",
    )


def _intakes() -> tuple[Option, ...]:
    return tuple(Option(intake, ABOUT[intake]) for intake in Intake)
