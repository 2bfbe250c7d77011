"""Archives: what is unpacked, and what is refused before it is."""

import io
import zipfile

import pytest

from desk.errors import InvalidInput
from knowledge.formats import archive

MAIN = "word/document.xml"


def packed(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def test_xml_is_unpacked_and_everything_else_is_emptied():
    content = packed({MAIN: b"<a/>", "_rels/.rels": b"<r/>", "word/media/a.png": b"picture", "word/embeddings/b.docx": packed({MAIN: b"<b/>"})})
    assert archive.unpacked(content, main=MAIN) == {MAIN: b"<a/>", "_rels/.rels": b"<r/>", "word/media/a.png": b"", "word/embeddings/b.docx": b""}


def test_what_was_unpacked_is_packed_again_without_compression():
    members = {MAIN: b"<a/>" * 1000, "word/media/a.png": b""}
    with zipfile.ZipFile(archive.repacked(members)) as made:
        assert {name: made.read(name) for name in made.namelist()} == members
        assert {member.compress_type for member in made.infolist()} == {zipfile.ZIP_STORED}


def test_a_file_without_its_main_part_is_of_another_kind():
    with pytest.raises(InvalidInput, match="something else"):
        archive.unpacked(packed({"ppt/presentation.xml": b"<a/>"}), main=MAIN)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        pytest.param({MAIN: b"\0" * 50_000_000}, "as files made to do harm do", id="one part that unpacks to a thousand times its size"),
        pytest.param({MAIN: b"<a/>", "word/media/a.bin": b"\0" * 50_000_000}, "as files made to do harm do", id="a part that is not read"),
        pytest.param({MAIN: b"<a/>", **{f"word/{n}.xml": b"" for n in range(10_000)}}, "in 10001 parts", id="ten thousand parts"),
        pytest.param({MAIN: b'<!doctype a [<!entity b "c">]><a/>'}, "declares entities", id="entities"),
        pytest.param({MAIN: '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")}, "declares entities", id="entities in UTF-16"),
    ],
)
def test_an_archive_that_does_harm_is_refused(members, reason):
    with pytest.raises(InvalidInput, match=reason):
        archive.unpacked(packed(members), main=MAIN)


def test_text_is_unpacked_up_to_a_limit(monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1_000)
    members = {MAIN: b"<a/>", "word/1.xml": b"x" * 600, "word/2.xml": b"x" * 600}
    with pytest.raises(InvalidInput, match="split it"):
        archive.unpacked(packed(members, method=zipfile.ZIP_STORED), main=MAIN)


def test_names_that_lead_out_of_the_archive_write_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    archive.unpacked(packed({MAIN: b"<a/>", "../../evil.xml": b"<a/>", "/evil.xml": b"<a/>"}), main=MAIN)
    assert list(tmp_path.iterdir()) == []


def test_entities_are_not_followed():
    parsed = archive.parsed(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
    assert "root:" not in (parsed.text or "")
