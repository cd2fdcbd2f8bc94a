"""The duties of one person within a window of days. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.desk.hold_ups import Late, late_of_others
from exchange.duties.listed import Listed, Plans, Window
from exchange.duties.owing import reader_of
from exchange.duties.sources import duties_within, owed_by
from exchange.models import Person
from exchange.rules.access.standing import Standing
from exchange.rules.duties.duty import OWED, Duty, State, state
from exchange.rules.time.timezones import wall_time

LOOK_AHEAD = timedelta(days=28)
# What is later than that is no longer asked of anybody by a list: it is looked at on its own page.
LATE_MOST = timedelta(days=56)


@dataclass(frozen=True)
class Owed:
    """One duty of the reader with its state; what is done or void is none."""

    listed: Listed
    state: State

    @property
    def duty(self) -> Duty:
        """What is owed."""
        return self.listed.duty

    @property
    def is_now(self) -> bool:
        """Whether they can do something about it today."""
        return self.state in OWED


@dataclass(frozen=True)
class Desk:
    """All that a desk shows: what its reader owes, and for who plans the network what is late with others."""

    owed: Sequence[Owed]
    late: Sequence[Late] = ()


def desk_of(session: Session, person: Person, standing: Standing, plans: Plans, now: datetime) -> Desk:
    """The desk of somebody who plans the network, or of anybody else."""
    if not standing.plans:
        return Desk(owed_of(session, person, standing, plans, now))
    reader = reader_of(session, standing)
    listed = duties_within(session, _window(person, plans, now))
    owed = [Owed(one, state(one.duty, now)) for one in owed_by(reader, listed, now)]
    return Desk(owed, late_of_others(session, listed, reader, now))


def owed_of(session: Session, person: Person, standing: Standing, plans: Plans, now: datetime) -> list[Owed]:
    """What the person owes from eight weeks ago to four weeks ahead, by day.

    Nothing of what the person may not know of now.
    """
    reader = reader_of(session, standing)
    window = replace(_window(person, plans, now), reader=reader)
    owed = owed_by(reader, duties_within(session, window), now)
    return [Owed(one, state(one.duty, now)) for one in owed]


def _window(person: Person, plans: Plans, now: datetime) -> Window:
    today = wall_time(now, person.city.time_zone).on
    return Window(today - LATE_MOST, today + LOOK_AHEAD, now, plans)
