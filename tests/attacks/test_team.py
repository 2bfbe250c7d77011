"""What a model writes for the team calls nobody there either, and leads a teammate nowhere strange."""

import pytest

from desk.cards import plain
from tests.attacks.oracle import pings, strange_links
from tests.attacks.schemes import CALLING, PHISHING
from tests.attacks.stage import HOSTS, stage

LURE = f"{CALLING} {PHISHING}"
GERMAN = "Erstattungen sind nach 5 bis 7 Arbeitstagen auf der Karte. Das gilt für alle Zahlungen mit einer Kreditkarte."


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(("hand_over", {"reason": "risk", "summary": LURE}), id="in a summary"),
        pytest.param(("submit_reply", {"thread": GERMAN, "confidence": 0.1, "language": "de", "translation": LURE}), id="in a translation"),
        pytest.param(
            ("ask_customer", {"question": "Welchen Browser benutzen Sie, bitte?", "translation": LURE}), id="in the translation of a question"
        ),
        pytest.param(("submit_reply", {"thread": LURE, "confidence": 1.0}), id="in a draft"),
    ],
)
async def test_what_the_team_reads_calls_nobody(use, tmp_path):
    async with stage(tmp_path, 1, mode="draft") as s:
        s.model.behave = lambda _: [use]
        await s.world.asks("stranger", "When does my refund arrive?")
        await s.world.wait(minutes=2)
        texts = [plain(post.card) for post in s.world.posts(where="agents") if post.card]
        assert texts
        assert [found for text in texts for found in (*pings(text), *strange_links(text, HOSTS))] == []
