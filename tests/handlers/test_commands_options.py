"""Options: how a command that was begun may go on, as a platform offers it while somebody types; and the list of all commands."""

import pytest

from desk.catalog import Catalog, Options
from desk.customer import Role
from desk.errors import NotAllowed
from desk.ports import Query
from handlers.commands.hints import LABELED
from handlers.commands.table import COMMANDS
from handlers.views import Views
from tests.world import user


async def offered(w, text, *, who="ada", role=Role.ADMIN) -> list[tuple[str, str]]:
    found = await Views(w.services).view(Query("options", text, user(who), role))
    assert isinstance(found, Options)
    return [(option.command, option.label) for option in found.options]


async def commands(w, text) -> list[str]:
    return [command for command, _ in await offered(w, text)]


async def test_every_command_is_listed_with_how_it_is_written_and_who_may_give_it(w):
    found = await Views(w.services).view(Query("commands", ""))
    assert isinstance(found, Catalog)
    listed = {each.name: each for each in found.commands}

    assert list(listed) == list(COMMANDS)
    assert listed["pause"].roles == (Role.ADMIN, Role.LEAD)
    assert "policy set KEY VALUE [because REASON]" in listed["policy"].ways
    assert (listed["policy"].asks, listed["why"].asks) == (True, False)
    assert all(each.says and each.group for each in found.commands)


async def test_an_option_is_the_whole_command_until_there(w):
    assert "mode auto billing" in await commands(w, "mode auto ")
    assert await commands(w, "mode auto bil") == ["mode auto billing"]


async def test_a_name_of_several_words_is_in_quotes_and_reads_without(w):
    assert await offered(w, "pause category te") == [('pause category "technical issue"', "technical issue")]


async def test_a_ticket_is_found_by_whose_it_is(w):
    await w.asks("ina", "unsure: when does my refund arrive?")
    ticket = await w.ticket()
    [(command, label)] = await offered(w, f"why {ticket.customer_name[:3].lower()}")

    assert command == f"why {ticket.id}"
    assert label.startswith(str(ticket.id))
    assert ticket.customer_name in label
    assert ticket.id.startswith(LABELED)


async def test_a_tickets_customer_is_offered_by_name(w):
    await w.asks("ina", "unsure: when does my refund arrive?")
    name = (await w.ticket()).customer_name

    assert f'customer "{name}"' in await commands(w, "customer ") or f"customer {name}" in await commands(w, "customer ")


async def test_keys_of_the_policy_are_offered(w):
    found = await commands(w, "policy set tickets.")

    assert "policy set tickets.window" in found
    assert all(command.startswith("policy set tickets.") for command in found)


async def test_what_begins_as_written_comes_first_and_what_holds_it_after(w):
    found = await commands(w, "policy set window")

    assert found
    assert all("window" in command for command in found)


async def test_where_anything_goes_nothing_is_offered(w):
    assert await commands(w, "kb search ") == []
    assert await commands(w, "fly ") == []


async def test_no_more_is_offered_than_a_platform_lists(w):
    assert len(await commands(w, "policy set ")) == 25


async def test_only_commands_that_one_may_give_are_offered(w):
    assert await offered(w, "pau", who="noor", role=Role.TEAMMATE) == []
    assert await offered(w, "pause cat", who="noor", role=Role.TEAMMATE) == []
    assert "pause" in [command for command, _ in await offered(w, "pau", who="lea", role=Role.LEAD)]


async def test_nothing_is_offered_to_who_is_not_of_the_team(w):
    with pytest.raises(NotAllowed, match="support team"):
        await offered(w, "", who="ina", role=Role.CUSTOMER)
