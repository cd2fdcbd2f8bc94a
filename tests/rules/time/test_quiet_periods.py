"""Quiet periods in their three forms, over New Year and in years without the week or the day."""

from datetime import date

import pytest

from exchange.errors import InvalidInput
from exchange.rules.time.quiet_periods import QuietPeriod, parse_quiet_period, quiet_on, spans

SUMMER = QuietPeriod("Summer", "W28", "W31")
CHRISTMAS = QuietPeriod("Christmas", "12-20", "01-06")
YEAR_2027 = (date(2027, 1, 1), date(2027, 12, 31))


def test_weeks_run_from_monday_to_sunday() -> None:
    assert spans(SUMMER, *YEAR_2027) == [(date(2027, 7, 12), date(2027, 8, 8))]


def test_yearly_days_run_over_new_year_and_touch_both_ends_of_a_year() -> None:
    assert spans(CHRISTMAS, *YEAR_2027) == [
        (date(2026, 12, 20), date(2027, 1, 6)),
        (date(2027, 12, 20), date(2028, 1, 6)),
    ]


def test_weeks_run_over_new_year() -> None:
    turn = QuietPeriod("Turn of the year", "W52", "W01")
    assert spans(turn, date(2027, 12, 31), date(2027, 12, 31)) == [(date(2027, 12, 27), date(2028, 1, 9))]


def test_dates_happen_once() -> None:
    once = parse_quiet_period("Elections", "2027-05-03", "2027-05-14")
    assert spans(once, date(2027, 5, 14), date(2030, 1, 1)) == [(date(2027, 5, 3), date(2027, 5, 14))]
    assert spans(once, date(2027, 5, 15), date(2030, 1, 1)) == []


def test_week_53_is_the_last_week_of_a_year_that_has_52() -> None:
    late = parse_quiet_period("Late", "w52", "w53")
    assert spans(late, date(2027, 12, 27), date(2027, 12, 27)) == [(date(2027, 12, 27), date(2028, 1, 2))]


def test_29_february_is_the_28th_in_other_years() -> None:
    leap = parse_quiet_period("Leap", "02-20", "02-29")
    assert spans(leap, *YEAR_2027) == [(date(2027, 2, 20), date(2027, 2, 28))]


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2027, 7, 11), None),
        (date(2027, 7, 12), "Summer"),
        (date(2027, 8, 8), "Summer"),
        (date(2027, 8, 9), None),
        (date(2027, 1, 6), "Christmas"),
        (date(2027, 1, 7), None),
    ],
)
def test_quiet_on_finds_the_period_of_a_day(on: date, name: str | None) -> None:
    found = quiet_on([SUMMER, CHRISTMAS], on)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("name", "first", "last", "said"),
    [
        ("", "W28", "W31", "name"),
        ("Summer", "W54", "W31", "does not say when"),
        ("Summer", "W28", "08-08", "same form"),
        ("Summer", "02-30", "03-01", "does not say when"),
        ("Summer", "2027-02-29", "2027-03-01", "does not say when"),
        ("Summer", "2027-08-08", "2027-07-12", "before it begins"),
        ("Summer", "", "", "Nothing does not say when"),
        ("Summer", "July", "August", "JULY does not say when"),
    ],
)
def test_quiet_period_that_makes_no_sense_is_refused(name: str, first: str, last: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        parse_quiet_period(name, first, last)
