import pytest

from agent.kinds import KINDS, OTHER, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How do I invite a colleague?", "how_to"),
        ("Where can I find my invoices?", "how_to"),
        ("How long does a refund take?", "when"),
        ("When does the trial end?", "when"),
        ("How much is an extra user?", "how_much"),
        ("What is the maximum size of a file?", "how_much"),
        ("Can I pay by bank transfer?", "yes_no"),
        ("Hi! Is there a dark mode?", "yes_no"),
        ("Why do imports check everything first?", "why"),
        ("The import fails with E103", "repair"),
        ("I can't sign in any more", "repair"),
        ("Why was my payment declined?", "own"),
        ("Where is my refund?", "own"),
        ("dark mode", OTHER),
    ],
)
def test_a_question_has_a_kind(question, kind):
    assert kind_of(question) == kind


def test_kinds_are_named_once():
    assert len({kind for kind, _ in KINDS}) == len(KINDS)
