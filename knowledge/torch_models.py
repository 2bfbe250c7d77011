"""Models of the `transformers` extra: an embedder and a reranker from folders on this machine, without a download and without foreign code."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from desk.errors import Misconfigured

AT_ONCE = 16
"""Texts in one batch."""
TOKENS = 512
"""What is read of a text at most; a model may read less."""
WEIGHTS = "model.safetensors"
"""Weights in any other format may run code when they are loaded."""
CONFIGURATION, POOLING, PROMPTS = "config.json", "1_Pooling/config.json", "config_sentence_transformers.json"
INSTALL = "it needs torch and transformers: run pip install 'frontdesk[transformers]'"


class TransformersEmbedder:
    """An `Embedder` from a folder as sentence-transformers writes it.

    Pooling (mean of the tokens, or the first one) and the words to put before queries and passages are read from the folder, unless given.
    The id changes with the weights and with either of them, since vectors made otherwise are not comparable.
    """

    def __init__(
        self, folder: Path, *, prefix_query: str | None = None, prefix_passage: str | None = None, pooling: str | None = None, batch: int = AT_ONCE
    ) -> None:
        config, prompts = _json(folder / CONFIGURATION), _prompts(folder)
        self._folder = folder
        self._batch = batch
        self._query = prompts.get("query", "") if prefix_query is None else prefix_query
        self._passage = prompts.get("document", prompts.get("passage", "")) if prefix_passage is None else prefix_passage
        self._first = (pooling or _pooling(folder)) == "cls"
        self.dimensions = int(config.get("hidden_size") or config.get("dim") or 0)
        if not self.dimensions:
            raise Misconfigured(f"{str(folder / CONFIGURATION)!r} names no hidden_size: point FRONTDESK_EMBEDDER to a text model's folder")
        self.id = f"{folder.name}@{_fingerprint(folder, self._query, self._passage, 'cls' if self._first else 'mean')}"

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a passage, in order, from a thread. Raises Misconfigured when the model cannot be loaded."""
        return await asyncio.to_thread(self._embed, [self._passage + text for text in texts])

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a query, in order."""
        return await asyncio.to_thread(self._embed, [self._query + text for text in texts])

    def close(self) -> None:
        """Do nothing: no thread is kept."""

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        # Texts of like length share a batch, so that short ones do not pay for the padding of long ones.
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        vectors: list[list[float]] = [[]] * len(texts)
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            for n, vector in zip(rows, self._vectors([texts[n] for n in rows]), strict=True):
                vectors[n] = vector
        return vectors

    def _vectors(self, texts: list[str]) -> list[list[float]]:
        network, tokenizer = self._loaded
        import torch

        with torch.inference_mode():
            read = tokenizer(texts, padding=True, truncation=True, max_length=_most(tokenizer), return_tensors="pt")
            states = network(**read).last_hidden_state
            mask = read["attention_mask"].unsqueeze(-1).to(states.dtype)
            pooled = states[:, 0] if self._first else (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            made: list[list[float]] = torch.nn.functional.normalize(pooled, dim=1).tolist()
        return made

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        return _load(self._folder, "AutoModel")


class CrossEncoderReranker:
    """A `Reranker` from a folder with a sequence classifier: one output, or two of which the second says that the text answers."""

    def __init__(self, folder: Path) -> None:
        _json(folder / CONFIGURATION)
        self._folder = folder
        self.id = f"{folder.name}@{_fingerprint(folder)}"

    async def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the probability of each text to answer, from a thread."""
        return await asyncio.to_thread(self._scores, query, list(texts)) if texts else []

    def _scores(self, query: str, texts: list[str]) -> list[float]:
        network, tokenizer = self._loaded
        import torch

        made: list[float] = []
        with torch.inference_mode():
            for start in range(0, len(texts), AT_ONCE):
                part = texts[start : start + AT_ONCE]
                # Of the pair only the text is cut: a query that lost its end asks something else.
                read = tokenizer(
                    [query] * len(part), part, padding=True, truncation=_cut(query, tokenizer), max_length=_most(tokenizer), return_tensors="pt"
                )
                logits = network(**read).logits
                made += (torch.sigmoid(logits[:, 0]) if logits.shape[1] == 1 else torch.softmax(logits, dim=1)[:, 1]).tolist()
        return made

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        return _load(self._folder, "AutoModelForSequenceClassification")


def _load(folder: Path, kind: str) -> tuple[Any, Any]:
    """Load a network and its tokenizer from local files; raise Misconfigured with what to do about it."""
    try:
        import transformers
    except ImportError as error:
        raise Misconfigured(f"the model in {str(folder)!r} cannot be loaded, {INSTALL}") from error
    transformers.utils.logging.disable_progress_bar()  # Commands keep their output for people who pipe it.
    here: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), **here)
        network = getattr(transformers, kind).from_pretrained(str(folder), use_safetensors=True, **here).eval()
    except ImportError as error:
        raise Misconfigured(f"the model in {str(folder)!r} cannot be loaded, {INSTALL}") from error
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise Misconfigured(f"the model in {str(folder)!r} cannot be loaded: {first}") from error
    return network, tokenizer


def _most(tokenizer: Any) -> int:
    return min(TOKENS, int(tokenizer.model_max_length))


def _cut(query: str, tokenizer: Any) -> str:
    fits = len(tokenizer(query)["input_ids"]) < _most(tokenizer) // 2
    return "only_second" if fits else "longest_first"


def _pooling(folder: Path) -> str:
    found = _json(folder / POOLING) if (folder / POOLING).is_file() else {}
    return "cls" if found.get("pooling_mode_cls_token") else "mean"


def _prompts(folder: Path) -> dict[str, str]:
    found = _json(folder / PROMPTS).get("prompts") if (folder / PROMPTS).is_file() else None
    return {str(name): str(words) for name, words in found.items()} if isinstance(found, dict) else {}


def _fingerprint(folder: Path, *said: str) -> str:
    digest = hashlib.sha256("\0".join(said).encode())
    try:
        with (folder / WEIGHTS).open("rb") as file:
            while content := file.read(1 << 20):
                digest.update(content)
    except OSError as error:
        raise Misconfigured(f"{str(folder / WEIGHTS)!r} cannot be read ({error.strerror}): point to a folder with a model in safetensors") from error
    return digest.hexdigest()[:8]


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{str(path)!r} cannot be read: point to a folder with a model as transformers saves it") from error
    if not isinstance(found, dict):
        raise Misconfigured(f"{str(path)!r} is no model's configuration")
    return found
