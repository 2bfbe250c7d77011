"""Shelf: the versions of trained categories on disk, and which one is in use."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from agent.kernel import Kernel
from agent.labelled import Row, Table
from agent.reliability import Report
from agent.scope import Scope
from agent.training import Trained, named
from desk.errors import InvalidInput, Misconfigured

SCHEMA = 1
SHIPPED, NEWEST = "shipped", "newest"
"""What can be used beside a version: the categories that ship, and whichever version is the newest."""
ABOUT, ROWS, PIN = "report.json", "rows.jsonl", "in_use"


class Shelf:
    """A folder with one folder a version: `v1`, `v2`, ... Nothing is created before the first one is put there.

    A version has its report, the rows it was made from (customers' words: readable by the owner alone) and one classifier for each embedder
    it was fitted to. What is written appears whole or not at all.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, trained: Trained, report: Report, table: Table, *, seed: int) -> Trained:
        """Keep a classifier with its rows and report as the next version, and return it under that name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".part-{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        _write_rows(part / ROWS, table)
        about = {"schema": SCHEMA, "seed": seed, "embedder": trained.embedder, "rows": len(table.rows), "classes": table.categories}
        (part / ABOUT).write_text(json.dumps({**about, "report": asdict(report)}, ensure_ascii=False) + "\n", encoding="utf-8")
        _write(trained, part)
        while True:
            version = f"v{max((_number(known) for known in self.versions()), default=0) + 1}"
            try:
                part.rename(self.folder / version)
                return named(trained, version)
            except OSError:
                # Somebody else trained in the same moment and took that number.
                if not (self.folder / version).exists():
                    raise

    def versions(self) -> Sequence[str]:
        """Return the versions, oldest first."""
        found = [path.name for path in self.folder.glob("v*") if path.name[1:].isdigit() and path.is_dir()] if self.folder.exists() else []
        return sorted(found, key=_number)

    def in_use(self) -> str | None:
        """Return the version in use: the one that was chosen, else the newest; None for the categories that ship."""
        pinned = self.pinned()
        if pinned == SHIPPED:
            return None
        return pinned or next(reversed(self.versions()), None)

    def pinned(self) -> str:
        """Return what was chosen: a version, `SHIPPED`, or "" while the newest is used."""
        try:
            return (self.folder / PIN).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def use(self, version: str) -> None:
        """Choose a version, `SHIPPED` or `NEWEST`; a server that runs notices at its next message. Raises InvalidInput for an unknown one."""
        if version not in (SHIPPED, NEWEST, *self.versions()):
            known = ", ".join((*self.versions(), NEWEST, SHIPPED))
            raise InvalidInput(f"there is no version {version!r}: write one of {known}")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if version == NEWEST:
            (self.folder / PIN).unlink(missing_ok=True)
            return
        part = self.folder / f".pin-{os.getpid()}"
        part.write_text(version + "\n", encoding="utf-8")
        part.replace(self.folder / PIN)

    def state(self) -> tuple[int, ...]:
        """Return what changes when another version is put here or chosen; costs two looks at the file system."""
        return tuple(_touched(path) for path in (self.folder, self.folder / PIN))

    def about(self, version: str) -> Mapping[str, Any]:
        """Return what is known of a version, as it was written; raise Misconfigured when that cannot be read."""
        try:
            found = json.loads((self.folder / version / ABOUT).read_text(encoding="utf-8"))
            return {**found, "version": version}
        except (OSError, ValueError, TypeError) as error:
            raise Misconfigured(f"the trained categories {version!r} cannot be read: train them again, or choose others with --use") from error

    def load(self, version: str, embedder: str) -> Trained | None:
        """Return a version as it was fitted to this embedder, None when it never was; raise Misconfigured when it cannot be read."""
        about = self.about(version)
        path = self.folder / version / _file_of(embedder)
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as kept:
                landmarks, coefficients = (np.asarray(kept[name], dtype=np.float32) for name in ("landmarks", "coefficients"))
                temperature, middle, steepness = (float(number) for number in kept["numbers"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise Misconfigured(f"the trained categories {version!r} cannot be read: train them again, or choose others with --use") from error
        return Trained(Kernel(tuple(about["classes"]), landmarks, coefficients, temperature), Scope(middle, steepness), embedder, version)

    def rows(self, version: str) -> Table | None:
        """Return what a version was made from, None when its rows are not there any more."""
        try:
            lines = (self.folder / version / ROWS).read_text(encoding="utf-8").splitlines()
            kept = [(json.loads(line), n) for n, line in enumerate(lines, start=1)]
            rows = [(Row(row["text"], row["category"], row["subject"], n), row["strange"]) for row, n in kept]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Table(tuple(row for row, strange in rows if not strange), tuple(row for row, strange in rows if strange))

    def keep(self, trained: Trained) -> None:
        """Keep a version's classifier for one more embedder."""
        _write(trained, self.folder / trained.version)


def _write(trained: Trained, folder: Path) -> None:
    numbers = np.array([trained.kernel.temperature, trained.scope.middle, trained.scope.steepness])
    path = folder / _file_of(trained.embedder)
    # Server and command may fit the same version to a new embedder at once; each writes its own part, and the last one stays.
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as file:
        # The landmarks are unit vectors, for which half precision is plenty; the coefficients are large and cancel each other out.
        np.savez(file, landmarks=trained.kernel.landmarks.astype(np.float16), coefficients=trained.kernel.coefficients, numbers=numbers)
    part.replace(path)


def _write_rows(path: Path, table: Table) -> None:
    marked = [(row, False) for row in table.rows] + [(row, True) for row in table.strange]
    lines = [{"text": row.text, "subject": row.subject, "category": row.category, "strange": strange} for row, strange in marked]
    path.touch(mode=0o600)
    # ASCII, because a message may hold a separator that splits lines.
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _file_of(embedder: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "@-." else "_" for sign in embedder)[:100] + ".npz"


def _number(version: str) -> int:
    return int(version[1:])


def _touched(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
