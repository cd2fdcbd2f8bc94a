"""The duties of one person within a window of days. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

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


def owed_of(session: Session, person: Person, standing: Standing, plans: Plans, now: datetime) -> list[Owed]:
    """What the person owes from eight weeks ago to four weeks ahead, by day.

    Nothing of what the person may not know of now.
    """
    reader = reader_of(session, standing)
    today = wall_time(now, person.city.time_zone).on
    window = Window(today - LATE_MOST, today + LOOK_AHEAD, now, plans, reader)
    owed = owed_by(reader, duties_within(session, window), now)
    return [Owed(one, state(one.duty, now)) for one in owed]
