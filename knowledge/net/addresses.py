"""Addresses: which machines may be connected to, decided anew at every connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from httpcore2 import SOCKET_OPTION, AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

from knowledge.net.links import Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Return the addresses of a host, best first."""
SPECIAL = ("is_private", "is_loopback", "is_link_local", "is_multicast", "is_reserved", "is_unspecified")
DISGUISES = tuple(map(ip_network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))
"""IPv4 addresses in the clothes of IPv6: a gateway would lead them to places that are private in IPv4."""
FORBIDDEN = (
    *DISGUISES,
    ip_network("0.0.0.0/8"),
    ip_network("100.64.0.0/10"),  # Shared by the customers of one provider; clouds keep their own services there.
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("198.18.0.0/15"),
    ip_network("fec0::/10"),
)
"""What is forbidden beyond the private, loopback, link-local, multicast and reserved ranges that the standard library knows.

Source: the special-purpose address registries of IANA (RFC 6890) and RFC 6598, 6052, 8215, 4380, 3056.
"""

KEYS = frozenset({"fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192"})
"""Where clouds answer for a machine outside of the link-local range: Amazon's and Google's in IPv6, Alibaba's, Oracle's."""


def is_public(address: str) -> bool:
    """Tell whether an IP address lies on the open internet."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.scope_id:
        return False
    # More than `is_global`, which differs from one release of Python to the next and lets multicast pass.
    is_special = any(getattr(ip, kind) for kind in SPECIAL)
    return ip.is_global and not is_special and not _is_in(ip, FORBIDDEN)


def is_reachable(address: str, *, private_network: bool) -> bool:
    """Tell whether an IP address may be connected to: a public one, and with `private_network` one of a private network or this machine."""
    if is_public(address):
        return True
    ip = ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None) or ip
    is_disguised = not inner.is_loopback and _is_in(inner, DISGUISES)
    # Where clouds hand out the keys of a machine to whoever asks from it: no page that redirects there is a document.
    return private_network and not (inner.is_link_local or inner.is_multicast or is_disguised or str(inner) in KEYS)


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host; raises OSError when it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


async def reachable(host: str, port: int, *, resolve: Resolve, private_network: bool) -> list[str]:
    """Return the addresses of a host that may be connected to; raise Refused when it has addresses and none of them may."""
    found = await resolve(host, port)
    # A name may lead both ways (a company's own view of its site, NAT64): what is outside is enough.
    allowed = [address for address in found if is_reachable(address, private_network=private_network)]
    if found and not allowed and private_network:
        raise Refused(f"{host!r} is where a machine's own keys and neighbors are ({found[0]}): that is never read")
    if found and not allowed:
        raise Refused(f"{host!r} is inside the private network ({found[0]}): set private_network for its source if it should be read")
    return allowed


class Guard(AsyncNetworkBackend):
    """Connects to the very address that was checked, so that a name which resolves differently a moment later (DNS rebinding) gains nothing.

    TLS is negotiated above it and still verifies the name.
    """

    def __init__(self, resolve: Resolve, *, private_network: bool) -> None:
        self._resolve = resolve
        self._private_network = private_network
        self._network = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first address of a host that answers; each has `timeout` seconds."""
        try:
            addresses = await reachable(host, port, resolve=self._resolve, private_network=self._private_network)
        except OSError as error:
            raise ConnectError(f"{host!r} has no address") from error
        failed: Exception = ConnectError(f"{host!r} has no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (ConnectError, ConnectTimeout) as error:
                failed = error
        raise failed

    async def connect_unix_socket(self, path: str, *_: object, **__: object) -> AsyncNetworkStream:
        """Refuse: a socket file is no place on the web."""
        raise Refused(f"{path!r} is a socket, not an address")

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts; the pool makes one only."""
        await self._network.sleep(seconds)


def _is_in(ip: Address, networks: Iterable[Network]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)
