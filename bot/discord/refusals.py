"""Refusals: what Discord's error codes mean for the desk, with a sentence that says who mends it and how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from desk.errors import FrontdeskError, Misconfigured, PlaceGone, RateLimited, Rejected, Unavailable

TOKEN = "make a new token on the Bot page of the Discord developer portal and set FRONTDESK_DISCORD_TOKEN to it"  # noqa: S105
ALLOW = "an admin of the server gives the bot's role {needed} there"
SEE = ALLOW.format(needed="View Channel and Read Message History")
POST = ALLOW.format(needed="what ./frontdesk invite discord asks for")
SOON = timedelta(seconds=30)
"""How long to wait where Discord limits us without saying for how long."""


class DirectClosed(PlaceGone):
    """The person takes no direct messages from the bot."""


class BodyRefused(Rejected):
    """Discord takes the message for malformed: drawn in another way it may be taken."""


class ThreadsFull(Rejected):
    """The server has as many active threads as it may."""


class ThreadLocked(PlaceGone):
    """The thread is locked, and only who may manage threads can write in it or unlock it."""


class ThreadArchived(PlaceGone):
    """The thread is archived, so that nothing in it can be changed."""


class AlreadyStarted(Rejected):
    """The message has a thread already."""


Kind = type[PlaceGone | Rejected | Misconfigured]
CLOSED = "the person takes no direct messages from the bot"
REFUSALS: Mapping[int, tuple[Kind, str]] = {
    10003: (PlaceGone, "the channel or thread is not there any more"),
    10004: (Misconfigured, "there is no such server: set FRONTDESK_DISCORD_GUILD to the id of the home server"),
    10007: (PlaceGone, "the person is not on the server"),
    10008: (PlaceGone, "the message is not there any more"),
    10013: (PlaceGone, "there is no such person on Discord"),
    10015: (PlaceGone, "the time to answer is over: give the command or press the button again"),
    10062: (PlaceGone, "the time to answer is over: give the command or press the button again"),
    20016: (Rejected, "the channel is in slow mode: " + ALLOW.format(needed="Bypass Slowmode")),
    30010: (Rejected, "the message has as many reactions as it may"),
    30013: (Rejected, "the server has as many channels as it may"),
    40001: (Misconfigured, f"Discord does not know the bot's token: {TOKEN}"),
    40002: (Misconfigured, "Discord wants the bot's owner to verify their account"),
    40005: (Rejected, "the file is larger than Discord takes"),
    40058: (PlaceGone, "nothing can be written in a forum itself, only in its posts"),
    40060: (Rejected, "it was answered already"),
    40067: (Rejected, "the forum wants a tag on each post: an admin of the server takes that off in the forum's settings"),
    50001: (PlaceGone, f"the bot cannot see the channel: {SEE}, or take the channel off the desk with /frontdesk channel remove"),
    50005: (PlaceGone, "the message is another's, so that the bot cannot change it"),
    50006: (BodyRefused, "there is nothing in the message"),
    50007: (DirectClosed, CLOSED),
    50013: (PlaceGone, f"the bot may not do this in the channel: {POST}"),
    50024: (Rejected, "a channel of this kind does not take it"),
    50027: (PlaceGone, "the time to answer is over: give the command or press the button again"),
    50035: (BodyRefused, "Discord takes the message for malformed"),
    50083: (ThreadArchived, "the thread is archived"),
    50278: (DirectClosed, "the person shares no server with the bot any more, so that it cannot write to them"),
    90001: (Rejected, "the author of the message has blocked the bot, so that it cannot react to it"),
    160002: (PlaceGone, f"the bot may not reply to a message that it cannot read: {SEE}"),
    160004: (AlreadyStarted, "the message has a thread already"),
    160005: (ThreadLocked, "the thread is locked: a moderator unlocks it, or " + ALLOW.format(needed="Manage Threads")),
    160006: (ThreadsFull, "the server has as many active threads as it may: close some"),
    160007: (ThreadsFull, "the server has as many active announcement threads as it may: close some"),
    200000: (Rejected, "a rule of the server's AutoMod blocked the message: an admin of the server exempts the bot's role from it"),
    200001: (Rejected, "a rule of the server's AutoMod blocked the title: an admin of the server exempts the bot's role from it"),
    240000: (Rejected, "Discord takes a link in the message for harmful"),
}
"""What a person can mend, or nobody; every other code is rejected by its number."""
DOWN = frozenset({130000, 131000})
"""Discord's own troubles: whether anything was done is unknown."""
LIMITED = frozenset({20022, 20028, 20029, 30046, 31001, 31002, 40003, 40004, 50086})
"""Too much at once: certainly nothing was done."""
BY_STATUS: Mapping[int, int] = {401: 40001, 403: 50013, 404: 10003}
"""What a status means by itself, where Discord gives no code."""


def refusal(call: str, *, status: int, answer: Mapping[str, Any]) -> FrontdeskError:
    """Return the error for an answer that refuses a call."""
    code = int(answer.get("code") or 0)
    if status >= 500 or code in DOWN:
        return Unavailable("platform", f"{call} was answered with status {status}")
    if status == 429 or code in LIMITED:
        return RateLimited(timedelta(seconds=float(answer["retry_after"])) if "retry_after" in answer else SOON)
    kind, sentence = REFUSALS.get(code or BY_STATUS.get(status, 0), (Rejected, "Discord refused it"))
    # Of Discord's own words none goes into the sentence: they may quote what was sent.
    return kind(f"{sentence} ({call}: {code or f'status {status}'})")
