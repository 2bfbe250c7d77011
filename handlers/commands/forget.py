"""Forget: a person's words and record are erased, once an admin has written their name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from desk.cards import Card, Field, Form, Text
from desk.changes import Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ports import Query
from desk.tending import ForgetPerson
from handlers import chores
from handlers.commands.whom import WRITE, Whom, whom
from handlers.forgetting import STAYS, theirs
from handlers.services import Services

USAGE = "forget @USER|PERSON"
WAYS = ("forget PERSON", "forget PERSON confirm NAME")
WORDS = re.compile(r"^\S+\s*(?P<who>.*?)(?:\s+confirm\s+(?P<name>.+))?$", re.DOTALL | re.IGNORECASE)


async def forget(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Erase everything that a person wrote, and their record; asks for their name before anything goes.

    What they wrote stays on the chat platform itself until its admins delete it there; our own posts in their tickets are deleted.
    """
    who, name = _read(event.text)
    found = await _whom(who, event, services)
    if not _is(found, event.form.get("name") or name):
        raise InvalidInput(_asked(found))
    # From here on without the name: this card and the event behind it stay.
    said = f"{found.ids}: it is being erased. I will tell you what was."
    return Card((Text(said),)), chores.asked(event, ForgetPerson(found.people, found.users))


async def form(query: Query, services: Services) -> Form | None:
    """Return what goes, and the field in which the name confirms it."""
    who, name = _read(query.subject)
    if name:
        return None
    found = await _whom(who, query, services)
    tickets = await theirs(found.users, services)
    goes = (
        f"Everything that {found.ids} wrote, in {len(tickets)} ticket{'s' * (len(tickets) != 1)}, with the drafts, summaries and articles made of it",
        "The posts of ours in these tickets, which are deleted wherever they stand",
        "Their name, address and links in the customer record",
    )
    intro = "\n".join(("This goes, and nobody can bring it back:", *(f"- {line}" for line in goes), "This stays:", *(f"- {line}" for line in STAYS)))
    return Form("Forget a person", (Field("name", _asked(found)),), "Erase", intro=intro)


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return a sentence when another name was written."""
    found = await _whom(_read(query.subject)[0], query, services)
    return {} if _is(found, values.get("name", "")) else {"name": _asked(found)}


async def _whom(who: str, asking: CommandInvoked | Query, services: Services) -> Whom:
    if not who or asking.by is None:
        raise InvalidInput(f"Whom? {WRITE[:1].upper()}{WRITE[1:]}, as in `/frontdesk forget @name`.")
    return await whom(who, asking.by, services)


def _read(text: str) -> tuple[str, str]:
    """Return who is meant, and the name that confirms it, "" for none."""
    found = WORDS.match(text.strip())
    return (found["who"].strip(' "“”'), (found["name"] or "").strip(' "“”')) if found else ("", "")


def _is(found: Whom, name: str) -> bool:
    """Tell whether the name is theirs; of somebody whose name nobody knows it is their id."""
    return found.is_called(name) or (not found.name and name.strip() == found.users[0].id)


def _asked(found: Whom) -> str:
    return "Write their whole name to confirm" if found.name else f"Write {found.users[0].id} to confirm"
