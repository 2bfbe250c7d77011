"""Audience: who may see a fact, as a partial order, and what a place may show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from desk.errors import InvalidInput
from desk.ids import AccountId, PersonId
from desk.space import ChannelKind


class Scope(StrEnum):
    """The four kinds of audience."""

    PUBLIC = "public"
    ACCOUNT = "account"
    PERSON = "person"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see a fact; `subject` is the account or person id of the two scopes that have one.

    `a <= b` reads "whoever may see b may also see a": public is below everything, internal above everything,
    and an account and a person are never comparable with one another.
    """

    scope: Scope
    subject: str = ""

    def __post_init__(self) -> None:
        if (self.scope in (Scope.ACCOUNT, Scope.PERSON)) != bool(self.subject):
            raise InvalidInput(
                f"an audience of scope {self.scope.value!r} with subject {self.subject!r}: write public, account:ID, person:ID or internal"
            )

    def __le__(self, other: Audience) -> bool:
        return self == other or self.scope is Scope.PUBLIC or other.scope is Scope.INTERNAL

    def __str__(self) -> str:
        return f"{self.scope.value}:{self.subject}" if self.subject else self.scope.value


Audiences = frozenset[Audience]
"""What a place may show: a fact may stand there when it is below one of them."""

PUBLIC = Audience(Scope.PUBLIC)
INTERNAL = Audience(Scope.INTERNAL)


def account(subject: AccountId | str) -> Audience:
    """Return the audience of everyone who belongs to an account."""
    return Audience(Scope.ACCOUNT, subject)


def person(subject: PersonId | str) -> Audience:
    """Return the audience of one person."""
    return Audience(Scope.PERSON, subject)


def parse(text: str) -> Audience:
    """Read `public`, `account:ID`, `person:ID` or `internal`; raise InvalidInput for anything else."""
    scope, _, subject = text.strip().partition(":")
    if scope not in set(Scope):
        raise InvalidInput(f"audience {text!r}: write public, account:ID, person:ID or internal")
    return Audience(Scope(scope), subject)


def may_show(place: Iterable[Audience], fact: Audience) -> bool:
    """Tell whether a fact may stand in a place with these audiences."""
    return any(fact <= shown for shown in place)


def of_place(kind: ChannelKind, *, account_id: str | None, person_id: str | None, others: Iterable[str | None] = ()) -> Audiences:
    """Return what a channel may show, by the table in BEHAVIOUR ("What a channel may show").

    `account_id` is the account of a shared channel, or of the verified person of a direct one; `person_id` is that
    person, None unless verified. `others` are the accounts (None for unknown) of everyone from outside in a shared
    channel: while one of them differs, the channel is public.
    """
    match kind:
        case ChannelKind.COMMUNITY:
            return frozenset({PUBLIC})
        case ChannelKind.SHARED:
            alone = account_id is not None and all(other == account_id for other in others)
            return frozenset({account(account_id)}) if alone and account_id else frozenset({PUBLIC})
        case ChannelKind.DIRECT:
            known = {person(person_id)} if person_id else set()
            return frozenset(known | ({account(account_id)} if person_id and account_id else set()) or {PUBLIC})
        case ChannelKind.INTERNAL:
            return frozenset({INTERNAL})
