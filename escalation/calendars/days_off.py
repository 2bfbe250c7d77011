"""Days off: a country's public holidays, beside the dates that policy names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from desk.deadlines import Days, Hours
from desk.errors import InvalidInput
from desk.policy import Policy
from desk.policy_check import PolicyError, Problem


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The public holidays of a country or of a part of it (`DE`, `DE-BY`, `US-CA`), of any year, and other dates."""

    country: str
    others: Days = frozenset()

    def __contains__(self, day: object, /) -> bool:
        """Tell whether nobody works on a date."""
        return day in self.others or (isinstance(day, date) and day in _holidays(self.country, day.year))


def with_days_off(policy: Policy) -> Policy:
    """Return the policy with the holidays of its calendars' countries among their days off; raise PolicyError for a country nobody knows."""
    hours = _complete(policy.hours, "hours")
    calendars = {name: _complete(found, f"calendars.{name}") for name, found in policy.calendars.items()}
    return replace(policy, hours=hours, calendars=calendars)


def in_country(hours: Hours) -> Hours:
    """Return the hours without the public holidays of their country; raise InvalidInput for one that nobody knows."""
    if not hours.country:
        return hours
    _holidays(hours.country, 2026)
    return replace(hours, holidays=DaysOff(hours.country, hours.holidays))


def _complete(hours: Hours, path: str) -> Hours:
    try:
        return in_country(hours)
    except InvalidInput as error:
        raise PolicyError((Problem(f"{path}.country", hours.country, str(error)),)) from None


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    # Imported here: most desks name no country, and the library is large.
    import holidays

    code, _, part = country.partition("-")
    try:
        return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))
    except NotImplementedError:
        raise InvalidInput("write a country and, if you like, a part of it, as ISO 3166 has them, such as DE, DE-BY or US-CA") from None
