"""Stocking: adding sources and pasted articles by command, and removing them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlsplit

from desk.audience import parse
from desk.cards import Card, Field, Form, Option, Style, Text
from desk.changes import Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.source import PREFIX, SourceKind
from desk.tending import DropArticles, PutArticle, SyncSource
from handlers import chores
from handlers.commands.changes import previewed, set_policy, value_at
from handlers.commands.reserved import guard
from handlers.commands.words import expected
from handlers.services import Services

ARTICLE, CONFIRM = "article", "confirm"
SOURCES = "knowledge.sources"
NAMED = ("name", "every", "audience", "language", "branch")
"""What may be said of a new source in one line, each word before its value."""
AUDIENCES = (Option("public", "everybody"), Option("internal", "only the team"))
KINDS = tuple(Option(kind.value, kind.value) for kind in SourceKind)
PINNED = "From now on the sources are what commands say; `/frontdesk policy revert knowledge.sources` goes back to those of policy.toml."


async def add(event: CommandInvoked, services: Services, words: Sequence[str]) -> tuple[Card, Changes]:
    """Name a new source in the policy and have it read, or have a pasted article put."""
    chores.librarian(services)
    if words[:1] == [ARTICLE]:
        return _pasted(event, words[1:])
    source = _source(event.form or _spoken(words))
    values = await _checked(source, services)
    card, changes = await set_policy(event, values, services, reason=f"kb add {source['name']}", said=(_added(source),))
    return Card((*card.blocks, Text(PINNED, Style.QUIET))), changes + chores.asked(event, SyncSource(str(source["name"])))


async def remove(event: CommandInvoked, services: Services, words: Sequence[str]) -> tuple[Card, Changes]:
    """Take a source out of the policy and have its articles removed, or those of another place, or one of them."""
    name = next(iter(words), "")
    await _goes(name, services)
    sources = _written(await services.policy.resolved())
    rest = [source for source in sources if source.get("name") != name]
    if len(rest) < len(sources):
        values = {SOURCES: rest}
        card, changes = await set_policy(event, values, services, reason=f"kb remove {name}", said=(f"the source {name} was taken out",))
        return card, changes + chores.asked(event, DropArticles(PREFIX + name))
    stock = {item.place: item.origin for item in await chores.librarian(services).stock()}
    document = next((each for each in await chores.librarian(services).documents() if each.id == name), None)
    chore = DropArticles(stock[name]) if name in stock else DropArticles(document.source if document else "", name)
    return Card((Text(f"{name} is being removed. I will tell you when it is done."),)), chores.asked(event, chore)


async def wrong(verb: str, words: Sequence[str], values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with a new source, or with the word that confirms a removal."""
    name = next(iter(words), "")
    if verb == "remove":
        return {} if values.get(CONFIRM, "").strip() == name else {CONFIRM: f"Write {name} to remove it."}
    if name == ARTICLE:
        return {}
    try:
        await _checked(_source(values), services)
    except InvalidInput as error:
        return {"at": str(error)}
    return {}


async def adding(words: Sequence[str], services: Services) -> Form | None:
    """Return what `kb add` asks."""
    if words == [ARTICLE]:
        asked = (Field("title", "Title"), Field("text", "Article", lines=12, note="Markdown"), Field("audience", "For", "public", options=AUDIENCES))
        return Form("Paste an article", asked, "Add", intro="It is used as soon as it was read. Another one of this title replaces it.")
    if len(words) > 1:
        return None
    kind = words[0] if words else "web"
    now = ", ".join(source.name for source in (await services.policy.current()).knowledge.sources) or "none"
    fields = (
        Field("kind", "Kind", kind if kind in set(SourceKind) else "web", options=KINDS),
        Field("at", "Address", note="An address, or a folder below that of policy.toml.", required=False),
        Field("name", "Name", required=False, note="A short one, such as help-center."),
        Field("every", "Read again every", "6h", required=False, note="Such as 30m, 6h or 1d; empty: by command only."),
        Field("audience", "For", "public", note="public, internal or account:ID"),
    )
    return Form("Add a source", fields, "Add", intro=f"Sources now: {now}. A source that needs a token is named in policy.toml.")


async def removing(words: Sequence[str], services: Services) -> Form | None:
    """Return what `kb remove` says before anything goes, unless it was confirmed."""
    if words[1:] == [CONFIRM]:
        return None
    name = next(iter(words), "")
    goes = await _goes(name, services)
    confirm = Field(CONFIRM, f"Write {name} to confirm", note=f"Or: /frontdesk kb remove {name} {CONFIRM}")
    return Form(f"Remove {name}"[:60], (confirm,), "Remove", intro=f"This goes: {goes}")


async def _goes(name: str, services: Services) -> str:
    """Return what goes with a source, a place or an article; raise InvalidInput for what is not there, or would be back."""
    librarian = chores.librarian(services)
    stock = await librarian.stock()
    if item := next((item for item in stock if item.place == name), None):
        return f"{name}: {item.holding.documents} articles, {item.holding.chunks} pieces{', and the policy names it no more' if item.source else ''}."
    document = next((each for each in await librarian.documents() if each.id == name), None)
    if document is None:
        raise expected("kb remove", [*(item.place for item in stock), "an article's id, as `kb list` shows it"], name)
    if any(item.source and item.origin == document.source for item in stock):
        place = document.source.removeprefix(PREFIX)
        raise InvalidInput(f"The source {place!r} would bring {document.title!r} back: take it away there, then `/frontdesk kb sync {place}`.")
    return f"The article {document.title!r} ({document.id})."


def _pasted(event: CommandInvoked, words: Sequence[str]) -> tuple[Card, Changes]:
    title, text = event.form.get("title") or next(iter(words), ""), event.form.get("text") or _after(event.text, words)
    if not title.strip() or not text.strip():
        raise InvalidInput('Write a title in quotes and the article after it: `/frontdesk kb add article "Refunds by cheque" We pay ...`')
    said = f"{title!r} is being read. I will tell you when it is in the knowledge base."
    return Card((Text(said),)), chores.asked(event, PutArticle(" ".join(title.split()), text.strip(), parse(event.form.get("audience", "public"))))


def _after(text: str, words: Sequence[str]) -> str:
    """Return what follows the title as it was written, line by line."""
    _, _, rest = text.partition(words[0]) if words else ("", "", "")
    return rest.lstrip('"” \n')


def _spoken(words: Sequence[str]) -> Mapping[str, str]:
    """Return what `KIND ADDRESS [name NAME] ...` says."""
    if len(words) < 2 or len(words) % 2:
        raise InvalidInput("Write a kind and an address: `/frontdesk kb add web https://help.example.com name help every 6h audience public`.")
    pairs = dict(zip(words[2::2], words[3::2], strict=True))
    if unknown := next((key for key in pairs if key not in NAMED), None):
        raise expected("kb add", NAMED, unknown)
    return {"kind": words[0], "at": words[1], **pairs}


def _source(values: Mapping[str, str]) -> dict[str, object]:
    """Return a source as the policy has it, with a name of its own where none was given."""
    said = {key: value.strip() for key, value in values.items() if key in ("kind", "at", *NAMED) and value.strip()}
    host = (urlsplit(said.get("at", "")).hostname or said.get("at", "")).removeprefix("www.")
    name = said.get("name") or "-".join(re.findall(r"[A-Za-z0-9]+", host))[:40].strip("-") or said.get("kind", "")
    return {"name": name, **{key: value for key, value in said.items() if key != "name"}}


async def _checked(source: Mapping[str, object], services: Services) -> Mapping[str, object]:
    """Return the policy's keys with one more source; raise InvalidInput with the checker's sentence, or ours, for one that cannot be."""
    tables = await services.policy.resolved()
    values = {SOURCES: [*_written(tables), dict(source)]}
    await previewed(values, services)
    guard(tables, {**tables, "knowledge": {"sources": values[SOURCES]}})
    return values


def _written(tables: Mapping[str, object]) -> list[dict[str, object]]:
    found = value_at(tables, SOURCES)
    return [dict(source) for source in found] if isinstance(found, list) else []


def _added(source: Mapping[str, object]) -> str:
    rest = ", ".join(f"{key} {value}" for key, value in source.items() if key not in ("name", "kind", "at"))
    return f"a new source {source['name']}: {source['kind']} {source.get('at', '')}{f' ({rest})' if rest else ''}"


FORMS: Mapping[str, Callable[[Sequence[str], Services], Awaitable[Form | None]]] = {"add": adding, "remove": removing}
