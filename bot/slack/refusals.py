"""Refusals: what Slack's error codes mean for the desk, with a sentence that says who mends it and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.errors import FrontdeskError, Misconfigured, PlaceGone, Rejected, Unavailable

INVITE = "invite the bot there with /invite, or take the channel off the desk with /frontdesk channel remove"
TOKEN = "install the app in the workspace again and set FRONTDESK_SLACK_BOT_TOKEN to the Bot User OAuth Token that its page shows"  # noqa: S105
REFUSALS: Mapping[str, tuple[type[PlaceGone | Rejected | Misconfigured], str]] = {
    "channel_not_found": (PlaceGone, f"there is no such channel, or the bot is not in it: {INVITE}"),
    "not_in_channel": (PlaceGone, f"the bot is not in the channel: {INVITE}"),
    "is_archived": (PlaceGone, "the channel is archived: unarchive it in Slack, or take it off the desk with /frontdesk channel remove"),
    "message_not_found": (PlaceGone, "the message is not there any more"),
    "thread_not_found": (PlaceGone, "the thread is not there any more"),
    "cant_update_message": (PlaceGone, "the message cannot be changed by the bot"),
    "edit_window_closed": (PlaceGone, "the workspace does not let a message this old be changed"),
    "user_not_found": (PlaceGone, "there is no such person in the workspace"),
    "user_not_visible": (PlaceGone, "the bot may not see this person"),
    "user_not_in_channel": (PlaceGone, "the person is not in the channel"),
    "user_disabled": (PlaceGone, "the person's account was deactivated"),
    "cannot_dm_bot": (PlaceGone, "Slack lets no bot write to another one"),
    "file_not_found": (PlaceGone, "the file is not there any more"),
    "file_deleted": (PlaceGone, "the file was deleted"),
    # Of what was asked for, not of the app: of a file that another organization does not share, say.
    "access_denied": (PlaceGone, "Slack denies the bot access to it: an owner of the workspace can allow it"),
    "restricted_action": (Rejected, "a setting of the workspace keeps the bot from posting there: an owner of the workspace can allow it"),
    "msg_too_long": (Rejected, "the message is longer than Slack takes"),
    "expired_trigger_id": (Rejected, "Slack waited too long for the form: press the button again"),
    "exchanged_trigger_id": (Rejected, "the form was opened already: press the button again"),
    "invalid_auth": (Misconfigured, f"Slack does not know the bot's token: {TOKEN}"),
    "not_authed": (Misconfigured, f"Slack got no token: {TOKEN}"),
    "token_revoked": (Misconfigured, f"the bot's token was revoked: {TOKEN}"),
    "token_expired": (Misconfigured, f"the bot's token has expired: {TOKEN}"),
    "account_inactive": (Misconfigured, f"the app was uninstalled or its bot deactivated: {TOKEN}"),
    "missing_scope": (
        Misconfigured,
        "the Slack app lacks the scope {needed}: paste the manifest of ./frontdesk manifest slack and install the app again",
    ),
    "not_allowed_token_type": (Misconfigured, f"Slack wants another kind of token: {TOKEN}"),
    "team_access_not_granted": (Misconfigured, "the app may not reach this workspace: an owner of the organization has to approve it"),
    "ekm_access_denied": (Misconfigured, "an admin of the workspace has suspended the posting of messages"),
    "org_login_required": (Misconfigured, "the workspace is being moved to an organization: install the app again once that is done"),
}
"""What a person can mend, or nobody; every other code is rejected by its name."""
DOWN = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited", "fetch_members_failed"}
)
"""Slack's own troubles: whether anything was done is unknown."""
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
"""Too much at once: certainly nothing was done."""


def refusal(method: str, answer: Mapping[str, Any]) -> FrontdeskError:
    """Return the error for an answer that is not ok, rate limits apart."""
    code = str(answer.get("error") or "")
    if code in DOWN or not code:
        return Unavailable("platform", f"{method} was answered with {code or 'nothing'!r}")
    kind, sentence = REFUSALS.get(code, (Rejected, "Slack refused it"))
    # A scope's name is the one word of Slack's that goes into a sentence: what else an answer holds may quote what was sent.
    return kind(f"{sentence.format(needed=answer.get('needed') or 'that this needs')} ({method}: {code})")
