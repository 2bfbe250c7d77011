"""Answers: what Discord is told at once when somebody did something. Each interaction is answered once, within three seconds."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from bot.discord import notes
from bot.discord.web import Web
from desk.errors import FrontdeskError

Payload = Mapping[str, Any]
PATH = "/interactions/{interaction_id}/{interaction_token}/callback"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
TOO_LATE = (10062, 40060)
"""Discord gave up on it, or has an answer already."""
TYPING = 4
"""An interaction of somebody who is filling in an option."""

log = logging.getLogger("frontdesk.discord")


class Answer(IntEnum):
    """How an interaction is answered."""

    TOLD = 4
    LATER = 5
    DONE = 6
    """What was pressed stays as it is."""
    CHANGED = 7
    CHOICES = 8
    FORM = 9


class Answers:
    """Answers interactions. One that cannot be answered any more is told of in the log: what was kept is done all the same."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def give(self, body: Payload, kind: Answer, data: Payload | None = None) -> None:
        """Answer an interaction."""
        # Whether others see a message is settled once it stands.
        told = {name: value for name, value in (data or {}).items() if kind is not Answer.CHANGED or name != "flags"}
        answer = {"type": int(kind), **({"data": told} if told else {})}
        id, token = str(body["id"]), str(body["token"])
        try:
            await self._web.call("POST", PATH, json=answer, accept=TOO_LATE, interaction_id=id, interaction_token=token)
        except FrontdeskError as error:
            log.warning("somebody could not be answered at once: %s", error)

    async def say(self, body: Payload, sentence: str) -> None:
        """Tell who did it, and nobody else, why nothing happens; there is nothing to tell who only types."""
        if int(body["type"]) == TYPING:
            return await self.give(body, Answer.CHOICES, {"choices": []})
        await self.give(body, Answer.TOLD, notes.told(sentence))

    async def note(self, body: Payload, note: Payload) -> None:
        """Tell somebody alone how their form goes on, in place of what told them so before."""
        replaces = notes.is_alone(body) and notes.is_ours(body.get("message") or {})
        await self.give(body, Answer.CHANGED if replaces else Answer.TOLD, note)

    async def reset(self, body: Payload) -> None:
        """Let a menu show no choice again: Discord does not take the same one twice, and a form may be closed without being sent."""
        message = body.get("message") or {}
        if not body["data"].get("values") or notes.is_alone(body) or not message.get("components"):
            return
        same = {"components": message["components"]}
        try:
            await self._web.call("PATCH", MESSAGE, json=same, channel_id=str(body["channel_id"]), message_id=str(message["id"]))
        except FrontdeskError as error:
            log.info("a menu still shows its last choice: %s", error)
