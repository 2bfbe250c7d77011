"""Server: a model behind the real SDK that behaves by a rule, and keeps every call that was made of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from benchmarks.agent_script import Body, Reply, purpose_of
from benchmarks.agent_tickets import Turn
from cli.play.prompt_cache import CHARACTERS, PromptCache
from cli.play.streams import events

Rule = Callable[[Body, Turn], Reply]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the turn it was made in, what for, its body, the tokens of the reply, and when, in seconds since the turn began."""

    turn: Turn
    purpose: str
    body: Body
    output: int
    after: float


class RuledServer(httpx2.AsyncBaseTransport):
    """Takes the place of the network for one side. `now` gives seconds; `turn` is the one whose answer is being worked out."""

    def __init__(self, rule: Rule, now: Callable[[], float]) -> None:
        self._rule = rule
        self._now = now
        self._cache = PromptCache()
        self._ids = itertools.count()
        self._began = 0.0
        self._turn: Turn | None = None
        self.calls: list[Call] = []

    def begin(self, turn: Turn) -> None:
        """Let what follows be said in a turn."""
        self._turn, self._began = turn, self._now()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request of the Messages API, as a stream or as one message."""
        body: Body = json.loads(await request.aread())
        assert self._turn is not None, "nothing was said yet"
        reply = self._named(self._rule(body, self._turn))
        output = written(reply)
        self.calls.append(Call(self._turn, purpose_of(body), body, output, self._now() - self._began))
        count = self._cache.count(body, at=self._now())
        usage = {"input_tokens": count.plain, "cache_creation_input_tokens": count.written, "cache_read_input_tokens": count.read}
        if body.get("stream"):
            chunks = b"".join(events(reply, {**usage, "output_tokens": 1}))
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=chunks)
        return httpx2.Response(200, json=_message(reply, {**usage, "output_tokens": output}, model=body["model"]))

    def _named(self, reply: Reply) -> Reply:
        """Give each call of a tool an id of its own."""
        uses = [{**use, "id": f"toolu_{next(self._ids)}"} for use in reply.get("tool_use", ())]
        return {**reply, "tool_use": uses} if uses else reply


def written(reply: Reply) -> int:
    """Return the tokens of a reply, four characters each."""
    uses = [use["name"] + json.dumps(use["input"], ensure_ascii=False) for use in reply.get("tool_use", ())]
    rest = json.dumps(reply["json"], ensure_ascii=False) if "json" in reply else reply.get("text", "")
    return len("".join([rest, *uses])) // CHARACTERS


def _message(reply: Reply, usage: Mapping[str, int], *, model: str) -> Mapping[str, Any]:
    """Return a reply as the API sends it at once."""
    uses = [{"type": "tool_use", **use} for use in reply.get("tool_use", ())]
    content = uses or [{"type": "text", "text": reply["text"]}]
    why = "tool_use" if uses else "end_turn"
    fixed = {"id": "msg_ruled", "type": "message", "role": "assistant", "model": model, "stop_sequence": None}
    return {**fixed, "content": content, "stop_reason": why, "usage": usage}
