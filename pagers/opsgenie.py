"""Opsgenie: an alert as its Alert API takes it; the escalation's id is the alias under which it is created, acknowledged and closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from desk.alert import Alert, Word
from pagers.request import SOURCE, Request

ADDRESS = "https://api.opsgenie.com"
PRIORITIES: Mapping[int, str] = {1: "P4", 2: "P3", 3: "P1"}
"""How pressing each level is there; what is above the highest is as pressing as that."""
ENDINGS: Mapping[Word, str] = {Word.ACKNOWLEDGE: "acknowledge", Word.RESOLVE: "close"}
LONGEST, LONGEST_NAME = 130, 100


def request(alert: Alert, key: str) -> Request:
    """Return what is posted for one word about an escalation."""
    base = f"{(alert.pager.at or ADDRESS).rstrip('/')}/v2/alerts"
    headers = {"Authorization": f"GenieKey {key}"}
    if alert.word is Word.TRIGGER:
        return Request(base, _created(alert), headers)
    named = {"user": alert.by[:LONGEST_NAME]} if alert.by else {}
    address = f"{base}/{quote(alert.escalation, safe='')}/{ENDINGS[alert.word]}?identifierType=alias"
    return Request(address, {"source": SOURCE, **named}, headers)


def _created(alert: Alert) -> Mapping[str, Any]:
    details = {"rules": ", ".join(alert.rules), "tier": alert.tier, "account": alert.account, "category": alert.category}
    return {
        "message": alert.title[:LONGEST],
        "alias": alert.escalation,
        "source": SOURCE,
        "entity": str(alert.ticket),
        "tags": list(alert.rules),
        "details": {name: value for name, value in details.items() if value},
        "priority": PRIORITIES[min(max(alert.level, 1), max(PRIORITIES))],
    }
