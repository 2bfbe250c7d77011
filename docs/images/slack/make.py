"""The pictures of docs/slack.md: `.venv/bin/python docs/images/slack/make.py` draws our cards as Slack would and photographs them.

Needs Chromium on PATH. Nothing is sent anywhere; with a folder as argument the pictures go there.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

import page  # noqa: E402
import scenes  # noqa: E402

from bot.slack.blocks import drawn  # noqa: E402
from bot.slack.modals import home, modal  # noqa: E402
from desk.cards import Card  # noqa: E402

URL = "https://pelican-ledger.slack.com/"
WIDTHS = {"": 760, "-phone": 390}


def main() -> None:
    """Take every picture at both widths."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, html in pictures().items():
            for suffix, width in WIDTHS.items():
                shot = browser.new_page(viewport={"width": width, "height": 100}, color_scheme="light")
                shot.set_content(page.page(html, phone=bool(suffix)))
                shot.screenshot(path=folder / f"{name}{suffix}.png", full_page=True)
                shot.close()
        browser.close()


def pictures() -> dict[str, str]:
    """Return what is shown, by the picture's name."""
    edit = scenes.edit_form()
    assert edit.form is not None
    return {
        "draft": _message(scenes.draft_card()),
        "escalation": _message(scenes.escalation_card(), "U0LEA"),
        "automatic": _message(scenes.auto_card()),
        "answer": _message(scenes.answer()),
        "holding": _message(scenes.holding()) + _message(scenes.csat()),
        "edit": page.view(modal(edit.form, submits={})),
        "setup": _message(scenes.set_up()),
        "setup-form": page.view(modal(scenes.set_up_form(), submits={})),
        "home": page.view(home(scenes.home_card(), "home")),
    }


def _message(card: Card, *to: str) -> str:
    return page.message(list(drawn(card, carrier="k-1", url=URL, to=to).blocks))


if __name__ == "__main__":
    main()
