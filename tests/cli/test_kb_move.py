"""Moving the index: another one is filled from what is stored, and the desk goes on."""

import json

import pytest

from cli.app import run
from cli.kb_move import _host
from tests.knowledge.kit import write


@pytest.fixture
def call(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path))
    monkeypatch.delenv("FRONTDESK_QDRANT_URL", raising=False)

    def do(*arguments):
        code = run(["kb", "move", *arguments])
        found = capsys.readouterr()
        return code, found.out, found.err

    return do


def ingested(home, capsys):
    write(home, {"kb/refunds.md": "# Refunds\n\nA refund takes five days.", "kb/plans.md": "# Plans\n\nThere are three plans."})
    assert run(["ingest", str(home / "kb")]) == 0
    capsys.readouterr()


def test_the_index_in_the_home_is_filled_from_what_is_stored(call, tmp_path, capsys):
    ingested(tmp_path, capsys)
    code, out, _ = call("--json")
    assert (code, json.loads(out)) == (0, {"index": "home", "position": 2, "complete": True})
    assert call("home")[1] == "The index (home) stands at change 2 of the library.\n"


def test_a_server_that_does_not_answer_is_said_in_one_sentence(call, tmp_path, capsys):
    ingested(tmp_path, capsys)
    code, out, error = call("http://127.0.0.1:1")
    assert (code, out, len(error.strip().splitlines())) == (1, "", 1)
    assert "kb is unavailable" in error


@pytest.mark.parametrize("to", ["elsewhere", "ftp://127.0.0.1", "127.0.0.1:6333"])
def test_what_is_no_address_is_a_wrong_call(call, to):
    code, _, error = call(to)
    assert (code, "write one such as http://127.0.0.1:6333, or home" in error) == (2, True)


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://user:word@kb.example:6333/path?key=1", "https://kb.example:6333"), ("http://kb.example", "http://kb.example"), ("", "")],
)
def test_of_an_address_nothing_secret_is_printed(url, host):
    assert _host(url) == host
