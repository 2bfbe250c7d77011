"""Whatever a site writes, the answer is a value or a refusal, never another error."""

from contextlib import suppress
from io import BytesIO
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from knowledge.net.fetch import Fetched
from knowledge.net.inflate import WINDOWS, Inflater
from knowledge.net.links import PORTS, Refused, absolute
from knowledge.repository.hosting import OPEN, remote
from knowledge.website import frontier, sitemap
from knowledge.website.canonical import canonical, scope
from knowledge.website.crawl import decoded, is_listing
from knowledge.website.robots import SLOWEST, Robots, directives
from knowledge.website.sitemap import Listing

CHARACTERS = st.one_of(st.sampled_from("/:@?#[]%.\\&=;+-_ \t\n\r\0aB9üß。\u202e"), st.characters())
LINKS = st.one_of(
    st.text(CHARACTERS, max_size=40),
    st.text(CHARACTERS, max_size=30).map("http://help.example/".__add__),
    st.text(CHARACTERS, max_size=30).map("https://".__add__),
)


@given(LINKS)
def test_a_link_is_an_address_or_refused(link):
    with suppress(Refused):
        address = absolute(link, base="https://base.example/a/")
        assert address.isascii()
        assert urlsplit(address).scheme in PORTS
        assert absolute(address) == address


@given(LINKS)
def test_the_canonical_form_of_a_canonical_form_is_itself(link):
    with suppress(Refused):
        address = canonical(link)
        assert canonical(address) == address


@given(LINKS)
def test_what_lies_within_a_site_lies_on_its_host(link):
    found = scope("https://help.example/docs/", whole=False).within(link)
    assert not found or found.startswith(("https://help.example/docs/", "https://www.help.example/docs/")) or found.endswith("help.example/docs")


@given(st.one_of(st.text(CHARACTERS, max_size=40), st.text(CHARACTERS, max_size=30).map("https://git.example/".__add__)))
def test_a_repository_has_an_address_or_is_refused(at):
    with suppress(Refused):
        assert remote(at, private_network=False).scheme in OPEN


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=100).map(b"<urlset><url><loc>".__add__)))
def test_a_sitemap_is_read_or_refused(body):
    with suppress(Refused):
        sitemap._take(Fetched("https://help.example/sitemap.xml", 200, "", body, {}), Listing())


@given(st.binary(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_a_page_has_a_text_whatever_it_calls_its_encoding(body, named, inside):
    head = f"<meta charset={inside}>".encode("utf-8", "replace")
    assert isinstance(decoded(Fetched("", 200, "", head + body, {"content-type": f"text/html; charset={named}"})), str)


@given(st.sampled_from(sorted(WINDOWS)), st.lists(st.binary(max_size=50), max_size=5))
def test_what_is_packed_is_unpacked_or_refused(encoding, pieces):
    inflater, out = Inflater(encoding, most=1000), BytesIO()
    with suppress(Refused):
        for piece in pieces:
            out.write(inflater.feed(piece))


@given(st.text(max_size=60))
def test_headers_cursors_and_texts_may_hold_anything(text):
    assert isinstance(directives(text), frozenset)
    assert frontier.load(text, most=10) is None
    assert is_listing(text) in (True, False)


RULES = st.lists(
    st.tuples(st.sampled_from(["User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", "Request-rate", "Visit-time"]), st.text(max_size=15))
)


@given(RULES, LINKS)
def test_robots_may_say_anything(rules, link):
    robots = Robots(Protego.parse("User-agent: *\n" + "\n".join(f"{name}: {value}" for name, value in rules)), "https://help.example/robots.txt")
    assert 0 <= robots.delay <= SLOWEST
    assert all(absolute(address) == address for address in robots.sitemaps)
    with suppress(Refused):
        assert robots.allows(absolute(link)) in (True, False)
