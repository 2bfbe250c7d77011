"""The policy source: three layers, read again when they change, and mistakes that name their line."""

import logging
import os
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from desk.changes import SetOverride
from desk.errors import Misconfigured
from desk.modes import Mode
from desk.policy_check import PolicyError
from store.database import Database
from store.overrides import SqlOverrides
from store.policy import FilePolicySource
from store.repository import SqlStore
from tests.store.samples import NOW, commit, minutes

SHIPPED = Path("policy.toml")
_moments = count(1_800_000_000)
SOON = 365 * 24 * 60
"""Minutes after which a command is given later than any file was written."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


@pytest.fixture
def overrides(database: Database) -> SqlOverrides:
    return SqlOverrides(database)


@pytest.fixture
def source(file: Path, overrides: SqlOverrides) -> FilePolicySource:
    return FilePolicySource(SHIPPED, file, overrides)


def write(file: Path, text: str) -> None:
    """Write a file at a moment of its own, however fast the test is."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, (next(_moments),) * 2)


async def override(store: SqlStore, path: str, value: object, *, by: str = "Ruth", at: float = 0) -> None:
    await commit(store, SetOverride(path, value, by, "busy week", NOW + minutes(at)))


async def test_without_a_file_the_shipped_policy_is_in_force(source: FilePolicySource):
    assert (await source.current()).modes.default is Mode.OBSERVE


async def test_the_file_wins_over_what_is_shipped_key_by_key(source: FilePolicySource, file: Path):
    write(file, '[tickets]\nwindow = "30m"\n')
    policy = await source.current()
    assert (policy.tickets.window, policy.tickets.reopen) == (timedelta(minutes=30), timedelta(days=14))


async def test_an_override_wins_over_the_file_until_it_is_taken_away(source: FilePolicySource, file: Path, store: SqlStore):
    write(file, '[tickets]\nwindow = "30m"\n')
    await override(store, "tickets.window", "10m")
    assert (await source.current()).tickets.window == timedelta(minutes=10)
    await override(store, "tickets.window", None)
    assert (await source.current()).tickets.window == timedelta(minutes=30)


async def test_a_saved_text_is_kept_as_it_was_under_every_version_that_a_decision_may_name(
    source: FilePolicySource, file: Path, overrides: SqlOverrides
):
    macro = '[macros.refund]\ntitle = "Refund times"\naudience = "public"\ntext = "{}"\n'
    write(file, macro.format("Five to seven days."))
    then = await source.current()
    write(file, macro.format("A month."))
    now = await source.current()
    assert now.macros["refund"].text == "A month."
    assert [found.version for found in await overrides.versions()] == [then.version, now.version]
    old = await overrides.version(then.version)
    assert old is not None
    assert old.resolved["macros"]["refund"]["text"] == "Five to seven days."
    assert (then.hashes["macros"] != now.hashes["macros"], then.hashes["phrases"]) == (True, now.hashes["phrases"])


async def test_a_change_of_the_file_counts_at_once_and_makes_a_version(source: FilePolicySource, file: Path, overrides: SqlOverrides):
    before = await source.current()
    write(file, '[modes]\ndefault = "auto"\n')
    after = await source.current()
    assert after.modes.default is Mode.AUTO
    assert after.version != before.version
    assert after.hashes["tickets"] == before.hashes["tickets"]
    kept = await overrides.version(after.version)
    assert kept
    assert (kept.by, kept.resolved["modes"]["default"]) == ("policy.toml", "auto")


async def test_a_version_made_by_command_names_its_author_and_reason(source: FilePolicySource, store: SqlStore, overrides: SqlOverrides):
    await override(store, "csat.ask", False, at=1e6)
    kept = await overrides.version((await source.current()).version)
    assert kept
    assert (kept.by, kept.reason, kept.at) == ("Ruth", "busy week", NOW + minutes(1e6))


async def test_a_version_that_comes_back_keeps_its_first_author(source: FilePolicySource, store: SqlStore, overrides: SqlOverrides):
    first = (await source.current()).version
    await override(store, "csat.ask", False)
    await source.current()
    await override(store, "csat.ask", None, by="Leo")
    assert (await source.current()).version == first
    assert len(await overrides.versions()) == 2


async def test_an_unchanged_policy_is_not_read_again(source: FilePolicySource):
    assert await source.current() is await source.current()


async def test_a_file_that_became_wrong_leaves_the_last_good_policy_and_is_told_once(
    source: FilePolicySource, file: Path, caplog: pytest.LogCaptureFixture
):
    write(file, '[tickets]\nwindow = "30m"\n')
    good = await source.current()
    write(file, '[tickets]\nwindow = "soon"\n')
    with caplog.at_level(logging.WARNING):
        assert [await source.current() for _ in range(3)] == [good] * 3
    assert len(caplog.records) == 1
    assert f"{file}:2: tickets.window = 'soon'" in caplog.text


async def test_a_wrong_override_leaves_the_last_good_policy_and_names_who_set_it(
    source: FilePolicySource, store: SqlStore, caplog: pytest.LogCaptureFixture
):
    good = await source.current()
    await override(store, "answers.threshold", 7)
    assert await source.current() == good
    assert "set by Ruth: answers.threshold = 7: write a number from 0 to 1" in caplog.text


async def test_at_the_start_every_mistake_is_told_with_its_line(source: FilePolicySource, file: Path):
    write(file, '# mine\n[tickets]\nwindwo = "30m"\n\n[answers]\nthreshold = 1.5\nhosts = ["a.example", 3]\n')
    with pytest.raises(Misconfigured) as caught:
        await source.current()
    assert str(caught.value).splitlines() == [
        f"{file}:3: tickets.windwo = '30m': there is no such key; did you mean 'window'?",
        f"{file}:6: answers.threshold = 1.5: write a number from 0 to 1",
        f"{file}:7: answers.hosts.1 = 3: write text in quotes",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('[modes]\ndefault = "auto\n', "2", id="a quote that is not closed"),
        pytest.param("[modes]\n\ndefault == 3\n", "3", id="two equals signs"),
        pytest.param('[modes]\ndefault = "auto"\ndefault = "draft"\n', "3", id="a key given twice"),
        pytest.param("[modes\n", "1", id="a bracket that is not closed"),
    ],
)
async def test_a_mistake_in_the_syntax_names_its_line(source: FilePolicySource, file: Path, text: str, line: str):
    write(file, text)
    with pytest.raises(Misconfigured, match=rf"policy\.toml:{line}: .*not TOML"):
        await source.current()


async def test_a_file_that_is_not_text_is_named(source: FilePolicySource, file: Path):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Misconfigured, match=r"policy\.toml: the policy cannot be read"):
        await source.current()


async def test_a_preview_says_what_would_be_and_changes_nothing(source: FilePolicySource, store: SqlStore):
    await override(store, "csat.ask", False)
    assert (await source.preview({"tickets.window": "10m"})).tickets.window == timedelta(minutes=10)
    assert (await source.preview({"csat.ask": None})).csat.ask
    assert (await source.current()).tickets.window == timedelta(minutes=60)


async def test_a_preview_of_a_mistake_says_what_to_write(source: FilePolicySource):
    with pytest.raises(PolicyError, match="write one of observe, draft, auto"):
        await source.preview({"modes.default": "autoo"})


async def test_the_difference_shows_every_layer_that_sets_a_key(source: FilePolicySource, file: Path, store: SqlStore):
    write(file, '[tickets]\nwindow = "30m"\nreopen = "14d"\n[answers.thresholds]\nbilling = 0.9\n')
    await override(store, "tickets.window", "10m")
    await override(store, "csat.ask", False)
    assert await source.diff() == [
        ("answers.thresholds.billing", None, 0.9, None),
        ("csat.ask", True, None, False),
        ("tickets.window", "60m", "30m", "10m"),
    ]


async def test_the_resolved_policy_can_be_shown(source: FilePolicySource, file: Path):
    write(file, '[tickets]\nwindow = "30m"\n')
    assert (await source.resolved())["tickets"]["window"] == "30m"


async def test_overrides_are_listed_in_the_order_they_were_set(store: SqlStore, overrides: SqlOverrides):
    await override(store, "tickets.window", "10m", at=2)
    await override(store, "csat.ask", False, at=1)
    assert [(item.path, item.value, item.by) for item in await overrides.current()] == [
        ("csat.ask", False, "Ruth"),
        ("tickets.window", "10m", "Ruth"),
    ]
    assert await overrides.number() == 2


async def test_every_change_by_command_is_remembered_also_one_that_takes_something_away(source: FilePolicySource, store: SqlStore):
    await override(store, "csat.ask", False)
    await override(store, "csat.ask", None, by="Lea", at=1)
    assert [(change.path, change.value, change.by) for change in await source.history()] == [("csat.ask", False, "Ruth"), ("csat.ask", None, "Lea")]


async def test_the_author_of_a_version_is_whoever_changed_something_last_also_by_taking_it_away(source: FilePolicySource, store: SqlStore):
    await source.current()
    await override(store, "csat.ask", False, at=SOON)
    await override(store, "tickets.window", "10m", at=SOON + 1)
    await override(store, "csat.ask", None, by="Lea", at=SOON + 2)
    assert (await source.versions())[-1].by == "Lea"


async def test_what_lies_beneath_the_overrides_is_the_file_over_what_is_shipped(source: FilePolicySource, file: Path, store: SqlStore):
    write(file, '[tickets]\nwindow = "30m"\n')
    await override(store, "tickets.window", "10m")
    assert (await source.beneath())["tickets"]["window"] == "30m"
    assert [(item.path, item.value) for item in await source.overrides()] == [("tickets.window", "10m")]


async def test_a_change_by_command_has_its_author_also_while_the_file_seems_to_be_younger(source: FilePolicySource, file: Path, store: SqlStore):
    write(file, '[tickets]\nwindow = "30m"\n')
    await source.current()
    await override(store, "csat.ask", False)
    assert [version.by for version in await source.versions() if not version.resolved["csat"]["ask"]] == ["Ruth"]
