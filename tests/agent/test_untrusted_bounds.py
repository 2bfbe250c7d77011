"""Untrusted text of any length: whoever writes a long one waits for nobody."""

import time

import pytest

from agent.outgoing import safe
from agent.untrusted import cleaned, named, quoted
from agent.vault import Vault

HUGE = 60_000
PATTERNS = [
    *("<!--", "<", "</untrusted>", "[", "[a](", "![", "@everyone", "&#60;", "<p style='display:none'>", "`", "1 ", "a.", "password: ", "0\u0301"),
    *("\u200b", "x@y.", "http://", "\n\n\n", "\n- ", "<!", "<@", "(", "a-1", "eyJ", "DE89 ", "1.", "a/"),
]


@pytest.mark.parametrize("pattern", PATTERNS, ids=repr)
def test_no_repetition_takes_long(pattern):
    text = pattern * (HUGE // len(pattern))
    begun = time.process_time()
    cleaned(text, most=4000)
    quoted(text, label="message", most=4000)
    named(text)
    Vault(["email", "phone"]).hide(text[:20_000])
    safe(text[:12_000], hosts=["help.example"], known=[text[:12_000]])
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[//]:" + " " * 100_000, id="blanks behind the head of a Markdown comment"),
        pytest.param("<b display:none>" * 500_000, id="eight megabytes of elements that do not show"),
        pytest.param("1 2" * 100_000, id="numbers without an end"),
    ],
)
def test_a_long_message_is_looked_at_as_far_as_it_is_shown(text):
    begun = time.process_time()
    quoted(Vault(["email", "phone"]).beginning(text, most=4000), label="message", most=4000)
    cleaned(text, most=4000)
    assert time.process_time() - begun < 2


def test_what_is_cut_off_is_counted_also_where_nobody_looked():
    assert cleaned("words" * 20_000, most=100).endswith("[cut here: 99900 more characters]")


def test_no_secret_is_shown_in_half_where_a_text_is_cut():
    card = "4111 1111 1111 1111"
    shown = Vault(()).beginning("x " * 3995 + card + " y" * 5000, most=4000)
    assert "4111" not in shown
    assert len(shown) <= 8000
