"""Checking a policy: every problem with its key path, the value that is wrong, and what to write instead."""

from __future__ import annotations

import difflib
import hashlib
import json
import string
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from desk import escalation_check, macros, oncall_check, routing_check, selfservice_check, sla_check
from desk.errors import InvalidInput
from desk.policy import PLACEHOLDERS, REQUIRED_PHRASES, Policy
from desk.policy_readers import ANNOTATED, SPECIAL
from desk.policy_values import NAME, NAMED, Wrong, below, expect

COMPUTED = frozenset({"version", "hashes"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a policy: where (`tickets.window`), what stands there, and what to write instead."""

    path: str
    value: object
    fix: str

    def __str__(self) -> str:
        return f"{self.path} = {self.value!r}: {self.fix}"


class PolicyError(InvalidInput):
    """A policy with problems; they are all in `problems`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def read_policy(raw: Mapping[str, Any]) -> Policy:
    """Turn a resolved policy (nested tables) into a Policy; raise PolicyError with every problem found."""
    problems: list[Problem] = []
    values = _table(Policy, raw, path="", problems=problems)
    problems.extend(_phrase_problems(raw.get("phrases", {})))
    problems.extend(_macro_problems(raw))
    problems.extend(_source_problems(raw.get("knowledge", {}).get("sources", []) if isinstance(raw.get("knowledge"), Mapping) else []))
    problems.extend(_action_problems(values))
    problems.extend(Problem(f"oncall.{path}", value, fix) for path, value, fix in oncall_check.problems(values.get("oncall")))
    problems.extend(
        Problem(f"routing.{at}", value, fix) for at, value, fix in routing_check.problems(values.get("routing"), values.get("calendars") or {})
    )
    problems.extend(Problem(*wrong) for wrong in (() if problems else escalation_check.problems(values)))
    problems.extend(Problem(*wrong) for wrong in sla_check.problems(values.get("sla"), values.get("calendars")))
    if problems:
        raise PolicyError(tuple(problems))
    hashes = {section: _digest(content) for section, content in raw.items()}
    return Policy(**values, version=_digest(raw), hashes=hashes)


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Lay policies over one another: tables merge key by key, everything else is replaced by the later layer."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            known = result.get(key)
            result[key] = merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return result


def _table(cls: type, raw: object, *, path: str, problems: list[Problem]) -> dict[str, Any]:
    """Read the fields of a dataclass from a table, noting unknown and missing keys."""
    if not isinstance(raw, Mapping):
        problems.append(Problem(path, raw, "write a table"))
        return {}
    hints = get_type_hints(cls, include_extras=True)
    names = [f.name for f in fields(cls) if f.name not in COMPUTED]
    for key in raw.keys() - set(names):
        near = difflib.get_close_matches(key, names, n=1)
        problems.append(
            Problem(
                below(path, key), raw[key], f"there is no such key; {f'did you mean {near[0]!r}?' if near else 'known keys are ' + ', '.join(names)}"
            )
        )
    values: dict[str, Any] = {}
    optional = {f.name for f in fields(cls) if f.default is not MISSING or f.default_factory is not MISSING}
    for name in names:
        if name not in raw and name in optional:
            continue
        if name not in raw:
            problems.append(Problem(below(path, name), None, "this key is missing"))
            continue
        try:
            values[name] = _value(hints[name], raw[name], path=below(path, name), problems=problems)
        except (Wrong, InvalidInput) as error:
            problems.append(_problem(below(path, name), raw[name], error))
    return values


def _value(hint: Any, raw: object, *, path: str, problems: list[Problem]) -> Any:
    """Read one value of a declared type."""
    if hint in SPECIAL:
        return SPECIAL[hint](raw)
    if is_dataclass(hint) and isinstance(hint, type):
        return _nested(hint, raw, path=path, problems=problems)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing.Annotated:
        return ANNOTATED[arguments[1]](raw)
    if origin is tuple:
        return tuple(_each(arguments[0], list(enumerate(expect(list, raw, "write a list"))), path=path, problems=problems).values())
    if origin in (Union, types.UnionType):
        return _value(arguments[0], raw, path=path, problems=problems)
    return _each(arguments[1], list(expect(Mapping, raw, "write a table").items()), path=path, problems=problems)


def _each(hint: Any, items: list[tuple[Any, object]], *, path: str, problems: list[Problem]) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key, raw in items:
        try:
            result[key] = _value(hint, raw, path=below(path, str(key)), problems=problems)
        except (Wrong, InvalidInput) as error:
            problems.append(_problem(below(path, str(key)), raw, error))
    return result


def _nested(cls: type, raw: object, *, path: str, problems: list[Problem]) -> Any:
    before = len(problems)
    values = _table(cls, raw, path=path, problems=problems)
    return cls(**values) if len(problems) == before else None


def _problem(path: str, raw: object, error: Wrong | InvalidInput) -> Problem:
    if isinstance(error, InvalidInput):
        return Problem(path, raw, str(error).split(": ", 1)[-1])
    return Problem(f"{path}.{error.at}", error.value, str(error)) if error.at else Problem(path, raw, str(error))


def _source_problems(raw: object) -> list[Problem]:
    """Two sources of one name would take each other's articles away."""
    names = [str(source.get("name", "")) for source in raw if isinstance(source, Mapping)] if isinstance(raw, list) else []
    twice = sorted({name for name in names if name and names.count(name) > 1})
    return [Problem("knowledge.sources", name, "two sources have this name: give each its own") for name in twice]


def _action_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with an action beyond its types; one whose types are wrong was told of before."""
    actions = [action for action in values.get("actions") or () if action is not None]
    found = selfservice_check.problems(actions, macros=values.get("macros") or {})
    return [Problem(f"actions.{path}", value, fix) for path, value, fix in found]


def _phrase_problems(raw: object) -> list[Problem]:
    """Fixed sentences must exist in English and fill in only what the desk knows."""
    if not isinstance(raw, Mapping):
        return []
    spoken = {language: table for language, table in raw.items() if isinstance(table, Mapping)}
    missing = [Problem(f"phrases.en.{code}", None, "this sentence is missing") for code in sorted(REQUIRED_PHRASES - spoken.get("en", {}).keys())]
    return missing + [
        problem
        for language, table in spoken.items()
        for code, text in table.items()
        for problem in _placeholder_problems(f"phrases.{language}.{code}", text)
    ]


def _macro_problems(raw: Mapping[str, Any]) -> list[Problem]:
    """Macros have names that people can write, fill in only what the record has, and speak a language of the phrases."""
    table, phrases = raw.get("macros", {}), raw.get("phrases", {})
    if not isinstance(table, Mapping):
        return []
    misnamed = [Problem("macros", name, NAMED) for name in table if not NAME.fullmatch(name)]
    spoken = list(phrases) if isinstance(phrases, Mapping) else []
    return misnamed + [Problem(f"macros.{key}", value, fix) for key, value, fix in macros.mistakes(table, languages=spoken)]


def _placeholder_problems(path: str, text: object) -> list[Problem]:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(str(text)) if name is not None}
    except ValueError:
        return [Problem(path, text, "a brace stands alone; write {{ for a brace")]
    return [Problem(path, text, f"{{{name}}} is not known here; use {', '.join(sorted(PLACEHOLDERS))}") for name in sorted(names - PLACEHOLDERS)]


def _digest(content: object) -> str:
    return hashlib.blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=6).hexdigest()
