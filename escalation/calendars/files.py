"""Calendar files: where the calendar of a rota lies, read again when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from desk.errors import InvalidInput, Misconfigured
from desk.oncall import Rota, Shift


class CalendarFiles:
    """Reads the calendars that policy names beside itself (`folder`), and those that were imported for a rota (`kept`)."""

    def __init__(self, folder: Path, kept: Path) -> None:
        self._folder = folder
        self._kept = kept

    async def shifts(self, rota: Rota, start: datetime, until: datetime) -> Sequence[Shift]:
        """Return who a rota's calendars say is on call between two instants. Raises Misconfigured for one that cannot be read."""
        return await asyncio.to_thread(self._read, rota, start, until)

    def _read(self, rota: Rota, start: datetime, until: datetime) -> tuple[Shift, ...]:
        # Imported here: most desks have no calendar, and its parser is large.
        from escalation.calendars.imported import read_shifts

        found: list[Shift] = []
        for path in self._paths(rota):
            try:
                found += read_shifts(path.read_bytes(), start, until, zone=rota.zone)
            except OSError as error:
                raise Misconfigured(f"the calendar of the rota {rota.name!r} cannot be read: {path.name} ({error.strerror})") from error
            except InvalidInput as error:
                raise Misconfigured(f"the calendar of the rota {rota.name!r} cannot be read: {path.name}: {error}") from error
        return tuple(found)

    def _paths(self, rota: Rota) -> list[Path]:
        imported = imported_path(self._kept, rota.name)
        return [*([self._folder / rota.calendar] if rota.calendar else []), *([imported] if imported.exists() else [])]


def imported_path(kept: Path, rota: str) -> Path:
    """Return where the calendar that was imported for a rota is kept."""
    return kept / f"{''.join(c if c.isalnum() or c in '-_' else '-' for c in rota)}.ics"
