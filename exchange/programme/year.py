"""A year of the programme as one reader may see it: values that the picture and the list are both made of.

Not rows: queries.py makes these from rows or from the entries of feeds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from exchange.models import Publication
from exchange.rules.programme.stage_plan import Phase
from exchange.rules.time.timezones import WallTime


@dataclass(frozen=True)
class ShownStage:
    """A stage; both dates included, in the lead city. ``name`` is "" where only the time may be shown."""

    name: str
    phase: Phase
    starts_on: date
    ends_on: date
    is_done: bool = False


@dataclass(frozen=True)
class ShownSitting:
    """A meeting of a cycle; ``is_live`` for the live session, False for the calls around it."""

    starts: WallTime
    minutes: int
    is_live: bool = True


@dataclass(frozen=True)
class ShownCycle:
    """A cycle as its reader may know it; ``city`` is "" where it is withheld."""

    key: str  # "cycle-12": names it on the page
    title: str
    city: str
    marking: str
    publication: Publication
    href: str
    stages: tuple[ShownStage, ...]
    sittings: tuple[ShownSitting, ...]

    @cached_property
    def weeks(self) -> tuple[ShownStage, ...]:
        """The stages that share the cycle's own weeks."""
        return tuple(stage for stage in self.stages if stage.phase is Phase.WITHIN)

    @cached_property
    def starts_on(self) -> date:
        """The first day of the cycle's own weeks."""
        return min(stage.starts_on for stage in self.weeks or self.stages)

    @cached_property
    def ends_on(self) -> date:
        """The last day of the cycle's own weeks."""
        return max(stage.ends_on for stage in self.weeks or self.stages)

    @property
    def is_off(self) -> bool:
        """Whether it is cancelled or postponed."""
        return self.publication in CALLED_OFF


@dataclass(frozen=True)
class ShownTraining:
    """A training event as its reader may know it; ``kind``, ``city``, ``mode`` are "" where withheld."""

    key: str  # "training-7"
    title: str
    kind: str
    city: str
    marking: str
    publication: Publication
    state: str
    href: str
    starts: WallTime
    minutes: int
    mode: str = ""

    @property
    def is_off(self) -> bool:
        """Whether it is cancelled or postponed."""
        return self.publication in CALLED_OFF


@dataclass(frozen=True)
class QuietSpan:
    """Days in which a lead city asks to be left alone, both included."""

    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True)
class FreeDays:
    """A lead city's holidays and quiet periods of the year."""

    city: str
    holidays: Mapping[date, str]
    quiet: tuple[QuietSpan, ...]


@dataclass(frozen=True)
class Year:
    """One calendar year; cycles and events by date, lead cities by name."""

    number: int
    cycles: tuple[ShownCycle, ...]
    trainings: tuple[ShownTraining, ...]
    free_days: tuple[FreeDays, ...]

    @property
    def first_on(self) -> date:
        """1 January."""
        return date(self.number, 1, 1)

    @property
    def last_on(self) -> date:
        """31 December."""
        return date(self.number, 12, 31)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned that the reader may know of."""
        return not self.cycles and not self.trainings


CALLED_OFF = frozenset({Publication.CANCELLED, Publication.POSTPONED})
