"""Guard: every request must name a host that is ours, come from the page itself, and be let in by the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.door import LOCAL, Door

LIMIT = 12 * 1024 * 1024
"""The largest body that is taken, in bytes."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
TOO_LARGE = "That is more than 12 MB. Send it in smaller pieces, or attach a smaller file."
LOCAL_ONLY = "This page is served to this machine only: open it at 127.0.0.1 or localhost."
UNNAMED = "This page does not go by that name: whoever runs it lists its names in FRONTDESK_ALLOWED_HOSTS."
LOCKED = "This page needs its token: open it once as /?token=... with the FRONTDESK_TOKEN of whoever runs it."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not served."""

    status: int
    sentence: str


class Guard:
    """ASGI middleware around the whole app. What is posted to a `signed` path is let through: whoever takes it checks the signature."""

    def __init__(self, app: ASGIApp, door: Door = LOCAL, *, limit: int = LIMIT, signed: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._door = door
        self._signed = signed
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that may be served, with a policy that lets no foreign script run."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        answer = self._stopped(scope, headers)
        if answer is None and scope["method"] not in SAFE:
            body = await _body(receive, self._limit)
            answer = said(Refusal(413, TOO_LARGE), headers) if body is None else None
            receive = _again(body or b"", receive)
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _stopped(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Return the answer to a request that gets no further than this."""
        if scope["method"] == "POST" and scope["path"] in self._signed:
            return None
        refusal = refused(scope["method"], headers, self._door)
        if refusal is None and (welcome := self._door.welcome(scope)):
            return welcome
        if refusal is None and not self._door.lets_in(scope):
            refusal = Refusal(401, LOCKED)
        return said(refusal, headers) if refusal else None


def refused(method: str, headers: Mapping[str, str], door: Door = LOCAL) -> Refusal | None:
    """Return why a request may not be served, None when it may.

    The host must be this machine's or the door's: a foreign page can point a name of its own at 127.0.0.1, but the browser still says that name.
    What changes anything must come from the page: browsers say the origin of every post, and programs that say none are no browsers.
    """
    host = headers.get("host", "")
    if _hostname(f"//{host}") not in LOOPBACK | door.hosts:
        return Refusal(421, UNNAMED if door.token else LOCAL_ONLY)
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    foreign = site not in ("none", "same-origin") or (origin is not None and urlsplit(origin).netloc != host)
    return Refusal(403, "This came from another page, so nothing was done.") if foreign and method not in SAFE else None


def said(refusal: Refusal, headers: Mapping[str, str]) -> Response:
    """Return a refusal as JSON to who asks for JSON, as a sentence to others."""
    challenge = {"www-authenticate": "Bearer"} if refusal.status == 401 else None
    if "application/json" in headers.get("accept", ""):
        return JSONResponse({"error": refusal.sentence}, refusal.status, challenge)
    return PlainTextResponse(refusal.sentence, refusal.status, challenge)


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Read a body, None when it is too large; it is read on for a while all the same, because a browser that is cut off shows no answer."""
    pieces, size, more = [], 0, True
    while more and size <= 4 * limit:
        message = await receive()
        piece = message.get("body", b"")
        size += len(piece)
        more = message.get("more_body", False)
        if size <= limit:
            pieces.append(piece)
    return b"".join(pieces) if size <= limit else None


def _again(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replay() -> Message:
        return {"type": "http.request", "body": waiting.pop(), "more_body": False} if waiting else await receive()

    return replay


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return wrapped
