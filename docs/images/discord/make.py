"""The pictures of docs/discord.md: `.venv/bin/python docs/images/discord/make.py` draws our cards as Discord would and photographs them.

Needs Chromium on PATH. Nothing is sent anywhere; with a folder as argument the pictures go there.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2]), str(HERE.parent / "slack")]

import scenes  # noqa: E402

from bot.discord import draw  # noqa: E402
from desk.cards import Button, Buttons, Card, Text  # noqa: E402
from desk.ids import TicketId  # noqa: E402

sys.modules.pop("page", None)
import page  # noqa: E402

WIDTHS = {"": 720, "-phone": 390}


def main() -> None:
    """Take every picture at both widths."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, html in pictures().items():
            for suffix, width in WIDTHS.items():
                shot = browser.new_page(viewport={"width": width, "height": 100})
                shot.set_content(page.page(html, phone=bool(suffix)))
                shot.screenshot(path=folder / f"{name}{suffix}.png", full_page=True)
                shot.close()
        browser.close()


def pictures() -> dict[str, str]:
    """Return what is shown, by the picture's name."""
    return {
        "draft": _card(scenes.draft_card()),
        "escalation": _card(scenes.escalation_card(), draw.Ping(("100",), ("300",))),
        "automatic": _card(scenes.auto_card()),
        "answer": _text(scenes.answer()),
        "holding": _text(scenes.holding()) + _text(scenes.csat()),
        "private": _text(_offer(), draw.Ping(("200",))),
        "setup": _card(scenes.set_up()),
    }


def _offer() -> Card:
    return Card((Text(scenes.POLICY.phrase("private_offer", "en")), Buttons((Button("show_privately", "Show me privately", TicketId("t-1")),))))


def _card(card: Card, to: draw.Ping = draw.NOBODY) -> str:
    return page.message([draw.components(card, carrier="k-1", to=to)])


def _text(card: Card, to: draw.Ping = draw.NOBODY) -> str:
    return page.message(draw.texts(card, carrier="o-1", to=to))


if __name__ == "__main__":
    main()
