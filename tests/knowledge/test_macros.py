"""Confluence's macros: what is stored between angle brackets becomes what a reader of the page sees."""

import pytest

from desk.errors import InvalidInput
from knowledge.formats.html import to_markdown
from knowledge.wikis.macros import as_html


def macro(name: str, inner: str = "") -> str:
    return f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">{inner}</ac:structured-macro>'


def parameter(name: str, value: str) -> str:
    return f'<ac:parameter ac:name="{name}">{value}</ac:parameter>'


def rich(html: str) -> str:
    return f"<ac:rich-text-body>{html}</ac:rich-text-body>"


def plain(text: str) -> str:
    return f"<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"


def link(inner: str) -> str:
    return f'<ac:link ac:anchor="x"><ri:page ri:content-title="Cards"/>{inner}</ac:link>'


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        pytest.param("<p>a&nbsp;b &amp; c&rsquo;s &unheard;</p>", "a b & c’s &unheard;", id="entities of HTML"),
        pytest.param(macro("code", plain("if a < b:\n    # &nbsp;\n")), "```\nif a < b:\n    # &nbsp;\n```", id="code as it is"),
        pytest.param(
            macro("code", parameter("language", "Java") + parameter("title", "Main") + plain("x;")),
            "**Main**\n\n```java\nx;\n```",
            id="code with names",
        ),
        pytest.param(macro("noformat", parameter("language", "none") + plain("raw")), "```\nraw\n```", id="unformatted text"),
        pytest.param(macro("info", parameter("title", "Mind") + rich("the <strong>fee</strong>")), "**Mind**\n\nthe **fee**", id="a panel"),
        pytest.param(macro("warning", rich("<p>Hot.</p>" + macro("code", plain("x")))), "Hot.\n\n```\nx\n```", id="code in a panel"),
        pytest.param(macro("expand", parameter("title", "More") + rich("<p>inside</p>")), "**More**\n\ninside", id="what is folded"),
        pytest.param(f"<p>is {macro('status', parameter('colour', 'Green') + parameter('title', 'LIVE'))} now</p>", "is LIVE now", id="a status"),
        pytest.param(f"<p>a</p>{macro('toc')}{macro('children', parameter('depth', '2'))}<p>b</p>", "a\n\nb", id="lists of what stands elsewhere"),
        pytest.param(f"<p>see {macro('jira', parameter('key', 'X-1'))}there</p>", "see there", id="a macro that draws something"),
        pytest.param(
            f"<p>{link('<ac:plain-text-link-body><![CDATA[our <cards>]]></ac:plain-text-link-body>')}, x</p>",
            "our <cards>, x",
            id="a link with words",
        ),
        pytest.param(f"<p>{link('<ac:link-body>our <em>cards</em></ac:link-body>')}</p>", "our *cards*", id="a link with marked words"),
        pytest.param(f"<p>see {link('')} there</p>", "see Cards there", id="a link without words"),
        pytest.param('<p>ask <ac:link><ri:user ri:userkey="9f"/></ac:link> first</p>', "ask first", id="a person"),
        pytest.param('<p>a <ac:image><ri:attachment ri:filename="a.png"/></ac:image> b</p>', "a b", id="a picture"),
        pytest.param('<p><ac:emoticon ac:name="tick"/> and <ac:emoticon ac:name="smile"/>on</p>', "✔ and on", id="signs"),
        pytest.param('<p>since <time datetime="2026-01-02"/></p>', "since 2026-01-02", id="a date"),
        pytest.param(
            "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
            "<ac:task-body>do <em>it</em></ac:task-body></ac:task></ac:task-list>",
            "- do *it*",
            id="tasks",
        ),
        pytest.param("<ac:layout><ac:layout-section><ac:layout-cell><p>a</p></ac:layout-cell></ac:layout-section></ac:layout>", "a", id="a layout"),
        pytest.param('<p>a <ac:inline-comment-marker ac:ref="1">b</ac:inline-comment-marker> c</p>', "a b c", id="words that somebody commented"),
        pytest.param(
            '<ac:adf-extension><ac:adf-node type="panel">{"x": 1}</ac:adf-node><ac:adf-fallback><p>said</p></ac:adf-fallback></ac:adf-extension>',
            "said",
            id="an element of the new editor",
        ),
        pytest.param("<p>a</p><!-- a note of ours -->", "a", id="a comment in the source"),
    ],
)
def test_a_macro_becomes_what_its_reader_sees(stored, shown):
    assert to_markdown(as_html(stored)) == shown


@pytest.mark.parametrize("stored", ["h2. Old markup & more <", "<p>open", "<ac:x></ac:y>", "]]>"])
def test_what_is_not_the_storage_format_is_refused(stored):
    with pytest.raises(InvalidInput, match="storage format"):
        as_html(stored)


def test_parts_that_never_end_do_not_hold_anybody_up():
    with pytest.raises(InvalidInput, match="storage format"):
        as_html("<![CDATA[" * 200_000)


def test_entities_of_a_page_itself_are_not_resolved():
    with pytest.raises(InvalidInput, match="storage format"):
        as_html('</root><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><root>')
