"""Streams: a reply as the server-sent events of the Messages API, whole or gone wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2

Body = Mapping[str, Any]


def events(reply: Body, usage: Body) -> Iterator[bytes]:
    """Yield a reply as the server-sent events of the Messages API."""
    yield _started(usage)
    blocks = [{"type": "text", "text": json.dumps(reply["json"]) if "json" in reply else reply["text"]}] if "tool_use" not in reply else []
    blocks += [{"type": "tool_use", "id": f"toolu_{n}", **use} for n, use in enumerate(reply.get("tool_use", ()))]
    for index, block in enumerate(blocks):
        yield from _block(index, block)
    written = sum(len(json.dumps(block)) for block in blocks) // 4
    yield _ended("tool_use" if "tool_use" in reply else "end_turn", written)
    yield _event("message_stop", {})


def _block(index: int, block: Body) -> Iterator[bytes]:
    is_text = block["type"] == "text"
    empty = {"type": "text", "text": ""} if is_text else {"type": "tool_use", "id": block["id"], "name": block["name"], "input": {}}
    delta = (
        {"type": "text_delta", "text": block["text"]}
        if is_text
        else {"type": "input_json_delta", "partial_json": json.dumps(block.get("input", {}), ensure_ascii=False)}
    )
    yield _event("content_block_start", {"index": index, "content_block": empty})
    yield _event("content_block_delta", {"index": index, "delta": delta})
    yield _event("content_block_stop", {"index": index})


def _started(usage: Body) -> bytes:
    message: dict[str, Any] = {
        "id": "msg_script", "type": "message", "role": "assistant", "model": "script", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    return _event("message_start", {"message": message})


def _ended(why: str, written: int) -> bytes:
    return _event("message_delta", {"delta": {"stop_reason": why, "stop_sequence": None}, "usage": {"output_tokens": written}})


def _event(kind: str, values: Body) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **values}, ensure_ascii=False)}\n\n".encode()


def _dropped(usage: Body) -> Iterator[bytes]:
    yield _started(usage)
    raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


def _stalled(usage: Body) -> Iterator[bytes]:
    yield _started(usage)
    raise httpx2.ReadTimeout("timed out")


def _cut(usage: Body) -> Iterator[bytes]:
    yield _started(usage)
    yield _event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})


def _garbled(usage: Body) -> Iterator[bytes]:
    yield _started(usage)
    yield b"event: content_block_start\ndata: {not json\n\n"


def _overloaded(usage: Body) -> Iterator[bytes]:
    yield _started(usage)
    yield _event("error", {"error": {"type": "overloaded_error", "message": "Overloaded"}})


def _truncated(usage: Body) -> Iterator[bytes]:
    """A tool's input that never came: the SDK hands it on as an empty one."""
    yield _started(usage)
    yield from _block(0, {"type": "tool_use", "id": "toolu_0", "name": "submit_reply", "input": {}})
    yield _ended("tool_use", 1)
    yield _event("message_stop", {})


def _stopped(why: str) -> Callable[[Body], Iterator[bytes]]:
    def stream(usage: Body) -> Iterator[bytes]:
        yield _started(usage)
        yield from _block(0, {"type": "text", "text": "..."})
        yield _ended(why, 1)
        yield _event("message_stop", {})

    return stream


FAULTS: Mapping[str, Callable[[Body], Iterator[bytes]]] = {
    "dropped": _dropped,
    "stalled": _stalled,
    "cut": _cut,
    "garbled": _garbled,
    "overloaded": _overloaded,
    "truncated": _truncated,
    "refusal": _stopped("refusal"),
    "too_long": _stopped("model_context_window_exceeded"),
    "max_tokens": _stopped("max_tokens"),
}
"""What may go wrong once a reply has begun, by the word that a script writes; statuses go wrong before."""
