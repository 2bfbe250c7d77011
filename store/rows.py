"""Rows: values as stored JSON that carries the number of its schema, and the statements every table needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from desk.codec import decode, encode
from desk.errors import InvalidInput

T = TypeVar("T")
Writer = Callable[[Connection, Any], None]
"""Writes one kind of change; raises Conflict when somebody else wrote first."""

SCHEMA = 1
"""The number that JSON is stored with now."""
READERS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    # Rows from before the number was stored have the fields of schema 1.
    0: lambda raw: raw,
}
"""For each older number the function that turns its JSON into that of the next one."""


def pack(value: object) -> str:
    """Return a value as JSON with its schema number; sequences are kept as `items`."""
    raw = encode(value)
    content = raw if isinstance(raw, dict) else {"items": raw}
    return json.dumps({"schema": SCHEMA, **content}, ensure_ascii=False, separators=(",", ":"))


def unpack(kind: type[T] | Any, text: str) -> T:
    """Read what `pack` wrote, now or in an older version; raise InvalidInput for a number from the future."""
    raw = json.loads(text)
    number = raw.pop("schema", 0)
    if number > SCHEMA:
        raise InvalidInput(f"a stored row has schema {number!r}, and this Frontdesk knows {SCHEMA}: update it")
    for older in range(number, SCHEMA):
        raw = READERS[older](raw)
    result: T = decode(kind, raw["items"] if raw.keys() == {"items"} else raw)
    return result


def unpack_maybe(kind: type[T], text: str | None) -> T | None:
    """Read a value that may be absent."""
    return None if text is None else unpack(kind, text)


def put(connection: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
    """Insert rows with the same columns, or replace those with the same primary key."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest), list(rows))


def add(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key or unique id is there; tell whether it was inserted."""
    statement = _insert(connection, table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement).first() is not None


def all_of(connection: Connection, kind: type[T], statement: Executable) -> Sequence[T]:
    """Return the values in the first column of a query."""
    return [unpack(kind, text) for text in connection.execute(statement).scalars()]


def one_of(connection: Connection, kind: type[T], statement: Executable) -> T | None:
    """Return the value in the first row and column of a query, None when there is no row."""
    return unpack_maybe(kind, connection.execute(statement).scalars().first())


def _insert(connection: Connection, table: Table) -> Any:
    """Return the dialect's insert, which knows ON CONFLICT."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
