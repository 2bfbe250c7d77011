"""Output: what commands print, and how a line from standard input becomes one JSON value."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from desk.errors import FrontdeskError, InvalidInput


def print_json(value: object) -> None:
    """Print one JSON value on one line."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def print_value(value: object, *, as_json: bool, text: Callable[[Any], str]) -> None:
    """Print a value as JSON, or as `text` puts it for people."""
    if as_json:
        print_json(value)
    else:
        print(text(value), flush=True)


def say(sentence: str) -> None:
    """Tell the person at the terminal something that is not the result: standard output stays clean."""
    print(sentence, file=sys.stderr, flush=True)


async def answer_all(argument: str, answer: Callable[[str], Awaitable[object]], *, as_json: bool, text: Callable[[Any], str]) -> None:
    """Answer one argument, or with `-` each line of standard input: in order, a JSON value a line, a bad one as `{"error": ...}`."""
    if argument != "-":
        print_value(await answer(argument), as_json=as_json, text=text)
        return
    for raw in sys.stdin.buffer:
        try:
            print_json(await answer(_line(raw)))
        except FrontdeskError as error:
            print_json({"error": str(error)})


def read_item(line: str, known: frozenset[str]) -> dict[str, Any]:
    """Read a line that is text, or a JSON object with `text` and other `known` keys; raise InvalidInput when it is neither."""
    if not line.lstrip().startswith("{"):
        return {"text": line}
    try:
        item = json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"this line is not JSON ({error}): write plain text or one JSON object") from error
    if not isinstance(item.get("text"), str):
        raise InvalidInput('this object has no text: write {"text": "..."}')
    if unknown := sorted(item.keys() - known):
        raise InvalidInput(f"there is no key {unknown[0]!r} here: known keys are {', '.join(sorted(known))}")
    if wrong := next((key for key in sorted(item) if not isinstance(item[key], str | None)), ""):
        raise InvalidInput(f"{wrong} = {item[wrong]!r}: write text in quotes")
    return dict(item)


def _line(raw: bytes) -> str:
    try:
        line = raw.decode().strip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"this line is not UTF-8: {error.reason} at byte {error.start}") from error
    if not line.strip():
        raise InvalidInput("this line is empty")
    return line
