"""Library: copies of what a script ingests, in the play's own home, so that the script may change them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from desk.errors import InvalidInput

FOLDER = "knowledge"
FILES = "files"
"""Where articles go that the script names one by one."""


def copy_knowledge(paths: Sequence[Path], home: Path) -> list[Path]:
    """Copy folders and files into the home; return the folders to ingest."""
    for n, path in enumerate(paths):
        if path.is_dir():
            shutil.copytree(path, home / FOLDER / str(n), symlinks=True)
        else:
            target = _free(home / FOLDER / FILES, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return folders(home)


def folders(home: Path) -> list[Path]:
    """Return the folders to ingest, in the order of the script."""
    found = (home / FOLDER).iterdir() if (home / FOLDER).is_dir() else ()
    return sorted((path for path in found if path.is_dir()), key=lambda path: (path.name == FILES, int(path.name) if path.name.isdigit() else 0))


def write_articles(home: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write articles by their path below the ingested folder, an empty text removing one; return the folders to ingest again."""
    for name, text in texts.items():
        path = _article(home, name)
        if text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif path.exists():
            path.unlink()
        else:
            raise InvalidInput(f"there is no article {name!r} to remove")
    return folders(home)


def _article(home: Path, name: str) -> Path:
    """Return where an article is: in the folder that has it, else in the first one."""
    roots = folders(home) or [home / FOLDER / FILES]
    root = next((root for root in roots if (root / name).exists()), roots[0])
    if not (root / name).resolve().is_relative_to(root.resolve()):
        raise InvalidInput(f"the article {name!r} would lie outside of the ingested folder")
    return root / name


def _free(folder: Path, path: Path) -> Path:
    """Return a name that no earlier file of the script has."""
    return folder / path.name if not (folder / path.name).exists() else folder / path.parent.name / path.name
