"""Embeddings: texts to unit vectors, with the model that ships in `models/`."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk.errors import Misconfigured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

TOKENS = 256
"""What the model reads of a text; the rest is cut off."""
CHARACTERS = 8_000
"""What the tokenizer is given of a text: more than 256 tokens can hold, and little enough for a 10 MB message not to matter."""
WORKERS = 2
REMEDY = "restore it from the repository, or rebuild it with models/rebuild.py"


@dataclass(frozen=True, slots=True)
class Model:
    """A model as files: its folder's name, the vector length and the SHA-256 of each file."""

    name: str
    dimensions: int
    network: tuple[str, str]
    tokenizer: tuple[str, str]

    @property
    def id(self) -> str:
        """Return the name with the first digits of the network's hash: vectors of another file are not comparable."""
        return f"{self.name}@{self.network[1][:8]}"


MINILM = Model(
    name="all-MiniLM-L6-v2-int8",
    dimensions=384,
    network=("all-MiniLM-L6-v2-int8.onnx", "e23f8c89461cfbeadbfb07c43b85a92edda8346ed8e87bfa554c00e04b956018"),
    tokenizer=("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
)
FOLDER = Path(__file__).parent.parent / "models" / "all-MiniLM-L6-v2"


class OnnxEmbedder:
    """The `Embedder` on onnxruntime. The files are read, and their hashes checked, at the first text.

    Every text runs by itself. In a batch, dynamic quantization scales all texts by the largest activation of any, so that a vector
    would depend on its neighbors (cosine 0.995); alone it is the same every time, and is as fast and smaller in memory, for nothing is padded.
    """

    def __init__(self, folder: Path = FOLDER, *, model: Model = MINILM, remembered: int = 512) -> None:
        self.id = model.id
        self.dimensions = model.dimensions
        self._folder = folder
        self._model = model
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="embed")
        self._recent = lru_cache(maxsize=remembered)(self._vector)

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a text, in order, from a thread. Raises Misconfigured when a model file is missing or another."""
        vectors: list[list[float]] = (await asyncio.to_thread(self.embed_now, texts)).tolist()
        return vectors

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the same: this model reads queries and passages alike."""
        return await self.embed(texts)

    def embed_now(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors as an array of shape (len(texts), dimensions), blocking; a single text is remembered."""
        import numpy as np

        if len(texts) == 1:
            return self._recent(texts[0])
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        _ = self._session, self._tokenizer  # loaded here, so that two workers do not both do it
        return np.concatenate(list(self._pool.map(self._vector, texts)))

    def close(self) -> None:
        """Let the worker threads go."""
        self._pool.shutdown()

    def _vector(self, text: str) -> Vectors:
        import numpy as np

        ids = np.array([self._tokenizer.encode(text[:CHARACTERS]).ids], np.int64)
        vector: Vectors = self._session.run(
            ["embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        )[0]
        return vector

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # The texts run side by side; splitting one of this size over threads only adds waiting.
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(checked(self._folder, *self._model.network), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(checked(self._folder, *self._model.tokenizer).decode())
        tokenizer.enable_truncation(TOKENS)
        tokenizer.no_padding()
        return tokenizer


def checked(folder: Path, name: str, sha256: str) -> bytes:
    """Return a model file's content; raise Misconfigured when it is missing or not the one whose hash we know."""
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"the model file {os.fspath(path)!r} cannot be read ({error.strerror}): {REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise Misconfigured(f"the model file {os.fspath(path)!r} has SHA-256 {found[:12]}... and not {sha256[:12]}...: {REMEDY}")
    return content
