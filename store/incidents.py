"""Incidents: kept by compare-and-set on their revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, not_, select, update

from desk.changes import SaveIncident
from desk.errors import Conflict
from desk.ids import IncidentId
from desk.incident import Incident
from store.database import Reads
from store.rows import Writer, add, all_of, one_of, pack
from store.schema import incidents


def save_incident(connection: Connection, write: SaveIncident) -> None:
    """Store an incident with the next revision; raise Conflict when somebody else did."""
    held = write.incident
    stored = replace(held, revision=held.revision + 1)
    values = {"id": held.id, "revision": stored.revision, "is_over": held.status.is_over, "opened": held.opened, "doc": pack(stored)}
    if held.revision == 0:
        saved = add(connection, incidents, values)
    else:
        mine = (incidents.c.id == held.id) & (incidents.c.revision == held.revision)
        saved = connection.execute(update(incidents).where(mine).values(**values)).rowcount == 1
    if not saved:
        raise Conflict(f"incident {held.id!r} is no longer at revision {held.revision}")


class IncidentReads(Reads):
    """The questions asked of incidents."""

    async def incident(self, id: IncidentId) -> Incident | None:
        """Return an incident."""
        return await self.database.read(lambda c: one_of(c, Incident, select(incidents.c.doc).where(incidents.c.id == id)))

    async def incidents(self, *, open_only: bool = False) -> Sequence[Incident]:
        """Return incidents, oldest first."""
        statement = select(incidents.c.doc).order_by(incidents.c.opened, incidents.c.id)
        statement = statement.where(not_(incidents.c.is_over)) if open_only else statement
        return await self.database.read(lambda c: all_of(c, Incident, statement))


WRITERS: Mapping[type, Writer] = {SaveIncident: save_incident}
