"""The system's Chromium, started once for many tests."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.support.browser import FLAGS, NAMES
from tests.support.needs import lacking


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start a browser; skip where there is none."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        lacking(f"Chromium is not installed (none of {', '.join(NAMES)} on PATH)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        await browser.close()
