"""Routes: where tickets were to go, and who really took them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from desk.changes import SaveRoute
from desk.ids import TicketId
from desk.routing import Route
from desk.space import UserRef, parse_user
from store.database import Reads
from store.rows import Writer, all_of, pack, put
from store.schema import Instant, routes


def save_route(connection: Connection, write: SaveRoute) -> None:
    """Store a route."""
    held = write.route
    person = str(held.person) if held.person else None
    put(connection, routes, {"id": held.id, "ticket": held.ticket, "at": held.at, "team": held.team, "person": person, "doc": pack(held)})


class RouteReads(Reads):
    """The questions asked of routes."""

    async def routes(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[Route]:
        """Return routes, oldest first."""
        statement = select(routes.c.doc).order_by(routes.c.at, routes.c.id)
        statement = statement.where(routes.c.ticket == ticket) if ticket else statement
        statement = statement.where(routes.c.at >= since) if since else statement
        return await self.database.read(lambda c: all_of(c, Route, statement))

    async def offers(self, team: str) -> Mapping[UserRef, datetime]:
        """Return when each person was last offered a ticket of a team."""
        held = (routes.c.team == team, routes.c.person.is_not(None))
        statement = select(routes.c.person, func.max(routes.c.at, type_=Instant)).where(*held).group_by(routes.c.person)
        return await self.database.read(lambda c: {parse_user(person): at for person, at in c.execute(statement)})


WRITERS: Mapping[type, Writer] = {SaveRoute: save_route}
