"""Hosting: where a Git repository is, and where its files stand on the web."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from knowledge.net.links import Refused

# What could be read as an option of git or ssh, or as a second line, is none.
SSH = re.compile(r"(?:(?P<user>\w[\w.-]*)@)?(?P<host>\w[\w.-]*):(?!/)(?P<path>[\w./~+-]+)")
HOST = re.compile(r"[a-z0-9][a-z0-9.-]*|[0-9a-f:]+", re.IGNORECASE)
PORTS = {"https": 443, "ssh": 22, "http": 80}
OPEN = frozenset({"https", "ssh"})
"""What leads to other machines under a key that tells who they are."""
INSIDE = frozenset({"http", "file"})
"""What is for the private network only."""
PAGES = {
    "github.com": "https://github.com/{repository}/blob/{branch}/{path}",
    "gitlab.com": "https://gitlab.com/{repository}/-/blob/{branch}/{path}",
    "bitbucket.org": "https://bitbucket.org/{repository}/src/{branch}/{path}",
    "codeberg.org": "https://codeberg.org/{repository}/src/branch/{branch}/{path}",
}


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository elsewhere. `address` is what git is given; `host` is "" for one on this machine."""

    address: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""

    def page(self, branch: str, path: str) -> str:
        """Return the web address of a file, "" where the host's way of writing them is not known."""
        pattern = PAGES.get(self.host, "")
        repository = self.path.strip("/").removesuffix(".git")
        return pattern.format(repository=quote(repository), branch=quote(branch), path=quote(path))


def remote(at: str, *, private_network: bool) -> Remote:
    """Read the address of a repository: https://, ssh://, user@host:path, and with `private_network` http://, file:// and a path.

    Raises Refused for any other.
    """
    address = _spelled_out(at)
    try:
        parts = urlsplit(address)
        found = Remote(address, parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0), parts.path)
    except ValueError as error:
        raise Refused(f"the address of the repository cannot be read: {error}") from error
    if found.scheme not in (OPEN | INSIDE if private_network else OPEN):
        raise Refused(f"a repository at {at!r} is not read: write https://..., or set private_network for http:// and paths of this machine")
    if parts.password is not None or (parts.username and found.scheme != "ssh"):
        raise Refused(f"the address of the repository at {found.host!r} has a key in it: name it by `secret` instead")
    if not _is_plain(found, parts.username or ""):
        raise Refused(f"the address {at!r} names no repository")
    return found


def _spelled_out(at: str) -> str:
    """Return the address that a short one stands for."""
    if short := SSH.fullmatch(at):
        return f"ssh://{short['user'] or 'git'}@{short['host']}/{short['path']}"
    return f"file://{at}" if at.startswith("/") else at


def _is_plain(found: Remote, user: str) -> bool:
    """Tell whether an address has a host and a path, and nothing that git or ssh could take for an option."""
    is_named = found.scheme == "file" or HOST.fullmatch(found.host)
    return bool(is_named and found.path.strip("/")) and found.address.isprintable() and not user.startswith("-")
