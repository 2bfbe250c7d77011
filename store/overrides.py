"""Overrides: policy keys set by command, who set them and why, and every policy that was ever in force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select

from desk.changes import ExpectPolicy, SetOverride
from desk.errors import Conflict
from desk.layers import Override, PolicyVersion
from store.database import Reads
from store.rows import Writer, add, put
from store.schema import override_changes, overrides, policy_versions


def set_override(connection: Connection, write: SetOverride) -> None:
    """Set a policy key, or take its override and those below it away, and remember that it was done."""
    value = None if write.value is None else json.dumps(write.value)
    said = {"path": write.path, "value": value, "by": write.by, "reason": write.reason, "at": write.at}
    connection.execute(insert(override_changes).values(**said))
    if value is None:
        connection.execute(
            delete(overrides).where(or_(overrides.c.path == write.path, overrides.c.path.startswith(f"{write.path}.", autoescape=True)))
        )
    else:
        put(connection, overrides, said)


def expect_policy(connection: Connection, write: ExpectPolicy) -> None:
    """Raise Conflict when there were more changes by command."""
    if _number(connection) != write.changes:
        raise Conflict("the policy was changed by another command")


class SqlOverrides(Reads):
    """The overrides as the policy source reads them."""

    async def number(self) -> int:
        """Return how many changes there were, by which a reader knows that it is up to date."""
        return await self.database.read(_number)

    async def current(self) -> tuple[Override, ...]:
        """Return the overrides in force, in the order they were set."""
        statement = select(overrides).order_by(overrides.c.at, overrides.c.path)
        return await self.database.read(lambda c: tuple(_override(**found) for found in c.execute(statement).mappings()))

    async def history(self) -> tuple[Override, ...]:
        """Return every change by command, oldest first; None is the value of one that took an override away."""
        fields = (override_changes.c[name] for name in ("path", "value", "by", "reason", "at"))
        statement = select(*fields).order_by(override_changes.c.seq)
        return await self.database.read(lambda c: tuple(_override(**found) for found in c.execute(statement).mappings()))

    async def remember(self, version: PolicyVersion) -> None:
        """Keep a version; one that was in force before keeps its first author."""
        values = {
            "version": version.version,
            "by": version.by,
            "reason": version.reason,
            "at": version.at,
            "resolved": json.dumps(version.resolved, default=str),
        }
        if await self.version(version.version) is None:
            await self.database.write(lambda c: add(c, policy_versions, values))

    async def version(self, version: str) -> PolicyVersion | None:
        """Return a version by its hash."""
        statement = select(policy_versions).where(policy_versions.c.version == version)
        found = await self.database.read(lambda c: c.execute(statement).mappings().first())
        return PolicyVersion(**{**found, "resolved": json.loads(found["resolved"])}) if found else None

    async def versions(self) -> tuple[PolicyVersion, ...]:
        """Return every version there was, oldest first."""
        statement = select(policy_versions).order_by(policy_versions.c.at, policy_versions.c.version)
        found = await self.database.read(lambda c: c.execute(statement).mappings().all())
        return tuple(PolicyVersion(**{**row, "resolved": json.loads(row["resolved"])}) for row in found)


def _number(connection: Connection) -> int:
    return connection.scalar(select(func.max(override_changes.c.seq))) or 0


def _override(*, value: str | None, **rest: Any) -> Override:
    return Override(value=None if value is None else json.loads(value), **rest)


WRITERS: Mapping[type, Writer] = {SetOverride: set_override, ExpectPolicy: expect_policy}
