"""The page in a browser: two sides that are live, forms that work, and nothing that runs by itself."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.web.app import create_app
from bot.web.pages import Site
from bot.web.server import serve
from bot.web.suggestions import Suggestion
from bot.web.workspace import LocalWorkspace
from desk.cards import Button, Buttons, Header, Notes, Text
from desk.events import ButtonClicked, MessageDeleted, MessageEdited, MessageReceived, TypingSeen
from desk.post import Op
from desk.space import Place
from desk.timeline import Purpose
from tests.fakes import FakeClock, FakeDesk
from tests.web.chrome import chromium
from tests.web.conftest import AGENTS, COMMUNITY, LEA, MARA, furnished
from tests.web.posts import answer
from tests.web.scene import DRAFT, TICKET, Scene, called_view, post, scene, summed_view, ticket_view

SITE = Site("Pelican Ledger", (Suggestion("Yuki Tan", "acme-shared", "This is STILL not solved.", "An urgent card."),))


TOLERATED = ("status of 4", "ERR_INTERNET_DISCONNECTED")
"""What a browser logs of refusals and of a line that a test cuts."""
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests here, because starting it takes longer than most of them."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def workspace(tmp_path: Path, clock: FakeClock, desk: FakeDesk) -> AsyncIterator[LocalWorkspace]:
    async with furnished(tmp_path, clock, desk) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, workspace: LocalWorkspace, desk: FakeDesk) -> AsyncIterator[Page]:
    """The page as Mara in the community channel and Tim in the agents channel; a test fails when it logged or raised an error."""
    problems: list[str] = []
    context = await browser.new_context()
    opened = await context.new_page()
    opened.set_default_timeout(10_000)
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    async with serve(create_app(workspace, desk, site=SITE), port=0) as address:
        await opened.goto(f"{address}/?as=mara-voss&in=community&team=tim&room=agents")
        yield opened
        await context.close()
    assert [problem for problem in problems if not any(known in problem for known in TOLERATED)] == []


@pytest_asyncio.fixture(loop_scope="module")
async def played(workspace: LocalWorkspace) -> Scene:
    return await scene(workspace)


def customer(page: Page) -> Locator:
    return page.get_by_role("region", name="Customer side")


def team(page: Page) -> Locator:
    return page.get_by_role("region", name="Team side")


def card(page: Page, ref) -> Locator:
    return team(page).locator(f'[data-id="{ref.id}"]')


def clicks(desk: FakeDesk) -> list[tuple[str, dict[str, str]]]:
    return [(event.action, dict(event.form)) for event in desk.heard if isinstance(event, ButtonClicked)]


async def write(side: Locator, text: str) -> None:
    box = side.locator(".composer textarea")
    await box.fill(text)
    await box.press("Enter")


async def test_what_a_customer_writes_is_seen_by_the_team_at_once(page: Page) -> None:
    await team(page).get_by_label("Channel").select_option("community")
    await write(customer(page), "Where is my **refund**?")
    await expect(customer(page).locator(".words").get_by_text("Where is my refund?")).to_be_visible()
    await expect(team(page).get_by_text("Where is my refund?")).to_be_visible()
    await expect(customer(page).locator(".composer textarea")).to_have_value("")


async def test_shift_and_enter_begin_a_new_line(page: Page, desk: FakeDesk) -> None:
    box = customer(page).locator(".composer textarea")
    await box.press_sequentially("one")
    await box.press("Shift+Enter")
    await box.press_sequentially("two")
    await box.press("Enter")
    await expect(customer(page).locator(".talk")).to_contain_text("two")
    assert [event.text for event in desk.heard if isinstance(event, MessageReceived)] == ["one\ntwo"]
    assert any(isinstance(event, TypingSeen) for event in desk.heard)


async def test_what_the_desk_posts_appears_without_reloading(page: Page, workspace: LocalWorkspace) -> None:
    root, _ = await workspace.say(MARA, Place(COMMUNITY), "Where is my refund?")
    await workspace.react(root, "eyes")
    await expect(customer(page).get_by_text("heard")).to_be_visible()
    ref = await workspace.send(answer("It is on its way.", target=Place(COMMUNITY, root.id)))
    await expect(customer(page).locator(".reply").get_by_text("It is on its way.")).to_be_visible()
    await workspace.edit(ref, answer("It arrived.", id="o-2", op=Op.EDIT))
    await expect(customer(page).get_by_text("It arrived.")).to_be_visible()
    await workspace.delete(ref, answer("", id="o-3", op=Op.DELETE))
    await expect(customer(page).get_by_text("It arrived.")).to_have_count(0)


async def test_a_reply_goes_into_the_thread(page: Page, played: Scene, desk: FakeDesk) -> None:
    await page.reload()
    await customer(page).get_by_role("link", name="Reply to Frontdesk").first.click()
    await expect(customer(page).get_by_text("Replying to Frontdesk")).to_be_visible()
    await write(customer(page), "And by bank transfer?")
    await expect(customer(page).locator(".reply .words").get_by_text("And by bank transfer?")).to_be_visible()
    assert [event.place for event in desk.heard if isinstance(event, MessageReceived)][-1] == Place(COMMUNITY, played.question.id)


async def test_people_change_and_take_back_what_they_wrote(page: Page, desk: FakeDesk) -> None:
    await write(customer(page), "Helo")
    message = customer(page).locator(".mine")
    await message.locator("summary").get_by_text("Edit").click()
    await message.get_by_label("Your message").fill("Hello")
    await message.get_by_role("button", name="Save").click()
    await expect(message.get_by_text("edited")).to_be_visible()
    await message.get_by_role("button", name="Delete").click()
    await expect(message).to_have_count(0)
    assert [type(event) for event in desk.heard if not isinstance(event, TypingSeen)] == [MessageReceived, MessageEdited, MessageDeleted]


async def test_a_button_with_a_form_sends_what_was_filled_in(page: Page, played: Scene, desk: FakeDesk) -> None:
    await page.reload()
    draft = card(page, played.draft)
    await draft.get_by_text("Edit", exact=True).click()
    await draft.get_by_label("In the thread").fill("Within 7 working days. [2]")
    await draft.get_by_role("button", name="Send").click()
    await expect(draft.get_by_label("In the thread")).to_be_hidden()
    [(action, form)] = clicks(desk)
    assert (action, form["part0"]) == ("edit", "Within 7 working days. [2]")
    assert form["part1"].startswith("You were charged twice")


async def test_the_customers_buttons_work(page: Page, played: Scene, desk: FakeDesk) -> None:
    await page.reload()
    await customer(page).get_by_role("button", name="Get a human").click()
    await customer(page).locator("summary").get_by_text("4", exact=True).click()
    scores = customer(page).locator("details[open]")
    await scores.get_by_label("Anything to add?").fill("Quick!")
    await scores.get_by_role("button", name="Send").click()
    await expect(scores).to_have_count(0)
    assert clicks(desk) == [("get_human", {}), ("csat_4", {"comment": "Quick!"})]


async def test_a_decided_card_is_a_line(page: Page, played: Scene, workspace: LocalWorkspace) -> None:
    decided = post("o-8", Place(AGENTS), Purpose.DRAFT_CARD, (Header("Approved by Lea at 10:12  for Mara Voss"),))
    await workspace.edit(played.draft, decided)
    await expect(card(page, played.draft).get_by_text("Approved by Lea at 10:12")).to_be_visible()
    box = await card(page, played.draft).locator(".card").bounding_box()
    assert box
    assert box["height"] < 60


async def test_what_somebody_is_writing_survives_a_change_of_the_card(page: Page, played: Scene, workspace: LocalWorkspace, desk: FakeDesk) -> None:
    await page.reload()
    draft = card(page, played.draft)
    await draft.get_by_text("Edit", exact=True).click()
    await draft.get_by_label("In the thread").fill("My own words")
    await workspace.edit(played.draft, post("o-8", Place(AGENTS), Purpose.DRAFT_CARD, (Header("Approved by Lea at 10:12"),)))
    await expect(draft.get_by_text("This changed while you were writing.")).to_be_visible()
    await expect(draft.get_by_label("In the thread")).to_have_value("My own words")
    await draft.get_by_role("button", name="Send").click()
    await expect(draft.get_by_text("Approved by Lea at 10:12")).to_be_visible()
    assert [form["part0"] for _, form in clicks(desk)] == ["My own words"]


async def test_what_is_refused_is_said_and_stays_in_its_form(page: Page, workspace: LocalWorkspace) -> None:
    await customer(page).locator(".composer textarea").fill("   ")
    await customer(page).locator(".composer textarea").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("write something first")
    await expect(customer(page).locator(".composer textarea")).to_have_value("   ")


async def test_a_suggestion_puts_the_words_in_the_right_mouth(page: Page) -> None:
    # Nothing was said here yet, so the suggestions stand open.
    await customer(page).get_by_text("This is STILL not solved.").click()
    await expect(customer(page).get_by_label("You are")).to_have_value("yuki-tan")
    await expect(customer(page).locator(".composer textarea")).to_have_value("This is STILL not solved.")
    await expect(customer(page).get_by_text("An urgent card.")).to_be_visible()
    await customer(page).locator(".composer textarea").press("Enter")
    await expect(customer(page).locator(".words").get_by_text("This is STILL not solved.")).to_be_visible()
    await expect(page).to_have_url(re.compile("as=yuki-tan&in=acme-shared"))


async def test_choosing_another_person_shows_their_side(page: Page, played: Scene) -> None:
    await customer(page).get_by_label("You are").select_option("sam-quill")
    await expect(customer(page).get_by_label("You are")).to_have_value("sam-quill")
    await expect(customer(page).get_by_text("How was this support?")).to_have_count(0)
    await team(page).get_by_label("Teammate").select_option("lea")
    await expect(page).to_have_url(re.compile("as=sam-quill.*team=lea"))
    await page.reload()
    await expect(customer(page).get_by_label("You are")).to_have_value("sam-quill")
    await expect(team(page).get_by_label("Teammate")).to_have_value("lea")


async def test_the_page_finds_back_after_the_connection_was_lost(page: Page, workspace: LocalWorkspace) -> None:
    await page.context.set_offline(True)
    await write(customer(page), "Are you there?")
    await expect(page.get_by_role("alert")).to_contain_text("what you wrote is still here")
    await expect(customer(page).locator(".composer textarea")).to_have_value("Are you there?")
    await page.context.set_offline(False)
    await customer(page).locator(".composer textarea").press("Enter")
    await expect(customer(page).locator(".composer textarea")).to_have_value("")


ATTACKS = [
    '<img src=x onerror="document.title = 1">',
    "<script>document.title = 1</script>",
    "[press me](javascript:document.title=1)",
    "![x](javascript:document.title=1)",
    '"><svg onload="document.title = 1">',
    "\u202e moc.elpmaxe",
    "{{ 7 * 7 }}",
    "x" * 5000,
]


async def test_markup_that_people_send_stays_text(page: Page, workspace: LocalWorkspace) -> None:
    title = await page.title()
    for text in ATTACKS:
        await workspace.say(MARA, Place(COMMUNITY), text)
        await workspace.send(post(f"o-{text[:9]}", Place(AGENTS), Purpose.DRAFT_CARD, (Header(text, text), Text(text), *DRAFT)))
    await expect(team(page).locator(".post")).to_have_count(len(ATTACKS))
    await expect(customer(page).locator(".post")).to_have_count(len(ATTACKS))
    assert await page.title() == title
    assert await page.locator('.talk img[src="x"], .talk script, .talk svg, .talk a[href^="javascript"]').count() == 0
    assert await customer(page).locator(".words").get_by_text("{{ 7 * 7 }}").count() == 1
    assert "\u202e" not in await page.content()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a long word widens the page"


async def test_everything_can_be_done_with_the_keyboard(page: Page, played: Scene, desk: FakeDesk) -> None:
    await page.reload()
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Skip to the conversations")).to_be_focused()
    draft = card(page, played.draft)
    await draft.locator("summary").get_by_text("Reject...").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(draft.get_by_label("Reason")).to_be_focused()
    await page.keyboard.press("T")
    for key in ("Tab", "Tab"):
        await page.keyboard.press(key)
    await expect(draft.get_by_role("button", name="Reject", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(draft.locator("details[open]")).to_have_count(0)
    assert clicks(desk) == [("reject", {"why": "tone", "note": ""})]


async def test_escape_closes_a_form_and_goes_back_to_its_button(page: Page, played: Scene) -> None:
    await page.reload()
    summary = card(page, played.draft).locator("summary").get_by_text("Edit", exact=True)
    await summary.click()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(summary).to_be_focused()


async def test_what_can_be_pressed_or_filled_in_has_a_name(page: Page, played: Scene) -> None:
    await page.reload()
    nameless = """() => [...document.querySelectorAll('button, select, textarea, input:not([type=hidden]), a, summary')]
        .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length || e.title)).map(e => e.outerHTML)"""
    assert await page.evaluate(nameless) == []
    ids = await page.evaluate("() => [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    await expect(page.locator('.talk[role="log"][aria-live="polite"]')).to_have_count(2)


async def test_a_phone_shows_one_side_at_a_time_and_a_cards_first_lines(page: Page, played: Scene) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.reload()
    await expect(team(page)).to_be_hidden()
    await page.get_by_text("Team", exact=True).click()
    await expect(customer(page)).to_be_hidden()
    draft = card(page, played.draft)
    await draft.evaluate("post => post.scrollIntoView()")
    for line in ("Draft for Mara Voss", "high 71", "first response due 14:20", "We were charged twice this morning", "#acme-shared", "in the thread"):
        await expect(draft.get_by_text(line).first).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inner = """card => [...card.querySelectorAll(':not(pre, textarea)')].every(e =>
        e.scrollHeight <= e.clientHeight + 2 || !['auto', 'scroll'].includes(getComputedStyle(e).overflowY))"""
    assert await draft.locator(".card").evaluate(inner), "something in the card scrolls by itself"


async def test_a_phones_other_side_says_that_it_has_news(page: Page, workspace: LocalWorkspace) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await workspace.send(post("o-1", Place(AGENTS), Purpose.DRAFT_CARD, DRAFT))
    await expect(page.locator("label.news")).to_have_text("Team")


FAINT = """() => {
    const parse = color => color.match(/[\\d.]+/g).map(Number);
    const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
    const ground = e => {
        const own = parse(getComputedStyle(e).backgroundColor);
        return own.length < 4 || own[3] > 0 ? own : e.parentElement ? ground(e.parentElement) : [255, 255, 255];
    };
    const worded = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const speaks = e => worded(e) && e.offsetParent && !e.closest('.hidden, .acts, option');
    return [...document.querySelectorAll('body *')].filter(speaks).map(e => {
        const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
        return [(a + .05) / (b + .05), e.className, e.textContent.trim().slice(0, 30)];
    }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_its_ground(page: Page, played: Scene, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.reload()
    assert await page.evaluate(FAINT) == []


async def test_a_ticket_is_one_link_away(page: Page, played: Scene, desk: FakeDesk) -> None:
    desk.shows = ticket_view
    await page.reload()
    await card(page, played.draft).get_by_role("link", name="Ticket and why").click()
    await expect(page.get_by_text("The answer is not sure enough")).to_be_visible()
    await page.get_by_text("Facts and versions").first.click()
    await expect(page.get_by_text("extractive@1").first).to_be_visible()


@pytest.mark.parametrize("width", [1200, 360])
async def test_what_the_model_took_opens_on_a_ticket_and_keeps_inside_the_page(page: Page, played: Scene, desk: FakeDesk, width: int) -> None:
    desk.shows = called_view
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(page.url.partition("?")[0] + "ticket/t-h2k4m6p8r2t4v?team=lea")
    await page.get_by_text("2 calls of the language model, 1 failed").click()
    await expect(page.get_by_role("row", name="answer claude-big 1,200 950 8,000 210 0.0312 2.1")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1200, 360])
async def test_notes_for_the_team_are_whole_and_nothing_in_them_is_markup(page: Page, workspace: LocalWorkspace, width: int) -> None:
    lines = (*(f'• Asked: "{"word " * 30}" (Mara Voss 10:0{n})' for n in range(6)), "**bold** [here](https://evil.example) <b>@here</b>")
    await workspace.send(post("o-1", Place(AGENTS), Purpose.ESCALATION_CARD, (Header("Needs a human"), Notes("So far, in short", lines))))
    await page.set_viewport_size({"width": width, "height": 900})
    shown = team(page).locator(".notes") if width > 400 else page.locator(".notes")
    await expect(shown.locator("p")).to_have_text(["So far, in short", *lines], use_inner_text=False)
    assert await shown.locator("a, b, strong").count() == 0
    assert await shown.evaluate("notes => notes.scrollHeight <= notes.clientHeight && notes.scrollWidth <= notes.clientWidth")


@pytest.mark.parametrize("width", [1200, 360])
async def test_a_tickets_page_says_what_it_came_to_and_leads_to_the_messages(page: Page, played: Scene, desk: FakeDesk, width: int) -> None:
    desk.shows = summed_view
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(page.url.partition("?")[0] + "ticket/t-h2k4m6p8r2t4v?team=lea")
    titles = await page.locator(".summed h2").all_inner_texts()
    assert titles == ["For whoever takes it over", "Note for the customer record"]
    await expect(page.get_by_text("not found in the conversation: Refund promised.")).to_be_visible()
    await page.locator(".summed a").first.click()
    assert page.url.endswith("#m-1")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_teammates_see_what_others_do(page: Page, workspace: LocalWorkspace) -> None:
    ref = await workspace.send(post("o-1", Place(AGENTS), Purpose.DRAFT_CARD, DRAFT))
    await workspace.say(LEA, Place(AGENTS, ref.id), "I take this one")
    await expect(team(page).locator(".reply").get_by_text("I take this one")).to_be_visible()


async def test_what_is_needed_less_often_stands_behind_a_menu(page: Page, played: Scene, desk: FakeDesk) -> None:
    await page.reload()
    draft = card(page, played.draft)
    await expect(draft.get_by_text("Assign...")).to_be_hidden()
    await draft.locator(".more > summary").focus()
    await page.keyboard.press("Enter")
    await draft.get_by_role("button", name="Mute").click()
    await expect(draft.get_by_text("Assign...")).to_be_hidden()
    await draft.locator(".more > summary").click()
    await draft.get_by_text("Assign...").click()
    await draft.get_by_label("Who?").select_option("Lea")
    await draft.locator(".act[open] .ends button").click()
    await expect(draft.get_by_label("Who?")).to_be_hidden()
    assert clicks(desk) == [("mute", {}), ("assign", {"teammate": "lea"})]


async def test_nobody_is_chosen_by_an_enter_too_many(page: Page, played: Scene, desk: FakeDesk) -> None:
    await page.reload()
    draft = card(page, played.draft)
    await draft.locator(".more > summary").click()
    await draft.get_by_text("Assign...").click()
    await expect(draft.get_by_label("Who?")).to_have_value("")
    await draft.locator(".act[open] .ends button").click()
    await expect(draft.get_by_label("Who?")).to_be_visible()
    assert clicks(desk) == []


@pytest.mark.parametrize("width", [1400, 390])
async def test_an_open_menu_keeps_inside_its_card(page: Page, played: Scene, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    await page.reload()
    if width < 700:
        await page.locator('label[for="show-team"]').click()
    draft = card(page, played.draft)
    await draft.locator(".more > summary").click()
    await draft.get_by_text("Assign...").click()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    outer, inner = await draft.locator(".card").bounding_box(), await draft.locator(".more .inset").first.bounding_box()
    assert outer
    assert inner
    assert inner["x"] >= outer["x"]
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


async def test_of_two_buttons_of_one_name_the_one_that_is_pressed_counts(page: Page, workspace: LocalWorkspace, desk: FakeDesk) -> None:
    pairs = tuple(Buttons((Button("right", "Right", TICKET, subject), Button("wrong", "Wrong", TICKET, subject))) for subject in ("x-1", "x-2"))
    at = await workspace.send(post("o-5", Place(AGENTS), Purpose.NOTICE, pairs))
    for n in (1, 0):
        await card(page, at).get_by_role("button", name="Right").nth(n).click()
        await expect(page.locator("#notice")).to_be_empty()
    await page.wait_for_function("() => !document.querySelector('button[disabled]')")
    assert [event.subject for event in desk.heard if isinstance(event, ButtonClicked)] == ["x-2", "x-1"]


async def test_a_link_to_a_message_leads_to_its_channel(page: Page, played: Scene, workspace: LocalWorkspace) -> None:
    link = Text(f"[#community](message:{played.question})")
    at = await workspace.send(post("o-5", Place(AGENTS), Purpose.NOTICE, (link,)))
    await card(page, at).get_by_text("#community").click()
    await expect(team(page).get_by_label("Channel")).to_have_value("community")
    await expect(card(page, played.question)).to_be_in_viewport()
