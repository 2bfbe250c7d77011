"""Hooks: requests that another system signs. They need no token of the page, and whoever takes one checks its signature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Hook = Callable[[Mapping[str, str], bytes], Awaitable[tuple[int, Mapping[str, str], bytes]]]
"""Takes the headers, with names in lower case, and the body as it came; returns status, headers and body of the answer."""
Hooks = Mapping[str, Hook]
"""Hooks by path."""


def routes(hooks: Hooks) -> list[Route]:
    """Return a route for each hook."""
    return [Route(path, _endpoint(hook), methods=["POST"]) for path, hook in hooks.items()]


def _endpoint(hook: Hook) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        status, headers, body = await hook(request.headers, await request.body())
        return Response(body, status, dict(headers))

    return answer
