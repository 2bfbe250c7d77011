"""Signed calls: one POST to an address of the company's own, which can tell that it is ours and that it was not changed on the way."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from desk.errors import Misconfigured, Unavailable
from desk.ports import Clock

if TYPE_CHECKING:
    import httpx2

TIMESTAMP, SIGNATURE, KEY = "X-Frontdesk-Timestamp", "X-Frontdesk-Signature", "Idempotency-Key"
VERSION = "v1"
LARGEST = 64 * 1024
"""Bytes of an answer that are read: nobody needs more, and a stranger's server may send without end."""
LONGEST_CONNECT = 5.0
CONNECTING = 0.8
"""The share of a call's seconds, and the most seconds, in which somebody must have picked up: what ends before that was certainly not sent."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
BUSY = 429
"""The one refusal that says: not now."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is posted. `secret` names the environment variable with the key that it is signed with, "" for none; `key` tells a repetition."""

    address: str
    body: Mapping[str, Any]
    secret: str = ""
    key: str = ""
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the status and the beginning of the body."""

    status: int
    body: bytes

    @property
    def json(self) -> Mapping[str, Any]:
        """Return the body's JSON object, an empty one where it is something else."""
        try:
            found = json.loads(self.body)
        # It may be nested as deep as it likes.
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


class Lost(Exception):
    """The call left and no whole answer came back: nobody can say what became of it."""


class SignedCalls:
    """Makes calls. The keys come from the environment by the names in policy, and go nowhere but into signatures."""

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._environment = environment
        self._clock = clock

    async def post(self, call: Call) -> Answered:
        """Post once. Raise Unavailable("actions") where nothing was sent, Lost where it was and no answer came, Misconfigured without its key."""
        headers, body = self._signed(call)
        with _translated():
            async with (
                asyncio.timeout(call.timeout.total_seconds()),
                _client(call) as client,
                client.stream("POST", call.address, content=body, headers=headers) as response,
            ):
                answered = Answered(response.status_code, await _beginning(response.aiter_bytes()))
        if answered.status == BUSY:
            raise Unavailable("actions", "the other side is busy")
        return answered

    def _signed(self, call: Call) -> tuple[Mapping[str, str], bytes]:
        body = json.dumps(call.body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Frontdesk",
            "Accept-Encoding": "identity",
            **({KEY: call.key} if call.key else {}),
        }
        if not call.secret:
            return headers, body
        secret = self._environment.get(call.secret, "")
        if not secret:
            raise Misconfigured(f"the environment variable {call.secret} is not set: it holds the key that this call is signed with")
        timestamp = str(int(self._clock.now().timestamp()))
        return headers | {TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, body)}, body


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what stands in the signature header: HMAC-SHA256 over `v1:timestamp:body`, in hexadecimal, after `v1=`."""
    signed = f"{VERSION}:{timestamp}:".encode() + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


@asynccontextmanager
async def _client(call: Call) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client for one call: no redirects, which would carry a signed body elsewhere, and no proxy on the way to this machine."""
    import httpx2

    seconds = call.timeout.total_seconds()
    timeout = httpx2.Timeout(seconds, connect=min(seconds * CONNECTING, LONGEST_CONNECT))
    outside = urlsplit(call.address).hostname not in LOOPBACK
    async with httpx2.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=outside) as client:
        yield client


async def _beginning(chunks: AsyncIterator[bytes]) -> bytes:
    read = b""
    async for chunk in chunks:
        read += chunk
        if len(read) >= LARGEST:
            break
    return read[:LARGEST]


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the client says into whether anything was sent."""
    import httpx2

    unsent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol)
    try:
        yield
    except unsent as error:
        raise Unavailable("actions", "nothing answers at its address") from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise Lost("no answer in time") from error
    except httpx2.HTTPError as error:
        raise Lost("the connection broke before the answer") from error
