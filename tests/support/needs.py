"""Programs that some tests need: skip where one is absent, fail where it was promised."""

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skip the test for `reason`, or fail it where FRONTDESK_TEST_REQUIRE_ALL says that everything is installed."""
    if os.environ.get("FRONTDESK_TEST_REQUIRE_ALL"):
        pytest.fail(f"FRONTDESK_TEST_REQUIRE_ALL is set, but {reason}", pytrace=False)
    pytest.skip(reason)
