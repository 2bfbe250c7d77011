"""Identify: what a connection may say of itself, and the codes by which Discord closes one that says something else."""

from __future__ import annotations

import json

from cli.play.discord.names import TOKEN
from cli.play.discord.session import CONTENT, MEMBERS, PRESENCES, Json
from cli.play.discord.state import Home

UNKNOWN_OP, GARBLED, NOT_IDENTIFIED, WRONG_TOKEN, TWICE, BAD_SHARD, BAD_INTENTS, FORBIDDEN_INTENTS = 4001, 4002, 4003, 4004, 4005, 4010, 4013, 4014
ALL_INTENTS = (1 << 26) - 1


class Closed(Exception):
    """A connection that Discord closes, with its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def read(text: str) -> Json:
    """Return a frame. Raises Closed for what is none."""
    try:
        frame = json.loads(text)
    except ValueError:
        raise Closed(GARBLED) from None
    if not isinstance(frame, dict):
        raise Closed(GARBLED)
    return frame


def check(home: Home, data: Json) -> None:
    """Raise Closed for a bot that may not begin a session like this."""
    if str(data.get("token", "")).removeprefix("Bot ") != TOKEN:
        raise Closed(WRONG_TOKEN)
    intents = data.get("intents")
    if not isinstance(intents, int) or intents & ~ALL_INTENTS:
        raise Closed(BAD_INTENTS)
    if (intents & CONTENT and not home.reads_content) or (intents & MEMBERS and not home.reads_members) or intents & PRESENCES:
        raise Closed(FORBIDDEN_INTENTS)
    shard, shards = data.get("shard") or (0, 1)
    if not 0 <= shard < shards:
        raise Closed(BAD_SHARD)
