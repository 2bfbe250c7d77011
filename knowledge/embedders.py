"""Embedders: the one that is wanted, and those that were in use before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from desk.errors import Misconfigured
from desk.library import Embedder
from knowledge.embeddings import MINILM, OnnxEmbedder
from knowledge.generations import Known
from knowledge.torch_models import TransformersEmbedder

NOTE = "embedders.json"
"""Which folder an embedder's id came from, so that it can still be asked while another one takes over."""


class OwnEmbedder(Embedder, Protocol):
    """An embedder that we opened and have to close."""

    def close(self) -> None:
        """Let its threads go."""
        ...


def wanted(folder: Path | None, *, notes: Path) -> OwnEmbedder:
    """Return the embedder of a folder, or the one that ships, and note in the folder `notes` where it came from."""
    if folder is None:
        return OnnxEmbedder()
    embedder = TransformersEmbedder(folder)
    before = _noted(notes)
    if before.get(embedder.id) != str(folder):
        notes.mkdir(parents=True, exist_ok=True)
        waiting = notes / f"{NOTE}.new"
        waiting.write_text(json.dumps({**before, embedder.id: str(folder)}), encoding="utf-8")
        waiting.replace(notes / NOTE)
    return embedder


def known(notes: Path) -> Known:
    """Return what loads an embedder by its id: the one that ships, or a noted folder that still holds the same model."""

    def load(id: str) -> Embedder | None:
        if id == MINILM.id:
            return OnnxEmbedder()
        folder = _noted(notes).get(id)
        try:
            found = TransformersEmbedder(Path(folder)) if folder else None
        except Misconfigured:  # The folder is gone, and its vectors cannot be asked any more.
            return None
        return found if found and found.id == id else None

    return load


def _noted(notes: Path) -> dict[str, str]:
    try:
        found = json.loads((notes / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(id): str(folder) for id, folder in found.items()} if isinstance(found, dict) else {}
