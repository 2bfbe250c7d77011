"""Names: how a play's people, companies and channels are called on its Slack."""

from __future__ import annotations

from bot.web.rooms import slug
from desk.space import ChannelRef, Platform, UserRef

TEAM = "T0PELICAN"
"""The workspace that the desk's app is installed in."""
ELSEWHERE = "T0ELSEWHERE"
"""The workspace of customers who belong to no account."""
APP, BOT, BOT_USER = "A0FRONTDESK", "B0FRONTDESK", "U0FRONTDESK"
TOKEN, SECRET = "xoxb-play", "0123456789abcdef0123456789abcdef"
"""What the desk's process is given: good for nothing but the play's own Slack."""
COMMAND = "/frontdesk"


def user_id(name: str) -> str:
    """Return the id of somebody."""
    return "U0" + _id(name)


def channel_id(name: str) -> str:
    """Return the id of a channel."""
    return "C0" + _id(name)


def direct_id(user: str) -> str:
    """Return the id of the direct messages between the bot and a user."""
    return "D" + user[1:]


def team_id(account: str) -> str:
    """Return the workspace of an account's people."""
    return "T0" + _id(account) if account else ELSEWHERE


def slack_user(name: str) -> UserRef:
    """Return somebody as the desk knows them: by our workspace, wherever they are at home."""
    return UserRef(Platform.SLACK, TEAM, user_id(name))


def slack_channel(id: str) -> ChannelRef:
    """Return a channel by its id, as the desk knows it."""
    return ChannelRef(Platform.SLACK, TEAM, id)


def _id(name: str) -> str:
    return slug(name).replace("-", "").upper()
