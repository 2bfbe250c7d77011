"""Connection: one Slack workspace, opened, listened to and written to."""

from __future__ import annotations

from pathlib import Path

from bot.slack.access import Access
from desk.ports import ChatPlatform, Clock, Desk, PolicySource
from desk.store import Store


class Slack:
    """A workspace the app is installed in. What is written goes through `chat`; what people do is handed to the desk it is connected to."""

    chat: ChatPlatform

    @classmethod
    async def open(cls, access: Access, *, inbox: Path, policy: PolicySource, store: Store, clock: Clock) -> Slack:
        """Prepare the connection; nothing is reached yet, so that a desk starts also while Slack is down."""
        raise NotImplementedError

    def connect(self, desk: Desk) -> None:
        """Say who takes the events."""

    async def run(self) -> None:
        """Listen until cancelled."""

    async def close(self) -> None:
        """Close what is open."""
