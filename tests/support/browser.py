"""A browser for tests: one page in the system's headless Chromium, which reaches nothing beyond this machine."""

import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tests.support.needs import lacking

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@pytest_asyncio.fixture
async def browser_page() -> AsyncIterator[Page]:
    """Open an empty page; fail the test when a script on it raised; skip where Chromium is not installed."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        lacking(f"Chromium is not installed (none of {', '.join(NAMES)} on PATH)")
    raised: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = await browser.new_page()
        page.on("pageerror", lambda error: raised.append(str(error)))
        yield page
        await browser.close()
    assert not raised, "a script on the page raised"
