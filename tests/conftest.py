"""Fixtures every test may ask for."""

from tests.support.browser import browser_page
from tests.support.postgres import postgres, postgres_url

__all__ = ["browser_page", "postgres", "postgres_url"]
