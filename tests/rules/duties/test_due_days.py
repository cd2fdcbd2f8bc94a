"""One rule for the day a duty falls due: counted by the calendar, rolled back to a day on which all work."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.duties.due_days import due_day
from exchange.rules.time.holidays import CityCalendar, is_working_day
from tests.rules.calendars import CITIES, LONDON, STOCKHOLM, WASHINGTON

SOME = st.lists(st.sampled_from(CITIES), max_size=4, unique_by=lambda city: city.city_id)
DAYS = st.dates(date(2026, 6, 1), date(2029, 6, 1))
OFFSETS = st.integers(-200, 100)


def test_a_saturday_is_the_friday_before() -> None:
    assert due_day(date(2027, 6, 3), 30, [LONDON]) == date(2027, 7, 2)


def test_a_holiday_of_one_of_the_cities_is_rolled_over_for_all() -> None:
    good_friday, emancipation = date(2027, 3, 26), date(2027, 4, 16)
    assert due_day(good_friday, 0, [WASHINGTON]) == good_friday
    assert due_day(good_friday, 0, [WASHINGTON, LONDON]) == date(2027, 3, 25)
    assert due_day(emancipation, 0, [STOCKHOLM, LONDON, WASHINGTON]) == date(2027, 4, 15)


def test_christmas_of_three_cities_is_rolled_to_the_last_day_that_all_work() -> None:
    assert due_day(date(2027, 12, 28), 0, [STOCKHOLM, LONDON, WASHINGTON]) == date(2027, 12, 23)


def test_weeks_are_counted_by_the_calendar_over_both_changes_of_clocks() -> None:
    for anchor, offset, expected in (
        (date(2027, 4, 8), -28, date(2027, 3, 11)),  # spring: Washington and Stockholm two weeks apart
        (date(2027, 11, 18), -28, date(2027, 10, 21)),  # autumn
    ):
        assert due_day(anchor, offset, [STOCKHOLM, WASHINGTON]) == expected


@given(anchor=DAYS, offset=OFFSETS, calendars=SOME)
def test_it_is_the_last_common_working_day_that_is_not_later(
    anchor: date, offset: int, calendars: list[CityCalendar]
) -> None:
    raw = anchor + timedelta(days=offset)
    on = due_day(anchor, offset, calendars)
    assert on <= raw
    assert all(is_working_day(one, on) for one in calendars)
    between = (on + timedelta(days=n) for n in range(1, (raw - on).days + 1))
    assert not any(all(is_working_day(one, day) for one in calendars) for day in between)


@given(anchor=DAYS, offset=OFFSETS, calendars=SOME)
def test_a_rolled_day_stays_where_it_is(anchor: date, offset: int, calendars: list[CityCalendar]) -> None:
    on = due_day(anchor, offset, calendars)
    assert due_day(on, 0, calendars) == on


@given(anchor=DAYS, offsets=st.tuples(OFFSETS, OFFSETS).map(sorted), calendars=SOME)
def test_what_was_earlier_stays_no_later(
    anchor: date, offsets: list[int], calendars: list[CityCalendar]
) -> None:
    assert due_day(anchor, offsets[0], calendars) <= due_day(anchor, offsets[1], calendars)
