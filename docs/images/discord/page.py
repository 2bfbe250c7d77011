"""A look-alike of Discord's messages in plain HTML, dark as Discord is, for the pictures of docs/discord.md."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
CSS = (Path(__file__).parent / "discord.css").read_text(encoding="utf-8")
NAMES = {"100": "Lea Brandt", "200": "Mara Voss"}
STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
INLINE = re.compile(
    r"\\(?P<sign>[\\*_~|`\[\]<>#\-+.])|`(?P<code>[^`]+)`|\[(?P<label>(?:\\.|[^\]\\])+)\]\(<(?P<url>[^>]+)>\)|<(?P<bare>https?://[^>]+)>"
    r"|<t:(?P<at>\d+):f>|<@&?(?P<user>\d+)>|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*]+)\*|~~(?P<strike>.+?)~~"
)


def page(body: str, *, phone: bool = False) -> str:
    """Return a whole page."""
    return f"<!doctype html><meta charset=utf-8><style>{CSS}</style><body class={'phone' if phone else 'wide'}>{body}"


def message(bodies: Sequence[Json]) -> str:
    """Return the messages of one post, under the bot's name."""
    shown = "".join(f"<div class=body>{_content(body)}{_components(body.get('components') or ())}</div>" for body in bodies)
    head = "<div class=head><b>Frontdesk</b><span class=app>APP</span><span class=time>Today at 11:22</span></div>"
    return f"<div class=message><div class=avatar>F</div><div class=what>{head}{shown}</div></div>"


def _content(body: Json) -> str:
    return f"<div class=text>{markdown(str(body['content']))}</div>" if body.get("content") else ""


def _components(components: Sequence[Json]) -> str:
    return "".join(_component(each) for each in components)


def _component(part: Json) -> str:
    inside = part.get("components") or ()
    match part["type"]:
        case 17:
            return f'<div class=container style="border-left-color:#{part.get("accent_color", 0):06x}">{_components(inside)}</div>'
        case 10:
            return f"<div class=text>{markdown(str(part['content']))}</div>"
        case 1:
            return f"<div class=row>{_components(inside)}</div>"
        case 2:
            return f"<span class='button {STYLES[part['style']]}'>{html.escape(part['label'])}</span>"
        case 3:
            return f"<span class=select>{html.escape(part['placeholder'])}<i>⌄</i></span>"
        case _:
            return "<hr>"


def markdown(text: str) -> str:
    """Return Discord's Markdown as HTML, as far as we write it."""
    made = []
    for n, piece in enumerate(re.split(r"```\w*\n(.*?)\n```", text, flags=re.DOTALL)):
        made.append(f"<pre>{html.escape(piece)}</pre>" if n % 2 else "".join(map(_line, piece.strip("\n").split("\n"))))
    return "".join(made)


def _line(line: str) -> str:
    for sign, name in (("-# ", "small"), ("> ", "quote"), ("- ", "point")):
        if line.startswith(sign):
            return f"<div class={name}>{_inline(line.removeprefix(sign))}</div>"
    return f"<div class=line>{_inline(line)}</div>" if line.strip() else "<div class=gap></div>"


def _inline(text: str) -> str:
    made, end = [], 0
    for found in INLINE.finditer(text):
        made += [html.escape(text[end : found.start()]), _drawn(found)]
        end = found.end()
    return "".join((*made, html.escape(text[end:])))


def _drawn(found: re.Match[str]) -> str:
    kind, value = next((name, value) for name, value in found.groupdict().items() if value is not None)
    match kind:
        case "label" | "url":
            return f"<a>{_inline(found['label'])}</a>"
        case "bare":
            return f"<a>{html.escape(value)}</a>"
        case "at":
            return f"<span class=when>{datetime.fromtimestamp(int(value), UTC):%-d %B %Y at %H:%M}</span>"
        case "user":
            return f"<span class=mention>@{NAMES.get(value, 'Support leads')}</span>"
        case "sign":
            return html.escape(value)
        case "code":
            return f"<code>{html.escape(value)}</code>"
        case _:
            tag = {"bold": "b", "italic": "i", "strike": "s"}[kind]
            return f"<{tag}>{_inline(value)}</{tag}>"
