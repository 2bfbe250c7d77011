"""Keys and values of the policy, as commands write and read them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from desk.errors import InvalidInput
from desk.layers import Tables, leaves
from handlers.commands.changes import previewed, value_at
from handlers.commands.reserved import guard
from handlers.commands.words import near, without_reason
from handlers.services import Services

PATH = re.compile(r'(?:[^\s"“”]|["“][^"“”]*["”])+')
"""A key: one word, in which a name of several words stands in quotes (`answers.thresholds."account access"`)."""
KEY = re.compile(r"(?<=//)()[^/@\s]+(?=@)|(\?)[^\s\"';,]+")
"""What may be a key in an address."""
LETTERS = 160
"""Letters of a value that a card shows."""


async def checked(key: str, text: str, services: Services) -> object:
    """Return a value as the checker takes it: read as TOML where it is that, else as the text it is. Raises InvalidInput with its sentence."""
    tables = await services.policy.resolved()
    wrong: InvalidInput | None = None
    for value in readings(text, value_at(tables, key)):
        try:
            await previewed({key: value}, services)
        except InvalidInput as error:
            wrong = wrong or error
        else:
            guard(tables, _with(tables, key, value))
            return value
    raise wrong or InvalidInput(f"Write a value for {key}.")


def readings(text: str, now: object) -> Sequence[object]:
    """Return what a text may mean as a value, likeliest first; what is a text now is one again."""
    said = text.strip().translate({0x201C: '"', 0x201D: '"'})
    try:
        tables: Mapping[str, Any] = tomllib.loads(f"value = {said}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return (text.strip(),)
    if tables.keys() != {"value"}:
        return (text.strip(),)
    read = tables["value"]
    plain = read if isinstance(read, bool | int | float | str | list | dict) else str(read)
    return (plain, said) if not isinstance(now, str) or isinstance(plain, str) else (said, plain)


def spoken(rest: str) -> tuple[str, str, str]:
    """Return the key, the value and the reason of `KEY VALUE because REASON`."""
    said, reason = without_reason(rest)
    found = PATH.match(said)
    return (unquoted(found[0]), said[found.end() :].strip(), reason) if found else ("", "", reason)


def unquoted(text: str) -> str:
    """Return a key without the quotes around its names."""
    return re.sub(r'["“”]', "", text.strip())


def known(key: str, tables: Tables) -> None:
    """Raise InvalidInput for a key that is not there, naming the one that was probably meant."""
    if value_at(tables, key) is None:
        meant = near(key, [*tables, *(path for path, _ in leaves(tables))])
        raise InvalidInput(f"The policy has no key {key!r}{f': did you mean {meant}?' if meant else '; `/frontdesk policy show` lists them.'}")


def literal(value: object) -> str:
    """Return a value as a command writes it: a text as it is, everything else as TOML."""
    return value if isinstance(value, str) else "" if value is None else _inner(value)


def shown(value: object, *, most: int = LETTERS) -> str:
    """Return a value for a card: cut, and an address without what may be a key."""
    text = literal(value)
    return short(KEY.sub(r"\1\2...", text) if "://" in text else text, most=most)


def short(text: str, *, most: int = LETTERS) -> str:
    """Return a line of a card, cut where nobody would read on."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _inner(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_name(key)} = {_inner(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inner, value))}]"
    # What JSON writes of a text, a number and a switch, TOML reads.
    return json.dumps(value, ensure_ascii=False, default=str)


def _name(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _with(tables: Tables, key: str, value: object) -> Tables:
    head, _, rest = key.partition(".")
    inner = tables.get(head)
    return {**tables, head: _with(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value}
