"""API: the Web API of a play's Slack, as strict as Slack's own, and a download of what people uploaded."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from cli.play.slack import looking, posting, showing
from cli.play.slack.names import TOKEN
from cli.play.slack.posting import Call
from cli.play.slack.refused import Refused
from cli.play.slack.server import Answer, Request
from cli.play.slack.state import Workspace

Json = dict[str, Any]
Method = Callable[[Call], Json]
READS: dict[str, Method] = {
    "users.info": looking.user,
    "users.list": looking.users,
    "users.lookupByEmail": looking.by_mail,
    "users.conversations": looking.rooms_of,
    "conversations.list": looking.rooms_of,
    "conversations.info": looking.room,
    "conversations.members": looking.members,
    "conversations.history": looking.history,
    "conversations.replies": looking.replies,
    "usergroups.list": looking.groups,
    "usergroups.users.list": looking.group,
    "files.info": looking.file,
    "chat.getPermalink": posting.permalink,
}
"""Methods that take no JSON: Slack does not read a body of it."""
WRITES: dict[str, Method] = {
    "auth.test": looking.whoami,
    "chat.postMessage": posting.post,
    "chat.update": posting.update,
    "chat.delete": posting.delete,
    "chat.postEphemeral": posting.whisper,
    "chat.startStream": posting.start_stream,
    "chat.appendStream": posting.append_stream,
    "chat.stopStream": posting.stop_stream,
    "reactions.add": posting.react,
    "reactions.remove": posting.unreact,
    "assistant.threads.setStatus": posting.status,
    "conversations.open": looking.open_direct,
    "views.open": showing.open_view,
    "views.update": showing.update_view,
    "views.publish": showing.publish,
}
POSTS = frozenset({"chat.postMessage", "chat.postEphemeral"})
BURST = 5
"""So many posts a channel may take at once; after that one a second."""
NESTED = ("blocks", "metadata", "view", "chunks", "attachments", "loading_messages")
"""Arguments that a form carries as JSON."""
RETRY_AFTER = 30


@dataclass
class Api:
    """Answers the app's calls. `down` is a Slack that does not answer, `busy` one whose quota of posts is used up."""

    workspace: Workspace
    down: bool = False
    busy: bool = False
    refused: list[tuple[str, str]] = field(default_factory=list)
    """What was called and refused, by method and code: a play that ends with any has shown a defect, or wanted to."""
    _posted: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    async def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if self.down:
            return Answer(503, b"Service Unavailable", {"Content-Type": "text/plain"})
        if request.path.startswith("/files/"):
            return self._download(request)
        method = request.path.removeprefix("/api/")
        # Slack counts each method for itself: what only asks goes on.
        if self.busy and method.startswith("chat."):
            return _limited(RETRY_AFTER)
        try:
            return _said({"ok": True, **self._call(method, request)})
        except Refused as refusal:
            self.refused.append((method, refusal.code))
            return _limited(1) if refusal.code == "ratelimited" else _said({"ok": False, "error": refusal.code, **refusal.beside})

    def _call(self, method: str, request: Request) -> Json:
        if not _is_ours(request):
            raise Refused("invalid_auth")
        perform = READS.get(method) or WRITES.get(method)
        if perform is None:
            raise Refused("unknown_method", req_method=method)
        call = Call(self.workspace, _arguments(request, json_too=method in WRITES))
        if method in POSTS:
            self._pace(str(call.arguments.get("channel")))
        return perform(call)

    def _pace(self, channel: str) -> None:
        """Raise Refused when posts come to a channel faster than Slack takes them."""
        now = self.workspace.now()
        left, since = self._posted.get(channel, (float(BURST), now))
        left = min(float(BURST), left + (now - since).total_seconds())
        if left < 1:
            raise Refused("ratelimited")
        self._posted[channel] = (left - 1, now)

    def _download(self, request: Request) -> Answer:
        id = request.path.split("/")[2]
        found = self.workspace.files.get(unquote(id))
        if not _is_ours(request) or found is None:
            return Answer(404 if found is None else 401)
        return Answer(200, found[1], {"Content-Type": found[0]["mimetype"]})


def _is_ours(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


def _arguments(request: Request, *, json_too: bool) -> Mapping[str, Any]:
    """Return what a call was given, in the query and in the body."""
    given: Json = dict(parse_qsl(request.query))
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json" and json_too:
        return given | _object(request.body.decode())
    if kind == "application/x-www-form-urlencoded":
        given |= dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    return {name: _nested(value) if name in NESTED else value for name, value in given.items()}


def _nested(text: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Refused("invalid_json") from None


def _object(text: str) -> Json:
    found = _nested(text)
    if not isinstance(found, dict):
        raise Refused("json_not_object")
    return found


def _said(value: Json) -> Answer:
    return Answer(200, json.dumps(value).encode())


def _limited(seconds: int) -> Answer:
    return Answer(429, json.dumps({"ok": False, "error": "ratelimited"}).encode(), {"Retry-After": str(seconds)})
