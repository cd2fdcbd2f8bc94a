"""How often cities took part, and who had no part for 24 months."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.programme.coverage import Cover, TakenPart, coverage, months_before

TODAY = date(2027, 3, 8)


@pytest.mark.parametrize(
    ("on", "months", "before"),
    [
        (date(2027, 3, 8), 24, date(2025, 3, 8)),
        (date(2028, 2, 29), 24, date(2026, 2, 28)),
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
    ],
)
def test_months_before_keeps_the_day_or_the_last_of_a_short_month(
    on: date, months: int, before: date
) -> None:
    assert months_before(on, months) == before


@pytest.mark.parametrize(
    ("on", "is_away"),
    [(date(2025, 3, 8), True), (date(2025, 3, 9), False), (TODAY, False)],
)
def test_a_city_is_away_once_its_last_part_is_24_months_old(on: date, is_away: bool) -> None:
    cover = coverage([TakenPart(1, 2, on)], TODAY)[1, 2]
    assert (cover.is_away, cover.last_on) == (is_away, on)


def test_who_never_took_part_is_away() -> None:
    assert Cover().is_away
    assert Cover().last_on is None


@given(st.lists(st.dates(date(2000, 1, 1), date(2027, 3, 8)), min_size=1))
def test_years_add_up_and_the_recent_ones_are_among_them(days: list[date]) -> None:
    cover = coverage([TakenPart(1, 1, on) for on in days], TODAY)[1, 1]
    assert sum(cover.by_year.values()) == len(days)
    assert list(cover.by_year) == sorted(cover.by_year)
    assert cover.recent <= len(days)
    assert cover.is_away == all(on <= date(2025, 3, 8) for on in days)
