"""aimock is taken from where it was installed, and its absence is a reason to skip."""

from pathlib import Path

import pytest

from tests.support.aimock import Installed
from tests.support.needs import aimock_program


@pytest.fixture(autouse=True)
def promised_nothing(monkeypatch):
    monkeypatch.delenv("FRONTDESK_TEST_REQUIRE_ALL", raising=False)
    monkeypatch.delenv("AIMOCK_CLI_PATH", raising=False)


def path_with(folder: Path, **programs: str) -> str:
    """Make a folder of programs that say one line each, and return it."""
    for name, says in programs.items():
        (folder / name).write_text(f"#!/bin/sh\necho {says}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def installed(folder: Path) -> Path:
    program = folder / "@copilotkit" / "aimock" / "dist" / "cli.js"
    program.parent.mkdir(parents=True)
    program.touch()
    return program


@pytest.mark.parametrize(
    ("programs", "reason"),
    [
        pytest.param({}, "Node 20 or newer", id="no Node"),
        pytest.param({"node": "v18.20.4"}, "Node 20 or newer", id="an old Node"),
        pytest.param({"node": "Segmentation fault"}, "Node 20 or newer", id="a Node that says nothing of its age"),
        pytest.param({"node": "v22.1.0"}, "npm install --global @copilotkit/aimock@1.43.0", id="no npm"),
        pytest.param({"node": "v22.1.0", "npm": "/nowhere/lib"}, "npm install --global @copilotkit/aimock@1.43.0", id="no aimock"),
    ],
)
def test_what_is_missing_is_the_reason_to_skip(programs, reason, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", path_with(tmp_path, **programs))
    with pytest.raises(pytest.skip.Exception, match=reason):
        aimock_program()


def test_what_was_promised_fails_instead(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("FRONTDESK_TEST_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="Node 20 or newer"):
        aimock_program()


def test_aimock_is_found_where_npm_installs_for_everybody(tmp_path, monkeypatch):
    program = installed(tmp_path / "lib")
    monkeypatch.setenv("PATH", path_with(tmp_path, node="v20.20.2", npm=f"{tmp_path}/lib"))
    assert aimock_program() == program


def test_a_path_in_the_environment_comes_first(tmp_path, monkeypatch):
    named = installed(tmp_path / "mine")
    monkeypatch.setenv("AIMOCK_CLI_PATH", str(named))
    monkeypatch.setenv("PATH", path_with(tmp_path, node="v20.20.2", npm="/nowhere/lib"))
    assert aimock_program() == named


def test_what_is_not_installed_is_not_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", path_with(tmp_path, node="v20.20.2"))
    monkeypatch.setattr(Installed, "_download_tarball", lambda _: pytest.fail("it was about to download"))
    with pytest.raises(pytest.skip.Exception):
        Installed().ensure_installed()
