"""No test reaches a real language model."""

import asyncio
import os
import socket

import pytest

from tests.support.models import forget_models, is_vendor


def test_nothing_in_the_environment_leads_to_a_model():
    assert [name for name in os.environ if name.startswith(("ANTHROPIC_", "FRONTDESK_MODEL_"))] == []


def test_keys_addresses_and_the_choice_of_a_vendor_are_forgotten_and_nothing_else():
    environment = {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "u", "FRONTDESK_MODEL_PROVIDER": "vertex", "FRONTDESK_HOME": "/h", "PATH": "/bin"}
    forget_models(environment)
    assert environment == {"FRONTDESK_HOME": "/h", "PATH": "/bin"}


async def test_a_vendors_name_leads_nowhere():
    with pytest.raises(socket.gaierror, match="no test may reach"):
        await asyncio.get_running_loop().getaddrinfo("api.anthropic.com", 443)


async def test_this_machine_can_be_reached():
    assert await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 443)


@pytest.mark.parametrize(
    ("host", "serves"),
    [
        pytest.param("anthropic.com", True, id="the vendor itself"),
        pytest.param(b"bedrock-runtime.us-east-1.amazonaws.com", True, id="as bytes"),
        pytest.param("notanthropic.com", False, id="a name that only ends alike"),
        pytest.param(None, False, id="no name"),
    ],
)
def test_vendors_are_known_by_their_names(host, serves):
    assert is_vendor(host) is serves
