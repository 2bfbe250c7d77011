"""Gate: what may be said to some audiences by somebody who knows more than they may hear, sentence by sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from agent import wording
from agent.claims import CITED, cut
from agent.sentences import HEADING, ITEM
from agent.signals import WORDS
from agent.traces import carries, digits, runs, squeezed
from desk.audience import INTERNAL, Audiences, may_show
from desk.draft import Evidence

FROM_ONE = 0.8
"""The share of a sentence's words that must stand in one sentence of the evidence."""
OF_ONE = 0.6
"""The share of that sentence's words that it must have: a piece of "you are suspended if ..." says something else."""
PLAIN_SIGNS = re.compile(r"[\w\s.,;:!?'\"()\[\]/…*_>#`+%&|€$£“”„’‘«»‹›¿¡·•–—-]")
SIGNS_IN_A_ROW = re.compile(r"[^\w\s]{4,}")
NUMBER = re.compile(r"\s?\[(\d{1,3})\]")
RECORD = "record"


@dataclass(frozen=True)
class Gate:
    """What stands on each side: `told` may be heard by the audiences, `kept` may not. `own` is what the listener said there, and their name;
    `fixed` are sentences of policy.
    """

    told: tuple[Evidence, ...]
    kept: tuple[Evidence, ...]
    own: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def is_tainted(self) -> bool:
        """Tell whether anything was shown that these audiences may not hear."""
        return bool(self.kept)

    def lets(self, sentence: str) -> bool:
        """Tell whether a sentence may be said: anything where nothing is kept; else what one told sentence says in the same words, courtesies,
        and policy's own sentences.
        """
        bare = _bare(sentence)
        if not self.kept or not bare or squeezed(bare) in self._fixed:
            return True
        if carries(bare, self._secrets) or self._has_strange_signs(bare):
            return False
        words = frozenset(runs(bare))
        if self._is_courtesy(words):
            return True
        return self._knows(words) and any(_says(bare, told) for _, told in self._sentences)

    def lets_ask(self, question: str) -> bool:
        """Tell whether a question may be asked: where something is kept only in words that were told or that the listener used, and none of it."""
        bare = _bare(question)
        if not self.kept or squeezed(bare) in self._fixed:
            return True
        words = frozenset(runs(bare))
        hidden = {run for item in self.kept for run in runs(_told(item))} - _small()
        strange = self._has_strange_signs(bare) or carries(bare, self._secrets)
        return not strange and not words & hidden and self._knows(words - lists()["answers"] - lists()["asking"] - courtesy_words())

    def has_number(self, number: str) -> bool:
        """Tell whether a number stands in what was told or in what the listener said."""
        return number in self._vocabulary

    def cited(self, sentence: str) -> str:
        """Return a sentence with the numbers of the evidence that says it, and of no other where something is kept: a row of numbers tells too."""
        if not self.kept:
            return sentence
        bare = _bare(sentence)
        saying = {str(n) for n, told in self._sentences if _says(bare, told)}
        numbers = dict.fromkeys(number for number in NUMBER.findall(sentence) if number in saying)
        return NUMBER.sub("", sentence) + "".join(f" [{number}]" for number in sorted(numbers, key=int))

    def _is_courtesy(self, words: frozenset[str]) -> bool:
        names = frozenset(run for name in self.names for run in runs(name))
        courteous = courtesy_words() - lists()["answers"]
        return bool(words & courteous) and words <= courteous | _small() | names

    def _knows(self, words: frozenset[str]) -> bool:
        return all(word in self._vocabulary or wording.stem(word) in self._vocabulary for word in words - _small())

    def _has_strange_signs(self, bare: str) -> bool:
        strange = set(PLAIN_SIGNS.sub("", bare)) - set(self._text)
        return bool(strange) or any(row not in self._text for row in SIGNS_IN_A_ROW.findall(bare))

    @cached_property
    def _text(self) -> str:
        return "\n".join([*map(_whole, self.told), *self.fixed])

    @cached_property
    def _fixed(self) -> frozenset[str]:
        return frozenset(squeezed(sentence) for text in self.fixed for sentence in (text, *cut(text)))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        words = frozenset(run for text in (self._text, *self.own, *self.names) for run in runs(text))
        return words | {wording.stem(word) for word in words}

    @cached_property
    def _sentences(self) -> tuple[tuple[int, str], ...]:
        """Return what was told, sentence by sentence, each with the number of its evidence."""
        return tuple((item.n, _bare(sentence)) for item in self.told for sentence in cut(item.quote))

    @cached_property
    def _secrets(self) -> frozenset[str]:
        """Return the words, numbers and whole values of what is kept, as far as they are not told as well."""
        told = frozenset(run for item in self.told for run in runs(_whole(item))) | frozenset(run for phrase in self.fixed for run in runs(phrase))
        stems = {wording.stem(run) for run in told}
        texts = [_told(item) for item in self.kept]
        single = {run for text in texts for run in runs(text)} - told - _small()
        pieces = {squeezed(piece) for text in texts for piece in re.split(r"[;,\n]|: ", text) if len(piece) <= 60}
        said = squeezed(self._text)
        return frozenset(run for run in single if wording.stem(run) not in stems) | frozenset(
            piece for piece in pieces if len(piece) >= 5 and piece not in said
        )


def gate(audiences: Audiences, shown: Iterable[Evidence], *, own: Sequence[str] = (), fixed: Sequence[str] = (), names: Sequence[str] = ()) -> Gate:
    """Return the gate to some audiences for whoever was shown this evidence; what is internal is kept from everybody."""
    told: list[Evidence] = []
    kept: list[Evidence] = []
    for item in shown:
        (told if item.audience != INTERNAL and may_show(audiences, item.audience) else kept).append(item)
    return Gate(tuple(told), tuple(kept), tuple(own), tuple(fixed), tuple(names))


@cache
def lists() -> Mapping[str, frozenset[str]]:
    """Read the word lists on first use."""
    table = tomllib.loads((WORDS / "disclosure.toml").read_text(encoding="utf-8"))
    return {
        name: frozenset(run for word in table[name].split() for run in runs(word) if len(run) > 1 or word == run)
        for name in table
        if name != "digits"
    }


@cache
def courtesy_words() -> frozenset[str]:
    """Return the courteous words as they are written."""
    table = tomllib.loads((WORDS / "courtesy.toml").read_text(encoding="utf-8"))
    return frozenset(word for text in table.values() for word in text.split())


@cache
def _small() -> frozenset[str]:
    """Return the words that carry nothing by themselves."""
    return frozenset(run for word in wording.lists()["stop"] for run in runs(word)) - lists()["answers"] - frozenset(digits())


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is compared: its words, their stems without the small ones, those that must not differ, and what kind it is."""

    words: frozenset[str]
    stems: frozenset[str]
    firm: frozenset[str]
    denies: bool
    asks: bool


@lru_cache(maxsize=4096)
def _said(sentence: str) -> Said:
    words = frozenset(runs(sentence))
    firm = frozenset(word for word in words if word.isdigit() or word in digits() or word in lists()["answers"])
    return Said(words, frozenset(wording.stem(word) for word in words - _small()), firm, wording.is_negative(sentence), sentence.endswith("?"))


def _says(sentence: str, told: str) -> bool:
    """Tell whether a sentence says what a told one says: most of its words and no other number, neither denied nor turned on the listener."""
    here, there = _said(sentence), _said(told)
    shared = len(here.stems & there.stems)
    alike = bool(here.stems) and shared >= FROM_ONE * len(here.stems) and shared >= OF_ONE * len(there.stems)
    if not alike or not here.firm <= there.words or (here.denies, here.asks) != (there.denies, there.asks):
        return False
    turned = here.words & lists()["person"] and here.words & lists()["state"] and not there.words & lists()["person"]
    return not turned


def _bare(sentence: str) -> str:
    """Return a sentence without its evidence numbers and the marks of lists, headings and emphasis."""
    return re.sub(r"\*\*|__|[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}", "", ITEM.sub("", HEADING.sub("", CITED.sub("", sentence)))).strip()


def _whole(item: Evidence) -> str:
    return "\n".join(filter(None, (item.title, item.heading, item.quote, item.url)))


def _told(item: Evidence) -> str:
    """Return what a piece of evidence says; the label of a field is the same for everybody."""
    return "\n".join(filter(None, (item.quote, item.url, item.id.partition(":")[2]))) if item.source == RECORD else _whole(item)
