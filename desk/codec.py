"""Codec: our frozen types to JSON values and back, for whatever keeps or carries them.

A dataclass becomes an object; where a field's type is a union of dataclasses the object carries its class name as `type`.
Empty and default fields are left out, so that a stored row survives a new field with a default.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from desk.errors import InvalidInput

T = TypeVar("T")
TAG = "type"
SCALARS: dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    timedelta: (timedelta.total_seconds, lambda raw: timedelta(seconds=raw)),
    Decimal: (str, Decimal),
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


def decode(kind: type[T] | Any, raw: Any) -> T:
    """Read what `encode` wrote as `kind` (a dataclass, a union of them, a container); raise InvalidInput when it does not fit."""
    try:
        result: T = _reader(kind)(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"a stored {getattr(kind, '__name__', kind)!s} cannot be read: {error}") from error
    return result


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default is not MISSING:
        return bool(field.default == value)
    return field.default_factory is not MISSING and bool(field.default_factory() == value)


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
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
        return lambda raw, item=_reader(arguments[0]): frozenset(map(item, raw))
    if origin is not None and issubclass(origin, Mapping):
        return lambda raw, key=_reader(arguments[0]), item=_reader(arguments[1]): {key(k): item(v) for k, v in raw.items()}
    if kind in SCALARS:
        return SCALARS[kind][1]
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else lambda raw: raw


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints: dict[str, Any] = {}
    readers: dict[str, Callable[[Any], Any]] = {}

    def read(raw: Any) -> Any:
        if not hints:  # on first use, because types may refer to themselves
            hints.update(get_type_hints(kind))
        for name in raw.keys() & hints.keys() - readers.keys():
            readers[name] = _reader(hints[name])
        return kind(**{name: readers[name](value) for name, value in raw.items() if name in hints})

    return read


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if arguments[-1] is Ellipsis:
        return lambda raw, item=_reader(arguments[0]): tuple(map(item, raw))
    return lambda raw, items=tuple(map(_reader, arguments)): tuple(read(value) for read, value in zip(items, raw, strict=True))


def _union_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    classes = {member.__name__: member for member in arguments if is_dataclass(member)}
    plain = next((member for member in arguments if not is_dataclass(member) and member is not types.NoneType), None)

    def read(raw: Any) -> Any:
        if raw is None:
            return None
        if isinstance(raw, dict) and classes:
            return _reader(classes[raw[TAG]])(raw)
        return _reader(plain)(raw) if plain is not None else raw

    return read
