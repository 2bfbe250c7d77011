"""Spoken: Slack's markup becomes Markdown, and nothing in it is lost."""

import pytest

from bot.slack.spoken import clean, command, markdown, mentioned, mentions

NAMES = {"U0BOT": "Frontdesk", "U0MARA": "Mara Voss"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("Can you help?", "Can you help?", id="plain words stay"),
        pytest.param("<@U0MARA> and <@U0BOT>", "@Mara Voss and @Frontdesk", id="people are named"),
        pytest.param("<@U0TIM|tim> said", "@tim said", id="a person nobody knows has the label"),
        pytest.param("<@U0TIM> said", "@somebody said", id="a person without any name is somebody"),
        pytest.param("in <#C0ACME|acme-shared> or <#C0X>", "in #acme-shared or #C0X", id="channels are named"),
        pytest.param("see <https://a.example/x_y*z|the page>", "see [the page](https://a.example/x_y*z)", id="a link has its label"),
        pytest.param("<https://a.example>", "https://a.example", id="a bare address stays one"),
        pytest.param("<http://a.example|a.example>", "http://a.example", id="an address that Slack made a link of stays an address"),
        pytest.param("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2", id="an address's entities are read"),
        pytest.param("<mailto:mara@acme.example|mara@acme.example>", "mara@acme.example", id="mail is an address"),
        pytest.param("<tel:+3120|+31 20>", "+31 20", id="a telephone number is what was written"),
        pytest.param("<!here> <!channel> <!everyone>", "@here @channel @everyone", id="who pings everybody pings nobody"),
        pytest.param("<!subteam^S0LEADS|@leads> <!subteam^S0X>", "@leads @S0X", id="groups are named"),
        pytest.param("<!date^1792400000^{time}|at 10:00> on", "at 10:00 on", id="a date is as it was written out"),
        pytest.param("*bold* and _italic_ and ~gone~", "**bold** and _italic_ and ~~gone~~", id="styles"),
        pytest.param("2*3*4, a * b * c and snake_case", "2*3*4, a * b * c and snake_case", id="stars within words are no style"),
        pytest.param("*<https://a.example|here>*", "**[here](https://a.example)**", id="a bold link"),
        pytest.param("• one\n• two", "- one\n- two", id="points"),
        pytest.param("&gt; said\nno &lt;b&gt; &amp;amp;", "> said\nno <b> &amp;", id="entities, each once"),
        pytest.param("run `a*b*c &amp;&amp; x` now", "run `a*b*c && x` now", id="code is not styled"),
        pytest.param("so:```x = *1*\ny```done", "so:\n```\nx = *1*\ny\n```\ndone", id="fences stand on lines of their own"),
        pytest.param("```\nGET <https://a.example|a.example>\n```", "```\nGET https://a.example\n```", id="an address in code is an address"),
        pytest.param("a\0b\ud800c", "a?b?c", id="what no database takes"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_markup_becomes_markdown(text, written):
    assert markdown(text, NAMES) == written


def test_whom_a_text_mentions_is_known_once_each():
    assert mentioned("<@U0BOT> tell <@U0MARA|mara> and <@U0BOT>, not &lt;@U0TIM&gt;") == ("U0BOT", "U0MARA")


def test_a_mention_is_ours_by_id_only():
    assert mentions("hello <@U0BOT>", "U0BOT")
    assert not mentions("hello @U0BOT and <@U0BOTTLE>", "U0BOT")


def test_cleaned_text_can_be_kept_anywhere():
    assert clean("ä\0\udfff🙂") == "ä??🙂"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("kb add web <https://help.example/a>", "kb add web https://help.example/a", id="an address"),
        pytest.param('policy set answers.hosts ["<http://help.example|help.example>"]', 'policy set answers.hosts ["help.example"]', id="a host"),
        pytest.param("customer <mailto:mara@acme.example|mara@acme.example>", "customer mara@acme.example", id="an e-mail address"),
        pytest.param("customer <mailto:mara@acme.example>", "customer mara@acme.example", id="an e-mail address without a label"),
        pytest.param("forget <@U0MARA|mara>", "forget <@U0MARA|mara>", id="a person keeps the id"),
        pytest.param("pause <#C0ACME|acme> for 2h", "pause <#C0ACME|acme> for 2h", id="a channel keeps the id"),
        pytest.param("team add <!subteam^S0LEADS|@leads> lead", "team add <!subteam^S0LEADS|@leads> lead", id="a group keeps the id"),
        pytest.param('try "a &lt; b &amp;amp; c"', 'try "a < b &amp; c"', id="signs are read once"),
    ],
)
def test_a_command_reads_as_it_was_written(text, written):
    assert command(text) == written
