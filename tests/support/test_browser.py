"""The browser page: it draws, it runs scripts, and it stays on this machine."""

import pytest
from playwright.async_api import Error, Page


async def test_a_page_draws_and_runs_its_script(browser_page: Page) -> None:
    await browser_page.set_content("<button onclick=\"this.textContent = 'Approved'\">Approve</button>")
    await browser_page.get_by_role("button").click()
    assert await browser_page.get_by_role("button").inner_text() == "Approved"


async def test_a_page_reaches_nothing_beyond_this_machine(browser_page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        await browser_page.goto("http://frontdesk.example/")
