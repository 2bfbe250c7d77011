"""App: the routes of the local workspace."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.web.api import Api
from bot.web.door import LOCAL, Door
from bot.web.guard import Guard, Refusal, said
from bot.web.hooks import Hooks, routes
from bot.web.pages import STATIC, Pages, Site
from bot.web.workspace import LocalWorkspace
from desk.errors import FrontdeskError, InvalidInput, Misconfigured, NotAllowed, PlaceGone, Rejected, Retryable
from desk.ports import Desk

BUSY = "This could not be kept right now. Nothing is lost: please try again in a moment."
STATUS: Mapping[type[FrontdeskError], int] = {InvalidInput: 422, NotAllowed: 403, PlaceGone: 404, Rejected: 400, Retryable: 503, Misconfigured: 500}
"""What each error is to a browser; the first kind that fits wins."""


def create_app(workspace: LocalWorkspace, desk: Desk, *, site: Site | None = None, door: Door = LOCAL, hooks: Hooks | None = None) -> Starlette:
    """Return the app; `app.state.closing` is set to end its streams before it is shut down, `app.state.locked` says that it needs a token.

    `hooks` are reached without the token and under any name.
    """
    pages, api = Pages(workspace, desk, site or Site()), Api(workspace)
    app = Starlette(
        routes=[
            Route("/", pages.both),
            Route("/side/{side}", pages.one),
            Route("/ticket/{id}", pages.ticket),
            Route("/queue", pages.queue),
            Route("/file/{ref}", pages.file),
            Route("/events", pages.events),
            Route("/favicon.svg", pages.icon),
            Route("/health", pages.health),
            Route("/readyz", pages.ready),
            Route("/api/say", api.say, methods=["POST"]),
            Route("/api/command", api.command, methods=["POST"]),
            Route("/api/edit", api.edit, methods=["POST"]),
            Route("/api/delete", api.delete, methods=["POST"]),
            Route("/api/click", api.click, methods=["POST"]),
            Route("/api/react", api.react, methods=["POST"]),
            Route("/api/typing", api.typing, methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
            *routes(hooks or {}),
        ],
        middleware=[Middleware(Guard, door, signed=frozenset(hooks or {}))],
        exception_handlers={FrontdeskError: _refuse},
    )
    app.state.closing, app.state.locked = pages.closing, bool(door.token)
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer an error of ours with its sentence; what is only ours to mend is not told."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    sentence = BUSY if status >= 500 else str(error)
    return said(Refusal(status, sentence[:1].upper() + sentence[1:]), request.headers)
