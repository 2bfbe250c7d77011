"""The heartbeat: an address that is asked every minute while the desk works. Whoever misses it knows that it does not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

from desk.errors import FrontdeskError, Unavailable
from desk.ports import Clock
from pagers.phones import LOOPBACK

EVERY = timedelta(minutes=1)
SECONDS = 10.0
"""How long an answer may take: the next beat must not wait for this one."""
log = logging.getLogger("frontdesk.heartbeat")


class Heartbeat:
    """Asks an address again and again, as long as `works` says that the desk does."""

    def __init__(self, address: str, clock: Clock, works: Callable[[], Awaitable[bool]]) -> None:
        self._address = address
        self._clock = clock
        self._works = works

    async def run(self) -> None:
        """Beat until cancelled; nothing without an address."""
        while self._address:
            until = self._clock.now() + EVERY
            await self.beat()
            while self._clock.now() < until:
                await self._clock.wait(until)

    async def beat(self) -> bool:
        """Ask once, if the desk works; True when somebody answered. One that is missed is logged, and the next one comes all the same."""
        try:
            if not await self._works():
                log.warning("no heartbeat: something that was due long ago is not done")
                return False
            await _asked(self._address)
        except FrontdeskError as error:
            log.warning("no heartbeat: %s", error)
            return False
        return True


async def _asked(address: str) -> None:
    import httpx2

    outside = urlsplit(address).hostname not in LOOPBACK
    try:
        async with asyncio.timeout(SECONDS), httpx2.AsyncClient(timeout=SECONDS, follow_redirects=True, trust_env=outside) as client:
            response = await client.get(address, headers={"User-Agent": "Frontdesk"})
    except (TimeoutError, httpx2.HTTPError) as error:
        # The address may hold a key, so it is not named.
        raise Unavailable("heartbeat", "nobody answers at FRONTDESK_HEARTBEAT_URL") from error
    if response.status_code >= 400:
        raise Unavailable("heartbeat", f"FRONTDESK_HEARTBEAT_URL answered {response.status_code}")
