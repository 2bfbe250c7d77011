"""Texts in Discord's Markdown: shown as they were written, in messages that Discord takes, and pinging nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.limits import CONTENT, cut, size
from bot.discord.links import safe
from bot.discord.split import messages
from bot.discord.threads import title
from bot.discord.written import escaped, small, written
from bot.text.markdown import pieces
from bot.text.markup import Fence
from desk.instants import marked
from tests.fakes import START
from tests.slack.test_mrkdwn import ANYTHING, WORDS

GUILD, CHANNEL, THREAD, MESSAGE = "1190000000000000001", "1190000000000300000", "1190000000000300001", "1190000000000300002"
PINGS = re.compile(r"(?<!\\)<(?:@[!&]?|#|/|id:|a?:\w+:)\w*|@(?:everyone|here)\b", re.IGNORECASE)
"""What Discord makes a mention, a channel or an emoji of."""
LITERAL = re.compile(r"<https?://[^>]*>|```.*?```|(?<!\\)`[^`]*`", re.DOTALL)
"""Addresses and code, in which Discord looks for none."""


def draw(text):
    return written(pieces(text, to=safe))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Refunds take **5 days**, not *6* or ~~7~~.", "Refunds take **5 days**, not *6* or ~~7~~.", id="styles"),
        pytest.param("# How it works\n\nFirst this.", "**How it works**\n\nFirst this.", id="a heading is bold"),
        pytest.param("- one\n- two\n  - deep\n\nafter", "- one\n- two\n  - deep\n\nafter", id="a list stands apart from what follows"),
        pytest.param("3. one\n4. two", "3. one\n4. two", id="numbers as they are"),
        pytest.param("> said\n> so", "> said\n> so", id="a quotation"),
        pytest.param("`code` here", "`code` here", id="code in a line"),
        pytest.param("```python\nx = 1\n```", "```python\nx = 1\n```", id="code with its language"),
        pytest.param("```\na ``` b\n```", "```\na \u02cb\u02cb\u02cb b\n```", id="code cannot end itself"),
        pytest.param("[Refunds](https://help.example/a_b)", "[Refunds](<https://help.example/a_b>)", id="a link without a preview"),
        pytest.param("https://help.example/a_b.", "<https://help.example/a_b>.", id="a bare address"),
        pytest.param("[mail us](mailto:a@b.example)", "mail us (a@b.example)", id="Discord makes links to the web only"),
        pytest.param("[bank.example](https://evil.example)", "[bank.example](<https://evil.example>) (evil.example)", id="where a link leads"),
        pytest.param("[x](javascript:alert)", "x", id="no link elsewhere"),
        pytest.param(
            "see [the **whole** guide](https://a.example) and on",
            "see [the](<https://a.example>) [whole](<https://a.example>) [guide](<https://a.example>) and on",
            id="blanks between the styles of a link",
        ),
        pytest.param("snake_case and 2 * 3 * 4", "snake\\_case and 2 \\* 3 \\* 4", id="signs that are no markup"),
        pytest.param("||spoiler||", "\\|\\|spoiler\\|\\|", id="no spoilers"),
        pytest.param("<@123> <@&5> <#7> <:x:1> <t:1:f>", "\\<@123> \\<@&5> \\<#7> \\<:x:1> \\<t:1:f>", id="no mentions"),
        pytest.param("@everyone @here", "@\u2060everyone @\u2060here", id="nobody is called"),
        pytest.param(
            f"[the answer](message:discord/{GUILD}/{CHANNEL}/{THREAD}/{MESSAGE})",
            f"[the answer](<https://discord.com/channels/{GUILD}/{THREAD}/{MESSAGE}>)",
            id="a message of ours in a thread",
        ),
        pytest.param("[the answer](message:slack/T0/C0/1.2)", "the answer", id="a message on another platform"),
    ],
)
def test_a_text_is_written_so_that_discord_shows_it_as_it_was_meant(text, expected):
    assert draw(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# no heading", "\\# no heading"),
        ("-# not small", "\\-# not small"),
        ("> no quotation", "\\> no quotation"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("**not bold** _nor_ `code`", "\\*\\*not bold\\*\\* \\_nor\\_ \\`code\\`"),
        ("see https://a.example/b_c*d, ok", "see <https://a.example/b_c*d>, ok"),
    ],
)
def test_somebodys_words_are_no_markup(text, expected):
    assert escaped(text) == expected


def test_an_instant_is_said_in_the_readers_own_zone():
    assert draw(f"due {marked(START, '12:00')}") == f"due <t:{int(START.timestamp())}:f>"


def test_small_print_is_small_line_by_line():
    assert small("one\n\ntwo") == "-# one\n\n-# two"


@given(ANYTHING)
def test_whatever_is_written_pings_nobody_and_fits(text):
    for each in (*messages(pieces(text, to=safe)), *messages(pieces(escaped(text), to=safe))):
        assert 0 < size(each) <= CONTENT
        assert PINGS.findall(LITERAL.sub("", each)) == []


@given(st.lists(WORDS, min_size=1, max_size=30).map("\n\n".join))
def test_a_long_text_is_parted_between_words_and_nothing_is_lost(text):
    assert " ".join(" ".join(messages(pieces(text))).split()) == " ".join(text.split())


def test_code_that_is_parted_is_code_of_the_same_language_in_every_part():
    code = "\n".join(f"line {n} of a program that goes on and on" for n in range(200))
    parts = messages([Fence(code, "python")])
    assert len(parts) > 3
    assert all(part.startswith("```python\n") and part.endswith("\n```") for part in parts)
    assert [line for part in parts for line in part.split("\n")[1:-1]] == code.split("\n")


@pytest.mark.parametrize("text", ["\N{GRINNING FACE}" * 3000, "x*" * 2500, "a" * 9000, "[" * 3000], ids=["emoji", "stars", "one word", "brackets"])
def test_what_takes_more_room_than_it_shows_fits_all_the_same(text):
    parts = messages(pieces(text, to=safe))
    assert all(size(part) <= CONTENT for part in parts)
    assert "".join("".join(parts).replace("\\", "").split()) == text


@pytest.mark.parametrize(("text", "most"), [("\N{GRINNING FACE}" * 60, 100), ("a" * 200, 100), ("short", 100), ("ab\N{GRINNING FACE}", 3)])
def test_a_cut_text_is_no_longer_than_it_may_be(text, most):
    assert size(cut(text, most)) <= most
    assert cut(text, most) == text or cut(text, most).endswith("…")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Where is my\n\nrefund?", "Where is my refund?"), ("", "Ticket"), ("  \u200b ", "Ticket"), ("word " * 40, f"{('word ' * 40)[:99].rstrip()}…")],
    ids=["one line", "nothing", "nothing that is seen", "too much"],
)
def test_a_thread_is_called_by_the_first_words_said_in_it(text, expected):
    assert title(text) == expected
