"""The door is open from an hour before the meeting until two hours after its end, the last moment not."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.rules.programme.doors import is_door_open

STARTS_AT = datetime(2027, 6, 3, 13, tzinfo=UTC)
ENDS_AT = STARTS_AT + timedelta(hours=2)


@pytest.mark.parametrize(
    ("minutes", "is_open"),
    [(-61, False), (-60, True), (0, True), (120, True), (239, True), (240, False), (1440, False)],
)
def test_door_is_open_around_the_meeting(minutes: int, is_open: bool) -> None:
    assert is_door_open(STARTS_AT, ENDS_AT, STARTS_AT + timedelta(minutes=minutes)) is is_open
