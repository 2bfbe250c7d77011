"""Fences: what stands in a code block is left as it is, and nothing gets lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.formats.fences import outside


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        pytest.param("a\nb", "A\nB", id="no code"),
        pytest.param("a\n```\nb\n```\nc", "A\n```\nb\n```\nC", id="code between"),
        pytest.param("```py\na", "```py\na", id="a block that does not end"),
        pytest.param("````\n```\na\n````\nb", "````\n```\na\n````\nB", id="a fence in a longer one"),
        pytest.param("~~~\n```\na\n~~~\nb", "~~~\n```\na\n~~~\nB", id="the other kind of fence"),
        pytest.param("```\na\n```py\nb\n```\nc", "```\na\n```py\nb\n```\nC", id="a fence with words does not end a block"),
        pytest.param("a\n    ```\nb", "A\n    ```\nB", id="a fence that is indented is none"),
    ],
)
def test_only_what_is_no_code_is_changed(text, changed):
    assert outside(text, str.upper) == changed


@given(st.lists(st.sampled_from(["a", "", "```", "````", "~~~", "```py", " ```", "    ```"])).map("\n".join))
def test_what_is_not_changed_comes_back_as_it_was(text):
    assert outside(text, lambda prose: prose) == text
