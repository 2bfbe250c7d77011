"""Looking: the Web API's methods that read people, channels, messages and files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cli.play.slack import events
from cli.play.slack.names import APP, BOT, BOT_USER, TEAM
from cli.play.slack.posting import Call
from cli.play.slack.refused import Refused
from cli.play.slack.state import Member, Message, Room, Workspace, stamp

Json = dict[str, Any]
T = TypeVar("T")
MOST = 1000


def whoami(call: Call) -> Json:
    """auth.test."""
    bot = call.workspace.members[BOT_USER]
    return {"url": "https://pelican.slack.com/", "team": "Pelican Ledger", "team_id": TEAM, "user": bot.name, "user_id": bot.id, "bot_id": BOT}


def user(call: Call) -> Json:
    """users.info."""
    found = call.workspace.members.get(call.text("user"))
    if found is None:
        raise Refused("user_not_found")
    return {"user": _person(found)}


def by_mail(call: Call) -> Json:
    """users.lookupByEmail."""
    mail = call.text("email").lower()
    found = next((member for member in call.workspace.members.values() if not member.is_stranger and member.email.lower() == mail), None)
    if found is None:
        raise Refused("users_not_found")
    return {"user": _person(found)}


def users(call: Call) -> Json:
    """users.list: the workspace's own, and whoever of others was met here."""
    return _page(call, "members", list(call.workspace.members.values()), _person)


def rooms_of(call: Call) -> Json:
    """users.conversations of the bot."""
    kinds = call.text("types", "public_channel").split(",")
    hidden = call.yes("exclude_archived")
    found = [room for room in call.workspace.rooms.values() if BOT_USER in room.members and _kind(room) in kinds]
    return _page(call, "channels", [room for room in found if not (hidden and room.archived)], _room)


def room(call: Call) -> Json:
    """conversations.info."""
    return {"channel": _room(call.room)}


def members(call: Call) -> Json:
    """conversations.members."""
    return _page(call, "members", call.room.members, lambda user: user)


def history(call: Call) -> Json:
    """conversations.history: top-level messages and what was sent to the channel too, newest first."""
    room = _readable(call)
    found = [message for message in call.workspace.messages(room.id) if message.thread is None or message.broadcast]
    return _page(call, "messages", list(reversed(_between(call, found))), lambda message: _message(call, message))


def replies(call: Call) -> Json:
    """conversations.replies: the root first, then what is under it, oldest first."""
    room, root = _readable(call), call.text("ts")
    parent = call.workspace.message(room.id, root)
    under = call.workspace.replies(room.id, root)
    if parent is None and not under:
        raise Refused("thread_not_found")
    if parent and parent.thread:
        return _page(call, "messages", [parent], lambda message: _message(call, message))
    found = [*([parent] if parent else []), *_between(call, under)]
    return _page(call, "messages", found, lambda message: _message(call, message))


def open_direct(call: Call) -> Json:
    """conversations.open with one person."""
    user = call.text("users", "") or call.text("user", "")
    if user not in call.workspace.members:
        raise Refused("user_not_found")
    if user == BOT_USER:
        raise Refused("cannot_dm_bot")
    return {"channel": {"id": call.workspace.direct(user).id}}


def groups(call: Call) -> Json:
    """usergroups.list."""
    return {"usergroups": [{"id": id, "team_id": TEAM, "handle": id.lower(), "users": users} for id, users in call.workspace.groups.items()]}


def group(call: Call) -> Json:
    """usergroups.users.list."""
    found = call.workspace.groups.get(call.text("usergroup"))
    if found is None:
        raise Refused("no_such_subteam")
    return {"users": found}


def file(call: Call) -> Json:
    """files.info."""
    found = call.workspace.files.get(call.text("file"))
    if found is None:
        raise Refused("file_not_found")
    return {"file": found[0]}


def _person(member: Member) -> Json:
    # What another organization lets us see of its people has no address.
    email = {} if member.is_stranger or not member.email else {"email": member.email}
    profile = {"real_name": member.name, "display_name": "", "team": member.team, **email}
    known = {"id": member.id, "team_id": member.team, "name": member.name.lower().replace(" ", "."), "real_name": member.name, "profile": profile}
    inside = {
        "is_admin": member.is_admin,
        "is_owner": member.is_owner,
        "is_primary_owner": False,
        "is_restricted": member.is_guest,
        "is_ultra_restricted": False,
        "is_bot": member.is_bot,
        "is_app_user": False,
        "tz": member.zone,
        "locale": member.locale or "en-US",
        "deleted": False,
    }
    return known | ({"is_stranger": True, "is_bot": False, "deleted": False} if member.is_stranger else inside)


def _room(room: Room) -> Json:
    if room.is_direct:
        return {"id": room.id, "is_im": True, "user": room.user, "is_archived": False, "context_team_id": TEAM}
    shared = bool(room.teams)
    return {
        "id": room.id,
        "name": room.name,
        "is_channel": True,
        "is_im": False,
        "is_mpim": False,
        "is_private": room.is_private,
        "is_archived": room.archived,
        "is_general": False,
        "is_member": BOT_USER in room.members,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "is_pending_ext_shared": room.pending,
        "pending_shared": ["T0PENDING"] if room.pending else [],
        "shared_team_ids": sorted({TEAM, *room.teams}),
        "internal_team_ids": [],
        "connected_team_ids": sorted(room.teams),
        "context_team_id": TEAM,
        "conversation_host_id": TEAM,
        "num_members": len(room.members),
    }


def _kind(room: Room) -> str:
    return "im" if room.is_direct else "private_channel" if room.is_private else "public_channel"


def _readable(call: Call) -> Room:
    room = call.room
    if BOT_USER not in room.members:
        raise Refused("not_in_channel")
    return room


def _between(call: Call, messages: Sequence[Message]) -> list[Message]:
    oldest, latest, inclusive = call.text("oldest", "0"), call.text("latest", ""), call.yes("inclusive")
    after = [m for m in messages if _key(m.ts) > _key(oldest) or (inclusive and m.ts == oldest)]
    return [m for m in after if not latest or _key(m.ts) < _key(latest) or (inclusive and m.ts == latest)]


def _key(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds or 0), int(micros.ljust(6, "0")[:6] or 0)


def _message(call: Call, message: Message) -> Json:
    workspace = call.workspace
    put: dict[str, list[str]] = {}
    for name, by in workspace.reactions.get((message.channel, message.ts), ()):
        put.setdefault(name, []).append(by)
    marks = [{"name": name, "users": by, "count": len(by)} for name, by in put.items()]
    shown = events.whole(message, workspace.members[message.user], marks)
    if message.metadata and call.yes("include_all_metadata"):
        shown |= {"metadata": message.metadata}
    if under := workspace.replies(message.channel, message.ts):
        users = list(dict.fromkeys(reply.user for reply in under))
        shown |= {"thread_ts": message.ts, "reply_count": len(under), "reply_users": users, "latest_reply": under[-1].ts}
    return shown


def _page(call: Call, name: str, found: Sequence[T], show: Callable[[T], Any]) -> Json:
    """Return one page: `limit` of what was found, from where the cursor of the last one ended."""
    begin, limit = call.text("cursor", "") or "0", int(call.text("limit", "") or 100)
    if not begin.isdigit():
        raise Refused("invalid_cursor")
    end = int(begin) + max(1, min(limit, MOST))
    more = end < len(found)
    return {
        name: [show(item) for item in found[int(begin) : end]],
        **({"has_more": more} if name == "messages" else {}),
        "response_metadata": {"next_cursor": str(end) if more else ""},
    }


def seen_file(workspace: Workspace, id: str, name: str, media: str, content: bytes, *, host: str) -> Json:
    """Keep an upload; return what Slack says of it."""
    address = f"{host}/files/{id}/{name}"
    shown = {
        "id": id, "name": name, "title": name, "mimetype": media, "filetype": name.rpartition(".")[2], "size": len(content), "mode": "hosted",
        "file_access": "visible", "url_private": address, "url_private_download": address, "created": int(float(stamp(workspace.now()))), "app": APP,
    }  # fmt: skip
    workspace.files[id] = (shown, content)
    return shown
