"""What goes out pings nobody and leads nowhere strange, whatever a model or a document wrote; ordinary text stays as it is."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.outgoing import CODE, safe
from tests.agent.test_untrusted import INJECTIONS
from tests.support.needs import lacking

HOSTS = ("help.example", "status.acme.dev")
PING = re.compile(r"<(?:!(?!--|doctype|\[CDATA)|[@#])[^<>\n]{0,100}>|[@\uff20\ufe6b](?:everyone|here|channel)\b", re.IGNORECASE)
STRANGE = re.compile(r"(?<![^/]/)evil\.(?:com|example)\b|(?<![^\W_])javascript:\w|data:text/|!\[[^\[\]\n]*\]\([^\s()]*\)", re.IGNORECASE)
PIECES = st.sampled_from(
    [
        *("<", ">", "!", "@", "everyone", "here", "channel", "<!channel>", "<@U1>", "<#C1|x>", "[", "]", "(", ")", "https://", "evil.com", "/?d=1"),
        *("help.example", "\u200b", "&#64;", "&#60;", "`", "```", "\n", " ", "\\", "![", "[a](", "<b>", "</b>", "<script>", "javascript:", "//"),
        *("\u202e", "|", "[1]:", "<!--", "-->", "#", ".", "@@", "\uff20"),
    ]
)
TANGLED = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=20).map("".join))


@given(TANGLED)
@example("@@everyone")
@example("<<!channel>!channel>")
@example("@<b></b>everyone")
@example("<scr<b></b>ipt>x</script>")
@example("&#38;#64;everyone")
@example("[[a](https://evil.com)](https://evil.com)")
@example("`a` [x](https://evil.com/?d=1) `b")
@settings(max_examples=300)
def test_nothing_pings_leads_away_or_changes_when_made_safe_again(text):
    out = safe(text, hosts=HOSTS)
    assert not PING.search(out)
    # A bare name in code is clickable nowhere.
    assert not STRANGE.search(CODE.sub("", out))
    assert safe(out, hosts=HOSTS) == out


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("Hi <!channel> and <!here>", "Hi (mention removed) and (mention removed)"),
        ("<!subteam^S1|@team> <@U1|mara> <#C1|general>", "team mara general"),
        ("<@U123> <@!123> <@&123> <#123>", "(mention removed) (mention removed) (mention removed) (mention removed)"),
        ("@everyone @here @channel @EVERYONE", "everyone here channel EVERYONE"),
        ("@\u200beveryone \uff20here", "everyone here"),
        ("</ban:12345678901>", "/ban"),
        ("`<@U1> @everyone`", "`(mention removed) everyone`"),
    ],
)
def test_nobody_is_called(text, out):
    assert safe(text, hosts=HOSTS) == out


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://evil.com/x?d=INV-204", id="another host"),
        pytest.param("HTTPS://EVIL.COM", id="in capitals"),
        pytest.param("https://help.example@evil.com/", id="our host as a user name"),
        pytest.param("https://help.example:x@evil.com", id="our host as a user name with a password"),
        pytest.param("https://help.example.evil.com/a", id="our host as a part of another"),
        pytest.param("https://xhelp.example", id="our host as the end of another"),
        pytest.param("https://help.example\\@evil.com", id="a backslash"),
        pytest.param("https://help.example%2eevil.com/", id="an encoded dot"),
        pytest.param("https://help.example:8443/x", id="another port"),
        pytest.param("https://help.example/go?to=https://evil.com", id="a link within the link"),
        pytest.param("https://help.example/go?to=https%3A%2F%2Fevil.com", id="an encoded link within the link"),
        pytest.param("https://help.example/go?to=https%253A%252F%252Fevil.com", id="a link encoded twice within the link"),
        pytest.param("https://help.example//evil.com", id="two slashes in the path"),
        pytest.param("//evil.com/x", id="no scheme"),
        pytest.param("evil.com", id="a bare name"),
        pytest.param("www.evil.de/x", id="a bare name with www"),
        pytest.param("evil.io?d=1", id="a bare name with a query"),
        pytest.param("evil.com.", id="a dot at the end"),
        pytest.param("http://1.2.3.4/x", id="an address of a machine"),
        pytest.param("http://3232235777/", id="an address as one number"),
        pytest.param("http://[::1]/", id="a long address of a machine"),
        pytest.param("xn--80ak6aa92e.com", id="punycode"),
        pytest.param("\u0435vil.com/x", id="letters of another alphabet"),
        pytest.param("https://h\u0435lp.example/x", id="our host in letters of another alphabet"),
        pytest.param("https://help\u3002example/x", id="another dot"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("data:text/html;base64,PHNjcmlwdD4=", id="data"),
        pytest.param("ftp://help.example/x", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("slack://user?id=U1", id="an app"),
        pytest.param("tel:+491701234567", id="a telephone"),
        pytest.param("\u200bhttps://evil\u200b.com/", id="signs that nobody sees"),
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        pytest.param("see {} now", id="bare"),
        pytest.param("see [the page]({}) now", id="named"),
        pytest.param("see <{}> now", id="in angles"),
        pytest.param("see <{}|the page> now", id="named in angles"),
        pytest.param("see [the page](<{}>) now", id="named, in angles"),
        pytest.param("see [the page]( {} 'title' ) now", id="with a title"),
        pytest.param("![the page]({})", id="a picture"),
        pytest.param("[1]: {}", id="defined"),
        pytest.param("see **{}**, now", id="in bold"),
        pytest.param('<a href="{}">the page</a> now', id="an element"),
        pytest.param("![the page][1]\n\n[1]: {}", id="a picture defined"),
        pytest.param("see ({}) now", id="in brackets"),
    ],
)
def test_no_link_leads_away_however_it_is_written(link, written):
    out = safe(written.format(link), hosts=HOSTS)
    for said in (
        "evil",
        "1.2.3.4",
        "3232235777",
        "::1",
        "xn--",
        "javascript",
        "data:",
        "ftp:",
        "file:",
        "slack:",
        "tel:",
        "\u0435",
        "\u3002",
        "![",
        "8443",
        "xhelp",
    ):
        assert said not in out.lower()
    assert ("the page" in out) == ("the page" in written)


@pytest.mark.parametrize(
    "text",
    [
        "See https://help.example/refunds, then [the page](https://docs.help.example/a_(b)?x=1#y).",
        "HTTPS://HELP.EXAMPLE/A and help.example/refunds and http://status.acme.dev.",
        "Refunds arrive within 5 to 7 working days. [1][2] Amount: EUR 1,234.50.",
        "1. Open **Settings > API**.\n2. Choose *Create key*.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "Use `npm i @scope/pkg@1.2.3` or ```js\nconst a = b[0](c); // <your-name>\n```",
        "Edit main.py, README.md, settings.name, user.id and this.store; e.g. v1.2.3, Node.js, ASP.NET.",
        "if a < b and c > d, set <your-name>; 10:30, a:b, C:\\path, and/or, 24/7, I/O",
        "Personal data: we keep little. Write to support@help.example.",
        "Ping 192.168.0.1 for 3 s. \U0001f469\u200d\U0001f4bb \u2764\ufe0f",
        "array[0][1] and matrix[i](x) and [square] (round)",
        "Gr\u00f6\u00dfe: 5 \u20ac \u2013 \u00ab\u00e7a va\u00bb",
    ],
)
def test_ordinary_text_stays_as_it_is(text):
    assert safe(text, hosts=HOSTS) == text


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("<b>Press</b> Save<br>twice", "Press Save\ntwice"),
        ("a <!-- hidden --> b", "a  b"),
        ("<script>steal()</script>x", "x"),
        ("x <img src=x onerror=alert(1)", "x "),
        ("a\x00\x07\u202eb", "ab"),
    ],
)
def test_markup_of_pages_goes(text, out):
    assert safe(text, hosts=HOSTS) == out


def test_without_hosts_only_known_links_stay():
    known = ["See https://a.example/x?y=1. Mail: Help@A.example", "https://c.example"]
    text = "https://a.example/x?y=1 https://a.example/x https://b.example https://c.example/ help@a.example me@b.example"
    assert (
        safe(text, hosts=(), known=known)
        == "https://a.example/x?y=1 (link removed) (link removed) https://c.example/ help@a.example (address removed)"
    )


def test_with_hosts_a_known_link_elsewhere_stays_in_code_only():
    known = ["curl https://api.vendor.example/v1"]
    assert safe("`curl https://api.vendor.example/v1` https://api.vendor.example/v1", hosts=HOSTS, known=known) == (
        "`curl https://api.vendor.example/v1` (link removed)"
    )


def test_code_hides_no_link():
    assert safe("`https://evil.com/?d=1` and \\` evil.com/?d=1 \\`", hosts=HOSTS) == "`(link removed)` and \\` (link removed) \\`"


def test_a_citation_becomes_no_link():
    assert safe("It takes 5 days. [1]\n\n[1]: https://help.example/x", hosts=HOSTS) == "It takes 5 days. [1]\n\n1: https://help.example/x"


def test_no_word_of_a_harmless_message_is_lost():
    if not INJECTIONS.exists():
        lacking("the collection of injections in ../shared is absent")
    rows = [json.loads(line) for line in (INJECTIONS / "deepset.jsonl").read_text(encoding="utf-8").splitlines()]
    harmless = [row["text"] for row in rows if row["label"] == "LEGIT"]
    assert [text for text in harmless if re.findall(r"\w+", safe(text, hosts=())) != re.findall(r"\w+", text)] == []
