"""What the tests of arrivals share: a clock that the test moves."""

import pytest

from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that the test moves."""
    return FakeClock()
