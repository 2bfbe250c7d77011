"""Why: a ticket's history as it is read, what was said and what was decided in one line of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from enum import Enum

from desk.decision import Decision, Versions
from desk.facts import Facts
from desk.ports import TicketView
from desk.timeline import Message
from desk.usage import ModelCall


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: a message, or a decision with its reasons as sentences, its facts as words, and what its calls of a model took."""

    at: datetime
    message: Message | None = None
    decision: Decision | None = None
    sentences: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    took: str = ""


def history(view: TicketView) -> Sequence[Moment]:
    """Return a ticket's messages and decisions in order; of one instant, people's words come first and the bot's last."""
    said = [Moment(message.at, message=message) for message in view.timeline]
    return sorted([*said, *(_decided(decision, view.sentences or {}) for decision in view.decisions)], key=_rank)


def _rank(moment: Moment) -> tuple[datetime, int]:
    if moment.message is None:
        return moment.at, 1
    return moment.at, 2 if moment.message.author is None else 0


def _decided(decision: Decision, sentences: Mapping[str, tuple[str, ...]]) -> Moment:
    told = sentences.get(decision.id) or tuple(reason.code.replace("_", " ") for reason in decision.reasons)
    return Moment(decision.at, None, decision, told, _changed(decision.facts), _changed(decision.versions), _took(decision.calls))


def _took(calls: Sequence[ModelCall]) -> str:
    """Return what calls took together, "" for none."""
    if not calls:
        return ""
    failed = sum(call.outcome != "ok" for call in calls)
    count = f"{len(calls)} call{'s' * (len(calls) > 1)} of the language model" + (f", {failed} failed" if failed else "")
    return f"{count}: USD {sum(call.price for call in calls):.4f}, {sum(call.seconds for call in calls):.1f} s"


def _changed(of: Facts | Versions) -> tuple[tuple[str, str], ...]:
    """Return the fields that say something, as words: those that differ from their default."""
    defaults = {field.name: field.default if field.default is not MISSING else None for field in fields(of)}
    values = {name: getattr(of, name) for name in defaults}
    return tuple((name.replace("_", " "), _word(value)) for name, value in values.items() if value not in (defaults[name], (), frozenset()))


def _word(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return value.name.lower().replace("_", " ")
        case float():
            return f"{value:.2f}"
        case tuple() | frozenset():
            return ", ".join(sorted(map(str, value)) if isinstance(value, frozenset) else map(str, value))
        case _:
            return str(value)
