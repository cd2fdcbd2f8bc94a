"""A meeting that somebody is invited to: one of a cycle's, in the sitting that suits them, or an event.

A value over loaded rows; it decides neither who is invited nor what may be shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.mail.schedule.recipients import Meeting
from exchange.meeting_times import ends_at, wall_of
from exchange.models import Cycle, Sitting, TrainingEvent
from exchange.rules.letters.reminders import own_sitting
from exchange.rules.programme.cycles import Sitting as RuleSitting
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import WallTime, instant


@dataclass(frozen=True)
class MeetingOf:
    """``cycle`` and ``sitting``, or ``training``. ``on_roll`` names it as mail.schedule.recipients does."""

    cycle: Cycle | None = None
    sitting: Sitting | None = None
    training: TrainingEvent | None = None

    @property
    def about(self) -> Cycle | TrainingEvent:
        """What it belongs to."""
        found = self.cycle or self.training
        if found is None:
            raise ValueError("a meeting is of a cycle or an event")
        return found

    @property
    def row(self) -> Sitting | TrainingEvent:
        """The row that holds its wall time."""
        found = self.sitting or self.training
        if found is None:
            raise ValueError("a meeting has a sitting or is an event")
        return found

    @property
    def on_roll(self) -> Meeting:
        """Its key among all meetings."""
        if self.training:
            return (None, "", self.training.id)
        return (self.cycle.id if self.cycle else None, self.sitting.meeting if self.sitting else "", None)

    @property
    def wall(self) -> WallTime:
        """Its wall time; the one after the gap where new zone rules took it away."""
        return wall_of(self.row)

    @property
    def starts_at(self) -> datetime:
        """The instant it begins."""
        return instant(self.wall)

    @property
    def ends_at(self) -> datetime:
        """The instant it ends."""
        return ends_at(self.row)


def own_row(calendar: CityCalendar, rows: Sequence[Sitting]) -> Sitting | None:
    """The sitting that suits a city, as the letters choose it; None when the meeting has none."""
    walls = [
        RuleSitting("", "", WallTime(row.on_local, row.starts_local, row.time_zone), row.minutes)
        for row in rows
    ]
    chosen = own_sitting(calendar, walls)
    return rows[walls.index(chosen)] if chosen else None
