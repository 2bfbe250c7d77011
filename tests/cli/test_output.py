"""What commands print, and how lines from standard input are answered."""

import io
import json
from types import SimpleNamespace

import pytest

from cli.output import answer_all, read_item
from desk.errors import InvalidInput, Unavailable


@pytest.fixture
def piped(monkeypatch):
    def pipe(raw: bytes):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))

    return pipe


async def shout(line: str) -> dict[str, str]:
    if "bad" in line:
        raise InvalidInput("this line is bad")
    return {"said": line.upper()}


async def told(capsys, argument="-", *, as_json=True):
    await answer_all(argument, shout, as_json=as_json, text=lambda found: found["said"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()] if as_json else capsys.readouterr().out


async def test_each_line_is_answered_in_order(piped, capsys):
    piped(b"one\ntwo\r\nthree")
    assert await told(capsys) == [{"said": "ONE"}, {"said": "TWO"}, {"said": "THREE"}]


async def test_a_bad_line_is_told_and_the_rest_goes_on(piped, capsys):
    piped(b"one\nbad\nthree\n")
    assert await told(capsys) == [{"said": "ONE"}, {"error": "this line is bad"}, {"said": "THREE"}]


async def test_an_empty_line_keeps_its_place(piped, capsys):
    piped(b"one\n\nthree\n")
    assert await told(capsys) == [{"said": "ONE"}, {"error": "this line is empty"}, {"said": "THREE"}]


async def test_bytes_that_are_no_text_spoil_their_own_line_only(piped, capsys):
    piped(b"\xff\xfe\nthree\n")
    first, second = await told(capsys)
    assert first["error"].startswith("this line is not UTF-8")
    assert second == {"said": "THREE"}


async def test_one_argument_is_printed_for_people_unless_json_is_asked_for(capsys):
    assert await told(capsys, "hello", as_json=False) == "HELLO\n"


async def test_text_beyond_ascii_is_printed_as_it_is(piped, capsys):
    piped("grüße 🎉 שלום\n".encode())
    await answer_all("-", shout, as_json=True, text=str)
    assert "GRÜSSE 🎉 שלום" in capsys.readouterr().out


async def test_a_failure_of_one_argument_is_raised():
    async def fail(line: str) -> None:
        raise Unavailable("kb")

    with pytest.raises(Unavailable):
        await answer_all("question", fail, as_json=True, text=str)


def test_a_line_is_text_or_an_object():
    known = frozenset({"text", "kind"})
    assert read_item("plain words", known) == {"text": "plain words"}
    assert read_item('{"text": "words", "kind": "direct"}', known) == {"text": "words", "kind": "direct"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param('{"text": ', "not JSON", id="broken JSON"),
        pytest.param('{"kind": "direct"}', "no text", id="no text"),
        pytest.param('{"text": 3}', "no text", id="text that is a number"),
        pytest.param('{"text": "x", "colour": "red"}', "no key 'colour'", id="an unknown key"),
        pytest.param('{"text": "x", "subject": 3}', "subject = 3: write text in quotes", id="a subject that is a number"),
    ],
)
def test_a_wrong_object_is_told(line, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        read_item(line, frozenset({"text", "subject"}))
