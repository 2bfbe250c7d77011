"""Trails: where an article stands is written above it, and decides whether it is read."""

import pytest

from desk.source import SourceKind
from knowledge.wikis.trails import Step, is_wanted, trail, under
from tests.knowledge.helpcenters import source

STEPS = {"1": Step("Money"), "2": Step("Refunds", "1"), "3": Step("Lost", "gone"), "4": Step("A", "5"), "5": Step("B", "4")}


@pytest.mark.parametrize(
    ("id", "names"),
    [
        pytest.param("2", ("Money", "Refunds"), id="from the outermost in"),
        pytest.param("3", ("Lost",), id="one above that is not known"),
        pytest.param("9", (), id="none that is known"),
        pytest.param("", (), id="none at all"),
    ],
)
def test_a_trail_leads_from_the_top_down(id, names):
    assert trail(id, STEPS) == names


def test_two_that_stand_under_each_other_have_an_end():
    assert len(trail("4", STEPS)) == 20


@pytest.mark.parametrize(
    ("above", "text", "shown"),
    [
        pytest.param(("A", "B"), "text", "# A > B\n\ntext", id="a text"),
        pytest.param((), "# Title\n\ntext", "text", id="its title at the top is gone"),
        pytest.param((), "# Titles\n\ntext", "# Titles\n\ntext", id="another title stays"),
        pytest.param(("A",), "# x\n\n###### y\n\n#no", "# A\n\n## x\n\n###### y\n\n#no", id="headings go deeper while there is room"),
        pytest.param(("A",), "```sh\n# no heading\n```\n# x", "# A\n\n```sh\n# no heading\n```\n## x", id="code stays"),
        pytest.param(("C#  *all*",), "text", r"# C\# \*all\*" + "\n\ntext", id="names are no markup"),
        pytest.param(("A",), " \n ", "", id="nothing stays nothing"),
    ],
)
def test_an_article_stands_below_its_trail(above, text, shown):
    assert under(above, text, title="Title") == shown


@pytest.mark.parametrize(
    ("include", "exclude", "wanted"),
    [
        pytest.param((), (), True, id="nothing said"),
        pytest.param(("money",), (), True, id="its category"),
        pytest.param(("Money/Refunds/**",), (), True, id="its section, in letters of any size"),
        pytest.param(("**/how-to*",), (), True, id="its title"),
        pytest.param(("mone",), (), False, id="half a name"),
        pytest.param(("help",), (), False, id="another category"),
        pytest.param(("money",), ("money/refunds",), False, id="let in and left out"),
    ],
)
def test_globs_are_held_against_the_trail_and_the_title(include, exclude, wanted):
    chosen = source(SourceKind.ZENDESK, "https://help.example", include=include, exclude=exclude)
    assert is_wanted(("Money", "Refunds "), "How/to refund", source=chosen) is wanted
