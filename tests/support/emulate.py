"""emulate for tests: a Slack of other people's, stateful, one process for all tests of a process; each test seeds it anew."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.needs import emulate_programs

HOST = Path(__file__).with_suffix(".mjs")
SECONDS = 30
BOT_TOKEN = "xoxb-desk"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class User:
    """Somebody in the workspace; `bot` is a bot's own id, `team` another organization's."""

    id: str
    name: str
    email: str = ""
    team: str | None = None
    admin: bool = False
    deleted: bool = False
    bot: str = ""


@dataclass(frozen=True)
class Room:
    """A channel; a closed one is private."""

    id: str
    name: str
    members: Sequence[str]
    closed: bool = False


@dataclass(frozen=True)
class Seed:
    """A workspace as a test wants it. Everybody has the token `xoxp-` and their id, the bot BOT_TOKEN; events go to `events`, signed by `secret`."""

    users: Sequence[User]
    channels: Sequence[Room]
    bot: User = User("U0DESK", "frontdesk", bot="B0DESK")
    team: str = "T0PELICAN"
    secret: str = ""
    events: str = ""

    def told(self) -> dict[str, Any]:
        """Return it as the host takes it."""
        return {
            "team": {"id": self.team, "name": "Pelican Ledger", "domain": "pelican"},
            "users": [asdict(user) for user in (*self.users, self.bot)],
            "channels": [{**asdict(room), "members": list(room.members)} for room in self.channels],
            "tokens": {BOT_TOKEN: self.bot.id, **{f"xoxp-{user.id}": user.id for user in self.users}},
            "secret": self.secret,
            "events": self.events,
        }


@dataclass
class Emulate:
    """A running Slack. People speak with their own tokens; the front can be switched off, or lose the replies to posts."""

    port: int
    clock: Path
    _headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json; charset=utf-8"})

    @property
    def url(self) -> str:
        """Return the address of its Web API."""
        return f"http://127.0.0.1:{self.port}/api/"

    def seed(self, seed: Seed) -> None:
        """Begin anew with this workspace, switched on."""
        self._front(seed=seed.told())

    def set_down(self, down: bool) -> None:
        """Cut every connection, or none any more."""
        self._front(down=down)

    def lose_replies(self, n: int) -> None:
        """Let the next `n` posts arrive without their sender hearing of it."""
        self._front(lose=n)

    def set_time(self, at: datetime) -> None:
        """Let it be this instant for everything it writes from now on."""
        # Renaming makes it read one instant or the other: an emptied file says 1970.
        waiting = self.clock.with_suffix(".new")
        waiting.write_text(str(int(at.timestamp() * 1000)))
        waiting.replace(self.clock)

    def call(self, method: str, by: str = "", /, **arguments: Any) -> dict[str, Any]:
        """Call a method as somebody, or as the bot, and return the answer; one that is not ok fails the test.

        It waits: where events go to this process, call it in a thread.
        """
        token = f"xoxp-{by}" if by else BOT_TOKEN
        answer = self._post(f"api/{method}", arguments, authorization=f"Bearer {token}")
        assert answer.get("ok"), f"{method}: {answer.get('error')}"
        return answer

    def upload(self, by: str, channel: str, name: str, content: bytes) -> str:
        """Share a file in a channel as somebody; return its id."""
        begun = self.call("files.getUploadURLExternal", by, filename=name, length=len(content))
        request = urllib.request.Request(begun["upload_url"], content, {"content-type": "application/octet-stream"})
        DIRECT.open(request, timeout=SECONDS).close()
        self.call("files.completeUploadExternal", by, files=[{"id": begun["file_id"], "title": name}], channel_id=channel)
        return str(begun["file_id"])

    def _front(self, **told: Any) -> None:
        self._post("_front", told)

    def _post(self, path: str, body: Mapping[str, Any], **headers: str) -> dict[str, Any]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", json.dumps(body).encode(), {**self._headers, **headers})
        with DIRECT.open(request, timeout=SECONDS) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture(scope="session")
def emulate_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulate]:
    """Start emulate for this test process; skip where it is not installed."""
    node, packages = emulate_programs()
    clock = tmp_path_factory.mktemp("emulate") / "clock"
    command = [str(node), str(HOST), str(packages), str(clock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = process.stdout.readline()
        if not said:
            pytest.fail("emulate did not start", pytrace=False)
        yield Emulate(json.loads(said)["port"], clock)
        process.terminate()


@pytest.fixture
def emulate(emulate_session: Emulate) -> Emulate:
    """Return emulate, at the machine's own time until the test says another."""
    emulate_session.clock.unlink(missing_ok=True)
    return emulate_session
