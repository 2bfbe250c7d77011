"""Disguise: characters that nobody sees, and signs that look like others, undone so that two writings of one thing meet."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

EMOJI = r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
HIDDEN = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\ue000-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U0010ffff"
)
"""Control and format characters, direction marks, tags, variation selectors, blank letters and what is nobody's: none of them shows."""
UNSEEN = re.compile(rf"([{EMOJI}]\ufe0f?(?:\u200d[{EMOJI}]\ufe0f?)*|[0-9#*]\ufe0f?\u20e3)|[{HIDDEN}]+")
"""An emoji made of several, which stays as it is, or what does not show."""
NEW_LINE = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u20ff\ufe20-\ufe2f]+"
)
BLANK = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
LOOKS = {
    "a": "аαɑᴀ", "b": "вЬьβʙ", "c": "сϲᴄ", "d": "ԁđᴅ", "e": "еεєᴇ", "f": "ꜰƒ", "g": "ɡɢ", "h": "һнʜ", "i": "іιıɪ", "j": "јᴊ", "k": "кκᴋ",
    "l": "ӏłʟǀ", "m": "мᴍ", "n": "пηɴ", "o": "оοσøᴏ", "p": "рρᴘ", "q": "ԛ", "r": "гʀ", "s": "ѕꜱ", "t": "тτᴛ", "u": "υᴜ", "v": "νѵᴠ",
    "w": "ԝωᴡ", "x": "хχ", "y": "уγʏ", "z": "ᴢ", "<": "‹〈⟨❮❰⟪《«˂ᐸ≺", ">": "›〉⟩❯❱⟫》»˃ᐳ≻", "/": "∕⁄⧸╱", "-": "‐‑‒–—―−﹣", ".": "․。｡", "@": "＠﹫",
}  # fmt: skip
"""Signs of other alphabets that pass for the one on the left."""
LETTER_RANGES = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))
"""Letters in black circles and squares, and those that flags are made of."""


def visible(text: str) -> str:
    """Return a text without what does not show: nothing can be hidden in it, turned around, or written over what stands beside it."""
    shown = UNSEEN.sub(lambda match: match.group(1) or "", NEW_LINE.sub("\n", text))
    return MARKS.sub(r"\1", shown)


def folded(text: str) -> str:
    """Return a text in small Latin letters as far as its signs look like them, without accents and with one kind of space."""
    return text.lower() if text.isascii() else "".join(map(_folded, BLANK.sub(" ", text)))


def shape(text: str) -> tuple[str, list[int]]:
    """Return a folded text, and for each of its characters where in the text it stood."""
    pieces = [(piece, at) for at, sign in enumerate(text) for piece in _folded(sign)]
    return "".join(piece for piece, _ in pieces), [at for _, at in pieces]


@cache
def _folded(sign: str) -> str:
    if sign.isascii():
        return sign.lower()
    decomposed = unicodedata.normalize("NFKD", _table().get(sign, sign))
    return "".join(_table().get(part, part) for part in decomposed.lower() if not unicodedata.combining(part))


@cache
def _table() -> dict[str, str]:
    table = {other: latin for latin, others in LOOKS.items() for other in others}
    letters = {chr(start + n): chr(ord("a") + n) for start, count in LETTER_RANGES for n in range(count)}
    return {**letters, **table, **{other.upper(): latin for other, latin in table.items() if len(other.upper()) == 1 and other.upper() != other}}
