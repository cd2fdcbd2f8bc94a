from datetime import UTC, date, datetime

import pytest

from exchange.rules.time.answer_deadlines import closes_at, is_open, last_day

FRIDAY = date(2027, 10, 29)  # week 4 of the fifth cycle, two days before Europe's clocks go back


def test_due_day_ends_when_the_readers_wall_says_so() -> None:
    assert closes_at(FRIDAY, "Europe/London") == datetime(2027, 10, 29, 23, tzinfo=UTC)
    assert closes_at(FRIDAY, "America/New_York") == datetime(2027, 10, 30, 4, tzinfo=UTC)
    assert closes_at(FRIDAY, "Pacific/Auckland") == datetime(2027, 10, 29, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "time_zone", "utc"),
    [
        (date(2027, 3, 27), "Europe/Stockholm", datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (date(2027, 3, 28), "Europe/Stockholm", datetime(2027, 3, 28, 22, tzinfo=UTC)),
        (date(2027, 11, 7), "America/New_York", datetime(2027, 11, 8, 5, tzinfo=UTC)),
        # Asuncion's clocks went forward at midnight: that day began at one.
        (date(2023, 9, 30), "America/Asuncion", datetime(2023, 10, 1, 4, tzinfo=UTC)),
    ],
)
def test_day_ends_rightly_when_clocks_change(on: date, time_zone: str, utc: datetime) -> None:
    assert closes_at(on, time_zone) == utc


def test_answer_is_taken_until_the_last_second_of_the_day() -> None:
    ends = closes_at(FRIDAY, "America/New_York")
    assert is_open(FRIDAY, "America/New_York", ends.replace(hour=3, minute=59, second=59))
    assert not is_open(FRIDAY, "America/New_York", ends)


def test_extension_adds_days_and_never_takes_any() -> None:
    assert last_day(FRIDAY) == FRIDAY
    assert last_day(FRIDAY, None, date(2027, 11, 3)) == date(2027, 11, 3)
    assert last_day(FRIDAY, date(2027, 11, 1), date(2027, 11, 3)) == date(2027, 11, 3)
    assert last_day(FRIDAY, date(2027, 10, 20)) == FRIDAY
