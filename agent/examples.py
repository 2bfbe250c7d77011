"""Examples: the labelled sentences that the local heads learn from, kept as JSON Lines beside this module."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from desk.errors import Misconfigured
from desk.triage import CATEGORIES, Sentiment, Signal

FOLDER = Path(__file__).parent / "examples"
HARD_SIGNALS = (Signal.ASKS_HUMAN, Signal.SECURITY, Signal.DATA_LOSS, Signal.LEGAL, Signal.SAFETY)
"""The signals that have a head; the other two are recognized by their form."""
YES, NO, NONE = "yes", "no", "none"
IN_SCOPE, OUT_OF_SCOPE = "in", "out"
DISPLEASED = frozenset({Sentiment.FURIOUS, Sentiment.UNHAPPY})


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence and its label."""

    text: str
    label: str


Lessons = Mapping[str, tuple[Example, ...]]
"""What each head is taught, by the head's name."""


def lessons(folder: Path = FOLDER) -> Lessons:
    """Read the examples and lay out what each head is taught; raise Misconfigured for a line that is no example."""
    rows = {path.stem: rows_of(path) for path in sorted(folder.glob("*.jsonl"))}
    texts = {name: _texts(found) for name, found in rows.items()}
    categories = _joined(texts[category.replace(" ", "_")] for category in CATEGORIES)
    chat = (*texts["not_a_request"], *_texts(_of_kind(rows["questions"], "chat")))
    asked = _texts([row for row in rows["questions"] if row["kind"] in ("howto", "fact")])
    queries = tuple(row["text"] for row in rows["questions"] if row["kind"] != "chat")
    hard = _joined(texts[signal.value] for signal in HARD_SIGNALS)
    harmless = _joined(texts[f"{signal.value}_not"] for signal in HARD_SIGNALS)
    record = texts["record_intents"]
    angry = tuple(row["text"] for row in rows["sentiment"] if row["sentiment"] in DISPLEASED)
    # Fragments ("seats??") tell what a request looks like and little of what it is about, so only that head learns from them.
    taught = {
        "category": tuple(Example(text, category) for category in CATEGORIES for text in texts[category.replace(" ", "_")]),
        "request": _labelled((*categories, *queries, *texts["terse"], *hard, *record, *angry, *texts["out_of_scope"]), YES) + _labelled(chat, NO),
        "scope": _labelled(texts["out_of_scope"], OUT_OF_SCOPE) + _labelled((*categories, *queries, *record, *harmless, *hard), IN_SCOPE),
        "intent": _told(rows["record_intents"], "intent") + _labelled(_apart(categories, record), NONE),
        "sentiment": _told(rows["sentiment"], "sentiment")
        + _labelled((*queries, *categories[::2], *_apart(chat, _texts(rows["sentiment"]))), Sentiment.NEUTRAL.value),
        "impact": _told(rows["impact"], "impact") + _labelled((*asked, *texts["feature_request"], *texts["onboarding"], *chat[::2]), NONE),
    }
    strange = (*harmless, *queries, *chat, *categories, *record)
    return MappingProxyType({**taught, **{signal.value: _signal(texts[signal.value], strange) for signal in HARD_SIGNALS}})


def fingerprint(taught: Lessons) -> str:
    """Return what changes when any example or label does."""
    lines = (f"{name}\x1f{example.label}\x1f{example.text}" for name in sorted(taught) for example in taught[name])
    return hashlib.blake2b("\x1e".join(lines).encode(), digest_size=8).hexdigest()


def rows_of(path: Path) -> Sequence[Mapping[str, str]]:
    """Read one file of examples, a mapping a line; raise Misconfigured for a line that is none."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            rows.append(_row(line, f"{path.name}:{number}"))
    return rows


def _row(line: str, where: str) -> Mapping[str, str]:
    try:
        row: Mapping[str, str] = json.loads(line)
    except ValueError as error:
        raise Misconfigured(f'{where} is no JSON: write one example a line, such as {{"text": "..."}}') from error
    if not isinstance(row, dict) or not row.get("text"):
        raise Misconfigured(f'{where} has no "text": write one example a line, such as {{"text": "..."}}')
    return row


def _of_kind(rows: Sequence[Mapping[str, str]], kind: str) -> list[Mapping[str, str]]:
    return [row for row in rows if row["kind"] == kind]


def _texts(rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(row["text"] for row in rows)


def _joined(texts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(text for found in texts for text in found)


def _told(rows: Sequence[Mapping[str, str]], label: str) -> tuple[Example, ...]:
    return tuple(Example(row["text"], row[label]) for row in rows)


def _labelled(texts: Sequence[str], label: str) -> tuple[Example, ...]:
    return tuple(Example(text, label) for text in texts)


def _signal(positive: tuple[str, ...], strange: Sequence[str]) -> tuple[Example, ...]:
    return _labelled(positive, YES) + _labelled([text for text in strange if text not in positive], NO)


def _apart(texts: Sequence[str], taken: Sequence[str]) -> tuple[str, ...]:
    """Return every third category example as a stranger to the record intents; billing ones may be about the record after all."""
    return tuple(text for text in texts[1::3] if text not in taken and "charged" not in text)
