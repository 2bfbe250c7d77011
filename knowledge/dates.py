"""Dates: days as wikis spell them, "September 14, 2026 10:20 AM", as ISO dates."""

from __future__ import annotations

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = re.compile(r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
WORDS = re.compile(
    r"\b(?:(?P<month>[A-Za-z]{3,9})\.? +(?P<day>\d{1,2})(?:st|nd|rd|th)?,? +(?P<year>\d{4})"
    r"|(?P<day2>\d{1,2})(?:st|nd|rd|th)?\.? +(?P<month2>[A-Za-z]{3,9})\.?,? +(?P<year2>\d{4}))\b"
)


def spelled(text: str) -> str:
    """Return the first day that a text names, as an ISO date; "" when it names none. Days as numbers only are read with the year first."""
    found = min(filter(None, (NUMBERS.search(text), WORDS.search(text))), key=lambda match: match.start(), default=None)
    if not found:
        return ""
    parts = {name.rstrip("2"): value for name, value in found.groupdict().items() if value}
    # 03/04/2026 is March to some and April to others, so that only days with the year first came this far as numbers.
    month = parts["month"]
    try:
        return date(int(parts["year"]), int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1, int(parts["day"])).isoformat()
    except ValueError:
        return ""
