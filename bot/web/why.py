"""Why: a ticket's history as it is read, what was said and what was decided in one line of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from enum import Enum

from desk.decision import Decision, Facts, Versions
from desk.ports import TicketView
from desk.timeline import Message


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: a message, or a decision with its reasons as sentences and its facts as words."""

    at: datetime
    message: Message | None = None
    decision: Decision | None = None
    sentences: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


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
    return Moment(decision.at, None, decision, told, _changed(decision.facts), _changed(decision.versions))


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
