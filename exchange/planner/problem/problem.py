"""The planner's problem as values: horizon, cities, cycles, training events, pins and weights.

Not the file it is read from (problem_file.py), and not how it is solved (solve.py). A day is the date on
which an event starts on its own wall (walls.py); weeks are counted from ``start_on``, which is a Monday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Protocol

from exchange.planner.problem.walls import Walls, walls_of
from exchange.rules.time.holidays import weekend_of

MAX_WEEKS = 208  # four years
MAX_CITIES = 120
FAIRNESS = ("worst", "leximin")  # the worst city; after it the second, the third, and so on
MAX_ALLOWANCE = 10.0  # share by which the worst city may bear more than the least possible
MAX_CELLS = (
    100_000  # days by classes of event and hosts; 60 cities over four years with three hosts have 9,000
)
MAX_BUSY = 20_000  # busy intervals of all cities together
WEEKDAYS = 5
SATURDAY_AND_SUNDAY = (5, 6)
DAYS_PER_TRAINING = 31.5  # the middle of four and five weeks

GIVABLE = ("weeks", "kinds", "hosts", "hosts in turn")  # rules that a coordinator can do without

Span = tuple[date, date]  # both included


@dataclass(frozen=True)
class PlannedCity:
    """A city that takes part: its clock, its days off, and the hours that are good for it.

    ``core`` and ``shoulder`` are wall times from and to; what lies outside ``shoulder`` is night.
    ``weekend`` holds weekday numbers (Monday 0). ``busy`` are aware instants, the end excluded.
    ``acceptable`` are the earliest and latest wall time at which it may be asked to come; each event outside
    counts ``outside_price``, and None forbids it.
    """

    id: str
    name: str
    time_zone: str
    country: str = ""
    subdivision: str = ""
    categories: tuple[str, ...] = ()
    is_lead: bool = False
    is_required: bool = False
    core: tuple[time, time] = (time(9), time(17))
    shoulder: tuple[time, time] = (time(7), time(21))
    acceptable: tuple[time, time] | None = None  # None: any hour
    outside_price: int | None = 1
    weekend: tuple[int, ...] | None = None  # None: the country's own, Saturday and Sunday without one
    quiet: tuple[Span, ...] = ()
    busy: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def days_off(self) -> tuple[int, ...]:
        """Its weekly days of rest: its own, its country's, or Saturday and Sunday."""
        if self.weekend is not None:
            return self.weekend
        return weekend_of(self.country, self.subdivision) if self.country else SATURDAY_AND_SUNDAY

    @property
    def is_needed(self) -> bool:
        """Whether its quiet periods and busy hours stop an event rather than warn of it."""
        return self.is_lead or self.is_required


def hours_of(span: tuple[time, time]) -> dict[str, str]:
    """From when to when, as sentences say it: ``first`` and ``last``."""
    return {"first": f"{span[0]:%H:%M}", "last": f"{span[1]:%H:%M}"}


@dataclass(frozen=True)
class Cycles:
    """Exchanges of ``weeks`` weeks, one session each, in one of ``session_weeks`` (1 = the first).

    A cycle that would touch a pause begins after it, and none begins in the week of a ``no_start_on`` day.
    ``is_choosing`` lets the planner place the pauses itself: ``count`` cycles, each at least
    ``cadence_weeks`` after the one before.
    ``takes_part`` names the cities of a cycle (1 = the first) when they are not all.
    """

    weeks: int = 8
    cadence_weeks: int = 8
    session_weeks: tuple[int, ...] = (5, 6)
    session_minutes: int = 90
    sittings: int = 1
    pauses: tuple[Span, ...] = ()
    no_start_on: tuple[date, ...] = ()  # where a meeting that goes with the start would be on a blocked day
    is_choosing: bool = False
    count: int | None = None
    takes_part: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingKind:
    """A kind of training event; ``per_year`` None takes what the other kinds leave.

    ``weeks`` are the first and last ISO week of its season, None for the whole year.
    """

    name: str
    minutes: int
    per_year: int | None = None
    weeks: tuple[int, int] | None = None
    takes_part: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Trainings:
    """Training events: how far apart, of which kinds, hosted by whom.

    ``count`` None is the horizon's days by 31.5. ``last_on`` is the last event before the horizon.
    """

    gap_days: tuple[int, int] = (28, 35)
    kinds: tuple[TrainingKind, ...] = ()
    hosts: tuple[str, ...] = ()
    count: int | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class Pin:
    """An entry that stays: its day, and its hours and host where they are given.

    A pin stands also on a day that would otherwise be blocked: who pins has decided. ``second_at`` is
    the second sitting of a session; without it that may still be chosen.
    """

    kind: str  # "session" or "training"
    on: date
    starts_at: datetime | None = None
    cycle: int | None = None
    host: str | None = None
    training: str | None = None  # the name of its TrainingKind
    name: str = ""
    second_at: datetime | None = None
    is_published: bool = False  # history: it binds what is free, and no rule binds it to other history


@dataclass(frozen=True)
class ExistingEntry:
    """An entry of the plan that stands at present; a published one moves only when it is unpinned by name."""

    name: str
    kind: str
    starts_at: datetime
    cycle: int | None = None
    host: str | None = None
    training: str | None = None
    is_published: bool = False
    second_at: datetime | None = None  # of a session with two sittings

    def is_at(self, starts: Sequence[datetime]) -> bool:
        """Whether these are its sittings; a second that is not known may be any."""
        known = [at for at in (self.starts_at, self.second_at) if at is not None]
        return all(at == start for at, start in zip(known, starts, strict=False))


class Dated(Protocol):
    """What has a day: an entry of a plan, or one that stands."""

    @property
    def kind(self) -> str: ...
    @property
    def host(self) -> str | None: ...
    @property
    def starts_at(self) -> datetime: ...


@dataclass(frozen=True)
class Forbidden:
    """Days on which nothing starts, or nothing of one kind ("session", "training"; "" for both)."""

    first_on: date
    last_on: date
    kind: str = ""


@dataclass(frozen=True)
class Burden:
    """What an hour costs a city: 0 in its core, ``shoulder`` or ``night`` points outside.

    ``per`` is "event" (the worst band the event touches) or "minute" (every minute by its band).
    """

    shoulder: int = 1
    night: int = 4
    per: str = "event"


@dataclass(frozen=True)
class Problem:
    """All that the planner is told. Make it with problem_file.problem_from, which checks it.

    ``max_allowance`` is the share by which the worst city's burden may exceed the least possible
    when that helps all. ``past_burden`` is counted in, in the unit of ``burden``.
    """

    start_on: date
    weeks: int
    cities: tuple[PlannedCity, ...]
    cycles: Cycles | None
    trainings: Trainings | None
    step_minutes: int = 30
    preferred_weekdays: tuple[int, ...] = (1, 2, 3)
    pins: tuple[Pin, ...] = ()
    existing: tuple[ExistingEntry, ...] = ()
    unpinned: tuple[str, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    burden: Burden = field(default_factory=Burden)
    max_allowance: float = 0.0
    fairness: str = "worst"  # of FAIRNESS: who counts before all together
    past_burden: Mapping[str, int] = field(default_factory=dict)
    past_hosting: Mapping[str, int] = field(default_factory=dict)
    is_replanning: bool = False  # fewest changes come before burden, after clashes
    seed: int = 7
    given_up: tuple[str, ...] = ()  # rules that need not hold, of GIVABLE

    @property
    def days(self) -> int:
        """How many days the horizon has."""
        return 7 * self.weeks

    @property
    def last_on(self) -> date:
        """The horizon's last day."""
        return self.start_on + timedelta(days=self.days - 1)

    @cached_property
    def walls(self) -> Walls:
        """On whose wall days are counted."""
        return walls_of(self.cities)

    def date_of(self, entry: Dated) -> date:
        """The day of an entry: its pin's, else its date on the wall of its host, or of the lead city."""
        pinned = (p.on for p in self.pins if (p.kind, p.starts_at) == (entry.kind, entry.starts_at))
        host = entry.host if entry.kind == "training" else None
        return next(pinned, None) or self.walls.date(entry.starts_at, host)

    @property
    def is_leximin(self) -> bool:
        """Whether every city counts in its turn, those that bear most first."""
        return self.fairness == "leximin"

    def city(self, city_id: str) -> PlannedCity:
        """The city with this id; KeyError when there is none."""
        return {city.id: city for city in self.cities}[city_id]

    def week_of(self, on: date) -> int:
        """The week of the horizon in which a day lies, 0 for the first."""
        return (on - self.start_on).days // 7

    def held(self) -> tuple[Pin, ...]:
        """The pins, and the horizon's published entries that nobody unpinned by name."""
        published = (
            Pin(s.kind, on, s.starts_at, s.cycle, s.host, s.training, s.name, s.second_at, True)
            for s in self.existing
            if s.is_published and s.name not in self.unpinned
            if self.start_on <= (on := self.date_of(s)) <= self.last_on
        )
        pinned = {(pin.kind, pin.on) for pin in self.pins}
        return self.pins + tuple(pin for pin in published if (pin.kind, pin.on) not in pinned)

    @cached_property
    def existing_inside(self) -> tuple[ExistingEntry, ...]:
        """The existing entries that could stay or move: those of the horizon's days."""
        return tuple(e for e in self.existing if self.start_on <= self.date_of(e) <= self.last_on)

    def history(self) -> tuple[Pin, ...]:
        """The training events of the horizon that are published, and stay."""
        return tuple(pin for pin in self.held() if pin.is_published and pin.kind == "training")
