"""The index on qdrant-edge: a folder that one process owns, with dense vectors and BM25."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk.errors import Unavailable
from knowledge import words
from knowledge.index import Broken, Entry, Found
from knowledge.vectors import unpacked

FORMAT = 1
"""Raise it when the same chunks would be indexed otherwise: folders of an older format are made anew."""
CURSOR = "cursor.json"
DENSE, WORDS, AUDIENCE, CHUNK = "dense", "words", "audience", "chunk"
BUSY = "another process has the index folder open"
PASSING = {
    "WouldBlock": BUSY,
    "No space left": "the disk is full",
    "os error 28": "the disk is full",
    "Too many open files": "too many files are open",
}
"""What qdrant-edge says of troubles that an index made anew would share."""
NAMESPACE = uuid.UUID("6f7fd9d2-3e0b-4f3c-8e55-6d0c3a1f5b7e")
ROOM = 100_000_000
"""Bytes that must be free before anything is written; the log alone takes 64 MB."""


class EdgeIndex:
    """An `Index` in a folder. A folder that is corrupt, of another embedder or of another format is emptied when it is opened.

    The HNSW graph stays off: below 100,000 chunks exact search takes 20 ms, and building the graph would hold the GIL.
    """

    def __init__(self, folder: Path, *, embedder: str, dimensions: int) -> None:
        self._folder = folder
        self._kind: dict[str, object] = {"format": FORMAT, "embedder": embedder, "dimensions": dimensions}
        self._dimensions = dimensions
        self._shard: Any = None
        self._position = 0
        self._lock: int | None = None
        self._temporary = False

    @classmethod
    def open(cls, folder: Path, *, embedder: str, dimensions: int) -> EdgeIndex:
        """Open or make an index; raise Unavailable("kb") while somebody else has the folder open, or when the disk is full."""
        index = cls(folder, embedder=embedder, dimensions=dimensions)
        index._lock = _locked(folder)
        try:
            index._load_or_clear()
        except Unavailable:
            index.close()
            raise
        return index

    @classmethod
    def temporary(cls, *, embedder: str, dimensions: int) -> EdgeIndex:
        """Make an empty index in a folder that goes when it is closed: for a command that runs beside the server."""
        index = cls(Path(tempfile.mkdtemp(prefix="frontdesk-index-")), embedder=embedder, dimensions=dimensions)
        index._temporary = True
        index.clear()
        return index

    def position(self) -> int:
        """Return the position of the last batch that is durable."""
        return self._position

    def apply(self, put: Sequence[Entry], gone: Sequence[str], *, position: int) -> None:
        """Write points, flush them, then write the cursor: after a crash between the two the batch is applied once more."""
        import qdrant_edge as edge

        _look_for_room(self._folder)
        with _translated():
            points = [edge.Point(_point(entry.id), _vectors(entry), {CHUNK: entry.id, AUDIENCE: entry.audience}) for entry in put]
            if points:
                self._shard.update(edge.UpdateOperation.upsert_points(points))
            if gone:
                self._shard.update(edge.UpdateOperation.delete_points([_point(id) for id in gone]))
            # Nothing of a write-ahead log of this batch may be needed once the cursor says that it is there.
            self._shard.flush()
            self._remember(position)

    def near(self, vector: Sequence[float], audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the chunks of the highest cosine."""
        return self._query(list(vector), DENSE, audiences=audiences, k=k)

    def matching(self, text: str, audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the chunks of the highest BM25 score; none for a text of stop words."""
        asked = words.of_query(text)
        return self._query(_sparse(asked), WORDS, audiences=audiences, k=k) if asked.terms else []

    def clear(self) -> None:
        """Delete the folder's content and make an empty index there."""
        import qdrant_edge as edge

        self._release()
        with _translated():
            _empty(self._folder)
            _look_for_room(self._folder)
            self._shard = edge.EdgeShard.create(str(self._folder), self._config())
            self._shard.update(edge.UpdateOperation.create_field_index(AUDIENCE, edge.PayloadSchemaType.Keyword))
            self._remember(0)

    def close(self) -> None:
        """Let go of the folder's lock."""
        self._release()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._temporary:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _load_or_clear(self) -> None:
        try:
            self._load()
        except Broken:
            self.clear()

    def _load(self) -> None:
        import qdrant_edge as edge

        cursor = self._cursor()
        with _translated():
            self._shard = edge.EdgeShard.load(str(self._folder), self._config())
            count = self._shard.info().points_count
        if {key: cursor.get(key) for key in self._kind} != self._kind or count != cursor.get("count") or not isinstance(cursor.get("position"), int):
            raise Broken("the index folder is another embedder's, or points are missing")
        self._position = cursor["position"]

    def _cursor(self) -> dict[str, Any]:
        try:
            cursor = json.loads((self._folder / CURSOR).read_text())
        except (OSError, ValueError) as error:
            raise Broken(f"the index folder has no readable cursor: {error}") from error
        if not isinstance(cursor, dict):
            raise Broken("the index folder has no readable cursor")
        return cursor

    def _remember(self, position: int) -> None:
        cursor = {**self._kind, "position": position, "count": self._shard.info().points_count}
        waiting = self._folder / f"{CURSOR}.new"
        with waiting.open("w") as file:
            json.dump(cursor, file)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(self._folder / CURSOR)
        self._position = position

    def _query(self, vector: Any, using: str, *, audiences: Sequence[str] | None, k: int) -> list[Found]:
        import qdrant_edge as edge

        shown = None if audiences is None else edge.Filter(must=[edge.FieldCondition(AUDIENCE, match=edge.MatchAny(any=list(audiences)))])
        with _translated():
            points = self._shard.query(edge.QueryRequest(limit=k, query=edge.Query.Nearest(vector, using=using), filter=shown, with_payload=[CHUNK]))
            return [Found(point.payload[CHUNK], point.score) for point in points]

    def _config(self) -> Any:
        import qdrant_edge as edge

        return edge.EdgeConfig(
            vectors={DENSE: edge.EdgeVectorParams(size=self._dimensions, distance=edge.Distance.Cosine)},
            sparse_vectors={WORDS: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
            wal_enabled=not self._temporary,  # 64 MB on the disk, for an index that nobody opens again.
        )

    def _release(self) -> None:
        shard, self._shard, self._position = self._shard, None, 0
        if shard is not None:
            with _translated():
                shard.close()


def _vectors(entry: Entry) -> dict[str, Any]:
    dense = {} if entry.vector is None else {DENSE: unpacked(entry.vector)}
    return {**dense, WORDS: _sparse(words.of_chunk(entry.text))}


def _sparse(made: words.Weights) -> Any:
    import qdrant_edge as edge

    return edge.SparseVector(made.terms, made.weights)


def _point(chunk: str) -> str:
    return str(uuid.uuid5(NAMESPACE, chunk))


def _locked(folder: Path) -> int:
    """Take the lock beside a folder, so that nobody empties one that is in use; return what holds it."""
    with _translated():
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise Unavailable("kb", BUSY) from error
    return lock


def _look_for_room(folder: Path) -> None:
    """Raise Unavailable on a disk that is nearly full: the library writes through mapped memory, and the system kills who finds no room there."""
    if shutil.disk_usage(folder).free < ROOM:
        raise Unavailable("kb", f"the disk is full: the index wants {ROOM / 1e6:.0f} MB of room")


def _empty(folder: Path) -> None:
    """Leave an empty folder where anything may have been."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)
    folder.mkdir()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn errors into ours: what may pass by itself is Unavailable, the rest is Broken.

    qdrant-edge raises bare `Exception` with a message, and Rust panics, which derive from BaseException.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable("kb", f"the index folder: {error.strerror}") from error
    except BaseException as error:
        if type(error) is not Exception and type(error).__name__ != "PanicException":
            raise
        passing = next((why for sign, why in PASSING.items() if sign in str(error)), None)
        raise (Unavailable("kb", passing) if passing else Broken(f"the index: {error}")) from error
