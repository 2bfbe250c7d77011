"""Fixtures every test may ask for."""

from hypothesis import settings

from tests.support.aimock import aimock, aimock_session
from tests.support.browser import browser_page
from tests.support.emulate import emulate, emulate_session
from tests.support.models import forget_models, no_real_model
from tests.support.postgres import postgres, postgres_url

__all__ = ["aimock", "aimock_session", "browser_page", "emulate", "emulate_session", "no_real_model", "postgres", "postgres_url"]

# At once, before any test's process reads the environment or hands it on to another.
forget_models()

# A busy machine is no defect: the suite's time is bounded by pytest-timeout, not example by example.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
