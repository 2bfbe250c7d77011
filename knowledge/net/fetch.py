"""Fetching: reading an address on the web without being led astray, kept waiting or flooded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from urllib.parse import urlsplit

import httpcore2

from desk.errors import Misconfigured, Unavailable
from knowledge.net.addresses import Guard, Resolve, resolve
from knowledge.net.inflate import Inflater
from knowledge.net.links import Refused, absolute, host, origin

MEGABYTE = 1_000_000
AGENT = "Frontdesk"
OWN = {"user-agent": AGENT, "accept": "*/*"}
HARMLESS = frozenset({"accept", "accept-language", "user-agent"})
"""Headers that another host may see after a redirect; any other may be a key."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FAULTS = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, TimeoutError)
"""What a connection dies of: tried again."""
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered: any status below 500 but 429. `url` is where redirects led to; header names are in lower case."""

    url: str
    status: int
    content_type: str
    """The media type alone, in lower case; "" when the answer has none."""
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer is waited for, in seconds; `total` is for one attempt with its body."""

    connect: float = 10
    read: float = 20
    total: float = 60
    attempts: int = 4
    first_pause: float = 1
    """Before the second attempt; twice as long before each later one."""
    longest_pause: float = 60
    """A server that asks for more than this is unavailable for now."""
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a fetcher finds around it: names, waiting, and seconds that only go forward. Tests bring their own."""

    resolve: Resolve = resolve
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class Fetcher:
    """Reads addresses with GET, one request to a host every `pace` seconds, at most `most` bytes of each answer, packed or unpacked.

    Only public machines are connected to unless `private_network`; proxies named by the environment are not used, since behind one
    nobody could tell which machine answers.
    """

    private_network: bool = False
    most: int = 10 * MEGABYTE
    pace: float = 0.0
    patience: Patience = field(default_factory=Patience)
    around: Surroundings = field(default_factory=Surroundings)
    _pool: httpcore2.AsyncConnectionPool = field(init=False)
    _free: dict[str, float] = field(init=False, default_factory=dict)
    _paces: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        # The pool below httpx is used by itself: there the address can be chosen, and redirects and sizes are decided here anyway.
        guard = Guard(self.around.resolve, private_network=self.private_network)
        self._pool = httpcore2.AsyncConnectionPool(network_backend=guard, keepalive_expiry=15)

    async def get(self, url: str, *, headers: Mapping[str, str] = NO_HEADERS) -> Fetched:
        """Read an address and follow its redirects. `headers` go to its own host only.

        Raises Refused for an address that is not read (wrong scheme, private machine, endless redirects, too much behind it), and
        Unavailable("kb") when the other side does not answer, answers 5xx, or 429 for longer than is waited for.
        """
        here = absolute(url)
        for _ in range(self.patience.redirects + 1):
            fetched = await self._patiently(here, headers)
            there = fetched.headers.get("location", "") if fetched.status in REDIRECTS else ""
            if not there:
                return fetched
            there = absolute(there, base=here)
            headers = _carried(headers, here, there)
            here = there
        raise Refused(f"{url!r} redirects more than {self.patience.redirects} times")

    def slow_down(self, url: str, pace: float) -> None:
        """Leave at least `pace` seconds between requests to the host of an address."""
        self._paces[host(url)] = pace

    async def close(self) -> None:
        """Close its connections."""
        await self._pool.aclose()

    async def _patiently(self, url: str, headers: Mapping[str, str]) -> Fetched:
        """Ask until there is an answer, a few times."""
        pause, why = self.patience.first_pause, ""
        for attempt in range(self.patience.attempts):
            if attempt:
                await self.around.sleep(pause)
                pause *= 2
            await self._turn(host(url))
            try:
                async with asyncio.timeout(self.patience.total):
                    fetched = await self._once(url, headers)
            except FAULTS as error:
                why = _fault(error)
                continue
            if fetched.status < 500 and fetched.status != 429:
                return fetched
            why = f"it answers {fetched.status}"
            # A server's own wish counts when it is longer; a shorter one would have everybody come back at once.
            pause = max(pause, _asked(fetched.headers))
            if pause > self.patience.longest_pause:
                raise Unavailable("kb", f"{host(url)!r} asks to wait {pause:.0f} s ({why})")
        raise Unavailable("kb", f"{url!r} could not be read: {why}")

    async def _turn(self, place: str) -> None:
        """Wait until the host may be asked again."""
        now = self.around.clock()
        at = max(now, self._free.get(place, now))
        # The place in the queue is taken before waiting, so that two callers do not ask at the same moment.
        self._free[place] = at + max(self.pace, self._paces.get(place, 0.0))
        if at > now:
            await self.around.sleep(at - now)

    async def _once(self, url: str, headers: Mapping[str, str]) -> Fetched:
        limits = {"connect": self.patience.connect, "read": self.patience.read, "write": self.patience.read, "pool": self.patience.total}
        async with self._pool.stream("GET", url, headers=_lines(headers), extensions={"timeout": limits}) as answer:
            found = _headers(answer.headers)
            body = await self._body(answer, found, url=url)
            kind = found.get("content-type", "").partition(";")[0].strip().lower()
            return Fetched(url, answer.status, kind, body, found)

    async def _body(self, answer: httpcore2.Response, headers: Mapping[str, str], *, url: str) -> bytes:
        """Read a body until it is whole or too large; what it claims to be is believed only when it claims to be too large."""
        try:
            if int(headers.get("content-length", "0") or 0) > self.most:
                raise Refused(f"it has more than {self.most / MEGABYTE:.1f} MB")
            packed, body = 0, bytearray()
            inflater = Inflater(headers.get("content-encoding", ""), most=self.most)
            async for piece in answer.aiter_stream():
                packed += len(piece)
                if packed > self.most:
                    raise Refused(f"it has more than {self.most / MEGABYTE:.1f} MB")
                body += inflater.feed(piece)
        except Refused as refused:
            raise Refused(f"{url!r} is not read: {refused}") from refused
        return bytes(body)


def _carried(headers: Mapping[str, str], here: str, there: str) -> Mapping[str, str]:
    """Return the headers that may follow a redirect: to another host none that could be a key."""
    if origin(here) == origin(there):
        return headers
    harmless = {name: value for name, value in headers.items() if name.lower() in HARMLESS}
    if len(harmless) < len(headers) and urlsplit(here).scheme == "https" and urlsplit(there).scheme == "http":
        raise Refused(f"{here!r} redirects to an address without encryption: it is not followed with a key")
    return harmless


def _asked(headers: Mapping[str, str]) -> float:
    """Return the seconds that Retry-After asks for, 0 for none; a date counts from the server's own clock, which may be wrong like its date."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):  # No date, or one of the two without a zone.
        return 0.0


def _fault(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpcore2.TimeoutException):
        return "it took too long"
    return f"the connection failed ({str(error) or type(error).__name__})"


def _lines(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return the header lines of a request."""
    whole = {**OWN, **{name.lower(): value for name, value in headers.items()}, "accept-encoding": "gzip, deflate"}
    for name, value in whole.items():
        if not (value.isascii() and value.isprintable()):
            # Checked here, since the library's own message would show the value, and that may be a key.
            raise Misconfigured(f"the header {name!r} has characters that no header has: check the environment variable it is made of")
    return [(name.encode(), value.encode()) for name, value in whole.items()]


def _headers(lines: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return header lines by name; those that stand several times are joined by commas, as HTTP reads them."""
    found: dict[str, str] = {}
    for name, value in lines:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found
