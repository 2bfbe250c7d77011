"""The app manifest: valid for Slack, no more than it needs, and one for each way that events arrive."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from bot.slack.manifest import EVENTS, GROUP_EVENTS, OPTIONAL, SCOPES, manifest
from cli.app import run
from desk.errors import InvalidInput

SCHEMA = Path(__file__).parents[3] / "shared" / "contracts" / "specs" / "slack-manifest.schema.2.0.0.json"
NEEDED = {
    "app_mention": "app_mentions:read",
    "channel_": "channels:read",
    "group_": "groups:read",
    "member_": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_": "reactions:read",
    "user_change": "users:read",
    "subteam_": "usergroups:read",
}
"""The scope that Slack asks for each event, by the event's beginning; App Home and the app's own removal need none."""
ROOMS = {"channels:read", "groups:read", "im:read"}
READING = {"channels:history", "groups:history", "im:history"}
CALLS = {
    "apps.connections.open": set(),
    "assistant.threads.setStatus": {"assistant:write"},
    "auth.test": set(),
    "chat.appendStream": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": READING,
    "conversations.info": ROOMS,
    "conversations.members": ROOMS,
    "conversations.open": {"im:write"},
    "conversations.replies": READING,
    "files.info": {"files:read"},
    "reactions.add": {"reactions:write"},
    "reactions.remove": {"reactions:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.conversations": {"im:read"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
    "views.open": set(),
    "views.publish": set(),
    "views.update": set(),
}
"""The scopes that Slack asks for each method. What reads a conversation needs one for each kind of it: a direct message is read too."""
METHOD = re.compile(r"\"((?:apps|assistant|auth|chat|conversations|files|reactions|usergroups|users|views)\.[A-Za-z.]+)\"")
ADAPTER = Path(__file__).parents[2] / "bot" / "slack"


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is in ../shared, which a clone does not have")
@pytest.mark.parametrize("options", [{}, {"url": "https://desk.example.com"}, {"user_groups": False}, {"name": "F" * 35}], ids=str)
def test_the_manifest_is_valid_by_slacks_own_schema(options):
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(manifest(**options))] == []


def test_events_come_over_socket_mode_unless_there_is_an_address():
    over_socket, over_http = manifest(), manifest(url="https://desk.example.com/")
    assert over_socket["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in over_socket["settings"]["event_subscriptions"]
    address = "https://desk.example.com/slack/events"
    assert over_http["settings"]["socket_mode_enabled"] is False
    assert over_http["settings"]["event_subscriptions"]["request_url"] == over_http["settings"]["interactivity"]["request_url"] == address
    assert over_http["features"]["slash_commands"][0]["url"] == address


@pytest.mark.parametrize("event", [*EVENTS, *GROUP_EVENTS])
def test_every_event_has_the_scope_it_needs(event):
    scopes = manifest()["oauth_config"]["scopes"]["bot"]
    assert all(scope in scopes for beginning, scope in NEEDED.items() if event.startswith(beginning))


def test_every_call_has_the_scopes_it_needs():
    called = {method for module in ADAPTER.glob("*.py") for method in METHOD.findall(module.read_text()) if method not in OPTIONAL}
    granted = set(manifest()["oauth_config"]["scopes"]["bot"])
    assert called == CALLS.keys()
    assert {method: CALLS[method] - granted for method in called if CALLS[method] - granted} == {}


def test_nothing_is_asked_for_that_no_event_and_no_call_needs():
    assert set(SCOPES) <= {*NEEDED.values(), *set().union(*CALLS.values()), "commands"}


def test_user_groups_can_be_left_out_where_the_plan_has_none():
    plain = manifest(user_groups=False)
    assert "usergroups:read" not in plain["oauth_config"]["scopes"]["bot"]
    assert not set(plain["settings"]["event_subscriptions"]["bot_events"]) & set(GROUP_EVENTS)


@pytest.mark.parametrize("url", ["http://desk.example.com", "desk.example.com", "https://", "https://desk.example.com?a=b"])
def test_an_address_slack_could_not_send_to_is_refused(url):
    with pytest.raises(InvalidInput, match=r"write one such as https://desk\.example\.com"):
        manifest(url=url)


def test_the_command_prints_the_manifest(capsys):
    assert run(["manifest", "slack", "--name", "Pelican Help"]) == 0
    assert json.loads(capsys.readouterr().out) == manifest(name="Pelican Help")


def test_the_command_names_the_platforms_there_are(capsys):
    assert run(["manifest", "teams"]) == 2
    assert "choose slack" in capsys.readouterr().err
