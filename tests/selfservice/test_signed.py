"""Signed calls over the wire: what is sent can be verified by anybody who has the key, and what comes back is told apart."""

import asyncio
import json
import logging
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.errors import Unavailable
from desk.runs import RunStatus
from selfservice.signed import LARGEST, Answered, signature
from tests.fakes import START
from tests.selfservice.kit import KEY, REQUEST, actions, back, run, spec
from tests.support.endpoint import endpoint

NOW = START.timestamp()


async def test_a_call_carries_what_was_asked_for_and_a_signature_that_holds():
    async with endpoint(now=NOW, key=KEY) as there:
        result = await actions().run(spec(there.url), run())
        (posted,) = there.posted
        assert there.refused == []
        assert posted.json == {
            "action": "restart",
            "parameters": {"account_id": "acme", "integration": "bank feed"},
            "run": run().id,
            "ticket": "t-1",
        }
        assert posted.headers["idempotency-key"] == run().id
        assert (result.status, result.said) == (RunStatus.DONE, "restarted")


@pytest.mark.parametrize("changed", ["body", "x-frontdesk-timestamp", "x-frontdesk-signature"])
async def test_whatever_is_changed_on_the_way_is_noticed(changed):
    async with endpoint(now=NOW, key=KEY) as there:
        await actions().run(spec(there.url), run())
        (posted,) = there.posted
        if changed == "body":
            posted.body = posted.body.replace(b"acme", b"evil")
        else:
            posted.headers[changed] = posted.headers[changed][:-1] + ("1" if posted.headers[changed][-1] != "1" else "2")
        assert there.verify(posted)


async def test_another_key_and_an_old_call_are_not_believed():
    async with endpoint(now=NOW, key="another-key") as there:
        await actions().run(spec(there.url), run())
        assert there.refused == ["not ours"]
    async with endpoint(now=NOW + 3600, key=KEY) as there:
        await actions().run(spec(there.url), run())
        assert there.refused == ["too old"]


def test_a_shell_comes_to_the_same_signature():
    body = json.dumps({"run": "run-1", "ä": "ö"}, ensure_ascii=False)
    shell = 'printf "v1:%s:%s" "$1" "$2" | openssl dgst -sha256 -hmac "$3" -r | cut -d" " -f1'
    found = subprocess.run(["bash", "-c", shell, "-", "1793613600", body, KEY], capture_output=True, text=True, check=True).stdout.strip()
    assert signature(KEY, "1793613600", body.encode()) == f"v1={found}"


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        pytest.param((200, {"note": "ok"}), RunStatus.DONE, "ok", id="a note of the other side"),
        pytest.param((204, b""), RunStatus.DONE, "", id="nothing but success"),
        pytest.param((200, b"<html>fine</html>"), RunStatus.DONE, "", id="success in another format"),
        pytest.param((202, {"note": "a\n\nlong " + "x" * 500}), RunStatus.DONE, ("a long " + "x" * 500)[:200], id="a long note in one short line"),
        pytest.param((200, {"note": 7}), RunStatus.DONE, "", id="a note that is none"),
        pytest.param((400, {"note": "no such feed"}), RunStatus.FAILED, "no such feed", id="a refusal"),
        pytest.param((404, b""), RunStatus.FAILED, "it answered 404", id="an address that is not there"),
        pytest.param((302, b""), RunStatus.FAILED, "it answered 302", id="a redirect, which is not followed"),
        pytest.param((500, b"oops"), RunStatus.UNKNOWN, "it answered 500", id="a failure in the middle"),
        pytest.param((503, b""), RunStatus.UNKNOWN, "it answered 503", id="a gateway that cannot say"),
    ],
)
async def test_an_answer_says_whether_it_was_done(answer, status, said):
    async with endpoint(now=NOW, key=KEY, answers=[answer]) as there:
        result = await actions().run(spec(there.url), run())
        assert (result.status, result.said) == (status, said)
        assert len(there.posted) == 1


async def test_a_busy_other_side_did_nothing_and_may_be_asked_again():
    async with endpoint(now=NOW, key=KEY, answers=[(429, b"")]) as there:
        with pytest.raises(Unavailable, match="busy"):
            await actions().run(spec(there.url), run())


async def test_where_nobody_listens_nothing_was_sent():
    async with endpoint() as there:
        address = there.url
    with pytest.raises(Unavailable, match="nothing answers at its address"):
        await actions().run(spec(address), run())


async def test_a_name_that_does_not_resolve_is_nobody_there():
    with pytest.raises(Unavailable):
        await actions().run(spec("http://nowhere.invalid/run"), run())


async def _hangs(writer):
    await asyncio.sleep(60)


async def _drops(writer):
    writer.transport.abort()


async def _half(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()


async def _drips(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _gibberish(writer):
    writer.write(b"\x00\x01 nothing like HTTP\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("play", [_hangs, _drops, _half, _drips, _gibberish], ids=lambda play: play.__name__.strip("_"))
async def test_what_left_and_was_not_answered_has_an_unknown_fate(play):
    async with endpoint(now=NOW, key=KEY, answers=[play]) as there:
        result = await actions().run(spec(there.url, timeout=timedelta(seconds=0.5)), run())
        assert result.status is RunStatus.UNKNOWN
        assert len(there.posted) == 1


async def test_an_answer_without_end_is_not_read_to_its_end():
    sent = 0

    async def floods(writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        while sent < 100_000_000 and not writer.is_closing():
            writer.write(b" " * LARGEST)
            sent += LARGEST
            await writer.drain()

    async with endpoint(now=NOW, key=KEY, answers=[floods]) as there:
        result = await actions().run(spec(there.url), run())
        assert result.status is RunStatus.DONE
    assert sent < 50_000_000


async def test_without_its_key_nothing_is_sent_and_the_variable_is_named():
    async with endpoint() as there:
        result = await actions(environment={}).run(spec(there.url), run())
        assert (result.status, there.posted) == (RunStatus.FAILED, [])
        assert "ACTIONS_KEY is not set" in result.said


async def test_the_key_stands_in_no_log_and_no_request(caplog):
    caplog.set_level(logging.DEBUG)
    async with endpoint(now=NOW, key=KEY) as there:
        await actions().run(spec(there.url), run())
        (posted,) = there.posted
    assert KEY not in caplog.text
    assert KEY not in repr(posted)


async def test_taking_back_names_the_run_and_has_a_key_of_its_own():
    async with endpoint(now=NOW, key=KEY) as there:
        await actions().undo(spec("https://api.example/x", undo=there.url), back(run()))
        (posted,) = there.posted
        assert there.refused == []
        assert (posted.json["run"], posted.json["undo"]) == (run().id, True)
        assert posted.headers["idempotency-key"] == back(run()).id


async def test_words_of_every_script_arrive_as_they_are():
    odd = replace(REQUEST, parameters=(("note", 'naïve "quotes" \\ 日本語 \u202e 🙂'),))
    async with endpoint(now=NOW, key=KEY) as there:
        await actions().run(spec(there.url), run(odd))
        assert there.refused == []
        assert there.posted[0].json["parameters"]["note"] == 'naïve "quotes" \\ 日本語 \u202e 🙂'


@pytest.mark.parametrize(
    "body",
    [pytest.param(b"[" * 60_000, id="nested without an end"), pytest.param(b"no", id="no JSON"), pytest.param(b'["a"]', id="no object")],
)
def test_an_answer_that_is_no_object_says_nothing(body):
    assert Answered(200, body).json == {}
