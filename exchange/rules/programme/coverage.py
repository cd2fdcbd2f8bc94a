"""How often cities took part in what is about a theme, year by year, and who has been away from it for long.

Not who took part: that is found from rows, and comes here as values.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

MONTHS_AWAY = 24  # the network's conference and its exercises come round within two years


@dataclass(frozen=True)
class TakenPart:
    """A city's part in one exchange or event about a theme, on the day it is dated by."""

    city_id: int
    theme_id: int
    on: date


@dataclass(frozen=True)
class Cover:
    """One city and one theme: how often by year, the first year first; ``last_on`` None for never.

    ``is_away`` when there was no part in the MONTHS_AWAY months that end today. ``recent`` counts those.
    """

    by_year: Mapping[int, int] = field(default_factory=dict)
    last_on: date | None = None
    recent: int = 0

    @property
    def is_away(self) -> bool:
        """Whether the city had no part for so long."""
        return self.recent == 0


def coverage(parts: Iterable[TakenPart], today: date) -> dict[tuple[int, int], Cover]:
    """The cover of each city and theme that has any, by their ids; what is missing is ``Cover()``."""
    days: dict[tuple[int, int], list[date]] = {}
    for part in parts:
        days.setdefault((part.city_id, part.theme_id), []).append(part.on)
    since = months_before(today, MONTHS_AWAY)
    return {key: _cover(sorted(found), since) for key, found in days.items()}


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a month that is too short."""
    years, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    for day in range(on.day, 27, -1):
        try:
            return date(years, month + 1, day)
        except ValueError:  # a month without that day
            continue
    return date(years, month + 1, min(on.day, 27))


def _cover(days: list[date], since: date) -> Cover:
    return Cover(Counter(on.year for on in days), days[-1], sum(on > since for on in days))
