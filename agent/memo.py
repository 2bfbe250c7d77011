"""Memo: embeddings of recent texts, so that a message is embedded once however often it is asked about."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desk.library import Embedder

KEPT = 512
WORDS = 200
"""Words that are embedded; the model reads no further anyway, and a pasted log must stay cheap."""
CHARACTERS = 2000


class Memo:
    """An embedder that remembers its last texts and takes in only the beginning of a long one."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self.id = embedder.id

    async def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text; what is not remembered is embedded in one call."""
        short = [opening(text) for text in texts]
        # Taken out before anything is waited for: others may push it out of memory meanwhile.
        known = {text: self._kept[text] for text in short if text in self._kept}
        missing = [text for text in dict.fromkeys(short) if text not in known]
        fresh = dict(zip(missing, np.asarray(await self._embedder.embed(missing), dtype=np.float32), strict=True)) if missing else {}
        known |= fresh
        rows = np.stack([known[text] for text in short])
        for text in short:
            self._kept[text] = known[text]
            self._kept.move_to_end(text)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return rows


def opening(text: str) -> str:
    """Return the first words of a text, in few enough characters."""
    return " ".join(text[: CHARACTERS * 4].split(maxsplit=WORDS)[:WORDS])[:CHARACTERS]
