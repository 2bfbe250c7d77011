"""Times as people read them: in their own zone and language."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel.dates import format_datetime

from desk.instants import marked
from desk.zones import zone_of


def shown(instant: datetime, *, now: datetime, zone: str, language: str = "en") -> str:
    """Return `14:20 CET` for today and `Monday 9 November, 09:30 CET` for another day, in the reader's zone and language."""
    local, today = instant.astimezone(zone_of(zone)), now.astimezone(zone_of(zone)).date()
    pattern = "HH:mm" if local.date() == today else "EEEE d MMMM, HH:mm"
    return f"{format_datetime(local, pattern, locale=language or 'en')} {local.tzname()}"


def timed(instant: datetime, *, now: datetime, zone: str, language: str = "en", lead: str = "") -> str:
    """Return what `shown` returns, for a platform to say in each reader's own zone; `lead` goes before our words only ("at ")."""
    return marked(instant, lead + shown(instant, now=now, zone=zone, language=language))


def brief(instant: datetime, *, now: datetime, zone: str) -> str:
    """Return `14:20` for today and `9 Nov 14:20` for another day, for lines that many instants stand in."""
    local, today = instant.astimezone(zone_of(zone)), now.astimezone(zone_of(zone)).date()
    return format_datetime(local, "HH:mm" if local.date() == today else "d MMM HH:mm", locale="en")


def since(instant: datetime, now: datetime) -> str:
    """Return `today`, or `for 12 days`."""
    days = (now - instant).days
    return "today" if days < 1 else f"for {days} day{'s' * (days > 1)}"


def until(instant: datetime, now: datetime) -> str:
    """Return `in 38 min`, `in 3 h`, or how long it is overdue."""
    left = instant - now
    span = abs(left)
    text = (
        f"{max(1, round(span / timedelta(minutes=1)))} min"
        if span < timedelta(hours=2)
        else f"{round(span / timedelta(hours=1))} h"
        if span < timedelta(days=2)
        else f"{span.days} d"
    )
    return f"in {text}" if left > timedelta() else f"{text} overdue"
