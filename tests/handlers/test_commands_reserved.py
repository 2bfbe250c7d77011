"""Reserved for the policy file: what would let a chat's admins reach for more of the machine."""

import pytest

from desk.errors import InvalidInput
from handlers.commands.keys import literal, readings, shown
from handlers.commands.reserved import guard

TOKEN = {"name": "z", "kind": "zendesk", "at": "https://acme.zendesk.com", "secret": "ZENDESK_TOKEN"}
CALL = {"name": "restart", "run": "https://api.example/restart", "secret": "CALL_KEY"}


def policy(*sources, actions=()):
    """Return a policy's tables with these sources and actions."""
    return {"knowledge": {"sources": list(sources)}, "actions": list(actions)}


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("/etc", id="an absolute path"),
        pytest.param("~/notes", id="a home"),
        pytest.param("../secrets", id="a folder above"),
        pytest.param("a/../../b", id="a folder above in the middle"),
        pytest.param(".", id="the folder itself"),
        pytest.param("./", id="the folder itself with a slash"),
        pytest.param("C:\\notes", id="a drive"),
        pytest.param("\\\\server\\share", id="a share"),
    ],
)
@pytest.mark.parametrize("kind", ["folder", "git", "notion"])
def test_a_path_that_leads_out_is_the_files_to_name(at, kind):
    with pytest.raises(InvalidInput, match=r"Only policy\.toml may name"):
        guard(policy(), policy({"name": "x", "kind": kind, "at": at}))


@pytest.mark.parametrize(
    "at", ["articles", "articles/billing", "./articles", "https://help.example", "git@github.com:acme/docs.git", "acme.zendesk.com", ""]
)
def test_an_address_and_a_folder_below_may_be_named_by_command(at):
    guard(policy(), policy({"name": "x", "kind": "web", "at": at}))


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(policy(TOKEN), id="a token that nobody named"),
        pytest.param(policy(actions=[CALL]), id="a key for a call"),
        pytest.param(policy({"name": "x", "kind": "web", "at": "http://10.0.0.1", "private_network": True}), id="the inner network"),
    ],
)
def test_tokens_and_the_inner_network_are_the_files_to_name(new):
    with pytest.raises(InvalidInput, match=r"Only policy\.toml may"):
        guard(policy(), new)


def test_what_was_allowed_before_may_stay_but_not_lead_elsewhere():
    guard(policy(TOKEN, actions=[CALL]), policy({**TOKEN, "every": "1h"}, actions=[{**CALL, "says": "Done."}]))
    with pytest.raises(InvalidInput, match=r"ZENDESK_TOKEN is sent to 'https://evil\.example'"):
        guard(policy(TOKEN), policy({**TOKEN, "at": "https://evil.example"}))


@pytest.mark.parametrize("tables", [{}, {"knowledge": []}, {"knowledge": {"sources": "x"}, "actions": "y"}, {"actions": [1, None]}])
def test_tables_that_are_no_policy_claim_nothing(tables):
    guard({}, tables)


@pytest.mark.parametrize(
    ("text", "now", "found"),
    [
        pytest.param("0.7", None, 0.7, id="a number"),
        pytest.param("true", True, True, id="a switch"),
        pytest.param("true", "no", "true", id="a text stays one"),
        pytest.param("45m", None, "45m", id="no TOML is a text"),
        pytest.param("1\nother = 2", None, "1\nother = 2", id="a second key is no key"),
        pytest.param("[\n  1,\n  2,\n]", [], [1, 2], id="a list of several lines"),
        pytest.param("“a”", "b", "a", id="a phone's quotes"),
        pytest.param("2026-12-25", None, "2026-12-25", id="a day is a text"),
        pytest.param("[" * 5000, None, "[" * 5000, id="brackets without end"),
    ],
)
def test_a_text_is_read_as_the_likeliest_value(text, now, found):
    assert readings(text, now)[0] == found


@pytest.mark.parametrize("value", [[1, 'a\n"b"', True, {"account access": "x"}], {"a": [{"b": 0.5}]}, 0.25, False, []])
def test_what_is_written_of_a_value_is_read_as_it_again(value):
    assert readings(literal(value), value)[0] == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("https://me:secret@a.example/x?token=secret", "https://...@a.example/x?..."),
        ([{"at": "https://a.example/?k=secret"}], '[{at = "https://a.example/?..."}]'),
        ("What is it?", "What is it?"),
        ("x" * 200, "x" * 159 + "…"),
    ],
    ids=["an address", "an address inside", "a question", "a long one"],
)
def test_what_is_shown_of_a_value_is_short_and_has_no_key(value, text):
    assert shown(value) == text
