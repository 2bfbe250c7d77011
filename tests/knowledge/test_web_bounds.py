"""Web sites that mean harm, never end, or break down half-way."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from desk.errors import Unavailable
from knowledge.website import frontier
from knowledge.website.frontier import Frontier
from tests.knowledge.site import Answer, Site, serving
from tests.knowledge.website import HASTY, TWICE, Run, crawled, html, index, listed, page_list, read, robots, xml


async def test_sitemaps_that_name_each_other_are_read_once():
    async with serving(Site({"/a": html("About")})) as site:
        site.pages |= {
            "/sitemap.xml": index(f"{site.url}/sitemap.xml", f"{site.url}/other.xml"),
            "/other.xml": index(f"{site.url}/sitemap.xml", f"{site.url}/other.xml", f"{site.url}/pages.xml"),
            "/pages.xml": page_list(f"{site.url}/a"),
        }
        run = await read(site, "/sitemap.xml")
    assert (run.paths, run.failures) == (["/a"], [])
    assert sorted(run.pages) == ["/a", "/other.xml", "/pages.xml", "/sitemap.xml"]


async def test_an_index_of_ten_thousand_sitemaps_is_bounded():
    async with serving(Site()) as site:
        site.pages["/sitemap.xml"] = index(*(f"{site.url}/{n}.xml" for n in range(10_000)))
        site.otherwise = lambda path: page_list(f"{site.url}{path.removesuffix('.xml')}") if path.endswith(".xml") else Answer("gone", 404)
        run = await read(site, "/sitemap.xml", most=10)
    assert len([path for path in site.asked if path.endswith(".xml")]) == 500
    assert "500 are read, 9501 are not" in run.failures[0].reason
    assert run.failures[0].ids is None


async def test_an_index_of_indexes_without_end_ends():
    async with serving(Site()) as site:
        site.otherwise = lambda path: index(f"{site.url}{path}x") if path.startswith("/map") else Answer("gone", 404)
        run = await read(site, "/map")
    assert run.pages == ["/map", "/mapx", "/mapxx", "/mapxxx"]


async def test_of_a_sitemap_of_ten_thousand_pages_as_many_are_read_as_the_source_says():
    run = await listed(*(f"/{n}" for n in range(10_000)), pages={f"/{n}": html(f"Page {n}") for n in range(30)}, most=25)
    assert len(run.articles) == 25
    assert "raise `most`" in run.failures[-1].reason
    assert run.failures[-1].ids is None


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(Answer(status=404), "answers 404", id="not there"),
        pytest.param(Answer(status=503), "could not be read", id="in trouble"),
        pytest.param(html("No sitemap"), "not a sitemap", id="a page"),
        pytest.param(xml("<urlset><url><loc>/a</loc></url>"), "breaks off", id="cut off"),
        pytest.param(Answer(gzip.compress(b"<urlset>" + b" " * 60_000_000)), "MB", id="a bomb"),
    ],
)
async def test_a_sitemap_that_cannot_be_read_removes_nothing_and_the_rest_is_read(answer, sentence):
    async with serving(Site({"/a": html("About"), "/bad.xml": answer})) as site:
        site.pages |= {"/sitemap.xml": index(f"{site.url}/bad.xml", f"{site.url}/good.xml"), "/good.xml": page_list(f"{site.url}/a")}
        run = await read(site, "/sitemap.xml")
    assert run.paths == ["/a"]
    assert sentence in run.reasons["/bad.xml"]
    assert run.failures[0].ids is None


async def test_a_sitemap_may_be_packed_and_name_pages_in_any_namespace():
    body = '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>{}/a</s:loc></s:url></s:urlset>'
    async with serving(Site({"/a": html("About")})) as site:
        site.pages["/sitemap.xml.gz"] = Answer(gzip.compress(body.format(site.url).encode()), headers={"Content-Type": "application/gzip"})
        assert (await read(site, "/sitemap.xml.gz")).paths == ["/a"]


async def test_entities_in_a_sitemap_load_and_multiply_nothing(tmp_path):
    (tmp_path / "secret").write_text("/secret")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    doctype = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{tmp_path}/secret"><!ENTITY l0 "lol">{bomb}]>'
    async with serving(Site({"/a": html("About"), "/secret": html("Secret")})) as site:
        places = (f"{site.url}/a", f"{site.url}&x;", f"{site.url}/&l8;")
        entries = "".join(f"<url><loc>{place}</loc></url>" for place in places)
        site.pages["/sitemap.xml"] = xml(f"{doctype}<urlset>{entries}</urlset>")
        run = await read(site, "/sitemap.xml")
    assert "/secret" not in run.pages
    assert all(len(path) < 100 for path in run.pages)


async def test_a_calendar_without_end_is_left_after_some_pages():
    def month(path: str) -> Answer:
        n = int(path.removeprefix("/calendar/") or 0)
        return html(f"Events of month {n}", f"/calendar/{n + 1}", f"/calendar/{n - 1}")

    async with serving(Site({"/robots.txt": robots(), "/": html("Start", "/calendar/0", "/a"), "/a": html("About")})) as site:
        site.otherwise = lambda path: month(path) if path.removeprefix("/calendar/").lstrip("-").isdigit() else Answer("gone", 404)
        run = await read(site)
    assert "/a" in run.paths
    assert len(run.pages) < 25
    assert "more than 10 links from the start" in run.reasons["/"]
    assert run.failures[0].ids == frozenset()


async def test_queries_without_end_are_left_after_some():
    pages = {"/": html("Start", *(f"/list?page={n}" for n in range(100)))} | {f"/list?page={n}": html(f"List {n}") for n in range(100)}
    run = await crawled(pages)
    assert len(run.articles) == 21
    assert "80 addresses were left out: more than 20 queries of one path" in run.reasons["/"]


async def test_relative_links_that_go_wrong_do_not_grow_without_end():
    async with serving(Site({"/robots.txt": robots()}, otherwise=lambda path: html(f"Page {path}", "a/b/"))) as site:
        run = await read(site, "/")
    assert len(run.pages) < 10
    assert any("repeat themselves" in reason for reason in run.reasons.values())


async def test_redirects_in_a_circle_are_a_failure_of_their_page():
    circle = {"/a": Answer(status=302, headers={"Location": "/b"}), "/b": Answer(status=302, headers={"Location": "/a"})}
    run = await crawled({"/": html("Start", "/a"), **circle})
    assert run.paths == ["/"]
    assert "redirects more than" in run.reasons["/a"]


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("answer", "sentence", "ids"),
    [
        pytest.param(Answer(gzip.compress(b"x" * 30_000_000), headers={"Content-Encoding": "gzip"}), "unpacked", True, id="a gzip bomb"),
        pytest.param(Answer(b"<p>" + b"x" * 6_000_000), "at most 5 MB", True, id="a page of 6 MB"),
        pytest.param(Answer("<div>" * 100_000), "nested", True, id="a hundred thousand elements deep"),
        pytest.param(Answer(play=drip), "too long", None, id="a body that drips"),
        pytest.param(Answer(status=500), "answers 500", None, id="a page in trouble, which may hide others"),
    ],
)
async def test_a_page_that_means_harm_is_a_failure_and_the_rest_is_read(answer, sentence, ids):
    patience = HASTY if answer.play else TWICE
    run = await crawled({"/": html("Start", "/bad", "/good"), "/bad": answer, "/good": html("Good")}, patience=patience)
    assert run.paths == ["/", "/good"]
    assert sentence in run.reasons["/bad"]
    assert [failure.ids for failure in run.failures] == [ids and {f"{run.site.url}/bad"}]


def big_site(count: int = 100) -> Site:
    """A site of one start page and many others."""
    pages = {f"/{n}": html(f"Page {n}") for n in range(count)}
    return Site({"/": html("Start", *pages), "/robots.txt": robots(), **pages})


async def test_a_site_that_goes_down_half_way_is_gone_on_with_and_no_page_is_read_twice():
    async with serving(big_site()) as site:
        whole, answering = dict(site.pages), 0

        def answer(path: str) -> Answer:
            nonlocal answering
            answering += 1
            return whole[path] if answering <= 40 else Answer(status=503)

        site.pages = dict.fromkeys(whole, answer)
        run = Run(site)
        with pytest.raises(Unavailable, match="stopped answering after 39 pages; the next run goes on"):
            await read(site, run=run)
        read_well = run.pages[:39]
        site.pages = whole
        site.asked.clear()
        await read(site, run=run)
    assert (len(run.articles), run.failures) == (101, [])
    assert sorted(run.pages) == sorted({"/", *whole} - {"/robots.txt"} - set(read_well))


async def test_pages_in_trouble_on_a_site_that_is_there_are_failures():
    async with serving(big_site(30)) as site:
        broken = [f"/{n}" for n in range(10, 25)]
        site.pages |= dict.fromkeys(broken, Answer(status=500))
        site.pages["/sitemap.xml"] = page_list(*(site.url + path for path in site.pages if path != "/robots.txt"))
        run = await read(site, "/sitemap.xml")
    assert len(run.articles) == 16
    assert sorted(run.reasons) == broken
    assert {failure.ids for failure in run.failures} == {frozenset({site.url + path}) for path in broken}


async def test_a_site_that_is_down_from_the_start_is_unavailable():
    async with serving(Site({"/robots.txt": robots(), "/": Answer(status=502)})) as site:
        with pytest.raises(Unavailable, match="answers 502"):
            await read(site)


async def test_a_run_may_be_cut_at_any_batch_and_comes_to_the_same():
    async with serving(big_site(60)) as site:
        run = Run(site)
        for n in range(1, 9):
            await read(site, run=run, batches=n)
        asked = run.pages
    assert len(run.articles) == 61
    assert sorted(set(asked)) == sorted(asked)


async def test_a_finished_run_that_is_taken_up_again_adds_nothing():
    async with serving(big_site(5)) as site:
        run = await read(site)
        await read(site, run=run)
    assert len(run.pages) == 6


async def test_a_cursor_of_another_site_begins_anew():
    async with serving(big_site(5)) as site, serving(big_site(3)) as other:
        cursor = (await read(site)).cursor
        assert len((await read(other, cursor=cursor)).articles) == 4


@pytest.mark.parametrize("cursor", ["nonsense", "{}", "é", Frontier("", 1, "").dump()[:-5]])
async def test_a_cursor_that_is_none_begins_anew(cursor):
    async with serving(big_site(2)) as site:
        assert len((await read(site, cursor=cursor)).articles) == 3


def test_a_frontier_comes_back_as_it_was():
    here = Frontier("https://a.example/", 50, "https://a.example/map")
    for n in range(100):
        here.offer(f"https://a.example/{n}?x={n}", n % 13, "2026-01-02")
    here.is_new("text")
    here.pass_on("https://a.example/old")
    stops = [here.take() for _ in range(3)]
    assert stops[0]
    here.put_back([stops[0]])
    back = frontier.load(here.dump(), most=50)
    assert back
    assert back.dump() == here.dump()
    assert back.take() == stops[0]
    assert not back.is_new(" text ")
    assert back.was_passed_on("https://a.example/old")


def test_a_frontier_keeps_no_more_in_mind_than_it_can(monkeypatch):
    monkeypatch.setattr(frontier, "KEPT", 5000)
    here = Frontier("https://help.example/", 10_000, "")
    for n in range(6000):
        here.offer(f"https://help.example/en/articles/{n}-how-to-do-something-with-number-{n}", 1)
    assert (len(here.waiting), len(here.seen)) == (5000, 5000)
    assert here.left_out == {"more addresses than can be kept in mind": 1000}
    assert len(here.dump()) < 100_000
