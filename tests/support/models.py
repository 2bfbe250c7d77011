"""Models: no test reaches a real language model, neither by a key of whoever runs it nor by a name."""

import os
import socket
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest

NAMES = ("ANTHROPIC_", "FRONTDESK_MODEL_", "CLOUD_ML_REGION", "AWS_BEARER_TOKEN_BEDROCK")
"""How the names begin of what leads to a language model."""
VENDORS = ("anthropic.com", "amazonaws.com", "googleapis.com")


def forget_models(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take out of the environment whatever leads to a language model."""
    for name in [name for name in environment if name.startswith(NAMES)]:
        del environment[name]


def is_vendor(host: object) -> bool:
    """Tell whether a host serves language models."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    return any(name == vendor or name.endswith(f".{vendor}") for vendor in VENDORS)


@pytest.fixture(autouse=True, scope="session")
def no_real_model() -> Iterator[None]:
    """Make the vendors' names lead nowhere, as on a machine without a network."""
    resolve = socket.getaddrinfo

    def resolved(host: Any, *arguments: Any, **named: Any) -> Any:
        if is_vendor(host):
            raise socket.gaierror(socket.EAI_NONAME, f"no test may reach {host!r}")
        return resolve(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolved)
        yield
