"""How a year stands against what the network set out to do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exchange.programme.year import Year
from exchange.rules.programme.trainings import GAP_MAX_DAYS, GAP_MIN_DAYS, Cadence, cadence

WEEKS_PER_YEAR = 52


@dataclass(frozen=True)
class YearProgress:
    """What is planned and not called off, and what the rhythm of the network implies.

    ``cycles_implied`` is 52 weeks over the cadence, 6.5 for eight weeks; training events are due
    every four to five weeks, so 10 to 13 a year.
    """

    cycles: int
    cycles_implied: float
    cadence_weeks: int
    trainings: int
    rhythm: Cadence
    trainings_least: int = WEEKS_PER_YEAR * 7 // GAP_MAX_DAYS
    trainings_most: int = WEEKS_PER_YEAR * 7 // GAP_MIN_DAYS


def progress_of(
    year: Year, exchange_starts: Sequence[date], training_dates: Sequence[date], cadence_weeks: int
) -> YearProgress:
    """How the year stands; a cycle counts in the year in which it starts."""
    cycles = sum(on.year == year.number for on in exchange_starts)
    rhythm = cadence(training_dates, year.first_on, year.last_on)
    return YearProgress(cycles, WEEKS_PER_YEAR / cadence_weeks, cadence_weeks, rhythm.count, rhythm)
