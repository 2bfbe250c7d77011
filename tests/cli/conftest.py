"""Commands as a shell gives them, in a home of their own."""

import pytest

from cli.app import run
from tests.cli.told import STORIES, Told, shelf_of, tell


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Return a function that runs a command in a home of its own and returns its exit code, output and errors."""
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FRONTDESK_POLICY", raising=False)

    def do(*arguments: str):
        code = run(arguments)
        found = capsys.readouterr()
        return code, found.out, found.err

    return do


@pytest.fixture
async def story(request, tmp_path_factory) -> Told:
    """Play the story that the test is named after."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    return await tell(STORIES / f"{name}.toml", shelf=shelf_of(tmp_path_factory))
