"""What commands say: to who gave them, and to the whole team."""

from desk.cards import Card, Form, plain
from desk.customer import Role
from desk.ports import Query
from desk.space import Place
from desk.timeline import Purpose
from handlers.commands.table import form_of
from tests.world import World, channel, user


def shown(w: World) -> Card:
    """Return the card that the last command whispered."""
    return next(post.card for post in reversed(w.chat.sent) if post.to and post.purpose is Purpose.NOTICE and post.card)


def told(w: World) -> str:
    """Return what the last command whispered, as text."""
    return plain(shown(w))


def announced(w: World) -> list[str]:
    """Return what the whole team was told in the agents channel."""
    return [plain(post.card) for post in w.posts(Purpose.NOTICE, where="agents") if not post.to and post.card]


def query(text: str, *, role: Role = Role.ADMIN, place: str = "agents") -> Query:
    """Return what an adapter asks before it gives a command."""
    return Query("command", text, user("ada"), role, place=Place(channel(place)))


async def form(w: World, text: str, *, role: Role = Role.ADMIN) -> Form | None:
    """Return the form that a command opens."""
    return await form_of(query(text, role=role), w.services)


def values(found: Form) -> dict[str, str]:
    """Return what a form shows as set."""
    return {field.name: field.value for field in found.fields}
