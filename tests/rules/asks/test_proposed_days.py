"""The last day that is proposed, and when cities are asked again."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.asks.proposed_days import TIME_TO_ANSWER, proposed_last_day
from exchange.rules.duties.findings_rounds import ask_again_on

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(DAYS, st.sets(st.integers(1, 12), min_size=1))
def test_the_last_day_ends_a_month_that_is_named_and_leaves_time_to_answer(
    today: date, months: set[int]
) -> None:
    found = proposed_last_day(months, today)
    assert found.month in months
    assert (found + timedelta(days=1)).day == 1
    assert found >= today + TIME_TO_ANSWER
    assert found <= today + TIME_TO_ANSWER + timedelta(days=366)


def test_too_short_a_time_goes_on_to_the_next_month_named() -> None:
    assert proposed_last_day([3, 9], date(2027, 3, 10)) == date(2027, 3, 31)
    assert proposed_last_day([3, 9], date(2027, 3, 11)) == date(2027, 9, 30)
    assert proposed_last_day([3, 9], date(2027, 9, 30)) == date(2028, 3, 31)
    assert proposed_last_day([], date(2027, 3, 1)) == date(2027, 3, 22)


@given(DAYS)
def test_cities_are_asked_again_half_a_year_later(asked_on: date) -> None:
    again = ask_again_on(asked_on)
    assert (again.year * 12 + again.month) - (asked_on.year * 12 + asked_on.month) == 6
    assert again.day == asked_on.day or (again + timedelta(days=1)).day == 1
