"""JSON APIs: one page of a listing at a time, with a token from the environment."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from pydantic import BeforeValidator

from desk.errors import InvalidInput, Misconfigured, Unavailable
from desk.source import Source
from knowledge.net.fetch import Fetcher

SCHEMES = ("https://", "http://")
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""A text of an answer, where null is none."""


class Unknown(InvalidInput):
    """The other side does not know what it was asked for: a listing's place that is no longer there, a resource it does not have."""


@dataclass(frozen=True, slots=True)
class Api:
    """A JSON API at an address. `headers` may carry a token, so they are never shown."""

    source: Source
    fetcher: Fetcher
    headers: Mapping[str, str] = field(repr=False)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """Read one JSON object below the source's address.

        Raises Unavailable("kb") when the other side is down or answers with something else, Misconfigured when it refuses the token, and
        Unknown when it does not know the path or takes the query for wrong.
        """
        url = f"{self.source.at.rstrip('/')}/{path}{'?' + urlencode(query) if query else ''}"
        answer = await self.fetcher.get(url, headers={"accept": "application/json", **self.headers})
        if answer.status in (401, 403):
            raise Misconfigured(f"{_host(url)} refuses to be read ({answer.status}): {self._advice()}")
        if answer.status != 200:
            raise Unknown(f"{_host(url)} answers {answer.status} to /{path}: check the address of the source {self.source.name!r}")
        # A page for people to sign in on comes with status 200 too.
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise Unavailable("kb", f"{_host(url)} answers /{path} with something that is not JSON") from error
        if not isinstance(found, dict):
            raise Unavailable("kb", f"{_host(url)} answers /{path} with a {type(found).__name__} where an object is expected")
        return found

    def _advice(self) -> str:
        if self.source.secret:
            return f"put a valid token into {self.source.secret}"
        return f"name the environment variable with its token as `secret` of the source {self.source.name!r}"


def is_address(at: str) -> bool:
    """Tell whether a source is read over the network; otherwise `at` is the path of an export."""
    return at.lower().startswith(SCHEMES)


def token(source: Source, environ: Mapping[str, str]) -> str:
    """Return the source's token, "" when it names none; raise Misconfigured when the variable is not set or would be sent in the clear."""
    if not source.secret:
        return ""
    found = environ.get(source.secret, "").strip()
    if not found:
        raise Misconfigured(f"the source {source.name!r} needs its token: set {source.secret} in the environment")
    if urlsplit(source.at).scheme != "https" and not source.private_network:
        raise Misconfigured(f"the source {source.name!r} would send its token without encryption: write an address that begins with https://")
    return found


def speaks(locale: str, language: str) -> bool:
    """Tell whether an article in a locale is one in the language that a source names: all are when it names none, en-us is for en."""
    return f"{locale}-".casefold().startswith(f"{language}-".casefold()) if language else True


def authorization(secret: str) -> Mapping[str, str]:
    """Return the header for a token: `user:password` (as `mail/token:key` is one) is sent as Basic, anything else as Bearer."""
    if not secret:
        return {}
    return {"authorization": f"Basic {b64encode(secret.encode()).decode()}" if ":" in secret else f"Bearer {secret}"}


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
