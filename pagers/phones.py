"""Phones: the port `Pager` over the network. Keys come from the environment by the names in policy, and go nowhere but to their service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from desk.alert import Alert
from desk.errors import Misconfigured, Rejected, Unavailable
from desk.oncall import PagerKind
from pagers import opsgenie, pagerduty
from pagers.request import Request

FORMATS: Mapping[PagerKind, Callable[[Alert, str], Request]] = {
    PagerKind.PAGERDUTY: pagerduty.request,
    PagerKind.OPSGENIE: opsgenie.request,
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LATER = frozenset({408, 425, 429})
"""Refusals that say: not now."""
SYSTEM = "pager"


class Phones:
    """Tells services of alerts."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    async def tell(self, alert: Alert) -> None:
        """Post one alert. Raise Unavailable where it may be tried again, Rejected for a refusal, Misconfigured without a key or a safe address."""
        key = self._environment.get(alert.pager.secret, "")
        if not key:
            raise Misconfigured(f"the environment variable {alert.pager.secret} is not set: it holds the key of the pager {alert.pager.name!r}")
        request = FORMATS[alert.pager.kind](alert, key)
        status = await _posted(request, seconds=alert.pager.timeout.total_seconds())
        if status in LATER or status >= 500:
            raise Unavailable(SYSTEM, f"{alert.pager.name!r} answered {status}")
        if status >= 300:
            raise Rejected(f"the pager {alert.pager.name!r} refused an alert with status {status}: see to its key and address in policy.toml")


async def _posted(request: Request, *, seconds: float) -> int:
    """Post once and return the status; nothing of the answer's body is read. No redirects, which would carry the key elsewhere."""
    import httpx2

    parts = urlsplit(request.address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise Misconfigured("a pager's address has to begin with https://")
    outside = parts.hostname not in LOOPBACK
    headers = {"User-Agent": "Frontdesk", **request.headers}
    with _translated():
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(timeout=httpx2.Timeout(seconds), follow_redirects=False, trust_env=outside) as client,
            client.stream("POST", request.address, json=dict(request.body), headers=headers) as response,
        ):
            return int(response.status_code)


@contextmanager
def _translated() -> Iterator[None]:
    import httpx2

    try:
        yield
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise Unavailable(SYSTEM, "no answer in time") from error
    except httpx2.HTTPError as error:
        raise Unavailable(SYSTEM, "nothing answers at its address") from error
