"""Texts of any origin in Slack: styled as they were written, split where they may be, and unable to ping, to link or to say a date on their own."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack import mrkdwn, rich
from bot.slack.links import safe
from bot.slack.markdown import pieces
from bot.text.markup import Fence, Item, Line, Quoted, literal, said, seen, words
from bot.text.split import parted, shortened, stretches, weight
from desk.instants import marked, without_marks
from tests.slack.checks.oracle import breaches, sequences, spoken

URL = "https://pelican-ledger.slack.com/"
NOON = datetime(2026, 11, 2, 11, tzinfo=UTC)
ANCHOR = "message:slack/T1/C1/1730545200.000100"
HOSTILE = [
    "<!here>", "<!channel|@channel>", "<!everyone>", "<@U012ABC>", "<!subteam^S012ABC>", "<#C012ABC|general>", "@here", "@channel hi", "@everyone",
    "<!date^1730545200^{date_short_pretty} {time}|forged>", "<https://evil.example|https://bank.example>", "[https://bank.example](https://evil.example)",
    "&lt;!here&gt;", "&amp;lt;!here&amp;gt;", "<\u200b!here>", "@\u200bhere", "@\u2060here", "\u202e<ereh!>", "```\n<!here>\n```", "`<!here>`",
    "> <!here>", "- <@U1>", "[x](javascript:alert(1))", "[<!here>](https://a.example)", "![x](https://evil.example/p.png)", "<script>",
    "*bold* _it_ ~no~",
    "[a|b](https://a.example/?x=1|2>3)", "https://a.example/<!here>", "\ue0001730545200\ue001words\ue002", "*_~`", "# <!channel>",
    "| <!here> | b |\n|---|---|\n| <@U1> | c |",
    ":white_check_mark: done", "\x00\x07", "\ud800", "[mail](mailto:a@b.example)", f"[there]({ANCHOR})", "&", "a & b < c > d",
    "<", ">", "<<>>", "<!", "<@", "\\<!here>",
]  # fmt: skip
MIXED = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12), max_size=6).map("\n".join)
GLUED = st.lists(st.sampled_from([*HOSTILE, "a", " ", "\n", "word"]), max_size=8).map("".join)
ANYTHING = (st.text(st.characters(codec=None)) | MIXED | GLUED).map(without_marks)
"""Texts as they are once they were let in."""
WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=12), min_size=1, max_size=120).map(" ".join)


def block(text, **more):
    return rich.block(pieces(text, **more))


def elements(text, **more):
    return block(text, **more)["elements"]


def spans(text, **more):
    return list(spoken([block(text, **more)]))


@given(ANYTHING)
@example(without_marks("".join(HOSTILE)))
def test_a_text_is_words_and_safe_links_and_nothing_else(text):
    for span in spans(text):
        assert span["type"] in ("text", "link"), span
        assert span["type"] == "text" or re.match(r"https?://|mailto:", span["url"])


@given(ANYTHING)
def test_a_text_in_slacks_markup_holds_links_of_ours_and_nothing_else(text):
    for sequence in sequences(mrkdwn.mrkdwn(pieces(text, url=URL))):
        assert re.match(r"(https?://|mailto:)[^|<>]+\|[^|<>]+$", sequence), sequence


@given(ANYTHING)
def test_neither_can_what_is_escaped_be_markup(text):
    told = mrkdwn.escaped(text)
    assert not set("<>`") & set(told)
    assert not re.search(r"&(?!amp;|lt;|gt;)", told)
    assert not re.search(r"(?<!\w)[*_~](?=\S)", told)
    assert not re.search(r"^&gt;", told, re.MULTILINE)


@given(ANYTHING)
@pytest.mark.parametrize("told", [mrkdwn.escaped, mrkdwn.bare], ids=["marked up", "bare"])
def test_nobody_is_pinged_by_name(told, text):
    assert not re.search(r"@(here|channel|everyone)\b", told(text), re.IGNORECASE)


@given(ANYTHING)
def test_what_is_drawn_is_what_slack_takes(text):
    told = pieces(text, url=URL)
    assert [breaches([rich.block(group)]) for group in stretches(told, 3000)] == [[] for _ in stretches(told, 3000)]


@given(st.text(st.characters(codec=None)))
def test_words_that_are_shown_as_they_are_lose_only_what_nobody_sees(text):
    shown = said(literal(without_marks(text)))
    assert shown == seen(without_marks(text))
    assert not re.search("[\u200b\u202e\u2066\ufeff\x00]", shown)
    shown.encode()


@pytest.mark.parametrize(
    ("text", "style"),
    [("**x**", "bold"), ("*x*", "italic"), ("_x_", "italic"), ("~~x~~", "strike"), ("`x`", "code"), ("# x", "bold"), ("### x", "bold")],
)
def test_a_style_is_kept(text, style):
    assert spans(text) == [{"type": "text", "text": "x", "style": {style: True}}]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        pytest.param("**x** and *y*", "*x* and _y_", id="styles"),
        pytest.param("** x**", "\u2217\u2217 x\u2217\u2217", id="what is no style in Markdown is none in Slack"),
        pytest.param("**bold _both_**", "*bold* *_both_*", id="a style in a style"),
        pytest.param("a*b*c 2*3*4", "a_b_c 2_3_4", id="within a word"),
        pytest.param("snake_case_name", "snake_case_name", id="a name with underscores"),
        pytest.param("5 * 3 < 20 & more", "5 \u2217 3 &lt; 20 &amp; more", id="signs"),
        pytest.param("- a\n- b", "• a\n• b", id="a list"),
        pytest.param("1. a\n2. b", "1. a\n2. b", id="a numbered list"),
        pytest.param("> a\n> b", ">a\n>b", id="a quotation"),
        pytest.param("```\nx < y\n```", "```\nx &lt; y\n```", id="code"),
        pytest.param("`a`b`", "`a`b\u02cb", id="one back quote too many"),
        pytest.param("[site](https://a.example/?a=1&b=2)", "<https://a.example/?a=1&amp;b=2|site>", id="a link"),
        pytest.param("see https://a.example/x, ok", "see <https://a.example/x|https://a.example/x>, ok", id="an address"),
        pytest.param("[a|b](https://a.example)", "<https://a.example|a/b>", id="a bar in a label"),
        pytest.param("[x](javascript:alert)", "x", id="a link that may not be"),
        pytest.param("\\*not bold\\*", "\u2217not bold\u2217", id="escaped by its writer"),
    ],
)
def test_markdown_in_slacks_markup(text, drawn):
    assert mrkdwn.mrkdwn(pieces(text)) == drawn


def test_lists_are_lists():
    bullets, numbered = elements("- a\n- **b**"), elements("1. a\n2. b")
    assert [(each["type"], each["style"], each["indent"], len(each["elements"])) for each in (*bullets, *numbered)] == [
        ("rich_text_list", "bullet", 0, 2),
        ("rich_text_list", "ordered", 0, 2),
    ]


def test_a_list_in_a_list_stands_deeper():
    assert [(each["indent"], len(each["elements"])) for each in elements("- a\n  - b\n  - c\n- d")] == [(0, 1), (1, 2), (0, 1)]


@pytest.mark.parametrize("text", ["3. a\n4. b", "1. a\n   - x\n2. b", "1. a\n3. b\n\n   - x\n"], ids=["from three", "a list within", "with a gap"])
def test_numbers_that_slack_would_count_otherwise_are_written_out(text):
    assert all(each.get("style") != "ordered" for each in elements(text))
    assert [number for number in ("1. ", "2. ", "3. ", "4. ") if number in "".join(span["text"] for span in spans(text))]


def test_a_second_paragraph_of_a_point_stays_with_it():
    assert pieces("- a\n\n  more\n- b") == (Item((*literal("a"), *literal("\n"), *literal("more"))), Item(literal("b")))


def test_quotations_and_code_are_their_own():
    told = pieces("> said\n> so\n\n```py\nx = 1\n```\nafter")
    assert [type(piece) for piece in told] == [Quoted, Fence, Line]
    assert told[1] == Fence("x = 1", "py")
    assert [each["type"] for each in elements("> said\n\n```\nx\n```")] == ["rich_text_quote", "rich_text_preformatted"]


def test_a_table_is_in_columns():
    assert pieces("| name | n |\n|---|---|\n| **Acme** | 12 |\n| B | |") == (Fence("name  n\n----  --\nAcme  12\nB"),)


def test_paragraphs_stand_apart_also_after_a_list():
    assert "".join(span["text"] for span in spans("a\n\nb")) == "a\n\nb"
    assert spans("- a\n\nb")[1]["text"] == "\n"


@pytest.mark.parametrize(
    ("address", "led"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("mailto:help@a.example", "mailto:help@a.example"),
        (ANCHOR, f"{URL}archives/C1/p1730545200000100?thread_ts=1730545200.000100&cid=C1"),
        ("message:local/main/c/1", ""),
        ("message:slack/T1/C1/../../x", ""),
        ("message:slack/T1/c1?x/1.2", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("slack://user?id=U1", ""),
        ("https://a.example/<b", ""),
        ("https://a.example/a b", ""),
        ("//a.example", ""),
        ("/etc/passwd", ""),
        ("https://a.example/" + "x" * 2000, ""),
    ],
    ids=lambda value: value[:40],
)
def test_where_a_link_may_lead(address, led):
    assert safe(address, url=URL) == led


def test_a_link_to_a_message_needs_the_workspaces_address():
    assert spans(f"[there]({ANCHOR})") == [{"type": "text", "text": "there"}]
    assert spans(f"[there]({ANCHOR})", url=URL)[0]["url"].startswith(f"{URL}archives/C1/p1730545200000100")


@pytest.mark.parametrize(
    ("link", "words_"),
    [
        ("[https://bank.example](https://evil.example/x)", "https://bank.example (evil.example)"),
        ("[bank.example](https://evil.example)", "bank.example (evil.example)"),
        ("[www.bank.example/login](https://evil.example)", "www.bank.example/login (evil.example)"),
        ("[help@bank.example](mailto:help@evil.example)", "help@bank.example (evil.example)"),
        ("[https://bank.example@evil.example](https://bank.example)", "https://bank.example@evil.example (bank.example)"),
        ("[**bank.example**](https://evil.example)", "bank.example (evil.example)"),
        ("[https://a.example/x](https://a.example/y)", "https://a.example/x"),
        ("[www.a.example](https://a.example)", "www.a.example"),
        ("[Refund times](https://a.example)", "Refund times"),
    ],
)
def test_a_link_that_reads_as_another_address_says_where_it_leads(link, words_):
    assert words(pieces(link)) == words_


def test_an_instant_is_said_by_slack_in_the_readers_zone():
    text = f"you can expect it by **{marked(NOON, '12:00 CET')}**."
    assert spans(text)[1] == {
        "type": "date", "timestamp": 1793617200, "format": "{date_short_pretty} {time}", "fallback": "12:00 CET", "style": {"bold": True},
    }  # fmt: skip
    assert mrkdwn.mrkdwn(pieces(text)) == "you can expect it by <!date^1793617200^{date_short_pretty} {time}|12:00 CET>."


def test_an_instant_may_be_a_links_words():
    text = f"it goes on there: [{marked(NOON, '12:00 CET')}]({ANCHOR})"
    date = spans(text, url=URL)[1]
    assert (date["type"], date["url"][:41], date["fallback"]) == ("date", f"{URL}archives", "12:00 CET")
    assert "^https://pelican-ledger.slack.com/archives/C1/p1730545200000100?" in mrkdwn.mrkdwn(pieces(text, url=URL))


def test_in_code_and_in_plain_words_an_instant_is_its_words():
    assert words(pieces(f"`{marked(NOON, '12:00 CET')}` {marked(NOON, '12:00 CET')}")) == "12:00 CET 12:00 CET"


@given(WORDS, st.integers(24, 90))
def test_a_text_is_parted_between_words_and_loses_nothing(text, most):
    stretched = parted(text, most)
    assert "".join(stretched) == text
    assert all(0 < len(each) <= most for each in stretched)
    assert [word for each in stretched for word in each.split()] == text.split()


@given(st.text(max_size=400), st.integers(1, 40))
def test_any_text_is_parted_into_what_fits(text, most):
    stretched = parted(text, most)
    assert "".join(stretched) == text
    assert all(len(each) <= most for each in stretched)


@given(ANYTHING, st.integers(8, 60))
def test_pieces_are_stretched_without_losing_a_sign(text, most):
    told = pieces(text)
    groups = list(stretches(told, most))
    assert all(sum(map(weight, group)) <= most for group in groups)
    signs = [re.sub(r"\s", "", words(group)) for group in (told, [piece for group in groups for piece in group])]
    assert sorted(signs[0].replace("•", "")) == sorted(re.sub("•", "", signs[1])) or any(isinstance(piece, Item) for piece in told)


def test_code_that_is_parted_is_code_on_both_sides_and_its_lines_are_whole():
    lines = [f"line {n:04} of a long log that nobody reads to its end" for n in range(200)]
    groups = list(stretches(pieces("before\n\n```\n" + "\n".join(lines) + "\n```\n\nafter"), 3000))
    fences = [piece for group in groups for piece in group if isinstance(piece, Fence)]
    assert len(fences) > 3
    assert "\n".join(fence.text for fence in fences).splitlines() == lines


def test_a_link_is_never_parted():
    text = "word " * 10 + "[a label of some length](https://a.example)" + " word" * 10
    links = [span for group in stretches(pieces(text), 60) for piece in group for span in piece.spans if span.address]
    assert [link.text for link in links] == ["a label of some length"]


def test_a_shortened_text_says_how_much_is_left_out():
    told = pieces("word " * 300)
    first, left = shortened(told, 100)
    assert sum(map(weight, first)) + left == sum(map(weight, told))
    assert 50 < sum(map(weight, first)) <= 100


def test_a_file_that_is_linked_where_it_was_sent_reads_as_its_name():
    assert words(pieces(f"[import.log]({ANCHOR}) (read)", url=URL)) == "import.log (read)"
    assert words(pieces("[import.log](https://evil.example)", url=URL)) == "import.log (evil.example)"
