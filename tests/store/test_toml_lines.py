"""Where a key stands in a TOML file."""

import pytest

from store.toml_lines import line_of

FILE = """\
top = 1
[tickets]
window = "60m" # same_topic = 0.1 would not count here
same_topic=0.35

[audience.folders]
"internal/" = "internal"

[answers]
"hosts" = [
  "a.example",
]
thresholds.billing = 0.9
[[modes.rules]]
mode = "auto"
[[modes.rules]]
kind = "direct"
mode = "draft"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("top", 1, id="before any table"),
        pytest.param("tickets", 2, id="a table"),
        pytest.param("tickets.window", 3, id="a key with spaces"),
        pytest.param("tickets.same_topic", 4, id="a key without spaces"),
        pytest.param("audience.folders.internal/", 7, id="a quoted key"),
        pytest.param("answers.hosts", 10, id="a quoted plain key"),
        pytest.param("answers.hosts.0", 10, id="an item of a list, by the list"),
        pytest.param("answers.thresholds.billing", 13, id="a dotted key"),
        pytest.param("modes.rules", 14, id="a list of tables"),
        pytest.param("modes.rules.0.mode", 15, id="a key in the first of a list of tables"),
        pytest.param("modes.rules.1", 16, id="the second of a list of tables"),
        pytest.param("modes.rules.1.mode", 18, id="a key in the second of a list of tables"),
        pytest.param("modes.rules.1.tier", 16, id="a missing key in the second of a list of tables"),
        pytest.param("tickets.gap", 2, id="a missing key, by its table"),
        pytest.param("csat.ask", None, id="nothing of the kind"),
    ],
)
def test_a_key_is_found(path: str, line: int | None):
    assert line_of(path, FILE) == line
