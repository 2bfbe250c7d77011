"""The Qdrant server: down, busy, refusing or emptied by somebody, and never a wrong answer."""

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from qdrant_client import QdrantClient

from desk.audience import PUBLIC
from desk.errors import Misconfigured, Unavailable
from knowledge.index import Broken, move
from knowledge.qdrant import QdrantIndex, collection_of
from tests.fakes import MemoryIndex
from tests.knowledge.kit import Shelf, entry

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect"),
    pytest.mark.filterwarnings("ignore:Api key is used with an insecure"),
]
EAST = [1.0, 0.0, 0.0]
HELD = {"result": [{"id": 1, "payload": {"position": 7}}], "status": "ok", "time": 0}


class Server:
    """A server on loopback that gives the next of `answers` to every request, the last one again and again."""

    def __init__(self):
        self.answers: deque = deque()
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.asked.append((self.path, self.headers.get("api-key")))
                status, body = outer.answers.popleft() if len(outer.answers) > 1 else outer.answers[0]
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = _answer

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def stop(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server():
    made = Server()
    yield made
    made.stop()


def index_on(url: str, **how) -> QdrantIndex:
    return QdrantIndex(QdrantClient(url, timeout=2, check_compatibility=False, **how), embedder="e@1", dimensions=3, waits=(0, 0))


THERE = (200, {"result": {"exists": True}, "status": "ok", "time": 0})


def test_the_position_is_read_from_the_server(server):
    server.answers.extend([THERE, (200, HELD)])
    index = index_on(server.url, api_key="secret-key")
    assert index.position() == 7
    assert {key for _, key in server.asked} == {"secret-key"}
    assert all(collection_of("e@1") in path for path, _ in server.asked)
    index.close()


def test_a_server_that_is_restarting_is_asked_again(server):
    server.answers.extend([(503, {}), (503, {}), THERE, (200, HELD)])
    assert index_on(server.url).position() == 7


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        pytest.param(503, Unavailable, "answers 503", id="down for long"),
        pytest.param(429, Unavailable, "Qdrant server", id="busy for long"),
        pytest.param(401, Misconfigured, "FRONTDESK_QDRANT_API_KEY", id="another key"),
        pytest.param(403, Misconfigured, "FRONTDESK_QDRANT_API_KEY", id="a key that may not"),
        pytest.param(400, Broken, "answers 400", id="a collection of another shape"),
    ],
)
def test_what_the_server_refuses_is_said_in_our_words(server, status, error, says):
    server.answers.append((status, {}))
    with pytest.raises(error, match=says):
        index_on(server.url).position()


def test_a_server_that_is_not_there_is_unavailable(server):
    url = server.url
    server.stop()
    with pytest.raises(Unavailable, match="does not answer") as caught:
        index_on(url).matching("refund", None, k=3)
    assert caught.value.system == "kb"


async def test_without_the_server_the_knowledge_base_is_unavailable_and_comes_back_with_it():
    client = Flaky(QdrantClient(":memory:"))
    shelf = Shelf(QdrantIndex(client, embedder="words@1", dimensions=64, waits=()))
    await shelf.add("refunds", "Refunds take five days")
    knowledge = shelf.knowledge
    client.down = True
    with pytest.raises(Unavailable):
        await knowledge.search("refunds", frozenset({PUBLIC}))
    client.down = False
    assert [passage.document for passage in (await knowledge.search("refunds", frozenset({PUBLIC}))).passages] == ["refunds"]


class Flaky:
    """A client whose server is down while `down` says so."""

    def __init__(self, client):
        self._client = client
        self.down = False

    def __getattr__(self, name):
        if self.down:
            raise Unavailable("kb", "the test says so")
        return getattr(self._client, name)


async def test_a_collection_that_somebody_deleted_is_filled_again():
    client = QdrantClient(":memory:")
    shelf = Shelf(Deleted(client))
    await shelf.add("refunds", "Refunds take five days")
    knowledge = shelf.knowledge
    await knowledge.search("refunds", frozenset({PUBLIC}))
    client.delete_collection(collection_of("words@1"))
    hits = await knowledge.search("refunds", frozenset({PUBLIC}))
    assert ([passage.document for passage in hits.passages], hits.degraded) == (["refunds"], False)


class Deleted(QdrantIndex):
    """The in-process mode raises ValueError where a server answers 404."""

    def __init__(self, client):
        super().__init__(client, embedder="words@1", dimensions=64, waits=())

    def _once(self, request):
        try:
            return super()._once(request)
        except ValueError as error:
            raise self._translated(404) from error


def test_an_index_on_the_server_is_there_for_the_next_process():
    client = QdrantClient(":memory:")
    first = QdrantIndex(client, embedder="e@1", dimensions=3)
    first.apply([entry("c-1", "refund times", EAST)], [], position=4)
    again = QdrantIndex(client, embedder="e@1", dimensions=3)
    assert (again.position(), [found.id for found in again.near(EAST, ["public"], k=3)]) == (4, ["c-1"])


def test_each_embedder_has_a_collection_of_its_own():
    client = QdrantClient(":memory:")
    QdrantIndex(client, embedder="e@1", dimensions=3).apply([entry("c-1", "refund times", EAST)], [], position=4)
    other = QdrantIndex(client, embedder="folder/e@2", dimensions=2)
    assert (other.position(), other.matching("refund", None, k=3)) == (0, [])
    assert collection_of("folder/e@2") != collection_of("e@1")


async def test_moving_fills_another_index_from_the_library_without_embedding_again():
    shelf = Shelf(MemoryIndex())
    for n in range(7):
        await shelf.add(f"article{n}", f"refund number{n}")
    shelf.embedder.texts.clear()
    told = []
    target = QdrantIndex(QdrantClient(":memory:"), embedder="words@1", dimensions=64)
    assert await move(shelf.library, target, embedder="words@1", progress=lambda done, all_: told.append((done, all_))) == 7
    vector = (await shelf.embedder.embed(["refund number3"]))[0]
    assert [found.id for found in target.near(vector, ["public"], k=1)] == ["c-article3"]
    assert len(target.matching("refund", None, k=99)) == 7
    assert (shelf.embedder.texts, told[-1]) == (["refund number3"], (7, 7))


async def test_moving_again_finds_nothing_to_do():
    shelf = Shelf()
    await shelf.add("refunds", "Refunds take five days")
    target = MemoryIndex()
    assert await move(shelf.library, target, embedder="words@1") == 1
    target.apply = None
    assert await move(shelf.library, target, embedder="words@1") == 1
