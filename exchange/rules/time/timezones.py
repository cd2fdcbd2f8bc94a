"""Wall clocks and instants: turning what a clock in a city shows into UTC and back.

Not a clock: nothing here knows what time it is. Zone data is the tzdata package's, which
exchange/__init__.py sees to.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import tzdata  # type: ignore[import-untyped]  # it ships data, not types

from exchange.errors import InvalidInput

__all__ = [
    "LAST_WALL",
    "Instant",
    "NonexistentTime",
    "OutOfStep",
    "UnknownZone",
    "WallTime",
    "day_begins",
    "existing",
    "instant",
    "is_known_zone",
    "known_zones",
    "out_of_step",
    "resolve",
    "utc_offset",
    "wall_time",
    "zone",
    "zone_data_version",
]

LAST_WALL = "Etc/GMT+12"  # where each day ends last

# A difference that lasts no longer is a season's edge, not a season. The longest edge among member
# cities is Auckland-Washington's 43 days in autumn; the shortest season is its four-month winter.
EDGE_MAX_DAYS = 56


@dataclass(frozen=True)
class WallTime:
    """What the clock on the wall shows in a city; a promise that outlives a change of zone rules."""

    on: date
    at: time
    time_zone: str

    @property
    def naive(self) -> datetime:
        """Date and time without a zone; for display and widgets, never for arithmetic."""
        return datetime.combine(self.on, self.at)


@dataclass(frozen=True)
class Instant:
    """A moment in UTC; ``is_repeated`` when its wall time occurs twice and the first was taken."""

    at: datetime
    is_repeated: bool


class UnknownZone(InvalidInput):
    """The name is not a time zone of the IANA database."""


class NonexistentTime(InvalidInput):
    """The clocks jump over this wall time in spring.

    ``before`` and ``after`` are the wall times one jump earlier and later, which both exist:
    01:30 and 03:30 for 02:30 on the night Stockholm's clocks go from 02:00 to 03:00.
    """

    def __init__(self, wall: WallTime, before: WallTime, after: WallTime) -> None:
        super().__init__(
            "%(time)s does not exist in %(time_zone)s on %(date)s: the clocks go forward."
            " Choose %(before)s or %(after)s.",
            field="at",
            time=f"{wall.at:%H:%M}",
            time_zone=wall.time_zone,
            date=wall.on,
            before=_neighbour_text(before, wall.on),
            after=_neighbour_text(after, wall.on),
        )
        self.before = before
        self.after = after


@dataclass(frozen=True)
class OutOfStep:
    """Two cities' clocks differ today by ``hours`` (a minus b), for a few days or weeks only.

    ``usual_hours`` held in the season just before, ``next_hours`` will hold after; the two differ
    when the cities' summers are opposite (Sydney and Stockholm).
    """

    hours: float
    usual_hours: float
    next_hours: float


def is_known_zone(name: str) -> bool:
    """Whether the zone data in use knows this name, in exactly this spelling."""
    return name in known_zones()


@cache
def known_zones() -> frozenset[str]:
    """All names of the zone data in use."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """The zone with this IANA name. Raises UnknownZone, field "time_zone"."""
    if not is_known_zone(name):
        raise UnknownZone(
            "%(time_zone)s is not a known time zone. Write it like Europe/Stockholm.",
            field="time_zone",
            time_zone=name[:60],
        )
    return _zone_info(name)


def zone_data_version() -> str:
    """The release of the zone data in use, as IANA names it: "2026f"."""
    return str(tzdata.IANA_VERSION)


@lru_cache(maxsize=4096)  # an event's times are asked for in turn, for each kind of reader
def resolve(wall: WallTime) -> Instant:
    """The moment when the wall shows this, the first of two in autumn.

    Raises NonexistentTime in the gap of spring, UnknownZone. Source: PEP 495 (``fold``).
    """
    here = zone(wall.time_zone)
    first = wall.naive.replace(tzinfo=here, fold=0)
    second = wall.naive.replace(tzinfo=here, fold=1)
    change = _offset(second) - _offset(first)
    if change > timedelta(0):
        before, after = wall.naive - change, wall.naive + change
        raise NonexistentTime(wall, _wall(before, wall.time_zone), _wall(after, wall.time_zone))
    return Instant(first.astimezone(UTC), is_repeated=change < timedelta(0))


def instant(wall: WallTime) -> datetime:
    """``resolve`` for callers who need only the UTC moment."""
    return resolve(wall).at


def existing(wall: WallTime) -> WallTime:
    """The wall time itself, or the one after the gap when a change of zone rules has swallowed it.

    Forms refuse such times; one bad row must not stop a feed or a page.
    """
    try:
        instant(wall)
    except NonexistentTime as gap:
        return gap.after
    return wall


def day_begins(on: date, time_zone: str) -> datetime:
    """The UTC instant at which a date begins on a wall, also where its midnight is jumped over."""
    return datetime.combine(on, time(), zone(time_zone)).astimezone(UTC)


def wall_time(at: datetime, time_zone: str) -> WallTime:
    """What the wall shows in a zone at an aware instant. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("an instant must be aware")
    return _wall(at.astimezone(zone(time_zone)), time_zone)


def utc_offset(time_zone: str, at: datetime) -> timedelta:
    """How far ahead of UTC the zone's clocks are at an instant; negative west of Greenwich."""
    return _offset(at.astimezone(zone(time_zone)))


@lru_cache(maxsize=4096)
def out_of_step(time_zone_a: str, time_zone_b: str, at: datetime) -> OutOfStep | None:
    """How two zones differ at ``at``, when that difference is a passing one; None in a season.

    Passing means that it lasts EDGE_MAX_DAYS at most. Stockholm and Washington are 5 hours apart,
    not 6, for two or three weeks in March and one around the start of November.
    """
    now_hours = _difference(time_zone_a, time_zone_b, at)
    began_days, before = _nearest_change(time_zone_a, time_zone_b, at, step_days=-1)
    ends_days, after = _nearest_change(time_zone_a, time_zone_b, at, step_days=1)
    if before is None or after is None or began_days + ends_days - 1 > EDGE_MAX_DAYS:
        return None
    return OutOfStep(hours=now_hours, usual_hours=before, next_hours=after)


def _nearest_change(a: str, b: str, at: datetime, *, step_days: int) -> tuple[int, float | None]:
    """Days walked until the difference is another one, and that one; None when it stays."""
    now_hours = _difference(a, b, at)
    for days in range(1, EDGE_MAX_DAYS + 1):
        hours = _difference(a, b, at + timedelta(days=days * step_days))
        if hours != now_hours:
            return days, hours
    return EDGE_MAX_DAYS, None


def _difference(a: str, b: str, at: datetime) -> float:
    return (utc_offset(a, at) - utc_offset(b, at)) / timedelta(hours=1)


def _offset(local: datetime) -> timedelta:
    offset = local.utcoffset()
    if offset is None:
        raise ValueError("an instant must be aware")
    return offset


def _wall(local: datetime, time_zone: str) -> WallTime:
    return WallTime(local.date(), local.time().replace(fold=0), time_zone)


def _neighbour_text(wall: WallTime, on: date) -> str:
    return f"{wall.at:%H:%M}" if wall.on == on else f"{wall.on.isoformat()} {wall.at:%H:%M}"


@cache
def _zone_info(name: str) -> ZoneInfo:
    """Kept for good: the standard library forgets all but the last eight, and a network has more."""
    return ZoneInfo(name)
