"""Statuses: what an error of the Messages API means for us, by its status and the codes in its body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from agent.model import Fault, ModelFault

SPENT = "spend_limit"
TOO_LONG = ("prompt is too long", "context window", "context length", "too many tokens")
STATUSES: Mapping[int, Fault] = {
    400: Fault.REJECTED,
    401: Fault.KEY,
    402: Fault.SPEND_LIMIT,
    403: Fault.KEY,
    404: Fault.UNKNOWN_MODEL,
    408: Fault.SLOW,
    413: Fault.TOO_LONG,
    422: Fault.REJECTED,
    429: Fault.BUSY,
}
"""What a status means; every other one is a server that is busy."""
MID_STREAM: Mapping[str, Fault] = {
    "invalid_request_error": Fault.REJECTED,
    "request_too_large": Fault.TOO_LONG,
    "authentication_error": Fault.KEY,
    "permission_error": Fault.KEY,
    "billing_error": Fault.SPEND_LIMIT,
    "not_found_error": Fault.UNKNOWN_MODEL,
    "timeout_error": Fault.SLOW,
}
"""What an error event within a stream means, whose status says 200; after every other one a second try is worth it, which the SDK leaves to us."""
CODE = re.compile(r"[a-z][a-z0-9_]{0,60}")
LONGEST = 86400.0
"""Seconds: nobody who asks to wait for longer means it."""


def meant(status: int, body: object, headers: Mapping[str, str]) -> ModelFault:
    """Return our error for a status and what came with it. Its text holds codes only: any other words could repeat what was sent."""
    code, kind, said = _text(body, "details", "error_code"), _text(body, "type"), _text(body, "message").lower()
    fault = MID_STREAM.get(kind, Fault.DROPPED) if status == 200 else STATUSES.get(status, Fault.BUSY)
    if SPENT in code:
        fault = Fault.SPEND_LIMIT
    elif fault is Fault.REJECTED and any(words in said for words in TOO_LONG):
        fault = Fault.TOO_LONG
    elif status == 404 and kind not in ("", "not_found_error"):
        fault = Fault.REJECTED
    named = next((word for word in (code, kind) if CODE.fullmatch(word)), "no type")
    return ModelFault(fault, f"status {status}, {named}", after=asked_to_wait(headers))


def asked_to_wait(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the other side asks to wait, None when it does not say so in seconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return timedelta(seconds=min(max(float(headers[name]) * unit, 0.0), LONGEST))
        except (KeyError, ValueError):
            continue
    return None


def _text(body: object, *path: str) -> str:
    """Return a text within the body's error, "" when there is none."""
    found: object = body
    for name in ("error", *path):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""
