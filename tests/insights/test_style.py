"""Style: what is learned from what a team approved and edited, and what is not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from desk.audience import PUBLIC
from desk.draft import Basis, Draft, DraftStatus, Part, Proposal, Verdict
from desk.ids import DraftId, TicketId
from insights.style import LEAST, NOTHING, learn

AT = datetime(2026, 11, 2, tzinfo=UTC)
NUMBERS: Iterator[int] = count(1)
TERSE = "The refund reaches the card in 5 days. [1] Nothing else is needed."
WARM = "Hi Mara,\n\nthanks for waiting! The refund reaches the card in 5 days. [1] Ask me anything 🙂\n\nBest regards\nNoor"


def draft(text: str = TERSE, *, language: str = "en", **more) -> Draft:
    proposal = Proposal((Part(PUBLIC, text),), language=language)
    told = {"status": DraftStatus.SENT, "verdict": Verdict.APPROVE, "decided_at": AT, **more}
    return Draft(DraftId(f"r-{next(NUMBERS)}"), TicketId("t-1"), proposal, Basis(1), AT, **told)


def edit(before: str, after: str) -> tuple[Draft, Draft]:
    """Return a draft that was edited, and what was sent in its place."""
    old = draft(before, status=DraftStatus.STALE, verdict=Verdict.EDIT)
    return old, replace(draft(after, verdict=Verdict.EDIT), edited_from=old.id)


def edits(before: str, after: str, times: int = LEAST) -> list[Draft]:
    return [each for _ in range(times) for each in edit(before, after)]


def test_terse_replies_make_a_terse_style():
    assert learn([draft() for _ in range(20)]).text().splitlines() == [
        "Replies that your colleagues approved have about 2 sentences and 12 words.",
        "They have no greeting, closing, emoji, exclamation marks or lists.",
    ]


def test_warm_replies_make_a_warm_style():
    assert learn([draft(WARM) for _ in range(20)]).text().splitlines()[1] == (
        'They begin with "Hi" and the first name, end with "Best regards", use emoji and exclamation marks and have no lists.'
    )


def test_nine_replies_teach_nothing():
    assert learn([draft() for _ in range(LEAST - 1)]) == NOTHING
    assert not NOTHING.text()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"status": DraftStatus.RETRACTED}, id="retracted"),
        pytest.param({"status": DraftStatus.STALE, "why": "corrected"}, id="corrected"),
        pytest.param({"status": DraftStatus.REJECTED, "verdict": Verdict.REJECT}, id="rejected"),
        pytest.param({"status": DraftStatus.WAITING, "verdict": None}, id="waiting"),
        pytest.param({"verdict": None, "automatic": True}, id="sent by itself"),
        pytest.param({"verdict": Verdict.APPROVE_ANYWAY}, id="approved without evidence"),
    ],
)
def test_what_does_not_stand_as_approved_is_no_example(changes):
    assert learn([draft(**changes) for _ in range(20)]) == NOTHING


def test_what_was_called_wrong_is_no_example():
    told = [draft() for _ in range(20)]
    assert learn(told, wrong={each.id for each in told[:11]}) == NOTHING


def test_a_correction_is_no_example():
    approved = [draft(status=DraftStatus.STALE, why="corrected") for _ in range(20)]
    corrections = [replace(draft(WARM, verdict=Verdict.EDIT), edited_from=each.id) for each in approved]
    assert learn([*approved, *corrections]) == NOTHING


def test_an_erased_draft_is_no_example():
    assert learn([draft("") for _ in range(20)]) == NOTHING


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(f"{TERSE} {TERSE} {TERSE}", TERSE, "they made them shorter.", id="shorter"),
        pytest.param(TERSE, f"{TERSE} {TERSE}", "they made them longer.", id="longer"),
        pytest.param(TERSE, f"Hi Mara, {TERSE}", "they put a greeting in front.", id="a greeting came"),
        pytest.param(f"Hi Mara, {TERSE}", TERSE, "they took the greeting out.", id="the greeting went"),
        pytest.param(f"{TERSE} Great!", TERSE, "they took exclamation marks out.", id="exclamation marks went"),
        pytest.param(f"{TERSE}\n- one\n- two", f"{TERSE} One, two.", "they turned lists into sentences.", id="lists went"),
    ],
)
def test_what_edits_changed_is_learned(before, after, said):
    assert learn(edits(before, after)).text().splitlines()[-1] == f"Where colleagues edited drafts, {said}"


def test_a_few_edits_among_many_approvals_change_nothing():
    assert "edited" not in learn([*(draft() for _ in range(20)), *edits(f"{TERSE} {TERSE} {TERSE}", TERSE, times=4)]).text()


def test_the_form_of_address_is_learned_by_language():
    german = [draft("Du findest das in deinen Einstellungen.", language="de") for _ in range(10)]
    french = [draft("Ouvrez vos paramètres.", language="fr") for _ in range(10)]
    assert "say du in de and say vous in fr" in learn([*german, *french]).text()


def test_replies_that_differ_have_no_habits():
    mixed = [draft(TERSE if n % 2 else WARM) for n in range(20)]
    assert learn(mixed).text().splitlines()[1:] == ["They have no lists."]


def test_no_word_and_no_name_of_a_reply_is_in_what_was_learned():
    told = [draft(f"Hello Zebedee,\n\nyour xylophone {n} costs 777 doubloons.\n\nCheers\nQuentin", language="en") for n in range(20)]
    assert not {"zebedee", "xylophone", "777", "doubloons", "quentin"} & set(learn(told).text().lower().replace(".", "").split())


def test_it_is_three_lines_at_most():
    assert len(learn(edits(f"Hi Mara, {TERSE} {TERSE}!", WARM.replace("Hi Mara,", ""))).text().splitlines()) <= 3


def test_the_version_changes_with_what_was_learned():
    terse, warm = learn([draft() for _ in range(20)]), learn([draft(WARM) for _ in range(20)])
    assert terse.version == learn([draft() for _ in range(20)]).version != warm.version
