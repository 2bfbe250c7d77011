"""Linking: how a platform user proves to be a person of the customer record, by a one-time code mailed to the address it has."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from desk.customer import Person, Role
from desk.ids import PersonId
from desk.space import UserRef

DIGITS = 6
"""Of a code: with five tries each, whoever guesses is right once in 200,000 codes."""
WINDOW = timedelta(hours=1)
"""In which a code may be given, and it is counted how many somebody asked for and how many went to one address."""
DAY = timedelta(days=1)
"""In which that is counted once more: who guesses all day long must not get there, and nobody's mailbox is written to every hour."""
Some = Annotated[int, "some"]


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """How people connect their account: how long a code holds, how often one may be tried, and how many are sent within an hour and a day.

    These are counted for whoever asks and, apart from that, for the address: so nobody's mailbox is flooded by many who ask.
    """

    code: timedelta = timedelta(minutes=10)
    tries: Some = 5
    per_hour: Some = 3
    per_day: Some = 6


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code that somebody asked for. Without a `person` none was sent, and nobody who tries one can tell.

    `code` is the hash of what was mailed last, "" while nothing was; `address` the hash of where to: whoever gets another address meanwhile is
    not linked by the old one. `is_over` says that it was used, given up, or taken over by a later one.
    """

    id: str
    user: UserRef
    person: PersonId | None
    at: datetime
    expires: datetime
    tries: int = 0
    code: str = ""
    address: str = ""
    is_over: bool = False


class Answer(StrEnum):
    """What a code that somebody gave is worth: it is theirs, it is wrong and may be tried again, or there is none to give any more."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"


def current(asked: Sequence[Challenge]) -> Challenge | None:
    """Return which of the codes that somebody asked for they may give: the one that is open, else the last; None without any."""
    return next((challenge for challenge in asked if not challenge.is_over), asked[-1] if asked else None)


def is_often(asked: Sequence[Challenge], policy: IdentityPolicy, *, now: datetime) -> bool:
    """Tell whether of what was asked for within a day there is enough for now."""
    return len(asked) >= policy.per_day or sum(challenge.at >= now - WINDOW for challenge in asked) >= policy.per_hour


def judged(challenge: Challenge | None, given: str, policy: IdentityPolicy, *, now: datetime) -> Answer:
    """Return what a code is worth, given its hash. A right one takes as long to be compared as a wrong one."""
    if challenge is None or challenge.is_over or now >= challenge.expires or challenge.tries >= policy.tries:
        return Answer.OVER
    return Answer.RIGHT if hmac.compare_digest(challenge.code or "-", given) else Answer.WRONG


def tried(challenge: Challenge, policy: IdentityPolicy) -> Challenge:
    """Return a challenge after a wrong code; the last one allowed ends it."""
    return replace(challenge, tries=challenge.tries + 1, is_over=challenge.tries + 1 >= policy.tries)


def addressee(people: Sequence[Person]) -> Person | None:
    """Return whom a code may be mailed to: the only one at an address, and no teammate, whose role no code gives.

    Of several who share an address nobody can say by a mail who reads it.
    """
    found = people[0] if len(people) == 1 else None
    return found if found is not None and found.role is Role.CUSTOMER and found.email else None


def sealed(secret: str, challenge: str) -> str:
    """Return the hash of a code or an address, which differs for every challenge."""
    return hashlib.sha256(f"{challenge}\x1f{secret}".encode()).hexdigest()


def read_code(text: str) -> str:
    """Return a code as it is hashed: without the blanks and hyphens that people put in."""
    return "".join(letter for letter in text if letter.isalnum())


def read_address(text: str) -> str:
    """Return an e-mail address as it is compared."""
    return text.strip().removeprefix("mailto:").casefold()


def masked(address: str) -> str:
    """Return an address as evidence shows it: `m***@acme.example`."""
    name, _, domain = address.strip().partition("@")
    return f"{name[:1]}***@{domain}"
