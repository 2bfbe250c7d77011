"""Deeds: sentences of a model that say that we have done something. An action that ran proves it, an article only in the same words.

A text that the team saved never does: "I have approved your refund" is true when a teammate sends it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desk.draft import Evidence

DONE = (
    "refunded|credited|cancel(?:l)?ed|restarted|reset|sent|resent|forwarded|escalated|fixed|repaired|resolved|unlocked|activated|reactivated|deactivated|deleted|removed"
    "|changed|updated|upgraded|downgraded|extended|reopened|issued|approved|waived|raised|created|added|enabled|disabled|notified|informed|contacted"
    "|scheduled|booked|transferred|applied|reverted|restored|corrected|reimbursed|charged|paid|invited|verified"
)
WHEN = "".join(rf"(?<!\b{word} )" for word in ("once", "when", "after", "until", "if", "soon as", "before", "unless"))
DEED = re.compile(rf"{WHEN}\b(?:i|we)(?:[’']ve| have| had)?(?: (?:just|already|now|also|since))*\s+({DONE})\b", re.IGNORECASE)
"""Somebody of us and what they did; "once we have approved it" says when something happens, and not that it did."""
ACTION, MACRO = "action", "macro"
UNDONE = "nothing shows that this was done"


def undone(sentence: str, grounds: Sequence[Evidence]) -> str:
    """Return why a sentence may not say that we did something, "" when it does not or when an action or an article in these words shows it."""
    deeds = {found.lower() for found in DEED.findall(sentence)}
    if not deeds or any(item.source == ACTION for item in grounds):
        return ""
    return UNDONE if deeds - {found.lower() for item in grounds if item.source != MACRO for found in DEED.findall(item.quote)} else ""
