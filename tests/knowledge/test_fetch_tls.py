"""Fetching over TLS: the name is verified although the connection goes to an address that was looked up before."""

import asyncio
import shutil
import ssl
import subprocess

import pytest

from desk.errors import Unavailable
from knowledge.net.fetch import Fetcher, Patience, Surroundings
from tests.knowledge.site import Answer, Site, Waiting

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificates")
ONCE = Patience(attempts=1)


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate for help.example that this test's process trusts."""
    file = tmp_path / "both.pem"
    names = ("-subj", "/CN=help.example", "-addext", "subjectAltName=DNS:help.example")
    command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", tmp_path / "key", "-out", tmp_path / "cert")
    subprocess.run([*command, *names], check=True, capture_output=True)
    file.write_bytes((tmp_path / "key").read_bytes() + (tmp_path / "cert").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert"))
    return file


async def got(certificate, host: str) -> bytes:
    """Fetch a page of a host that is played by this machine."""
    site, waiting = Site({"/": Answer("safe")}), Waiting()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    fetcher = Fetcher(private_network=True, patience=ONCE, around=Surroundings(resolve, waiting.sleep, waiting.clock))
    try:
        return (await fetcher.get(f"https://{host}:{server.sockets[0].getsockname()[1]}/")).body
    finally:
        await fetcher.close()
        server.close()


async def test_a_page_of_a_host_that_proves_its_name_is_read(certificate):
    assert await got(certificate, "help.example") == b"safe"


async def test_a_host_that_proves_another_name_is_not_read(certificate):
    with pytest.raises(Unavailable, match="connection failed"):
        await got(certificate, "other.example")


async def test_a_host_whose_certificate_nobody_knows_is_not_read(certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unavailable, match="connection failed"):
        await got(certificate, "help.example")
