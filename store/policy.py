"""Policy: the file an operator writes over the shipped one, the overrides over both, and what to say of a mistake in them."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk.errors import Misconfigured
from desk.layers import Difference, Override, PolicyVersion, is_below, leaves
from desk.policy import Policy
from desk.policy_check import PolicyError, Problem, merged, read_policy
from store.overrides import SqlOverrides
from store.toml_lines import line_of

Stamp = tuple[int, int] | None
"""A file's time of change in nanoseconds and its size, None where there is no file."""

log = logging.getLogger("frontdesk.policy")


@dataclass(frozen=True, slots=True)
class _State:
    """What the layers were when they were last read."""

    stamps: tuple[Stamp, Stamp]
    changes: int


class FilePolicySource:
    """The policy in force: `shipped` under the operator's `file` under the overrides, read again when one of them changes.

    `complete` adds what no file holds, such as a country's holidays. The first reading raises Misconfigured with file and line for each problem;
    later a wrong layer leaves the last good policy in force.
    """

    def __init__(
        self, shipped: Path, file: Path | None, overrides: SqlOverrides, *, complete: Callable[[Policy], Policy] = lambda policy: policy
    ) -> None:
        self._shipped = shipped
        self._file = file
        self._overrides = overrides
        self._complete = complete
        self._state: _State | None = None
        self._policy: Policy | None = None
        self._raw: Mapping[str, Any] = {}

    async def current(self) -> Policy:
        """Return the resolved policy; a file that became wrong leaves the last good one in force and is logged once."""
        state = _State((_stamp(self._shipped), _stamp(self._file)), await self._overrides.number())
        if self._policy is None or state != self._state:
            self._policy = await self._read(self._policy, by_command=self._state is not None and state.changes != self._state.changes)
            self._state = state
        return self._policy

    async def preview(self, values: Mapping[str, object]) -> Policy:
        """Return the policy as it would be with keys set, or taken from the overrides (None); raise PolicyError when it would be wrong."""
        layer = overlaid(await self._overrides.current(), values)
        return self._complete(read_policy(merged(_load(self._shipped), _load(self._file), layer)))

    async def number(self) -> int:
        """Return how many changes by command there were."""
        return await self._overrides.number()

    async def resolved(self) -> Mapping[str, Any]:
        """Return the policy in force as tables."""
        await self.current()
        return self._raw

    async def beneath(self) -> Mapping[str, Any]:
        """Return the policy as tables as it would be without changes by command."""
        return merged(_load(self._shipped), _load(self._file))

    async def overrides(self) -> Sequence[Override]:
        """Return what commands set, in the order it was set."""
        return await self._overrides.current()

    async def history(self) -> Sequence[Override]:
        """Return every change by command, oldest first."""
        return await self._overrides.history()

    async def versions(self) -> Sequence[PolicyVersion]:
        """Return every policy that was in force, oldest first."""
        await self.current()
        return await self._overrides.versions()

    async def diff(self) -> list[Difference]:
        """Return every key that the file or an override sets to something else than what is shipped, by path."""
        shipped, file = dict(leaves(_load(self._shipped))), dict(leaves(_load(self._file)))
        set_by_command = {override.path: override.value for override in await self._overrides.current()}
        found = (
            Difference(path, shipped.get(path), file.get(path), set_by_command.get(path)) for path in sorted(file.keys() | set_by_command.keys())
        )
        return [item for item in found if any(value not in (None, item.shipped) for value in (item.file, item.override))]

    async def _read(self, last: Policy | None, *, by_command: bool) -> Policy:
        overrides = await self._overrides.current()
        try:
            raw = merged(_load(self._shipped), _load(self._file), *(nested(item.path, item.value) for item in overrides))
            policy = self._complete(read_policy(raw))
        except (Misconfigured, PolicyError) as error:
            said = self._located(error, overrides)
            if last is None:
                raise Misconfigured(said) from error
            log.warning("the policy stays as it was, because of a mistake in the new one: %s", said)
            return last
        self._raw = raw
        await self._overrides.remember(self._version(policy, raw, await self._overrides.history(), by_command=by_command))
        return policy

    def _version(self, policy: Policy, raw: Mapping[str, Any], history: Sequence[Override], *, by_command: bool) -> PolicyVersion:
        """Name whoever changed a layer last as the author of what came of it: the last command where one is known to have done it."""
        files = [(file, stamp) for file in (self._shipped, self._file) if file and (stamp := _stamp(file))]
        changes = [(datetime.fromtimestamp(stamp[0] / 1e9, UTC), file.name, "the file changed") for file, stamp in files]
        commands = [(item.at, item.by, item.reason) for item in history[-1:]]
        # A clock that was set, or a file that was copied with its date, must not take a command's change from its author.
        at, by, reason = commands[0] if by_command and commands else max(changes + commands)
        return PolicyVersion(policy.version, by, reason, at, raw)

    def _located(self, error: Misconfigured | PolicyError, overrides: tuple[Override, ...]) -> str:
        if isinstance(error, Misconfigured):
            return str(error)
        return "\n".join(f"{self._where(problem, overrides)}: {problem}" for problem in error.problems)

    def _where(self, problem: Problem, overrides: tuple[Override, ...]) -> str:
        """Say which layer set the value; the last one that knows the path won."""
        if by := next((item.by for item in reversed(overrides) if is_below(problem.path, item.path) or is_below(item.path, problem.path)), None):
            return f"set by {by}"
        lines = [
            (file, line)
            for file in (self._file, self._shipped)
            if file and file.exists() and (line := line_of(problem.path, file.read_text("utf-8")))
        ]
        return f"{lines[0][0]}:{lines[0][1]}" if lines else str(self._file or self._shipped)


def overlaid(overrides: Sequence[Override], values: Mapping[str, object]) -> dict[str, Any]:
    """Return the layer of overrides as it would be with keys set, or taken away with those below them (None)."""
    gone = [path for path, value in values.items() if value is None]
    kept = [item for item in overrides if item.path not in values and not any(is_below(item.path, path) for path in gone)]
    new = (nested(path, value) for path, value in values.items() if value is not None)
    return merged(*(nested(item.path, item.value) for item in kept), *new)


def nested(path: str, value: object) -> dict[str, Any]:
    """Return `value` as the tables that `path` (`tickets.window`) names."""
    head, _, rest = path.partition(".")
    return {head: nested(rest, value) if rest else value}


def _load(file: Path | None) -> dict[str, Any]:
    """Read a TOML file, an absent one as empty; raise Misconfigured with its line for a mistake in the syntax."""
    if file is None or not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line = where.removeprefix("line ").split(",")[0]
        raise Misconfigured(f"{file}:{line if line.isdigit() else 'end'}: {what[:1].lower()}{what[1:]}; the file is not TOML") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file}: the policy cannot be read: {error}") from error


def _stamp(file: Path | None) -> Stamp:
    if file is None:
        return None
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size
