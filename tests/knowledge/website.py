"""Pages, sitemaps and runs over a web site: what the tests of web sources share."""

from __future__ import annotations

from collections.abc import Mapping

from desk.source import Source, SourceKind
from knowledge.article import Article, Failure
from knowledge.net.fetch import Patience
from knowledge.website.web import NOWHERE, open_web
from tests.knowledge.site import Answer, Site, Waiting, fetching, serving

TWICE = Patience(attempts=2)
HASTY = Patience(total=0.5, attempts=2)
WORDS = "answers questions that customers ask about this matter every day of the week"


def html(text: str, *links: str, title: str = "", head: str = "") -> Answer:
    """A page of a help center: text, and links in its navigation."""
    inner = "".join(f'<li><a href="{link}">to {link}</a></li>' for link in links)
    return Answer(
        f"<html><head><title>{title or text}</title>{head}</head><body><nav><ul>{inner}</ul></nav>"
        f"<main><h1>{title or text}</h1><p>{text}. It {WORDS}.</p></main></body></html>"
    )


def page_list(*addresses: str, changed: str = "") -> Answer:
    entries = "".join(f"<url><loc>{address}</loc><lastmod>{changed}</lastmod></url>" for address in addresses)
    return xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>')


def index(*addresses: str) -> Answer:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>')


def xml(body: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>{body}', headers={"Content-Type": "application/xml"})


def robots(*lines: str) -> Answer:
    return Answer("\n".join(("User-agent: *", *lines)), headers={"Content-Type": "text/plain"})


class Run:
    """What one run over a site came to."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.articles: dict[str, Article] = {}
        self.failures: list[Failure] = []
        self.cursor = ""
        self.batches = 0

    @property
    def paths(self) -> list[str]:
        return sorted(id.removeprefix(self.site.url) for id in self.articles)

    @property
    def reasons(self) -> dict[str, str]:
        return {failure.path.removeprefix(self.site.url): failure.reason for failure in self.failures}

    @property
    def pages(self) -> list[str]:
        return [path for path in self.site.asked if path != "/robots.txt" and NOWHERE not in path]


async def read(
    site: Site,
    at: str = "/",
    *,
    cursor: str = "",
    waiting: Waiting | None = None,
    run: Run | None = None,
    batches: int = 1000,
    patience: Patience = TWICE,
    **fields: object,
) -> Run:
    """Read a site that is being served, or only its first batches; a run that broke off can be handed in to go on with."""
    run = run or Run(site)
    source = Source("site", SourceKind.WEB, site.url + at, private_network=True, **fields)
    async with fetching(waiting, patience=patience) as fetcher:
        async for batch in open_web(source, fetcher).batches(cursor or run.cursor):
            run.batches += 1
            run.cursor = batch.cursor
            for item in batch.items:
                if isinstance(item, Failure):
                    run.failures.append(item)
                else:
                    assert item.id not in run.articles
                    run.articles[item.id] = item
            if run.batches == batches:
                break
    return run


async def crawled(pages: Mapping[str, Answer], at: str = "/", **fields: object) -> Run:
    async with serving(Site(dict(pages))) as site:
        return await read(site, at, **fields)


async def listed(*paths: str, pages: Mapping[str, Answer], **fields: object) -> Run:
    """Read a site by a sitemap that lists these paths."""
    async with serving(Site(dict(pages))) as site:
        site.pages["/sitemap.xml"] = page_list(*(site.url + path for path in paths), changed="2026-03-04T05:06:07Z")
        return await read(site, "/sitemap.xml", **fields)
