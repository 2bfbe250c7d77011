"""The image: what .dockerignore lets into it is enough to run from, and nothing else gets in."""

import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.test_imports import sources

ROOT = Path(__file__).parents[1]
RULES = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and not line.startswith("#")]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def is_sent(path: Path) -> bool:
    """Tell whether Docker sends a file of the checkout: the last rule that fits it, or a folder above it, decides."""
    names = ["/".join(path.parts[:depth]) for depth in range(1, len(path.parts) + 1)]
    sent = True
    for rule in RULES:
        if any(fits(name, rule.removeprefix("!")) for name in names):
            sent = rule.startswith("!")
    return sent


def fits(name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(name.rpartition("/")[2], pattern.removeprefix("**/"))
    return name.count("/") == pattern.count("/") and fnmatch(name, pattern)


def context() -> list[Path]:
    """Return the files that Docker sends, relative to the checkout."""
    tops = [path for path in ROOT.iterdir() if path.name not in {".venv", ".git"}]
    files = [file for top in tops for file in ([top] if top.is_file() else top.rglob("*")) if file.is_file()]
    return [file.relative_to(ROOT) for file in files if is_sent(file.relative_to(ROOT))]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """Return a folder that is laid out as the image is."""
    folder = tmp_path_factory.mktemp("image")
    for file in context():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(ROOT / file, folder / file) if file.suffix == ".onnx" else (folder / file).write_bytes((ROOT / file).read_bytes())
    (folder / "frontdesk").chmod(0o755)
    os.symlink(sys.prefix, folder / ".venv")
    return folder


def run(image: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "FRONTDESK_HOME": str(home / "kept")}
    return subprocess.run(["./frontdesk", *arguments], cwd=image, env=environment, capture_output=True, text=True, check=False)


def test_everything_is_well_where_only_the_image_is(image, tmp_path):
    found = run(image, tmp_path, "doctor")
    assert (found.returncode, [line for line in found.stdout.splitlines() if line.startswith("FAIL")]) == (0, [])


def test_the_demos_articles_and_stories_are_in_the_image(image, tmp_path):
    found = run(image, tmp_path, "play", "demo/stories/answered.toml")
    assert (found.returncode, found.stderr) == (0, "")


def test_every_module_of_ours_is_in_the_image():
    assert [name for name, path in sources().items() if not is_sent(path.relative_to(ROOT))] == []


@pytest.mark.parametrize(
    "path", [".env", ".git/config", "tests/fakes.py", "frontdesk.log", "desk/__pycache__/events.cpython-311.pyc", "home/frontdesk.db"]
)
def test_nothing_else_is_in_the_image(path):
    assert not is_sent(Path(path))


def test_what_the_build_copies_by_name_is_sent_to_it():
    copied = [word for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split() if word != "."]
    assert copied
    assert [name for name in copied if not is_sent(Path(name))] == []


def test_the_entry_point_is_the_launcher_of_a_checkout():
    assert re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE) == ['["./frontdesk"]']
    assert os.access(ROOT / "frontdesk", os.X_OK)
