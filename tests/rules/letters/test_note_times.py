"""When notes leave: in their readers' hours, or at once."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.letters.note_times import GRACE, LAST_AT, SEND_AT, note_leaves_at
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.rules.time.timezones import wall_time

ZONES = {"Europe/London": "GB", "Europe/Stockholm": "SE", "Australia/Sydney": "AU", "America/New_York": "US"}


def calendar(zone: str) -> CityCalendar:
    return CityCalendar(
        city_id=1,
        city="A city",
        time_zone=zone,
        country=ZONES[zone],
        subdivision="ENG" if ZONES[zone] == "GB" else "",
        categories=("public",),
        work_starts=time(9),
        work_ends=time(17),
        quiet=(),
    )


@pytest.mark.parametrize(
    ("sent", "leaves"),
    [
        (datetime(2027, 3, 8, 10, tzinfo=UTC), datetime(2027, 3, 8, 10, 10, tzinfo=UTC)),
        (datetime(2027, 3, 8, 8, 45, tzinfo=UTC), datetime(2027, 3, 8, 9, tzinfo=UTC)),
        (datetime(2027, 3, 8, 8, 50, tzinfo=UTC), datetime(2027, 3, 8, 9, tzinfo=UTC)),
        (datetime(2027, 3, 8, 16, 50, tzinfo=UTC), datetime(2027, 3, 9, 9, tzinfo=UTC)),
        (datetime(2027, 3, 5, 20, tzinfo=UTC), datetime(2027, 3, 8, 9, tzinfo=UTC)),  # Friday evening
        (datetime(2027, 3, 25, 17, tzinfo=UTC), datetime(2027, 3, 30, 8, tzinfo=UTC)),  # before Easter; BST
    ],
)
def test_a_note_waits_for_the_next_working_hour(sent: datetime, leaves: datetime) -> None:
    assert note_leaves_at(calendar("Europe/London"), sent, is_urgent=False) == leaves


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC)),
    st.sampled_from(sorted(ZONES)),
)
def test_no_note_comes_within_the_grace_nor_outside_the_hours(sent: datetime, zone: str) -> None:
    city = calendar(zone)
    assert note_leaves_at(city, sent, is_urgent=True) == sent
    leaves = note_leaves_at(city, sent, is_urgent=False)
    here = wall_time(leaves, zone)
    assert sent + GRACE <= leaves <= sent + timedelta(days=15)
    assert SEND_AT <= here.at < LAST_AT
    assert is_working_day(city, here.on)
