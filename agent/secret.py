"""Secrets: where in a text personal data, keys and passwords stand, by their form, their checksum, or the words that tell them."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from agent.disguise import shape
from agent.personal import EMAIL, IBAN, PHONE, ROLES, TOLD_PHONE, iban, luhn
from agent.redaction import KEY
from agent.signals import WORDS
from agent.wording import lists

DIGITS = re.compile(r"(?<![\w+])\d(?:[ .\-‐-―\u00a0\u202f]{0,2}\d){12,60}(?!\w)")
"""Wider than the form that `agent.personal` warns of: whatever has the checksum of a card stays here, whatever stands beside it."""
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL)
VENDORS = re.compile(
    r"\b(?:sk|pk|rk)[-_](?:ant-|proj-|live_|test_|svcacct-|or-)?[\w-]{16,}|\bwhsec_[\w+/=]{16,}|\b(?:AKIA|ASIA|AROA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{30,}"
    r"|\bgithub_pat_\w{30,}|\bglpat-[\w-]{16,}|\bxox[abeoprs]-[\w-]{10,}|\bxapp-[\w-]{10,}|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bnpm_\w{30,}|\bpypi-[\w-]{40,}|\bdo[opr]_v1_\w{40,}|\bshp(?:at|ca|pa|ss)_\w{20,}|\bsq0[a-z]{3}-[\w-]{20,}|\bhf_\w{20,}|\blin_api_\w{20,}|\bATATT3[\w=-]{20,}"
    r"|\b(?:AC|SK)[0-9a-f]{32}\b|\bkey-[0-9a-z]{32}\b|\b\d{8,10}:[\w-]{35}\b|\b[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]+)?"
    r"|(?<=hooks\.slack\.com/services/)[\w/]{20,}|(?<=/api/webhooks/)\d{15,20}/[\w-]{30,}"
)
IN_ADDRESS = re.compile(r"(?<=://)[^\s/@:<>]{0,60}:([^\s/@<>]{1,80})@")
IN_QUERY = re.compile(
    r"[?&;](?:[\w-]{0,20}[_-])?(?:token|key|apikey|sig|signature|secret|password|pwd|pass|code|auth|jwt|session|sid|otp)=([^\s&#\"'<>)\]]{4,500})",
    re.IGNORECASE,
)
LONG = re.compile(r"(?<![\w./@+-])[A-Za-z0-9+/_-]{20,}={0,2}(?![\w/])")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
HEX = re.compile(r"(?:[0-9a-f]{2}){16,}", re.IGNORECASE)
QUOTED = r"\"([^\"\n]{1,80})\"|'([^'\n]{1,80})'|`([^`\n]{1,80})`|[„“«]([^“”»\n]{1,80})[“”»]|(\S{3,80})"
QUOTES = "\"'`„“«"
TRAILING = ".,;:!?)]}\"'"


@dataclass(frozen=True, slots=True)
class Span:
    """Something to keep back: its kind (card, key, password, iban, email, phone) and where it stands."""

    kind: str
    start: int
    end: int


def spans(text: str, kinds: Collection[str]) -> Sequence[Span]:
    """Return what of these kinds stands in a text, in order and apart; of two readings of one spot the more certain counts."""
    found: list[Span] = []
    for kind, find in FINDERS:
        for start, end in find(text) if kind in kinds else ():
            if all(end <= other.start or start >= other.end for other in found):
                found.append(Span(kind, start, end))
    return sorted(found, key=lambda span: span.start)


Found = Iterator[tuple[int, int]]


def _formed_keys(text: str) -> Found:
    for pattern in (PRIVATE_KEY, VENDORS):
        yield from (match.span() for match in pattern.finditer(text))
    for pattern in (IN_ADDRESS, IN_QUERY):
        yield from (match.span(1) for match in pattern.finditer(text))


def _random_keys(text: str) -> Found:
    for pattern in (LONG, KEY):
        yield from (match.span() for match in pattern.finditer(text) if _is_random(match.group()) and not _in_path(text, match.start()))


def _told_keys(text: str) -> Found:
    yield from _told(text, words().key, lambda said: len(said) >= 8 and any(sign.isdigit() for sign in said))


def _told_passwords(text: str) -> Found:
    yield from _told(text, words().password, _may_be_password)
    yield from _told(text, words().number, str.isdigit)


def _ibans(text: str) -> Found:
    for match in IBAN.finditer(text):
        groups = match.group().upper().split(" ")
        # The next word may have been caught with it.
        length = next((len(" ".join(groups[:n])) for n in range(len(groups), 0, -1) if iban("".join(groups[:n]))), 0)
        if length:
            yield match.start(), match.start() + length


def _cards(text: str) -> Found:
    for row in DIGITS.finditer(text):
        groups = list(re.finditer(r"\d+", row.group()))
        digits = "".join(group.group() for group in groups)
        ends = list(accumulate(len(group.group()) for group in groups))
        for n, first in enumerate(groups):
            begin = ends[n] - len(first.group())
            for m in reversed(range(n, min(n + 19, len(groups)))):
                number = digits[begin : ends[m]]
                if 13 <= len(number) <= 19 and len(set(number)) > 1 and luhn(number):
                    yield row.start() + first.start(), row.start() + groups[m].end()


def _emails(text: str) -> Found:
    return (match.span() for match in EMAIL.finditer(text) if match.group(1).lower() not in ROLES)


def _phones(text: str) -> Found:
    for match in [*PHONE.finditer(text), *TOLD_PHONE.finditer(text)]:
        start, end = match.span(match.lastindex or 0)
        if 7 <= len(re.sub(r"\D", "", text[start:end])) <= 15 and not DATE.search(text[start:end]):
            yield start, end


DATE = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})\b|\b(?:19|20)\d\d-\d\d-\d\d\b")
FINDERS: tuple[tuple[str, Callable[[str], Found]], ...] = (
    ("key", _formed_keys),
    ("iban", _ibans),
    ("card", _cards),
    ("email", _emails),
    ("password", _told_passwords),
    ("key", _told_keys),
    ("key", _random_keys),
    ("phone", _phones),
)
"""In this order: the groups of an account number look like a card, those of a card like a telephone number."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a secret is told, as patterns over a folded text, and the words that only say something about one."""

    password: re.Pattern[str]
    number: re.Pattern[str]
    key: re.Pattern[str]
    not_secret: frozenset[str]


@cache
def words() -> Words:
    """Read and compile the patterns on first use."""
    table = tomllib.loads((WORDS / "secrets.toml").read_text(encoding="utf-8"))
    named = {name: table[name]["words"].replace("\n", "") for name in ("password", "key")}
    tells = table["password"]["tells"].replace("|=", "").replace("|:", "")
    verb = rf"(?:[^\n.:=?!]{{0,30}}?\b(?:{tells})\b[ \t]*[:=]?|[^\n.:=?!\w]{{0,12}}[:=])"
    password = re.compile(rf"\b(?:{named['password']})s?\b{verb}[ \t]*(?:{QUOTED})")
    number = re.compile(rf"\b(?:{named['password']})\b[^\n\d]{{0,12}}(\d{{3,8}})(?!\d)")
    key = re.compile(rf"\b(?:{named['key']})\b\W{{0,3}}(?:\b(?:{tells})\b)?[ \t:=\"'`]{{0,4}}([^\s\"'`,;<>]{{8,500}})")
    return Words(password, number, key, frozenset(table["not_secret"]["words"].split()) | lists()["stop"] | lists()["vague"])


def _told(text: str, pattern: re.Pattern[str], is_secret: Callable[[str], bool]) -> Found:
    said, places = shape(text)
    for match in pattern.finditer(said):
        group = match.lastindex or 0
        start, end = match.span(group)
        end = start + len(said[start:end].rstrip(TRAILING))
        if end > start and (is_secret(said[start:end]) or (pattern.groups > 1 and said[start - 1] in QUOTES)):
            yield places[start], places[end - 1] + 1


def _may_be_password(said: str) -> bool:
    first = re.split(r"[^\w]", said, maxsplit=1)[0]
    return first not in words().not_secret and not re.fullmatch(r"[a-z]+(?:ed|ing)", said) and not said.startswith("[")


def _is_random(run: str) -> bool:
    """Tell whether a run of characters was made by a machine to be guessed by nobody; UUIDs are names of things as a rule."""
    bare = run.rstrip("=")
    if UUID.fullmatch(bare):
        return False
    if HEX.fullmatch(bare):
        return True
    if len(bare) >= 32 and all(re.search(kind, bare) for kind in ("[a-z]", "[A-Z]", r"\d")) and _entropy(bare) >= 4.5:
        return True
    pieces = [piece for piece in re.split(r"[-_/+]", bare) if re.search(r"\d", piece) and re.search(r"[A-Za-z]", piece)]
    mixed = "".join(pieces)
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(mixed))
    return len(mixed) >= 16 and changes >= max(3, len(mixed) / 6) and _entropy(mixed) >= 3.2


def _entropy(run: str) -> float:
    """Return bits per character (Shannon 1948)."""
    return -sum(n / len(run) * math.log2(n / len(run)) for n in Counter(run).values())


def _in_path(text: str, start: int) -> bool:
    """Tell whether a run is part of a link's path, where a page's name looks like a key."""
    before = text[max(0, start - 200) : start]
    return "://" in before and not re.search(r"[\s?=&#]", before[before.rindex("://") :])
