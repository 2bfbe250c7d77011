"""Access: what the environment gives to reach a Slack workspace."""

from __future__ import annotations

from dataclasses import dataclass, field

API = "https://slack.com/api/"
"""Slack's own Web API; another address serves GovSlack, or a test."""


@dataclass(frozen=True, slots=True)
class Access:
    """Tokens and secret of one installed app. With an app token events come over Socket Mode, else over HTTP, signed with the secret."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    url: str = API

    @property
    def in_socket_mode(self) -> bool:
        """Tell whether this program opens the connection, so that it needs no public address."""
        return bool(self.app_token)
