"""Record: what the desk gave the adapters outside to post, written down beside them, so that a transcript can say what each message is for."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from desk.cards import Card
from desk.ports import ChatPlatform
from desk.post import Op, Post
from desk.space import MessageRef

T = TypeVar("T")
Json = dict[str, Any]
FILE = "posts.jsonl"
"""In the home, where it outlives the process."""
NUMBERS = count(1)
"""Of attempts on any platform: they stand in one file."""


class Recorded:
    """A `ChatPlatform` that writes down each attempt before it is made, and what became of it."""

    def __init__(self, chat: ChatPlatform, path: Path) -> None:
        self._chat, self._path = chat, path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chat, name)

    async def send(self, post: Post) -> MessageRef:
        """Send a post."""
        return await self._noted(post.op.value, post, self._chat.send(post))

    async def edit(self, ref: MessageRef, post: Post) -> None:
        """Edit a message."""
        await self._noted(Op.EDIT.value, post, self._chat.edit(ref, post), at=ref)

    async def delete(self, ref: MessageRef, post: Post) -> None:
        """Delete a message."""
        await self._noted(Op.DELETE.value, post, self._chat.delete(ref, post), at=ref)

    async def _noted(self, op: str, post: Post, work: Awaitable[T], at: MessageRef | None = None) -> T:
        name = f"{os.getpid()}-{next(NUMBERS)}"
        self._write({"name": name, "op": op, "state": "begun", "ref": _spot(at), **_facts(post)})
        try:
            result = await work
        except Exception:
            self._write({"name": name, "state": "failed"})
            raise
        self._write({"name": name, "state": "done", "ref": _spot(result if isinstance(result, MessageRef) else at)})
        return result

    def _write(self, line: Json) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def recorded(path: Path) -> list[Json]:
    """Return the attempts that arrived, or may have: what the process was killed over has no end."""
    attempts: dict[str, Json] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        read = json.loads(line)
        attempts[read["name"]] = {**attempts.get(read["name"], {}), **{key: value for key, value in read.items() if value is not None}}
    return [attempt for attempt in attempts.values() if attempt["state"] != "failed"]


def _spot(ref: MessageRef | None) -> str | None:
    # What only one person sees has an id of the adapter's making: with the platform's own at its end.
    return f"{ref.channel.id}/{ref.id.rpartition('-')[2]}" if ref else None


def _facts(post: Post) -> Json:
    evidence = (post.card or Card()).evidence
    names = ("n", "source", "id", "document", "title", "heading", "url", "quote")
    return {
        "id": post.id,
        "purpose": post.purpose.value,
        "audience": str(post.audience),
        "ticket": post.ticket,
        "to": [user.id for user in post.to],
        "evidence": [{**{name: getattr(item, name) for name in names}, "audience": str(item.audience)} for item in evidence],
    }
