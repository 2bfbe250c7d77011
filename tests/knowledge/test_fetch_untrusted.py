"""Fetching what means harm: private machines by every name, and bodies that never end."""

import asyncio
import gzip
import zlib

import pytest

from desk.errors import Unavailable
from knowledge.net import addresses
from knowledge.net.addresses import is_public, is_reachable, reachable
from knowledge.net.fetch import Fetcher, Surroundings
from knowledge.net.inflate import Inflater, gunzip
from knowledge.net.links import Refused, absolute
from tests.knowledge.site import Answer, Site, Waiting, fetching, serving

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:1::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_special_address_is_public(address):
    assert not is_public(address)


CLOUDS = ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::a9fe:a9fe", "fd00:ec2::254", "100.100.100.200"]
NEIGHBORS = ["fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1"]


@pytest.mark.parametrize("address", [*CLOUDS, *NEIGHBORS])
def test_where_clouds_keep_a_machines_keys_is_out_of_reach_also_of_the_private_network(address):
    assert not is_reachable(address, private_network=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:10.0.0.1", "10.0.0.1", "192.168.1.1", "fd12::1", "100.64.0.1", "8.8.8.8"])
def test_the_private_network_is_in_reach_where_it_is_allowed(address):
    assert is_reachable(address, private_network=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_an_address_on_the_internet_is_public(address):
    assert is_public(address)


async def named(*addresses: str, private_network: bool = False) -> list[str]:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return await reachable("help.example", 443, resolve=resolve, private_network=private_network)


async def test_a_name_that_leads_inside_is_refused_and_the_sentence_says_how_to_allow_it():
    with pytest.raises(Refused, match="private_network"):
        await named("10.0.0.1", "fd00::1")


async def test_of_a_name_that_leads_inside_and_outside_only_the_outside_is_connected_to():
    assert await named("10.0.0.1", "8.8.8.8") == ["8.8.8.8"]


async def test_inside_is_allowed_where_the_policy_says_so():
    assert await named("10.0.0.1", private_network=True) == ["10.0.0.1"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "017700000001", "127.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
async def test_this_machine_is_refused_by_whatever_name(host):
    async with serving(Site({"/": Answer("secret")})) as site, fetching(private_network=False) as fetcher:
        with pytest.raises(Refused):
            await fetcher.get(f"http://{host}:{site.port}/")
    assert site.asked == []


class Names:
    """A name server that answers differently each time it is asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return [self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]]


def outside(names: Names, waiting: Waiting) -> Fetcher:
    return Fetcher(around=Surroundings(resolve=names.resolve, sleep=waiting.sleep, clock=waiting.clock))


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
async def test_a_name_of_this_machine_is_refused(inside):
    names = Names(inside)
    async with serving(Site({"/": Answer("secret")})) as site:
        with pytest.raises(Refused, match="private network"):
            await outside(names, Waiting()).get(f"http://help.example:{site.port}/")
    assert (site.asked, names.asked) == ([], ["help.example"])


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest/meta-data/", "http://inside.example/", "http://127.0.0.2/"])
async def test_a_redirect_leads_no_further_inside_than_an_address_does(monkeypatch, place):
    """A site outside, which this machine plays, sends its readers inside."""
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")

    async def resolve(host: str, port: int) -> list[str]:
        return [{"outside.example": "127.0.0.1", "inside.example": "10.0.0.1"}.get(host, host)]

    async with serving(Site({"/": Answer(status=302, headers={"Location": place})})) as site:
        with pytest.raises(Refused, match="private network"):
            await Fetcher(around=Surroundings(resolve=resolve)).get(f"http://outside.example:{site.port}/")
    assert site.asked == ["/"]


async def test_every_connection_asks_for_the_name_again():
    """DNS rebinding: what was outside a moment ago is inside now. The refusal is made where the connection is, so nothing is connected to."""
    names = Names("192.0.2.1", "127.0.0.1")
    async with serving(Site({"/": Answer("secret")})) as site:
        fetcher = outside(names, Waiting())
        for _ in range(2):
            with pytest.raises(Refused):
                await fetcher.get(f"http://help.example:{site.port}/")
    assert (site.asked, len(names.asked)) == ([], 2)


async def test_the_checked_address_is_the_one_that_is_connected_to():
    names = Names("127.0.0.1", "192.0.2.1")
    waiting = Waiting()
    async with serving(Site({"/": Answer("ours")})) as site:
        around = Surroundings(resolve=names.resolve, sleep=waiting.sleep, clock=waiting.clock)
        fetcher = Fetcher(private_network=True, around=around)
        assert (await fetcher.get(f"http://help.example:{site.port}/")).body == b"ours"
        await fetcher.close()
    assert names.asked == ["help.example"]
    assert site.headers[0]["host"] == f"help.example:{site.port}"


async def test_a_name_without_addresses_is_unavailable():
    class Nobody(Names):
        async def resolve(self, host: str, port: int) -> list[str]:
            return []

    with pytest.raises(Unavailable, match="has no address"):
        await outside(Nobody(), Waiting()).get("http://help.example/")


async def test_the_environment_names_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(Site({"/": Answer("direct")})) as site, fetching() as fetcher:
        assert (await fetcher.get(site.url)).body == b"direct"


async def chunked(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(b"x" * 1001), id="and says so"),
        pytest.param(Answer(headers={"Content-Length": "99999999999"}), id="as it claims"),
        pytest.param(Answer(play=chunked), id="in chunks"),
        pytest.param(Answer(gzip.compress(b"x" * 500_000), headers={"Content-Encoding": "gzip"}), id="a gzip bomb"),
        pytest.param(Answer(zlib.compress(b"x" * 500_000), headers={"Content-Encoding": "deflate"}), id="a deflate bomb"),
    ],
)
async def test_a_body_that_is_too_large_is_refused(answer):
    async with serving(Site({"/": answer})) as site, fetching(most=1000) as fetcher:
        with pytest.raises(Refused, match="MB"):
            await fetcher.get(site.url)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hello")),
        ("x-gzip", gzip.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
    ids=["gzip", "x-gzip", "deflate", "bare deflate", "as it is"],
)
async def test_what_is_packed_is_unpacked(encoding, packed):
    async with serving(Site({"/": Answer(packed, headers={"Content-Encoding": encoding})})) as site, fetching() as fetcher:
        assert (await fetcher.get(site.url)).body == b"hello"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
async def test_an_encoding_that_was_not_asked_for_is_refused(encoding):
    async with serving(Site({"/": Answer(b"x", headers={"Content-Encoding": encoding})})) as site, fetching() as fetcher:
        with pytest.raises(Refused, match="not asked for"):
            await fetcher.get(site.url)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_what_only_says_that_it_is_packed_is_refused(encoding):
    async with serving(Site({"/": Answer(b"\xff\xffplain", headers={"Content-Encoding": encoding})})) as site, fetching() as fetcher:
        with pytest.raises(Refused, match="as it says"):
            await fetcher.get(site.url)


def test_a_bomb_is_never_unpacked_beyond_the_limit():
    bomb = gzip.compress(b"x" * 50_000_000)
    unpacked: list[int] = []

    class Counting(Inflater):
        def _unpacked(self, piece: bytes) -> bytes:
            found = super()._unpacked(piece)
            unpacked.append(len(found))
            return found

    with pytest.raises(Refused, match="unpacked"):
        Counting("gzip", most=100_000).feed(bomb)
    assert unpacked == [100_001]


def test_exactly_as_much_as_is_allowed_is_unpacked():
    assert gunzip(gzip.compress(b"x" * 1000), most=1000) == b"x" * 1000


def test_a_file_that_is_not_packed_is_refused_as_one_that_says_so():
    with pytest.raises(Refused):
        gunzip(b"<urlset>", most=1000)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("HTTPS://Help.Example:443/A", "https://help.example/A"),
        ("http://help.example:80", "http://help.example/"),
        ("http://help.example:8080/?a=b&c", "http://help.example:8080/?a=b&c"),
        ("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://help.example/a%20b%2Fc", "https://help.example/a%20b%2Fc"),
        ("/c#d", "https://base.example/c"),
        ("../c", "https://base.example/c"),
        ("?q=1", "https://base.example/a/b?q=1"),
        ("//other.example/x", "https://other.example/x"),
        ("https://help.example./", "https://help.example/"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
    ],
)
def test_an_address_has_one_form(link, address):
    assert absolute(link, base="https://base.example/a/b") == address


@pytest.mark.parametrize(
    "link",
    [
        "mailto:a@b.example",
        "data:text/html,x",
        "https://",
        "https://user@help.example/",
        "https://help.example\\@evil.example/",
        "https://help.example/\r\nHost: evil",
        "https://help.example:port/",
        "https://" + "a" * 70 + ".example/",
        "https://help.example/" + "a" * 3000,
    ],
)
def test_what_is_no_plain_address_is_refused(link):
    with pytest.raises(Refused):
        absolute(link)
