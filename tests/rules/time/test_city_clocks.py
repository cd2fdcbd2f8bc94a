"""One stretch of time on every city's clock: the order, who shares a row, and what hour it is there."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from exchange.rules.time.city_clocks import ClockRow, Hours, clock_rows
from exchange.rules.time.timezones import NonexistentTime, WallTime
from tests.rules.calendars import LONDON, STOCKHOLM, WASHINGTON

CITIES = [WASHINGTON, LONDON, STOCKHOLM]


def rows_of(on: date, at: time, minutes: int, own_zone: str = "America/New_York") -> list[ClockRow]:
    wall = WallTime(on, at, "Europe/London")
    return clock_rows(wall, minutes, CITIES, host_id=LONDON.city_id, own_zone=own_zone)


def hours_of(on: date, at: time, minutes: int) -> dict[str, Hours]:
    """The hours of each city."""
    return {c.city: c.hours for row in rows_of(on, at, minutes) for c in row.clocks}


def test_own_clock_comes_first_then_the_host() -> None:
    rows = rows_of(date(2027, 1, 14), time(14), 60)
    assert [row.clock.city for row in rows] == ["Washington DC", "London", "Stockholm"]
    assert [row.is_own for row in rows] == [True, False, False]
    assert [row.clock.is_host for row in rows] == [False, True, False]


def test_cities_that_show_the_same_share_a_row_also_in_another_zone() -> None:
    """Dublin stood in a row of its own beneath the reader's London, with the same time."""
    dublin = replace(LONDON, city_id=9, city="Dublin", time_zone="Europe/Dublin", is_lead=False)
    wall = WallTime(date(2027, 1, 14), time(14), "Europe/London")
    rows = clock_rows(wall, 60, [dublin, *CITIES], host_id=None, own_zone="Europe/London")
    assert [clock.city for clock in rows[0].clocks] == ["London", "Dublin"]
    assert rows[0].is_own


@pytest.mark.parametrize(
    ("at", "minutes", "hours"),
    [
        (time(4, 59), 30, Hours.NIGHT),
        (time(5), 60, Hours.EARLY),
        (time(6, 59), 60, Hours.EARLY),
        (time(7), 60, Hours.FREE),
        (time(9), 480, Hours.WORKING),
        (time(9), 481, Hours.FREE),
        (time(20), 60, Hours.FREE),
        (time(20), 61, Hours.LATE),
        (time(22), 60, Hours.LATE),
        (time(22), 61, Hours.NIGHT),
        (time(23), 30, Hours.NIGHT),
    ],
)
def test_hours_are_the_worst_that_it_touches(at: time, minutes: int, hours: Hours) -> None:
    assert hours_of(date(2027, 1, 14), at, minutes)["London"] is hours


def test_weekend_is_outside_working_hours() -> None:
    assert hours_of(date(2027, 1, 16), time(10), 60)["London"] is Hours.FREE


def test_of_an_event_of_days_only_the_beginning_counts() -> None:
    rows = rows_of(date(2027, 3, 23), time(14), 2 * 24 * 60)
    assert all(row.clock.lasts_days for row in rows)
    assert {row.clock.hours for row in rows} == {Hours.WORKING}
    assert not any(row.clock.clock_change for row in rows)


def test_clocks_that_change_while_it_runs_are_told_of() -> None:
    """London goes forward on 28 March 2027, Washington DC does not: the end is an hour later on its wall."""
    rows = {row.clock.city: row.clock for row in rows_of(date(2027, 3, 26), time(14), 3 * 24 * 60)}
    assert rows["London"].clock_change == timedelta(hours=1)
    assert (rows["London"].ends.on, rows["London"].ends.at) == (date(2027, 3, 29), time(15))
    assert rows["Washington DC"].clock_change == timedelta(0)
    assert rows["Washington DC"].ends.at == rows["Washington DC"].starts.at


def test_clocks_that_go_back_at_night_are_told_of() -> None:
    (london,) = (row.clock for row in rows_of(date(2027, 10, 31), time(0), 180) if row.clock.is_host)
    assert london.clock_change == timedelta(hours=-1)
    assert (london.ends.at, london.hours) == (time(2), Hours.NIGHT)


def test_date_that_is_another_than_the_one_asked_for_is_counted() -> None:
    rows = {row.clock.city: row.clock for row in rows_of(date(2027, 1, 14), time(1), 60)}
    assert (rows["Washington DC"].days_off, rows["London"].days_off) == (-1, 0)


def test_time_that_clocks_skip_is_refused() -> None:
    with pytest.raises(NonexistentTime):
        rows_of(date(2027, 3, 28), time(1, 30), 60)
