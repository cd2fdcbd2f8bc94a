"""When a sitting or an event begins and ends, out of its row. Not what it is about or who is invited."""

from datetime import datetime, timedelta

from exchange.models import BoardMeeting, Sitting, TrainingEvent
from exchange.rules.time.timezones import WallTime, existing, instant


def wall_of(row: Sitting | TrainingEvent | BoardMeeting) -> WallTime:
    """The wall time of a row; the one after the gap where new zone rules took it away."""
    return existing(WallTime(row.on_local, row.starts_local, row.time_zone))


def ends_at(row: Sitting | TrainingEvent | BoardMeeting) -> datetime:
    """The instant at which a meeting or an event ends."""
    return instant(wall_of(row)) + timedelta(minutes=row.minutes)
