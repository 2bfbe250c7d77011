"""Tap: the network between the desk and the model, which notes every request and holds it against what the API refuses and mocks let pass."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import httpx2

MOST_MARKS = 4
NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
Body = Any


class Tap(httpx2.AsyncBaseTransport):
    """The network, with the bodies of all requests in the order they were sent. `meanwhile` happens before the nth of them arrives."""

    def __init__(self) -> None:
        self._network = httpx2.AsyncHTTPTransport(verify=False)
        self.bodies: list[Body] = []
        self.meanwhile: dict[int, Callable[[], None]] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(await request.aread())
        self.meanwhile.get(len(self.bodies), lambda: None)()
        self.bodies.append(body)
        return await self._network.handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()

    @property
    def models(self) -> list[str]:
        """Return which models were asked, in order."""
        return [body["model"] for body in self.bodies]

    @property
    def tools(self) -> list[str]:
        """Return the tools that the latest request offers."""
        return [tool["name"] for tool in self.bodies[-1]["tools"]]

    def prompt(self, n: int = 0) -> str:
        """Return the first message of a request as one text."""
        return said(self.bodies[n]["messages"][0]["content"])

    def told(self, n: int = -1) -> list[str]:
        """Return what tools answered in the last message of a request, each as one text."""
        return [said(block["content"]) for block in self.bodies[n]["messages"][-1]["content"] if block["type"] == "tool_result"]

    def seen(self, n: int = -1) -> str:
        """Return all words of a request's messages, what tools answered included."""
        return "\n".join(said(message["content"]) for message in self.bodies[n]["messages"])

    def everything(self) -> str:
        """Return all that ever left for the model, as one text."""
        return "\n".join(json.dumps(body, ensure_ascii=False) for body in self.bodies)


def said(content: Any) -> str:
    """Return the words of a message's or a tool's content: texts, and the titles and texts of search results."""
    if isinstance(content, str):
        return content
    return "\n".join(block.get("text") or f"{block.get('title', '')}\n{said(block.get('content', []))}" for block in content)


def problems(body: Body) -> Iterator[str]:
    """Yield what the Messages API would refuse in a request."""
    messages = body["messages"]
    marks = sum("cache_control" in block for block in blocks(body))
    if marks > MOST_MARKS:
        yield f"{marks} cache marks"
    if messages[0]["role"] != "user" or any(one["role"] == other["role"] for one, other in pairwise(messages)):
        yield "roles do not take turns"
    for before, after in pairwise(messages):
        asked = [block["id"] for block in parts(before) if block["type"] == "tool_use"]
        answered = [block["tool_use_id"] for block in parts(after) if block["type"] == "tool_result"]
        if sorted(asked) != sorted(answered):
            yield f"calls {asked} are answered by {answered}"
    if any(block["type"] == "text" and not block["text"].strip() for block in blocks(body)):
        yield "an empty text"
    cites = {block.get("citations", {}).get("enabled", False) for block in blocks(body) if block["type"] == "search_result"}
    if len(cites) > 1:
        yield "citations of some search results only"
    names = [tool["name"] for tool in body.get("tools", ())]
    if len(set(names)) < len(names) or not all(map(NAME.fullmatch, names)):
        yield f"tools named {names}"
    if any(block["type"] == "tool_result" and block.get("is_error") and any(p["type"] != "text" for p in block["content"]) for block in blocks(body)):
        yield "a failure that is not text"


def blocks(body: Body) -> Iterator[Any]:
    """Yield every block of a request, those within others too."""
    waiting = [*body.get("system", ()), *(block for message in body["messages"] for block in parts(message))]
    while waiting:
        block = waiting.pop()
        yield block
        waiting += block["content"] if isinstance(block.get("content"), list) else []
    for tool in body.get("tools", ()):
        yield {"type": "tool", **tool}


def parts(message: Any) -> Sequence[Any]:
    """Return a message's blocks."""
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content
