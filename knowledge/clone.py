"""Clones: a copy of a Git repository that holds its history and only those of its files that are wanted.

The `git` program does the work. A library in Python would save an installed program, but fetches every file of every version, while git leaves
out the files (`blob:none`) and hands over those of one commit that are asked for; and it keeps to the keys and known hosts that ssh has.
Nothing is ever checked out: no hook, filter, submodule or link of the repository comes into effect.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desk.errors import Misconfigured, Unavailable
from knowledge.addresses import Resolve, reachable, resolve
from knowledge.hosting import PORTS, Remote
from knowledge.process import Bounds, Done, run, used

OLDEST = (2, 37)
"""The first git that can be told which address to connect to."""
FILE = frozenset({b"100644", b"100755"})
"""Modes of files; links and submodules have others and are passed over."""
BRANCH = "refs/heads/source"
KEPT = ("PATH", "SSH_AUTH_SOCK")
"""What git gets of our environment: no proxies, no settings of whoever runs the desk, no secrets."""
UNPLACED = Bounds(Path())
SSH = "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15 -o ServerAliveInterval=15"
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
ADVICE = (
    (re.compile(r"Authentication failed|could not read (Username|Password)|\b40[13]\b", re.IGNORECASE), "name a token for it by `secret`"),
    (re.compile(r"Permission denied|publickey"), "give this machine a key that may read it"),
    (re.compile(r"Host key verification failed"), "put its host key into known_hosts"),
    (re.compile(r"not found|does not exist|does not appear to be", re.IGNORECASE), "look whether `at` is right and may be read"),
    (re.compile(r"redirect", re.IGNORECASE), "it has moved: write its new address in `at`"),
    (re.compile(r"dubious ownership"), "it belongs to another user of this machine"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a commit; `blob` names its content."""

    path: str
    blob: str


@dataclass(frozen=True, slots=True)
class Clone:
    """A repository's copy in a folder of its own. `key` is "user:token" or a token for https."""

    remote: Remote
    folder: Path
    key: str = ""
    private_network: bool = False
    resolve: Resolve = resolve
    bounds: Bounds = UNPLACED

    async def prepare(self) -> None:
        """Make the folder ready; raise Misconfigured when git is missing or too old."""
        done = await self._git("version", here=False)
        version = re.search(r"(\d+)\.(\d+)", done.output.decode("ascii", "replace"))
        if not version or (int(version[1]), int(version[2])) < OLDEST:
            raise Misconfigured(f"git {OLDEST[0]}.{OLDEST[1]} or newer is needed, and there is {done.output.decode('utf-8', 'replace').strip()!r}")
        # Fetches add up over the months, and a clone that was killed before it was one is none.
        if used(self.folder) > 0.9 * self.bounds.disk or not (self.folder / "HEAD").exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            _checked(await self._git("init", "--bare", "--quiet", "--template="), self.remote)
            _checked(await self._git("config", "remote.origin.url", self.remote.address), self.remote)
        for left in (*self.folder.rglob("*.lock"), *self.folder.rglob("tmp_*")):  # Of a git that was killed; no other reads this source now.
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)

    async def tip(self, branch: str) -> tuple[str, str]:
        """Return the last commit of a branch and the branch's name, of the main one for ""; ("", "") when the repository has none."""
        name = f"refs/heads/{branch}" if branch else "HEAD"
        done = _checked(await self._git("ls-remote", "--symref", "origin", name, online=True), self.remote)
        commit, found = "", branch
        for line in done.output.decode("utf-8", "replace").splitlines():
            what, _, of = line.partition("\t")
            if of == name and what.startswith("ref: refs/heads/"):
                found = what.removeprefix("ref: refs/heads/")
            elif of == name and COMMIT.fullmatch(what):
                commit = what
        return commit, found if commit else ""

    async def has(self, commit: str) -> bool:
        """Tell whether a commit is here, with its history."""
        return bool(COMMIT.fullmatch(commit)) and not (await self._git("cat-file", "-e", f"{commit}^{{commit}}")).code

    async def fetch(self, commit: str) -> None:
        """Get a commit and its history, without files."""
        await self._fetched("--filter=blob:none", "origin", f"+{commit}:{BRANCH}")

    async def files(self, commit: str) -> list[Entry]:
        """Return the files of a commit whose names are text, in order of their paths."""
        done = await self._git("ls-tree", "-r", "-z", "--full-tree", commit)
        if done.code:  # The clone is broken: the next run makes another one.
            shutil.rmtree(self.folder, ignore_errors=True)
        _checked(done, self.remote)
        return sorted(_entries(done.output), key=lambda entry: entry.path)

    async def changed(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        """Return the days (ISO) of the commits that changed files last; a file is missing when the history is too long to say."""
        done = await self._git("log", "--format=%x01%cs", "--name-only", "-z", "--no-renames", commit)
        days: dict[str, str] = {}
        day = ""
        for record in done.output.split(b"\0"):
            if record.startswith(b"\x01"):
                day = record[1:].decode("ascii", "replace")
            else:
                # Git writes a line end between a commit and the first of its names.
                days.setdefault(record.removeprefix(b"\n").decode("utf-8", "replace"), day)
        return {path: days[path] for path in paths if path in days}

    async def get(self, commit: str, blobs: Collection[str]) -> None:
        """Get the contents of files that are not here yet, all at once."""
        # With "--missing=print" git tells what it lacks; any other command would go and get it, one request for each.
        done = _checked(await self._git("rev-list", "--objects", "--no-object-names", "--missing=print", "--no-walk", commit), self.remote)
        lacking = {line[1:] for line in done.output.decode("ascii", "replace").splitlines() if line.startswith("?")}
        wanted = sorted(lacking & set(blobs))
        if wanted:
            await self._fetched("--filter=blob:none", "--no-write-fetch-head", "--stdin", "origin", given="\n".join(wanted).encode())

    async def read(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of files that are here."""
        names = "\n".join(blobs)
        done = _checked(await self._git("cat-file", "--batch", given=f"{names}\n".encode()), self.remote)
        return dict(_contents(done.output))

    async def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """Return how many bytes files have that are here."""
        done = _checked(await self._git("cat-file", "--batch-check", given=("\n".join(blobs) + "\n").encode()), self.remote)
        lines = (line.split() for line in done.output.decode("ascii", "replace").splitlines())
        return {line[0]: int(line[2]) for line in lines if len(line) == 3 and line[1] == "blob"}

    async def _fetched(self, *arguments: str, given: bytes = b"") -> None:
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--force")
        _checked(await self._git("fetch", *options, *arguments, online=True, given=given), self.remote)

    async def _git(self, *arguments: str, here: bool = True, online: bool = False, given: bytes = b"") -> Done:
        place = ("-C", str(self.folder)) if here else ()
        return await run(
            ("git", *place, *arguments), replace(self.bounds, folder=self.folder), env=await self._environment(online=online), given=given
        )

    async def _environment(self, *, online: bool) -> dict[str, str]:
        """Return the environment of a git that asks nobody, runs nothing of the repository's, and connects to the address that was checked."""
        settings = {
            "core.hooksPath": os.devnull,
            "credential.helper": "",
            "gc.auto": "0",
            "http.followRedirects": "false",
            "http.lowSpeedLimit": "500",
            "http.lowSpeedTime": "60",
        }
        found = await self._addresses() if online and self.remote.host else []
        if found and self.remote.scheme != "ssh":
            listed = ",".join(f"[{address}]" if ":" in address else address for address in found)
            settings["http.curloptResolve"] = f"{self.remote.host}:{self.remote.port}:{listed}"
        if self.key and self.remote.scheme == "https":
            pair = self.key if ":" in self.key else f"git:{self.key}"
            settings["http.extraHeader"] = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "LANG": "C",
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            # Whatever the repository or a redirect says, git speaks no other protocol ("ext::" would run a program).
            "GIT_ALLOW_PROTOCOL": self.remote.scheme if online else "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_SSH_COMMAND": f"{SSH} -o HostName={found[0]} -o 'HostKeyAlias={self._known_as}'" if found else SSH,
            # Settings go by the environment, since other users of the machine can read a command line.
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{f"GIT_CONFIG_KEY_{n}": name for n, name in enumerate(settings)},
            **{f"GIT_CONFIG_VALUE_{n}": value for n, value in enumerate(settings.values())},
        }

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


def _checked(done: Done, remote: Remote) -> Done:
    """Return what git came to; raise Unavailable with a sentence when that is nothing."""
    if done.stopped:
        raise Unavailable("kb", f"the repository {remote.address!r} cannot be read: {done.stopped}")
    if done.code:
        said = "".join(c if c.isprintable() else "\n" for c in done.said).strip().splitlines()
        advice = next((sentence for pattern, sentence in ADVICE if pattern.search(done.said)), "")
        told = said[-1][:200] if said else f"git ended with {done.code}"
        raise Unavailable("kb", f"the repository {remote.address!r} cannot be read: {advice or told}" + (f" ({told})" if advice else ""))
    return done


def _entries(listing: bytes) -> Iterator[Entry]:
    for line in listing.split(b"\0"):
        about, _, name = line.partition(b"\t")
        mode, _, rest = about.partition(b" ")
        if mode in FILE:
            try:
                yield Entry(name.decode(), rest.split(b" ")[1].decode("ascii"))
            except UnicodeDecodeError:
                continue  # A name that is no text can be neither an id nor a link.


def _contents(batch: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what `cat-file --batch` wrote: a line with name, kind and size, and so many bytes."""
    at = 0
    while at < len(batch):
        end = batch.index(b"\n", at)
        about = batch[at:end].decode("ascii", "replace").split()
        at = end + 1
        if len(about) == 3:
            size = int(about[2])
            yield about[0], batch[at : at + size]
            at += size + 1
