"""Traces: whether a text carries something that was not to be told, also written in another way."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from agent.disguise import folded
from agent.signals import WORDS

RUN = re.compile(r"[^\W_]+")
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}[\s:]?){4,}", re.IGNORECASE)
LEET = str.maketrans("013457@$", "oieastas")
SHORTEST_WORD, SHORTEST_NUMBER = 4, 3
"""Signs of the shortest words and numbers that are looked for in other writings; shorter ones occur by chance."""


def runs(text: str) -> list[str]:
    """Return the words and numbers of a text in small plain letters."""
    return RUN.findall(folded(text))


def squeezed(text: str) -> str:
    """Return a text's letters and digits, without anything between them."""
    return "".join(runs(text))


def carries(text: str, secrets: Collection[str]) -> bool:
    """Tell whether any of these squeezed words, numbers or names stands in a text: plain, spaced out, spelled, turned around or encoded."""
    sought = [secret for secret in secrets if len(secret) >= (SHORTEST_NUMBER if any(map(str.isdigit, secret)) else SHORTEST_WORD)]
    return bool(sought) and any(secret in form for form in _forms(text) for secret in sought)


@cache
def digits() -> Mapping[str, str]:
    """Return the digit that each numeral from zero to nine says, in the served languages."""
    table = tomllib.loads((WORDS / "disclosure.toml").read_text(encoding="utf-8"))
    return {word: str(n) for n, words in enumerate(table["digits"].split("|")) for word in words.split()}


def _forms(text: str) -> Iterator[str]:
    """Yield a text in the writings in which something may be looked for, each squeezed."""
    plain = squeezed(text)
    spelled = "".join(digits().get(run, run) for run in runs(text))
    numbers = re.sub(r"\D", "", spelled)
    yield from (plain, plain[::-1], codecs.encode(plain, "rot13"), plain.translate(LEET), spelled, spelled[::-1], numbers, numbers[::-1])
    yield from map(squeezed, _decoded(text))


def _decoded(text: str) -> Iterator[str]:
    for match in ENCODED.finditer(text):
        run = match.group().rstrip("=").replace("+", "-").replace("/", "_")
        for candidate in (run, run[::-1]):
            try:
                yield base64.urlsafe_b64decode(candidate + "=" * (-len(candidate) % 4)).decode("utf-8", "ignore")
            except (binascii.Error, ValueError):
                continue
    for match in HEXADECIMAL.finditer(text):
        pairs = re.sub(r"[\s:]", "", match.group())
        yield bytes.fromhex(pairs[: len(pairs) // 2 * 2]).decode("utf-8", "ignore")
