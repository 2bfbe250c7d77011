"""The documentation: links lead somewhere, commands can be given, and what is named exists."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.app import app
from cli.play.verbs import VERBS
from handlers.commands.table import COMMANDS
from settings import Settings, variable

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETTING = re.compile(r"\b(?:FRONTDESK|ANTHROPIC)_[A-Z_]+\b")
SETTINGS = set(map(variable, Settings.model_fields))
SECTION = re.compile(r"`\[([a-z_.]+)\]`")
KEY = re.compile(r"`([a-z]+(?:\.[a-z_]+)+)`")
HIGHEST = 120
POLICY = tomllib.loads((ROOT / "policy.toml").read_text("utf-8"))
TYPER = typer.main.get_command(app)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
SHELL = {"export"}
STORY = {"setup", "step.form", "step.set"}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def prose(page: Path) -> str:
    return BLOCK.sub("", page.read_text("utf-8"))


def anchor(heading: str) -> str:
    """Return a heading as GitHub links to it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


def shell_lines(page: Path) -> Iterator[str]:
    """Yield the commands of a page's shell blocks, without the variables set in front of them."""
    for language, block in BLOCK.findall(page.read_text("utf-8")):
        if language == "sh":
            yield from (re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line) for line in block.splitlines() if line and not line.startswith("#"))


def is_command(line: str) -> bool:
    """Tell whether a line can be given: a target of the Makefile, a command of ours, or a program that is there."""
    program, *words = line.split()
    if program == "make":
        return set(words[:1]) <= TARGETS
    if program == "./frontdesk":
        return is_ours(words)
    return program in SHELL | {"docker"} or (program == ".venv/bin/python" and is_run(words))


def is_ours(words: list[str]) -> bool:
    command = getattr(TYPER, "commands", {}).get(words[0])
    options = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}
    inner = getattr(command, "commands", None)
    return command is not None and (words[1] in inner if inner else {word for word in words if re.match(r"--?[a-z]", word)} <= options)


def is_run(words: list[str]) -> bool:
    if words[0] == "-m":
        return words[1] == "pip" or (ROOT / f"{words[1].replace('.', '/')}.py").exists()
    return (ROOT / words[0]).exists()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(prose(page)):
        path, _, part = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not part or part in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_in_a_shell_block_can_be_given(page):
    for line in shell_lines(page):
        assert is_command(line), line


@pytest.mark.parametrize("line", ["make demoo", "./frontdesk serve", "./frontdesk search x --kk 3", "./frontdesk policy set", "curl x"])
def test_a_command_that_is_not_there_would_be_found(line):
    assert not is_command(line)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_setting_that_is_named_exists(page):
    assert set(SETTING.findall(page.read_text("utf-8"))) - {"FRONTDESK_TEST_REQUIRE_ALL"} <= SETTINGS


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_policy_section_and_key_that_is_named_exists(page):
    text = prose(page)
    for path in [
        *(section for section in SECTION.findall(text) if section not in STORY),
        *(key for key in KEY.findall(text) if key.split(".")[0] in POLICY and not key.endswith((".toml", ".py", ".safetensors"))),
    ]:
        table = POLICY
        for part in path.split("."):
            assert part in table, path
            table = table[part]


def test_the_settings_page_lists_every_setting():
    assert set(SETTING.findall(read("docs/run.md"))) == SETTINGS


def test_the_policy_page_explains_every_section():
    assert set(re.findall(r"^\| `\[([a-z]+)\]`", read("docs/policy.md"), re.MULTILINE)) == set(POLICY)


def test_the_play_page_lists_every_verb():
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", read("docs/play.md").partition("## Steps")[2], re.MULTILINE)
    assert {verb for row in rows for verb in re.findall(r"\w+", row)} == set(VERBS)


def test_the_teammates_page_lists_every_command():
    text = read("docs/teammates.md").partition("## Commands")[2]
    assert [command for command in COMMANDS if not re.search(rf"`(?:/frontdesk )?{command}\b", text)] == []


def test_the_changelog_lists_every_command():
    commands = {word for word, command in getattr(TYPER, "commands", {}).items() if not command.hidden}
    assert [word for word in commands if f"`{word}`" not in read("CHANGELOG.md")] == []


def test_every_record_of_a_decision_is_listed_and_complete():
    index = read("docs/index.md")
    for record in (ROOT / "docs" / "adr").glob("*.md"):
        assert f"adr/{record.name}" in index
        text = record.read_text("utf-8")
        assert [part for part in ("**Context.**", "**Decision.**", "**Lost alternative", "**Consequences.**") if part not in text] == []


def test_every_page_can_be_found_from_the_index():
    index = read("docs/index.md")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "index.md" and page.name not in index] == []


def test_the_readme_fits_and_shows_its_picture():
    picture = ROOT / "docs" / "images" / "workspace.png"
    assert len(read("README.md").splitlines()) <= HIGHEST
    assert picture.stat().st_size < 300_000


def test_every_test_that_the_architecture_page_names_exists():
    for path in re.findall(r"`(tests/[\w/]+\.py)", read("docs/architecture.md")):
        assert (ROOT / path).exists(), path


def test_every_story_that_a_page_names_exists():
    for page in PAGES:
        for path in re.findall(r"`?(demo/stories/[\w-]+\.toml)", page.read_text("utf-8")):
            assert (ROOT / path).exists(), path
