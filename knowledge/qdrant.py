"""The index on a Qdrant server: one collection an embedder, with dense vectors and BM25, shared by every process that follows the library."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from desk.errors import Misconfigured, Unavailable
from knowledge import words
from knowledge.index import Broken, Entry, Found
from knowledge.vectors import unpacked

T = TypeVar("T")
FORMAT = 1
"""Raise it when the same chunks would be indexed otherwise: a collection of an older format is left alone, and a new one filled."""
DENSE, WORDS, AUDIENCE, CHUNK, POSITION = "dense", "words", "audience", "chunk", "position"
NAMESPACE = uuid.UUID("0b8ac4a6-6f0e-4a0b-9d5d-3f1c8f5a7f21")
AT_ONCE = 200
"""Points in one request: about 2 MB, where a server takes 32."""
TIMEOUT = 10
"""Seconds for one request."""
WAITS = (0.2, 1.0)
"""Seconds before a request is tried again."""
PASSING = (408, 429, 500, 502, 503, 504)
"""What a server answers while it is busy or restarting."""
MISSING = 404
REFUSED = (401, 403)


class QdrantIndex:
    """An `Index` in a collection that is named by its embedder, so that a new embedder's is filled while the old one's is searched.

    The position is the payload of a reserved point without vectors, which no search finds. Nothing is asked of the server before it is needed.
    """

    def __init__(self, client: Any, *, embedder: str, dimensions: int, waits: Sequence[float] = WAITS) -> None:
        self._client = client
        self._name = collection_of(embedder)
        self._dimensions = dimensions
        self._waits = waits
        self._position: int | None = None

    @classmethod
    def connect(cls, url: str, *, key: str, embedder: str, dimensions: int) -> QdrantIndex:
        """Make an index on a server; raise Misconfigured when the client library is not installed."""
        try:
            from qdrant_client import QdrantClient
        except ImportError as error:
            raise Misconfigured("FRONTDESK_QDRANT_URL is set and the client is not installed: run pip install 'frontdesk[qdrant]'") from error
        return cls(
            # The check of versions is a request, and nothing is asked before it is needed.
            QdrantClient(url, api_key=key or None, timeout=TIMEOUT, check_compatibility=False, prefer_grpc=False),
            embedder=embedder,
            dimensions=dimensions,
        )

    def position(self) -> int:
        """Return the position of the last batch that the server has."""
        if self._position is None:
            self._position = self._asked(self._stored_position)
        return self._position

    def apply(self, put: Sequence[Entry], gone: Sequence[str], *, position: int) -> None:
        """Write points, then the position: after a crash between the two the batch is applied once more."""
        from qdrant_client import models

        self.position()  # Makes the collection when there is none.
        for entries in _parts(put):
            points = [models.PointStruct(id=_point(e.id), vector=_vectors(e), payload={CHUNK: e.id, AUDIENCE: e.audience}) for e in entries]
            self._asked(partial(self._client.upsert, self._name, points, wait=True))
        for ids in _parts(gone):
            selector = models.PointIdsList(points=[_point(id) for id in ids])
            self._asked(partial(self._client.delete, self._name, selector, wait=True))
        self._remember(position)

    def near(self, vector: Sequence[float], audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the chunks of the highest cosine."""
        return self._query(list(vector), DENSE, audiences=audiences, k=k)

    def matching(self, text: str, audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the chunks of the highest BM25 score; none for a text of stop words."""
        asked = words.of_query(text)
        return self._query(_sparse(asked), WORDS, audiences=audiences, k=k) if asked.terms else []

    def clear(self) -> None:
        """Delete the collection and make an empty one."""
        self._asked(partial(self._client.delete_collection, self._name))
        self._asked(self._create)
        self._position = 0

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _query(self, query: Any, using: str, *, audiences: Sequence[str] | None, k: int) -> list[Found]:
        from qdrant_client import models

        self.position()
        shown = None if audiences is None else models.Filter(must=[models.FieldCondition(key=AUDIENCE, match=models.MatchAny(any=list(audiences)))])
        found = self._asked(
            partial(self._client.query_points, self._name, query=query, using=using, query_filter=shown, limit=k, with_payload=[CHUNK])
        )
        return [Found(point.payload[CHUNK], point.score) for point in found.points]

    def _stored_position(self) -> int:
        # Read once: whoever else writes the same library's chunks there writes the same.
        if not self._client.collection_exists(self._name):
            self._create()
            return 0
        found = self._client.retrieve(self._name, [_point(POSITION)], with_payload=True)
        stored = found[0].payload.get(POSITION) if found else 0
        if not isinstance(stored, int):
            raise Broken(f"the collection {self._name!r} has no readable position")
        return stored

    def _create(self) -> None:
        from qdrant_client import models

        self._client.create_collection(
            self._name,
            vectors_config={DENSE: models.VectorParams(size=self._dimensions, distance=models.Distance.COSINE)},
            sparse_vectors_config={WORDS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        self._client.create_payload_index(self._name, AUDIENCE, models.PayloadSchemaType.KEYWORD)

    def _remember(self, position: int) -> None:
        from qdrant_client import models

        note = models.PointStruct(id=_point(POSITION), vector={}, payload={POSITION: position})
        self._asked(partial(self._client.upsert, self._name, [note], wait=True))
        self._position = position

    def _asked(self, request: Callable[[], T]) -> T:
        """Return the server's answer; a server that is down or busy is asked again before it counts as Unavailable."""
        for wait in self._waits:
            try:
                return self._once(request)
            except Unavailable:
                time.sleep(wait)
        return self._once(request)

    def _once(self, request: Callable[[], T]) -> T:
        from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        try:
            return request()
        except ResourceExhaustedResponse as error:
            raise Unavailable("kb", "the Qdrant server is busy") from error
        except ResponseHandlingException as error:
            raise Unavailable("kb", f"the Qdrant server does not answer ({type(error.source).__name__})") from error
        except UnexpectedResponse as error:
            raise self._translated(error.status_code) from error

    def _translated(self, status: int | None) -> Exception:
        if status in REFUSED:
            return Misconfigured(f"the Qdrant server refuses us ({status}): set FRONTDESK_QDRANT_API_KEY to a key that may write")
        if status in PASSING:
            return Unavailable("kb", f"the Qdrant server answers {status}")
        if status == MISSING:  # Somebody deleted the collection: it is made and filled anew.
            self._position = None
        return Broken(f"the Qdrant server answers {status}")


def collection_of(embedder: str) -> str:
    """Return the name of an embedder's collection."""
    return f"frontdesk-{FORMAT}-{re.sub(r'[^A-Za-z0-9_.-]+', '-', embedder)[:80]}"


def _vectors(entry: Entry) -> dict[str, Any]:
    dense = {} if entry.vector is None else {DENSE: unpacked(entry.vector)}
    return {**dense, WORDS: _sparse(words.of_chunk(entry.text))}


def _sparse(made: words.Weights) -> Any:
    from qdrant_client import models

    return models.SparseVector(indices=made.terms, values=made.weights)


def _point(chunk: str) -> str:
    return str(uuid.uuid5(NAMESPACE, chunk))


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))
