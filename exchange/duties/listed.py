"""What a source of duties is asked, and what it answers. Values only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from exchange.duties.owing import Reader
from exchange.rules.access.policy import Right
from exchange.rules.access.things import Thing
from exchange.rules.duties.duty import Duty
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.rules.programme.stage_plan import StagePlan


@dataclass(frozen=True)
class Plans:
    """What duties are counted by: the stage plan of exchanges and the profiles of events."""

    stages: StagePlan
    profiles: Profiles


@dataclass(frozen=True)
class Window:
    """Which duties are asked for: those due from ``first_on`` to ``last_on``, both included, as of ``now``.

    With a ``reader``, a source may leave out what they cannot owe, and need not; None asks for everybody's.
    """

    first_on: date
    last_on: date
    now: datetime
    plans: Plans
    reader: Reader | None = None

    def holds(self, on: date) -> bool:
        """Whether a day is in it."""
        return self.first_on <= on <= self.last_on


@dataclass(frozen=True)
class Listed:
    """One duty, and what its owner must still be able to do with what, or nobody tells them of it.

    ``path`` is that of the page where it is done or looked at, from the root of the site. ``kind`` is its
    key in config/duties.toml, of which letters about it are told.
    """

    duty: Duty
    kind: str
    thing: Thing
    path: str
    right: Right = Right.READ


@dataclass(frozen=True)
class Source:
    """What lists the duties of one noun, with the kinds it gives them; each kind belongs to one source."""

    kinds: tuple[str, ...]
    list: Callable[[Session, Window], Iterable[Listed]]
