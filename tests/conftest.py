"""Fixtures every test may ask for."""

from hypothesis import settings

from tests.support.browser import browser_page
from tests.support.postgres import postgres, postgres_url

__all__ = ["browser_page", "postgres", "postgres_url"]

# A busy machine is no defect: the suite's time is bounded by pytest-timeout, not example by example.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
