"""HTML: what of a page reaches an article, and how it is written."""

import pytest

from desk.errors import InvalidInput
from knowledge.formats.html import page, to_markdown

ADDRESS = "https://help.example/billing/refunds"
ARTICLE = """<h1>How refunds work</h1>
<p>Refunds go back to the <b>payment method</b> you paid with, see <a href="../paying?x=1#how" title="t">paying</a>.</p>
<h2>Steps <a class="anchor" href="#steps">#</a></h2>
<ol><li>Open <code>Settings</code><ul><li>On the web: top right</li><li>In the app: the menu</li></ul></li>
<li>Run:<pre><code class="language-bash">$ acme refund \\
    --id 5 &lt;x&gt;
</code></pre></li></ol>
<table><thead><tr><th>Method</th><th>Days</th></tr></thead><tr><td>Card</td><td>5 to 7</td></tr>
<tr><td>Bank | SEPA</td><td>1<br>to 3</td></tr></table>
<details><summary>What if it is late?</summary><p>Write to us.</p></details>
<blockquote><p>Weekends do not count.</p></blockquote>"""
MARKDOWN = """# How refunds work

Refunds go back to the **payment method** you paid with, see [paying](https://help.example/paying?x=1#how).

## Steps

1. Open `Settings`
   - On the web: top right
   - In the app: the menu
2. Run:

   ```bash
   $ acme refund \\
       --id 5 <x>
   ```

| Method | Days |
| --- | --- |
| Card | 5 to 7 |
| Bank \\| SEPA | 1 to 3 |

**What if it is late?**

Write to us.

> Weekends do not count."""


def test_headings_lists_tables_code_and_links_are_kept():
    assert to_markdown(ARTICLE, base=ADDRESS).splitlines() == MARKDOWN.splitlines()


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param("<script>SECRET</script>", id="a script"),
        pytest.param("<style>.SECRET{}</style>", id="a style sheet"),
        pytest.param("<!-- SECRET -->", id="a comment"),
        pytest.param("<!--[if IE]><p>SECRET</p><![endif]-->", id="a conditional comment"),
        pytest.param("<noscript>SECRET</noscript>", id="noscript"),
        pytest.param("<template><p>SECRET</p></template>", id="a template"),
        pytest.param("<iframe src='https://x.example'>SECRET</iframe>", id="a frame"),
        pytest.param("<svg><text>SECRET</text></svg>", id="a drawing"),
        pytest.param("<p hidden>SECRET</p>", id="the hidden attribute"),
        pytest.param("<p hidden='until-found'>SECRET</p>", id="the hidden attribute with a value"),
        pytest.param("<p aria-hidden='true'>SECRET</p>", id="hidden from screen readers"),
        pytest.param("<p style='display:none'>SECRET</p>", id="display none"),
        pytest.param("<p style='color:red; DISPLAY : none !important'>SECRET</p>", id="display none in other words"),
        pytest.param("<div style='display:none'><p><b>SECRET</b></p></div>", id="display none further out"),
        pytest.param("<p style='visibility:hidden'>SECRET</p>", id="visibility"),
        pytest.param("<span style='font-size:0'>SECRET</span>", id="size nought"),
        pytest.param("<span style='font-size:0.0px'>SECRET</span>", id="size nought in pixels"),
        pytest.param("<span style='opacity:0'>SECRET</span>", id="opacity"),
        pytest.param("<span style='position:absolute; left:-9999px'>SECRET</span>", id="beyond the edge"),
        pytest.param("<span class='sr-only'>SECRET</span>", id="for screen readers only"),
        pytest.param("<style>p.quiet, .x { display: none }</style><p class='quiet'>SECRET</p>", id="a class that the page hides"),
        pytest.param("<style>#quiet{visibility:hidden}</style><p id='quiet'>SECRET</p>", id="an id that the page hides"),
        pytest.param("<form><label>SECRET</label><input value='SECRET'><textarea>SECRET</textarea></form>", id="a form"),
        pytest.param("<button>SECRET</button><select><option>SECRET</option></select>", id="controls"),
        pytest.param("<img src='x' alt='SECRET' title='SECRET'>", id="a picture's description"),
        pytest.param("<p title='SECRET' data-x='SECRET'></p>", id="attributes"),
        pytest.param("<object><p>SECRET</p></object>", id="an object"),
    ],
)
def test_what_a_reader_does_not_see_is_not_in_the_text(hidden):
    assert to_markdown(f"<p>Before.</p>{hidden}<p>After.</p>") == "Before.\n\nAfter."
    assert page(f"<main><p>Before.</p>{hidden}<p>After.</p></main>", url=ADDRESS).text == "Before.\n\nAfter."


@pytest.mark.parametrize("style", ["font-size:0.8em", "font-size: 10px", "opacity:0.9", "margin-left:-10px", "display:block", "left:0"])
def test_what_a_reader_sees_is_in_the_text(style):
    assert to_markdown(f"<p style='{style}'>Shown.</p>") == "Shown."


def test_zero_width_and_other_unseen_characters_are_taken_out():
    assert to_markdown("<p>re\u200bfu\u2060nd\u00ads \u202egnorw\u202c \U000e0041\U000e0042ok\ufeff</p>") == "refunds gnorw ok"


def test_joiners_that_spell_words_stay():
    assert to_markdown("<p>می\u200cخواهم 👩\u200d💻</p>") == "می\u200cخواهم 👩\u200d💻"


@pytest.mark.parametrize(
    ("href", "written"),
    [
        pytest.param("/a", "[x](https://help.example/a)", id="from the root"),
        pytest.param("//cdn.example/a", "[x](https://cdn.example/a)", id="of another host"),
        pytest.param("mailto:help@acme.example", "[x](mailto:help@acme.example)", id="an address for mail"),
        pytest.param("javascript:alert(1)", "x", id="a script"),
        pytest.param(" JavaScript:alert(1)", "x", id="a script in disguise"),
        pytest.param("java\nscript:alert(1)", "x", id="a script over two lines"),
        pytest.param("data:text/html,x", "x", id="a page within the link"),
        pytest.param("file:///etc/passwd", "x", id="a file"),
        pytest.param("#below", "x", id="a place in the page"),
        pytest.param("http://[broken", "x", id="no address at all"),
        pytest.param("", "x", id="nothing"),
    ],
)
def test_links_lead_where_a_reader_may_go(href, written):
    assert to_markdown(f'<p><a href="{href}">x</a></p>', base=ADDRESS) == written


def test_without_a_base_a_relative_link_leaves_its_words():
    assert to_markdown('<p><a href="plans.html">plans</a> and <a href="https://a.example/b">b</a></p>') == "plans and [b](https://a.example/b)"


def test_line_ends_of_the_source_are_spaces_and_those_of_code_stay():
    html = "<p>One\n   two <b>three\n</b>\nfour<br>\nfive</p>\n<pre>a\n  <span>b\n</span>\nc</pre>\n<p>six\nseven</p>"
    assert to_markdown(html) == "One two **three** four  \nfive\n\n```\na\n  b\n\nc\n```\n\nsix seven"


@pytest.mark.parametrize("character", ["&#31;", "&#x1f;", "&#xfffe;", "&#0;", "&#xd800;", "\x1f", "\ufffe"])
def test_characters_that_are_none_are_no_obstacle(character):
    assert to_markdown(f"<p>a{character}\nb</p>").replace("�", "") == "a b"


def test_links_in_code_are_code():
    assert to_markdown("<pre>let a: <a href='https://x.example/T'>T</a></pre>") == "```\nlet a: T\n```"


def test_a_table_that_lays_out_a_page_is_taken_apart():
    layout = "<table><tr><td><h2>Menu</h2></td><td><h1>Title</h1><p>One.</p><ul><li>a</li></ul></td></tr></table>"
    assert to_markdown(layout) == "## Menu\n\n# Title\n\nOne.\n\n- a"


def test_definitions_are_terms_with_what_they_mean():
    assert to_markdown("<dl><dt>Hold</dt><dd>A reserved amount.</dd><dt>Fee</dt><dd>None.</dd></dl>").replace("\n\n", "|") == (
        "**Hold**|A reserved amount.|**Fee**|None."
    )


def test_the_header_of_an_article_and_the_label_of_a_tab_are_read():
    assert to_markdown("<article><header><h1>Refunds</h1></header><label>On the web</label><p>Five days.</p></article>") == (
        "# Refunds\n\nOn the web\n\nFive days."
    )


def test_a_page_in_a_form_is_read():
    assert to_markdown("<form><h1>Refunds</h1><p>Five days.</p><input value='x'></form>") == "# Refunds\n\nFive days."


@pytest.mark.parametrize("html", ["", "   ", "<!-- -->", "\0", "<html></html>", "<?xml version='1.0'?>"])
def test_nothing_comes_of_nothing(html):
    assert to_markdown(html) == ""
    assert page(html, url=ADDRESS).text == ""


def test_a_declaration_of_another_encoding_is_not_believed():
    assert to_markdown("<?xml version='1.0' encoding='latin-1'?><meta charset='koi8-r'><p>Größe €</p>") == "Größe €"


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 100_000 + "deep" + "</div>" * 100_000, id="boxes"),
        pytest.param("<ul><li>" * 50_000, id="lists"),
        pytest.param("<table><tr><td>" * 30_000, id="tables"),
        pytest.param("<b>" * 3_000, id="bold"),
    ],
)
def test_html_that_is_nested_without_end_is_refused(html):
    with pytest.raises(InvalidInput, match="nested more than"):
        to_markdown(html)


def test_html_of_more_elements_than_a_book_is_refused():
    with pytest.raises(InvalidInput, match="elements: split it"):
        to_markdown("<p>x" * 300_001)


def test_old_pages_that_never_close_a_font_are_read():
    html = "".join(f"<p><font>{n}</p>" for n in range(150)) + "<p>last</p>"
    assert to_markdown(html).endswith("last")


def test_a_long_line_is_read():
    assert len(to_markdown("a" * 5_000_000)) == 5_000_000


def whole(body: str, head: str = "", *, attributes: str = "lang='en'") -> str:
    return f"<!doctype html><html {attributes}><head><title>Refunds – Acme Help</title>{head}</head><body>{body}</body></html>"


FURNITURE = """<a class="skip-link" href="#main">Skip to content</a><header class="site"><a href="/">Acme</a><input></header>
<nav><ul><li><a href="/products">Products</a></li><li><a href="/pricing">Pricing</a></li></ul></nav>
<div class="cookie-banner">We use cookies.</div><ol class="breadcrumbs"><li><a href="/">Home</a></li><li>Refunds</li></ol>"""
TEXT = "<p>Refunds go back to the payment method that you paid with, within five working days.</p>" * 3
MORE = """<div class="article-votes">Was this helpful?</div><aside><h3>Related articles</h3><ul><li><a href="/plans">Plans</a></li>
<li><a href="/invoices">Invoices</a></li></ul></aside><footer><p>© 2026 Acme</p><a href="/privacy" rel="nofollow">Privacy</a></footer>"""


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<main>{}</main>", id="a main element"),
        pytest.param("<div role='main'>{}</div>", id="a main role"),
        pytest.param("<div><article>{}</article></div>", id="one article"),
        pytest.param("<section itemprop='articleBody'>{}</section>", id="a marked body"),
        pytest.param("<div class='page with-sidebar'><div class='c-12'>{}</div></div>", id="no mark at all"),
    ],
)
def test_what_surrounds_every_page_of_a_site_is_left_out(around):
    found = page(whole(FURNITURE + around.format(f"<h1>Refund times</h1>{TEXT}") + MORE), url=ADDRESS)
    assert found.text.split("\n\n")[0] == "# Refund times"
    assert set(found.text.split("\n\n")[1:]) == {"Refunds go back to the payment method that you paid with, within five working days."}


def test_furniture_within_the_main_part_is_left_out_and_notes_are_kept():
    inside = (
        f"<header><h1>Refunds</h1></header><nav><a href='#a'>Contents</a></nav>{TEXT}<aside class='note'><p>Weekends do not count.</p></aside>{MORE}"
    )
    text = page(whole(f"<main>{inside}</main>"), url=ADDRESS).text
    assert "Weekends do not count." in text
    assert text.startswith("# Refunds")
    assert not any(word in text for word in ("Contents", "helpful", "Related", "Plans", "©"))


def test_a_page_that_is_all_list_is_kept():
    listing = "".join(f"<li><a href='/{n}'>Question {n}</a></li>" for n in range(5))
    assert "Question 4" in page(whole(f"<main><h1>Questions</h1><ul>{listing}</ul></main>"), url=ADDRESS).text


def test_a_page_says_what_it_is():
    head = """<link rel="canonical" href="/refunds#x"><meta property="article:modified_time" content="2026-09-14T10:00:00Z">"""
    found = page(whole(f"<main><h1>Refund times</h1>{TEXT}</main>", head, attributes="lang='de-AT'"), url=ADDRESS + "?utm_source=x")
    assert (found.title, found.canonical, found.language, found.updated) == ("Refund times", "https://help.example/refunds", "de", "2026-09-14")
    assert (found.noindex, found.nofollow) == (False, False)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        pytest.param("<h1>Refund times</h1>", "Refund times", id="its only first heading"),
        pytest.param("<h1>Refund <b>times</b> <a href='#x'>#</a></h1>", "Refund times", id="a heading with a sign to link to it"),
        pytest.param("<h1>One</h1><h1>Two</h1>", "Refunds", id="the title without the site when there are two"),
        pytest.param("", "Refunds", id="the title without the site when there is none"),
    ],
)
def test_a_page_is_called(body, title):
    assert page(whole(f"<main>{body}{TEXT}</main>"), url=ADDRESS).title == title


@pytest.mark.parametrize(
    ("title", "name"), [("E - Editions - The Manual", "E - Editions"), ("Refunds | Billing | Acme", "Refunds"), ("E", "E"), ("", "")]
)
def test_a_page_without_headings_is_called_by_its_title(title, name):
    assert page(f"<title>{title}</title><main>{TEXT}</main>", url=ADDRESS).title == name


@pytest.mark.parametrize(
    ("head", "day"),
    [
        pytest.param('<meta name="last-modified" content="Mon, 14 Sep 2026 10:00:00 GMT">', "2026-09-14", id="a meta element with a date of the web"),
        pytest.param('<meta name="date" content="2026-09-14">', "2026-09-14", id="a plain date"),
        pytest.param(
            '<meta name="date" content="2020-01-01"><meta property="og:updated_time" content="2026-09-14">',
            "2026-09-14",
            id="the change before the birth",
        ),
        pytest.param(
            '<script type="application/ld+json">{"datePublished": "2020-01-01", "dateModified": "2026-09-14T00:00:00+02:00"}</script>',
            "2026-09-14",
            id="structured data",
        ),
        pytest.param('<meta name="date" content="last Tuesday">', "", id="no date that can be read"),
        pytest.param('<meta name="date" content="2026-13-45">', "", id="a day that does not exist"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_day_of_the_last_change_is_found(head, day):
    assert page(whole(TEXT, head), url=ADDRESS).updated == day


@pytest.mark.parametrize(
    ("content", "noindex", "nofollow"),
    [("noindex", True, False), ("NoIndex, NoFollow", True, True), ("none", True, True), ("max-snippet:5", False, False)],
)
def test_a_page_may_ask_to_be_passed_over(content, noindex, nofollow):
    found = page(whole(TEXT, f"<meta name='ROBOTS' content='{content}'>"), url=ADDRESS)
    assert (found.noindex, found.nofollow) == (noindex, nofollow)


def test_links_are_absolute_without_fragments_and_once():
    body = """<a href="/a#x">a</a><a href="/a">a</a><a href="b">b</a><a href="javascript:x">c</a><a rel="nofollow" href="/d">d</a>
    <a href="mailto:x@acme.example">e</a><a href="https://other.example/f?x=1">f</a><nav style="display:none"><a href="/g">g</a></nav>"""
    assert page(whole(body), url=ADDRESS).links == (
        "https://help.example/a",
        "https://help.example/billing/b",
        "https://other.example/f?x=1",
        "https://help.example/g",
    )


def test_the_base_that_a_page_names_is_followed():
    found = page(whole(f"<main>{TEXT}<a href='b'>b</a></main>", "<base href='/docs/'>"), url=ADDRESS)
    assert found.links == ("https://help.example/docs/b",)
    assert "[b](https://help.example/docs/b)" in found.text


@pytest.mark.parametrize("href", ["javascript:x", "ftp://x.example/", "http://[broken", ""])
def test_a_canonical_address_that_is_none_is_ignored(href):
    assert page(whole(TEXT, f"<link rel='canonical' href='{href}'>"), url=ADDRESS).canonical == ""


def test_a_megabyte_of_style_without_a_rule_is_read_at_once():
    assert page(f"<style>{'a' * 1_000_000}</style><p>Five working days.</p>", url="").text == "Five working days."


def test_a_line_end_behind_a_megabyte_of_spaces_is_found_at_once():
    assert page(f"<p>Five{' ' * 1_000_000}working\n days.</p>", url="").text == "Five working days."


@pytest.mark.parametrize(
    "table",
    [
        "<table>Five working days.<tr><td>Card</td></tr></table>",
        "<table><tbody>Five working days.<tr><td>Card</td></tr></tbody></table>",
        "<table><tr>Five working days.<td>Card</td></tr></table>",
        "<table><tr><td>Card</td></tr>Five working days.</table>",
    ],
)
def test_text_in_a_table_and_in_no_cell_stands_above_it(table):
    assert to_markdown(f"<p>Refunds</p>{table}<p>Late</p>").split("\n\n") == ["Refunds", "Five working days.", "| Card |\n| --- |", "Late"]


def test_a_megabyte_of_text_in_a_table_without_cells_is_read_in_time():
    assert len(to_markdown(f"<table>{'&amp;' * 1_000_000}</table>")) == 1_000_000


def test_a_row_outside_of_a_table_is_text():
    assert len(to_markdown(f"<div><tr>{'&amp;' * 1_000_000}</tr></div>")) == 1_000_000
