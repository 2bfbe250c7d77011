"""Programs that some tests need: skip where one is absent, fail where it was promised."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

AIMOCK = "@copilotkit/aimock"
OLDEST_NODE = 20
"""What aimock runs on."""


def lacking(reason: str) -> NoReturn:
    """Skip the test for `reason`, or fail it where FRONTDESK_TEST_REQUIRE_ALL says that everything is installed."""
    if os.environ.get("FRONTDESK_TEST_REQUIRE_ALL"):
        pytest.fail(f"FRONTDESK_TEST_REQUIRE_ALL is set, but {reason}", pytrace=False)
    pytest.skip(reason)


def aimock_program() -> Path:
    """Return aimock's program: the one that AIMOCK_CLI_PATH names, else the one that npm installed globally. Nothing is downloaded."""
    node = shutil.which("node")
    if node is None or _major(node) < OLDEST_NODE:
        lacking(f"Node {OLDEST_NODE} or newer is not installed, which aimock runs on")
    program = Path(os.environ.get("AIMOCK_CLI_PATH") or _global_packages() / AIMOCK / "dist" / "cli.js")
    if not program.is_file():
        lacking(f"aimock is not installed (npm install --global {AIMOCK}@1.43.0, or AIMOCK_CLI_PATH)")
    return program


def _major(node: str) -> int:
    said = re.match(r"v(\d+)", _said(node, "--version"))
    return int(said[1]) if said else 0


def _global_packages() -> Path:
    npm = shutil.which("npm")
    return Path(_said(npm, "root", "--global") if npm else "/nowhere")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.strip()
