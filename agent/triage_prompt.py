"""The prompt of triage: first what is the same for every message, so that it is read from the cache, then the conversation as quoted data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from agent import prompting
from agent.model import Block
from agent.triage import HEAD, TAIL
from agent.triage_examples import Groups, written
from agent.triage_schema import Terms
from agent.untrusted import quoted
from desk.audience import INTERNAL
from desk.customer import Role
from desk.timeline import SPOKEN, Message, Timeline

NAME = "triage"
ALONE = "category "
"""The beginning of the headings of sections that are shown for the categories in use only."""
EARLIER = 8
"""Messages of the conversation that are shown before the last one."""
EARLIER_CHARACTERS = 500
MARGIN = 1000
"""Characters of the longest secret that is still recognized where a long text is cut."""
CACHED = {"type": "ephemeral", "ttl": "1h"}
Hide = Callable[[str], str]
"""Takes personal data out of a text."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What every call begins with: the instructions, the categories in use, and their examples. `hash` changes when any of it does."""

    text: str
    hash: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return it as the system prompt, marked for the cache to its last character."""
        return ({"type": "text", "text": self.text, "cache_control": CACHED},)


def standing(terms: Terms, examples: Groups, *, hidden: Hide) -> Standing:
    """Return what comes first. `hidden` takes personal data out of the examples, which customers wrote."""
    sections = prompting.prompt(NAME).sections
    general = [f"## {heading}\n\n{body}" for heading, body in sections.items() if not heading.startswith(ALONE)]
    listed = "\n".join(f"- `{name}`: {_described(name)}".removesuffix(": ") for name in terms.categories)
    parts = [*general, f"## categories\n\n{listed}", f"## examples\n\nEach line is a message as somebody wrote it.\n\n{written(examples, hidden)}"]
    text = "\n\n".join(parts)
    return Standing(text, hashlib.blake2b(text.encode(), digest_size=6).hexdigest())


def conversation(last: str, before: Timeline, *, hidden: Hide) -> str:
    """Return what comes at the end: the words to judge, `last`, as `opening` gives them, and in front of them what was said before, all quoted."""
    shown = [message for message in before if _tells(message)][-EARLIER:]
    earlier = [quoted(_begin(message.text, hidden), label=f"earlier, {_speaker(message)}", most=EARLIER_CHARACTERS) for message in shown]
    return "\n\n".join([*earlier, quoted(last, label="last, the customer: report on this", most=2 * (HEAD + TAIL))])


def opening(text: str, *, hidden: Hide) -> str:
    """Return a text without personal data, of a long one its beginning and end: people say first or last what they want."""
    if len(text) <= HEAD + TAIL:
        return hidden(text)
    # What begins before a cut is recognized only with what stands behind it, so more is looked at than is kept.
    return f"{hidden(text[: HEAD + MARGIN])[:-MARGIN]}\n\n{hidden(text[-TAIL - MARGIN :])[MARGIN:]}"


def _begin(text: str, hidden: Hide) -> str:
    begin = EARLIER_CHARACTERS * 2
    return hidden(text) if len(text) <= begin else hidden(text[: begin + MARGIN])[:-MARGIN]


def _described(category: str) -> str:
    return " ".join(prompting.prompt(NAME).section(f"{ALONE}{category}").split())


def _tells(message: Message) -> bool:
    """Tell whether a message is of the conversation: said by a person, or an answer; that something takes longer or is down is neither."""
    spoken = message.role is not Role.BOT or message.purpose in SPOKEN
    return bool(message.text) and spoken and not message.deleted and not message.bystander and message.audience != INTERNAL


def _speaker(message: Message) -> str:
    return "the customer" if message.role is Role.CUSTOMER else "our support"
