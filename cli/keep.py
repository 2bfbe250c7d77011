"""Keeping: a consistent copy of the home, the way back, and a look at its health."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import say
from cli.start import run_async, settings

Folder = Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(doctor)


def backup(folder: Folder) -> None:
    """Copy all state to a new folder, also while the server runs; the search index is left out, because it can be made again."""
    from cli.copies import copy_home

    found = settings()
    say(f"Copied {', '.join(copy_home(found.home, folder, in_postgres=found.in_postgres))} to {folder}.")
    if found.in_postgres:
        say("Tickets, articles and events are in Postgres: copy that database now, with pg_dump.")


def restore(folder: Folder) -> None:
    """Bring back a copy into an empty FRONTDESK_HOME, while no server runs on it."""
    from cli.copies import restore_home

    found = settings()
    say(f"Brought back {', '.join(restore_home(folder, found.home, in_postgres=found.in_postgres))}.")
    if found.in_postgres:
        say("Tickets, articles and events are in Postgres: bring that database back too, with pg_restore.")


def doctor() -> int:
    """Look at everything the desk needs and say what is wrong; the exit code is 1 when something is."""
    from cli.doctor import examine

    findings = run_async(examine())
    for finding in findings:
        print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what}: {finding.says}")
    return 0 if all(finding.ok for finding in findings) else 1
