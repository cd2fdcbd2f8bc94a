"""Observances: days that people keep for their faith or culture wherever they live, out of a reviewed file.

Not holidays, which a city has by law (holidays.py), and no opinions: findings say what a day means.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exchange.rules.toml_fields import Entry

ONE_DAY = timedelta(days=1)
# Sunset differs by city and season; who keeps an evening leaves work before it.
EVENING = time(16)
_MOST_DAYS = 60
_MOST_UNCERTAIN = 7
_KEYS = frozenset(
    {
        "name",
        "dates",
        "days",
        "plus_minus_days",
        "begins_evening_before",
        "warns",
        "source",
        "checked_on",
    }
)


@dataclass(frozen=True)
class Observance:
    """One observance of one year: its first and last day, both included.

    ``plus_minus_days`` is how many days it may still move. ``warns`` when many who keep it take no part in
    anything else on it.
    """

    name: str
    first_on: date
    last_on: date
    plus_minus_days: int
    begins_evening_before: bool
    warns: bool
    source: str
    checked_on: date

    @property
    def begins(self) -> datetime:
        """When it begins on any wall, as far as its date is sure."""
        if self.begins_evening_before:
            return datetime.combine(self.first_on - ONE_DAY, EVENING)
        return datetime.combine(self.first_on, time())

    @property
    def ends(self) -> datetime:
        """The midnight after its last day, on any wall."""
        return datetime.combine(self.last_on + ONE_DAY, time())

    def is_touched_by(self, starts: datetime, ends: datetime, *, days: int = 0) -> bool:
        """Whether a stretch on a wall meets it, with so many days more on either side of it."""
        more = timedelta(days=days)
        return starts < self.ends + more and ends > self.begins - more


def read_observances(document: Mapping[str, object]) -> tuple[Observance, ...]:
    """The observances of a parsed document by date. Raises ConfigurationError with place and fault."""
    tables = Entry("", document, known={"observances"}).each("observances", _read)
    found = [one for years in tables for one in years]
    return tuple(sorted(found, key=lambda one: (one.first_on, one.name)))


def _read(place: str, table: object) -> tuple[Observance, ...]:
    return tuple(_years(Entry(place, table, known=_KEYS)))


def _years(entry: Entry) -> Iterator[Observance]:
    days = entry.integer("days", 1, _MOST_DAYS, default=1)
    for first_on in entry.days("dates"):
        yield Observance(
            name=entry.text("name"),
            first_on=first_on,
            last_on=first_on + (days - 1) * ONE_DAY,
            plus_minus_days=entry.integer("plus_minus_days", 0, _MOST_UNCERTAIN, default=0),
            begins_evening_before=entry.flag("begins_evening_before"),
            warns=entry.flag("warns"),
            source=entry.text("source"),
            checked_on=entry.day("checked_on"),
        )


def near(
    observances: Collection[Observance], starts: datetime, ends: datetime
) -> list[tuple[Observance, bool]]:
    """Those that a stretch on a wall may meet, and of each whether it does by its date as it stands."""
    return [
        (one, one.is_touched_by(starts, ends))
        for one in observances
        if one.is_touched_by(starts, ends, days=one.plus_minus_days)
    ]
