"""Busy times: put together right, and said to planners without a word too much."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.findings.busy import BusyTime, Interval, Place, busy_findings, merged, wait_after
from exchange.rules.findings.finding_types import Severity

NINE = datetime(2027, 10, 28, 9, tzinfo=UTC)  # Stockholm is on summer time, until the 31st
STOCKHOLM, SYDNEY = Place(1, "Stockholm", "Europe/Stockholm"), Place(2, "Sydney", "Australia/Sydney")


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def span(first: float, last: float) -> Interval:
    return Interval(at(first), at(last))


@pytest.mark.parametrize(
    ("given_spans", "expected"),
    [
        ([], []),
        ([(0, 1), (1, 2)], [(0, 2)]),
        ([(0, 1), (1.5, 2)], [(0, 1), (1.5, 2)]),
        ([(0, 5), (1, 2), (4, 6)], [(0, 6)]),
        ([(3, 3), (4, 3)], []),
    ],
)
def test_intervals_are_merged(
    given_spans: list[tuple[float, float]], expected: list[tuple[float, float]]
) -> None:
    assert merged(span(*one) for one in given_spans) == [span(*one) for one in expected]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_merging_keeps_every_minute_and_adds_none(spans: list[tuple[int, int]]) -> None:
    covered = {hour for first, last in spans for hour in range(first, last)}
    found = merged(span(*one) for one in spans)
    hours = [hour for one in found for hour in range(50) if one.starts_at <= at(hour) < one.ends_at]
    assert sorted(hours) == sorted(covered)
    assert all(a.ends_at < b.starts_at for a, b in pairwise(found))


def test_waits_double_up_to_a_day() -> None:
    assert [wait_after(n) / timedelta(minutes=15) for n in (1, 2, 3, 7, 8, 1000)] == [1, 2, 4, 64, 96, 96]


def texts(busy: list[BusyTime], **more: object) -> list[tuple[Severity, str]]:
    options: dict[str, object] = {"host_id": 1, "invited_ids": {2}} | more
    found = busy_findings(span(0, 1.5), busy, [STOCKHOLM, SYDNEY], **options)  # type: ignore[arg-type]  # two keywords
    return [(one.severity, one.text) for one in found]


def test_a_busy_host_is_a_warning_and_a_busy_guest_a_note_each_on_its_own_clock() -> None:
    busy = [
        BusyTime(1, at(-1), at(0.5)),
        BusyTime(1, at(0.5), at(1)),
        BusyTime(2, at(1), at(9)),
        BusyTime(2, at(20), at(21)),  # another time
    ]
    assert texts(busy) == [
        (
            Severity.WARN,
            "Stockholm is busy by its own calendar"
            " from Thu 28 Oct 2027, 10:00 to Thu 28 Oct 2027, 12:00 there.",
        ),
        (
            Severity.INFORM,
            "Sydney is busy by its own calendar from Thu 28 Oct 2027, 21:00 to Fri 29 Oct 2027, 05:00 there.",
        ),
    ]


def test_what_only_touches_the_meeting_does_not_clash() -> None:
    assert texts([BusyTime(1, at(-1), at(0)), BusyTime(1, at(1.5), at(2))]) == []


def test_a_city_that_does_not_come_is_left_out() -> None:
    assert texts([BusyTime(2, at(0), at(1))], invited_ids=set()) == []


@pytest.mark.parametrize(
    ("count", "words"), [(1, "A person of Sydney is busy"), (3, "3 people of Sydney are busy")]
)
def test_people_are_counted_and_not_told_apart(count: int, words: str) -> None:
    busy = [BusyTime(2, at(0), at(1), person_id=n) for n in range(count) for _twice in "ab"]
    assert texts(busy) == [(Severity.INFORM, f"{words} during the meeting of Thu 28 Oct 2027, 20:00 there.")]
