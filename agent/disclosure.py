"""Disclosure: what of a reply may stand in the thread and what goes to the author alone, decided by what its writer was shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from agent.claims import CITED
from agent.gate import Gate, gate
from agent.links import found
from agent.sentences import Kind, blocks, items, sentences
from agent.signals import WORDS, plain
from agent.traces import runs, squeezed
from desk.answering import Brief
from desk.audience import INTERNAL, Audiences
from desk.customer import TEAM, Role
from desk.draft import Evidence

NUMBERED = re.compile(r"(\s*)\d{1,3}(?=[.)]\s)")
MOVED, LEFT_OUT = "moved_private", "left_out"
SENTENCES = {
    MOVED: "Sentences of `thread` rest on what it may not show: put them into `private`; `thread` says only what its own evidence says.",
    LEFT_OUT: "Sentences that may be told nowhere here were left out: say only what evidence for this place says, in its words, or hand_over.",
}
"""What the writer is told of each doubt."""


FIXED = ("private_sent", "verify", "not_entitled", "clarify", "ask_more", "thanks_solved", "observe", "personal_data")
"""Policy's sentences that say nothing about anybody's record."""


@dataclass(frozen=True, slots=True)
class Divided:
    """A reply as it may be said: each text with what may stand in it, the numbers of the thread's sentences that moved, and how many went."""

    thread: str
    private: str
    moved: tuple[int, ...] = ()
    left_out: int = 0

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what a person should know before it goes out."""
        return tuple(code for code, holds in ((MOVED, self.moved), (LEFT_OUT, self.left_out)) if holds)


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a text that stands or goes as a whole, and what parts it from the one before."""

    text: str
    before: str


def divided(thread: str, private: str, *, brief: Brief, shown: Sequence[Evidence]) -> Divided:
    """Return a reply divided by audience. `shown` is everything that its writer saw, not only what it cites.

    Where something was shown that the thread may not show, a sentence stays there only if evidence for the thread says it in the same words, or it
    is a courtesy or one of policy's; it goes to the private part if that may say it, else nowhere. The private part is held to the same rule.
    """
    here, alone = _gate(brief.place, brief, shown), _gate(brief.private or frozenset(), brief, shown)
    units, asides = list(_units(thread)), list(_units(private))
    staying = [unit for unit in units if here.lets(unit.text)]
    kept = [unit for unit in asides if brief.private and alone.lets(unit.text)]
    going = [n for n, unit in enumerate(units) if unit not in staying and brief.private and alone.lets(unit.text)]
    lost = len(units) - len(staying) - len(going) + len(asides) - len(kept)
    said = {squeezed(unit.text) for unit in kept}
    added = [units[n] for n in going if squeezed(units[n].text) not in said]
    in_thread = _joined(staying, here) if here.is_tainted else thread.strip()
    asided = _joined(kept, alone) if alone.is_tainted else private.strip() if brief.private else ""
    in_private = "\n\n".join(filter(None, (asided, _joined(added, alone))))
    return Divided(in_thread, in_private, tuple(going), lost)


def question_may_stand(question: str, brief: Brief, shown: Sequence[Evidence]) -> bool:
    """Tell whether a question may be asked in the thread: no link, no request for a secret, no number that the customer did not say and may not
    read there, and nothing of what only others may hear.
    """
    here = _gate(brief.place, brief, shown)
    numbers = [run for run in runs(question) if any(map(str.isdigit, run))]
    if next(found(question), None) or CITED.search(question) or secret_words().search(plain(question)) or not all(map(here.has_number, numbers)):
        return False
    return all(here.lets_ask(unit.text) for unit in _units(question))


def told_before(brief: Brief) -> tuple[Evidence, ...]:
    """Return what we said in the ticket before, as evidence: part of it was for some of its readers only, and whoever writes next has read it."""
    ours = [m for m in brief.history if m.role in TEAM | {Role.BOT} and m.audience != INTERNAL and not m.deleted and m.text]
    return tuple(Evidence(0, "message", str(message.id), message.audience, message.text) for message in ours)


@cache
def secret_words() -> re.Pattern[str]:
    """Return what nobody may be asked for in a chat, over plain text."""
    table = tomllib.loads((WORDS / "disclosure.toml").read_text(encoding="utf-8"))
    return re.compile(table["asks_secret"].replace("\n", ""))


def _gate(audiences: Audiences, brief: Brief, shown: Sequence[Evidence]) -> Gate:
    before = [message.text for message in brief.history if message.is_customers and message.author == brief.author.user]
    company = (brief.policy.company.name, brief.policy.company.bot) if brief.policy else ()
    fixed = [brief.phrases[code].replace("{name}", brief.author.name) for code in FIXED if code in brief.phrases]
    return gate(audiences, (*shown, *told_before(brief)), own=(brief.text, *before), fixed=fixed, names=(brief.author.name, *company))


def _units(text: str) -> Iterator[Unit]:
    """Cut a text into everything that is read in it, headings too, so that nothing passes unlooked at."""
    for block in blocks(text):
        cutting = {Kind.TEXT: (sentences, " "), Kind.LIST: (items, "\n")}.get(block.kind)
        pieces = cutting[0](block.text) if cutting else (block.text,)
        for n, piece in enumerate(pieces):
            yield Unit(piece, cutting[1] if cutting and n else "\n\n")


def _joined(units: Iterable[Unit], through: Gate) -> str:
    """Put units together again; the items of a list are numbered anew, since their numbers could say something too."""
    text, count = "", 0
    for unit in units:
        said = through.cited(unit.text)
        numbered = NUMBERED.match(said)
        count = count + 1 if numbered and unit.before == "\n" else 1
        text += unit.before + (f"{numbered[1]}{count}{said[numbered.end() :]}" if numbered else said)
    return text.strip()
