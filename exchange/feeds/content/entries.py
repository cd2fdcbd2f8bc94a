"""What a feed holds: entries as one audience may see them.

Values only. redaction.py makes them from rows and vevent.py writes them as iCalendar.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from exchange.rules.access.rings import Ring
from exchange.rules.access.standing import MemberSpan, Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, instant, wall_time

CALLED_OFF_DAYS = 60  # that a cancelled entry stays after its date, so that every client has shown it


@dataclass(frozen=True)
class Audience:
    """Who reads: a ring, and the city and groups that decide what it takes part in.

    A group's feed has ``group_id``; a person may sit in several, ``group_ids``, and on boards,
    ``board_ids``. ``time_zone`` is the clock on which times are given whose place must not be known.
    ``alarm_minutes`` before the start a person asked to be reminded; None for nobody. A person's own feed
    has ``person_id``, a liaison's also ``organisation_id``, a page ``reader``.
    """

    ring: Ring
    city_id: int | None = None
    group_id: int | None = None
    time_zone: str = "UTC"
    group_ids: frozenset[int] = frozenset()
    board_ids: frozenset[int] = frozenset()
    language: str = "en"
    alarm_minutes: int | None = None
    person_id: int | None = None
    reader: Standing | None = None
    organisation_id: int | None = None

    @property
    def standing(self) -> Standing:
        """Whose rights count: those of whoever is signed in, else what all who read the feed have in common.

        Whether the city is a member on the day of an event for all, queries.concerns asks, which has its row.
        """
        if self.reader is not None:
            return self.reader
        of_city = frozenset({self.city_id} if self.city_id is not None else ())
        return Standing(
            person_id=self.person_id,
            is_in_network=self.ring is not Ring.PUBLIC,
            cities=of_city,
            groups=self.groups,
            organisations=frozenset({self.organisation_id} if self.organisation_id is not None else ()),
            boards=self.board_ids,
            member_spans=frozenset(map(MemberSpan, of_city)),
        )

    @property
    def groups(self) -> frozenset[int]:
        """Every group it reads for."""
        return self.group_ids if self.group_id is None else self.group_ids | {self.group_id}


PUBLIC = Audience(Ring.PUBLIC)


class EntryKind(StrEnum):
    """What the programme holds."""

    STAGE = "stage"
    DEADLINE = "deadline"
    SESSION = "session"
    TRAINING = "training"


ALL_DAY = frozenset({EntryKind.STAGE, EntryKind.DEADLINE})


class EntryStatus(StrEnum):
    """RFC 5545 STATUS of an event."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Entry:
    """One entry, already redacted to what its audience may see, in its language.

    A stage or a deadline has ``first_on`` and ``last_on`` (both included, in the lead city); a session
    or a training event has ``starts`` and ``minutes``. ``word`` says "Cancelled" or "Postponed".
    ``link`` is the path of its page, ``join_link`` the address of the meeting, ``city`` the lead or host
    city, ``theme`` a theme's key, ``position`` latitude and longitude; all empty when not to be shown.
    ``mode`` is how an event is held, "" as far as its description is kept back.
    ``is_block``: time is taken and nothing more may be said. ``is_neutral``: its title is kept back.
    """

    kind: EntryKind
    uid: str
    sequence: int
    changed_at: datetime
    title: str
    marking: Marking
    status: EntryStatus
    word: str = ""
    is_postponed: bool = False
    is_neutral: bool = False
    is_block: bool = False
    first_on: date | None = None
    last_on: date | None = None
    starts: WallTime | None = None
    minutes: int = 0
    place: str = ""
    position: tuple[float, float] | None = None
    description: str = ""
    link: str = ""
    join_link: str = ""
    join_label: str = ""
    city: str = ""
    theme: str = ""
    mode: str = ""
    categories: tuple[str, ...] = ()
    alarm_minutes: int | None = None
    cycle_id: int | None = None
    training_id: int | None = None

    @property
    def summary(self) -> str:
        """The title with what happened to it in front and its marking in words behind."""
        before = f"{self.word}: " if self.word else ""
        after = "" if self.marking is Marking.CLEAR or self.is_block else f" [{self.marking}]"
        return f"{before}{self.title}{after}"

    @property
    def shown_kind(self) -> str:
        """The kind; "" where the title is kept back, so that no filter tells what it is."""
        return "" if self.is_neutral else self.kind.value

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

    @cached_property
    def local_span(self) -> tuple[WallTime, WallTime] | None:
        """Start and end on the wall; None for days, and for times that are written in UTC.

        An end in the second pass of autumn's repeated hour has no local time, which would mean the first
        pass; and readers take a span from local to UTC for an hour longer. So both are in UTC then.
        """
        if self.starts is None or self.starts.time_zone == "UTC":
            return None
        ends = wall_time(self.ends_at, self.starts.time_zone)
        return (self.starts, ends) if instant(ends) == self.ends_at else None

    def has_left(self, on: date) -> bool:
        """Whether it was called off and its date is more than CALLED_OFF_DAYS before ``on``, in UTC."""
        if self.status is not EntryStatus.CANCELLED:
            return False
        last_on = self.last_on or self.ends_at.date()
        return on - last_on > timedelta(days=CALLED_OFF_DAYS)


def on_clock(wall: WallTime, time_zone: str) -> WallTime:
    """The same moment on another zone's wall; on UTC's when that wall shows it a second time in autumn."""
    at = instant(wall)
    there = wall_time(at, time_zone)
    return there if instant(there) == at else wall_time(at, "UTC")
