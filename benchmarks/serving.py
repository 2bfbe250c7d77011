"""Serving: a home with ten thousand chunks, and the process that serves it, for the benchmarks that measure one."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from desk.article import Chunk, Document
from desk.audience import PUBLIC
from knowledge.embeddings import MINILM
from knowledge.vectors import packed
from store.database import open_database
from store.library import SqlLibrary

PROJECT = Path(__file__).parent.parent
ARTICLES = PROJECT / "demo" / "knowledge"
CHUNKS = 10_000
IN_ONE = 20
WORDS_OF_ONE = 80
PATIENCE = 120.0
BYLINE = "Written by AI"
QUESTION = "How long does a refund take until it is back on my card?"


async def stock(home: Path, *, chunks: int = CHUNKS) -> None:
    """Fill a home's library with chunks of the demo's words in random order, at random unit vectors: no question is about them."""
    dice, words = random.Random(1), re.findall(r"\w+", " ".join(path.read_text() for path in sorted(ARTICLES.rglob("*.md"))))
    numbers = np.random.default_rng(1)
    database = await open_database(f"sqlite:///{home / 'frontdesk.db'}")
    library = SqlLibrary(database)
    for n in range(chunks // IN_ONE):
        document = Document(f"filler-{n}", "filler", f"Filler {n}", f"https://help.example/{n}", PUBLIC, str(n))
        pieces = [_piece(document, i, " ".join(dice.choices(words, k=WORDS_OF_ONE))) for i in range(IN_ONE)]
        vectors = numbers.standard_normal((IN_ONE, MINILM.dimensions)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        await library.put(document, pieces, {piece.id: packed(row) for piece, row in zip(pieces, vectors.tolist(), strict=True)}, embedder=MINILM.id)
    await database.close()


def questions() -> Sequence[str]:
    """Return the demo's questions that its articles answer."""
    lines = (PROJECT / "demo" / "faq_eval.jsonl").read_text().splitlines()
    return [row["question"] for row in map(json.loads, lines) if not row["out_of_scope"]]


class Server:
    """The demo company's server in a process of its own."""

    def __init__(self, home: Path) -> None:
        environment = {**os.environ, "FRONTDESK_HOME": str(home), "FRONTDESK_PORT": "0"}
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "main.py", "demo"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout
        self._address = self._process.stdout.readline().strip()
        self._get("/health")
        self.ready = time.monotonic() - began

    def ask(self, text: str, *, who: str = "poppy-lane") -> None:
        """Have a customer ask something and return once the page shows one more answer; the same words of the same person get none."""
        page = f"/?as={who}&in=community"
        before = self._get(page).count(BYLINE)
        values = urllib.parse.urlencode({"user": who, "channel": "community", "text": text}).encode()
        request = urllib.request.Request(f"{self._address}/api/say", values, {"Origin": self._address, "Accept": "application/json"})
        urllib.request.urlopen(request, timeout=PATIENCE).close()
        end = time.monotonic() + PATIENCE
        while self._get(page).count(BYLINE) <= before:
            if time.monotonic() > end:
                raise TimeoutError("no answer appeared on the page")
            time.sleep(0.2)

    def memory(self) -> float:
        """Return the resident memory in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def cpu(self) -> float:
        """Return the CPU seconds used so far, of all threads, and of children that ended."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it in peace."""
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(self._address + path, timeout=PATIENCE) as answer:
            return str(answer.read().decode())


@contextmanager
def served(home: Path) -> Iterator[Server]:
    """Serve a home for a while."""
    server = Server(home)
    try:
        yield server
    finally:
        server.stop()


def _piece(document: Document, n: int, text: str) -> Chunk:
    return Chunk(f"{document.id}-{n}", document.id, n, document.title, f"Part {n}", document.url, PUBLIC, text)
