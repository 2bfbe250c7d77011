"""The README's picture: `.venv/bin/python docs/images/make.py` plays a short conversation in the demo and photographs it.

Needs Chromium on PATH. The demo runs on a free port and in a temporary home.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("workspace.png")
WIDTH, HEIGHT = 1400, 1080
SCENE = {"as": "bruno-keller", "in": "community", "team": "jonas-reed"}
ANSWERED = "How long is an invitation valid?"
WAITING = "My two-factor code is not accepted any more."


def main() -> None:
    """Take the picture."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(address + "/?" + "&".join(f"{key}={value}" for key, value in SCENE.items()))
        ask(page, ANSWERED, until="Answered automatically")
        ask(page, WAITING, until="Draft for Bruno Keller")
        page.locator("#say-customer").blur()
        page.wait_for_timeout(1000)
        page.screenshot(path=PICTURE)
        browser.close()


def ask(page: Page, text: str, *, until: str) -> None:
    """Write as the customer and wait for the card that the team sees."""
    page.fill("#say-customer", text)
    page.keyboard.press("Enter")
    page.wait_for_function("words => document.querySelector('#side-team').innerText.replace(/\\s+/g, ' ').includes(words)", arg=until)


@contextmanager
def demo() -> Iterator[str]:
    """Serve the demo company for a while; yield its address."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, str(ROOT / "main.py"), "demo", "--port", "0"]
        served = subprocess.Popen(command, env={**os.environ, "FRONTDESK_HOME": home}, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            assert served.stdout is not None
            yield served.stdout.readline().strip()
        finally:
            served.terminate()
            served.wait()


if __name__ == "__main__":
    main()
