"""Exports: folders, zips and zips in zips are read alike, and none of them can fill a disk or lead out of its place."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from desk.errors import InvalidInput
from knowledge.article import Article, Failure
from knowledge.wikis import exports
from tests.knowledge.helpcenters import read
from tests.knowledge.kit import write


def zipped(files: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Files as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def texts(path: Path) -> dict[str, str]:
    with exports.opened(path) as export:
        return {name: member.text() for name, member in export.members.items()}


def reasons(path: Path) -> dict[str, str]:
    with exports.opened(path) as export:
        return {Path(failure.path).name: failure.reason for failure in export.failures}


FILES = {"Home/b.md": "b", "a.md": "a", ".hidden/x.md": "x", "__MACOSX/a.md": "x", ".DS_Store": "x"}


def test_a_folder_and_a_zip_of_it_hold_the_same(tmp_path):
    folder = write(tmp_path / "folder", FILES)
    packed = write(tmp_path, {"export.zip": zipped(FILES)}) / "export.zip"
    assert texts(folder) == texts(packed) == {"Home/b.md": "b", "a.md": "a"}


def test_one_file_is_an_export_of_one(tmp_path):
    assert texts(write(tmp_path, {"articles.json": "[]"}) / "articles.json") == {"articles.json": "[]"}


def test_the_parts_of_a_large_export_are_read_in_their_place_and_other_zips_are_not(tmp_path):
    parts = {"Export-1-Part-1.zip": zipped({"a.md": "a"}), "Export-1-Part-2.zip": zipped({"b.md": "b", "Home/Part-3.zip": zipped({"c.md": "c"})})}
    attachments = {"Home/drivers.zip": zipped({"d.md": "d"})}
    path = write(tmp_path, {"export.zip": zipped(parts | attachments)}) / "export.zip"
    with exports.opened(path) as export:
        assert set(export.members) == {"Home/Part-3.zip", "Home/drivers.zip", "a.md", "b.md"}
        assert export.members["b.md"].text() == "b"


@pytest.mark.parametrize("name", ["../outside.md", "/etc/outside.md", "a/../../outside.md", "..\\outside.md", "C:\\outside.md", "/".join("d" * 40)])
def test_a_path_that_leads_out_of_the_zip_is_not_read(tmp_path, name):
    path = write(tmp_path, {"export.zip": zipped({name: "x", "a.md": "a"})}) / "export.zip"
    assert texts(path) == {"a.md": "a"}
    assert "leads out of the export" in next(iter(reasons(path).values()))


def test_a_link_in_a_zip_is_passed_over_and_one_out_of_a_folder_is_reported(tmp_path):
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert texts(tmp_path / "export.zip") == {}
    folder = write(tmp_path, {"folder/a.md": "a", "outside.md": "x"}) / "folder"
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    (folder / "linked").symlink_to(tmp_path)
    assert texts(folder) == {"a.md": "a"}
    assert "leads out" in reasons(folder)["link.md"]


def test_names_of_an_old_program_are_read_as_what_they_were(tmp_path):
    packed = zipped({"R#ckerstattung.md": "x"}).replace(b"R#ckerstattung", "Rückerstattun".encode())
    assert texts(write(tmp_path, {"export.zip": packed}) / "export.zip") == {"Rückerstattun.md": "x"}


def test_a_bomb_is_not_unpacked(tmp_path):
    path = write(tmp_path, {"export.zip": zipped({"bomb.md": b"\0" * 30_000_000, "a.md": "a"})}) / "export.zip"
    with exports.opened(path) as export:
        assert export.members["a.md"].text() == "a"
        with pytest.raises(InvalidInput, match="more than 200 times its size"):
            export.members["bomb.md"].text()


def test_a_file_that_conceals_its_size_ends_where_it_said_it_would(tmp_path):
    packed = zipped({"liar.md": b"\0" * 3_000_000})
    packed = packed.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 30))
    with exports.opened(write(tmp_path, {"export.zip": packed}) / "export.zip") as export, pytest.raises(InvalidInput, match="damaged"):
        export.members["liar.md"].text()


def test_a_file_and_an_export_that_are_too_large_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "MOST_BYTES", 150)
    folder = write(tmp_path, {"a.md": "x" * 100, "b.md": "x" * 100})
    with exports.opened(folder) as export:
        with pytest.raises(InvalidInput, match="the file has more than"):
            export.members["a.md"].text(most=50)
        export.left = 150
        export.members["a.md"].text()
        with pytest.raises(InvalidInput, match="the export has more than"):
            export.members["b.md"].text()


def test_more_files_than_anybody_writes_end_the_list(tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "MOST_FILES", 2)
    folder = write(tmp_path, {f"{n}.md": "x" for n in range(3)})
    with exports.opened(folder) as export:
        assert len(export.members) == 2
        assert [(failure.ids, "more than 2 files" in failure.reason) for failure in export.failures] == [(None, True)]


def test_a_locked_or_unusually_packed_file_is_said_to_be(tmp_path):
    locked = bytearray(zipped({"a.md": "a"}, method=zipfile.ZIP_STORED))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    for content, reason in ((bytes(locked), "locked with a password"), (zipped({"a.md": "a"}, method=zipfile.ZIP_BZIP2), "unusual way")):
        path = write(tmp_path, {"export.zip": content}) / "export.zip"
        with exports.opened(path) as export, pytest.raises(InvalidInput, match=reason):
            export.members["a.md"].text()


def test_text_that_is_not_utf_8_is_refused(tmp_path):
    with exports.opened(write(tmp_path, {"a.md": b"caf\xe9"})) as export, pytest.raises(InvalidInput, match="UTF-8"):
        export.members["a.md"].text()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param({}, "there is no such file or folder", id="nothing there"),
        pytest.param({"export.zip": zipped({"a.md": "a" * 999})[:-30] + b"PK\x05\x06" + b"\xff" * 18}, "the zip is damaged", id="a broken zip"),
    ],
)
def test_an_export_that_cannot_be_opened_takes_nothing_away(tmp_path, files, reason):
    with exports.opened(write(tmp_path, files) / "export.zip") as export:
        [failure] = export.failures
    assert (failure.ids, failure.reason[: len(reason)]) == (None, reason)


def test_a_broken_part_takes_nothing_away(tmp_path):
    path = write(tmp_path, {"export.zip": zipped({"Part-1.zip": b"no zip", "Part-2.zip": zipped({"b.md": "b"})})}) / "export.zip"
    with exports.opened(path) as export:
        assert list(export.members) == ["b.md"]
        assert [(failure.path, failure.ids) for failure in export.failures] == [("Part-1.zip", None)]


def test_what_may_not_be_read_is_reported(tmp_path):
    folder = write(tmp_path, {"a.md": "a", "closed/b.md": "b"})
    (folder / "pipe").mkdir()
    os.mkfifo(folder / "pipe" / "c.md")
    (folder / "nowhere.md").symlink_to(folder / "gone.md")
    (folder / "circle.md").symlink_to(folder / "circle.md")
    assert texts(folder) == {"a.md": "a", "closed/b.md": "b"}
    with exports.opened(folder) as export:
        (folder / "a.md").unlink()
        with pytest.raises(InvalidInput, match="No such file"):
            export.members["a.md"].text()


async def test_a_saved_export_comes_in_batches_and_begins_anew_each_time():
    items = [Article(str(n), "t", "text", "w") if n % 2 else Failure(str(n), "why") for n in range(120)]
    batches = await read(exports.Saved(lambda: iter(items)), cursor="whatever")
    assert [len(batch.items) for batch in batches] == [50, 50, 20]
    assert [item for batch in batches for item in batch.items] == items
    assert {batch.cursor for batch in batches} == {""}


def test_a_pipe_is_no_export_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "export.zip")
    assert reasons(tmp_path / "export.zip") == {"export.zip": "there is no such file or folder"}


def test_a_file_whose_name_is_no_text_is_reported(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("x")
    assert "not plain text" in next(iter(reasons(tmp_path).values()))
