"""What `doctor` looks at in a Slack installation, over the wire, and what it says to do."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.slack.access import Access
from bot.slack.checks import CHECKS, Installation
from bot.slack.manifest import OPTIONAL, SCOPES
from bot.slack.web import Web
from desk.errors import Misconfigured
from desk.policy_check import read_policy
from desk.space import Channel, ChannelKind, ChannelRef, Platform
from tests.fakes import START, FakeClock

SHIPPED = read_policy(tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text()))
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
AGENTS = Channel(ChannelRef(Platform.SLACK, "T1", "C-agents"), "agents", ChannelKind.INTERNAL, START, agents=True)
ACME = Channel(ChannelRef(Platform.SLACK, "T1", "C-acme"), "acme-shared", ChannelKind.SHARED, START)


@dataclass
class Workspace:
    """A Slack that answers what it is told to."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    scopes: str | None = ",".join((*SCOPES, *OPTIONAL))
    at: datetime = NOW

    async def answer(self, request: web.Request) -> web.Response:
        method, given = request.match_info["method"], {**request.query, **await request.post()}
        headers = {"x-oauth-scopes": self.scopes} if self.scopes is not None else {}
        return web.json_response(self._body(method, given), headers={**headers, "date": format_datetime(self.at, usegmt=True)})

    def _body(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        known = {
            "auth.test": {"ok": True, "team_id": "T1", "team": "Pelican Ledger", "user_id": "UBOT", "bot_id": "B1", "url": "https://p.slack.com/"},
            "apps.connections.open": {"ok": True, "url": "wss://p.slack.com/link"},
            "conversations.info": {"ok": True, "channel": self.channels.get(str(given.get("channel")), {"is_member": False})},
            "conversations.members": {"ok": True, "members": self.members.get(str(given.get("channel")), [])},
            "users.info": {"ok": True, "user": {"id": given.get("user"), "team_id": "T1", "is_restricted": given.get("user") == "U-guest"}},
            "users.list": {"ok": True, "members": []},
            "usergroups.list": {"ok": True, "usergroups": [{"id": "S1", "handle": "leads", "user_count": 2}]},
        }
        return self.answers.get(method) or known.get(method) or {"ok": False, "error": "unknown_method"}


@pytest.fixture
def workspace() -> Workspace:
    private = {"is_member": True, "is_private": True}
    return Workspace(channels={"C-agents": private, "C-acme": {"is_member": True}}, members={"C-agents": ["UBOT", "U-tim"]})


@pytest.fixture
async def look(workspace):
    """Return a function that makes one check."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", workspace.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    opened: list[Web] = []

    async def check(name: str, *, channels=(AGENTS, ACME), app_token="xapp-1", secret="", **team: Any) -> str:
        access = Access("xoxb-1", app_token, secret, address)
        opened.append(Web(access))
        found = replace(SHIPPED, team=replace(SHIPPED.team, **team))
        return await CHECKS[name](Installation(access, opened[-1], Kept(found), Kept(found, channels), FakeClock(NOW)))

    yield check
    for client in opened:
        await client.close()
    await runner.cleanup()


@dataclass
class Kept:
    """The policy and the declared channels."""

    policy: Any
    declared: tuple[Channel, ...] = ()

    async def current(self):
        return self.policy

    async def channels(self):
        return self.declared


async def test_tokens_that_work_are_told_with_the_workspace_and_the_way_events_come(look):
    assert await look("slack") == "Pelican Ledger (T1), events come over Socket Mode"
    assert await look("slack", app_token="", secret="s") == "Pelican Ledger (T1), events come over HTTP to /slack/events"


@pytest.mark.parametrize(
    ("answers", "given", "says"),
    [
        pytest.param({"auth.test": {"ok": False, "error": "invalid_auth"}}, {}, "FRONTDESK_SLACK_BOT_TOKEN", id="a wrong bot token"),
        pytest.param(
            {"auth.test": {"ok": False, "error": "account_inactive"}}, {}, "install the app in the workspace again", id="an uninstalled app"
        ),
        pytest.param({"apps.connections.open": {"ok": False, "error": "invalid_auth"}}, {}, "FRONTDESK_SLACK_APP_TOKEN", id="a wrong app token"),
        pytest.param({}, {"app_token": ""}, "FRONTDESK_SLACK_SIGNING_SECRET", id="neither an app token nor a secret"),
    ],
)
async def test_a_token_that_does_not_work_is_told_with_the_setting_to_change(look, workspace, answers, given, says):
    workspace.answers = answers
    with pytest.raises(Misconfigured, match=says):
        await look("slack", **given)


async def test_a_missing_scope_is_told_with_what_it_is_for(look, workspace):
    workspace.scopes = ",".join(set(SCOPES) - {"files:read"})
    with pytest.raises(Misconfigured, match=r"files:read \(read the files that customers send\): paste the manifest"):
        await look("slack scopes")


async def test_an_optional_scope_may_be_missing(look, workspace):
    workspace.scopes = ",".join(SCOPES)
    assert "not usergroups:read, so it cannot take the team from user groups" in await look("slack scopes")


async def test_channels_that_are_well_are_counted(look):
    assert await look("slack channels") == "the bot is in all 2, and the agents channel is private"


@pytest.mark.parametrize(
    ("channel", "members", "says"),
    [
        pytest.param({"is_member": False, "is_private": True}, ["U-tim"], "the bot is not in #agents: write /invite there", id="not invited"),
        pytest.param({"is_member": True, "is_private": True, "is_archived": True}, [], "#agents is archived", id="archived"),
        pytest.param({"is_member": True, "is_private": False}, ["U-tim"], "others than the team can read #agents", id="public"),
        pytest.param({"is_member": True, "is_private": True, "is_ext_shared": True}, ["U-tim"], "others than the team can read", id="shared"),
        pytest.param({"is_member": True, "is_private": True}, ["U-tim", "U-guest"], "others than the team can read", id="a guest in it"),
    ],
)
async def test_an_agents_channel_that_is_not_well_is_told_with_what_to_do(look, workspace, channel, members, says):
    workspace.channels["C-agents"], workspace.members["C-agents"] = channel, members
    with pytest.raises(Misconfigured, match=says):
        await look("slack channels")


async def test_without_an_agents_channel_setup_is_named(look):
    with pytest.raises(Misconfigured, match="/frontdesk setup"):
        await look("slack channels", channels=(ACME,))


async def test_user_groups_of_the_policy_are_found_by_name(look):
    assert await look("slack user groups") == "the policy names none"
    assert await look("slack user groups", leads=("slack/T1/S1", "slack/T2/S9", "slack/T1/U1")) == "@leads (2)"


async def test_a_user_group_that_is_gone_or_a_plan_without_any_is_told(look, workspace):
    with pytest.raises(Misconfigured, match="S7 of"):
        await look("slack user groups", leads=("slack/T1/S7",))
    workspace.answers["usergroups.list"] = {"ok": False, "error": "paid_teams_only"}
    with pytest.raises(Misconfigured, match="a plain list works without"):
        await look("slack user groups", leads=("slack/T1/S1",))


async def test_a_clock_that_is_right_is_told_and_one_that_is_not_must_be_set(look, workspace):
    assert await look("slack clock") == "0 s behind Slack's"
    workspace.at = NOW - timedelta(minutes=6)
    with pytest.raises(Misconfigured, match="refused as too old"):
        await look("slack clock", app_token="", secret="s")
    with pytest.raises(Misconfigured, match="360 s ahead of Slack's: set it"):
        await look("slack clock")
