"""Api: what the page's forms do. A program that asks for JSON gets JSON, a browser without scripts is led back to the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.web.guard import LIMIT
from bot.web.inbound import is_command
from bot.web.pane import can_read
from bot.web.rooms import local_channel, local_user
from bot.web.uploads import Upload
from bot.web.workspace import LocalWorkspace
from desk.errors import InvalidInput
from desk.space import MessageRef, Place, UserRef

FIELD = "field."
"""In front of the names of a button's own fields, so that they cannot meet ours."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request carries."""

    values: Mapping[str, str]
    files: Sequence[Upload] = ()

    def __getitem__(self, name: str) -> str:
        if name not in self.values:
            raise InvalidInput(f"{name!r} is missing")
        return self.values[name]

    @property
    def user(self) -> UserRef:
        """Return who does it."""
        return local_user(self["user"])

    @property
    def place(self) -> Place:
        """Return where it is done."""
        return Place(local_channel(self["channel"]), self.values.get("thread") or None)

    @property
    def message(self) -> MessageRef:
        """Return the message it is done to."""
        return MessageRef(self.place.channel, self["message"])

    @property
    def form(self) -> Mapping[str, str]:
        """Return the values of a button's own fields."""
        return {name.removeprefix(FIELD): value for name, value in self.values.items() if name.startswith(FIELD)}


class Api:
    """The endpoints that change something. Nobody logs in: the page is for one machine, and the person is whom it says."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self._workspace = workspace

    async def say(self, request: Request) -> Response:
        """Write a message, or give a command when it begins with `/frontdesk`."""
        sent = await self._sent(request)
        text = sent.values.get("text", "")
        if not text.strip() and not sent.files:
            raise InvalidInput("There is nothing to send yet: write something first.")
        if is_command(text):
            await self._workspace.command(sent.user, sent.place, text)
            return _done(request, sent)
        ref, _ = await self._workspace.say(sent.user, sent.place, text, files=sent.files)
        return _done(request, sent, message=ref.id)

    async def command(self, request: Request) -> Response:
        """Give a slash command."""
        sent = await self._sent(request)
        await self._workspace.command(sent.user, sent.place, sent["text"], form=sent.form)
        return _done(request, sent)

    async def edit(self, request: Request) -> Response:
        """Change one's own message."""
        sent = await self._sent(request)
        await self._workspace.edit_by(sent.user, sent.message, sent["text"])
        return _done(request, sent)

    async def delete(self, request: Request) -> Response:
        """Take back one's own message."""
        sent = await self._sent(request)
        await self._workspace.delete_by(sent.user, sent.message)
        return _done(request, sent)

    async def click(self, request: Request) -> Response:
        """Press a button, with the values of its form."""
        sent = await self._sent(request)
        seen = sent.values.get("seen", "")
        at, about = int(seen) if seen.isdecimal() else None, sent.values.get("about", "")
        await self._workspace.click(sent.user, sent.message, sent["button"], form=sent.form, seen=at, about=about)
        return _done(request, sent)

    async def react(self, request: Request) -> Response:
        """Put an emoji on a message."""
        sent = await self._sent(request)
        await self._workspace.react_by(sent.user, sent.message, sent["emoji"][:40])
        return _done(request, sent)

    async def typing(self, request: Request) -> Response:
        """Show that somebody is typing."""
        sent = await self._sent(request)
        await self._workspace.typing(sent.user, sent.place)
        return _done(request, sent)

    async def _sent(self, request: Request) -> Sent:
        """Read a request, and make sure that its person is a member who can read its channel."""
        sent = await (_json(request) if "json" in request.headers.get("content-type", "") else _form(request))
        room = await self._workspace.rooms.channel(sent.place.channel)
        await can_read(sent.user, room, self._workspace)
        return sent


def _done(request: Request, sent: Sent, **more: str) -> Response:
    # Only a query of our own page: "//host" would lead a browser elsewhere.
    back = sent.values.get("back", "?")
    if "application/json" in request.headers.get("accept", "") or not back.startswith("?"):
        return JSONResponse({"ok": True, **more})
    return RedirectResponse("/" + back, 303)


async def _json(request: Request) -> Sent:
    try:
        raw = json.loads(await request.body())
    except ValueError as error:
        raise InvalidInput(f"this is not JSON: {error}") from error
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise InvalidInput("send one JSON object of texts")
    return Sent(raw)


async def _form(request: Request) -> Sent:
    # The parser's own limit of 1 MB a field is lifted: the guard holds the limit of the whole.
    async with request.form(max_files=10, max_part_size=LIMIT) as form:
        # Browsers send every new line as two characters.
        values = {name: value.replace("\r\n", "\n") for name, value in form.multi_items() if isinstance(value, str)}
        given = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
        files = [Upload(file.filename or "file", file.content_type or "application/octet-stream", await file.read()) for file in given]
    return Sent(values, files)
