"""Links: everything in a text that a client would make clickable, and whether it leads where links may lead."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import unquote, urlsplit

from agent.personal import EMAIL

DOMAINS = """
com net org io co app dev ai biz xyz site online club uk de fr es pt br ru cn eu ch nl pl se dk fi ie jp kr au mx ar tv gg ly click shop tech website
cloud mobi edu gov mil int example onion buzz icu vip
"""
SURE = frozenset(DOMAINS.split())
"""Top-level domains by which a bare name is taken for a link."""
LIKE_WORDS = """
name email link page run live store info space pro zip mov top work world today news blog wiki finance support help win bid loan art fun
"""
SLY = frozenset(LIKE_WORDS.split())
"""Those that are words of programs and files as well; like the two letters of countries they need a path behind them."""
NOT_HOSTS = frozenset({"asp.net", "ado.net", "vb.net", "ml.net", "socket.io"})
WITH_SCHEME = re.compile(r"(?<![^\W_])[a-z][a-z0-9+.-]{1,30}:/{1,3}[^\s<>\"`|]+|(?<![\w:/])//[\w-]+\.[^\s<>\"`|]+", re.IGNORECASE)
SCRIPTED = re.compile(
    r"(?<![^\W_])(?:(?:javascript|vbscript|blob|tel|sms|mailto|intent):(?=[^\s])|data:(?=[\w.+-]*[/;,]))[^\s<>\"`|]+", re.IGNORECASE
)
BARE = re.compile(
    r"(?<![^\W_])((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24}))(?![^\W_])\.?(?::\d{1,5})?(?:[/?#\\][^\s<>\"`|]*)?",
    re.IGNORECASE,
)
HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
TRAILING = ".,;:!?*_~'’”"
PORTS = {"http": 80, "https": 443}
AGAIN = re.compile(r"//|\\|https?:", re.IGNORECASE)
"""What in the rest of a link leads on to another host."""


def is_allowed(link: str, hosts: Collection[str], known: Collection[str]) -> bool:
    """Tell whether a link may stand: it leads to one of these hosts or below one; when there are none it is one of those known.

    `known` holds links and addresses as `links_of` gives them. Nothing that is not plain http or https to a plainly written host is a link.
    """
    address = EMAIL.fullmatch(link.lower().removeprefix("mailto:"))
    if address:
        return address.group() in known or _is_below(address.group().rpartition("@")[2], hosts)
    target = _target(link)
    if target is None:
        return False
    host, rest = target
    return (_is_below(host, hosts) and not AGAIN.search(unquote(unquote(rest)))) if hosts else normal(link) in known


def links_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the links and e-mail addresses that stand in texts, in the form in which they are compared."""
    return frozenset(normal(text[start:end]) for text in texts for start, end in found(text))


def found(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in a text links and e-mail addresses stand, in order."""
    end = 0
    for start, stop in sorted(_spans(text), key=lambda span: (span[0], -span[1])):
        if start >= end:
            yield start, stop
            end = stop


def normal(link: str) -> str:
    """Return a link in the form in which it is compared."""
    bare = html.unescape(link).strip().lower()
    if EMAIL.fullmatch(bare.removeprefix("mailto:")):
        return bare.removeprefix("mailto:")
    return (bare if ":/" in bare else f"https://{bare.removeprefix('//')}").rstrip("/")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (WITH_SCHEME, SCRIPTED, EMAIL):
        yield from ((match.start(), match.start() + len(_ended(match.group()))) for match in pattern.finditer(text))
    at = 0
    while match := BARE.search(text, at):
        if _is_link(match.group()):
            yield match.start(), match.start() + len(_ended(match.group()))
            at = match.end()
        else:
            # Behind "main.py/" another name may follow.
            at = match.end(1)


def _is_link(name: str) -> bool:
    """Tell whether a name with dots would be made a link; `settings.name` and `main.py` would not."""
    host, path = re.match(r"([^/?#\\:]*)(.*)", _ended(name), re.DOTALL).groups()  # type: ignore[union-attr]  # It matches anything.
    last = host.rstrip(".").lower().rpartition(".")[2]
    if host.lower() in NOT_HOSTS:
        return False
    surely = last in SURE or last.startswith("xn--") or host.lower().startswith("www.") or not last.isascii()
    return surely or (len(path) > 1 and (len(last) == 2 or last in SLY))


def _ended(link: str) -> str:
    """Return a link without the punctuation of the sentence that it stands in."""
    while link:
        unpaired = any(link.endswith(close) and link.count(close) > link.count(open_) for open_, close in ("()", "[]", "{}"))
        if not unpaired and link[-1] not in TRAILING:
            break
        link = link[:-1]
    return link


def _target(link: str) -> tuple[str, str] | None:
    """Return the host of a plain web link and what stands behind it, None for anything else."""
    bare = normal(link)
    try:
        parts = urlsplit(bare)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    rest = "".join(bare.partition("//")[2].partition("/")[1:])
    plainly = (
        parts.scheme in PORTS
        and "@" not in parts.netloc
        and port in (None, PORTS[parts.scheme])
        and not re.search(r"[\s\\\x00-\x1f\u3002\uff0e\uff61]", bare)
    )
    written = _ascii(host)
    return (written, rest) if plainly and HOST.fullmatch(written) and not written.replace(".", "").isdigit() else None


def _is_below(host: str, hosts: Collection[str]) -> bool:
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in map(_ascii, hosts))


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""
