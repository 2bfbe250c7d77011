"""A home can be copied while it is written to, and brought back."""

import sqlite3
from contextlib import closing

import pytest

from cli.app import run
from cli.copies import copy_home, restore_home
from desk.errors import InvalidInput, Misconfigured


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    (folder / "workspace.db.files").mkdir(parents=True)
    (folder / "workspace.db.files" / "ab12").write_bytes(b"file")
    (folder / "index").mkdir()
    (folder / "policy.toml").write_text("")
    with closing(sqlite3.connect(folder / "frontdesk.db")) as database:
        database.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (n); INSERT INTO t VALUES (1);")
    return folder


def numbers(folder) -> list[int]:
    with closing(sqlite3.connect(folder / "frontdesk.db")) as database:
        return [n for (n,) in database.execute("SELECT n FROM t ORDER BY n")]


def test_a_copy_has_everything_but_what_can_be_made_again(home, tmp_path):
    assert copy_home(home, tmp_path / "copy") == ["frontdesk.db", "workspace.db.files", "policy.toml"]
    assert not (tmp_path / "copy" / "index").exists()


def test_what_buttons_carry_is_copied_after_the_posts_that_count_as_sent(home, tmp_path):
    with closing(sqlite3.connect(home / "discord-carried.db")) as database:
        database.executescript("CREATE TABLE carried (n);")
    names = copy_home(home, tmp_path / "copy")
    assert names.index("discord-carried.db") > names.index("frontdesk.db")
    restore_home(tmp_path / "copy", tmp_path / "new")
    assert (tmp_path / "new" / "discord-carried.db").exists()


@pytest.mark.parametrize("name", ["slack.db", "discord.db"])
def test_a_copy_has_what_platforms_told_and_nobody_has_handled(home, tmp_path, name):
    with closing(sqlite3.connect(home / name)) as database:
        database.executescript("CREATE TABLE arrivals (n); INSERT INTO arrivals VALUES (7);")
    assert name in copy_home(home, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy" / name)) as database:
        assert database.execute("SELECT n FROM arrivals").fetchall() == [(7,)]


def test_a_copy_has_what_was_committed_and_not_what_was_under_way(home, tmp_path):
    with closing(sqlite3.connect(home / "frontdesk.db", isolation_level=None)) as writer:
        writer.execute("INSERT INTO t VALUES (2)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (3)")
        copy_home(home, tmp_path / "copy")
    assert numbers(tmp_path / "copy") == [1, 2]


def test_a_copy_can_be_brought_back(home, tmp_path):
    copy_home(home, tmp_path / "copy")
    restore_home(tmp_path / "copy", tmp_path / "new")
    assert numbers(tmp_path / "new") == [1]
    assert (tmp_path / "new" / "workspace.db.files" / "ab12").read_bytes() == b"file"


def test_nothing_is_overwritten(home, tmp_path):
    copy_home(home, tmp_path / "copy")
    with pytest.raises(InvalidInput, match="not empty"):
        copy_home(home, tmp_path / "copy")
    with pytest.raises(InvalidInput, match="exists: move it away"):
        restore_home(tmp_path / "copy", home)


def test_an_empty_home_is_not_copied(tmp_path):
    with pytest.raises(Misconfigured, match="nothing to copy"):
        copy_home(tmp_path, tmp_path / "copy")


def test_a_folder_that_is_no_copy_is_not_brought_back(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"has no frontdesk\.db"):
        restore_home(tmp_path / "empty", tmp_path / "new")


def test_the_commands_say_what_they_copied(home, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", str(home))
    assert run(["backup", str(tmp_path / "copy")]) == 0
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "new"))
    assert run(["restore", str(tmp_path / "copy")]) == 0
    assert "Brought back frontdesk.db" in capsys.readouterr().err


@pytest.fixture
def beside(tmp_path):
    """Return the home of a desk whose database is Postgres, with a file left from before it was."""
    folder = tmp_path / "beside"
    folder.mkdir()
    for name in ("workspace.db", "frontdesk.db"):
        with closing(sqlite3.connect(folder / name)) as database:
            database.execute("CREATE TABLE t (n)")
    (folder / "policy.toml").write_text("")
    return folder


@pytest.fixture
def postgres(monkeypatch):
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "postgresql://desk:hunter2@127.0.0.1:1/desk")


@pytest.mark.usefixtures("postgres")
def test_with_postgres_the_rest_is_copied_and_the_way_to_copy_the_database_is_told(beside, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", str(beside))
    assert run(["backup", str(tmp_path / "copy")]) == 0
    said = capsys.readouterr().err
    assert "Copied workspace.db, policy.toml to" in said
    assert "pg_dump" in said
    assert "hunter2" not in said
    assert sorted(file.name for file in (tmp_path / "copy").iterdir()) == ["policy.toml", "workspace.db"]


@pytest.mark.usefixtures("postgres")
def test_with_postgres_the_rest_is_brought_back(beside, tmp_path, capsys, monkeypatch):
    copy_home(beside, tmp_path / "copy", in_postgres=True)
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "new"))
    assert run(["restore", str(tmp_path / "copy")]) == 0
    said = capsys.readouterr().err
    assert "Brought back workspace.db, policy.toml." in said
    assert "pg_restore" in said


def test_a_copy_with_tickets_in_it_is_not_brought_back_beside_postgres(home, tmp_path):
    copy_home(home, tmp_path / "copy")
    with pytest.raises(InvalidInput, match="unset FRONTDESK_DATABASE_URL"):
        restore_home(tmp_path / "copy", tmp_path / "new", in_postgres=True)
    assert not (tmp_path / "new").exists()


def test_a_copy_without_tickets_is_not_brought_back_without_postgres(beside, tmp_path):
    copy_home(beside, tmp_path / "copy", in_postgres=True)
    with pytest.raises(InvalidInput, match="set FRONTDESK_DATABASE_URL when its tickets are in Postgres"):
        restore_home(tmp_path / "copy", tmp_path / "new")


def test_an_empty_home_is_not_copied_with_postgres_either(tmp_path):
    with pytest.raises(Misconfigured, match="nothing to copy"):
        copy_home(tmp_path, tmp_path / "copy", in_postgres=True)
