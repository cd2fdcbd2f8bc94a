"""Starts of cycles: which Mondays a cadence gives, and which of them keep clear of quiet periods.

Only lead cities' quiet periods count; a member city's is a finding for a person to weigh.
"""

from collections.abc import Sequence
from datetime import date

from exchange.rules.holidays import CityCalendar


def strict_starts(first_on: date, cadence_weeks: int, until: date) -> list[date]:
    """Every start from ``first_on`` by cadence alone, both ends included."""
    raise NotImplementedError


def is_clean_start(on: date, duration_weeks: int, calendars: Sequence[CityCalendar]) -> bool:
    """Whether a cycle that starts ``on`` ends before it touches any lead city's quiet period."""
    raise NotImplementedError


def next_clean_start(on: date, duration_weeks: int, calendars: Sequence[CityCalendar]) -> date:
    """The first Monday on or after ``on`` that is a clean start. Raises InvalidInput if two years have none."""
    raise NotImplementedError


def year_starts(
    year: int, calendars: Sequence[CityCalendar], *, duration_weeks: int = 8, cadence_weeks: int = 8
) -> list[date]:
    """The clean starts of a year: each the first that follows the one before by cadence or more."""
    raise NotImplementedError
