"""Autocomplete: what is offered is the value of the option that is being typed, whatever stands before and after it."""

import pytest

from bot.discord.autocomplete import Autocomplete, listed
from bot.discord.people import Who
from bot.discord.refs import channel_ref, user_ref
from bot.discord.tree import tree
from desk.catalog import Option, Options
from desk.customer import Role
from desk.space import Place
from handlers.commands.table import catalog
from tests.discord.test_interactive import command
from tests.fakes import FakeDesk

TREE = tree(catalog())
TIM = Who(user_ref("1", "7"), "Tim", Role.TEAMMATE)
HERE = Place(channel_ref("1", "20"))


async def asked(*path: str, focused: str, who: Who = TIM, **options: str) -> str:
    """Return what the desk is asked when somebody types into an option, "" for nothing."""
    desk = FakeDesk()
    await Autocomplete(desk).choices({"data": command(*path, focused=focused, **options)}, TREE, who, HERE)
    return next((query.subject for query in desk.asked), "")


@pytest.mark.parametrize(
    ("path", "focused", "options", "expected"),
    [
        pytest.param(("ticket", "why"), "ticket", {"ticket": "t-"}, "why t-", id="the first option"),
        pytest.param(("ticket", "why"), "ticket", {"ticket": ""}, "why ", id="nothing typed yet"),
        pytest.param(("ticket", "merge"), "into", {"ticket": "t-1", "into": "m"}, "merge t-1 into m", id="one after a word"),
        pytest.param(("ticket", "assign"), "teammate", {"ticket": "t-1", "teammate": "noor h"}, "assign t-1 to noor h", id="the beginning of a name"),
        pytest.param(
            ("mode",), "category", {"mode": "auto", "category": "bil", "reason": "x"}, "mode auto bil", id="what stands after it says nothing"
        ),
        pytest.param(("policy", "set"), "key", {"key": "tick"}, "policy set tick", id="a key of the policy"),
        pytest.param(("run",), "command", {"command": "mode auto bil"}, "mode auto bil", id="a command in one line"),
        pytest.param(("vip", "add"), "account", {"what": "account", "account": "Fj"}, "vip add account Fj", id="one of several ways"),
        pytest.param(("gone",), "x", {"x": "y"}, "", id="a command that is no more"),
    ],
)
async def test_the_desk_is_asked_how_the_command_goes_on(path, focused, options, expected):
    assert await asked(*path, focused=focused, **options) == expected


async def test_the_desk_is_asked_nothing_for_who_is_not_of_the_team():
    stranger = Who(TIM.ref, "Ina", Role.CUSTOMER)

    assert await asked("ticket", "why", focused="ticket", who=stranger, ticket="t-") == ""


@pytest.mark.parametrize(
    ("option", "before", "expected"),
    [
        pytest.param(Option("why t-1", "t-1  high  Mara Voss"), "why", ("t-1  high  Mara Voss", "t-1"), id="a ticket reads as whose it is"),
        pytest.param(
            Option('pause category "technical issue"', "technical issue"), "pause category", ("technical issue",) * 2, id="a name without quotes"
        ),
        pytest.param(Option("mode auto billing", "billing"), "", ("mode auto billing",) * 2, id="a whole command where the line is typed"),
        pytest.param(Option('pause category "a b"', "a b"), "", ('pause category "a b"',) * 2, id="with the quotes that it needs"),
    ],
)
def test_an_option_is_what_is_filled_in(option, before, expected):
    [choice] = listed([option], before)

    assert (choice["name"], choice["value"]) == expected


def test_no_more_and_nothing_longer_is_offered_than_discord_takes():
    many = [Option(f"why {n}", str(n)) for n in range(60)]
    long = [Option(f"why {'x' * 101}", "x"), Option("why y", "y" * 200)]

    assert len(listed(many, "why")) == 25
    assert [choice["value"] for choice in listed(long, "why")] == ["y"]
    assert len(listed(long, "why")[0]["name"]) == 100


async def test_a_desk_that_offers_something_else_offers_nothing():
    desk = FakeDesk(shows=lambda query: Options())

    assert await Autocomplete(desk).choices({"data": command("ticket", "why", focused="ticket", ticket="")}, TREE, TIM, HERE) == []
