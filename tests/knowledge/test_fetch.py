"""Fetching: redirects, waiting and retrying over the wire."""

import asyncio

import pytest

from desk.errors import Misconfigured, Unavailable
from knowledge.net.fetch import Patience
from knowledge.net.links import Refused
from tests.knowledge.site import Answer, Site, Waiting, fetching, serving

HASTY = Patience(read=0.2, attempts=2)
BRIEF = Patience(total=0.5, attempts=2)


def to(place: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": place})


async def test_a_page_is_read():
    async with serving(Site({"/a": Answer("hello", headers={"Content-Type": "Text/HTML; charset=x", "X-A": "1"})})) as site, fetching() as fetcher:
        fetched = await fetcher.get(f"{site.url}/a#part")
    assert (fetched.url, fetched.status, fetched.content_type, fetched.body) == (f"{site.url}/a", 200, "text/html", b"hello")
    assert fetched.headers["x-a"] == "1"


async def test_the_agent_says_who_it_is_and_what_it_unpacks():
    async with serving(Site()) as site, fetching() as fetcher:
        await fetcher.get(site.url, headers={"Accept": "text/html"})
    said = site.headers[0]
    assert (said["user-agent"], said["accept"], said["accept-encoding"]) == ("Frontdesk", "text/html", "gzip, deflate")


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410])
async def test_what_the_other_side_refuses_is_an_answer_like_any_other(status):
    async with serving(Site({"/": Answer(status=status)})) as site, fetching() as fetcher:
        assert (await fetcher.get(site.url)).status == status
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_the_last_address_named(status):
    async with serving(Site({"/a": to("b?x=1#y", status), "/b?x=1": Answer("there")})) as site, fetching() as fetcher:
        fetched = await fetcher.get(f"{site.url}/a")
    assert (fetched.url, fetched.body) == (f"{site.url}/b?x=1", b"there")


@pytest.mark.parametrize("loop", [{"/a": to("/a")}, {"/a": to("/b"), "/b": to("/a")}], ids=["to itself", "by way of another"])
async def test_redirects_in_a_circle_end(loop):
    async with serving(Site(loop)) as site, fetching() as fetcher:
        with pytest.raises(Refused, match="redirects more than 10 times"):
            await fetcher.get(f"{site.url}/a")
    assert len(site.asked) == 11


@pytest.mark.parametrize("place", ["ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "http://user:word@example.com/", "http://[::1"])
async def test_a_redirect_to_what_is_no_web_address_is_refused(place):
    async with serving(Site({"/": to(place)})) as site, fetching() as fetcher:
        with pytest.raises(Refused):
            await fetcher.get(site.url)


async def test_a_key_follows_a_redirect_on_its_own_host():
    async with serving(Site({"/a": to("/b"), "/b": Answer("x")})) as site, fetching() as fetcher:
        await fetcher.get(f"{site.url}/a", headers={"Authorization": "Bearer k"})
    assert [said.get("authorization") for said in site.headers] == ["Bearer k", "Bearer k"]


async def test_a_key_never_follows_a_redirect_to_another_host_nor_comes_back():
    async with serving(Site()) as home, serving(Site()) as other, fetching() as fetcher:
        home.pages = {"/a": to(f"{other.url}/b"), "/c": Answer("x")}
        other.pages = {"/b": to(f"{home.url}/c")}
        await fetcher.get(f"{home.url}/a", headers={"Authorization": "Bearer k", "X-Key": "k", "Accept-Language": "de"})
    assert "authorization" not in other.headers[0]
    assert "x-key" not in other.headers[0]
    assert other.headers[0]["accept-language"] == "de"
    assert "authorization" not in home.headers[1]


async def test_a_header_that_is_none_is_reported_without_its_value():
    async with fetching() as fetcher:
        with pytest.raises(Misconfigured, match="'authorization'") as raised:
            await fetcher.get("http://127.0.0.1:9/", headers={"Authorization": "Bearer secret\n"})
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_server_in_trouble_is_asked_again(status):
    waiting = Waiting()
    async with serving(Site({"/": [Answer(status=status), Answer(status=status), Answer("well again")]})) as site, fetching(waiting) as fetcher:
        assert (await fetcher.get(site.url)).body == b"well again"
    assert waiting.slept == [1, 2]


async def test_a_server_that_stays_in_trouble_is_unavailable():
    waiting = Waiting()
    async with serving(Site({"/": Answer(status=503)})) as site, fetching(waiting) as fetcher:
        with pytest.raises(Unavailable, match="it answers 503"):
            await fetcher.get(site.url)
    assert (len(site.asked), waiting.slept) == (4, [1, 2, 4])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"Retry-After": "7"}, 7, id="seconds"),
        pytest.param({"Retry-After": "Mon, 02 Nov 2026 10:00:30 GMT", "Date": "Mon, 02 Nov 2026 10:00:00 GMT"}, 30, id="a date by its clock"),
        pytest.param({"Retry-After": "Mon, 02 Nov 2026 10:00:30 GMT"}, 1, id="a date without a clock"),
        pytest.param({"Retry-After": "soon"}, 1, id="no number"),
        pytest.param({"Retry-After": "-5"}, 1, id="a time that has passed"),
    ],
)
async def test_a_server_may_say_how_long_to_wait(headers, seconds):
    waiting = Waiting()
    async with serving(Site({"/": [Answer(status=429, headers=headers), Answer("now")]})) as site, fetching(waiting) as fetcher:
        await fetcher.get(site.url)
    assert waiting.slept == [seconds]


async def test_a_server_that_asks_for_an_hour_is_unavailable_for_now():
    waiting = Waiting()
    async with serving(Site({"/": Answer(status=429, headers={"Retry-After": "3600"})})) as site, fetching(waiting) as fetcher:
        with pytest.raises(Unavailable, match="asks to wait 3600 s"):
            await fetcher.get(site.url)
    assert waiting.slept == []


async def test_a_dropped_connection_is_tried_again():
    async def drop(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.transport.abort()

    async with serving(Site({"/": [Answer(play=drop), Answer("whole")]})) as site, fetching() as fetcher:
        assert (await fetcher.get(site.url)).body == b"whole"


async def test_a_server_that_is_not_there_is_unavailable():
    async with serving(Site()) as site:
        pass
    async with fetching() as fetcher:
        with pytest.raises(Unavailable, match="the connection failed"):
            await fetcher.get(site.url)


async def test_a_name_that_does_not_resolve_is_unavailable():
    async with fetching() as fetcher:
        with pytest.raises(Unavailable, match="has no address"):
            await fetcher.get("http://nowhere.invalid/")


async def test_an_answer_that_is_not_http_is_unavailable():
    async def babble(writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()

    async with serving(Site({"/": Answer(play=babble)})) as site, fetching() as fetcher:
        with pytest.raises(Unavailable, match="the connection failed"):
            await fetcher.get(site.url)


async def test_a_server_that_never_answers_is_not_waited_for():
    async def hang(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    async with serving(Site({"/": Answer(play=hang)})) as site, fetching(patience=HASTY) as fetcher:
        with pytest.raises(Unavailable, match="took too long"):
            await fetcher.get(site.url)
    assert len(site.asked) == 2


async def test_a_body_that_drips_has_a_time_limit_as_a_whole():
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(Site({"/": Answer(play=drip)})) as site, fetching(patience=BRIEF) as fetcher:
        with pytest.raises(Unavailable, match="took too long"):
            await fetcher.get(site.url)


async def test_a_host_is_asked_at_a_polite_pace():
    waiting = Waiting()
    async with serving(Site()) as site, fetching(waiting, pace=2) as fetcher:
        for path in "abc":
            await fetcher.get(f"{site.url}/{path}")
    assert waiting.now == 4


async def test_two_callers_share_the_pace_of_a_host():
    waiting = Waiting()
    async with serving(Site()) as site, fetching(waiting) as fetcher:
        fetcher.slow_down(site.url, 3)
        await asyncio.gather(*(fetcher.get(f"{site.url}/{path}") for path in "abc"))
    assert waiting.slept == [3, 3]


async def test_another_host_has_a_pace_of_its_own():
    waiting = Waiting()
    async with serving(Site()) as site, serving(Site()) as other, fetching(waiting) as fetcher:
        fetcher.slow_down(site.url, 30)
        for place in (site, other, other):
            await fetcher.get(place.url)
    assert waiting.slept == []
