"""Register: everything that was shown to the model in one turn, numbered, with who may see it."""

from __future__ import annotations

from dataclasses import replace

from desk.answering import PastTicket
from desk.audience import Audience
from desk.customer import Fact
from desk.draft import Evidence, Passage

PASSAGE, RECORD, ACTION, TICKET = "passage", "record", "action", "ticket"


class Register:
    """Numbers pieces of evidence in the order they are shown; the same piece keeps its number. What is not in it was never shown."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Evidence] = {}
        self.added: list[Evidence] = []
        """What was numbered first through this view of it."""

    def view(self) -> Register:
        """Return the same register for one use of a tool, so that what others show beside it is not taken for its own."""
        beside = Register()
        beside._known = self._known
        return beside

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """Return all evidence, in the order of its numbers."""
        return tuple(self._known.values())

    def passage(self, passage: Passage) -> Evidence:
        """Number a passage; its quote is the whole text that was shown."""
        where = {"title": passage.title, "document": passage.document, "heading": passage.heading, "url": passage.url}
        dates = {"updated": passage.updated, "reviewed": passage.reviewed, "expires": passage.expires}
        return self._put(PASSAGE, passage.id, passage.audience, passage.text, hash=passage.hash, **where, **dates)

    def fact(self, fact: Fact) -> Evidence:
        """Number a field of the record; its quote names every part of it, so that each can be checked."""
        parts = dict(fact.attributes)
        amount = f"{parts['currency']} {parts['amount']}" if "currency" in parts and "amount" in parts else ""
        rest = [value for name, value in parts.items() if name not in ("link", "amount", "currency")]
        quote = "; ".join([fact.value, *(part for part in dict.fromkeys([amount, *rest]) if part and part not in fact.value)])
        return self._put(RECORD, fact.key, fact.audience, quote, title=fact.label, url=parts.get("link", ""), hash=fact.hash)

    def action(self, name: str, says: str, audience: Audience) -> Evidence:
        """Number what may be said once an action has run."""
        return self._put(ACTION, name, audience, says, title=name.replace("_", " "))

    def past(self, ticket: PastTicket, audience: Audience) -> Evidence:
        """Number an earlier ticket: it is no evidence for a reply, but who writes one has read it."""
        said = "\n".join(filter(None, (ticket.asked, ticket.answered)))
        return self._put(TICKET, ticket.id, audience, said, title=f"{ticket.opened:%Y-%m-%d} {ticket.category}".strip())

    def add(self, evidence: Evidence) -> Evidence:
        """Number a piece that was made elsewhere, such as a macro."""
        key = (evidence.source, evidence.id)
        if key not in self._known:
            self._known[key] = replace(evidence, n=len(self._known) + 1)
            self.added.append(self._known[key])
        return self._known[key]

    @property
    def usable(self) -> tuple[Evidence, ...]:
        """Return what a reply may rest on."""
        return tuple(item for item in self._known.values() if item.source != TICKET)

    def _put(self, source: str, id: str, audience: Audience, quote: str, **known: str) -> Evidence:
        return self.add(Evidence(0, source, id, audience, quote, **known))
