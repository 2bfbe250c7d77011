"""Untrusted text: what others wrote, cleaned of what hides or steers, and quoted so that it cannot pass for anything else."""

from __future__ import annotations

import re

from agent.disguise import BLANK, shape, visible

TAG = "untrusted"
LEFT_OUT = "[hidden text left out]"
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKDOWN_COMMENT = re.compile(
    r"^[ ]{0,3}\[(?://|comment|_metadata_[^\]\n]*)\]:[ ]*+(?:#|<>)?[ ]*+(?:\(.*?\)|\".*?\"|'.*?')[ ]*$", re.MULTILINE | re.IGNORECASE
)
"""The repetitions of blanks give none back: a row of them could be split between the two in as many ways as it is long."""
UNSEEN_ELEMENT = re.compile(
    r"<(\w{1,20})\b(?=[^>]{0,500}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])|\shidden[\s>=/]))"
    r"[^>]{0,500}>.{0,5000}?</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
WIDE = re.compile(r"[ \t]{60,}")
OPENING = re.compile(r"[<＜﹤‹〈⟨❮❰⟪《«˂ᐸ≺]|&(?:lt|#0*60|#x0*3c);?|\\u003c|%3c", re.IGNORECASE)
CLOSING = re.compile(r"[>＞﹥›〉⟩❯❱⟫》»˃ᐳ≻]|&(?:gt|#0*62|#x0*3e);?|\\u003e|%3e", re.IGNORECASE)
GUARDED = (
    TAG,
    "system",
    "assistant",
    "developer",
    "human",
    "toolresult",
    "tooluse",
    "functioncall",
    "functionresult",
    "searchresult",
    "invoke",
    "antml",
)
"""Names of tags by which a model could take text for the desk's own, for another speaker or for the result of a tool."""
LOOKED_THROUGH = 8
"""How many times the characters that are shown are looked through for them: a message may be megabytes of what does not show."""
LOOKED_AT = 80
"""Characters behind a delimiter in which its name must begin."""
SPECIAL = re.compile(r"<\|([^|\n]{0,40})\|>|\[(/?INST)\]|<<(/?SYS)>>", re.IGNORECASE)
HEADER = re.compile(
    r"[\s>#*_\-\[({|`=~\"']*(?:system|systeme|sistema|assistant|assistent|asistente|assistente|human|user|developer|admin|tool|function|instructions?)"
    r"(?:[ _-]?(?:note|message|prompt|result|output|response|override|update|call|instructions?)s?)?[\s*_`\"'\])}]{0,10}[:\])}=]"
)
"""The head of a line that claims to be somebody else's turn, or a tool's, in a folded line."""
LINE = 200
NOT_IN_NAMES = re.compile(r"[<>\"`\[\]{}|\\\n\t]+")
LONGEST_NAME = 80


def cleaned(text: str, *, most: int) -> str:
    """Return a text as its reader saw it: without hidden characters, comments and elements that a page does not show; cut with a note."""
    looked = text[: most * LOOKED_THROUGH]
    shown = visible(looked)
    # Up to the last end of a comment only: behind it none is closed, and each would be looked for to the end of the text.
    commented = shown.rfind("-->") + len("-->")
    shown = COMMENT.sub(LEFT_OUT, shown[:commented]) + shown[commented:]
    for hidden in (UNSEEN_ELEMENT, MARKDOWN_COMMENT):
        shown = hidden.sub(LEFT_OUT, shown)
    shown = WIDE.sub(" " * 8, EMPTY_LINES.sub("\n\n", BLANK.sub(" ", shown))).strip()
    more = max(len(shown) - most, 0) + len(text) - len(looked)
    return f"{shown[:most].rstrip()}\n[cut here: {more} more characters]" if more else shown


def quoted(text: str, *, label: str, most: int, audience: str = "") -> str:
    """Return a text between delimiters that nothing in it can close, with what was made to look like another speaker's turn marked as quoted."""
    whose = f' audience="{named(audience)}"' if audience else ""
    return f'<{TAG} label="{named(label)}"{whose}>\n{_defused(cleaned(text, most=most))}\n</{TAG}>'


def named(name: str, *, most: int = LONGEST_NAME) -> str:
    """Return the name of a file, a person or an article on one line, without signs that could end a quotation or begin markup."""
    bare = " ".join(NOT_IN_NAMES.sub(" ", BLANK.sub(" ", visible(_undelimited(name[: most * 4])))).split())
    return (bare if len(bare) <= most else f"{bare[:most].rstrip()}…") or "(no name)"


def _defused(text: str) -> str:
    bare = SPECIAL.sub(lambda match: f"({next(filter(None, match.groups()), '')})", _undelimited(text))
    return "\n".join(f"(quoted) {line}" if HEADER.match(shape(line[:LINE])[0]) else line for line in bare.split("\n"))


def _undelimited(text: str) -> str:
    """Turn the angle brackets of every tag with a guarded name into round ones, however they are written."""
    while edits := _edits(text):
        kept, at = [], 0
        for start, (end, sign) in sorted(edits.items()):
            kept += [text[at:start], sign]
            at = end
        # Once more: what stood between two delimiters may hide the second from a first look.
        text = "".join([*kept, text[at:]])
    return text


def _edits(text: str) -> dict[int, tuple[int, str]]:
    edits: dict[int, tuple[int, str]] = {}
    for opening in OPENING.finditer(text):
        if _is_guarded(text[opening.end() : opening.end() + LOOKED_AT]):
            edits[opening.start()] = (opening.end(), "(")
            closing = CLOSING.search(text, opening.end(), opening.end() + LOOKED_AT)
            edits |= {closing.start(): (closing.end(), ")")} if closing else {}
    return edits


def _is_guarded(following: str) -> bool:
    letters = "".join(sign for sign in shape(following)[0] if sign.isalpha())
    return letters.startswith(GUARDED)
