"""Web sites over the wire: what is read, what is one article, and what a site asks to leave alone."""

from __future__ import annotations

import pytest

from desk.errors import Unavailable
from desk.source import Source, SourceKind
from knowledge.article import Article, Failure
from knowledge.net.links import Refused
from knowledge.website.web import open_web
from tests.knowledge.site import Answer, Site, Waiting, fetching, serving
from tests.knowledge.website import WORDS, Run, crawled, html, listed, page_list, read, robots

SIGN_IN = Answer('<h1>Sign in</h1><form><input name="user"><input name="word" type="password"></form>')


async def test_a_site_is_read_by_following_its_links():
    run = await crawled({"/": html("Start", "/a", "b"), "/a": html("About", "/"), "/b": html("Billing", "/c"), "/c": html("Contact")})
    assert run.paths == ["/", "/a", "/b", "/c"]
    assert (run.failures, sorted(run.pages)) == ([], ["/", "/a", "/b", "/c"])


async def test_an_article_has_the_text_of_its_page_and_not_what_surrounds_it():
    page = html(
        "Refunds",
        "/somewhere",
        head='<script>alert("script")</script><style>.x{}</style><meta property="article:modified_time" content="2026-05-06">',
    )
    body = str(page.body).replace("<main>", '<div style="display:none">hidden words</div><main><!-- a comment --><p hidden>also hidden</p>')
    run = await crawled({"/": Answer(body.replace("<html>", '<html lang="en-GB">'))})
    (article,) = run.articles.values()
    assert f"Refunds. It {WORDS}." in article.text
    assert not {"alert", "hidden", "comment", "somewhere"} & set(article.text.replace("(", " ").split())
    assert (article.title, article.url, article.language, article.updated) == ("Refunds", f"{run.site.url}/", "en", "2026-05-06")


async def test_a_sitemap_is_read_and_nothing_it_does_not_list():
    run = await listed("/a", "/b", pages={"/a": html("About", "/hidden"), "/b": html("Billing"), "/hidden": html("Hidden")})
    assert run.paths == ["/a", "/b"]
    assert {article.updated for article in run.articles.values()} == {"2026-03-04"}


async def test_a_sitemap_named_by_robots_adds_what_no_link_leads_to():
    async with serving(Site({"/": html("Start")})) as site:
        site.pages |= {
            "/robots.txt": robots("Sitemap: http://[::", "Sitemap: /other.xml", f"Sitemap: {site.url}/map.xml"),
            "/other.xml": page_list(f"{site.url}/second"),
            "/second": html("Second"),
            "/map.xml": page_list(f"{site.url}/orphan", "https://elsewhere.example/x"),
            "/orphan": html("Orphan"),
        }
        assert (await read(site)).paths == ["/", "/orphan", "/second"]


@pytest.mark.parametrize("at", ["/help", "/help/", "/help/index.html", "/help/start.html"])
async def test_a_crawl_stays_in_the_folder_it_starts_in(at):
    pages = {at: html("Start", "/help/a", "/blog/b", "/helpless", "/help/../c"), "/help/": html("Start", "/help/a", "/blog/b", "/helpless")}
    pages |= {"/help/a": html("About"), "/blog/b": html("Blog"), "/helpless": html("Helpless"), "/c": html("Contact")}
    run = await crawled(pages, at)
    assert "/help/a" in run.paths
    assert not {"/blog/b", "/helpless", "/c"} & set(run.pages)


async def test_another_host_is_never_read():
    async with serving(Site({"/": html("Other")})) as other:
        run = await crawled({"/": html("Start", other.url, other.url + "/x"), "/x": html("X")})
    assert (other.asked, run.paths) == ([], ["/"])


async def test_globs_say_what_is_read():
    pages = {"/": html("Start", "/docs/a", "/docs/old/b", "/blog/c"), "/docs/a": html("A"), "/docs/old/b": html("B"), "/blog/c": html("C")}
    run = await crawled(pages, include=("/docs",), exclude=("/docs/old",))
    assert (run.paths, sorted(run.pages)) == (["/docs/a"], ["/", "/docs/a"])


async def test_what_robots_forbid_is_not_asked_for():
    rules = robots("Disallow: /private", "Allow: /private/open", "Disallow: /*?print")
    pages = {"/robots.txt": rules, "/": html("Start", "/private/a", "/private/open", "/a?print=1", "/a")}
    run = await crawled(pages | {"/private/a": html("Private"), "/private/open": html("Open"), "/a": html("About"), "/a?print=1": html("Print")})
    assert run.paths == ["/", "/a", "/private/open"]
    assert not {"/private/a", "/a?print=1"} & set(run.pages)


async def test_a_site_that_wants_no_readers_is_not_read_and_nothing_of_it_removed():
    run = await crawled({"/robots.txt": robots("Disallow: /"), "/": html("Start")})
    assert (run.articles, run.pages) == ({}, [])
    assert "robots.txt" in run.reasons["/"]
    assert run.failures[0].ids is None


async def test_rules_for_this_reader_go_before_those_for_all():
    rules = Answer("User-agent: *\nDisallow: /\n\nUser-agent: Frontdesk\nDisallow: /x")
    assert (await crawled({"/robots.txt": rules, "/": html("Start", "/x"), "/x": html("X")})).paths == ["/"]


async def test_robots_in_trouble_make_the_site_unavailable():
    """Nobody can tell what it would have forbidden."""
    async with serving(Site({"/": html("Start"), "/robots.txt": Answer(status=503)})) as site:
        with pytest.raises(Unavailable):
            await read(site)
    assert "/" not in site.asked


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(status=403), Answer(status=302, headers={"Location": "/robots.txt"})], ids=str)
async def test_robots_that_are_not_there_forbid_nothing(answer):
    assert (await crawled({"/robots.txt": answer, "/": html("Start")})).paths == ["/"]


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("", 1.0),
        ("Crawl-delay: 5", 5.0),
        ("Crawl-delay: 86400", 30.0),
        ("Crawl-delay: -1", 1.0),
        ("Crawl-delay: nan", 1.0),
        ("Crawl-delay: inf", 1.0),
    ],
)
async def test_pages_are_asked_for_at_the_pace_the_site_wants_within_reason(asked, pause):
    waiting = Waiting()
    async with serving(Site({"/robots.txt": robots(asked), "/": html("Start", "/a", "/b"), "/a": html("A"), "/b": html("B")})) as site:
        await read(site, waiting=waiting)
    assert max(waiting.slept) == pause
    assert waiting.now >= 3 * pause


async def test_one_article_is_one_document_whatever_its_address_says():
    links = ["/a?utm_source=mail", "/a#part", "/a?fbclid=1", "//127.0.0.1:{port}/a", "/x/../a", "/%61", "/a?", "//a"]
    async with serving(Site({"/a": html("About")})) as site:
        site.pages["/"] = html("Start", *(link.replace("{port}", str(site.port)) for link in links))
        site.pages["/index.html"] = site.pages["/"]
        run = await read(site)
    assert (run.paths, sorted(run.pages)) == (["/", "/a"], ["/", "/a"])


async def test_the_order_of_parameters_makes_no_other_page():
    run = await crawled({"/": html("Start", "/a?x=1&y=2", "/a?y=2&x=1"), "/a?x=1&y=2": html("About")})
    assert run.paths == ["/", "/a?x=1&y=2"]


async def test_a_page_that_names_a_canonical_address_is_read_there():
    pages = {"/": html("Start", "/print/a"), "/print/a": html("A for print", head='<link rel="canonical" href="/a">'), "/a": html("A")}
    assert (await crawled(pages)).paths == ["/", "/a"]


async def test_pages_that_name_each_other_are_not_both_lost():
    pages = {"/": html("Start", "/a", "/b"), "/a": html("A", head='<link rel="canonical" href="/b">')}
    assert (await crawled(pages | {"/b": html("B", head='<link rel="canonical" href="/a">')})).paths == ["/", "/b"]


async def test_a_canonical_address_that_leads_back_is_no_other():
    pages = {"/": html("Start", "/a"), "/a": html("A", head='<link rel="canonical" href="/a/">')}
    assert (await crawled(pages | {"/a/": Answer(status=301, headers={"Location": "/a"})})).paths == ["/", "/a"]


async def test_a_front_page_as_everybodys_canonical_address_is_a_slip():
    slip = '<link rel="canonical" href="/">'
    assert (await crawled({"/": html("Start", "/a", "/b"), "/a": html("A", head=slip), "/b": html("B", head=slip)})).paths == ["/", "/a", "/b"]


async def test_a_canonical_address_elsewhere_is_ignored():
    elsewhere = '<link rel="canonical" href="https://elsewhere.example/a">'
    assert (await crawled({"/": html("Start", "/a"), "/a": html("A", head=elsewhere)})).paths == ["/", "/a"]


async def test_of_two_addresses_with_one_text_the_shorter_is_kept():
    run = await listed("/a-much-longer-address", "/short", pages={"/a-much-longer-address": html("Same"), "/short": html("Same")})
    assert run.paths == ["/short"]


async def test_two_pages_with_one_title_are_two():
    run = await listed("/a", "/b", pages={"/a": html("One", title="Refunds"), "/b": html("Two", title="Refunds")})
    assert run.paths == ["/a", "/b"]


async def test_a_page_for_what_is_not_there_that_does_not_say_so_is_no_article():
    async with serving(Site({"/": html("Start", "/gone"), "/robots.txt": robots()}, otherwise=html("We could not find that page"))) as site:
        assert (await read(site)).paths == ["/"]


@pytest.mark.parametrize(
    ("head", "headers", "paths"),
    [
        pytest.param('<meta name="robots" content="noindex">', {}, ["/", "/b"], id="noindex"),
        pytest.param('<meta name="robots" content="nofollow">', {}, ["/", "/a"], id="nofollow"),
        pytest.param('<meta name="robots" content="none">', {}, ["/"], id="none"),
        pytest.param("", {"X-Robots-Tag": "noindex"}, ["/", "/b"], id="noindex in a header"),
        pytest.param("", {"X-Robots-Tag": "frontdesk: none"}, ["/"], id="none for us in a header"),
        pytest.param("", {"X-Robots-Tag": "googlebot: noindex, nofollow"}, ["/", "/a", "/b"], id="another reader's header"),
        pytest.param("", {"X-Robots-Tag": "unavailable_after: 25 Jun 2030 15:00:00 PST"}, ["/", "/a", "/b"], id="a date in a header"),
    ],
)
async def test_what_a_page_asks_of_its_readers_is_done(head, headers, paths):
    page = html("About", "/b", head=head)
    run = await crawled({"/": html("Start", "/a"), "/a": Answer(page.body, headers=headers), "/b": html("Billing")})
    assert run.paths == paths


async def test_a_link_that_is_not_to_be_followed_is_not():
    page = Answer('<main><h1>Start</h1><p>Some words of a start page.</p><a rel="nofollow" href="/a">a</a></main>')
    assert (await crawled({"/": page, "/a": html("A")})).pages == ["/"]


@pytest.mark.parametrize("place", ["/login?next=/a", "/users/sign_in", "/sso/start"])
async def test_a_page_behind_a_login_is_not_ours(place):
    run = await crawled({"/": html("Start", "/a"), "/a": Answer(status=302, headers={"Location": place}), place: SIGN_IN})
    assert (run.paths, run.failures) == (["/"], [])


async def test_an_article_about_signing_in_that_moved_is_an_article():
    moved = {"/single-sign-on": Answer(status=301, headers={"Location": "/sso/"}), "/sso/": html("How to sign in with your company's password")}
    assert (await crawled({"/": html("Start", "/single-sign-on"), **moved})).paths == ["/", "/sso/"]


async def test_a_page_that_moved_is_kept_where_it_is_now():
    moved = Answer(status=301, headers={"Location": "/new"})
    run = await crawled({"/": html("Start", "/old", "/older"), "/old": moved, "/older": moved, "/new": html("New")})
    assert (run.paths, run.failures) == (["/", "/new"], [])


async def test_a_page_that_leads_to_another_host_is_not_ours():
    async with serving(Site({"/": html("Other")})) as other:
        run = await crawled({"/": html("Start", "/a"), "/a": Answer(status=302, headers={"Location": other.url})})
    assert (run.paths, run.failures) == (["/"], [])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(Answer(status=404), "answers 404", id="not there"),
        pytest.param(Answer(status=302, headers={"Location": "http://127.0.0.1:{port}/x"}), "write that in `at`", id="moved to another host"),
        pytest.param(Answer(status=302, headers={"Location": "/login"}), "leads to", id="behind a login"),
    ],
)
async def test_a_start_that_cannot_be_read_removes_nothing_and_says_what_to_do(answer, sentence):
    async with serving(Site({"/x": html("X")})) as other:
        headers = {name: value.replace("{port}", str(other.port)) for name, value in answer.headers.items()}
        run = await crawled({"/": Answer(status=answer.status, headers=headers), "/login": SIGN_IN})
    assert run.articles == {}
    assert sentence in run.reasons["/"]
    assert run.failures[0].ids is None


async def test_a_private_site_is_refused_unless_its_source_allows_it():
    async with serving(Site({"/": html("Start")})) as site, fetching(private_network=False) as fetcher:
        with pytest.raises(Refused, match="private_network"):
            async for _ in open_web(Source("site", SourceKind.WEB, site.url), fetcher).batches(""):
                pass
    assert site.asked == []


async def test_a_link_to_a_private_machine_is_a_failure_of_its_page_only(monkeypatch):
    inside = Answer(status=302, headers={"Location": "http://169.254.169.254/latest/"})
    monkeypatch.setattr("knowledge.net.addresses.is_public", lambda address: address == "127.0.0.1")
    run = Run(Site({"/": html("Start", "/a", "/b"), "/a": inside, "/b": html("Billing")}))
    async with serving(run.site) as site, fetching(private_network=False) as fetcher:
        async for batch in open_web(Source("site", SourceKind.WEB, site.url), fetcher).batches(""):
            run.articles |= {item.id: item for item in batch.items if isinstance(item, Article)}
            run.failures += [item for item in batch.items if isinstance(item, Failure)]
    assert run.paths == ["/", "/b"]
    assert "private network" in run.reasons["/a"]


@pytest.mark.parametrize("status", [400, 401, 403, 418])
async def test_a_page_that_is_refused_stays_as_it_was(status):
    run = await crawled({"/": html("Start", "/a"), "/a": Answer(status=status)})
    assert run.reasons == {"/a": f"it answers {status}"}
    assert run.failures[0].ids == {f"{run.site.url}/a"}


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_is_gone(status):
    run = await crawled({"/": html("Start", "/a"), "/a": Answer(status=status)})
    assert (run.paths, run.failures) == (["/"], [])


async def test_a_site_drawn_by_scripts_is_reported_and_nothing_removed():
    run = await crawled({"/": Answer('<html><body><div id="root"></div><script src="/app.js"></script></body></html>')})
    assert "scripts" in run.reasons["/"]
    assert run.failures[0].ids is None


async def test_a_page_that_only_leads_to_others_is_followed_and_no_article():
    links = "".join(f'<li><a href="/{n}">How to do thing number {n}</a></li>' for n in range(6))
    pages = {f"/{n}": html(f"Thing {n}") for n in range(6)}
    run = await crawled({"/": Answer(f"<main><h1>Billing</h1><p>All about billing.</p><ul>{links}</ul></main>"), **pages})
    assert run.paths == sorted(pages)


async def test_an_article_with_many_links_is_one():
    links = "".join(f'<li>When the thing is of kind {n}, first press the left button, then see <a href="/{n}">its page</a>.</li>' for n in range(6))
    assert (await crawled({"/": Answer(f"<main><h1>Things</h1><p>What to do:</p><ul>{links}</ul></main>")})).paths == ["/"]


async def test_what_is_no_page_is_passed_over():
    others = {"/a.png": Answer(b"\x89PNG"), "/data": Answer(b"{}", headers={"Content-Type": "application/json"}), "/app.js": Answer("x")}
    run = await crawled({"/": html("Start", *others, "mailto:a@b.example", "javascript:void(0)", "tel:1", "http://["), **others})
    assert (run.paths, run.failures, sorted(run.pages)) == (["/"], [], ["/", "/data"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("<h1>Größe</h1><p>Maße und Gewichte</p>".encode(), "text/html; charset=utf-8", id="by its header"),
        pytest.param("<h1>Größe</h1><p>Maße und Gewichte</p>".encode(), "text/html", id="UTF-8 that does not say so"),
        pytest.param("<h1>Größe</h1><p>Maße und Gewichte</p>".encode("cp1252"), "text/html", id="cp1252 that does not say so"),
        pytest.param("<meta charset=iso-8859-15><h1>Größe</h1><p>Maße</p>".encode("latin-1"), "text/html", id="by its head"),
        pytest.param("<h1>Größe</h1><p>Maße und Gewichte</p>".encode("utf-16"), "text/html", id="by its mark"),
        pytest.param("<h1>Größe</h1><p>Maße und Gewichte</p>".encode(), "text/html; charset=nonsense", id="by no encoding that exists"),
        pytest.param("<h1>Größe</h1><p>Maße und Gewichte</p>".encode(), "text/html; charset=us-ascii", id="by the wrong one"),
    ],
)
async def test_a_page_is_read_in_its_own_encoding(body, kind):
    run = await crawled({"/": Answer(body, headers={"Content-Type": kind})})
    assert [article.title for article in run.articles.values()] == ["Größe"]
