"""Wall clocks against instants: gaps, overlaps, odd zones, and clocks that are out of step."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.time.timezones import (
    NonexistentTime,
    OutOfStep,
    UnknownZone,
    WallTime,
    instant,
    is_known_zone,
    out_of_step,
    resolve,
    utc_offset,
    wall_time,
    zone,
    zone_data_version,
)

STOCKHOLM, LONDON, WASHINGTON = "Europe/Stockholm", "Europe/London", "America/New_York"
SYDNEY, AUCKLAND = "Australia/Sydney", "Pacific/Auckland"
ODD_ZONES = [
    STOCKHOLM,
    LONDON,
    WASHINGTON,
    SYDNEY,
    AUCKLAND,
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/St_Johns",
    "Europe/Dublin",
    "Africa/Casablanca",
    "America/Vancouver",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]


def wall(day: str, at: str, time_zone: str) -> WallTime:
    return WallTime(date.fromisoformat(day), time.fromisoformat(at), time_zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("time_zone", "day", "at"),
    [
        (LONDON, "2027-11-04", "14:00"),
        (STOCKHOLM, "2027-11-04", "15:00"),
        (WASHINGTON, "2027-11-04", "10:00"),
    ],
)
def test_story_3_exchange_in_the_5_hour_week(time_zone: str, day: str, at: str) -> None:
    session = instant(wall("2027-11-04", "14:00", LONDON))
    assert wall_time(session, time_zone) == wall(day, at, time_zone)


@pytest.mark.parametrize(
    ("time_zone", "day", "at"),
    [
        (STOCKHOLM, "2027-04-08", "15:00"),
        (WASHINGTON, "2027-04-08", "09:00"),
        (SYDNEY, "2027-04-08", "23:00"),
        (AUCKLAND, "2027-04-09", "01:00"),
    ],
)
def test_story_4_same_hour_in_april(time_zone: str, day: str, at: str) -> None:
    session = instant(wall("2027-04-08", "14:00", LONDON))
    assert wall_time(session, time_zone) == wall(day, at, time_zone)


def test_story_14_vancouver_keeps_its_clocks_forward_from_2026() -> None:
    assert wall_time(utc("2026-12-15T12:00"), "America/Vancouver").at == time(5, 0)
    assert zone_data_version() >= "2026b"


@pytest.mark.parametrize(
    ("time_zone", "day", "at", "before", "after"),
    [
        (STOCKHOLM, "2027-03-28", "02:30", "01:30", "03:30"),
        (STOCKHOLM, "2027-03-28", "02:00", "01:00", "03:00"),
        (WASHINGTON, "2027-03-14", "02:15", "01:15", "03:15"),
        ("Australia/Lord_Howe", "2027-10-03", "02:10", "01:40", "02:40"),
        ("Pacific/Chatham", "2027-09-26", "03:00", "02:00", "04:00"),
        ("America/St_Johns", "2027-03-14", "02:30", "01:30", "03:30"),
        ("Europe/Dublin", "2027-03-28", "01:30", "00:30", "02:30"),
    ],
)
def test_wall_time_in_the_spring_gap_is_refused_with_its_neighbours(
    time_zone: str, day: str, at: str, before: str, after: str
) -> None:
    with pytest.raises(NonexistentTime, match=f"{before} or {after}") as refusal:
        resolve(wall(day, at, time_zone))
    assert refusal.value.before == wall(day, before, time_zone)
    assert refusal.value.after == wall(day, after, time_zone)


def test_whole_day_that_samoa_skipped_offers_the_days_around_it() -> None:
    with pytest.raises(NonexistentTime) as refusal:
        resolve(wall("2011-12-30", "09:00", "Pacific/Apia"))
    assert refusal.value.before == wall("2011-12-29", "09:00", "Pacific/Apia")
    assert refusal.value.after == wall("2011-12-31", "09:00", "Pacific/Apia")


@pytest.mark.parametrize(
    ("time_zone", "day", "at", "first"),
    [
        (STOCKHOLM, "2027-10-31", "02:30", "2027-10-31T00:30"),
        (WASHINGTON, "2027-11-07", "01:30", "2027-11-07T05:30"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45"),
        ("Europe/Dublin", "2027-10-31", "01:30", "2027-10-31T00:30"),
    ],
)
def test_wall_time_that_occurs_twice_is_the_first_and_says_so(
    time_zone: str, day: str, at: str, first: str
) -> None:
    found = resolve(wall(day, at, time_zone))
    assert found.at == utc(first)
    assert found.is_repeated


def test_ordinary_wall_time_occurs_once() -> None:
    assert not resolve(wall("2027-10-31", "03:30", STOCKHOLM)).is_repeated


@pytest.mark.parametrize(
    ("time_zone", "winter_hours", "summer_hours"),
    [
        ("Europe/Dublin", 0, 1),  # its dst() is negative in winter: only the offset is right
        (LONDON, 0, 1),
        ("America/St_Johns", -3.5, -2.5),
        ("Africa/Casablanca", None, None),
        ("America/Vancouver", -7, -7),
    ],
)
def test_offset_is_the_clocks_own(
    time_zone: str, winter_hours: float | None, summer_hours: float | None
) -> None:
    winter = utc_offset(time_zone, utc("2027-01-15T12:00"))
    summer = utc_offset(time_zone, utc("2027-07-15T12:00"))
    if winter_hours is None or summer_hours is None:
        assert winter == summer == timedelta(0)  # Morocco gave up its summer time in 2026
        return
    assert (winter, summer) == (timedelta(hours=winter_hours), timedelta(hours=summer_hours))


@pytest.mark.parametrize("name", ["", "Europe/Stokholm", "europe/london", "../etc/passwd", "x" * 500])
def test_unknown_zone_is_refused_in_words(name: str) -> None:
    assert not is_known_zone(name)
    with pytest.raises(UnknownZone, match="is not a known time zone") as refusal:
        zone(name)
    assert refusal.value.field == "time_zone"


def test_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        wall_time(datetime(2027, 1, 1, 12), LONDON)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2036, 12, 31)),
    st.sampled_from(ODD_ZONES),
)
def test_instant_to_wall_and_back_is_the_same_instant(naive: datetime, time_zone: str) -> None:
    at = naive.replace(tzinfo=UTC)
    found = resolve(wall_time(at, time_zone))
    if found.is_repeated:
        assert at - found.at in {timedelta(0), timedelta(minutes=30), timedelta(hours=1)}
    else:
        assert found.at == at


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2036, 12, 31)),
    st.sampled_from(ODD_ZONES),
)
def test_neighbours_of_a_wall_time_that_does_not_exist_do_exist(naive: datetime, time_zone: str) -> None:
    asked = WallTime(naive.date(), naive.time(), time_zone)
    refused: NonexistentTime | None = None
    try:
        found = resolve(asked)
    except NonexistentTime as refusal:
        refused = refusal
    if refused:
        assert resolve(refused.before).at < resolve(refused.after).at
    else:
        assert wall_time(found.at, time_zone) == asked


@given(
    st.dates(date(2026, 1, 1), date(2035, 12, 31)),
    st.integers(1, 60),
    st.sampled_from(ODD_ZONES),
)
def test_same_time_weeks_later_is_the_same_wall_time(on: date, weeks: int, time_zone: str) -> None:
    later = WallTime(on + timedelta(weeks=weeks), time(14, 0), time_zone)
    assert wall_time(instant(later), time_zone) == later


def bands(a: str, b: str, year: int) -> list[tuple[str, str, float]]:
    """Spans of days, as noon in London sees them, on which two zones are out of step."""
    found: list[tuple[str, str, float]] = []
    for n in range(366):
        on = date(year, 1, 1) + timedelta(days=n)
        odd = out_of_step(a, b, datetime(on.year, on.month, on.day, 12, tzinfo=UTC))
        if odd is None or on.year != year:
            continue
        yesterday = (on - timedelta(days=1)).isoformat()
        if found and found[-1][1:] == (yesterday, odd.hours):
            found[-1] = (found[-1][0], on.isoformat(), odd.hours)
        else:
            found.append((on.isoformat(), on.isoformat(), odd.hours))
    return found


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            STOCKHOLM,
            WASHINGTON,
            [
                ("2026-03-08", "2026-03-28", 5),
                ("2026-10-25", "2026-10-31", 5),
                ("2027-03-14", "2027-03-27", 5),
                ("2027-10-31", "2027-11-06", 5),
                ("2028-03-12", "2028-03-25", 5),
                ("2028-10-29", "2028-11-04", 5),
            ],
        ),
        (
            LONDON,
            WASHINGTON,
            [
                ("2026-03-08", "2026-03-28", 4),
                ("2026-10-25", "2026-10-31", 4),
                ("2027-03-14", "2027-03-27", 4),
                ("2027-10-31", "2027-11-06", 4),
                ("2028-03-12", "2028-03-25", 4),
                ("2028-10-29", "2028-11-04", 4),
            ],
        ),
        (STOCKHOLM, LONDON, []),
        (
            SYDNEY,
            WASHINGTON,
            [
                ("2026-03-08", "2026-04-04", 15),
                ("2026-10-04", "2026-10-31", 15),
                ("2027-03-14", "2027-04-03", 15),
                ("2027-10-03", "2027-11-06", 15),
                ("2028-03-12", "2028-04-01", 15),
                ("2028-10-01", "2028-11-04", 15),
            ],
        ),
        (
            SYDNEY,
            STOCKHOLM,
            [
                ("2026-03-29", "2026-04-04", 9),
                ("2026-10-04", "2026-10-24", 9),
                ("2027-03-28", "2027-04-03", 9),
                ("2027-10-03", "2027-10-30", 9),
                ("2028-03-26", "2028-04-01", 9),
                ("2028-10-01", "2028-10-28", 9),
            ],
        ),
        (
            AUCKLAND,
            STOCKHOLM,
            [
                ("2026-03-29", "2026-04-04", 11),
                ("2026-09-27", "2026-10-24", 11),
                ("2027-03-28", "2027-04-03", 11),
                ("2027-09-26", "2027-10-30", 11),
                ("2028-03-26", "2028-04-01", 11),
                ("2028-09-24", "2028-10-28", 11),
            ],
        ),
        (
            AUCKLAND,
            WASHINGTON,
            [
                ("2026-03-08", "2026-04-04", 17),
                ("2026-09-27", "2026-10-31", 17),
                ("2027-03-14", "2027-04-03", 17),
                ("2027-09-26", "2027-11-06", 17),
                ("2028-03-12", "2028-04-01", 17),
                ("2028-09-24", "2028-11-04", 17),
            ],
        ),
        (
            AUCKLAND,
            SYDNEY,
            [
                ("2026-09-27", "2026-10-03", 3),
                ("2027-09-26", "2027-10-02", 3),
                ("2028-09-24", "2028-09-30", 3),
            ],
        ),
    ],
)
def test_clocks_are_out_of_step_in_exactly_these_bands(
    a: str, b: str, expected: list[tuple[str, str, float]]
) -> None:
    assert [band for year in (2026, 2027, 2028) for band in bands(a, b, year)] == expected


def test_out_of_step_names_the_seasons_on_both_sides() -> None:
    autumn = utc("2027-11-04T14:00")
    assert out_of_step(STOCKHOLM, WASHINGTON, autumn) == OutOfStep(5, usual_hours=6, next_hours=6)
    assert out_of_step(WASHINGTON, STOCKHOLM, autumn) == OutOfStep(-5, -6, -6)
    assert out_of_step(SYDNEY, WASHINGTON, autumn) == OutOfStep(15, usual_hours=14, next_hours=16)


def test_change_for_good_is_not_out_of_step() -> None:
    assert out_of_step("America/Vancouver", WASHINGTON, utc("2027-02-01T12:00")) is None
