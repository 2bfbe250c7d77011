"""Commands: what the desk understands is what Discord offers, told to it once, and read back as the desk reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.discord import commands, menu, tree
from bot.discord.carried import Carried
from bot.discord.commands import Commands
from bot.discord.tree import Tree
from bot.discord.web import Whoami
from desk.catalog import Catalog, Listed
from handlers.commands.command import Group
from handlers.commands.table import COMMANDS, catalog
from tests.discord.judge import _complaints, needs_spec
from tests.discord.test_interactive import command
from tests.fakes import FakeClock, FakeDesk

TREE: Tree = tree.tree(catalog())
OWN = {tree.HOME, tree.RUN}


def said(*path: str, **options: str) -> str:
    """Return a command as the desk reads what was chosen."""
    return TREE.text(command(*path, **options))


def size(told: Mapping[str, Any]) -> int:
    """Return how many characters Discord counts of a command."""
    own = len(told.get("name", "")) + len(told.get("description", "")) + len(str(told.get("value", "")))
    return own + sum(size(each) for name in ("options", "choices") for each in told.get(name, ()))


def test_every_command_of_the_desk_is_offered_and_nothing_else() -> None:
    offered = {leaf.begins[0] for leaf in TREE.leaves.values() if leaf.begins} - OWN

    assert offered == set(COMMANDS)


def test_discord_takes_so_many_commands_of_so_many_letters() -> None:
    told = TREE.command()

    assert len(told["options"]) <= 25, "more commands than a list of Discord's takes: give a heading of help a group of its own in tree.GROUPS"
    assert all(len(each.get("options", ())) <= 25 for each in told["options"])
    assert size(told) <= tree.WHOLE


@needs_spec
def test_what_is_told_is_as_discord_describes_it() -> None:
    route = "/applications/{application_id}/guilds/{guild_id}/commands"

    assert _complaints("put", route, "request", [TREE.command(), menu.open_ticket()]) == []


def test_customers_do_not_see_the_commands_but_their_own() -> None:
    assert int(TREE.command()["default_member_permissions"]) == 1 << 13
    assert "default_member_permissions" not in menu.open_ticket()


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        pytest.param(("status",), {}, "status", id="a command of one word"),
        pytest.param(("ticket", "why"), {"ticket": "t-1"}, "why t-1", id="a command about a ticket"),
        pytest.param(("ticket", "show"), {"ticket": "t-1"}, "ticket t-1", id="a command named as its group"),
        pytest.param(("ticket", "merge"), {"into": "t-2", "ticket": "t-1"}, "merge t-1 into t-2", id="two tickets"),
        pytest.param(("ticket", "assign"), {"ticket": "t-1", "teammate": "Tim Okafor", "note": "he knows them"},
                     'assign t-1 to "Tim Okafor" he knows them', id="a name of several words stands in quotes, a note does not"),
        pytest.param(("ticket", "assign"), {"ticket": "t-1", "teammate": "nobody"}, "assign t-1 to nobody", id="a word in place of a name"),
        pytest.param(("ticket", "assign"), {"ticket": "t-1"}, "assign t-1", id="what is left out is asked for by the desk"),
        pytest.param(("queue",), {"team": "mine"}, "queue mine", id="a word in place of a team"),
        pytest.param(("mode",), {}, "mode", id="a command that shows how things stand"),
        pytest.param(("mode",), {"mode": "draft", "category": "account access", "reason": "we are new"},
                     'mode draft "account access" because we are new', id="a reason at the end"),
        pytest.param(("mode",), {"mode": "clear", "kind": "shared"}, "mode clear shared", id="a choice of another way"),
        pytest.param(("policy", "set"), {"key": "tickets.window", "value": "90m"}, "policy set tickets.window 90m", id="a key and a value"),
        pytest.param(("policy", "set"), {"key": "tickets.window"}, "policy set tickets.window", id="a key without a value"),
        pytest.param(("channel", "add"), {"channel": "1190000000000300000", "kind": "community", "intake": "questions"},
                     "channel add <#1190000000000300000> community questions", id="a channel that was picked is a mention"),
        pytest.param(("channel", "add"), {"kind": "shared", "account": "Acme Ltd"}, 'channel add shared "Acme Ltd"', id="this channel"),
        pytest.param(("customer",), {"do": "link", "user": "1190000000000100000", "person": "mara@acme.example"},
                     "customer link <@1190000000000100000> mara@acme.example", id="somebody who was picked is a mention"),
        pytest.param(("customer",), {"person": "Mara Voss"}, 'customer "Mara Voss"', id="a person by name"),
        pytest.param(("category",), {"category": "billing", "number": "default"}, "category billing threshold default", id="no number"),
        pytest.param(("try",), {"question": 'Why does "error 5" come?'}, 'try “Why does "error 5" come?”', id="a question with quotes in it"),
        pytest.param(("kb", "add"), {"kind": "article", "title": "Opening hours", "text": "From 9 to 17, all week."},
                     'kb add article "Opening hours" From 9 to 17, all week.', id="an article"),
        pytest.param(("kb", "add"), {"kind": "web", "address": "https://help.example", "every": "6h", "name": "help"},
                     "kb add web https://help.example name help every 6h", id="a source"),
        pytest.param(("kb", "remove"), {"source": "help", "confirm": "confirm"}, "kb remove help confirm", id="a word at the end"),
        pytest.param(("forget",), {"person": "mara", "name": "Mara Voss"}, 'forget mara confirm "Mara Voss"', id="a name to confirm"),
        pytest.param(("oncall",), {"do": "override", "rota": "core", "teammate": "Tim", "from": "2026-11-02T18:00", "until": "2026-11-03T08:00"},
                     "oncall override core Tim from 2026-11-02T18:00 until 2026-11-03T08:00", id="instants"),
        pytest.param(("oncall",), {"do": "ack", "ticket": "t-1"}, "oncall ack t-1", id="a page is taken up"),
        pytest.param(("rules",), {"do": "set", "rule": "vip", "level": "2"}, "rules set vip level 2", id="a number of few"),
        pytest.param(("rules",), {"do": "set", "rule": "vip", "does": "tell"}, "rules set vip does tell", id="another choice of the same rule"),
        pytest.param(("sla",), {"do": "set", "target": "first_response", "time": "4h"}, "sla set first_response 4h", id="a promise"),
        pytest.param(("vip", "add"), {"what": "person", "person": "Mara Voss"}, 'vip add person "Mara Voss"', id="what it is, and then who"),
        pytest.param(("pause",), {"category": "billing", "for": "2h"}, "pause category billing for 2h", id="a pause of a category"),
        pytest.param(("pause",), {"channel": "1190000000000300000"}, "pause <#1190000000000300000>", id="a pause of a channel"),
        pytest.param(("setup",), {"channel": "1190000000000300000"}, "setup agents <#1190000000000300000>", id="the agents channel"),
        pytest.param(("ticket", "incident"), {"do": "confirm", "incident": "i-1"}, "incident i-1 confirm", id="an incident"),
        pytest.param(("ticket", "incident"), {"ticket": "t-1", "ticket2": "t-2"}, "incident t-1 t-2", id="an incident of two tickets"),
        pytest.param(("run",), {"command": "/frontdesk why t-1"}, "why t-1", id="a command in one line"),
        pytest.param(("gone",), {}, "gone", id="a command that is no more is for the desk to say so"),
    ],
)  # fmt: skip
def test_what_was_chosen_is_read_as_the_desk_writes_it(path: tuple[str, ...], options: dict[str, str], expected: str) -> None:
    assert said(*path, **options) == expected


def test_what_fits_no_way_is_written_too_so_that_the_desk_can_say_what_it_expected() -> None:
    assert said("mode", mode="draft", kind="shared", category="billing", tier="gold").split() == ["mode", "draft", "billing", "shared", "gold"]
    assert said("route", ticket="t-1", to="on") == "route t-1 on"


def test_a_tickets_commands_need_the_ticket_and_those_with_a_form_little_more() -> None:
    needed = {" ".join(path): leaf.needed for path, leaf in TREE.leaves.items()}

    assert needed["ticket why"] == {"ticket"}
    assert needed["ticket assign"] == {"ticket"}
    assert needed["macro add"] == frozenset()
    assert needed["policy set"] == frozenset()


def test_a_command_that_is_added_to_the_desk_is_offered_by_itself() -> None:
    new = Listed("greet", "greet TEAMMATE [because REASON]", "Greet somebody.", Group.OTHER)
    made = tree.tree(Catalog((new,)))
    [leaf] = [leaf for path, leaf in made.leaves.items() if path == ("greet",)]

    assert list(leaf.options) == ["teammate", "reason"]
    assert made.text(command("greet", teammate="Tim", reason="he is new")) == "greet Tim because he is new"


class Server:
    """What a Discord has of commands, and how often it was told."""

    def __init__(self) -> None:
        self.there: list[dict[str, Any]] = []
        self.told = 0
        self.adds: dict[str, Any] = {"id": "1", "application_id": "9", "version": "7", "nsfw": False, "dm_permission": True}

    async def whoami(self) -> Whoami:
        return Whoami("1", "Pelican Ledger", "9", "9")

    async def call(self, method: str, path: str, **given: Any) -> Any:
        if method == "PUT":
            self.told += 1
            self.there = [
                {**each, **self.adds, "default_member_permissions": str(each.get("default_member_permissions", "")) or None} for each in given["json"]
            ]
        return self.there


class Offering(FakeDesk):
    """A desk that says which commands there are."""

    async def view(self, query):
        return catalog()


async def started(server: Server, path: Path) -> bool:
    """Start as a new process does, and return whether Discord was told anything."""
    carried = await Carried.open(path / "carried.db", FakeClock())
    told = await Commands(server, Offering(), carried).sync()  # type: ignore[arg-type]
    await carried.close()
    return told


async def test_discord_is_told_once_and_not_again_by_the_next_process(tmp_path: Path) -> None:
    server = Server()

    assert [await started(server, tmp_path) for _ in range(3)] == [True, False, False]
    assert server.told == 1


async def test_discord_is_told_again_when_somebody_changed_what_it_has(tmp_path: Path) -> None:
    server = Server()
    await started(server, tmp_path)
    server.there = server.there[:1]

    assert await started(server, tmp_path)


async def test_what_discord_makes_of_it_by_itself_is_no_reason_to_tell_it_again(tmp_path: Path) -> None:
    server = Server()
    server.adds |= {"description": "as Discord words it"}
    await started(server, tmp_path)

    assert not await started(server, tmp_path)


async def test_a_lost_memory_costs_no_change_where_both_are_the_same(tmp_path: Path) -> None:
    server = Server()
    await started(server, tmp_path / "one")

    assert not await started(server, tmp_path / "two")


def test_the_order_of_commands_makes_no_difference() -> None:
    told = [TREE.command(), menu.open_ticket()]

    assert commands.normalized(told) == commands.normalized(told[::-1])


@pytest.mark.parametrize(
    ("locale", "begins"), [("de", "Danke"), ("es-419", "Gracias"), ("pt-BR", "Obrigado"), ("en-GB", "Thank you"), ("ja", "Thank you")]
)
def test_whoever_asks_for_a_ticket_reads_their_own_language(locale: str, begins: str) -> None:
    assert menu.taken(locale).startswith(begins)
