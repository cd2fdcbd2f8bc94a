"""The duty: where it stands at a moment, to the minute of the wall it is due on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.duties.duty import (
    OWED,
    SOON,
    Duty,
    Owner,
    Role,
    State,
    Subject,
    Weight,
    days_late,
    order_of,
    state,
)
from exchange.rules.sentences import Sentence
from exchange.rules.time.answer_deadlines import closes_at
from exchange.rules.time.timezones import day_begins

ZONES = ("Europe/Stockholm", "America/New_York", "Australia/Sydney", "Pacific/Auckland", "UTC")
# Days on which clocks change somewhere, both ways, and the days beside them; and any other.
CHANGES = [
    date(2027, month, day) for month, day in ((3, 14), (3, 28), (4, 4), (9, 26), (10, 3), (10, 31), (11, 7))
]
DAYS = st.one_of(
    st.sampled_from(CHANGES).flatmap(lambda on: st.sampled_from([on + timedelta(n) for n in (-1, 0, 1)])),
    st.dates(date(2026, 1, 1), date(2031, 12, 31)),
)
MINUTE = timedelta(minutes=1)
IN_ORDER = [State.LATER, State.OPEN, State.DUE_SOON, State.LATE]


def a_duty(**fields: object) -> Duty:
    values: dict[str, object] = {
        "key": "training:12:fpm",
        "what": Sentence("Final planning meeting"),
        "subject": Subject("training", 12, "Drone over a stadium"),
        "owner": Owner(Role.CITY_LEAD, 1),
        "due_on": date(2027, 5, 13),
        "time_zone": "Europe/London",
    }
    return Duty(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2027, 3, 31, 12, tzinfo=UTC), State.LATER),
        (datetime(2027, 3, 31, 23, tzinfo=UTC), State.OPEN),  # midnight in London, which is in summer time
        (datetime(2027, 5, 6, 22, 59, tzinfo=UTC), State.OPEN),
        (datetime(2027, 5, 6, 23, tzinfo=UTC), State.DUE_SOON),
        (datetime(2027, 5, 13, 22, 59, tzinfo=UTC), State.DUE_SOON),
        (datetime(2027, 5, 13, 23, tzinfo=UTC), State.LATE),
    ],
)
def test_the_states_of_a_duty_change_at_midnight_on_its_wall(now: datetime, expected: State) -> None:
    assert state(a_duty(starts_on=date(2027, 4, 1)), now) is expected


@given(due_on=DAYS, zone=st.sampled_from(ZONES))
def test_it_is_late_from_the_minute_its_day_is_over_on_its_wall(due_on: date, zone: str) -> None:
    duty, ends_at = a_duty(due_on=due_on, time_zone=zone), closes_at(due_on, zone)
    assert state(duty, ends_at - MINUTE) is State.DUE_SOON
    assert state(duty, ends_at) is State.LATE
    assert ends_at == day_begins(due_on + timedelta(days=1), zone)
    assert timedelta(hours=23) <= ends_at - day_begins(due_on, zone) <= timedelta(hours=25)
    assert (days_late(duty, ends_at - MINUTE), days_late(duty, ends_at)) == (0, 1)


@given(due_on=DAYS, zone=st.sampled_from(ZONES))
def test_it_is_due_soon_for_seven_days_the_last_included(due_on: date, zone: str) -> None:
    duty = a_duty(due_on=due_on, time_zone=zone)
    begins = day_begins(due_on - SOON + timedelta(days=1), zone)
    assert state(duty, begins - MINUTE) is State.OPEN
    assert state(duty, begins) is State.DUE_SOON


@given(
    due_on=DAYS,
    zone=st.sampled_from(ZONES),
    lead=st.none() | st.integers(0, 60),
    hours=st.lists(st.integers(-2000, 2000), min_size=2, max_size=6).map(sorted),
)
def test_time_takes_an_undone_duty_one_way_only(
    due_on: date, zone: str, lead: int | None, hours: list[int]
) -> None:
    starts_on = None if lead is None else due_on - timedelta(days=lead)
    duty = a_duty(due_on=due_on, time_zone=zone, starts_on=starts_on)
    noon = datetime(due_on.year, due_on.month, due_on.day, 12, tzinfo=UTC)
    places = [IN_ORDER.index(state(duty, noon + timedelta(hours=n))) for n in hours]
    assert places == sorted(places)


@given(due_on=DAYS, zone=st.sampled_from(ZONES), after=st.integers(-500, 500))
def test_what_is_done_stays_so_and_was_not_before(due_on: date, zone: str, after: int) -> None:
    done_at = closes_at(due_on, zone) + timedelta(hours=after)
    duty = a_duty(due_on=due_on, time_zone=zone, done_at=done_at, evidence="https://example.org/minutes")
    assert state(duty, done_at) is State.DONE
    assert state(duty, done_at + timedelta(days=400)) is State.DONE
    assert state(duty, done_at - MINUTE) in {State.OPEN, State.DUE_SOON, State.LATE}


def test_what_was_waived_is_owed_by_nobody_whatever_the_day() -> None:
    duty = a_duty(void_reason="Merged into the initial meeting.")
    assert state(duty, datetime(2030, 1, 1, tzinfo=UTC)) is State.VOID
    assert State.VOID not in OWED
    assert days_late(duty, datetime(2030, 1, 1, tzinfo=UTC)) == 0


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        state(a_duty(), datetime(2027, 5, 13))


def test_duties_stand_by_day_and_what_must_be_done_first() -> None:
    later = a_duty(key="b", due_on=date(2027, 5, 14))
    should, must = a_duty(key="a"), a_duty(key="z", weight=Weight.MUST)
    assert sorted([later, should, must], key=order_of) == [must, should, later]
