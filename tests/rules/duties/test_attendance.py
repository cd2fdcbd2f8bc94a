"""To note who was there is owed two working days of the host after the meeting."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.rules.duties.attendance import HeldMeeting, attendance_due_on, attendance_duties
from exchange.rules.duties.duty import Owner, Role, State, Subject, state
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.holidays import is_working_day
from tests.rules.calendars import LONDON, STOCKHOLM


@pytest.mark.parametrize(
    ("host", "last_on", "due_on"),
    [
        (LONDON, date(2027, 6, 3), date(2027, 6, 7)),  # Thursday: Friday and Monday
        (STOCKHOLM, date(2027, 6, 3), date(2027, 6, 7)),
        (LONDON, date(2027, 3, 25), date(2027, 3, 31)),  # before Easter
        (STOCKHOLM, date(2027, 5, 5), date(2027, 5, 10)),  # Ascension Day between
        (LONDON, date(2027, 6, 5), date(2027, 6, 8)),  # a Saturday
    ],
)
def test_it_is_due_two_working_days_of_the_host_after(host: object, last_on: date, due_on: date) -> None:
    assert attendance_due_on(last_on, host) == due_on  # type: ignore[arg-type]


@given(st.dates(date(2026, 1, 1), date(2031, 12, 1)))
def test_the_day_is_a_working_day_with_one_between(last_on: date) -> None:
    due_on = attendance_due_on(last_on, STOCKHOLM)
    assert is_working_day(STOCKHOLM, due_on)
    between = (last_on.toordinal() + n for n in range(1, (due_on - last_on).days))
    assert sum(is_working_day(STOCKHOLM, date.fromordinal(one)) for one in between) == 1


def test_host_and_coordinators_owe_it_until_one_of_them_has_noted_it() -> None:
    def duties(noted_at: datetime | None) -> list[tuple[Owner, State, str]]:
        meeting = HeldMeeting(
            Subject("cycle", 3, "Drones"), date(2027, 6, 3), LONDON, 7, Marking.GREEN, 12, noted_at
        )
        now = datetime(2027, 6, 9, 9, tzinfo=UTC)
        return [(one.owner, state(one, now), one.key) for one in attendance_duties(meeting)]

    assert duties(None) == [
        (Owner(Role.CITY_CONTACT, 7), State.LATE, "cycle:3:attendance:12:city contact"),
        (Owner(Role.COORDINATOR), State.LATE, "cycle:3:attendance:12:coordinator"),
    ]
    assert {one for _, one, _ in duties(datetime(2027, 6, 8, 9, tzinfo=UTC))} == {State.DONE}
