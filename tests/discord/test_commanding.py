"""Commanding: what a story writes is chosen below /frontdesk as people do it, and the desk is told just that."""

import pytest

from bot.discord.tree import Tree, tree
from cli.play.discord.commanding import chosen
from cli.play.discord.founding import founded, person, room
from cli.play.discord.names import channel_id, user_id
from handlers.commands.table import catalog
from tests.fakes import FakeClock

TREE: Tree = tree(catalog())


@pytest.fixture
def home():
    made = founded(FakeClock().now)
    room(made, channel_id("community"), "community")
    person(made, user_id("Mara Voss"), "Mara Voss")
    return made


def options(choice) -> dict[str, str]:
    while choice["options"] and choice["options"][0]["type"] in (1, 2):
        [choice] = choice["options"]
    return {option["name"]: option["value"] for option in choice["options"]}


@pytest.mark.parametrize(
    ("line", "filled"),
    [
        pytest.param("status", {}, id="a command alone"),
        pytest.param("macro add", {}, id="one that opens a form"),
        pytest.param("why t-1", {"ticket": "t-1"}, id="a ticket"),
        pytest.param("mode auto billing because they are right", {"mode": "auto", "category": "billing", "reason": "they are right"}, id="a reason"),
        pytest.param("category billing threshold 0.9", {"category": "billing", "number": "0.9"}, id="the most that can be filled in"),
        pytest.param("channel add community questions", {"kind": "community", "intake": "questions"}, id="a choice before what takes anything"),
        pytest.param("vip add account “Fjord Optics”", {"what": "account", "account": "Fjord Optics"}, id="a name in quotes"),
        pytest.param("kb add article Cheques You can.", {"kind": "article", "title": "Cheques", "text": "You can."}, id="a text to the end"),
        pytest.param("mode atuo billing", {"command": "mode atuo billing"}, id="what is none is written in one line"),
        pytest.param("fly away", {"command": "fly away"}, id="and so is what nobody knows"),
    ],
)
def test_a_line_is_filled_in(home, line, filled):
    assert options(chosen(home, TREE.command(), line)) == filled


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("pause #community for 2h", f"pause <#{channel_id('community')}> for 2h", id="a channel"),
        pytest.param('customer unlink "Mara Voss"', f"customer unlink <@{user_id('Mara Voss')}>", id="somebody"),
        pytest.param("pause category billing for 2h because prices change", "pause category billing for 2h because prices change", id="the line"),
    ],
)
def test_the_desk_is_told_what_was_picked_by_its_id_and_all_else_word_by_word(home, line, told):
    assert TREE.text({"options": [chosen(home, TREE.command(), line)]}) == told


def test_what_discord_was_not_told_of_is_written_in_one_line(home):
    choice = chosen(home, {"options": [{"name": "run", "type": 1}]}, "ticket t-1")

    assert options(choice) == {"command": "ticket t-1"}
