"""VIPs by command: who must not wait, so that it does not depend on who reads the name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from desk.cards import Button, Buttons, Card, Field, Form, Notes, Option, Style, Text
from desk.changes import NOTHING, Changes
from desk.customer import LEADS
from desk.errors import InvalidInput
from desk.escalation_policy import VipPolicy
from desk.events import CommandInvoked
from desk.ids import TicketId
from desk.ports import Query
from handlers.commands.changes import set_policy
from handlers.commands.tiers import tiers
from handlers.commands.words import expected, listed, near, one_of, only, split, without_reason
from handlers.services import Services

USAGE = "vip list|add|remove"
WAYS = (
    "vip list",
    "vip add tier TIER [because REASON]",
    "vip add account ACCOUNT [because REASON]",
    "vip add person PERSON [because REASON]",
    "vip remove tier|account|person NAME [because REASON]",
)
LISTS: Mapping[str, str] = {"tier": "tiers", "account": "accounts", "person": "people"}
"""The list of the policy for each kind as commands write it."""


async def vip(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Say who must not wait, or change it: a tier, an account or a person.

    An account is named by its id or name, a person by their id, e-mail address or name as the customer record has them. What their tickets
    do differently is said by the rule `vip` (`rules vip`) and by `priority.rules.vip`.
    """
    words = split(event.text)
    sub = one_of("vip", list(SUBCOMMANDS), words[1]) if len(words) > 1 else "list"
    return await SUBCOMMANDS[sub](event, services)


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of `vip add` or `vip remove` unless somebody was named."""
    text, reason = without_reason(query.subject)
    words = split(text)[1:]
    if not words or words[0].lower() not in ("add", "remove") or len(words) > 2:
        return None
    only(LEADS, query.role, f"vip {words[0].lower()}")
    kind = one_of("vip add", list(LISTS), words[1]) if len(words) > 1 else "account"
    now = (await services.policy.current()).vip
    return Form(
        "Who must not wait",
        (
            Field("kind", "What", kind, options=tuple(Option(each, each) for each in LISTS)),
            Field("name", "Name", note="A tier; an account's id or name; a person's id, e-mail address or name."),
            Field("reason", "Why?", reason, required=False),
        ),
        "Add" if words[0].lower() == "add" else "Remove",
        intro="\n".join(("Set now:", *(f"- {line}" for line in lines(now)))),
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `vip`."""
    try:
        kind = one_of("vip add", list(LISTS), values.get("kind", ""))
    except InvalidInput as error:
        return {"kind": str(error)}
    sub = (split(query.subject)[1:2] or ("add",))[0].lower()
    try:
        await (_entry(kind, values.get("name", ""), services) if sub == "add" else _standing(kind, values.get("name", ""), services))
    except InvalidInput as error:
        return {"name": str(error)}
    return {}


def lines(now: VipPolicy) -> tuple[str, ...]:
    """Return who must not wait, a line for each kind."""
    return tuple(f"{name}: {', '.join(getattr(now, name)) or 'nobody'}" for name in LISTS.values())


async def _list(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    policy = await services.policy.current()
    does = policy.escalation.does.of("vip").replace("_", " ")
    said = Text(f"When they write, the rule vip fires: {does}. It adds {policy.priority.rules.get('vip', 0)} points of priority.", Style.QUIET)
    add = Buttons((Button("command", "Add somebody...", TicketId(""), subject="vip add", english="Add somebody"),))
    return Card((Notes("Who must not wait", lines(policy.vip)), said, *([add] if event.role in LEADS else []))), NOTHING


async def _add(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(LEADS, event.role, "vip add")
    kind, name, reason = _named(event, "vip add")
    entry = await _entry(kind, name, services)
    was = list(getattr((await services.policy.current()).vip, LISTS[kind]))
    new = was if _among(entry, was) else [*was, entry]
    return await set_policy(event, {f"vip.{LISTS[kind]}": new}, services, reason=reason)


async def _remove(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(LEADS, event.role, "vip remove")
    kind, name, reason = _named(event, "vip remove")
    entry = await _standing(kind, name, services)
    was = getattr((await services.policy.current()).vip, LISTS[kind])
    return await set_policy(event, {f"vip.{LISTS[kind]}": [each for each in was if each != entry]}, services, reason=reason)


SUBCOMMANDS: Mapping[str, Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]] = {"list": _list, "add": _add, "remove": _remove}


def _named(event: CommandInvoked, command: str) -> tuple[str, str, str]:
    """Return what kind was named, by which name, and why."""
    if event.form:
        return one_of(command, list(LISTS), event.form.get("kind", "")), event.form.get("name", ""), event.form.get("reason", "")
    text, reason = without_reason(event.text)
    words = split(text)[2:]
    if len(words) < 2:
        raise expected(command, ("tier NAME", "account NAME", "person NAME"), " ".join(words))
    return one_of(command, list(LISTS), words[0]), " ".join(words[1:]), reason


async def _entry(kind: str, name: str, services: Services) -> str:
    """Return the entry of the policy for whom a name means in the customer record; raise InvalidInput for one who is not there, or for several."""
    wanted = name.strip().casefold()
    if kind == "tier":
        known = await tiers(services)
        return next((tier for tier in known if tier.casefold() == wanted), "") or _unknown(kind, name, known)
    if kind == "account":
        accounts = await services.crm.accounts()
        ids = [account.id for account in accounts if wanted in (account.id.casefold(), account.name.casefold())]
        return ids[0] if len(ids) == 1 else _unknown(kind, name, [account.name for account in accounts])
    people = await services.crm.find(name)
    return people[0].id if len(people) == 1 else _unknown(kind, name, [person.id for person in people])


async def _standing(kind: str, name: str, services: Services) -> str:
    """Return the entry that stands in the policy, as it is written there or by whom it means."""
    now: tuple[str, ...] = getattr((await services.policy.current()).vip, LISTS[kind])
    found = next((entry for entry in now if entry.casefold() == name.strip().casefold()), None)
    if found is None:
        meant = await _entry(kind, name, services)
        found = next((entry for entry in now if entry.casefold() == meant.casefold()), None)
    if found is None:
        raise InvalidInput(f"The policy does not name {name!r} among {LISTS[kind]}: {listed(now) if now else 'nobody is'}.")
    return found


def _among(entry: str, entries: Sequence[str]) -> bool:
    return entry.casefold() in (each.casefold() for each in entries)


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    if kind == "person" and known:
        raise InvalidInput(f"Several people are called {name!r}: write the id of one, {listed(known)}.")
    meant = near(name, known)
    raise InvalidInput(f"The customer record has no {kind} {name!r}{f': did you mean {meant}?' if meant else '.'}")
