"""Slack's timestamps as instants and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.refs import instant, message_ref, stamp


@pytest.mark.parametrize(
    ("ts", "at"),
    [
        pytest.param("1730545200.000100", datetime(2024, 11, 2, 11, 0, 0, 100, tzinfo=UTC), id="to the microsecond"),
        pytest.param("1730545200.999999", datetime(2024, 11, 2, 11, 0, 0, 999999, tzinfo=UTC), id="the last of a second"),
        pytest.param("1730545200", datetime(2024, 11, 2, 11, 0, tzinfo=UTC), id="without a fraction"),
        pytest.param("1730545200.5", datetime(2024, 11, 2, 11, 0, 0, 500000, tzinfo=UTC), id="with a short one"),
    ],
)
def test_a_timestamp_is_an_instant(ts, at):
    assert instant(ts) == at


@given(st.integers(0, 4_000_000_000), st.integers(0, 999_999))
def test_nothing_is_rounded_on_the_way_there_and_back(seconds, micros):
    ts = f"{seconds}.{micros:06d}"
    assert stamp(instant(ts)) == ts


@pytest.mark.parametrize("ts", ["", "soon", "1.x"])
def test_what_is_no_timestamp_is_an_error(ts):
    with pytest.raises(ValueError, match="invalid literal"):
        instant(ts)


def test_a_message_is_written_with_its_workspace_and_channel():
    assert str(message_ref("T0PELICAN", "C0HELP", "1.2")) == "slack/T0PELICAN/C0HELP/1.2"
