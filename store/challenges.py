"""Challenges: the codes that people asked for to prove who they are, as hashes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select

from desk.changes import ExpectChallenges, SaveChallenge
from desk.errors import Conflict
from desk.ids import PersonId
from desk.linking import Challenge
from desk.space import UserRef
from store.database import Reads
from store.rows import Writer, all_of, one_of, pack, put
from store.schema import challenges


def save_challenge(connection: Connection, write: SaveChallenge) -> None:
    """Store a challenge; raise Conflict where it is not what it was when it was read."""
    held = write.challenge
    if write.was is not None:
        stands = select(challenges.c.doc).where(challenges.c.id == held.id)
        # The row is locked until the commit, so that of two tries at once the second counts anew.
        if one_of(connection, Challenge, stands if connection.dialect.name == "sqlite" else stands.with_for_update()) != write.was:
            raise Conflict(f"challenge {held.id!r} was changed meanwhile")
    row = {"id": held.id, "user": str(held.user), "person": held.person, "at": held.at, "tries": held.tries, "doc": pack(held)}
    put(connection, challenges, row)


def expect_challenges(connection: Connection, write: ExpectChallenges) -> None:
    """Raise Conflict when another code was asked for since, so that nobody is sent more than they may be by several who ask at once."""
    if connection.dialect.name == "postgresql":
        # Two transactions that count at once would both find it as it was: the second waits for the first.
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext("challenges"))))
    found = select(func.count()).where(challenges.c.at >= write.since)
    asked, sent = found.where(challenges.c.user == str(write.user)), found.where(challenges.c.person == write.person)
    if connection.scalar(asked) != write.asked or (write.person and connection.scalar(sent) != write.sent):
        raise Conflict(f"another code was asked for by {write.user} or for {write.person}")


def drop_challenges(connection: Connection, *, users: Collection[str] = (), people: Collection[PersonId] = ()) -> int:
    """Drop what these users asked for, or what was sent to these people; return how many rows."""
    named = or_(challenges.c.user.in_(users), challenges.c.person.in_(people))
    return connection.execute(delete(challenges).where(named)).rowcount


def drop_old_challenges(connection: Connection, before: datetime) -> int:
    """Drop what nobody counts any more; return how many rows."""
    return connection.execute(delete(challenges).where(challenges.c.at < before)).rowcount


class ChallengeReads(Reads):
    """The questions asked of challenges."""

    async def challenge(self, id: str) -> Challenge | None:
        """Return a challenge."""
        return await self.database.read(lambda c: one_of(c, Challenge, select(challenges.c.doc).where(challenges.c.id == id)))

    async def challenges(self, user: UserRef | None = None, *, person: PersonId | None = None, since: datetime) -> Sequence[Challenge]:
        """Return what a user asked for since then, or what was sent to a person, oldest first."""
        statement = select(challenges.c.doc).where(challenges.c.at >= since).order_by(challenges.c.at, challenges.c.id)
        statement = statement.where(challenges.c.user == str(user)) if user else statement
        statement = statement.where(challenges.c.person == person) if person else statement
        return await self.database.read(lambda c: all_of(c, Challenge, statement))


WRITERS: Mapping[type, Writer] = {SaveChallenge: save_challenge, ExpectChallenges: expect_challenges}
