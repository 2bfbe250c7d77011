"""Doctor looks at routing: the channels that teams read in are there."""

from datetime import UTC, datetime

import pytest

from cli.routing_check import checked
from desk.errors import FrontdeskError
from desk.policy_check import merged, read_policy
from desk.space import Channel, ChannelKind, ChannelRef, Platform
from tests.desk.test_routing_check import SHIPPED

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def policy(**routing):
    return read_policy(merged(SHIPPED, {"routing": routing}))


def channel(name, kind=ChannelKind.INTERNAL):
    return Channel(ChannelRef(Platform.LOCAL, "main", name), name, kind, NOW)


def test_what_ships_is_off():
    assert checked(policy(), []) == "off, and in shadow for 0 of 6 categories"


def test_shadow_is_counted():
    assert checked(policy(default="shadow", modes={"billing": "off"}), []) == "off, and in shadow for 5 of 6 categories"


def test_on_names_the_categories():
    teams = {"finance": {"channel": "#finance"}}
    assert checked(policy(modes={"billing": "on"}, teams=teams), [channel("finance")]) == "on for billing"


@pytest.mark.parametrize("kind", [ChannelKind.COMMUNITY, ChannelKind.SHARED])
def test_a_channel_for_customers_is_no_teams(kind):
    with pytest.raises(FrontdeskError, match="#finance is no internal channel"):
        checked(policy(default="on", teams={"finance": {"channel": "finance"}}), [channel("finance", kind)])


def test_doctor_says_so(call):
    assert "ok    routing: off, and in shadow for 0 of 6 categories" in call("doctor")[1]
