"""The home: one server at a time, and others can see which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk.errors import Misconfigured
from store.home import Home, Serving

CHILD = """
import sys, time
from pathlib import Path
from store.home import Home
with Home(Path(sys.argv[1])).serving("http://127.0.0.1:8080"):
    print("serving", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_everything_is_kept_below_the_home(home: Home):
    assert {home.index.parent, home.heads.parent, home.workspace.parent, home.socket.parent} == {home.path}
    assert home.database != home.engine
    assert str(home.path) in home.database
    assert not home.path.exists()


def test_a_home_that_nobody_serves_says_so(home: Home):
    assert home.server() is None
    with home.serving():
        pass
    assert home.server() is None


def test_others_see_who_serves_and_where(home: Home):
    with home.serving("http://127.0.0.1:8080"):
        assert home.server() == Serving(os.getpid(), "http://127.0.0.1:8080")
        home.announce("http://127.0.0.1:8081")
        assert home.server() == Serving(os.getpid(), "http://127.0.0.1:8081")


def test_a_second_server_is_told_what_to_do(home: Home):
    with (
        home.serving(),
        pytest.raises(Misconfigured, match=f"process {os.getpid()} already serves .* stop it, or set FRONTDESK_HOME"),
        home.serving(),
    ):
        pass


def test_a_server_that_stopped_makes_room(home: Home):
    for _ in range(2):
        with home.serving():
            assert home.server()


def test_a_server_that_was_killed_makes_room(home: Home):
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(home.path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout
    assert child.stdout.readline() == "serving\n"
    assert home.server() == Serving(child.pid, "http://127.0.0.1:8080")
    with pytest.raises(Misconfigured, match=f"process {child.pid}"), home.serving():
        pass
    child.kill()
    child.communicate()
    assert home.server() is None
    with home.serving():
        assert home.server()
