"""Delivery: what Slack sends to the app, signed, in order, and again until it is taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from cli.play.sides import Lost
from cli.play.slack.names import SECRET
from desk.errors import FrontdeskError

Json = dict[str, Any]
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SECONDS = 30
"""How long the app may take; Slack gives it three, which is for a machine that does nothing else."""
TRIES = 4


@dataclass(slots=True)
class Parcel:
    """One thing to send. `copies` is how often it arrives even though it was taken; `tried` how often it did not."""

    body: bytes
    kind: str = JSON
    copies: int = 1
    tried: int = 0


@dataclass
class Delivery:
    """What waits to be sent to the app at `address`."""

    address: str = ""
    waiting: deque[Parcel] = field(default_factory=deque)

    async def __aenter__(self) -> Delivery:
        self._client = httpx2.AsyncClient(timeout=SECONDS, trust_env=False)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    def event(self, body: Json, *, copies: int = 1) -> None:
        """Have an event sent."""
        self.waiting.append(Parcel(json.dumps(body).encode(), JSON, copies))

    def interaction(self, payload: Json, *, copies: int = 1) -> None:
        """Have a press or a submission sent."""
        self.waiting.append(Parcel(urlencode({"payload": json.dumps(payload)}).encode(), FORM, copies))

    def command(self, fields: Mapping[str, str], *, copies: int = 1) -> None:
        """Have a slash command sent."""
        self.waiting.append(Parcel(urlencode(fields).encode(), FORM, copies))

    async def flush(self) -> list[Json]:
        """Send what waits, and return what each was answered with. Raises Lost, and keeps what was not taken."""
        answers = []
        while self.waiting:
            parcel = self.waiting[0]
            for copy in range(parcel.copies):
                answers.append(await self._send(parcel, retry=parcel.tried + copy))
            self.waiting.popleft()
        return answers

    async def _send(self, parcel: Parcel, *, retry: int) -> Json:
        while True:
            try:
                answer = await self._client.post(self.address, content=parcel.body, headers=_headers(parcel, retry))
            except httpx2.TransportError as error:
                parcel.tried += 1
                raise Lost(f"what Slack sent was not answered: {type(error).__name__}") from error
            if answer.is_success:
                return _object(answer.content)
            parcel.tried, retry = parcel.tried + 1, retry + 1
            if parcel.tried >= TRIES:
                raise FrontdeskError(f"what Slack sent was answered with status {answer.status_code} {TRIES} times: {answer.text[:200]}")


def signature(body: bytes, at: str, secret: str = SECRET) -> str:
    """Return what a request from Slack is signed with, v0."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()


def _headers(parcel: Parcel, retry: int) -> dict[str, str]:
    # The machine's own time: a signature's age is the one thing here that the play's clock does not rule.
    at = str(int(time.time()))
    again = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry and parcel.kind == JSON else {}
    return {"Content-Type": parcel.kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature(parcel.body, at), **again}


def _object(content: bytes) -> Json:
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
