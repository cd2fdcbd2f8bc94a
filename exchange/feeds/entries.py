"""What a feed holds: entries as one audience may see them.

Values only. redact.py makes them from rows and build.py writes them as iCalendar.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from exchange.rules.markings import Marking
from exchange.rules.rings import Ring
from exchange.rules.timezones import NonexistentTime, WallTime, instant, wall_time


@dataclass(frozen=True)
class Audience:
    """Who reads: a ring, and the city or group (or both, for a person) that decides what it takes part in.

    ``time_zone`` is the clock on which times are given whose place must not be known.
    """

    ring: Ring
    city_id: int | None = None
    group_id: int | None = None
    time_zone: str = "UTC"


PUBLIC = Audience(Ring.PUBLIC)


class EntryKind(StrEnum):
    """What stands in the programme."""

    STAGE = "stage"
    SESSION = "session"
    TRAINING = "training"


class EntryStatus(StrEnum):
    """RFC 5545 STATUS of an event."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One entry, already cut down to what its audience may see.

    A stage has ``first_on`` and ``last_on`` (both included, in the lead city); a session or a
    training event has ``starts`` and ``minutes``. ``word`` says "Cancelled" or "Postponed".
    ``link`` is the path of its page, ``city`` the lead or host city, ``theme`` a theme's
    key; all "" when not to be shown.
    """

    kind: EntryKind
    uid: str
    sequence: int
    changed_at: datetime
    title: str
    marking: Marking
    status: EntryStatus
    word: str = ""
    first_on: date | None = None
    last_on: date | None = None
    starts: WallTime | None = None
    minutes: int = 0
    place: str = ""
    description: str = ""
    link: str = ""
    city: str = ""
    theme: str = ""
    cycle_id: int | None = None
    training_id: int | None = None

    @property
    def summary(self) -> str:
        """The title with what happened to it in front and its marking in words behind."""
        before = f"{self.word}: " if self.word else ""
        after = "" if self.marking is Marking.CLEAR else f" [{self.marking}]"
        return f"{before}{self.title}{after}"

    @property
    def starts_at(self) -> datetime:
        """The instant it begins; midnight UTC of the first day for a stage, which has no instant."""
        if self.starts is not None:
            return instant(self.starts)
        if self.first_on is None:
            raise ValueError("an entry has a wall time or days")
        return datetime.combine(self.first_on, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The instant a timed entry ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


def existing(wall: WallTime) -> WallTime:
    """The wall time itself, or the one after the gap when a change of zone rules has swallowed it.

    Forms refuse such times; one bad entry must not stop a whole feed.
    """
    try:
        instant(wall)
    except NonexistentTime as gap:
        return gap.after
    return wall


def on_clock(wall: WallTime, time_zone: str) -> WallTime:
    """The same moment on another zone's wall; on UTC's when that wall shows it a second time in autumn."""
    at = instant(wall)
    there = wall_time(at, time_zone)
    return there if instant(there) == at else wall_time(at, "UTC")
