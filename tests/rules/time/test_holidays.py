"""Holidays, squeeze days and working days of the lead cities, against the dates worked out for them."""

from dataclasses import replace
from datetime import date

import pytest

from exchange.errors import InvalidInput
from exchange.rules.time.holidays import (
    CityCalendar,
    check_calendar,
    half_day_on,
    holiday_on,
    holidays_of,
    is_weekend,
    is_working_day,
    optional_day_on,
    squeeze_days,
    weekend_of,
    working_day_on_or_after,
    working_day_on_or_before,
)
from tests.rules.calendars import AUCKLAND, LONDON, STOCKHOLM, WASHINGTON


@pytest.mark.parametrize(
    ("country", "subdivision", "categories"),
    [
        ("SE", "", ("public", "de_facto")),
        ("GB", "ENG", ("public",)),
        ("US", "DC", ("public",)),
        ("ES", "Barcelona", ("public",)),
        ("ES", "CT", ()),
        ("CH", "Stadt Zurich", ("public",)),
        ("NZ", "AUK", ("public",)),
        ("CA", "QC", ("public",)),
        ("AU", "NSW", ("public",)),
        ("DE", "BY", ("public",)),
    ],
)
def test_calendars_of_member_cities_are_known(
    country: str, subdivision: str, categories: tuple[str, ...]
) -> None:
    check_calendar(country, subdivision, categories)
    calendar = replace(STOCKHOLM, country=country, subdivision=subdivision, categories=categories)
    assert date(2027, 1, 1) in holidays_of(calendar, 2027)


@pytest.mark.parametrize(
    ("country", "subdivision", "categories", "field", "said"),
    [
        ("XX", "", (), "country", "No holidays calendar for country XX"),
        ("", "", (), "country", "two letters"),
        ("GB", "LON", (), "subdivision", "GB has no subdivision LON. It has: ENG, England, NIR"),
        ("SE", "AB", (), "subdivision", "SE has no subdivisions"),
        ("GB", "ENG", ("bank",), "categories", "GB has no holidays category bank. It has: public"),
    ],
)
def test_calendar_that_does_not_exist_is_refused_with_what_does(
    country: str, subdivision: str, categories: tuple[str, ...], field: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        check_calendar(country, subdivision, categories)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("calendar", "on", "name"),
    [
        (STOCKHOLM, date(2027, 6, 25), "Midsummer Eve"),
        (STOCKHOLM, date(2027, 12, 24), "Christmas Eve"),
        (STOCKHOLM, date(2027, 12, 31), "New Year's Eve"),
        (WASHINGTON, date(2027, 12, 31), "New Year's Day (observed)"),
        (WASHINGTON, date(2027, 4, 16), "Emancipation Day"),
        (WASHINGTON, date(2028, 4, 17), "Emancipation Day (observed)"),
        (LONDON, date(2027, 12, 31), None),
        (LONDON, date(2027, 8, 30), "Late Summer Bank Holiday"),
        (AUCKLAND, date(2027, 2, 6), "Waitangi Day"),
    ],
)
def test_holiday_is_named_in_english(calendar: CityCalendar, on: date, name: str | None) -> None:
    assert holiday_on(calendar, on) == name


def test_lead_calendars_of_2027_are_as_worked_out() -> None:
    working = [on for on in holidays_of(LONDON, 2027) if on.weekday() < 5]
    assert [f"{on:%m-%d}" for on in working] == [
        "01-01",
        "03-26",
        "03-29",
        "05-03",
        "05-31",
        "08-30",
        "12-27",
        "12-28",
    ]
    eve = [on for on, name in holidays_of(STOCKHOLM, 2027).items() if "Eve" in name]
    assert [f"{on:%m-%d}" for on in eve if on.weekday() < 5] == ["06-25", "12-24", "12-31"]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, ["2026-01-02", "2026-01-05", "2026-05-15"]),
        (2027, ["2027-05-07"]),
        (2028, ["2028-01-07", "2028-05-26", "2028-06-05"]),
    ],
)
def test_swedish_squeeze_days_follow_from_the_rule(year: int, days: list[str]) -> None:
    assert [on.isoformat() for on in squeeze_days(STOCKHOLM, year)] == days


def test_squeeze_day_is_worked_and_no_half_day() -> None:
    assert is_working_day(STOCKHOLM, date(2027, 5, 7))
    assert half_day_on(STOCKHOLM, date(2027, 5, 7)) is None


def test_half_day_before_a_feast() -> None:
    assert half_day_on(STOCKHOLM, date(2027, 3, 25)) == "Maundy Thursday (from 2pm)"
    assert half_day_on(STOCKHOLM, date(2027, 6, 25)) is None  # the eve itself is free
    assert half_day_on(LONDON, date(2027, 3, 25)) is None


def test_working_days_step_over_easter_both_ways() -> None:
    good_friday, easter_monday = date(2027, 3, 26), date(2027, 3, 29)
    assert working_day_on_or_after(LONDON, good_friday) == date(2027, 3, 30)
    assert working_day_on_or_before(LONDON, easter_monday) == date(2027, 3, 25)
    assert working_day_on_or_after(WASHINGTON, good_friday) == good_friday


def test_changing_the_answer_does_not_change_the_next_one() -> None:
    holidays_of(LONDON, 2027).clear()
    assert holidays_of(LONDON, 2027)


def test_kelantan_rests_on_friday_and_saturday() -> None:
    """The package knows the weekend of the country alone."""
    kota_bharu = replace(LONDON, country="MY", subdivision="Kelantan", categories=())
    assert [is_weekend(kota_bharu, date(2027, 3, day)) for day in (4, 5, 6, 7)] == [False, True, True, False]
    assert weekend_of("MY", "03") == (4, 5)
    assert weekend_of("MY", "14") == weekend_of("MY") == (5, 6)


def test_an_optional_day_is_no_half_day() -> None:
    delhi = replace(LONDON, country="IN", subdivision="DL", categories=())
    christmas_eve = date(2026, 12, 24)
    assert half_day_on(delhi, christmas_eve) is None
    assert optional_day_on(delhi, christmas_eve) == "Christmas Eve"
    assert optional_day_on(STOCKHOLM, date(2027, 3, 25)) is None  # Maundy Thursday ends at two
