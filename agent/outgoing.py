"""Outgoing: a text that a model or a document wrote, made safe to post; it pings nobody, shows no picture and leads nowhere strange."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection

from agent.disguise import visible
from agent.links import found, is_allowed, links_of

LINK_GONE = "(link removed)"
ADDRESS_GONE = "(address removed)"
MENTION_GONE = "(mention removed)"
MOST_PASSES = 40
CODE = re.compile(r"(?<!\\)(```.*?```|`[^`\n]+`)", re.DOTALL)
NUMBERED_SIGN = re.compile(r"&#(?:x[0-9a-f]{1,6}|\d{1,7});?", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
SCRIPT = re.compile(r"<(script|style|iframe|object|svg|template|noscript)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
ELEMENTS = (
    "a|abbr|area|article|aside|audio|b|base|blockquote|body|br|button|canvas|center|code|col|dd|details|div|dl|dt|em|embed|fieldset|figure|font|footer|form"
    "|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|map|marquee|math|meta|nav|noscript|object|ol|option|p|param"
    "|picture|pre|s|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr"
    "|tt|u|ul|var|video|wbr"
)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
ELEMENT = re.compile(rf"</?(?:{ELEMENTS})(?=[\s/>])[^>]*>|</?(?:{ELEMENTS})[\s/][^>\n]*$", re.IGNORECASE | re.MULTILINE)
DECLARED = re.compile(r"<!(?:doctype|\[CDATA\[)[^>\n]{0,200}>", re.IGNORECASE)
CALL = re.compile(r"<!(?!--|doctype|\[CDATA)\s*(?:\w+\^)?[^<>|\n]{0,100}(?:\|([^<>\n]{0,100}))?>", re.IGNORECASE)
CALLED = re.compile(r"<[@#]\s*[!&+]?[^<>|\n]{0,100}(?:\|([^<>\n]{0,100}))?>")
COMMAND = re.compile(r"</([\w -]{1,64}):\d{5,25}>")
EVERYONE = re.compile(r"[@＠﹫]+(?=(?:everyone|here|channel|group|all)\b)", re.IGNORECASE)
ANGLED = re.compile(r"<((?:[a-z][a-z0-9+.-]{1,30}:|www\.|//)[^<>|\n]{1,2000})(?:\|([^<>\n]{0,300}))?>", re.IGNORECASE)
LABEL = r"\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,300})\]"
TITLE = r"\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|\([^()\n]{0,300}\)"
TARGET = rf"\(\s*(<[^<>\n]{{0,2000}}>|[^\s()<>]{{0,2000}}(?:\([^\s()<>]{{0,500}}\)[^\s()<>]{{0,500}}){{0,3}})(?:\s+(?:{TITLE}))?\s*\)"
PICTURE = re.compile(rf"!{LABEL}(?:{TARGET}|\[[^\[\]\n]{{0,200}}\])")
INLINE = re.compile(LABEL + TARGET)
DEFINED = re.compile(r"^([ ]{0,3}>?[ ]{0,3})\[([^\[\]\n]{1,200})\]:(?=\s*\S)", re.MULTILINE)
LEADS = re.compile(r"[:/.#?&%\\]")


def safe(text: str, *, hosts: Collection[str], known: Collection[str] = ()) -> str:
    """Return a text that pings nobody and leads only where it may; what a removed link was called stays, and so does code.

    Links may lead to `hosts` and below them; when there are none only those stay that stand in one of the texts `known`, such as the evidence.
    E-mail addresses stay when they stand there or are of such a host, links within code when they stand there.
    """
    shown, known = visible(text), links_of(known)
    for _ in range(MOST_PASSES):
        once = _once(shown, hosts, known)
        if once == shown:
            return shown
        shown = once
    # Nobody writes such a text; without these signs nothing can be built of it.
    return re.sub(r"[<>@\[\]&:/\\.]+", " ", shown)


def _once(text: str, hosts: Collection[str], known: Collection[str]) -> str:
    # On the whole, since platforms differ on where code ends.
    pieces = CODE.split(_silent(text))
    return visible("".join(_code(piece, hosts, known) if n % 2 else _prose(piece, hosts, known) for n, piece in enumerate(pieces)))


def _prose(text: str, hosts: Collection[str], known: Collection[str]) -> str:
    shown = NUMBERED_SIGN.sub(lambda match: sign if (sign := html.unescape(match.group())).isascii() and sign.isprintable() else match.group(), text)
    for pattern, instead in MARKUP:
        shown = pattern.sub(instead, shown)
    shown = _silent(shown)
    shown = ANGLED.sub(lambda match: f"[{match[2]}]({match[1]})" if match[2] else match[1], shown)
    shown = PICTURE.sub(lambda match: match[1], shown)
    # A definition makes a link of every citation with its number.
    shown = DEFINED.sub(r"\1\2:", shown)
    shown = INLINE.sub(lambda match: _inline(match, hosts, known), shown)
    return _linked(shown, lambda link: is_allowed(link, hosts, known))


def _code(text: str, hosts: Collection[str], known: Collection[str]) -> str:
    """Return code without links from elsewhere, except what the evidence says too."""
    return _linked(text, lambda link: "://" not in link or is_allowed(link, hosts, known) or is_allowed(link, (), known))


MARKUP: tuple[tuple[re.Pattern[str], str], ...] = ((COMMENT, ""), (SCRIPT, ""), (DECLARED, ""), (BREAK, "\n"), (ELEMENT, ""))


def _silent(text: str) -> str:
    """Return a text without mentions."""
    shown = COMMAND.sub(r"/\1", text)
    for pattern in (CALL, CALLED):
        shown = pattern.sub(lambda match: (match[1] or "").lstrip("@#") or MENTION_GONE, shown)
    return EVERYONE.sub("", shown)


def _inline(match: re.Match[str], hosts: Collection[str], known: Collection[str]) -> str:
    target = match[2].strip("<>").strip()
    if target and not LEADS.search(target):
        return match.group()
    return f"[{match[1]}]({target})" if is_allowed(target, hosts, known) else f"{match[1]} {LINK_GONE}".strip()


def _linked(text: str, may_stand: Callable[[str], bool]) -> str:
    """Return a text with words in place of the links and addresses that may not stand."""
    pieces, at = [], 0
    for start, end in found(text):
        link = text[start:end]
        pieces += [text[at:start], link if may_stand(link) else ADDRESS_GONE if "@" in link and "/" not in link else LINK_GONE]
        at = end
    return "".join([*pieces, text[at:]])
