"""When a quote counts as right, and which questions are kept back."""

import pytest

from benchmarks.bank_faq import EXAMPLES, HELD_OUT, SOURCE, entries
from benchmarks.faq import DEVELOPING, Known, answers, known

STEPS = Known("How?", (("delete", "Open **My profile > Delete my login**."), ("roles", "up to 3 owners")))


@pytest.mark.parametrize(
    ("quoted", "right"),
    [
        pytest.param([("delete", "First. Open My profile > Delete\nmy login. Then wait.")], True, id="marks and lines aside"),
        pytest.param([("delete", "Open **My profile**.")], False, id="half of the sentence"),
        pytest.param([("invite", "Open **My profile > Delete my login**.")], False, id="another article"),
        pytest.param([("roles", "An organisation has up to 3 owners.")], True, id="what is marked as answering too"),
        pytest.param([("invite", "No."), ("roles", "up to 3 owners")], True, id="one of several quotes"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_a_quote_is_right_when_it_holds_the_sentence(quoted, right):
    assert answers(STEPS, quoted) is right


def test_nothing_answers_what_is_out_of_scope():
    assert not answers(Known("Tell me a joke", ()), [("delete", "Anything at all.")])


def test_where_only_the_article_is_known_any_of_its_sentences_will_do():
    assert answers(Known("How?", (("delete", ""),), exact=False), [("delete", "Anything.")])


def test_questions_that_are_kept_back_are_not_for_developing():
    developing = {each.question for name in DEVELOPING for each in known(name)}
    kept_back = {each.question for each in known("faq200", split="test")}
    assert len(kept_back) == 100
    assert not developing & kept_back


def test_only_the_older_set_knows_no_sentences():
    assert all(each.exact for name in ("faq_dev", "faq_near", "faq200") for each in known(name))
    assert not all(each.exact for each in known("faq_eval"))


@pytest.mark.skipif(not SOURCE.exists(), reason="needs ../shared/data/banking77")
def test_a_bank_entry_is_an_intent_with_questions_that_are_not_asked(tmp_path):
    asked = entries(tmp_path)
    assert len(asked) == 77 * HELD_OUT
    assert len(list(tmp_path.iterdir())) == 77
    for each in asked[::50]:
        text = (tmp_path / f"{each.answers[0][0]}.md").read_text("utf-8")
        assert each.question not in text
        assert len(text.split("---\n")[2].split("\n\n")) == EXAMPLES
