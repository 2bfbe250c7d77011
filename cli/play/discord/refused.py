"""Refused: what Discord answers when it does not do what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CODES: Mapping[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    404: (404, "404: Not Found"),
    405: (405, "405: Method Not Allowed"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10009: (404, "Unknown Permission Overwrite"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20028: (429, "The write action you are performing on the channel has hit the write rate limit."),
    30010: (400, "Maximum number of reactions reached (20)"),
    30032: (400, "Maximum number of application commands reached"),
    40001: (401, "Unauthorized. Provide a valid token and try again."),
    40060: (400, "Interaction has already been acknowledged."),
    40333: (403, "internal network error"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50024: (403, "Cannot execute action on this channel type"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (403, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
}
"""The codes of Discord's errors, with the status they come under."""


class Refused(Exception):
    """A request that Discord does not do. `beside` is what else its answer says."""

    def __init__(self, code: int, **beside: Any) -> None:
        super().__init__(code)
        self.code, self.beside = code, beside
        self.route = ""

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        return CODES[self.code][0]

    @property
    def body(self) -> dict[str, Any]:
        """Return the answer."""
        return {"message": CODES[self.code][1], "code": 0 if self.code in (404, 405) else self.code, **self.beside}


def invalid(*complaints: tuple[str, str]) -> Refused:
    """Return what is said of a form whose fields are wrong: each by its name, with dots, and what is wrong with it."""
    errors: dict[str, Any] = {}
    for path, what in complaints:
        at = errors
        for word in path.split("."):
            at = at.setdefault(word, {})
        at.setdefault("_errors", []).append({"code": "BASE_TYPE_BAD", "message": what})
    return Refused(50035, errors=errors)
