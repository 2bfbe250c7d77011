"""Pages: what is looked at. Read only, and readable without scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse

from bot.web.drawing import draw
from bot.web.log import position
from bot.web.pane import Side, chosen, pane, zone_of
from bot.web.rooms import Member, local_user
from bot.web.suggestions import Suggestion
from bot.web.summaries import summaries
from bot.web.why import history
from bot.web.workspace import LocalWorkspace
from desk.customer import TEAM, Role
from desk.errors import FrontdeskError, PlaceGone, Unavailable
from desk.ports import Desk, Query, TicketView

STATIC = Path(__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


async def nothing() -> Mapping[str, str]:
    """Say nothing."""
    return {}


async def well() -> Sequence[str]:
    """Name nothing that is degraded."""
    return ()


@dataclass(frozen=True, slots=True)
class Site:
    """What the page says of itself. `mode` is asked for the badge each time, `health` for more lines of /health; `docs` is a link, empty for none.

    `ready` returns a sentence for whatever is degraded, and raises one of our errors when no message can be taken.
    """

    title: str = "Frontdesk"
    suggestions: Sequence[Suggestion] = ()
    docs: str = ""
    mode: Callable[[], Awaitable[str]] | None = None
    health: Callable[[], Awaitable[Mapping[str, object]]] = nothing
    ready: Callable[[], Awaitable[Sequence[str]]] = well


class Pages:
    """The endpoints that show something. `closing` ends the streams when the server stops."""

    def __init__(self, workspace: LocalWorkspace, desk: Desk, site: Site) -> None:
        self._workspace = workspace
        self._desk = desk
        self._site = site
        self.closing = asyncio.Event()

    async def both(self, request: Request) -> Response:
        """Draw the workspace with its two sides."""
        address = self._address(request)
        panes = [found for side in Side if (found := await pane(side, address, self._workspace))]
        return HTMLResponse(draw("workspace.html", {**await self._frame(address), "panes": panes, "suggestions": self._site.suggestions}))

    async def one(self, request: Request) -> Response:
        """Draw one side alone, which the page puts in place of the old one."""
        address = self._address(request)
        side = request.path_params["side"]
        found = await pane(Side(side), address, self._workspace) if side in set(Side) else None
        if found is None:
            raise PlaceGone("there is nobody on this side")
        return HTMLResponse(draw("side.html", {"pane": found, "state": address, "suggestions": self._site.suggestions}))

    async def ticket(self, request: Request) -> Response:
        """Draw a ticket: what was said, what was decided, and why."""
        address = self._address(request)
        member = await self._teammate(address)
        view = await self._desk.view(Query("ticket", request.path_params["id"], member.user, member.role))
        if not isinstance(view, TicketView):
            raise PlaceGone(f"there is no ticket {request.path_params['id']!r}")
        zone = zone_of(member)
        shown = {"view": view, "history": history(view), "summaries": summaries(view), "zone": zone}
        return HTMLResponse(draw("ticket.html", {**await self._frame(address), **shown}))

    async def queue(self, request: Request) -> Response:
        """Draw the tickets that wait for the team, most urgent first."""
        address = self._address(request)
        member = await self._teammate(address)
        view = await self._desk.view(Query("queue", "", member.user, member.role))
        tickets = view if isinstance(view, tuple) else ()
        return HTMLResponse(draw("queue.html", {**await self._frame(address), "tickets": tickets, "zone": zone_of(member)}))

    async def file(self, request: Request) -> Response:
        """Hand out an upload: pictures to be looked at, everything else to be saved."""
        content = await self._workspace.shelf.get(request.path_params["ref"])
        # By its first bytes: a type that somebody claims is not believed, or a page of theirs would run as one of ours.
        picture = next((kind for magic, kind in PICTURES.items() if content.startswith(magic)), None)
        name = quote(request.query_params.get("name", "file"), safe="")
        headers = {"content-disposition": f"{'inline' if picture else 'attachment'}; filename*=UTF-8''{name}"}
        return Response(content, media_type=picture or "application/octet-stream", headers=headers)

    async def events(self, _: Request) -> Response:
        """Tell, as server-sent events, that something has changed; the page then asks for what it shows."""
        return StreamingResponse(self._changes(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def icon(self, _: Request) -> Response:
        """Hand out the icon where browsers look for it."""
        return FileResponse(STATIC / "favicon.svg")

    async def health(self, _: Request) -> Response:
        """Say that the workspace answers, with what the desk adds."""
        lines = await self._workspace.log.run(position)
        return JSONResponse({"status": "ok", "position": lines, **await self._site.health()})

    async def ready(self, _: Request) -> Response:
        """Say whether messages can be taken, and what is degraded; 503 when they cannot."""
        try:
            await self._workspace.log.run(position)
            return JSONResponse({"ready": True, "degraded": [*await self._site.ready()]})
        except FrontdeskError as error:
            # No more than which one: whoever asks need not have the token, and drivers name hosts and files.
            what = error.system if isinstance(error, Unavailable) else "desk"
            return JSONResponse({"ready": False, "degraded": [f"{what}: no message can be kept"]}, 503)

    async def _changes(self) -> AsyncIterator[str]:
        seen = -1
        closing = asyncio.ensure_future(self.closing.wait())
        changed = asyncio.ensure_future(self._workspace.changed(seen))
        try:
            while not closing.done():
                await asyncio.wait({changed, closing}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if changed.done():
                    seen = changed.result()
                    changed = asyncio.ensure_future(self._workspace.changed(seen))
                    yield f"data: {seen}\n\n"
                else:
                    yield ": still here\n\n"
        finally:
            changed.cancel()
            closing.cancel()

    def _address(self, request: Request) -> dict[str, str]:
        """Return who looks at what; a suggestion that was chosen by number says it in full."""
        address = {key: value for key, value in request.query_params.items() if key in KEPT}
        number = request.query_params.get("try", "")
        tried = self._site.suggestions[int(number)] if number.isdecimal() and int(number) < len(self._site.suggestions) else None
        return chosen(tried, address) if tried else address

    async def _frame(self, address: Mapping[str, str]) -> dict[str, object]:
        mode = await self._site.mode() if self._site.mode else ""
        return {"title": self._site.title, "docs": self._site.docs, "mode": mode, "now": self._workspace.log.clock.now(), "state": address}

    async def _teammate(self, address: Mapping[str, str]) -> Member:
        """Return the teammate who looks; without any, a stranger, to whom the desk shows nothing."""
        team = [member for member in await self._workspace.rooms.members() if member.role in TEAM]
        named = next((member for member in team if member.user.id == address.get("team")), None)
        return named or next(iter(team), None) or Member(local_user("nobody"), "", Role.CUSTOMER)


KEPT = ("as", "in", "in-reply", "team", "room", "room-reply", "text", "expect")
"""The words of the page's address."""
