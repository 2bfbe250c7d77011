"""Asking: what a customer wants to know, question by question, read with what they said before in their ticket."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.sentences import sentences
from agent.signals import plain
from agent.wording import question_of, topical
from desk.answering import Brief
from desk.attached import telling

MOST = 4
"""Questions of one message that are answered one by one; a message with more of them is read as a whole."""
THIN = 2
"""Topical words below which a question cannot stand alone."""
OPENER = r"(?:how|what|when|where|which|who|whom|whose|why|can|could|do|does|did|is|are|may|must|should|will|would)"
NUMBER = re.compile(r"^\W*\d{1,2}[.)]\s*")
ASKS = re.compile(rf"\?\W*$|^\W*(?:\d{{1,2}}[.)]\W*)?(?:(?:and|also|so|but|or|then|plus|please|secondly|second|finally|besides|btw)\W+)*{OPENER}\b")
TELLS = re.compile(
    r"^\W*(?:please\s+)?(?:tell|explain|show|describe|walk|help|remind)\s+(?:me|us)\b|^\W*i(?:'d| would)? (?:want|need|like) to know\b"
)
JOINT = re.compile(rf"[,;]?\s+(?:and|also|plus)\s+(?:also\s+)?(?={OPENER}\b)|\s*;\s+(?={OPENER}\b)|\s+(?=\d[.)]\s+{OPENER}\b)", re.IGNORECASE)
LEANS = re.compile(
    r"^\W*(?:(?:ok|okay|so|but|then)\W+)*(?:(?:and|or|also|but)\s+(?:for|on|in|with|to|if|the|from|at|by|as|when|after|before|without|then)\b"
    r"|same\b|likewise\b|(?:and |but )?(?:what|how) about\b|what if\b|then\b|else\b|otherwise\b)"
)
POINTS = re.compile(r"\b(?:it|its|that|this|those|these|them|they|one|ones|there|same|both|either)\b")

FILES = "see look check read open attached attachment file log logs screenshot picture image photo pdf document"
BARE = re.compile(r"^\W*[a-z]{2,24}\W*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its own `words`, and the text to look it up by, which adds what the words lean on."""

    words: str
    query: str


def read(brief: Brief) -> tuple[Asked, ...]:
    """Return what a brief asks: the message as a whole first, then, when it asks several things, each of them, or the one that it asks
    when it also tells a story and the question can be understood without.

    Words that lean on something ("and for the yearly plan?", "how long does it take?") are looked up together with the question before
    them: an earlier one of the same message, else what their author last said in this ticket. Empty when nothing is asked.

    The telling lines of what was attached are looked up with the message, and without it where nothing was said; a question that stands alone
    is also looked up without them.
    """
    text, read, hint = question_of(own(brief)), attached(brief), brief.hint.strip()
    if not any(sign.isalnum() for sign in text):
        return (Asked(_together(read, hint), _together(read, hint)),) if read or hint else ()
    before = said_before(brief) if leans(text) else ""
    whole = Asked(_together(text, read) if leans(text) or points_at_file(text) else text, _together(before, text, read, hint))
    found = split(text)
    if len(found) == 1 and not leans(found[0]) and (read or found[0] != text):
        return (whole, Asked(found[0], _together(found[0], hint)))
    if not 2 <= len(found) <= MOST:
        return (whole,)
    return (whole, *_parts(found, before=_together(before, told(text)), hint=hint))


def own(brief: Brief) -> str:
    """Return what the author said themselves; what they attached is read apart."""
    return brief.asked if brief.asked or brief.attachments else brief.text


def attached(brief: Brief) -> str:
    """Return the telling lines of what the author attached."""
    return telling("\n".join(attachment.text for attachment in brief.attachments if attachment.text))


def told(text: str) -> str:
    """Return what a text tells beside its questions: what "it" is, and what happened."""
    return _together(*(sentence for sentence in sentences(text) if not asks(sentence) and topical(sentence)))


def split(text: str) -> tuple[str, ...]:
    """Return the questions of a text one by one; none when nothing in it has the form of a question about something."""
    pieces = (NUMBER.sub("", piece).strip() for sentence in sentences(text) if asks(sentence) for piece in JOINT.split(sentence))
    return tuple(piece for piece in pieces if piece and topical(piece))


def asks(sentence: str) -> bool:
    """Tell whether a sentence asks something: by its mark, its first word, or by telling us to tell."""
    said = plain(sentence)
    return bool(ASKS.search(said) or TELLS.search(said))


def leans(text: str) -> bool:
    """Tell whether a text cannot be understood alone: it has hardly a topic, opens as an addition, or points at something it does not name."""
    said, words = plain(text), len(topical(text))
    return words < THIN or bool(LEANS.search(said)) or (words <= THIN and bool(POINTS.search(said)))


def points_at_file(text: str) -> bool:
    """Tell whether a text hardly names anything but what is attached to it."""
    return len(topical(text) - topical(FILES)) < THIN


def is_bare(query: str) -> bool:
    """Tell whether a query is one word of letters and no code: "password" may be about resetting one, its rules, or one that leaked."""
    return bool(BARE.match(plain(query))) and not query.strip(" .?!").isupper()


def said_before(brief: Brief) -> str:
    """Return what the author last said in this ticket before the words of the brief and could be understood alone, else what they last said."""
    # Only the author's own words: in a shared thread somebody else's question would answer for them.
    own = [message.text for message in brief.history if message.is_customers and message.author == brief.author.user]
    earlier = [question_of(text) for text in reversed(own) if text.strip() and text not in brief.text]
    return next((text for text in earlier if not leans(text)), next(iter(earlier), ""))


def _parts(found: tuple[str, ...], *, before: str, hint: str) -> list[Asked]:
    parts: list[Asked] = []
    for words in found:
        known = parts[-1].words if parts and leans(words) else ""
        parts.append(Asked(words, _together(before, known, words, hint)))
    return parts


def _together(*texts: str) -> str:
    return " ".join(filter(None, texts))
