"""What a source of duties is asked, and what it answers. Values only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from exchange.duties.owing import Reader
from exchange.rules.access.policy import Right, is_red
from exchange.rules.access.things import Thing
from exchange.rules.duties.duty import Duty
from exchange.rules.markings.tlp_labels import Marking
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

    With a ``reader``, a source may leave out what they cannot owe, and need not; None asks for everybody's,
    and then what ``people`` were asked by themselves comes along, which is otherwise nobody else's to read.
    """

    first_on: date
    last_on: date
    now: datetime
    plans: Plans
    reader: Reader | None = None
    people: frozenset[int] = frozenset()

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

    @property
    def marking(self) -> Marking:
        """That of the duty; TLP:RED where what it belongs to is that, for those who are named there."""
        return Marking.RED if is_red(self.thing) else self.duty.marking


@dataclass(frozen=True)
class Source:
    """What lists the duties of one noun, with the kinds it gives them; each kind belongs to one source.

    ``is_in_programme``: calendars have them as entries of the exchange or event that owes them.
    """

    kinds: tuple[str, ...]
    list: Callable[[Session, Window], Iterable[Listed]]
    is_in_programme: bool = False
