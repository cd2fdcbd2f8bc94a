"""The rhythm of training events: how far apart they stand, and when the next is due.

Not a whole year's plan: training_year.py makes one. The target is one event every four to five
weeks on average, so ten to thirteen a year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from exchange.rules.programme.training_year import (
    GAP_MAX_DAYS,
    GAP_MIN_DAYS,
    inconvenience,
    is_open_day,
    training_year,
)
from exchange.rules.time.holidays import CityCalendar

__all__ = [
    "GAP_MAX_DAYS",
    "GAP_MIN_DAYS",
    "Cadence",
    "Gauge",
    "cadence",
    "default_date",
    "gauge",
    "next_window",
    "training_year",
]

ONE_DAY = timedelta(days=1)
LOOK_AHEAD_DAYS = 91  # a quarter: longer than any quiet period
OVERDUE_WINDOW_DAYS = 7  # an event that is late is offered within a week


@dataclass(frozen=True)
class Cadence:
    """How often events came in a span; gaps are None when there is none to measure."""

    count: int
    mean_gap_days: float | None
    worst_gap_days: int | None

    @property
    def is_within(self) -> bool:
        """Whether the mean gap is four to five weeks; False when there is no gap to measure."""
        mean = self.mean_gap_days
        return mean is not None and GAP_MIN_DAYS <= mean <= GAP_MAX_DAYS


@dataclass(frozen=True)
class Gauge:
    """The cadence of the twelve months that end today, and of the twelve that begin tomorrow."""

    past: Cadence
    ahead: Cadence


def cadence(dates: Iterable[date], first_on: date, last_on: date) -> Cadence:
    """The cadence of the events on first_on..last_on, both included; the worst gap is the longest.

    Two events on one day are two events with no gap between them. An end of the span that is empty for longer
    than the longest gap of the target is a gap, too; a span without any event has none to measure.
    """
    inside = sorted(on for on in dates if first_on <= on <= last_on)
    gaps = [(after - before).days for before, after in pairwise(inside)]
    if inside:
        ends = ((inside[0] - first_on).days, (last_on - inside[-1]).days)
        gaps += [days for days in ends if days > GAP_MAX_DAYS]
    if not gaps:
        return Cadence(len(inside), None, None)
    return Cadence(len(inside), sum(gaps) / len(gaps), max(gaps))


def gauge(dates: Sequence[date], today: date) -> Gauge:
    """The cadence of the last and of the next twelve months; ``today`` belongs to the last."""
    past = cadence(dates, _year_away(today, -1) + ONE_DAY, today)
    ahead = cadence(dates, today + ONE_DAY, _year_away(today, 1))
    return Gauge(past, ahead)


def next_window(dates: Iterable[date], today: date) -> tuple[date, date]:
    """First and last day on which another event keeps the rhythm: 28 to 35 days after the last one.

    The last one may still be to come. Never in the past: when the window is over, the week from
    today is offered. Without any event: four to five weeks from today.
    """
    last_event = max(dates, default=today)
    first_on = last_event + timedelta(days=GAP_MIN_DAYS)
    last_on = last_event + timedelta(days=GAP_MAX_DAYS)
    if last_on < today:
        return today, today + timedelta(days=OVERDUE_WINDOW_DAYS)
    return max(first_on, today), last_on


def default_date(dates: Iterable[date], today: date, calendars: Sequence[CityCalendar]) -> date:
    """The day to offer for the next event: the most convenient of the next window, earliest first.

    Never a lead city's holiday, weekend or quiet period, unless the whole window is: then the
    window's first day, which keeps the rhythm, or without any event the first open day after it.
    """
    events = list(dates)
    first_on, last_on = next_window(events, today)
    days = [first_on + timedelta(days=n) for n in range(LOOK_AHEAD_DAYS)]
    days_open = [on for on in days if is_open_day(on, calendars)]
    inside = [on for on in days_open if on <= last_on]
    if inside:
        return min(inside, key=lambda on: (inconvenience(on, calendars), on))
    return first_on if events or not days_open else days_open[0]


def _year_away(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year + years)
    except ValueError:  # 29 February
        return on.replace(year=on.year + years, day=28)
