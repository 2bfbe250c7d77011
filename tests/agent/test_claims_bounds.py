"""Claims of the longest reply that a model may write, against all that it may have been shown."""

import time

from agent.claims import check
from desk.audience import PUBLIC
from desk.draft import Evidence, Part, Proposal


def test_the_longest_reply_is_checked_in_seconds():
    passage = "Refunds reach the card within 5 to 7 working days after approval on 3 November. Open Settings and choose Export. " * 12
    evidence = tuple(Evidence(n, "passage", f"p{n}", PUBLIC, f"Article {n}. {passage}", f"T{n}") for n in range(1, 31))
    begun = time.process_time()
    checked = check(Proposal(parts=(Part(PUBLIC, "Nothing of this stands anywhere, in 7 words. " * 130),), evidence=evidence))
    assert time.process_time() - begun < 10
    assert checked.unsupported == len(checked.claims) > 100
