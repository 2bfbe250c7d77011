"""Style: what the replies that a team approved or edited have in common, as features; none of their words stays."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from desk.draft import Draft, DraftStatus, Verdict
from desk.ids import DraftId
from insights.traits import Traits, traits

LEAST = 10
"""Replies below which nothing is learned."""
LEAST_EDITS = 5
"""Edits below which it is chance what they changed."""
OFTEN, SELDOM = 0.6, 0.1
"""Shares from which something is a habit, and down to which it is avoided."""
SHORTER, LONGER = 0.8, 1.25
"""The median change of length from which edits are said to shorten or to lengthen."""
JUDGED = (Verdict.APPROVE, Verdict.EDIT)
EDITS = {
    "shorter": "made them shorter",
    "longer": "made them longer",
    "greeting_added": "put a greeting in front",
    "greeting_removed": "took the greeting out",
    "sign_off_added": "added a closing",
    "sign_off_removed": "took the closing out",
    "exclamation_removed": "took exclamation marks out",
    "emoji_removed": "took emoji out",
    "lists_added": "turned sentences into lists",
    "lists_removed": "turned lists into sentences",
}
"""What edits did, by its code."""


@dataclass(frozen=True, slots=True)
class Style:
    """What replies have in common; what is no habit is empty. `forms` are the form of address by language, `edits` codes of what edits changed."""

    replies: int
    sentences: int
    words: int
    hello: str = ""
    named: bool = False
    bye: str = ""
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    forms: tuple[tuple[str, str], ...] = ()
    edits: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Return a hash of what it says."""
        return hashlib.blake2b(self.text().encode(), digest_size=6).hexdigest()

    def text(self) -> str:
        """Return it as three lines of a prompt at most, "" when too little is known."""
        return "\n".join(filter(None, (self._shape(), self._habits(), self._changes()))) if self.replies >= LEAST else ""

    def _shape(self) -> str:
        return f"Replies that your colleagues approved have about {_counted(self.sentences, 'sentence')} and {_counted(self.words, 'word')}."

    def _habits(self) -> str:
        greeting = f'begin with "{self.hello.capitalize()}"' + (" and the first name" if self.named else "") if self.hello else ""
        said = [
            greeting,
            f'end with "{self.bye.capitalize()}"' if self.bye else "",
            f"use {_listed(self.has)}" if self.has else "",
            f"have no {_listed(self.lacks, 'or')}" if self.lacks else "",
        ]
        forms = [f"say {form} in {language}" for language, form in self.forms]
        habits = [piece for piece in (*said, *forms) if piece]
        return f"They {_listed(habits)}." if habits else ""

    def _changes(self) -> str:
        return f"Where colleagues edited drafts, they {_listed([EDITS[code] for code in self.edits])}." if self.edits else ""


NOTHING = Style(0, 0, 0)
"""A style that nobody has learned."""


def learn(drafts: Iterable[Draft], *, wrong: Collection[str] = ()) -> Style:
    """Return the style of the drafts that a teammate approved or edited and that still stand; `wrong` are ids of those called wrong.

    The drafts that were edited must be among them, for what edits changed to be seen.
    """
    known = {draft.id: draft for draft in drafts}
    sent = [draft for draft in known.values() if draft.id not in wrong and _counts(draft, _origin(draft, known))]
    replies = [_traits(draft) for draft in sent]
    if len(replies) < LEAST:
        return NOTHING
    hello = _habit([reply.hello for reply in replies])
    origins = [(_origin(draft, known), reply) for draft, reply in zip(sent, replies, strict=True)]
    return Style(
        len(replies),
        round(median(reply.sentences for reply in replies)),
        round(median(reply.words for reply in replies)),
        hello,
        bool(hello) and _share([reply for reply in replies if reply.hello], _is_named) >= OFTEN,
        _habit([reply.bye for reply in replies]),
        tuple(name for name, (has, told) in HABITS.items() if told and _share(replies, has) >= OFTEN),
        tuple(name for name, (has, _) in HABITS.items() if _share(replies, has) <= SELDOM),
        _forms(replies),
        _edits([(_traits(origin), reply) for origin, reply in origins if origin is not None and _text(origin)]),
    )


HABITS: Mapping[str, tuple[Callable[[Traits], bool], bool]] = {
    "greeting": (lambda reply: bool(reply.hello), False),
    "closing": (lambda reply: bool(reply.bye), False),
    "emoji": (lambda reply: reply.emoji, True),
    "exclamation marks": (lambda reply: reply.exclaims, True),
    "lists": (lambda reply: reply.lists, True),
}
"""What replies may have or lack by its name, and whether it is told of where it is there: greetings are told of by their words."""
CHANGES: Mapping[str, Callable[[Traits], bool]] = {
    "greeting": HABITS["greeting"][0],
    "sign_off": HABITS["closing"][0],
    "emoji": HABITS["emoji"][0],
    "exclamation": HABITS["exclamation marks"][0],
    "lists": HABITS["lists"][0],
}
"""What an edit may add or remove, by the beginning of its code in `EDITS`."""


def _origin(draft: Draft, known: Mapping[DraftId, Draft]) -> Draft | None:
    return known.get(draft.edited_from) if draft.edited_from else None


def _counts(draft: Draft, origin: Draft | None) -> bool:
    """Tell whether a draft shows how the team writes: an edit does; a correction, which also begins with a fixed sentence, does not."""
    corrects = draft.verdict is Verdict.EDIT and (origin is None or origin.verdict is not Verdict.EDIT or origin.why == "corrected")
    return draft.status is DraftStatus.SENT and draft.verdict in JUDGED and not corrects and bool(_text(draft))


def _text(draft: Draft) -> str:
    return "\n\n".join(part.text for part in draft.proposal.parts if part.text)


def _traits(draft: Draft) -> Traits:
    return traits(_text(draft), draft.proposal.language)


def _is_named(reply: Traits) -> bool:
    return reply.named


def _share(replies: Sequence[Traits], has: Callable[[Traits], bool]) -> float:
    return sum(map(has, replies)) / len(replies) if replies else 0.0


def _habit(words: Sequence[str]) -> str:
    """Return the word that most replies have, "" when they have none or different ones."""
    word, count = Counter(words).most_common(1)[0]
    return word if count >= OFTEN * len(words) else ""


def _forms(replies: Sequence[Traits]) -> tuple[tuple[str, str], ...]:
    """Return the form of address by language, where replies agree on one and there are some."""
    by_language = {reply.language: [other.form for other in replies if other.language == reply.language and other.form] for reply in replies}
    return tuple((language, form) for language, said in sorted(by_language.items()) if len(said) >= LEAST_EDITS and (form := _habit(said)))


def _edits(pairs: Sequence[tuple[Traits, Traits]]) -> tuple[str, ...]:
    """Return what most edits did that could have; nothing while they are few."""
    if len(pairs) < LEAST_EDITS:
        return ()
    length = median(after.words / max(before.words, 1) for before, after in pairs)
    found = ["shorter"] * (length <= SHORTER) + ["longer"] * (length >= LONGER)
    for name, has in CHANGES.items():
        had, lacked = [after for before, after in pairs if has(before)], [after for before, after in pairs if not has(before)]
        found += [f"{name}_removed"] * (len(had) >= LEAST_EDITS and 1 - _share(had, has) >= OFTEN)
        found += [f"{name}_added"] * (len(lacked) >= LEAST_EDITS and _share(lacked, has) >= OFTEN)
    return tuple(code for code in found if code in EDITS)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
