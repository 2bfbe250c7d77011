"""The git command: the program is told to ask nobody, to run nothing, and where to connect."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from desk.errors import Unavailable
from knowledge.net.addresses import Resolve, reachable, resolve
from knowledge.repository.hosting import PORTS, Remote
from knowledge.repository.process import Bounds, Done, run

KEPT = ("PATH", "SSH_AUTH_SOCK")
"""What git gets of our environment: no proxies, no settings of whoever runs the desk, no secrets."""
FIXED = {
    "LANG": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_NO_LAZY_FETCH": "1",
}
SETTINGS = {
    "core.hooksPath": os.devnull,
    "credential.helper": "",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "500",
    "http.lowSpeedTime": "60",
}
SSH = "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15 -o ServerAliveInterval=15"
UNPLACED = Bounds(Path())
ADVICE = (
    (re.compile(r"Authentication failed|could not read (Username|Password)|\b40[13]\b", re.IGNORECASE), "name a token for it by `secret`"),
    (re.compile(r"Permission denied|publickey"), "give this machine a key that may read it"),
    (re.compile(r"Host key verification failed"), "put its host key into known_hosts"),
    (re.compile(r"not found|does not exist|does not appear to be", re.IGNORECASE), "look whether `at` is right and may be read"),
    (re.compile(r"redirect", re.IGNORECASE), "it has moved: write its new address in `at`"),
    (re.compile(r"dubious ownership"), "it belongs to another user of this machine"),
)


@dataclass(frozen=True, slots=True)
class Git:
    """The program for one repository elsewhere and its clone in `folder`. `key` is "user:token" or a token, and is sent over https only."""

    remote: Remote
    folder: Path
    key: str = ""
    private_network: bool = False
    resolve: Resolve = resolve
    bounds: Bounds = UNPLACED

    async def do(self, *arguments: str, online: bool = False, given: bytes = b"") -> bytes:
        """Give a command that has to succeed and return its output; raise Unavailable with a sentence when it does not."""
        done = await self.run(*arguments, online=online, given=given)
        if done.stopped or done.code:
            raise Unavailable("kb", f"the repository {self.remote.address!r} cannot be read: {done.stopped or _why(done)}")
        return done.output

    async def run(self, *arguments: str, here: bool = True, online: bool = False, given: bytes = b"") -> Done:
        """Give a command in the clone, or in no repository; only one that is `online` may reach the other side."""
        place = ("-C", str(self.folder)) if here else ()
        bounds = replace(self.bounds, folder=self.folder)
        return await run(("git", *place, *arguments), bounds, env=await self.environment(online=online), given=given)

    async def environment(self, *, online: bool) -> dict[str, str]:
        """Return all that git knows of its surroundings."""
        found = await self._addresses() if online and self.remote.host else []
        settings = self._settings(found)
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **FIXED,
            "HOME": str(self.folder),
            # Whatever the repository or a redirect says, git speaks no other protocol ("ext::" would run a program).
            "GIT_ALLOW_PROTOCOL": self.remote.scheme if online else "none",
            "GIT_SSH_COMMAND": f"{SSH} -o HostName={found[0]} -o 'HostKeyAlias={self._known_as}'" if found else SSH,
            # Settings go by the environment, since other users of the machine can read a command line.
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{f"GIT_CONFIG_KEY_{n}": name for n, name in enumerate(settings)},
            **{f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(settings.values())},
        }

    def _settings(self, addresses: list[str]) -> dict[str, str]:
        settings = dict(SETTINGS)
        if addresses and self.remote.scheme != "ssh":
            listed = ",".join(f"[{address}]" if ":" in address else address for address in addresses)
            settings["http.curloptResolve"] = f"{self.remote.host}:{self.remote.port}:{listed}"
        if self.key and self.remote.scheme == "https":
            pair = self.key if ":" in self.key else f"git:{self.key}"
            settings["http.extraHeader"] = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"
        return settings

    @property
    def _known_as(self) -> str:
        """Return the name under which known_hosts has the host's key, which ssh would not find by an address."""
        return self.remote.host if self.remote.port == PORTS["ssh"] else f"[{self.remote.host}]:{self.remote.port}"

    async def _addresses(self) -> list[str]:
        """Return the addresses to connect to, IPv4 first; raise Refused when all are private and that is not allowed."""
        try:
            found = await reachable(self.remote.host, self.remote.port, resolve=self.resolve, private_network=self.private_network)
        except OSError:
            found = []
        if not found:
            raise Unavailable("kb", f"{self.remote.host!r} has no address")
        # ssh is given one only, and not every machine reaches IPv6.
        return sorted(found, key=lambda address: ":" in address)


def _why(done: Done) -> str:
    """Return what to do about a command that failed, or what git said last."""
    # What the other side sends is shown to people: no line ends, colors or other signs to a terminal.
    said = "".join(character if character.isprintable() else "\n" for character in done.said).strip().splitlines()
    told = said[-1][:200] if said else f"git ended with {done.code}"
    advice = next((sentence for pattern, sentence in ADVICE if pattern.search(done.said)), "")
    return f"{advice} ({told})" if advice else told
