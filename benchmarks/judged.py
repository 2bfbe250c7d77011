"""Judged: messages whose right classification is known, and what a model said of them, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.examples import FOLDER, HARD_SIGNALS, IN_SCOPE, YES, lessons, rows_of
from agent.labelled import Table
from agent.triage_examples import LONGEST, Groups, spread
from agent.triage_schema import Opinion
from desk.triage import CATEGORIES

ROOT = Path(__file__).parents[1]
Verdict = tuple[float, bool]
"""A stated confidence, and whether the value was right."""


@dataclass(frozen=True, slots=True)
class Known:
    """A message, what its author wrote before, and the right value of each field that is known.

    `signals` are known each by itself, because what threatens a court may well tell of lost data too; `urgency` is known whole.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    signals: Mapping[str, bool] = field(default_factory=dict)
    urgency: frozenset[str] | None = None
    before: tuple[str, ...] = ()


def known(*, shown: Groups, own: Table | None, rows: int) -> Sequence[Known]:
    """Return so many messages of each kind, evenly out of what ships and the customer's own `own`; what the prompt shows is left out."""
    seen = {text for texts in shown.values() for text in texts}
    about = [_own(own)] if own else [_categories(), _tickets()]
    kinds = [*about, _requests(), _moods(), _intents(), _scope(), _signals(), _pressing(), _trends()]
    fresh = [[one for one in kind if " ".join(one.text.split())[:LONGEST] not in seen] for kind in kinds]
    return [one for kind in fresh for one in picked(kind, rows)]


def picked(found: Sequence[Known], count: int) -> Sequence[Known]:
    """Return so many, evenly from the first to the last."""
    return [found[int(place)] for place in spread([str(n) for n in range(len(found))], count)]


def verdicts(one: Known, said: Opinion) -> Iterable[tuple[str, Verdict]]:
    """Return for each field that is known and was said how sure the model was and whether it was right."""
    for name, right in one.values.items():
        told = getattr(said, name)
        if told is not None:
            yield name, (told.confidence, told.value == right)
    for item in said.signals:
        if item.value in one.signals:
            yield "signals", (item.confidence, one.signals[item.value])
    if one.urgency is not None:
        yield from (("urgency", (item.confidence, item.value in one.urgency)) for item in said.urgency)


def _categories() -> list[Known]:
    return [Known(row.text, {"category": row.label, "request": True}) for row in lessons()["category"]]


def _own(table: Table) -> list[Known]:
    return [Known(row.message, {"category": row.category, "request": True}) for row in table.rows]


def _tickets() -> list[Known]:
    """Return what customers of the demo company began their tickets with."""
    rows = [(row, row["category"].replace("_", " ")) for row in _lines("demo/tickets.jsonl")]
    return [Known(f"{row['subject']}\n{row['messages'][0]['text']}", {"category": category}) for row, category in rows if category in CATEGORIES]


def _requests() -> list[Known]:
    return [Known(row.text, {"request": row.label == YES}) for row in lessons()["request"]]


def _moods() -> list[Known]:
    return [Known(row["text"], {"sentiment": row["sentiment"]}) for row in rows_of(FOLDER / "sentiment.jsonl")]


def _intents() -> list[Known]:
    return [Known(row["text"], {"intent": row["intent"]}) for row in rows_of(FOLDER / "record_intents.jsonl")]


def _scope() -> list[Known]:
    return [Known(row.text, {"out_of_scope": row.label != IN_SCOPE}) for row in lessons()["scope"]]


def _signals() -> list[Known]:
    files = [(str(signal), heard) for signal in HARD_SIGNALS for heard in (True, False)]
    return [Known(row["text"], signals={name: heard}) for name, heard in files for row in rows_of(FOLDER / f"{name}{'' if heard else '_not'}.jsonl")]


def _pressing() -> list[Known]:
    rows = _lines("benchmarks/messages/pressing.jsonl")
    return [Known(row["text"], {"language": row["language"], "request": True}, urgency=frozenset(row["urgency"])) for row in rows]


def _trends() -> list[Known]:
    return [Known(row["text"], {"trend": row["trend"]}, before=tuple(row["before"])) for row in _lines("benchmarks/messages/trends.jsonl")]


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
