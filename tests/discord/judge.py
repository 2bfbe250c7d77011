"""Judge: what is sent to Discord's REST API, and what our own Discord answers, held against Discord's own description of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from cli.play.discord.api import EVERYWHERE, Api, Exchange

SPEC = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "specs" / "discord-openapi.json"
NAME = "urn:discord"
JSON = "application/json"
ANSWERED = 40060
"""What Discord says of an answer to a press that was answered already."""
MALFORMED = frozenset({50006, 50035, 50109, 10062, ANSWERED})
"""Refusals that nobody provokes in a story: what was sent was wrong, or came too late or twice."""
needs_spec = pytest.mark.skipif(not SPEC.exists(), reason="needs ../shared/contracts/specs/discord-openapi.json")


@dataclass
class Judge:
    """Hears every exchange. `requests` are the complaints of what was sent and taken, `answers` of what was answered, by route.

    Where presses are `told_again`, which Discord itself never does, each is answered again, and that is no fault.
    """

    told_again: bool = False
    requests: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What was sent wrongly, too late or twice."""
    routes: set[str] = field(default_factory=set)

    def __call__(self, exchange: Exchange) -> None:
        """Judge one exchange. What is refused anyway needs no second opinion."""
        if exchange.status >= 400 or not SPEC.exists():
            code = exchange.answer.get("code") if isinstance(exchange.answer, dict) else None
            self.refused += (
                [f"{exchange.method} {exchange.path}: {exchange.answer}"] if code in MALFORMED - ({ANSWERED} if self.told_again else set()) else []
            )
            return
        route = _route(exchange.method.lower(), exchange.path)
        if route is None:
            self.requests.append(f"{exchange.method} {exchange.path} is no route")
            return
        self.routes.add(f"{exchange.method} {route}")
        self.requests += _complaints(exchange.method.lower(), route, "request", exchange.given)
        self.answers += _complaints(exchange.method.lower(), route, str(exchange.status), exchange.answer)


@contextmanager
def judged(api: Api | None = None, *, told_again: bool = False) -> Iterator[Judge]:
    """Judge what is exchanged meanwhile, by an API or by every one that begins; in the end nothing that was sent or answered may be wrong."""
    judge, observers = Judge(told_again), api.observers if api else EVERYWHERE
    observers.append(judge)
    try:
        yield judge
    finally:
        observers.remove(judge)
    assert not judge.refused, judge.refused[:9]
    assert not judge.requests, judge.requests[:9]
    assert not judge.answers, judge.answers[:9]


def sent_wrong(route: str, body: Any, method: str = "post") -> list[str]:
    """Return what is wrong with a body that is sent to a route."""
    return _complaints(method, route, "request", body)


def _complaints(method: str, route: str, part: str, body: Any) -> list[str]:
    validator = _validator(method, route, part)
    if validator is None or body is None:
        return []
    return [f"{method} {route} {part} {each.json_path}: {each.message[:200]}" for each in validator.iter_errors(body)]


@cache
def _spec() -> dict[str, Any]:
    return dict(json.loads(SPEC.read_text(encoding="utf-8")))


@cache
def _routes() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(_spec()["paths"], key=lambda path: path.count("{"))
    return [(re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path) for path in paths]


def _route(method: str, path: str) -> str | None:
    return next((route for pattern, route in _routes() if pattern.match(path) and method in _spec()["paths"][route]), None)


@cache
def _registry() -> Registry:
    return Registry().with_resource(NAME, Resource(contents=_spec(), specification=DRAFT202012))


@cache
def _validator(method: str, route: str, part: str) -> jsonschema.Draft202012Validator | None:
    operation = _spec()["paths"][route][method]
    found = operation.get("requestBody", {}) if part == "request" else operation["responses"].get(part, {})
    schema = found.get("content", {}).get(JSON, {}).get("schema")
    return None if schema is None else jsonschema.Draft202012Validator(_absolute(schema), registry=_registry())


def _absolute(schema: Any) -> Any:
    """Return a schema whose references name the document they are of."""
    if isinstance(schema, list):
        return [_absolute(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    own = {word: _absolute(value) for word, value in schema.items() if word != "$ref"}
    return own | ({"$ref": NAME + schema["$ref"]} if "$ref" in schema else {})
