"""Copies: all state of a home in a folder, each database consistent in itself, and the way back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from desk.errors import InvalidInput, Misconfigured

# The order matters: whatever the engine still has to do must find its store at least as new as its own row, and a
# post that the workspace has must not be missing from the outbox; so the files are copied in the order they are written.
DATABASES = ("workspace.db", "engine.db", "frontdesk.db")
OTHERS = ("workspace.db.files", "heads", "policy.toml")
"""Left out are the index, which is made again from the database, and the locks."""


def copy_home(home: Path, folder: Path) -> list[str]:
    """Copy a home, also while its server runs, and return the names of what was copied; raise InvalidInput when the folder has something in it."""
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(f"{str(folder)!r} is not empty: name a folder that does not exist yet")
    if not (home / DATABASES[-1]).exists():
        raise Misconfigured(f"there is nothing to copy in {str(home)!r}: set FRONTDESK_HOME to the home to copy")
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name in (*DATABASES, *OTHERS) if (home / name).exists()]
    for name in names:
        _copy(home / name, folder / name)
    return names


def restore_home(folder: Path, home: Path) -> list[str]:
    """Bring a copy back into an empty home and return the names of what was brought; raise InvalidInput when something would be overwritten."""
    names = [name for name in (*DATABASES, *OTHERS) if (folder / name).exists()]
    if DATABASES[-1] not in names:
        raise InvalidInput(f"{str(folder)!r} has no {DATABASES[-1]}: name a folder that `backup` made")
    if taken := next((name for name in names if (home / name).exists()), None):
        raise InvalidInput(f"{str(home / taken)!r} exists: move it away, or set FRONTDESK_HOME to an empty folder")
    home.mkdir(parents=True, exist_ok=True)
    for name in names:
        _copy(folder / name, home / name)
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
