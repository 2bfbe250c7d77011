"""Hints, help and the words of a command: what may follow, what was expected, and what was probably meant."""

import pytest

from desk.cards import Notes, plain
from desk.customer import Role
from desk.errors import InvalidInput
from desk.ports import Query
from desk.timeline import Purpose
from handlers.commands import words
from handlers.commands.command import Command, Group
from handlers.commands.hints import SLOTS, following, hints
from handlers.commands.table import COMMANDS, help_
from handlers.views import Views
from tests.world import user

CHOICES = {"MODE": ["observe", "draft", "auto"], "CATEGORY": ["billing", "technical issue"]}


def command(*ways):
    return Command(help_, frozenset(Role), ways[0], ways=ways)


async def hinted(w, text, *, who="ada", role=Role.ADMIN):
    card = await hints(Query("hints", text, user(who), role), w.services)
    return [line for block in card.blocks if isinstance(block, Notes) for line in block.lines] or plain(card)


@pytest.mark.parametrize(
    ("ways", "before", "found"),
    [
        pytest.param(["x add|remove"], [], ["add", "remove"], id="words"),
        pytest.param(["x add NAME", "x list"], [], ["add", "list"], id="each way to write it"),
        pytest.param(["x MODE [CATEGORY]"], ["auto"], ["billing", "technical issue"], id="the choices of a slot"),
        pytest.param(["x CATEGORY MODE"], ["technical", "issue"], ["observe", "draft", "auto"], id="after a name of several words"),
        pytest.param(["x CATEGORY MODE"], ["technical issue"], ["observe", "draft", "auto"], id="after a name in quotes"),
        pytest.param(["x [MODE] [CATEGORY] end"], [], ["observe", "draft", "auto", "billing", "technical issue", "end"], id="what may be left out"),
        pytest.param(["x MODE"], ["autoo"], [], id="nothing after what is no choice"),
        pytest.param(["x NAME MODE"], ["whatever"], ["observe", "draft", "auto"], id="anything for a slot without choices"),
        pytest.param(["x add"], ["add"], [], id="nothing after the end"),
        pytest.param(["x add [because REASON]"], ["add", "because"], ["REASON"], id="the slot where anything goes"),
    ],
)
def test_what_may_follow(ways, before, found):
    assert list(following(command(*ways), before, CHOICES)) == found


async def test_commands_are_completed_with_those_that_one_may_give(w):
    assert await hinted(w, "ne") == ["next"]
    assert "pause" not in await hinted(w, "", who="noor", role=Role.TEAMMATE)
    assert "pause" in await hinted(w, "", who="lea", role=Role.LEAD)


async def test_a_hint_is_the_whole_command_until_there_with_names_in_quotes(w):
    assert await hinted(w, "pause category te") == ['pause category "technical issue"']


async def test_channels_and_tickets_are_those_that_there_are(w):
    await w.asks("ina", "unsure: when does my refund arrive?")
    assert "pause #community" in await hinted(w, "pause ")
    assert await hinted(w, "why ") == [f"why {(await w.ticket()).id}"]


async def test_whoever_draws_asks_for_hints_as_for_any_view(w):
    card = await Views(w.services).view(Query("hints", "mode auto bil", user("ada"), Role.ADMIN))
    assert plain(card).splitlines()[1:] == ["mode auto billing"]


async def test_what_nobody_knows_gets_the_nearest_or_a_sentence(w):
    assert await hinted(w, "quue") == ["queue"]
    assert await hinted(w, "queue anything ") == "Nothing more is expected here."
    assert await hinted(w, "fly ") == "Nothing more is expected here."


async def test_only_the_team_gets_hints(w):
    assert await hinted(w, "", who="ina", role=Role.CUSTOMER) == "Commands are for the support team only."


async def test_every_slot_of_every_command_is_known_or_takes_anything(w):
    for slot, choices in SLOTS.items():
        assert all(isinstance(choice, str) for choice in await choices(Query("hints", "", user("ada"), Role.ADMIN), w.services)), slot


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_has_help_of_its_own_and_a_usage_that_begins_with_its_name(w, name):
    assert COMMANDS[name].usage.split()[0] == name
    assert all(way.split()[0] == name for way in COMMANDS[name].ways)
    await w.commands("ada", f"help {name}")
    assert w.texts(Purpose.NOTICE)[-1].startswith(f"/frontdesk {name}\n{COMMANDS[name].help}")


async def test_help_is_grouped_and_leaves_out_what_one_may_not_do(w):
    await w.commands("noor", "help")
    text = w.texts(Purpose.NOTICE)[0]
    assert text.index(Group.QUEUE) < text.index("/frontdesk next") < text.index(Group.TICKETS)
    assert "/frontdesk pause" not in text


async def test_help_about_what_one_may_not_do_says_who_may(w):
    await w.commands("noor", "help pause")
    assert w.texts(Purpose.NOTICE) == ["`pause` is for admins and leads only."]


async def test_a_command_that_is_not_there_gets_the_one_that_was_meant(w):
    await w.commands("noor", "quue")
    assert w.texts(Purpose.NOTICE) == ["There is no command 'quue': did you mean queue? `/frontdesk help` lists them."]


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        pytest.param("ina", "You need no command here: write your question, and it is answered.", id="a customer"),
        pytest.param("kim", "Commands are for the support team only.", id="a colleague"),
    ],
)
@pytest.mark.parametrize("text", ["queue", "help", "", "nonsense"])
async def test_who_is_not_of_the_team_gets_a_polite_sentence(w, who, sentence, text):
    await w.commands(who, text, where="community")
    (post,) = w.posts(Purpose.NOTICE)
    assert plain(post.card).startswith(sentence)
    assert (post.to, post.audience.scope) == ((user(who),), "public")


async def test_while_the_customer_record_is_down_a_command_that_needs_it_says_so(w, monkeypatch):
    async def run(event, services):
        """Ask the record."""
        return await services.crm.accounts()

    monkeypatch.setitem(COMMANDS, "ask", Command(run, frozenset(Role), "ask"))
    w.crm.down = True
    await w.commands("ada", "ask")
    assert w.texts(Purpose.NOTICE) == ["The customer record cannot be reached right now, so nothing was done. Try again in a moment."]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("mode auto", ("mode", "auto"), id="words"),
        pytest.param('mode "technical issue" auto', ("mode", "technical issue", "auto"), id="quotes"),
        pytest.param("macro “A title” x", ("macro", "A title", "x"), id="typographic quotes"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_words_are_split_and_quotes_hold_together(text, found):
    assert words.split(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("mode auto because 50 of 50 were right", ("mode auto", "50 of 50 were right"), id="a reason at the end"),
        pytest.param("mode auto", ("mode auto", ""), id="none"),
        pytest.param("mode auto BECAUSE yes", ("mode auto", "yes"), id="in capitals"),
    ],
)
def test_a_reason_stands_at_the_end(text, found):
    assert words.without_reason(text) == found


def test_an_error_says_what_was_expected_and_what_was_meant():
    with pytest.raises(InvalidInput) as error:
        words.one_of("mode", ["observe", "draft", "auto"], "atuo")
    assert str(error.value) == "`mode` expects observe, draft or auto; you wrote 'atuo': did you mean auto?"


def test_names_are_read_in_any_order_and_may_be_of_several_words():
    found = words.named("mode", ["technical", "issue", "AUTO"], {"mode": CHOICES["MODE"], "category": CHOICES["CATEGORY"]})
    assert found == {"mode": "auto", "category": "technical issue"}


def test_a_name_that_was_given_already_is_expected_no_more():
    with pytest.raises(InvalidInput, match="expects billing or technical issue; you wrote 'draft'"):
        words.named("mode", ["auto", "draft"], {"mode": CHOICES["MODE"], "category": CHOICES["CATEGORY"]})


def test_a_long_list_of_choices_is_cut():
    assert words.listed([str(n) for n in range(20)]).endswith("10, 11 or others")
