"""The rhythm of training events: how far apart they stand, and when the next is due.

The target is one every four to five weeks on average (28 to 35 days), so ten to thirteen a year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.rules.holidays import CityCalendar

GAP_MIN_DAYS = 28  # four weeks
GAP_MAX_DAYS = 35  # five weeks


@dataclass(frozen=True)
class Cadence:
    """How often events came in a span: gaps in days, None when there are fewer than two events."""

    count: int
    mean_gap_days: float | None
    worst_gap_days: int | None

    @property
    def is_within(self) -> bool:
        """Whether the mean gap is four to five weeks; False when there is no gap to measure."""
        return self.mean_gap_days is not None and GAP_MIN_DAYS <= self.mean_gap_days <= GAP_MAX_DAYS


@dataclass(frozen=True)
class Gauge:
    """The cadence of the twelve months that end today and of the twelve that begin tomorrow."""

    past: Cadence
    ahead: Cadence


def cadence(dates: Iterable[date], first_on: date, last_on: date) -> Cadence:
    """The cadence of the events on first_on..last_on, both included. The worst gap is the longest."""
    raise NotImplementedError


def gauge(dates: Sequence[date], today: date) -> Gauge:
    """The cadence of the last and of the next twelve months."""
    raise NotImplementedError


def next_window(dates: Iterable[date], today: date) -> tuple[date, date]:
    """First and last day on which the next event keeps the rhythm: 28 to 35 days after the last one known.

    Never in the past: an overdue event is offered from today for a week. Without any event: four to
    five weeks from today.
    """
    raise NotImplementedError


def default_date(dates: Iterable[date], today: date, calendars: Sequence[CityCalendar]) -> date:
    """The day to offer in the next window: Tuesday to Thursday, free of lead holidays and quiet periods.

    Falls back to any such weekday, then to the window's first day.
    """
    raise NotImplementedError


def training_year(year: int, calendars: Sequence[CityCalendar], session_dates: Iterable[date]) -> list[date]:
    """Ten to thirteen days, 28 to 35 days apart, for a year's training events; twelve when they fit.

    Never on a lead city's holiday or weekend, in its quiet period, or in the ISO week of a session;
    Tuesday to Thursday where possible. Raises InvalidInput when no such year exists.
    """
    raise NotImplementedError
