"""Sources: which files are read, what they may show, and what is refused."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desk.audience import INTERNAL, PUBLIC, Audience, account
from knowledge import sources
from knowledge.sources import Reading
from tests.knowledge.kit import write

TEXT = "Some text."


def read(path: Path, **folders: Audience) -> Reading:
    return sources.read(path, folders={f"{name}/": audience for name, audience in folders.items()})


def ids(reading: Reading) -> list[str]:
    return [article.id for article in reading.articles]


def reasons(reading: Reading) -> dict[str, str]:
    return {Path(failure.path).name: failure.reason for failure in reading.failures}


def test_a_folder_is_read_in_order_of_its_paths(tmp_path):
    folder = write(
        tmp_path, {"b.md": TEXT, "a/z.markdown": TEXT, "c.jsonl": '{"id": "one", "content": "text"}', "notes.log": TEXT, ".git/x.md": TEXT}
    )
    assert ids(read(folder)) == ["b.md", "one", "a/z.markdown"]


def test_one_file_is_read_by_its_name(tmp_path):
    write(tmp_path, {"faq.md": TEXT})
    reading = read(tmp_path / "faq.md")
    assert (ids(reading), reading.source) == (["faq.md"], str((tmp_path / "faq.md").resolve()))


def test_a_byte_order_mark_is_no_text(tmp_path):
    write(tmp_path, {"a.md": b"\xef\xbb\xbf---\ntitle: Refunds\n---\ntext"})
    assert read(tmp_path).articles[0].title == "Refunds"


def test_a_path_that_is_not_there_is_a_failure(tmp_path):
    assert reasons(read(tmp_path / "nowhere")) == {"nowhere": "there is no such file or folder"}


def test_a_file_of_an_unknown_kind_is_refused_when_it_is_named(tmp_path):
    write(tmp_path, {"a.doc": b"\xd0\xcf\x11\xe0"})
    assert "not read" in reasons(read(tmp_path / "a.doc"))["a.doc"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_an_address_that_is_no_web_page_is_refused(tmp_path, url):
    write(tmp_path, {"a.md": f"---\nurl: '{url}'\n---\ntext"})
    assert "https://" in reasons(read(tmp_path))["a.md"]


@pytest.mark.parametrize("url", ["https://help.example/a", "HTTP://help.example", "/help/a", "help.example:8080/a"])
def test_an_address_of_a_page_is_kept(tmp_path, url):
    write(tmp_path, {"a.md": f"---\nurl: '{url}'\n---\ntext"})
    assert read(tmp_path).articles[0].url == url


def test_what_cannot_be_read_is_reported_and_the_rest_is_read(tmp_path):
    write(tmp_path, {"latin.md": b"caf\xe9", "big.md": b"x" * 5_000_001, "bad.md": "---\n[\n---\n", "good.md": TEXT})
    reading = read(tmp_path)
    assert ids(reading) == ["good.md"]
    assert set(reasons(reading)) == {"latin.md", "big.md", "bad.md"}
    assert "UTF-8" in reasons(reading)["latin.md"]
    assert "5 MB" in reasons(reading)["big.md"]


def test_what_may_not_be_read_is_reported():
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), {"secret.md": TEXT, "good.md": TEXT, "closed/a.md": TEXT})
        folder.chmod(0o755)
        for path in (folder / "secret.md", folder / "closed"):
            path.chmod(0)
        with unprivileged():
            reading, inside = read(folder), read(folder / "closed" / "a.md")
        (folder / "closed").chmod(0o755)
    assert ids(reading) == ["good.md"]
    assert "Permission denied" in reasons(reading)["secret.md"]
    assert "Permission denied" in reasons(reading)["closed"]
    assert reasons(inside) == {"a.md": "there is no such file or folder"}


def test_of_two_documents_with_one_id_the_second_is_a_failure(tmp_path):
    write(tmp_path, {"a.md": "---\nid: refunds\n---\nfirst", "b.md": "---\nid: refunds\n---\nsecond"})
    reading = read(tmp_path)
    assert [article.text for article in reading.articles] == ["first"]
    assert "taken by" in reasons(reading)["b.md"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    write(tmp_path, {"outside/secret.md": TEXT, "kb/a.md": TEXT})
    (tmp_path / "kb" / "link.md").symlink_to(tmp_path / "outside" / "secret.md")
    (tmp_path / "kb" / "linked").symlink_to(tmp_path / "outside")
    reading = read(tmp_path / "kb")
    assert ids(reading) == ["a.md"]
    assert "leads out" in reasons(reading)["link.md"]


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"two\nlines.md", b"\x1b[2Jclears the screen.md"])
def test_a_file_whose_name_is_no_text_is_reported_and_the_rest_is_read(tmp_path, name):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(TEXT)
    reading = read(write(tmp_path, {"a.md": TEXT}))
    assert ids(reading) == ["a.md"]
    (failure,) = reading.failures
    assert failure.reason == "its name, or a folder's above it, is not plain text in UTF-8: rename it"
    assert failure.path.isprintable()


def test_a_link_within_the_folder_is_read(tmp_path):
    write(tmp_path, {".data/a.md": TEXT})
    (tmp_path / "a.md").symlink_to(tmp_path / ".data" / "a.md")
    assert ids(read(tmp_path)) == ["a.md"]


def test_links_that_lead_nowhere_and_pipes_are_reported(tmp_path):
    (tmp_path / "a.md").symlink_to(tmp_path / "nowhere.md")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    os.mkfifo(tmp_path / "pipe.md")
    found = reasons(read(tmp_path))
    assert "cannot be read" in found["a.md"]
    assert "cannot be read" in found["loop.md"]
    assert found["pipe.md"] == "not a regular file"


@pytest.mark.parametrize(
    ("claimed", "ruled", "audience"),
    [
        pytest.param("public", INTERNAL, INTERNAL, id="a folder narrows a public article"),
        pytest.param("internal", account("acme"), INTERNAL, id="a folder never widens an internal one"),
        pytest.param("account:acme", PUBLIC, account("acme"), id="a public folder leaves an account's article alone"),
        pytest.param("account:acme", account("bolt"), INTERNAL, id="two accounts share nothing"),
        pytest.param("account:acme", account("acme"), account("acme"), id="the same account twice"),
    ],
)
def test_the_narrowest_audience_wins(tmp_path, claimed, ruled, audience):
    write(tmp_path, {"team/a.md": f"---\naudience: {claimed}\n---\ntext"})
    assert read(tmp_path, team=ruled).articles[0].audience == audience


def test_a_folder_rule_is_about_whole_names(tmp_path):
    write(tmp_path, {"internal-mail.md": TEXT, "internals/a.md": TEXT, "internal/a.md": TEXT})
    assert {article.id: article.audience for article in read(tmp_path, internal=INTERNAL).articles} == {
        "internal-mail.md": PUBLIC,
        "internals/a.md": PUBLIC,
        "internal/a.md": INTERNAL,
    }


def test_ingesting_the_ruled_folder_itself_does_not_lift_its_rule(tmp_path):
    write(tmp_path, {"internal/a.md": TEXT})
    assert read(tmp_path / "internal", internal=INTERNAL).articles[0].audience == INTERNAL
    assert read(tmp_path / "internal" / "a.md", internal=INTERNAL).articles[0].audience == INTERNAL


@contextmanager
def unprivileged() -> Iterator[None]:
    """Drop root for a moment, since root may read everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(was)
