"""Choices in a form: what one puts in is read before it is sent, and what was chosen outlives a change of the card."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.web.app import create_app
from bot.web.server import serve
from bot.web.workspace import LocalWorkspace
from desk.cards import Button, Buttons, Card, Field, Form, Header, Option
from desk.events import ButtonClicked
from desk.post import Op
from desk.space import MessageRef
from tests.fakes import FakeClock, FakeDesk
from tests.web.chrome import chromium
from tests.web.conftest import AGENTS, furnished
from tests.web.posts import TICKET, WORDS, draft_card

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOSTILE = 'Hello "Mara" <img src=x onerror=alert(1)>\nSecond line'
TEXTS = (Option("", "none"), Option("hello", "Say hello", shows=HOSTILE), Option("bye", "Say goodbye", shows="Goodbye."))
SAVED = Field("macro", "Use a saved text", options=TEXTS, required=False, note="It takes the place of the first text.")
EDIT = Button("edit", "Edit", TICKET, "d-1", "d-1", form=Form("Edit and send", (WORDS, SAVED)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for the tests here."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def workspace(tmp_path: Path, clock: FakeClock, desk: FakeDesk) -> AsyncIterator[LocalWorkspace]:
    async with furnished(tmp_path, clock, desk) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, workspace: LocalWorkspace, desk: FakeDesk) -> AsyncIterator[Page]:
    """The agents channel with a draft whose edit form is open."""
    problems: list[str] = []
    opened = await browser.new_page()
    opened.set_default_timeout(10_000)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    async with serve(create_app(workspace, desk), port=0) as address:
        await workspace.send(draft_card(Card((Header("Draft"), Buttons((EDIT,))))))
        await opened.goto(f"{address}/?team=tim&room=agents")
        await form(opened).locator("xpath=..").locator("summary").click()
        yield opened
        await opened.close()
    assert problems == []


def form(page: Page) -> Locator:
    return page.get_by_role("region", name="Team side").locator("details[data-act=edit] form")


async def standing(workspace: LocalWorkspace) -> MessageRef:
    """Return where the draft stands."""
    (line,) = await workspace.transcript()
    return MessageRef(AGENTS, line["ref"])


def saved(page: Page) -> Locator:
    return form(page).get_by_label("Use a saved text")


async def test_a_choice_shows_its_text_and_nothing_in_it_is_markup(page: Page) -> None:
    preview = form(page).locator(".preview")
    await expect(preview).to_be_hidden()
    await saved(page).select_option("hello")
    await expect(preview).to_have_text(HOSTILE, use_inner_text=False)
    assert await preview.locator("img").count() == 0
    await saved(page).select_option("")
    await expect(preview).to_be_hidden()


async def test_what_it_does_is_said_beside_it(page: Page) -> None:
    await expect(form(page).get_by_text("It takes the place of the first text.")).to_be_visible()
    assert await saved(page).evaluate("select => document.getElementById(select.getAttribute('aria-describedby')).textContent") == SAVED.note


async def test_what_was_chosen_is_sent(page: Page, desk: FakeDesk) -> None:
    await saved(page).select_option("bye")
    await form(page).get_by_role("button", name="Send").click()
    await expect(form(page)).to_be_hidden()
    assert [event.form["macro"] for event in desk.heard if isinstance(event, ButtonClicked)] == ["bye"]


async def test_a_choice_outlives_a_change_of_the_card(page: Page, workspace: LocalWorkspace) -> None:
    await saved(page).select_option("bye")
    await workspace.edit(await standing(workspace), draft_card(Card((Header("Approved by Lea"),)), "o-10", op=Op.EDIT))
    await expect(form(page).get_by_text("This changed while you were writing.")).to_be_visible()
    await expect(saved(page)).to_have_value("bye")


async def test_a_form_that_nobody_touched_gives_way_to_the_new_card(page: Page, workspace: LocalWorkspace) -> None:
    await workspace.edit(await standing(workspace), draft_card(Card((Header("Approved by Lea"),)), "o-10", op=Op.EDIT))
    await expect(form(page)).to_have_count(0)


@pytest.mark.parametrize("width", [1200, 360])
async def test_a_long_text_keeps_inside_the_page(page: Page, workspace: LocalWorkspace, width: int) -> None:
    await saved(page).evaluate("select => { select.options[1].dataset.shows = 'word '.repeat(900) + 'x'.repeat(900); }")
    await page.set_viewport_size({"width": width, "height": 800})
    if width < 400:
        await page.locator('label[for="show-team"]').click()
    await saved(page).select_option("hello")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await form(page).locator(".preview").evaluate("box => box.scrollWidth <= box.clientWidth && box.clientHeight < 400")
