"""The file reader contract: what `handlers` may rely on, whoever reads."""

from collections.abc import Iterator

import pytest

from desk.answering import FileReader
from knowledge.attachments import AttachmentReader
from tests.fakes import FakeFiles
from tests.knowledge import pictures

NOISE = bytes(range(256)) * 8


@pytest.fixture(scope="module", params=["fake", "sandboxed"])
def reader(request: pytest.FixtureRequest) -> Iterator[FileReader]:
    if request.param == "fake":
        yield FakeFiles()
        return
    made = AttachmentReader()
    yield made
    made.close()


async def test_a_text_is_read(reader: FileReader) -> None:
    assert await reader.read("server.log", "application/octet-stream", "Größe: error 42\n".encode()) == "Größe: error 42\n"


async def test_an_empty_file_is_read_as_an_empty_text(reader: FileReader) -> None:
    assert await reader.read("empty.txt", "text/plain", b"") == ""


@pytest.mark.parametrize("content", [NOISE, pictures.png(), b"PK\x03\x04\0\0\xff"], ids=["noise", "a picture", "an archive of nothing"])
async def test_what_is_no_text_is_none_whatever_it_claims_to_be(reader: FileReader, content: bytes) -> None:
    assert await reader.read("notes.txt", "text/plain", content) is None


async def test_a_picture_is_a_picture_whatever_it_is_called(reader: FileReader) -> None:
    found = await reader.picture(pictures.png())
    assert found is not None
    assert found.media_type == "image/png"
    assert found.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("content", [b"", b"hello", NOISE, b"\x89PNG\r\n\x1a\n"], ids=["nothing", "a text", "noise", "a sign and nothing else"])
async def test_what_is_no_picture_is_none(reader: FileReader, content: bytes) -> None:
    assert await reader.picture(content) is None
