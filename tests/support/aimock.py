"""aimock for tests: a server of other people's that plays the language model, one for all tests of a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aimock_pytest import AIMockServer, NodeManager

from tests.support.needs import aimock_program


class Installed(NodeManager):
    """Takes aimock from where it was installed; its own manager would download what it does not find."""

    def ensure_installed(self) -> Path:
        return aimock_program()


@pytest.fixture(scope="session")
def aimock_session() -> Iterator[AIMockServer]:
    """Start aimock for this test process; skip where it is not installed. A call that no script has an answer for is refused."""
    server = AIMockServer(Installed())
    with pytest.MonkeyPatch.context() as patch:
        # Else a script that has come to its end would go on with its last answer.
        patch.setenv("AIMOCK_STRICT_TURN_INDEX", "1")
        aimock_program()
        server.start()
    yield server
    server.stop()


@pytest.fixture
def aimock(aimock_session: AIMockServer) -> AIMockServer:
    """Return aimock with an empty script. The plugin's own fixture of this name would start one for each test."""
    return aimock_session.reset()
