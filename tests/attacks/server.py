"""A server that speaks the Messages API, behind which the worst model imaginable sits: it does whatever anything in its prompt asks for."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.wire.tap import said

Use = tuple[str, dict[str, Any]]
"""A call of a tool: its name and its input."""


@dataclass
class Prompt:
    """One request as the model reads it, and the how manieth of its turn it is."""

    body: dict[str, Any]

    @property
    def n(self) -> int:
        """Return how often the model has spoken in this turn."""
        return sum(message["role"] == "assistant" for message in self.body["messages"])

    @property
    def text(self) -> str:
        """Return everything that others wrote, or tools answered, as one text."""
        return "\n".join(_read(message["content"]) for message in self.body["messages"] if message["role"] == "user")

    @property
    def tools(self) -> list[str]:
        """Return the tools that are offered."""
        return [tool["name"] for tool in self.body.get("tools", [])]


@dataclass
class WorstModel:
    """The model. `behave` says what it does on a prompt; `bodies` are the requests since they were last looked at."""

    behave: Callable[[Prompt], Sequence[Use]] = lambda _: ()
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    _numbers: int = 0

    def reply(self, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the events of a reply."""
        self.bodies.append(body)
        self._numbers += 1
        message = {"id": f"msg_{self._numbers}", "type": "message", "role": "assistant", "model": body["model"], "content": [], "stop_reason": None}
        usage = {"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}
        yield "message_start", {"message": {**message, "stop_sequence": None, "usage": usage}}
        for index, (name, given) in enumerate(self.behave(Prompt(body))):
            use = {"type": "tool_use", "id": f"toolu_{self._numbers}_{index}", "name": name, "input": {}}
            yield "content_block_start", {"index": index, "content_block": use}
            yield "content_block_delta", {"index": index, "delta": {"type": "input_json_delta", "partial_json": json.dumps(given)}}
            yield "content_block_stop", {"index": index}
        yield "message_delta", {"delta": {"stop_reason": "tool_use", "stop_sequence": None}, "usage": {"output_tokens": 5}}
        yield "message_stop", {}


@asynccontextmanager
async def serving(model: WorstModel) -> AsyncIterator[WorstModel]:
    """Serve a model on loopback; `model.url` is where."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
                body = json.loads(await reader.readexactly(length))
                events = "".join(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n" for kind, data in model.reply(body)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(events) + events)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    model.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield model
    finally:
        server.close()


def _read(content: Any) -> str:
    if isinstance(content, str):
        return content
    flat = [inner for block in content for inner in (block["content"] if block["type"] == "tool_result" else [block])]
    return said([block for block in flat if block["type"] in ("text", "search_result")])
