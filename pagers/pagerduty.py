"""PagerDuty: an alert as its Events API v2 takes it; the escalation's id is the key under which it is triggered, acknowledged and resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desk.alert import Alert, Word
from pagers.request import SOURCE, Request

ADDRESS = "https://events.pagerduty.com/v2/enqueue"
SEVERITIES: Mapping[int, str] = {1: "info", 2: "warning", 3: "critical"}
"""How loud each level is there; what is above the highest is as loud as that."""
LONGEST = 1024


def request(alert: Alert, key: str) -> Request:
    """Return what is posted for one word about an escalation."""
    body: dict[str, Any] = {"routing_key": key, "event_action": alert.word.value, "dedup_key": alert.escalation}
    if alert.word is Word.TRIGGER:
        body |= {"client": SOURCE, "payload": _payload(alert)}
    return Request(alert.pager.at or ADDRESS, body)


def _payload(alert: Alert) -> Mapping[str, Any]:
    details = {"rules": ", ".join(alert.rules), "level": str(alert.level), "tier": alert.tier, "account": alert.account}
    return {
        "summary": alert.title[:LONGEST],
        "source": SOURCE,
        "severity": SEVERITIES[min(max(alert.level, 1), max(SEVERITIES))],
        "component": str(alert.ticket),
        "group": alert.category,
        "class": alert.rules[0] if alert.rules else "",
        "custom_details": {name: value for name, value in details.items() if value},
    }
