"""Errors, split by what the caller does about them.

FrontdeskError
├── Retryable        try again later; nothing was decided
│   ├── Unavailable  a system we depend on is down
│   ├── RateLimited  the other side named a time to wait
│   └── Conflict     somebody else wrote first: read again and compute again
├── Rejected         the other side said no, and will say no again
│   ├── PlaceGone    the channel, thread or message is not there any more
│   ├── NotAllowed   this person may not do this
│   └── InvalidInput the caller's words are wrong; the message says what to do
└── Misconfigured    a person has to change a setting; the message says which

Messages carry values with !r and never secrets or a customer's words.
"""

from __future__ import annotations

from datetime import timedelta


class FrontdeskError(Exception):
    """The root of everything Frontdesk raises on purpose."""


class Retryable(FrontdeskError):
    """Try again later; nothing was decided."""


class Unavailable(Retryable):
    """A system we depend on does not answer; `system` is one of model, kb, crm, platform, store, actions, pager, mail."""

    def __init__(self, system: str, detail: str = "") -> None:
        super().__init__(f"{system} is unavailable{': ' + detail if detail else ''}")
        self.system = system


class RateLimited(Retryable):
    """The other side asked us to wait `after`."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(f"rate limited for {after.total_seconds():.1f} s")
        self.after = after


class Conflict(Retryable):
    """A compare-and-set was lost: read again and compute again."""


class Rejected(FrontdeskError):
    """The other side said no, and will say no again."""


class PlaceGone(Rejected):
    """The channel, thread or message is not there any more."""


class NotAllowed(Rejected):
    """This person may not do this."""


class InvalidInput(Rejected):
    """The caller's words are wrong; the message says what to do instead."""


class Misconfigured(FrontdeskError):
    """A person has to change a setting; the message says which and how."""
