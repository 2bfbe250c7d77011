"""Notion's exports: pages keep their ids, their places and what their properties say, in Markdown and in HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desk.audience import INTERNAL, PUBLIC, account
from desk.source import SourceKind
from knowledge.article import Article
from knowledge.wikis import notion
from knowledge.wikis.notion import open_notion
from knowledge.wikis.notion_page import from_markdown
from tests.knowledge.helpcenters import articles, failures, read, source
from tests.knowledge.kit import write
from tests.knowledge.site import fetching
from tests.knowledge.test_exports import zipped

HOME, FAQ, REFUNDS, CARDS = (digit * 32 for digit in "1bcd")
MARKDOWN = {
    f"Export-77a1/Private & Shared/Home {HOME}.md": f"# Home\n\n[Billing questions](Home%20{HOME}/Billing%20{FAQ}.csv)\n",
    f"Export-77a1/Private & Shared/Home/Billing {FAQ}.csv": "Name,Status,Audience,Last edited time,Answer\n",
    f"Export-77a1/Private & Shared/Home/Billing {FAQ}_all.csv": "Name,Status,Owner,Expires\n",
    f"Export-77a1/Private & Shared/Home/Billing/Refunds {REFUNDS}.md": (
        "# Refunds: how long they take\n\nStatus: Published\nAudience: public\nOwner: Ann\nLast edited time: September 14, 2026 10:20 AM\n\n"
        "Note: cards are slower.\n\n## By card\n\nFive days.\n"
    ),
}


async def pages(path: Path, **more: Any) -> dict[str, Article]:
    async with fetching() as fetcher:
        return articles(await read(open_notion(source(SourceKind.NOTION, str(path), **more), fetcher, environ={})))


async def page(folder: Path, text: str, *, columns: str = "") -> Article:
    """One page of a database with these columns."""
    write(folder, {f"Questions/Refunds {REFUNDS}.md": text} | ({f"Questions {FAQ}.csv": f"{columns}\n"} if columns else {}))
    return (await pages(folder))[REFUNDS]


async def test_a_page_of_a_database_has_its_id_its_title_its_place_and_its_properties(tmp_path):
    found = await pages(write(tmp_path, MARKDOWN))
    assert set(found) == {REFUNDS}
    article = found[REFUNDS]
    assert (article.title, article.audience, article.updated, article.owner) == ("Refunds: how long they take", PUBLIC, "2026-09-14", "Ann")
    assert article.text == "# Home > Billing\n\nNote: cards are slower.\n\n### By card\n\nFive days."


async def test_a_zip_and_parts_in_a_zip_hold_the_same_pages(tmp_path):
    unpacked = await pages(write(tmp_path / "folder", MARKDOWN))
    packed = write(tmp_path, {"one.zip": zipped(MARKDOWN), "parts.zip": zipped({"Export-77a1-Part-1.zip": zipped(MARKDOWN)})})
    assert await pages(packed / "one.zip") == await pages(packed / "parts.zip") == unpacked


async def test_folders_with_ids_as_they_were_before_2024_give_the_same_places(tmp_path):
    old = {name.replace("/Home/", f"/Home {HOME}/").replace("/Billing/", f"/Billing {FAQ}/"): text for name, text in MARKDOWN.items()}
    assert (await pages(write(tmp_path, old)))[REFUNDS].text.startswith("# Home > Billing\n")


async def test_a_page_that_is_renamed_or_moved_keeps_its_id(tmp_path):
    write(tmp_path, {f"Money/How refunds work {REFUNDS.upper()}.md": "Five days."})
    article = (await pages(tmp_path))[REFUNDS]
    assert (article.title, article.text) == ("How refunds work", "# Money\n\nFive days.")


async def test_links_between_pages_are_words_and_links_to_the_web_stay(tmp_path):
    text = (
        f"# Refunds\n\nSee [Cards (all)](Refunds%20{REFUNDS}/Cards%20{CARDS}.md), [a file](Refunds/form%20(1).pdf), [ours](https://www.notion.so/a/Cards-{CARDS})"
        " and [the law](https://law.example/a_(b)). ![screen](Refunds/screen.png)\n\n"
        f"[Cards]({CARDS}.md)\n\n<aside>\n💡 Mind the fee.\n</aside>\n\n```md\n[kept](as%20it%20is.md)\n```\n"
    )
    article = await page(tmp_path, text)
    assert article.text == (
        "# Questions\n\nSee Cards (all), a file, ours and [the law](https://law.example/a_(b)). \n\n"
        "💡 Mind the fee.\n\n```md\n[kept](as%20it%20is.md)\n```"
    )


async def test_lines_at_the_top_of_a_page_that_is_in_no_database_are_text(tmp_path):
    assert (await page(tmp_path, "# Refunds\n\nStatus: Draft is what we write first.\n")).text.endswith("Status: Draft is what we write first.")


async def test_answers_that_are_properties_are_text(tmp_path):
    article = await page(tmp_path, "# Refunds\n\nAnswer: Five days.\nCreated by: Ann\n", columns="Name,Answer,Created by")
    assert article.text == "# Questions\n\nFive days."


@pytest.mark.parametrize(
    ("said", "audience"),
    [
        pytest.param("Internal", INTERNAL, id="internal"),
        pytest.param("Public", PUBLIC, id="public"),
        pytest.param("account:acme", account("acme"), id="an account"),
        pytest.param("Customers in beta", INTERNAL, id="words that are not ours"),
    ],
)
async def test_the_audience_of_a_page_is_never_wider_than_it_says(tmp_path, said, audience):
    assert (await page(tmp_path, f"# Refunds\n\nAudience: {said}\n\nFive days.", columns="Name,Audience")).audience == audience


@pytest.mark.parametrize("line", ["Status: Draft", "Status: archived", "Archived: Yes", "Published: No"])
async def test_what_is_put_away_is_not_read(tmp_path, line):
    write(tmp_path, {f"Q {FAQ}.csv": "Name,Status,Archived,Published\n", f"Q/Refunds {REFUNDS}.md": f"# Refunds\n\n{line}\n\nFive days."})
    assert await pages(tmp_path) == {}


async def test_reviews_and_expiries_are_dates(tmp_path):
    article = await page(
        tmp_path,
        "# Refunds\n\nReviewed: October 2, 2026\nExpires: 2027/01/31\nLanguage: en\nUpdated: soon\n\nText.",
        columns="Reviewed,Expires,Language,Updated",
    )
    assert (article.reviewed, article.expires, article.language, article.updated) == ("2026-10-02", "2027-01-31", "en", "")


async def test_an_expiry_that_nobody_can_read_is_reported_and_the_rest_is_read(tmp_path):
    write(
        tmp_path,
        {
            f"Q {FAQ}.csv": "Name,Expires\n",
            f"Q/Refunds {REFUNDS}.md": "# Refunds\n\nExpires: after the sale\n\nFive days.",
            f"Q/Cards {CARDS}.md": "# Cards\n\nFour days.",
            f"Q/Latin {HOME}.md": b"caf\xe9",
        },
    )
    async with fetching() as fetcher:
        batches = await read(open_notion(source(SourceKind.NOTION, str(tmp_path)), fetcher, environ={}))
    assert set(articles(batches)) == {CARDS}
    assert {failure.ids: failure.reason for failure in failures(batches)} == {
        frozenset({REFUNDS}): "expires 'after the sale': write a date such as 2027-01-31",
        frozenset({HOME}): "not UTF-8 text (byte 3)",
    }


async def test_a_page_that_is_there_twice_is_reported(tmp_path):
    write(tmp_path, {f"A {REFUNDS}.md": "One.", f"B {REFUNDS}.md": "Two."})
    async with fetching() as fetcher:
        batches = await read(open_notion(source(SourceKind.NOTION, str(tmp_path)), fetcher, environ={}))
    assert articles(batches)[REFUNDS].text == "One."
    assert [failure.reason for failure in failures(batches)] == [f"the page is there twice: as A {REFUNDS}.md too"]


async def test_globs_choose_by_the_pages_above_and_the_title(tmp_path):
    write(tmp_path, {f"Help/Refunds {REFUNDS}.md": "Five days.", f"Team/Cards {CARDS}.md": "Secret."})
    assert set(await pages(tmp_path, include=("help/**",))) == {REFUNDS}


HTML = """<html><head><meta charset="utf-8"/><title>Refunds</title><style>.x{}</style></head><body>
<article id="dddddddd-dddd-dddd-dddd-dddddddddddd" class="page sans"><header><div class="page-header-icon"><span class="icon">i</span></div>
<h1 class="page-title">Refunds: how long</h1><p class="page-description"></p><table class="properties"><tbody>
<tr class="property-row property-row-select"><th><span class="icon property-icon"><svg><path d="M8"/></svg></span>Audience</th>
<td><span class="selected-value select-value-color-red">Internal</span></td></tr>
<tr class="property-row property-row-last_edited_time"><th>Last edited time</th><td><time>@September 14, 2026 10:20 AM</time></td></tr>
<tr class="property-row property-row-checkbox"><th>Archived</th><td><div class="checkbox checkbox-off"></div></td></tr>
</tbody></table></header><div class="page-body">
<nav id="n" class="block-color-gray table_of_contents"><div><a class="table_of_contents-link" href="#a2">By card</a></div></nav>
<p id="a1">They take <strong>five</strong> days, see <a href="Refunds%20ddd/Cards%20ccc.html">Cards</a>,
<a href="https://www.notion.so/Cards-cccccccccccccccccccccccccccccccc">ours</a> or <a href="https://law.example/">the law</a>.</p>
<h2 id="a2">By card</h2><ol type="1" class="numbered-list" start="1"><li>Open</li></ol>
<pre id="a3" class="code"><code class="language-Bash">refund --all</code></pre>
<figure class="link-to-page"><a href="Refunds/Cards%20cccccccccccccccccccccccccccccccc.html">Cards</a></figure>
<figure class="callout"><div><span class="icon">!</span></div><div>Mind the fee.</div></figure>
<script>alert(1)</script><p style="display:none">unseen</p></div></article></body></html>"""


async def test_a_page_of_html_says_the_same(tmp_path):
    write(tmp_path, {"Export-1/index.html": "<html><body><a href='x'>index</a></body></html>", f"Export-1/Money/Refunds {REFUNDS}.html": HTML})
    found = await pages(tmp_path)
    assert set(found) == {REFUNDS}
    article = found[REFUNDS]
    assert (article.title, article.audience, article.updated) == ("Refunds: how long", INTERNAL, "2026-09-14")
    assert article.text.startswith(
        "# Money\n\nThey take **five** days, see Cards, ours or [the law](https://law.example/).\n\n### By card\n\n1. Open\n"
    )
    assert "refund --all" in article.text
    assert "Mind the fee." in article.text
    assert not [word for word in ("alert", "unseen", "Archived", "table_of", "Cards\n") if word in article.text]


async def test_an_archived_page_of_html_is_not_read(tmp_path):
    write(tmp_path, {f"Refunds {REFUNDS}.html": HTML.replace("checkbox-off", "checkbox-on"), f"Empty {CARDS}.html": "<div class='page-body'></div>"})
    assert await pages(tmp_path) == {}


async def test_a_page_that_breaks_its_reader_costs_that_page_only(tmp_path, monkeypatch):
    def broken(text, columns):
        if "fine" not in text:
            raise RecursionError("too deep")
        return from_markdown(text, columns)

    monkeypatch.setitem(notion.KINDS, ".md", broken)
    async with fetching() as fetcher:
        batches = await read(
            open_notion(source(SourceKind.NOTION, str(write(tmp_path, {"a.md": "bad text", "b.md": "fine text"}))), fetcher, environ={})
        )
    (failure,) = failures(batches)
    assert len(articles(batches)) == 1
    assert (failure.path, "RecursionError: too deep" in failure.reason) == ("a.md", True)


async def test_a_file_without_anything_is_reported(tmp_path):
    write(tmp_path, {f"Refunds {REFUNDS}.html": ""})
    async with fetching() as fetcher:
        [failure] = failures(await read(open_notion(source(SourceKind.NOTION, str(tmp_path)), fetcher, environ={})))
    assert (failure.ids, failure.reason) == (frozenset({REFUNDS}), "the file is empty")
