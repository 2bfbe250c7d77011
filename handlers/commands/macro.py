"""Macros by command: the texts that the team saved, written, shown and taken away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from desk.cards import Card, Field, Fields, Form, Header, Notes, Option, Quote
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.macros import FIELDS
from desk.policy import Policy
from desk.policy_check import PolicyError
from desk.policy_values import NAME, NAMED
from desk.ports import Query
from desk.writing import Macro
from handlers.commands.changes import set_policy
from handlers.commands.words import ADMINS, listed, near, one_of, only, split, without_reason
from handlers.services import Services

USAGE = "macro list|show|add|remove"
WAYS = (
    "macro list",
    "macro show MACRO",
    "macro add NAME public|internal TITLE TEXT",
    "macro remove MACRO [because REASON]",
)
READERS: Mapping[str, str] = {"public": "public: customers", "internal": "internal: only us"}


async def macro(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show, write or take away the texts that your team saved.

    A title of several words stands in quotes, and the text goes on to the end. A text may fill in {name}, {bot} and {company}, and of the
    customer record {account}, {plan}, {contract} and {manager}. Adding one whose name is taken changes it.
    """
    words = split(event.text)
    sub = one_of("macro", list(SUBCOMMANDS), words[1]) if len(words) > 1 else "list"
    return await SUBCOMMANDS[sub](event, services)


async def form(query: Query, services: Services) -> Form | None:
    """Return the form of `macro add` unless a text was written, filled with the macro of that name if there is one."""
    words = split(query.subject)
    if words[1:2] != ("add",) or len(words) > 3:
        return None
    only(ADMINS, query.role, "macro add")
    policy = await services.policy.current()
    name = words[2] if len(words) > 2 else ""
    return _form(name, policy.macros.get(name), policy)


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form of `macro add`, by field."""
    name = values.get("name", "").strip()
    if not NAME.fullmatch(name):
        return {"name": f"{NAMED[0].upper()}{NAMED[1:]}."}
    try:
        await services.policy.preview({f"macros.{name}": _table(values)})
    except PolicyError as error:
        fields = {"title", "text", "audience", "categories", "language"}
        ends = [(problem.path.rsplit(".", 1)[-1], problem.fix) for problem in error.problems]
        return {end if end in fields else "text": f"{fix[0].upper()}{fix[1:]}." for end, fix in ends}
    return {}


async def _list(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    found = sorted((await services.policy.current()).macros.items())
    lines = tuple(f"{name}: {macro.title} ({macro.audience}{_about(macro)})" for name, macro in found)
    return Card((Notes("Saved texts", lines or ("none yet: `macro add` writes one",)),)), NOTHING


async def _show(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    name, found = _known(event.text, await services.policy.current(), "macro show")
    about = (("Name", name), ("Read by", str(found.audience)), ("Language", found.language), ("Categories", ", ".join(found.categories) or "all"))
    return Card((Header(found.title), Quote(found.text), Fields(about))), NOTHING


async def _add(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(ADMINS, event.role, "macro add")
    values = event.form or _written(event.text)
    name, was = values["name"].strip(), (await services.policy.current()).macros
    if not NAME.fullmatch(name):
        raise InvalidInput(f"`macro add` expects a name: {NAMED}. You wrote {name!r}.")
    new = _table(values)
    old = was.get(name)
    said = (f"macro {name}: {old.title + ': ' + old.text if old else 'new'} -> {new['title']}: {new['text']}",)
    return await set_policy(event, {f"macros.{name}": new}, services, reason=values.get("reason", ""), said=said)


async def _remove(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    only(ADMINS, event.role, "macro remove")
    text, reason = without_reason(event.text)
    name, found = _known(text, await services.policy.current(), "macro remove")
    left = (await services.policy.preview({f"macros.{name}": None})).macros.get(name)
    if left == found:
        raise InvalidInput(f"{name} stands in policy.toml, which I don't write: take it out there.")
    end = f"{left.title}: {left.text}, as policy.toml says" if left else "gone"
    said = (f"macro {name}: {found.title}: {found.text} -> {end}",)
    return await set_policy(event, {f"macros.{name}": None}, services, reason=reason, said=said)


SUBCOMMANDS: Mapping[str, Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]] = {
    "list": _list,
    "show": _show,
    "add": _add,
    "remove": _remove,
}


def _known(text: str, policy: Policy, command: str) -> tuple[str, Macro]:
    name = " ".join(split(text)[2:])
    if name in policy.macros:
        return name, policy.macros[name]
    meant = near(name, policy.macros)
    there = listed(sorted(policy.macros)) or "there is none yet"
    raise InvalidInput(f"`{command}` expects a macro: {there}; you wrote {name!r}{f': did you mean {meant}?' if meant else '.'}")


def _written(text: str) -> dict[str, str]:
    """Read `macro add NAME public|internal "TITLE" TEXT`; the text goes on to the end, with its lines."""
    words = split(text)
    if len(words) < 6:
        raise InvalidInput('`macro add` expects NAME, public or internal, "A title in quotes", and the text.')
    audience = one_of("macro add", list(READERS), words[3])
    title = words[4]
    return {"name": words[2], "audience": audience, "title": title, "text": text.split(title, 1)[1].lstrip('"” \t')}


def _table(values: Mapping[str, str]) -> dict[str, object]:
    """Return a macro as a policy writes it."""
    table: dict[str, object] = {name: values.get(name, "").strip() for name in ("title", "text", "audience")}
    categories = [name.strip() for name in values.get("categories", "").split(",") if name.strip()]
    language = values.get("language", "").strip()
    return {**table, **({"categories": categories} if "categories" in values else {}), **({"language": language} if language else {})}


def _about(macro: Macro) -> str:
    return f", {macro.language}" + (f", for {listed(macro.categories, last='and')}" if macro.categories else "")


def _form(name: str, now: Macro | None, policy: Policy) -> Form:
    return Form(
        f"Change the macro {name}"[:60] if now else "Save a text",
        (
            Field("name", "Name", name, note="Short, of letters, digits, - and _."),
            Field("title", "Title", now.title if now else "", note="What teammates choose it by."),
            Field("text", "Text", now.text if now else "", lines=6, note=f"May fill in {', '.join(f'{{{field}}}' for field in FIELDS)}."),
            Field("audience", "Who may read it", str(now.audience) if now else "public", options=tuple(Option(*item) for item in READERS.items())),
            Field("categories", "Categories", ", ".join(now.categories) if now else "", required=False, note="With commas between; none: all."),
            Field("language", "Language", now.language if now else "en", options=tuple(Option(code, code) for code in sorted(policy.phrases))),
            Field("reason", "Why?", required=False),
        ),
        "Save",
    )
