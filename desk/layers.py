"""Layers: what the policy in force is made of, who changed it, and what it takes to go back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

Tables = Mapping[str, Any]
"""A policy as nested tables, as TOML has it."""


@dataclass(frozen=True, slots=True)
class Override:
    """One policy key (`tickets.window`) set by command; in a list of changes None says that it was taken away."""

    path: str
    value: Any
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy that was in force: its hash, since when, who brought it about and why, and the whole of it as tables."""

    version: str
    by: str
    reason: str
    at: datetime
    resolved: Tables


class Difference(NamedTuple):
    """A key that is not as shipped; None stands for a layer that does not set it."""

    path: str
    shipped: Any
    file: Any
    override: Any


def leaves(table: Tables, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, by its path; a list is one value, and so is an empty table."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def is_below(path: str, above: str) -> bool:
    """Tell whether a path is another one, or a key of the table there."""
    return path == above or path.startswith(f"{above}.")


def back_to(then: Tables, *, beneath: Tables, overrides: Iterable[str]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return the overrides to set and to take away (None) so that a policy is as it was `then`, and the keys that no override can take away.

    `beneath` is the policy without overrides, of which `overrides` are the paths.
    """
    now, was = dict(leaves(beneath)), dict(leaves(then))
    needed = {path: value for path, value in was.items() if now.get(path) != value and value != {}}
    gone = {path: None for path in overrides if path not in needed}
    return {**gone, **needed}, tuple(sorted(path for path in now if path not in was and now[path] != {} and not _has_below(was, path)))


def _has_below(was: Mapping[str, Any], path: str) -> bool:
    return any(is_below(known, path) for known in was)
