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
