"""Banking77 as a FAQ: an entry an intent, with its name and ten of its questions; an answer is right when it quotes the entry of the intent."""

from __future__ import annotations

import csv
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.faq import Known

SOURCE = Path(__file__).parent.parent.parent / "shared" / "data" / "banking77" / "train.csv"
"""Its licence (CC-BY-4.0) lets us measure on it; nothing of it ships."""
EXAMPLES, HELD_OUT = 10, 8
"""Questions of each intent that its entry consists of, and that are asked."""
SEED = 1


def entries(folder: Path) -> list[Known]:
    """Write an article for each intent into a folder, and return the questions that are asked."""
    asked = []
    for intent, texts in _by_intent().items():
        order = np.random.default_rng(SEED).permutation(len(texts))
        drawn = [texts[n] for n in order[: EXAMPLES + HELD_OUT]]
        lines = "\n\n".join(drawn[:EXAMPLES])
        (folder / f"{intent}.md").write_text(f"---\nid: {intent}\ntitle: {intent.replace('_', ' ')}\n---\n{lines}\n", encoding="utf-8")
        asked += [Known(text, ((intent, ""),)) for text in drawn[EXAMPLES:]]
    return asked


def made() -> tuple[Path, Sequence[Known]]:
    """Return a folder of entries that lives as long as the program, and the questions that are asked; none where the data is absent."""
    folder = Path(tempfile.mkdtemp(prefix="bank-faq-"))
    return folder, entries(folder) if SOURCE.exists() else []


def _by_intent() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    with SOURCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["category"].lower().replace("?", "")].append(" ".join(row["text"].split()))
    return dict(sorted(found.items()))
