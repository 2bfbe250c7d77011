"""Reserved: what only the policy file may say, because whoever writes it has the machine in hand, and a chat's admins have not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from desk.errors import InvalidInput
from desk.layers import Tables

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[\w.-]+@[\w.-]+:")
"""What begins like this leads over the network; the second is how Git writes ssh."""
Claim = tuple[str, str, str]
"""What is claimed, of which address or path, and the sentence that refuses it."""


def guard(old: Tables, new: Tables) -> None:
    """Raise InvalidInput when a policy set by command would reach for more of the machine than the one before: tokens, folders, inner networks."""
    known = {claim[:2] for claim in _claims(old)}
    for claim in _claims(new):
        if claim[:2] not in known:
            raise InvalidInput(claim[2])


def _claims(tables: Tables) -> Iterator[Claim]:
    for source in _rows(tables.get("knowledge", {}), "sources"):
        yield from _of_source(source)
    for action in _rows(tables, "actions"):
        if action.get("secret"):
            yield _token(str(action["secret"]), str(action.get("run", "")))


def _of_source(source: Mapping[str, Any]) -> Iterator[Claim]:
    at = str(source.get("at", ""))
    if source.get("secret"):
        yield _token(str(source["secret"]), at)
    if source.get("private_network"):
        yield "private network", at, f"Only policy.toml may let the desk read {at!r} inside your own network: write private_network there."
    if at and not ADDRESS.match(at) and _leads_out(at):
        yield (
            "folder",
            at,
            f"Only policy.toml may name {at!r}: by command, a folder is one below the folder of policy.toml, such as articles/billing.",
        )


def _leads_out(path: str) -> bool:
    """Tell whether a path is no folder of its own below the one that relative paths begin at."""
    parts = re.split(r"[/\\]", path)
    return parts[0] in ("", "~") or ".." in parts or ":" in path or not set(parts) - {".", ""}


def _token(name: str, at: str) -> Claim:
    return name, at, f"Only policy.toml may say that {name} is sent to {at!r}: tokens are named there, by whoever keeps them."


def _rows(table: object, key: str) -> list[Mapping[str, Any]]:
    found = table.get(key, ()) if isinstance(table, Mapping) else ()
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []
