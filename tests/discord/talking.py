"""Talking: the desk's half of the play's Discord, without a gateway, to be written through."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
from aiohttp import web as http

from bot.discord.access import Access
from bot.discord.carried import Carried
from bot.discord.chat import DiscordChat
from bot.discord.client import Client, wanted
from bot.discord.kinds import Kinds
from bot.discord.people import People
from bot.discord.refs import channel_ref, user_ref
from bot.discord.replies import Replies
from bot.discord.web import Web
from cli.play.discord.founding import founded, person, role, room
from cli.play.discord.names import GUILD, TOKEN
from cli.play.discord.server import Loopback
from cli.play.discord.state import Home, Kind, Message
from desk.audience import PUBLIC
from desk.cards import Card, Text
from desk.ids import OutboxId
from desk.ports import Clock, PolicySource
from desk.post import Direct, Post
from desk.space import ChannelRef, Place, UserRef
from desk.store import Store
from desk.timeline import Purpose
from tests.fakes import START

MARA, LEA, TIM, NOBODY = "1190000000000100000", "1190000000000210000", "1190000000000200000", "1190000000000999000"
HELP, AGENTS, FORUM, TICKETS, NOWHERE = (f"11900000000003{n}0000" for n in range(5))
SUPPORT, SOLVED = "1190000000000600000", "1190000000000710000"
HELP_REF, AGENTS_REF, FORUM_REF, TICKETS_REF = (channel_ref(GUILD, id) for id in (HELP, AGENTS, FORUM, TICKETS))
MARA_REF, LEA_REF, TIM_REF = (user_ref(GUILD, id) for id in (MARA, LEA, TIM))

SAID = (0, 19)
"""Kinds of messages that somebody wrote; the others are Discord's own remarks."""


def server(now: Any) -> Home:
    """Return a server on which Mara and Lea are customers and Tim is of the team, with channels and forums for both."""
    home = founded(now)
    role(home, SUPPORT, "Support")
    for id, name, roles in ((MARA, "Mara Voss", ()), (LEA, "Lea Brandt", ()), (TIM, "Tim", (SUPPORT,))):
        person(home, id, name, *roles)
    room(home, HELP, "help")
    room(home, AGENTS, "agents", only=(SUPPORT,))
    room(home, TICKETS, "tickets", Kind.FORUM, only=(SUPPORT,))
    room(home, FORUM, "questions", Kind.FORUM).tags = [{"id": SOLVED, "name": "Solved", "moderated": False, "emoji_id": None, "emoji_name": None}]
    return home


@dataclass
class Talking:
    """The chat, and the server it talks to."""

    chat: DiscordChat
    people: People
    web: Web
    kinds: Kinds
    replies: Replies
    server: Loopback
    hears_all: bool = True
    """Whether the bot may read what does not name it."""

    @property
    def home(self) -> Home:
        return self.server.home

    def stands(self, room: str) -> list[Message]:
        """Return what the bot wrote in a channel or thread."""
        return [message for message in self.home.messages(room) if message.by_bot and message.kind in SAID]

    def asked(self, route: str) -> list[str]:
        """Return the paths of what was asked of a route."""
        return [path for name, path in self.server.api.asked if name == route]


class Losing(Loopback):
    """A server of which some answers are lost on the way, after what was asked for is done."""

    lost = 0

    def lose_replies(self, times: int) -> None:
        """Lose the answers to the next posts."""
        self.lost = times

    async def _serve(self, request: http.Request) -> http.Response:
        answer = await super()._serve(request)
        if self.lost and request.method == "POST" and request.path.endswith("/messages"):
            self.lost -= 1
            return http.Response(status=503, text="upstream connect error")
        return answer


@asynccontextmanager
async def talking(server: Loopback, beside: Path, *, policy: PolicySource, store: Store, clock: Clock) -> AsyncIterator[Talking]:
    """Log in to a server, without listening."""
    access = Access(TOKEN, url=server.url)
    discord.http.Route.BASE = access.url.rstrip("/")
    client = Client(access, lambda _name, _event: None, wanted())
    carried = await Carried.open(beside, clock)
    web = Web(client, access)
    people, replies = People(web, policy, store, clock), Replies(carried, clock)
    await client.login(TOKEN)
    try:
        kinds = Kinds(web)
        hears_all = lambda: found.hears_all  # noqa: E731
        chat = DiscordChat(web, people, kinds, policy=policy, store=store, clock=clock, carried=carried, replies=replies, hears_all=hears_all)
        found = Talking(chat, people, web, kinds, replies, server)
        yield found
    finally:
        await web.close()
        await client.hang_up()
        await carried.close()


def post(text: str = "Hello", id: str = "o-1", target: Place | Direct | None = None, **more: Any) -> Post:
    """Return a post, for the channel for help unless it says another target."""
    return replace(Post(OutboxId(id), target or Place(HELP_REF), Purpose.ANSWER, PUBLIC, START, card=Card((Text(text),))), **more)


def ref(channel: str) -> ChannelRef:
    """Return a channel of the server."""
    return channel_ref(GUILD, channel)


def user(id: str) -> UserRef:
    """Return somebody on the server."""
    return user_ref(GUILD, id)
