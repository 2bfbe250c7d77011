"""What a model says of a message: the schema of its reply, and the reading of it, which believes nothing that it cannot check."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from agent.examples import HARD_SIGNALS, NONE
from agent.signals import plain
from desk.triage import Sentiment

T_co = TypeVar("T_co", covariant=True)

TRENDS = ("worse", "same", "better")
URGENCIES = ("deadline", "blocked", "outage", "money", "many_users")
UNKNOWN = "unknown"
LONGEST = 20_000
"""Characters of a reply that are read: a whole one has about a thousand."""
MOST_MISSING, MISSING_LETTERS = 3, 60
SHORTEST_QUOTE = 3
"""Letters of the shortest quote that says anything."""
CODE = re.compile(r"[a-z]{2}")
WORD = re.compile(r"[^\W_]+")
ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")
MARKUP = re.compile(r"[^\w\s'’/,()?-]|_")


@dataclass(frozen=True, slots=True)
class Said(Generic[T_co]):
    """A value with the confidence that the model states, 0 to 1."""

    value: T_co
    confidence: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What a model may choose from: the categories in use, and the entries of the customer record that a message may ask for."""

    categories: tuple[str, ...]
    intents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model said, as far as it can be used; None for a field that was missing, malformed or not on its list.

    `signals` and `urgency` are codes whose quotes stand in the text.
    """

    request: Said[bool] | None = None
    category: Said[str] | None = None
    also: tuple[Said[str], ...] = ()
    out_of_scope: Said[bool] | None = None
    intent: Said[str] | None = None
    sentiment: Said[Sentiment] | None = None
    trend: Said[str] | None = None
    language: Said[str] | None = None
    signals: tuple[Said[str], ...] = ()
    urgency: tuple[Said[str], ...] = ()
    missing: Said[tuple[str, ...]] | None = None


def schema(terms: Terms) -> Mapping[str, Any]:
    """Return the JSON Schema of the reply; it holds no bounds, because the API knows none."""
    fields = {
        "request": _said({"type": "boolean"}),
        "category": _said(_one_of((*terms.categories, NONE))),
        "also": _list(_said(_one_of(terms.categories or (NONE,)))),
        "out_of_scope": _said({"type": "boolean"}),
        "intent": _said(_one_of((*terms.intents, NONE))),
        "sentiment": _said(_one_of(tuple(Sentiment))),
        "trend": _said(_one_of((*TRENDS, UNKNOWN))),
        "language": _said({"type": "string"}),
        "signals": _list(_said(_one_of(HARD_SIGNALS), quote={"type": "string"})),
        "urgency": _list(_said(_one_of(URGENCIES), quote={"type": "string"})),
        "missing": _said(_list({"type": "string"})),
    }
    return _object(fields)


def read(reply: str, terms: Terms, *, text: str) -> Opinion | None:
    """Return what a reply says of `text`, None when it is no JSON object."""
    table = _table(reply)
    if table is None:
        return None
    return Opinion(
        request=_flag(table.get("request")),
        category=_choice(table.get("category"), terms.categories),
        also=_choices(table.get("also"), terms.categories),
        out_of_scope=_flag(table.get("out_of_scope")),
        intent=_choice(table.get("intent"), (*terms.intents, NONE)),
        sentiment=_sentiment(table.get("sentiment")),
        trend=_choice(table.get("trend"), TRENDS),
        language=_language(table.get("language")),
        signals=_choices(table.get("signals"), HARD_SIGNALS, within=text),
        urgency=_choices(table.get("urgency"), URGENCIES, within=text),
        missing=_missing(table.get("missing")),
    )


def stands(quote: str, text: str) -> bool:
    """Tell whether words occur in a text in this order and side by side; case, accents and signs between them do not count."""
    words, said = _words(quote), _words(text)
    if sum(map(len, words)) < SHORTEST_QUOTE:
        return False
    return any(said[at : at + len(words)] == words for at in range(len(said) - len(words) + 1))


def _said(value: Mapping[str, Any], **more: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object({**more, "value": value, "confidence": {"type": "number"}})


def _object(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "items": item}


def _one_of(values: Sequence[str]) -> Mapping[str, Any]:
    return {"type": "string", "enum": [str(value) for value in values]}


def _table(reply: str) -> Mapping[str, Any] | None:
    """Return the object in a reply; gateways that know no schema put a fence around it."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        found = json.loads(reply[start : end + 1]) if 0 <= start < end and len(reply) <= LONGEST else None
    # A reply may be nested as deep as it likes.
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _confidence(raw: Mapping[str, Any]) -> float | None:
    """Return a confidence between 0 and 1, None for what is no number."""
    number = raw.get("confidence")
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number:  # noqa: PLR0124  NaN alone differs from itself.
        return None
    return float(max(0, min(1, number)))


def _pair(raw: object) -> tuple[object, float] | None:
    """Return a value and its confidence, None when either is missing."""
    if not isinstance(raw, dict) or "value" not in raw or (confidence := _confidence(raw)) is None:
        return None
    return raw["value"], confidence


def _flag(raw: object) -> Said[bool] | None:
    pair = _pair(raw)
    return Said(pair[0], pair[1]) if pair and isinstance(pair[0], bool) else None


def _choice(raw: object, among: Sequence[str]) -> Said[str] | None:
    pair = _pair(raw)
    return Said(pair[0], pair[1]) if pair and isinstance(pair[0], str) and pair[0] in among else None


def _choices(raw: object, among: Sequence[str], *, within: str | None = None) -> tuple[Said[str], ...]:
    """Return the values of a list that are known, each once; with `within`, those whose quote stands there."""
    found: dict[str, Said[str]] = {}
    for item in raw[: 4 * len(among)] if isinstance(raw, list) else ():
        said = _choice(item, among)
        if said and said.value not in found and (within is None or _is_quoted(item, within)):
            found[said.value] = said
    return tuple(found.values())


def _is_quoted(item: Mapping[str, Any], text: str) -> bool:
    quote = item.get("quote")
    return isinstance(quote, str) and stands(quote, text)


def _sentiment(raw: object) -> Said[Sentiment] | None:
    said = _choice(raw, tuple(Sentiment))
    return Said(Sentiment(said.value), said.confidence) if said else None


def _language(raw: object) -> Said[str] | None:
    pair = _pair(raw)
    return Said(pair[0], pair[1]) if pair and isinstance(pair[0], str) and CODE.fullmatch(pair[0]) else None


def _missing(raw: object) -> Said[tuple[str, ...]] | None:
    pair = _pair(raw)
    if not pair or not isinstance(pair[0], list):
        return None
    named = [_harmless(item) for item in pair[0] if isinstance(item, str)]
    return Said(tuple(dict.fromkeys(filter(None, named)))[:MOST_MISSING], pair[1])


def _harmless(words: str) -> str:
    """Return a few words without addresses, mentions and markup; the team reads them, and a customer's text may have put them there."""
    bare = MARKUP.sub(" ", ADDRESS.sub(" ", words[: 4 * MISSING_LETTERS]))
    return " ".join(bare.split())[:MISSING_LETTERS].strip()


def _words(text: str) -> list[str]:
    return WORD.findall(plain(text))
