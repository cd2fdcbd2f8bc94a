"""The rhythm of training events: the gauge, the next window, and a whole year of days."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.programme.trainings import (
    Cadence,
    cadence,
    default_date,
    gauge,
    next_window,
    training_year,
)
from exchange.rules.time.holidays import is_working_day
from exchange.rules.time.quiet_periods import QuietPeriod, quiet_on
from tests.rules.calendars import LEADS, LONDON

SESSIONS_2027 = [
    date(2027, 2, 11),
    date(2027, 4, 8),
    date(2027, 6, 3),
    date(2027, 9, 9),
    date(2027, 11, 4),
]
YEAR = (date(2027, 1, 1), date(2027, 12, 31))


def gaps(days: list[date]) -> list[int]:
    return [(after - before).days for before, after in pairwise(days)]


def test_training_year_2027_has_twelve_events_in_rhythm() -> None:
    days = training_year(2027, LEADS, SESSIONS_2027)
    assert len(days) == 12
    assert all(28 <= gap <= 35 for gap in gaps(days))
    assert cadence(days, *YEAR).is_within


@pytest.mark.parametrize("year", [2026, 2027, 2028, 2029, 2030])
def test_training_year_troubles_no_lead_city_and_no_session(year: int) -> None:
    sessions = [on.replace(year=year) for on in SESSIONS_2027]
    days = training_year(year, LEADS, sessions)
    assert 10 <= len(days) <= 13
    assert all(on.weekday() in {1, 2, 3} for on in days)
    assert all(is_working_day(lead, on) for lead in LEADS for on in days)
    assert not any(quiet_on(lead.quiet, on) for lead in LEADS for on in days)
    weeks = {on.isocalendar()[:2] for on in sessions}
    assert not any(on.isocalendar()[:2] in weeks for on in days)


def test_training_year_is_the_same_each_time() -> None:
    again = training_year(2027, tuple(reversed(LEADS)), list(reversed(SESSIONS_2027)))
    assert again == training_year(2027, LEADS, SESSIONS_2027)


def test_year_with_a_long_silence_has_no_rhythm() -> None:
    silent = replace(LONDON, quiet=(QuietPeriod("Closed", "04-01", "09-30"),))
    with pytest.raises(InvalidInput, match="No days of 2027") as refusal:
        training_year(2027, [silent], [])
    assert refusal.value.field == "year"


@pytest.mark.parametrize(
    ("days", "expected", "is_within"),
    [
        ([], Cadence(0, None, None), False),
        (["2027-03-02"], Cadence(1, 182.0, 304), False),
        (["2027-03-30", "2027-03-02"], Cadence(2, 364 / 3, 276), False),
        (["2027-01-05", "2027-02-02", "2027-03-16"], Cadence(3, 120.0, 290), False),
        (["2027-01-05", "2027-02-10"], Cadence(2, 180.0, 324), False),
        (["2027-01-05", "2027-01-05"], Cadence(2, 180.0, 360), False),
        (["2026-12-31", "2027-01-01", "2027-12-31", "2028-01-01"], Cadence(2, 364, 364), False),
    ],
)
def test_cadence_counts_what_is_inside(days: list[str], expected: Cadence, is_within: bool) -> None:
    found = cadence([date.fromisoformat(day) for day in days], *YEAR)
    assert found == expected
    assert found.is_within is is_within


def _sessions(year: int) -> list[date]:
    return [on.replace(year=year) for on in SESSIONS_2027]


def test_a_year_with_events_in_two_months_only_has_no_rhythm() -> None:
    """Two events 28 days apart and ten empty months were called within four to five weeks."""
    found = cadence([date(2027, 1, 5), date(2027, 2, 2)], *YEAR)
    assert (found.is_within, found.worst_gap_days) == (False, 332)


def test_gauge_divides_the_events_at_today() -> None:
    today = date(2027, 7, 1)
    years = (2026, 2027, 2028)
    days = [on for year in years for on in training_year(year, LEADS, _sessions(year))]
    found = gauge(days, today)
    assert 10 <= min(found.past.count, found.ahead.count) <= max(found.past.count, found.ahead.count) <= 13
    assert found.past.is_within
    assert found.ahead.is_within


def test_gauge_counts_no_day_twice_and_reaches_a_year_each_way() -> None:
    today = date(2028, 2, 29)
    days = [date(2027, 2, 28), date(2027, 3, 1), today, date(2028, 3, 1), date(2029, 2, 28)]
    found = gauge(days, today)
    assert (found.past.count, found.ahead.count) == (2, 2)


@pytest.mark.parametrize(
    ("days", "today", "window"),
    [
        (["2026-12-17"], "2027-01-04", ("2027-01-14", "2027-01-21")),
        (["2026-12-17"], "2027-01-18", ("2027-01-18", "2027-01-21")),
        (["2026-12-17"], "2027-01-22", ("2027-01-22", "2027-01-29")),
        (["2026-12-17", "2027-05-04"], "2027-01-22", ("2027-06-01", "2027-06-08")),
        ([], "2026-11-22", ("2026-12-20", "2026-12-27")),
    ],
)
def test_next_window_is_four_to_five_weeks_after_the_last(
    days: list[str], today: str, window: tuple[str, str]
) -> None:
    found = next_window([date.fromisoformat(day) for day in days], date.fromisoformat(today))
    assert tuple(on.isoformat() for on in found) == window


@given(st.lists(st.dates(date(2020, 1, 1), date(2035, 1, 1))), st.dates(*YEAR))
def test_next_window_is_never_past_and_keeps_its_order(days: list[date], today: date) -> None:
    first_on, last_on = next_window(days, today)
    assert today <= first_on <= last_on <= first_on + timedelta(days=7)


def test_default_date_without_any_event_is_an_open_day() -> None:
    """Four weeks after 23 November lies Christmas, and there is no rhythm yet to keep."""
    assert default_date([], date(2026, 11, 23), LEADS) == date(2027, 1, 7)


@pytest.mark.parametrize(
    ("last", "offered"),
    [
        ("2026-12-17", "2027-01-14"),  # a Thursday already
        ("2027-02-26", "2027-03-30"),  # Good Friday to Easter Monday are closed, then Tuesday
        ("2027-06-18", "2027-07-16"),  # the whole window is quiet in Stockholm: its first day
    ],
)
def test_default_date_is_a_good_day_of_the_window(last: str, offered: str) -> None:
    today = date(2027, 1, 4)
    found = default_date([date.fromisoformat(last)], today, LEADS)
    assert found.isoformat() == offered
