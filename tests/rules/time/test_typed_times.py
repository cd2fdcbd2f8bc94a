"""Dates and times as people and spreadsheets write them: as meant or refused, never guessed."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InvalidInput
from exchange.rules.time.typed_times import (
    DateOrder,
    date_order,
    exact_date,
    exact_instant,
    exact_time,
    exact_wall,
    typed_date,
    typed_time,
)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        *[
            (text, 14, 30)
            for text in ("14:30", "14.30", "14,30", "14:30:00", "14.30.00", "2:30 PM", "2:30:00 pm")
        ],
        *[(text, 9, 5) for text in ("9:05", "09:05", " 9.05 ", "9:05 a.m.", "9:05\u202fAM")],
        ("0:15", 0, 15),
        ("12:00 AM", 0, 0),
        ("12:15 PM", 12, 15),
    ],
)
def test_a_time_is_read_as_it_is_meant(text: str, hour: int, minute: int) -> None:
    assert typed_time(text) == time(hour, minute)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14",
        "1430",
        "14.3",
        "0.25",
        "14:3",
        "24:00",
        "14:60",
        "14:30:15",
        "13:00 PM",
        "0:30 PM",
        "T14",
        "14:30Z",
    ]
    + ["14:00+01:00", "noon", "١٤:٣٠"],
)
def test_a_time_that_may_be_another_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="24-hour clock|as the clock shows"):
        typed_time(text)


@pytest.mark.parametrize(
    "text",
    ["2027-03-11", "2027-3-11", "2027/03/11", "2027.03.11", "11.03.2027", "11.3.2027"]
    + ["2027-03-11 00:00:00", "2027-03-11T00:00", "11.03.2027 00:00", "2027-03-11 0:00:00.000"],
)
def test_a_date_beyond_doubt_is_read(text: str) -> None:
    assert typed_date(text) == date(2027, 3, 11)


def test_a_date_in_one_of_two_orders_needs_to_be_told_which() -> None:
    assert typed_date("13/03/2027") == typed_date("3/13/2027") == date(2027, 3, 13)
    assert typed_date("5/5/2027") == date(2027, 5, 5)
    assert typed_date("11/03/2027", DateOrder.DAY) == typed_date("3/11/2027", DateOrder.MONTH)
    with pytest.raises(InvalidInput, match="two orders"):
        typed_date("11/03/2027")
    assert date_order(["11/03/2027", "13/03/2027"]) is DateOrder.DAY
    assert date_order(["11/03/2027", "2027-03-13", ""]) is None
    assert date_order(["13/03/2027", "3/13/2027"]) is None


@pytest.mark.parametrize(
    "text", ["", "11/03/27", "2027-02-30", "2027-W10-4", "20270311", "2027-03-11 10:00", "soon"]
)
def test_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="Write the date like"):
        typed_date(text)


@given(st.dates(), st.times())
def test_what_programs_write_comes_back_and_nothing_like_it(on: date, at: time) -> None:
    minute = at.replace(second=0, microsecond=0, fold=0)
    wall = datetime.combine(on, minute)
    assert (exact_date(on.isoformat()), exact_time(f"{minute:%H:%M}")) == (on, minute)
    assert exact_wall(wall.isoformat()) == wall
    for text in (f"{on:%Y%m%d}", f"{on:%G-W%V-%u}", f"{on.isoformat()} "):
        with pytest.raises(ValueError, match=text.strip()):
            exact_date(text)
    for text in (f"{minute:%H.%M}", f"{minute:%H%M}", f"{minute:%H}"):
        with pytest.raises(ValueError, match=text):
            exact_time(text)


def test_a_moment_needs_its_offset() -> None:
    assert exact_instant("2027-01-04T14:00:00+01:00") == datetime(2027, 1, 4, 13, tzinfo=UTC)
    for text in ("2027-01-04T14:00", "2027-01-04T14.30Z", "2027-01-04", "2027-W01-1T14:00Z"):
        with pytest.raises(ValueError, match=text):
            exact_instant(text)
