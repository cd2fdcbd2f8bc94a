"""Quarters of the calendar year, as dates on somebody's wall. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = 3


@dataclass(frozen=True)
class Quarter:
    """Three months, both dates included; ``number`` from 1."""

    year: int
    number: int
    first_on: date
    last_on: date

    @property
    def key(self) -> str:
        """ "2027Q1"."""
        return f"{self.year}Q{self.number}"

    def holds(self, on: date) -> bool:
        """Whether a day is in it."""
        return self.first_on <= on <= self.last_on


def quarter_of(on: date) -> Quarter:
    """The quarter in which a day is."""
    number = (on.month - 1) // _MONTHS + 1
    first_on = date(on.year, (number - 1) * _MONTHS + 1, 1)
    next_on = date(on.year + 1, 1, 1) if number == 4 else date(on.year, number * _MONTHS + 1, 1)
    return Quarter(on.year, number, first_on, next_on - timedelta(days=1))


def quarter_before(on: date) -> Quarter:
    """The last quarter that is over on a day."""
    return quarter_of(quarter_of(on).first_on - timedelta(days=1))
