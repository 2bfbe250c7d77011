"""Rights: what the bot is invited with, and what it may in a channel."""

from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.discord.rights import RIGHTS, application_of, invite, lacking, may, number
from cli.play.discord.names import TOKEN

GUILD, BOT, OWN, OTHER = "1", "2", "20", "21"
ALL = number()
VIEW, SEND, THREADS, REACT = 1 << 10, 1 << 11, 1 << 34, 1 << 6


def guild(*, everyone: int = 0, own: int = ALL, owner: str = "9"):
    roles = [{"id": GUILD, "permissions": str(everyone)}, {"id": OWN, "permissions": str(own)}, {"id": OTHER, "permissions": "0"}]
    return {"id": GUILD, "owner_id": owner, "roles": roles}


def over(kind: int, id: str, *, allow: int = 0, deny: int = 0):
    return {"type": kind, "id": id, "allow": str(allow), "deny": str(deny)}


def held(*overwrites, roles=(OWN,), **server) -> int:
    return may(guild(**server), {"permission_overwrites": overwrites}, user=BOT, roles=roles)


def test_every_right_is_discords_own():
    known = {value: name for name, value in discord.Permissions.VALID_FLAGS.items()}
    assert [right.name for right in RIGHTS if right.bit not in known] == []


@pytest.mark.parametrize(
    "too_much", ["administrator", "manage_guild", "manage_roles", "manage_channels", "manage_messages", "mention_everyone", "kick_members"]
)
def test_the_bot_does_not_ask_for(too_much):
    assert not getattr(discord.Permissions(ALL), too_much)


def test_the_address_asks_for_the_bot_its_commands_and_exactly_its_rights():
    found = urlsplit(invite("42"))
    assert (found.scheme, found.netloc, found.path) == ("https", "discord.com", "/oauth2/authorize")
    assert parse_qs(found.query) == {"client_id": ["42"], "scope": ["bot applications.commands"], "permissions": [str(ALL)]}


def test_the_address_names_the_home_server_where_it_is_known():
    asked = parse_qs(urlsplit(invite("42", "77")).query)
    assert (asked["guild_id"], asked["disable_guild_select"]) == (["77"], ["true"])


@pytest.mark.parametrize(
    ("token", "id"),
    [
        pytest.param(TOKEN, "1190000000000000002", id="begins with the application's id"),
        pytest.param("NDI.x.y", "42", id="lacks the signs that fill base64 up"),
        pytest.param("bm90IGFuIGlk.x.y", "", id="begins with something else"),
        pytest.param("no token at all!", "", id="is none"),
        pytest.param("", "", id="is empty"),
    ],
)
def test_a_token_that(token, id):
    assert application_of(token) == id


@pytest.mark.parametrize(
    ("overwrites", "server", "missing"),
    [
        pytest.param((), {}, [], id="that says nothing of its own"),
        pytest.param((), {"own": ALL & ~THREADS}, ["Manage Threads"], id="on a server whose role for the bot has less"),
        pytest.param((), {"own": ALL & ~THREADS, "everyone": THREADS}, [], id="on a server on which everybody may"),
        pytest.param((over(0, GUILD, deny=SEND),), {}, ["Send Messages"], id="in which nobody writes"),
        pytest.param((over(0, GUILD, deny=SEND), over(0, OWN, allow=SEND)), {}, [], id="in which nobody but the bot's role writes"),
        pytest.param((over(0, OWN, deny=SEND), over(1, BOT, allow=SEND)), {}, [], id="in which the bot itself is let write"),
        pytest.param((over(0, OTHER, deny=SEND),), {}, [], id="that takes something from a role the bot has not"),
        pytest.param((over(0, GUILD, deny=VIEW),), {}, ["View Channels"], id="that is hidden, in which nothing else counts"),
        pytest.param((over(0, GUILD, deny=VIEW),), {"own": 1 << 3}, [], id="that is hidden, to a bot that administers the server"),
        pytest.param((over(0, GUILD, deny=VIEW),), {"owner": BOT}, [], id="that is hidden, to who owns the server"),
    ],
)
def test_what_the_bot_lacks_in_a_channel(overwrites, server, missing):
    assert lacking(held(*overwrites, **server), inner=False) == missing


def test_among_the_team_it_needs_less():
    assert lacking(held(own=ALL & ~THREADS & ~REACT), inner=True) == []
