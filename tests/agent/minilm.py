"""The shared embedder, read straight from its files: a stand-in until the project's own one is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

MODELS = Path(__file__).parents[3] / "shared" / "models"


class MiniLm:
    id = "all-MiniLM-L6-v2-int8"
    dimensions = 384

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(MODELS / "tokenizer.json"))
        self._tokenizer.enable_truncation(256)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(MODELS / "all-MiniLM-L6-v2-int8.onnx"), options, providers=["CPUExecutionProvider"])
        self.calls: list[int] = []

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.calls.append(len(texts))
        return await asyncio.to_thread(self._run, list(texts))

    def _run(self, texts: list[str]):
        import numpy as np

        codes = self._tokenizer.encode_batch(texts)
        ids, mask = np.array([c.ids for c in codes]), np.array([c.attention_mask for c in codes])
        return self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})[0]
