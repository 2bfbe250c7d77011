"""Spoken: what people wrote in Slack's own markup, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping

UNKNOWN = "somebody"
CODE = re.compile(r"```(.*?)```|`([^`\n]+)`", re.DOTALL)
TOKEN = re.compile(r"<([^<>\n]+)>")
LINKED = re.compile(r"<((?:https?://|mailto:)[^<>|\n]+)(?:\|([^<>\n]*))?>")
USER = re.compile(r"<@([UWB][A-Z0-9]+)(?:\|([^<>\n]*))?>")
HELD = re.compile("\0(\\d+)\0")
STYLES = (
    # Slack styles whole words only: 2*3*4 is no bold.
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*?)(?<=\S)\*(?![\w*])"), r"**\1**"),
    (re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]*?)(?<=\S)~(?![\w~])"), r"~~\1~~"),
    (re.compile(r"^• ", re.MULTILINE), "- "),
)
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""In this order: what was written as `&lt;` came as `&amp;lt;`."""


def markdown(text: str, names: Mapping[str, str]) -> str:
    """Return a text as Markdown, with the people it mentions by the name that `names` has for their id."""
    pieces, end = [], 0
    text = clean(text)
    for found in CODE.finditer(text):
        pieces += [_styled(text[end : found.start()], names), _code(found, names)]
        end = found.end()
    return "".join((*pieces, _styled(text[end:], names)))


def mentioned(text: str) -> tuple[str, ...]:
    """Return the ids of the people a text mentions, each once, in order."""
    return tuple(dict.fromkeys(found[1] for found in USER.finditer(text)))


def mentions(text: str, user: str) -> bool:
    """Tell whether a text mentions somebody."""
    return user in mentioned(text)


def command(text: str) -> str:
    """Return a command as it was written, not as Slack links it: addresses are plain again. People, groups and channels keep their ids."""
    return _literal(LINKED.sub(lambda found: found[2] or found[1].removeprefix("mailto:"), text))


def clean(text: str) -> str:
    """Return a text that every database takes: halves of surrogate pairs and NUL become question marks."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _styled(text: str, names: Mapping[str, str]) -> str:
    """Return text outside of code: mentions and links are set aside while the rest is styled, because addresses hold stars too."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(_token(found[1], names, plain=False))
        return f"\0{len(held) - 1}\0"

    text = TOKEN.sub(hold, text)
    for pattern, replacement in STYLES:
        text = pattern.sub(replacement, text)
    return HELD.sub(lambda found: held[int(found[1])], _literal(text))


def _code(found: re.Match[str], names: Mapping[str, str]) -> str:
    fenced, inline = found.groups()
    code = _literal(TOKEN.sub(lambda token: _token(token[1], names, plain=True), fenced if inline is None else inline))
    if inline is not None:
        return f"`{code}`"
    text, before, after = found.string, found.start(), found.end()
    # Slack takes code on the fence's own line, where Markdown expects the name of a language.
    first = "" if before == 0 or text[before - 1] == "\n" else "\n"
    last = "" if after == len(text) or text[after] == "\n" else "\n"
    return "{}```\n{}\n```{}".format(first, code.strip("\n"), last)


def _token(inside: str, names: Mapping[str, str], *, plain: bool) -> str:
    """Return what stands in angle brackets: a person, a channel, a command or a link; in code a link is its address."""
    what, _, label = inside.partition("|")
    match what[0]:
        case "@":
            return "@" + (names.get(what[1:]) or label or UNKNOWN)
        case "#":
            return "#" + (label or what[1:])
        case "!":
            return _command(what[1:], label)
        case _:
            return _link(_literal(what), _literal(label), plain=plain)


def _link(address: str, label: str, *, plain: bool) -> str:
    if address.startswith(("mailto:", "tel:")):
        return label or address.partition(":")[2]
    shown = not plain and label and label != address and address.removeprefix("http://").removeprefix("https://") != label
    return f"[{label}]({address})" if shown else address


def _command(what: str, label: str) -> str:
    """Return a date as it was written out, and whom a text pings as words that ping nobody."""
    if what.startswith(("date^", "subteam^")):
        return _literal(label) or f"@{what.partition('^')[2]}"
    return f"@{what.partition('^')[0]}"


def _literal(text: str) -> str:
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return text
