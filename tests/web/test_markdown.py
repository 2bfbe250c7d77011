"""Markdown: what people write is drawn, and does nothing."""

import pytest

from bot.web.markdown import SHOWN, bare, render

TABLE = "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("**5 to 7** days", "<p><strong>5 to 7</strong> days</p>", id="emphasis"),
        pytest.param("one\ntwo", "<p>one<br />\ntwo</p>", id="a new line is a new line"),
        pytest.param("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>", id="code is whole and escaped"),
        pytest.param("|a|\n|-|\n|1|", TABLE, id="a table"),
        pytest.param("# Help!", '<p class="heading">Help!</p>', id="a heading is no heading of the page"),
        pytest.param("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>", id="tags are text"),
        pytest.param("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>", id="no script in a link"),
        pytest.param("[x](JaVaScRiPt:alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>", id="no script in capitals either"),
        pytest.param("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>", id="no data in a link"),
        pytest.param("see `https://a.example`", "<p>see <code>https://a.example</code></p>", id="an address in code stays code"),
        pytest.param("\u202eevil", "<p>evil</p>", id="nothing turns a line around"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_text_is_drawn_and_harmless(text: str, html: str) -> None:
    assert render(text).strip() == html


@pytest.mark.parametrize("text", ["[help](https://help.example/a)", "<https://help.example/a>", "see https://help.example/a."])
def test_links_lead_out_without_a_way_back(text: str) -> None:
    assert '<a href="https://help.example/a" rel="noopener noreferrer nofollow" target="_blank">' in render(text)


def test_a_link_to_a_message_of_ours_stays_on_the_page() -> None:
    assert '<a class="to-message" href="#5a" data-channel="community">earlier</a>' in render("[earlier](message:local/main/community/5a)")


def test_no_picture_is_loaded_from_elsewhere() -> None:
    assert "<img" not in render("![pixel](https://spy.example/p.png)")


def test_a_long_text_is_cut_and_says_so() -> None:
    drawn = render("x" * 10_000_000)
    assert len(drawn) < SHOWN + 100
    assert "and 9,996,000 more characters" in drawn


@pytest.mark.parametrize("text", ["[" * 3000, "*a " * 1300, "> " * 2000, "`" * 3999, "(" * 4000, "![" * 2000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    assert len(render(text)) < 200_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("Under **Settings > _Plan_**, press `Save`.", "Under Settings > Plan, press Save.", id="emphasis and code"),
        pytest.param("# Refunds\n\nThey take\n5 days.", "Refunds They take 5 days.", id="a heading and lines"),
        pytest.param("3. Open it.\n4. Save it.", "3. Open it. 4. Save it.", id="steps keep their numbers"),
        pytest.param("- one\n- two", "• one • two", id="points"),
        pytest.param("```\nDROP TABLE x;\n```", "DROP TABLE x;", id="a block of code"),
        pytest.param("[the page](https://help.example)", "the page", id="a link"),
        pytest.param("[x](javascript:alert(1))", "[x](javascript:alert(1))", id="a link that is none"),
        pytest.param("2 * 3 * 4 < 25 & snake_case_name", "2 * 3 * 4 < 25 & snake_case_name", id="signs that mark nothing"),
        pytest.param("|a|b|\n|-|-|\n|1|2|", "a b 1 2", id="a table"),
        pytest.param("\u202e<b>evil</b>", "<b>evil</b>", id="tags are text"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_quote_is_bare_of_markup(text: str, says: str) -> None:
    assert bare(text) == says
