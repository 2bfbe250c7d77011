"""Codec: our frozen types to JSON values and back, for whatever keeps or carries them.

A dataclass becomes an object; where a field's type is a union of dataclasses the object carries its class name as `type`.
Empty and default fields are left out, so that a stored row survives a new field with a default.
"""

from __future__ import annotations

import types
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from desk.errors import InvalidInput

TAG = "type"
Reader = Callable[[Any], Any]
SCALARS: dict[type, tuple[Reader, Reader]] = {
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    timedelta: (timedelta.total_seconds, lambda raw: timedelta(seconds=raw)),
    Decimal: (str, Decimal),
    bytes: (lambda value: b64encode(value).decode(), b64decode),
}


def encode(value: object) -> Any:
    """Return a JSON value. Every dataclass carries its `type`, which `decode` needs only in unions."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = {f.name: encode(getattr(value, f.name)) for f in fields(value) if not _is_default(f, getattr(value, f.name))}
        return {TAG: type(value).__name__, **kept}
    if isinstance(value, Enum):
        return value.value
    if type(value) in SCALARS:
        return SCALARS[type(value)][0](value)
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted((encode(item) for item in value), key=str)
    return value


def decode(kind: Any, raw: Any) -> Any:
    """Read what `encode` wrote as `kind` (a dataclass, a union of them, a container); raise InvalidInput when it does not fit."""
    try:
        return _reader(kind)(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"a stored {getattr(kind, '__name__', kind)!s} cannot be read: {error}") from error


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return bool(field.default == value)
    return field.default_factory is not MISSING and bool(field.default_factory() == value)


@cache
def _reader(kind: Any) -> Reader:
    """Return the function that reads one type; built once for each."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_reader(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_reader(arguments)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is not None and issubclass(origin, frozenset):
        return _frozenset_reader(_reader(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(*map(_reader, arguments))
    if kind in SCALARS:
        return SCALARS[kind][1]
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else lambda raw: raw


def _dataclass_reader(kind: type) -> Reader:
    hints: dict[str, Any] = {}
    readers: dict[str, Reader] = {}

    def read(raw: Any) -> Any:
        if not hints:  # on first use, because types may refer to themselves
            hints.update(get_type_hints(kind))
        for name in raw.keys() & hints.keys() - readers.keys():
            readers[name] = _reader(hints[name])
        return kind(**{name: readers[name](value) for name, value in raw.items() if name in hints})

    return read


def _frozenset_reader(item: Reader) -> Reader:
    return lambda raw: frozenset(map(item, raw))


def _mapping_reader(key: Reader, item: Reader) -> Reader:
    return lambda raw: {key(k): item(value) for k, value in raw.items()}


def _tuple_reader(arguments: tuple[Any, ...]) -> Reader:
    items = tuple(_reader(argument) for argument in arguments if argument is not Ellipsis)
    if arguments[-1] is Ellipsis:
        return lambda raw: tuple(map(items[0], raw))
    return lambda raw: tuple(read(value) for read, value in zip(items, raw, strict=True))


def _union_reader(arguments: tuple[Any, ...]) -> Reader:
    classes: dict[str, Any] = {member.__name__: member for member in arguments if isinstance(member, type) and is_dataclass(member)}
    plain = next((member for member in arguments if not is_dataclass(member) and member is not types.NoneType), None)

    def read(raw: Any) -> Any:
        if raw is None:
            return None
        if isinstance(raw, dict) and classes:
            return _reader(classes[raw[TAG]])(raw)
        return _reader(plain)(raw) if plain is not None else raw

    return read
