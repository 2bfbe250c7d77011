"""Door: whoever may come in when others than this machine can reach the page, which is whoever has the token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

COOKIE = "frontdesk"
KEPT = timedelta(days=30)
"""How long a browser stays let in."""
OPEN = frozenset({"/health", "/readyz"})
"""What anybody may ask: a health check has no secret."""


@dataclass(frozen=True, slots=True)
class Door:
    """The token that lets in, and the names the page goes by besides this machine's own; without a token the page must stay on this machine.

    It tells nobody apart: whoever has the token may write as anybody in the workspace.
    """

    token: str = field(default="", repr=False)
    hosts: frozenset[str] = frozenset()

    def lets_in(self, scope: Scope) -> bool:
        """Tell whether a request may be served: it has the token as a bearer, or the cookie that the token was once changed for."""
        if not self.token or scope["path"] in OPEN:
            return True
        request = HTTPConnection(scope)
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = _mark(bearer.strip()) if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
        return self._fits(given)

    def welcome(self, scope: Scope) -> Response | None:
        """Change the token in `/?token=...` for a cookie, and lead to the same page without it; None for every other request."""
        words: Mapping[str, str] = HTTPConnection(scope).query_params
        # The front page alone: a path such as "//elsewhere" would lead a browser away.
        if not self.token or scope["path"] != "/" or not self._fits(_mark(words.get("token", ""))):
            return None
        rest = urlencode({name: value for name, value in words.items() if name != "token"})
        response = RedirectResponse(f"/?{rest}" if rest else "/", 303, headers={"cache-control": "no-store"})
        response.set_cookie(COOKIE, _mark(self.token), max_age=int(KEPT.total_seconds()), httponly=True, samesite="strict")
        return response

    def _fits(self, mark: str) -> bool:
        return hmac.compare_digest(mark.encode(), _mark(self.token).encode())


LOCAL = Door()
"""The door of a page that only this machine can reach."""


def _mark(token: str) -> str:
    """Return what stands for a token: of one length, so that comparing tells nothing, and of no use where the token itself is asked for."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"frontdesk door").hexdigest()
