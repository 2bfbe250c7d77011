"""Recent proposals: a turn that is computed again, because somebody else wrote meanwhile, does not pay and wait twice."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence

from desk.answering import Brief
from desk.customer import Fact, content_hash
from desk.draft import Proposal

KEPT = 64


class Recent:
    """The proposals that were written last, by their key; in memory only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Proposal] = OrderedDict()

    def get(self, key: str) -> Proposal | None:
        """Return a proposal, None when it was never written or is forgotten."""
        return self._kept.get(key)

    def keep(self, key: str, written: Proposal) -> None:
        """Remember a proposal, and forget the oldest."""
        self._kept[key] = written
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


def key_of(brief: Brief, record: Sequence[Fact], prompt: object) -> str:
    """Return what a proposal is remembered by: for whom it was written and all that it was written from."""
    # The prompt alone would not do: two people may have one name, and what is kept back from the model stands in no prompt.
    whose = (brief.payer.ticket, brief.attempt, str(brief.author.user), brief.author.person.id if brief.author.person else "")
    said = (brief.text, [message.text for message in brief.history], [fact.hash for fact in record])
    return content_hash(json.dumps((whose, said, prompt), default=str))
