"""Git repositories elsewhere: git's own server over HTTP, keys, private machines, and a git that will not do."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desk.errors import Misconfigured, Unavailable
from desk.source import Source, SourceKind
from knowledge.article import Article
from knowledge.net.links import Refused
from knowledge.repository.git import open_git
from tests.knowledge.kit import write
from tests.knowledge.test_git import read, repo

__all__ = ["repo"]


@pytest.mark.parametrize("at", ["https://help.example/r.git", "git@help.example:r.git"])
async def test_a_private_machine_is_refused(tmp_path, at):
    async def inside(host: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    with pytest.raises(Refused, match="private_network"):
        async for _ in open_git(Source("docs", SourceKind.GIT, at), cache=tmp_path, environ={}, resolve=inside).batches(""):
            pass


@dataclass
class Server:
    """Git's own HTTP server (`git http-backend`) behind a few lines of HTTP."""

    root: Path
    key: str = ""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await self._body(reader, headers)
        method, target, _ = first.split(" ")
        self.asked.append(f"{headers['host']} {method} {target}")
        if self.key and headers.get("authorization") != f"Basic {base64.b64encode(self.key.encode()).decode()}":
            writer.write(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            head, _, content = (await self._backend(method, target, headers, body)).partition(b"\r\n\r\n")
            status = head.partition(b"Status: ")[2].partition(b"\r\n")[0] or b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\nConnection: close\r\n\r\n" + content)
        await writer.drain()
        writer.close()

    async def _body(self, reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while size := int(await reader.readline(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            return body
        return await reader.readexactly(int(headers.get("content-length", "0")))

    async def _backend(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
        path, _, query = target.partition("?")
        env = {**os.environ, "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query}
        env |= {"REQUEST_METHOD": method, "CONTENT_TYPE": headers.get("content-type", ""), "CONTENT_LENGTH": str(len(body))}
        env |= {"GIT_PROTOCOL": headers.get("git-protocol", ""), "HTTP_CONTENT_ENCODING": headers.get("content-encoding", "")}
        process = await asyncio.create_subprocess_exec("git", "http-backend", stdin=-1, stdout=-1, env=env)
        return (await process.communicate(body))[0]


@asynccontextmanager
async def hosted(root: Path, key: str = "") -> AsyncIterator[Server]:
    server = Server(root, key)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()


class Names:
    """A name server that knows one machine."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return ["127.0.0.1"]


async def test_a_repository_is_read_over_http_at_the_address_that_was_checked(repo, tmp_path):
    """The name exists nowhere but here: that it is reached shows that git connects to the address we looked up."""
    repo.commit({"docs/a.md": "one", "docs/b.md": "two", "media/big.bin": os.urandom(300_000)})
    repo.git("config", "uploadpack.allowFilter", "true")
    names = Names()
    async with hosted(repo.root.parent) as server:
        source = Source("docs", SourceKind.GIT, f"http://help.example:{server.port}/repo/.git", private_network=True)
        batches = [batch async for batch in open_git(source, cache=tmp_path / "cache", environ={}, resolve=names.resolve).batches("")]
    assert [item.id for batch in batches for item in batch.items if isinstance(item, Article)] == ["docs/a.md", "docs/b.md"]
    assert {line.split(" ")[0] for line in server.asked} == {f"help.example:{server.port}"}
    assert sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*") if path.is_file()) < 100_000  # Not the file nobody reads.


async def test_a_repository_that_wants_a_key_says_what_to_do(repo, tmp_path):
    repo.commit({"docs/a.md": "one"})
    async with hosted(repo.root.parent, key="git:secret") as server:
        with pytest.raises(Unavailable, match="`secret`"):
            await read(f"http://127.0.0.1:{server.port}/repo/.git", tmp_path / "cache")


async def test_a_key_goes_over_https_only(repo, tmp_path):
    repo.commit({"docs/a.md": "one"})
    async with hosted(repo.root.parent, key="git:secret") as server:
        source = Source("docs", SourceKind.GIT, f"http://127.0.0.1:{server.port}/repo/.git", private_network=True, secret="TOKEN")
        with pytest.raises(Unavailable):
            async for _ in open_git(source, cache=tmp_path / "cache", environ={"TOKEN": "secret"}).batches(""):
                pass


async def test_a_key_is_on_no_command_line(tmp_path):
    source = Source("docs", SourceKind.GIT, "https://help.example/r.git", private_network=True, secret="TOKEN")
    clone = open_git(source, cache=tmp_path, environ={"TOKEN": "secret"}, resolve=Names().resolve).clone
    env = await clone.git.environment(online=True)
    sent = base64.b64encode(b"git:secret").decode()
    assert [value for value in env.values() if sent in value] == [f"Authorization: Basic {sent}"]


async def test_git_sees_nothing_of_our_environment_that_it_does_not_need(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://evil.example")
    monkeypatch.setenv("GIT_SSH_COMMAND", "touch x")
    monkeypatch.setenv("FRONTDESK_TOKEN", "t")
    clone = open_git(
        Source("docs", SourceKind.GIT, "git@help.example:r.git", private_network=True), cache=tmp_path, environ={}, resolve=Names().resolve
    ).clone
    env = await clone.git.environment(online=True)
    assert not {"HTTPS_PROXY", "FRONTDESK_TOKEN"} & env.keys()
    assert env["GIT_ALLOW_PROTOCOL"] == "ssh"


@pytest.mark.parametrize(("port", "known_as"), [("", "help.example"), (":2222", "[help.example]:2222")])
async def test_a_repository_is_read_over_ssh_at_the_address_that_was_checked(repo, tmp_path, monkeypatch, port, known_as):
    """The program that plays ssh writes down what it is told and runs git here."""
    repo.commit({"docs/a.md": "one"})
    script = f'#!/bin/sh\necho "$@" >> {tmp_path}/told\nfor last; do :; done\nexec sh -c "$last"\n'
    write(tmp_path / "bin", {"ssh": script})
    (tmp_path / "bin" / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    source = Source("docs", SourceKind.GIT, f"ssh://git@help.example{port}{repo.root}", private_network=True)
    batches = [batch async for batch in open_git(source, cache=tmp_path / "cache", environ={}, resolve=Names().resolve).batches("")]
    assert [item.id for batch in batches for item in batch.items] == ["docs/a.md"]
    for line in (tmp_path / "told").read_text().splitlines():
        assert "-F none -o BatchMode=yes -o StrictHostKeyChecking=yes" in line
        assert f"-o HostName=127.0.0.1 -o HostKeyAlias={known_as}" in line


async def test_a_git_that_is_missing_is_told(repo, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match="'git' is not installed"):
        await read(repo.root, tmp_path / "cache")


async def test_a_git_that_is_too_old_is_told(repo, tmp_path, monkeypatch):
    write(tmp_path / "bin", {"git": "#!/bin/sh\necho git version 2.20.1\n"})
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    with pytest.raises(Misconfigured, match=r"2\.37"):
        await read(repo.root, tmp_path / "cache")
