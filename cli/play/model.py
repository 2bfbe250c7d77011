"""Model: a language model that replies from a script. It takes the place of the network alone, so that the SDK and all of ours run as ever."""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from cli.play.keys import LIST, TABLE, TEXT, keys, kind_of, times
from cli.play.prompt_cache import PromptCache
from cli.play.streams import FAULTS, events
from desk.errors import InvalidInput

REPLY = keys({}, when=TEXT, n=times, text=TEXT, json=TABLE, tool_use=LIST, error=kind_of(int, str, fix="write a status such as 529, or a word"))
USE = keys({"name": TEXT}, input=TABLE)
KINDS = ("text", "json", "tool_use", "error")
STATUSES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 413: "request_too_large",
            429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}  # fmt: skip
NOWHERE = "the script has no reply for this call"
CITE = re.compile(r"cite\(([^()]+)\)")
NUMBERED = re.compile(r"^\s*\[(\d+)\]")
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scripted:
    """One reply: when it is given, at which of the calls it fits, and what it is."""

    when: re.Pattern[str]
    n: int | None
    reply: Body

    def fits(self, body: Body, said: str) -> bool:
        """Tell whether it may be given to a call; JSON is for calls with a schema, text and tools for the others."""
        wants_json = "format" in (body.get("output_config") or {})
        return ("error" in self.reply or wants_json == ("json" in self.reply)) and bool(self.when.search(said))


def read_model(path: Path) -> tuple[Scripted, ...]:
    """Read and check a script; raise InvalidInput that names the reply which is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"model: {path.name!r} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"model: {path.name!r} is not TOML: {error}") from error
    if unknown := sorted(raw.keys() - {"reply"}):
        raise InvalidInput(f"model: there is no key {unknown[0]!r}; write [[reply]] tables")
    return tuple(scripted(n, row) for n, row in enumerate(raw.get("reply", []), 1))


def scripted(n: int, row: Body) -> Scripted:
    """Check the n-th reply of a script; raise InvalidInput that names it."""
    where = f"model: reply {n}"
    REPLY.check(row, where)
    if sum(kind in row for kind in KINDS) != 1:
        raise InvalidInput(f"{where}: write one of {', '.join(KINDS)}")
    for use in row.get("tool_use", ()):
        USE.check(use, f"{where}: tool_use")
    if isinstance(error := row.get("error"), str) and error not in FAULTS:
        raise InvalidInput(f"{where}: error = {error!r}: write a status such as 529, or one of {', '.join(sorted(FAULTS))}")
    try:
        return Scripted(re.compile(row.get("when", ""), re.IGNORECASE | re.DOTALL), row.get("n"), row)
    except re.error as error:
        raise InvalidInput(f"{where}: when = {row['when']!r} is not a regular expression: {error}") from error


class ScriptedTransport(httpx2.AsyncBaseTransport):
    """Answers the Messages API from a script. `down` says whether it is out of order; `counts` outlive the process where they are kept."""

    def __init__(
        self,
        replies: tuple[Scripted, ...],
        *,
        down: Callable[[], bool] = lambda: False,
        counts: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._replies = replies
        self._down = down
        self._kept = counts
        self._counts: dict[str, int] = json.loads(counts.read_text()) if counts and counts.exists() else {}
        self._cache = PromptCache()
        self._now = now
        self.bodies: list[Body] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        if request.url.path.endswith("/models"):
            return httpx2.Response(200, json={"data": [], "has_more": False, "first_id": None, "last_id": None})
        body: Body = json.loads(await request.aread())
        self.bodies.append(body)
        if self._down():
            return _refused(529)
        reply = self._chosen(body)
        error = reply.get("error")
        if isinstance(error, int):
            return _refused(error, detail=reply.get("text", ""))
        count = self._cache.count(body, at=self._now())
        usage = {"input_tokens": count.plain, "cache_creation_input_tokens": count.written, "cache_read_input_tokens": count.read, "output_tokens": 1}
        chunks = FAULTS[error](usage) if error else events(reply, usage)
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=_Stream(chunks))

    def _chosen(self, body: Body) -> Body:
        """Return the reply that fits: the first whose words are there and whose turn it is."""
        said = last_user_text(body)
        fitting = [(str(place), scripted) for place, scripted in enumerate(self._replies) if scripted.fits(body, said)]
        for place, _ in fitting:
            self._counts[place] = self._counts.get(place, 0) + 1
        if self._kept:
            self._kept.write_text(json.dumps(self._counts))
        chosen = next((scripted for place, scripted in fitting if scripted.n in (None, self._counts[place])), None)
        reply: Body = _cited(chosen.reply, body) if chosen else {"error": 400, "text": NOWHERE}
        return reply


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    async def aclose(self) -> None:
        """Nothing is open."""


def last_user_text(body: Body) -> str:
    """Return all text of the last message that is not the model's own, answers of tools included."""
    message = next((m for m in reversed(body.get("messages", ())) if m["role"] == "user"), {"content": ""})
    return "\n".join(_texts(message["content"]))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    for block in content if isinstance(content, list) else ():
        yield block.get("text", "")
        yield from _texts(block.get("content"))


def _cited(value: Any, body: Body) -> Any:
    """Return a reply with the number of the evidence that says so in place of each `cite(text)`, as a model reads it off its prompt; 0 for none."""
    if isinstance(value, dict):
        return {name: _cited(item, body) for name, item in value.items()}
    if isinstance(value, list):
        return [_cited(item, body) for item in value]
    if not isinstance(value, str):
        return value
    alone = CITE.fullmatch(value)
    return _number(alone[1], body) if alone else CITE.sub(lambda found: str(_number(found[1], body)), value)


def _number(said: str, body: Body) -> int:
    for message in body.get("messages", ()):
        for piece in _pieces(message["content"]):
            # An action that was accepted has its number behind the words that may be said of it.
            if said in piece and (found := NUMBERED.search(piece) or re.search(rf"{re.escape(said)}[^\[\]]*\[(\d+)\]", piece)):
                return int(found[1])
    return 0


def _pieces(content: Any) -> Iterator[str]:
    """Yield what was shown, each piece of evidence with the number at its head."""
    for block in content if isinstance(content, list) else ():
        if block["type"] == "tool_result":
            yield from _pieces(block.get("content"))
        else:
            yield "\n".join([block.get("title", ""), *_texts([block])])


def _refused(status: int, detail: str = "") -> httpx2.Response:
    error = {"type": STATUSES.get(status, "api_error"), "message": detail or "as the script says"}
    headers = {"retry-after": "0.01", "x-should-retry": "false"}
    return httpx2.Response(status, headers=headers, json={"type": "error", "error": error})
