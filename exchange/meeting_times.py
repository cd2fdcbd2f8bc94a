"""When a sitting or an event begins and ends, out of its row. Not what it is about or who is invited."""

from datetime import date, datetime, time, timedelta
from typing import Protocol

from exchange.rules.time.timezones import WallTime, existing, instant


class Timed(Protocol):
    """What has a wall time and a length: a sitting, an event, a meeting."""

    @property
    def on_local(self) -> date:
        """Its day on its wall."""

    @property
    def starts_local(self) -> time:
        """When it begins there."""

    @property
    def time_zone(self) -> str:
        """The IANA zone of that wall."""

    @property
    def minutes(self) -> int:
        """How long it takes."""


def wall_of(row: Timed) -> WallTime:
    """The wall time of a row; the one after the gap where new zone rules took it away."""
    return existing(WallTime(row.on_local, row.starts_local, row.time_zone))


def ends_at(row: Timed) -> datetime:
    """The instant at which a meeting or an event ends."""
    return instant(wall_of(row)) + timedelta(minutes=row.minutes)
