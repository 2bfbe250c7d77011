"""Evidenced: each sentence of a draft is followed by the numbers of what it rests on, on the team's card only."""

import pytest

from desk.audience import PUBLIC
from desk.draft import Claim, Part, Proposal
from desk.timeline import Purpose
from handlers.evidenced import text

CARD = "Refunds reach the card within 5 to 7 working days."


def proposal(said, *claims):
    return Proposal((Part(PUBLIC, said),), tuple(Claim(words, True, numbers) for words, numbers in claims))


@pytest.mark.parametrize(
    ("said", "claims", "shown"),
    [
        pytest.param(CARD, [(CARD, (1,))], f"{CARD} [1]", id="a number that is lacking is added"),
        pytest.param(f"{CARD} [1]", [(CARD, (1,))], f"{CARD} [1]", id="one that stands there is not repeated"),
        pytest.param("It takes a week. Then it is there.", [("It takes a week.", (2,)), ("Then it is there.", (1, 3))],
                     "It takes a week. [2] Then it is there. [1][3]", id="each sentence has its own"),
        pytest.param("It takes **a week**.", [("It takes **a week**", (1,))], "It takes **a week**. [1]", id="after what ends the sentence"),
        pytest.param("It takes\na week.", [("It takes a week.", (1,))], "It takes\na week. [1]", id="however it is broken into lines"),
        pytest.param("- one day\n- two days", [("one day", (1,)), ("two days", (2,))], "- one day [1]\n- two days [2]", id="items of a list"),
        pytest.param("Yes. Yes.", [("Yes.", (1,)), ("Yes.", (2,))], "Yes. [1] Yes. [2]", id="two alike in their order"),
        pytest.param("Written otherwise.", [("Said otherwise", (1,))], "Written otherwise.", id="a sentence that is not found"),
        pytest.param("Nothing carries it.", [("Nothing carries it.", ())], "Nothing carries it.", id="one without evidence"),
        pytest.param("Done.", [("...", (1,))], "Done.", id="a claim without words"),
    ],
)  # fmt: skip
def test_the_numbers_stand_behind_their_sentences(said, claims, shown):
    assert text(0, proposal(said, *claims)) == shown


def test_only_the_claims_of_the_part_are_looked_at():
    two = Proposal((Part(PUBLIC, "One."), Part(PUBLIC, "One.")), (Claim("One.", True, (4,), 1),))
    assert (text(0, two), text(1, two)) == ("One.", "One. [4]")


async def test_the_card_shows_them_and_the_customer_reads_the_draft_as_it_is(drafting):
    drafting.answerer.instead = proposal(CARD, (CARD, (1,)))
    await drafting.asks("ina", "When does my refund arrive?")
    assert f"in the thread: {CARD} [1]" in drafting.texts(Purpose.DRAFT_CARD)[0]
    await drafting.clicks("noor", "Approve")
    assert drafting.texts(Purpose.ANSWER)[0].splitlines()[0] == CARD
