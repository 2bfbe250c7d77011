"""Canonical addresses, what lies within a site, and what its headers ask."""

import pytest

from knowledge.net.links import Refused
from knowledge.website.canonical import canonical, same_host, scope
from knowledge.website.robots import directives


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("HTTP://Help.Example:80/A", "http://help.example/A"),
        ("https://help.example", "https://help.example/"),
        ("https://help.example/a/index.html", "https://help.example/a/"),
        ("https://help.example/INDEX.HTM", "https://help.example/"),
        ("https://help.example/index.html?lang=de", "https://help.example/?lang=de"),
        ("https://help.example/reindex.html", "https://help.example/reindex.html"),
        ("https://help.example/a/", "https://help.example/a/"),
        ("https://help.example/a//b", "https://help.example/a/b"),
        ("https://help.example/a/./b/../c", "https://help.example/a/c"),
        ("https://help.example/../../a", "https://help.example/a"),
        ("https://help.example/%7ea%2fb%c3%bc", "https://help.example/~a%2Fb%C3%BC"),
        ("https://help.example/a;jsessionid=0A1B?x=1", "https://help.example/a?x=1"),
        ("https://help.example/a?b=2&a=1&utm_source=x&UTM_Medium=y&gclid=z&fbclid=", "https://help.example/a?a=1&b=2"),
        ("https://help.example/a?utm_source=x", "https://help.example/a"),
        ("https://help.example/a?side=1&gallery=2", "https://help.example/a?gallery=2&side=1"),
        ("https://help.example/a?&&#part", "https://help.example/a"),
    ],
)
def test_addresses_of_one_page_are_equal(link, address):
    assert canonical(link) == address
    assert canonical(address) == address


def test_what_is_no_address_has_no_form():
    with pytest.raises(Refused):
        canonical("mailto:a@b.example")


@pytest.mark.parametrize(
    ("start", "link", "inside"),
    [
        ("https://help.example/", "https://help.example/a", True),
        ("https://help.example/", "http://help.example/a", True),
        ("https://help.example/", "https://www.help.example/a", True),
        ("https://help.example/", "https://blog.help.example/a", False),
        ("https://help.example/", "https://help.example.evil.example/a", False),
        ("https://help.example/", "https://help.example:8443/a", False),
        ("https://help.example/docs", "https://help.example/docs", True),
        ("https://help.example/docs", "https://help.example/docs/a", True),
        ("https://help.example/docs", "https://help.example/docs-old/a", False),
        ("https://help.example/docs/start.html", "https://help.example/docs/a", True),
        ("https://help.example/docs/start.html", "https://help.example/a", False),
        ("https://help.example/docs/", "https://help.example/docs/../a", False),
        ("https://help.example/docs/", "https://help.example/docs/%2e%2e/a", False),
    ],
)
def test_a_link_leads_to_the_site_or_not(start, link, inside):
    assert bool(scope(start, whole=False).within(link)) is inside


def test_the_scheme_of_a_site_is_the_one_it_starts_with():
    assert scope("https://help.example/", whole=True).within("http://help.example/a") == "https://help.example/a"


def test_a_host_is_the_same_with_and_without_www():
    assert same_host("https://www.a.example/x", "http://a.example/y")
    assert not same_host("https://a.example/", "https://b.example/")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", set()),
        ("noindex", {"noindex"}),
        ("NoIndex, nofollow", {"noindex", "nofollow"}),
        ("none", {"none", "noindex", "nofollow"}),
        ("googlebot: noindex, nofollow", set()),
        ("googlebot: noindex, frontdesk: nofollow", {"nofollow"}),
        ("noindex, otherbot: nofollow", {"noindex"}),
        ("frontdesk: noindex, nofollow", {"noindex", "nofollow"}),
    ],
)
def test_a_header_asks_something_of_us_or_of_others(header, said):
    assert directives(header) & {"none", "noindex", "nofollow"} == said
