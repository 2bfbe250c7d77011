"""Copies: all state of a home in a folder, each database consistent in itself, and the way back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from desk.errors import InvalidInput, Misconfigured

# The order matters: whatever the engine still has to do must find its store at least as new as its own row, and a
# post that the workspace has must not be missing from the outbox; so the files are copied in the order they are written.
# What a button carries is written before its post is sent, so that comes last: no post that counts as sent lacks it.
WORKSPACE, TICKETS, CARRIED = "workspace.db", "frontdesk.db", "discord-carried.db"
ARRIVALS = ("slack.db", "discord.db")
DATABASES = (WORKSPACE, *ARRIVALS, "engine.db", TICKETS, CARRIED)
OTHERS = ("workspace.db.files", "heads", "triage.json", "policy.toml")
"""Left out are the index, which is made again from the database, and the locks."""


def copy_home(home: Path, folder: Path, *, in_postgres: bool = False) -> list[str]:
    """Copy a home, also while its server runs, and return the names of what was copied; raise InvalidInput when the folder has something in it.

    What is `in_postgres` is not in the home, so files that are left from before are not taken for it.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(f"{str(folder)!r} is not empty: name a folder that does not exist yet")
    names = _found(home, in_postgres=in_postgres)
    if not names or not (in_postgres or TICKETS in names):
        raise Misconfigured(f"there is nothing to copy in {str(home)!r}: set FRONTDESK_HOME to the home to copy")
    return _bring(names, home, folder)


def restore_home(folder: Path, home: Path, *, in_postgres: bool = False) -> list[str]:
    """Bring a copy back into an empty home and return the names of what was brought; raise InvalidInput when something would be overwritten."""
    if in_postgres and (folder / TICKETS).exists():
        raise InvalidInput(f"{str(folder)!r} is the copy of a home without Postgres: unset FRONTDESK_DATABASE_URL to bring it back")
    names = _found(folder, in_postgres=in_postgres)
    if not names or not (in_postgres or TICKETS in names):
        hint = "" if in_postgres else ", and set FRONTDESK_DATABASE_URL when its tickets are in Postgres"
        raise InvalidInput(f"{str(folder)!r} has no {WORKSPACE if in_postgres else TICKETS}: name a folder that `backup` made{hint}")
    if taken := next((name for name in names if (home / name).exists()), None):
        raise InvalidInput(f"{str(home / taken)!r} exists: move it away, or set FRONTDESK_HOME to an empty folder")
    return _bring(names, folder, home)


def _found(folder: Path, *, in_postgres: bool) -> list[str]:
    databases = (WORKSPACE, *ARRIVALS, CARRIED) if in_postgres else DATABASES
    return [name for name in (*databases, *OTHERS) if (folder / name).exists()]


def _bring(names: list[str], source: Path, target: Path) -> list[str]:
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        _copy(source / name, target / name)
    return names


def _copy(source: Path, target: Path) -> None:
    if source.suffix == ".db":
        _copy_database(source, target)
    elif source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _copy_database(source: Path, target: Path) -> None:
    """Copy through SQLite, which sees the whole file at one instant whoever writes meanwhile."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
