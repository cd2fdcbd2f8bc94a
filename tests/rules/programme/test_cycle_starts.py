"""Starts of 2027, strict and clean, as the calendar of the year has them."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from exchange.errors import InvalidInput
from exchange.rules.findings.day_findings import findings_for_span
from exchange.rules.programme.cycles import is_clean_start, next_clean_start, strict_starts, year_starts
from exchange.rules.time.quiet_periods import QuietPeriod
from tests.rules.calendars import CITIES, LEADS, LONDON, SYDNEY


def iso(days: list[date]) -> list[str]:
    return [day.isoformat() for day in days]


def test_2027_has_five_clean_cycles() -> None:
    starts = ["2027-01-11", "2027-03-08", "2027-05-03", "2027-08-09", "2027-10-04"]
    assert iso(year_starts(2027, LEADS)) == starts
    assert iso(year_starts(2027, CITIES)) == starts


def test_next_clean_start_after_2027_is_10_january_2028() -> None:
    assert next_clean_start(date(2027, 11, 29), 8, LEADS) == date(2028, 1, 10)


def test_story_2_strict_cadence_meets_summer_and_christmas() -> None:
    starts = strict_starts(date(2027, 1, 11), 8, date(2027, 12, 31))
    assert iso(starts) == [
        "2027-01-11",
        "2027-03-08",
        "2027-05-03",
        "2027-06-28",
        "2027-08-23",
        "2027-10-18",
        "2027-12-13",
    ]
    flagged = [start for start in starts if not is_clean_start(start, 8, LEADS)]
    assert iso(flagged) == ["2027-06-28", "2027-12-13"]
    assert next_clean_start(date(2027, 6, 28), 8, LEADS) == date(2027, 8, 9)
    names = [findings_for_span(s, s.replace(day=28), LEADS)[0].values["name"] for s in flagged[1:]]
    assert names == ["Christmas"]


def test_start_that_is_no_monday_is_rounded_up() -> None:
    assert next_clean_start(date(2027, 1, 12), 8, LEADS) == date(2027, 1, 18)


def test_quiet_period_of_a_member_city_does_not_move_a_start() -> None:
    quiet = replace(SYDNEY, quiet=(QuietPeriod("Summer", "12-20", "01-31"),))
    assert is_clean_start(date(2027, 1, 11), 8, [*LEADS, quiet])


def test_city_that_is_always_quiet_has_no_start() -> None:
    always = replace(LONDON, quiet=(QuietPeriod("Always", "W01", "W53"),))
    with pytest.raises(InvalidInput, match="No 8 weeks in a row") as refusal:
        next_clean_start(date(2027, 1, 4), 8, [always])
    assert refusal.value.field == "starts_on"


def test_shorter_exchanges_keep_their_cadence() -> None:
    starts = year_starts(2027, LEADS, duration_weeks=4, cadence_weeks=8)
    assert all((b - a).days >= 56 for a, b in pairwise(starts))
