"""The index folder: one owner, and made anew when it is corrupt, another embedder's or out of step."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desk.errors import Unavailable
from knowledge import edge
from knowledge.edge import CURSOR, EdgeIndex
from knowledge.index import Broken
from tests.knowledge.kit import entry

EAST = [1.0, 0.0, 0.0]


def opened(folder, *, embedder="e@1", dimensions=3):
    return EdgeIndex.open(folder, embedder=embedder, dimensions=dimensions)


@pytest.fixture
def folder(tmp_path):
    """An index folder with twenty entries, at position 20."""
    index = opened(tmp_path / "index")
    index.apply([entry(f"c-{n}", f"refund number{n}", EAST) for n in range(20)], [], position=20)
    index.close()
    return tmp_path / "index"


def test_it_is_there_after_a_restart(folder):
    index = opened(folder)
    assert (index.position(), len(index.near(EAST, None, k=99)), len(index.matching("refund", None, k=99))) == (20, 20, 20)
    index.close()


@pytest.mark.parametrize("other", [{"embedder": "e@2"}, {"dimensions": 5}], ids=["another embedder", "other dimensions"])
def test_a_folder_of_another_kind_is_emptied(folder, other):
    index = opened(folder, **other)
    assert (index.position(), index.matching("refund", None, k=9)) == (0, [])
    index.close()


def test_a_disk_without_room_is_told_before_anything_is_written(folder, monkeypatch):
    index = opened(folder)
    monkeypatch.setattr(edge, "ROOM", 2**62)
    with pytest.raises(Unavailable, match="the disk is full"):
        index.apply([entry("c-new", "refund", EAST)], [], position=21)
    assert (index.position(), len(index.matching("refund", None, k=99))) == (20, 20)
    index.close()


def test_an_index_that_finds_no_room_is_made_once_there_is_some(tmp_path, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(edge, "ROOM", 2**62)
        with pytest.raises(Unavailable, match="the disk is full"):
            opened(tmp_path / "index")
    opened(tmp_path / "index").close()


def cursor_says(folder, **fields):
    path = folder / CURSOR
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / CURSOR).unlink(), id="no cursor"),
        pytest.param(lambda folder: (folder / CURSOR).write_text("{"), id="half a cursor"),
        pytest.param(lambda folder: (folder / CURSOR).write_text("[1]"), id="another cursor"),
        pytest.param(lambda folder: cursor_says(folder, count=19), id="a point too many"),
        pytest.param(lambda folder: cursor_says(folder, position="far"), id="a position that is no number"),
        pytest.param(lambda folder: cursor_says(folder, format=0), id="an older format"),
        pytest.param(lambda folder: (folder / "edge_config.json").write_text("?"), id="no configuration"),
        pytest.param(lambda folder: (folder.rename(folder.parent / "away"), folder.write_text("a file")), id="a file in its place"),
        pytest.param(lambda folder: (shutil.rmtree(folder), folder.mkdir(), (folder / "holiday.jpg").write_bytes(b"x")), id="somebody's photographs"),
    ],
)
def test_a_damaged_folder_is_made_anew(folder, damage):
    damage(folder)
    index = opened(folder)
    assert index.position() == 0
    index.apply([entry("c-1", "refund", EAST)], [], position=1)
    assert len(index.near(EAST, None, k=9)) == 1
    index.close()


def test_lost_segments_come_back_from_the_log(folder):
    shutil.rmtree(folder / "segments")
    index = opened(folder)
    assert len(index.near(EAST, None, k=99)) == index.position() == 20
    index.close()


def exercised(index):
    index.near(EAST, None, k=9)
    index.apply([entry("c-new", "invoice", EAST)], [], position=21)
    return [found.id for found in index.matching("invoice", None, k=9)]


def copied(source: str, target: str) -> None:
    """Copy a file without writing the zeros at its end, of which these have a hundred megabytes together."""
    content = Path(source).read_bytes()
    Path(target).write_bytes(content.rstrip(b"\0"))
    os.truncate(target, len(content))


def test_whatever_file_is_overwritten_it_is_searched_or_made_anew(folder):
    chance = random.Random(1)
    logs = "open-*"  # The write-ahead log is 64 MB; without it nothing is mended behind our back.
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.stat().st_size and not path.match(logs))
    for name in files:
        copy = folder.parent / "copy"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(logs), copy_function=copied)
        with (copy / name).open("r+b") as file:
            file.write(chance.randbytes(min(4096, (copy / name).stat().st_size)))
        index = opened(copy)
        try:
            found = exercised(index)
        except Broken:
            index.clear()
            found = exercised(index)
        assert found == ["c-new"], name
        index.close()
        shutil.rmtree(copy)


def test_a_folder_that_somebody_has_open_is_unavailable_and_left_alone(folder):
    code = f"""
import sys
from pathlib import Path
from knowledge.edge import EdgeIndex
index = EdgeIndex.open(Path({str(folder)!r}), embedder="e@1", dimensions=3)
print("open", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(Unavailable, match="another process"):
            opened(folder)
        with pytest.raises(Unavailable, match="another process"):
            opened(folder, embedder="e@2")
        beside = EdgeIndex.temporary(embedder="e@1", dimensions=3)
        beside.apply([entry("c-1", "refund", EAST)], [], position=1)
        assert len(beside.matching("refund", None, k=9)) == 1
        beside.close()
        owner.kill()
    index = opened(folder)
    assert index.position() == 20
    index.close()


def test_points_without_their_cursor_after_a_kill_are_applied_again(folder):
    code = f"""
import os, signal
from pathlib import Path
from knowledge.edge import EdgeIndex
from tests.knowledge.kit import entry
index = EdgeIndex.open(Path({str(folder)!r}), embedder="e@1", dimensions=3)
index._remember = lambda position: os.kill(os.getpid(), signal.SIGKILL)
index.apply([entry("c-new", "invoice", [1.0, 0.0, 0.0])], [], position=21)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    index = opened(folder)
    assert index.position() in (0, 20)
    index.close()


def test_a_temporary_index_leaves_nothing_behind():
    index = EdgeIndex.temporary(embedder="e@1", dimensions=3)
    place = index._folder
    assert place.is_dir()
    index.close()
    assert not os.path.exists(place)
