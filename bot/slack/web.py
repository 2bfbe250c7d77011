"""Web: Slack's Web API. The only caller of its SDK; what Slack answers becomes data or one of the desk's errors."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.access import Access
from bot.slack.refusals import LIMITED, TOKEN, refusal
from desk.errors import FrontdeskError, Misconfigured, PlaceGone, RateLimited, Rejected, Unavailable

SECONDS = 10
"""How long a call may take before nobody knows what became of it."""
LARGEST = 20_000_000
"""Up to how many bytes of a file are fetched; the desk reads nothing larger."""
AFTER = timedelta(seconds=5)
"""How long to wait where Slack limits us without saying for how long."""
HOPS = 3
HOSTS = ("slack.com", "slack-gov.com")
"""Who may be sent the bot's token, their subdomains too."""


@dataclass(frozen=True, slots=True)
class Whoami:
    """The workspace a token belongs to, and who the bot is in it: `bot_user` is whom people mention, `bot` who its messages are by."""

    team: str
    team_name: str
    url: str
    bot_user: str
    bot: str
    enterprise: str = ""
    """The organization of an Enterprise workspace."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the headers of an answer tell: the scopes that the token has (None where Slack does not say), and Slack's own time."""

    scopes: frozenset[str] | None
    at: datetime | None


class Web:
    """One workspace's Web API. Nothing is tried twice here: who calls knows whether that may be done."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._who: Whoami | None = None
        self._client: AsyncWebClient | None = None
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, /, *, accept: Collection[str] = (), **arguments: Any) -> Mapping[str, Any]:
        """Call a method and return its answer, also one that is not ok with a code of `accept`; arguments that are None are left out.

        Raises RateLimited, Unavailable("platform"), PlaceGone, Misconfigured, and Rejected for every other refusal.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        nested = any(isinstance(value, Mapping | list | tuple) for value in given.values())
        # Methods that read take no JSON, and none of their arguments is nested.
        body: dict[str, Any] = {"json": given} if nested else {"data": {name: _word(value) for name, value in given.items()}}
        try:
            answer = await self._sdk().api_call(method, **body)
            return answer.data if isinstance(answer.data, dict) else {}
        except SlackApiError as error:
            return _refused(method, error, accept)
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as error:
            raise Unavailable("platform", f"{method} failed with {type(error).__name__}") from None
        # The SDK reads what is no JSON object, such as the page of a proxy, as if it were one.
        except (AttributeError, ValueError):
            raise Unavailable("platform", f"{method} was answered with something that is not Slack's") from None

    async def whoami(self) -> Whoami:
        """Return whose token this is; asked once. Raises Misconfigured for every refusal: whatever Slack has against the token, a person mends it."""
        if self._who is None:
            try:
                found = await self.call("auth.test")
            except Rejected as error:
                raise Misconfigured(f"Slack refuses the bot's token: {error}. {TOKEN[0].upper()}{TOKEN[1:]}") from None
            self._who = Whoami(*(str(found.get(name) or "") for name in ("team_id", "team", "url", "user_id", "bot_id", "enterprise_id")))
        return self._who

    async def greeting(self) -> Greeting:
        """Return what Slack says of the token and of the time, beside the answer to auth.test; raises as `call` does."""
        try:
            headers = {name.lower(): value for name, value in (await self._sdk().api_call("auth.test")).headers.items()}
        except SlackApiError as error:
            raise _refusal("auth.test", error) from None
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as error:
            raise Unavailable("platform", f"auth.test failed with {type(error).__name__}") from None
        scopes = headers.get("x-oauth-scopes")
        return Greeting(
            frozenset(filter(None, (part.strip() for part in scopes.split(",")))) if scopes is not None else None, _date(headers.get("date"))
        )

    async def download(self, url: str) -> bytes:
        """Return what a file's private address holds, of Slack's own hosts only. Raises PlaceGone, Rejected, Misconfigured or Unavailable."""
        try:
            for hop in range(HOPS):
                self._refuse_strangers(url)
                headers = {"Authorization": f"Bearer {self._access.bot_token}"}
                async with self._http().get(url, headers=headers, allow_redirects=False, proxy=self._sdk().proxy) as answer:
                    if answer.status not in (301, 302, 303, 307, 308):
                        return await _content(answer, hop)
                    url = urljoin(url, answer.headers.get("Location", ""))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unavailable("platform", f"a file could not be fetched: {type(error).__name__}") from None
        raise Rejected("the file's address leads to ever other addresses")

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _sdk(self) -> AsyncWebClient:
        session = self._http()
        if self._client is None or self._client.session is not session:
            # Without retries: what they repeat unseen may have arrived. With a logger that nobody hears: at level debug it writes down what is said.
            quiet = logging.Logger("slack_sdk", logging.CRITICAL)
            self._client = AsyncWebClient(
                self._access.bot_token, base_url=self._access.url, timeout=SECONDS, session=session, logger=quiet, retry_handlers=[]
            )
            if self._access.url.startswith("http://"):
                self._client.proxy = None
        return self._client

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS))
        return self._session

    def _refuse_strangers(self, url: str) -> None:
        given, own = urlsplit(url), urlsplit(self._access.url)
        host = given.hostname or ""
        slacks = given.scheme == "https" and any(host == known or host.endswith(f".{known}") for known in HOSTS)
        if not slacks and (given.scheme, given.netloc) != (own.scheme, own.netloc):
            raise Rejected("the file is not at Slack, so the bot does not fetch it: ask for it to be uploaded")


def _word(value: object) -> object:
    return json.dumps(value) if isinstance(value, bool) else value


def _refused(method: str, error: SlackApiError, accept: Collection[str]) -> Mapping[str, Any]:
    """Return an answer that the caller accepts, else raise the desk's error for it."""
    told = _told(error)
    if told.get("error") in accept and int(getattr(error.response, "status_code", 200)) < 400:
        return told
    raise _refusal(method, error) from None


def _refusal(method: str, error: SlackApiError) -> FrontdeskError:
    told = _told(error)
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 200))
    if status == 429 or told.get("error") in LIMITED:
        return RateLimited(_wait(getattr(error.response, "headers", {})))
    return Unavailable("platform", f"{method} was answered with status {status}") if status >= 500 else refusal(method, told)


def _told(error: SlackApiError) -> Mapping[str, Any]:
    answer = getattr(error.response, "data", None)
    return answer if isinstance(answer, dict) else {}


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header or "")
    except ValueError:
        return None


def _wait(headers: Mapping[str, str]) -> timedelta:
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(told)) if told.isdigit() else AFTER


async def _content(answer: aiohttp.ClientResponse, hop: int) -> bytes:
    if answer.status == 429:
        raise RateLimited(_wait(answer.headers))
    if answer.status >= 500:
        raise Unavailable("platform", f"a file was answered with status {answer.status}")
    # Whoever may not read a file is sent to a page that asks for a password.
    if answer.status in (401, 403) or (hop and answer.content_type == "text/html"):
        raise Misconfigured("the Slack app lacks the scope files:read: paste the manifest of ./frontdesk manifest slack and install the app again")
    if answer.status != 200:
        raise PlaceGone("the file is not there any more")
    if (answer.content_length or 0) > LARGEST:
        raise Rejected(f"the file is larger than {LARGEST // 1_000_000} MB")
    return b"".join([piece async for piece in _pieces(answer)])


async def _pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    taken = 0
    async for piece in answer.content.iter_chunked(65536):
        taken += len(piece)
        if taken > LARGEST:
            raise Rejected(f"the file is larger than {LARGEST // 1_000_000} MB")
        yield piece
