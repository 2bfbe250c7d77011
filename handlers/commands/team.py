"""The team by command: who is an agent, a lead or an admin, and why."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence

from desk.cards import Button, Buttons, Card, Field, Form, Notes, Option, Pick, Style, Text
from desk.changes import NOTHING, Changes
from desk.customer import Person, Role
from desk.errors import InvalidInput, Retryable
from desk.events import CommandInvoked
from desk.ids import TicketId
from desk.policy import TeamPolicy
from desk.ports import Query
from desk.space import Place, Platform, UserRef
from handlers.commands.changes import set_policy
from handlers.commands.words import ADMINS, one_of, only, split, without_reason
from handlers.services import Services

USAGE = "team list|add|remove"
WAYS = ("team list", "team add PERSON agent|lead|admin [because REASON]", "team remove PERSON [because REASON]")
LISTS: Mapping[str, str] = {"agent": "agents", "lead": "leads", "admin": "admins"}
"""The list of the policy for each role as commands write it."""
ROLES: Mapping[str, Role] = {"agents": Role.TEAMMATE, "leads": Role.LEAD, "admins": Role.ADMIN}
MENTION = re.compile(r"<@!?(?P<id>\w+)(?:\|[^>]*)?>|<!subteam\^(?P<group>\w+)(?:\|[^>]*)?>")
MAIL = re.compile(r"(?:<mailto:)?(?P<mail>[^\s<>|@]+@[^\s<>|@]+\.[^\s<>|@]+)(?:\|[^>]*>|>)?")
REF = re.compile(rf"(?:{'|'.join(Platform)})/[^/\s]+/[^/\s]+")
PICKED = re.compile(r"[UWS][A-Z0-9]{6,}|\d{15,}")
"""What a platform's picker gives: users, and user groups."""


async def team(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Say who is of the team and why, or change it.

    Somebody is named by @name, by a user group, by an e-mail address, or as slack/T0ACME/U0MARA. Whoever is in the agents channel is a teammate
    without being named, and the workspace's owners and admins are admins. Somebody who is named twice has the role that was given last.
    """
    words = split(event.text)
    sub = one_of("team", list(SUBCOMMANDS), words[1]) if len(words) > 1 else "list"
    return await SUBCOMMANDS[sub](event, services)


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of `team add` unless somebody was named."""
    text, reason = without_reason(query.subject)
    words = split(text)
    if words[1:2] != ("add",) or len(words) > 2:
        return None
    only(ADMINS, query.role, "team add")
    named = (await services.policy.current()).team
    now = "\n".join(f"{name}: {', '.join(getattr(named, name)) or 'nobody'}" for name in LISTS.values())
    return Form(
        "Add to the team",
        (
            Field("people", "People", picks=Pick.PEOPLE, required=False),
            Field("others", "Or user groups and e-mail addresses", required=False, note="As @group or leads@company.example, with commas between."),
            Field("role", "Role", "agent", options=tuple(Option(role, role) for role in LISTS)),
            Field("reason", "Why?", reason, required=False),
        ),
        submit="Add",
        intro=f"Named in the policy now:\n{now}",
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `team add`."""
    try:
        found = _entries(_listed(values), query.place)
    except InvalidInput as error:
        return {"others": str(error)}
    return {} if found else {"people": "Name somebody: a person, a user group or an e-mail address."}


async def _list(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    named = (await services.policy.current()).team
    recorded = await _of_record(services)
    placed = await _of_platforms(services)
    lines = [_line(user, person, "the customer record says so") for user, person in recorded if user not in dict(placed)]
    lines += [_line(user, person, _why(user, person, named)) for user, person in placed]
    known = {name for user, person in (*recorded, *placed) for name in (str(user), person.email.casefold())}
    others = [f"{entry}: {role}, named in the policy" for role, name in LISTS.items() for entry in getattr(named, name) if entry not in known]
    add = Buttons((Button("command", "Add to the team...", TicketId(""), subject="team add", english="Add to the team"),))
    member = Text(
        "Whoever is in the agents channel is a teammate." if named.channel else "Being in the agents channel makes nobody a teammate.", Style.QUIET
    )
    return Card((Notes("Team", (*lines, *others) or ("nobody yet",)), member, *([add] if event.role in ADMINS else []))), NOTHING


async def _add(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(ADMINS, event.role, "team add")
    text, reason = without_reason(event.text)
    words = [word for word in split(text)[2:] if word.lower() not in ("as", "a", "an")]
    role = event.form.get("role", "agent") if event.form else _role_of(words)
    wrote = _listed(event.form) if event.form else [word for word in words if word.lower() not in LISTS]
    entries = _entries(wrote, event.place)
    if not entries:
        raise InvalidInput("`team add` expects somebody: @name, a user group or an e-mail address, and the role: agent, lead or admin.")
    _keep_oneself(event, entries, role)
    wanted = one_of("team add", list(LISTS), role)
    was = _lists((await services.policy.current()).team)
    new = {name: [entry for entry in was[name] if entry not in entries] for name in was}
    new[LISTS[wanted]] = [*was[LISTS[wanted]], *(entry for entry in entries if entry not in was[LISTS[wanted]])]
    return await _changed(event, was, new, services, reason=event.form.get("reason", "") if event.form else reason)


async def _remove(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(ADMINS, event.role, "team remove")
    text, reason = without_reason(event.text)
    entries = _entries(split(text)[2:], event.place)
    if not entries:
        raise InvalidInput("`team remove` expects somebody whom the policy names: `team list` says who and why.")
    _keep_oneself(event, entries, "")
    was = _lists((await services.policy.current()).team)
    if unknown := next((entry for entry in entries if not any(entry in names for names in was.values())), None):
        raise InvalidInput(f"The policy does not name {unknown}. Who is of the team by the agents channel or the record leaves it there.")
    new = {name: [entry for entry in names if entry not in entries] for name, names in was.items()}
    return await _changed(event, was, new, services, reason=reason)


SUBCOMMANDS: Mapping[str, Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]] = {"list": _list, "add": _add, "remove": _remove}


async def _changed(
    event: CommandInvoked, was: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]], services: Services, *, reason: str
) -> tuple[Card, Changes]:
    values = {f"team.{name}": list(names) for name, names in new.items() if list(names) != list(was[name])}
    return await set_policy(event, values or {f"team.{name}": list(names) for name, names in new.items() if names}, services, reason=reason)


def _entries(wrote: Sequence[str], place: Place | None) -> list[str]:
    """Return entries of the policy for what somebody wrote; raise InvalidInput for what names nobody."""
    return list(dict.fromkeys(_entry(word.strip(), place) for word in wrote if word.strip()))


def _entry(word: str, place: Place | None) -> str:
    if mail := MAIL.fullmatch(word):
        return mail["mail"].lower()
    if REF.fullmatch(word):
        return word
    found = MENTION.fullmatch(word)
    id = found["id"] or found["group"] if found else word if PICKED.fullmatch(word) else ""
    if id and place is not None and place.channel.platform is not Platform.LOCAL:
        return f"{place.channel.platform}/{place.channel.space}/{id}"
    raise InvalidInput(f"{word!r} names nobody: write @name, a user group, an e-mail address, or a person as slack/T0ACME/U0MARA.")


def _listed(values: Mapping[str, str]) -> list[str]:
    return [word for name in ("people", "others") for word in re.split(r"[,\s]+", values.get(name, "")) if word]


def _role_of(words: Sequence[str]) -> str:
    """Return the role that was written, an agent's where none was."""
    return next((word.lower() for word in words if word.lower() in LISTS), "agent")


def _keep_oneself(event: CommandInvoked, entries: Sequence[str], role: str) -> None:
    """Nobody locks themselves out by a slip."""
    if str(event.by) in entries and role != "admin":
        raise InvalidInput("You would take away your own right to change this: another admin can.")


def _lists(team: TeamPolicy) -> dict[str, list[str]]:
    return {name: list(getattr(team, name)) for name in LISTS.values()}


async def _of_record(services: Services) -> Sequence[tuple[UserRef, Person]]:
    try:
        return await services.crm.team()
    except Retryable:
        return ()


async def _of_platforms(services: Services) -> Sequence[tuple[UserRef, Person]]:
    found: list[tuple[UserRef, Person]] = []
    for chat in services.chat.values():
        try:
            found += await chat.team()
        except Retryable:
            continue
    return found


def _line(user: UserRef, person: Person, why: str) -> str:
    return f"{person.name}: {person.role}, because {why} ({user})"


def _why(user: UserRef, person: Person, named: TeamPolicy) -> str:
    """Return why a platform's user is of the team, as far as the policy tells."""
    for name, role in ROLES.items():
        if role is person.role and {str(user), person.email.casefold()} & set(getattr(named, name)):
            return "the policy names them"
    groups = [
        name for name, role in ROLES.items() if role is person.role and any(entry.split("/")[-1].startswith("S") for entry in getattr(named, name))
    ]
    if groups:
        return f"of a user group among {groups[0]}, or of the platform"
    return "they run the workspace" if person.role is Role.ADMIN else "they are in the agents channel"
