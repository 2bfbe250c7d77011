"""Assembly: sentences with their evidence, sorted into parts by who may read them."""

from __future__ import annotations

from collections.abc import Sequence

from agent import quoting
from agent.quoting import Quote
from agent.record import Said
from desk.answering import Brief
from desk.audience import PUBLIC, Audience, may_show
from desk.customer import Fact
from desk.draft import Evidence, Part


class Assembly:
    """Collects what a reply says. What the thread may not show goes into a private part, and what nobody may see is left out."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._thread: list[tuple[Audience, str]] = []
        self._private: list[tuple[Audience, str]] = []
        self.evidence: list[Evidence] = []
        self.fixed: list[str] = []

    def say(self, said: Said) -> None:
        """Add a sentence that rests on the record, marked with a number for each field."""
        # A sentence that rests on two fields is for nobody who may not see both.
        audiences = [self._covering(fact.audience) for fact in said.facts]
        if None in audiences:
            return
        numbers = "".join(f" [{self._cite(fact)}]" for fact in said.facts)
        self._put([fact.audience for fact in said.facts], said.text + numbers)

    def quote(self, quote: Quote, *, headed: bool = False) -> None:
        """Add sentences of a passage, word for word, under a number of their own, and under its heading where there are others to tell it from."""
        passage, n = quote.read.passage, len(self.evidence) + 1
        if self._covering(passage.audience) is None:
            return
        where = (passage.title, passage.document, passage.heading, passage.url, passage.updated, passage.hash, passage.reviewed, passage.expires)
        self.evidence.append(Evidence(n, "passage", passage.id, passage.audience, quoting.text_of(quote.units), *where))
        self._put([passage.audience], quoting.said(quote, n, headed=headed))

    def add(self, phrase: str) -> None:
        """Add one of policy's fixed sentences to the thread."""
        self.fixed.append(phrase)
        self._thread.append((PUBLIC, phrase))

    def parts(self) -> tuple[Part, ...]:
        """Return the parts: those for the thread, then the private ones, each as public as its evidence lets it be."""
        thread = tuple(Part(audience, text) for audience, text in _grouped(self._thread))
        return thread + tuple(Part(audience, text, to=self._brief.author.user) for audience, text in _grouped(self._private))

    def _cite(self, fact: Fact) -> int:
        known = next((item.n for item in self.evidence if item.source == "record" and item.id == fact.key), None)
        if known:
            return known
        n = len(self.evidence) + 1
        parts = dict(fact.attributes)
        quote = "; ".join(dict.fromkeys([fact.value, _amount(parts), *(parts[name] for name in parts if name not in ("link", "amount", "currency"))]))
        self.evidence.append(Evidence(n, "record", fact.key, fact.audience, quote, fact.label, url=parts.get("link", ""), hash=fact.hash))
        return n

    def _put(self, audiences: Sequence[Audience], text: str) -> None:
        if all(may_show(self._brief.place, audience) for audience in audiences):
            self._thread.append((_highest(audiences), text))
        else:
            covering = [shown for audience in audiences if (shown := self._private_covering(audience))]
            self._private.append((_highest(covering), text))

    def _covering(self, audience: Audience) -> Audience | None:
        return audience if may_show(self._brief.place, audience) else self._private_covering(audience)

    def _private_covering(self, audience: Audience) -> Audience | None:
        """Return under which audience a private message may show something: the person's own where that suffices, else the account's."""
        shown = sorted(self._brief.private or (), key=str, reverse=True)
        return next((each for each in shown if audience <= each), None)


def _highest(audiences: Sequence[Audience]) -> Audience:
    return next((audience for audience in audiences if audience != PUBLIC), PUBLIC)


def _grouped(lines: Sequence[tuple[Audience, str]]) -> list[tuple[Audience, str]]:
    """Join lines of one audience; public ones need no part of their own where there is another."""
    audiences = list(dict.fromkeys(audience for audience, _ in lines if audience != PUBLIC)) or ([PUBLIC] if lines else [])
    return [
        (own, "\n\n".join(text for audience, text in lines if audience == own or (audience == PUBLIC and own == audiences[0]))) for own in audiences
    ]


def _amount(parts: dict[str, str]) -> str:
    return f"{parts['currency']} {parts['amount']}" if "currency" in parts and "amount" in parts else ""
