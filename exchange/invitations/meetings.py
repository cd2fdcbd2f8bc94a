"""A meeting that somebody is invited to: a cycle's, in the sitting that suits them, an event, a board's, or
one of those who plan an event.

A value over loaded rows; it decides neither who is invited nor what may be shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.access.board_things import thing_of_board_meeting
from exchange.access.things import thing_about
from exchange.duties.planning_meeting import PlanningMeeting
from exchange.errors import NotFound
from exchange.mail.schedule.recipients import Meeting
from exchange.meeting_times import ends_at, wall_of
from exchange.models import BoardMeeting, Cycle, Sitting, TrainingEvent
from exchange.rules.access.things import Thing
from exchange.rules.letters.reminders import own_sitting
from exchange.rules.programme.cycles import Sitting as RuleSitting
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import WallTime, instant


@dataclass(frozen=True)
class MeetingOf:
    """``cycle`` and ``sitting``, or ``training``, or a meeting of a ``board``, or ``planning`` of an event.

    ``on_roll`` names one of the programme as mail.schedule.recipients does.
    """

    cycle: Cycle | None = None
    sitting: Sitting | None = None
    training: TrainingEvent | None = None
    board: BoardMeeting | None = None
    planning: PlanningMeeting | None = None

    @property
    def about(self) -> Cycle | TrainingEvent:
        """What it belongs to. Raises NotFound for what is not of the programme, as what asks is."""
        found = self.cycle or self.training
        if found is None:
            raise NotFound("There is nothing of this kind for such a meeting.")
        return found

    @property
    def subject(self) -> Cycle | TrainingEvent | BoardMeeting:
        """The same, of a board's meeting too; of a planning meeting, the event that it prepares."""
        return self.planning.training if self.planning else self.board or self.about

    @property
    def is_of_programme(self) -> bool:
        """Whether it is one that cities come to: a cycle's, or an event."""
        return self.cycle is not None or self.training is not None

    @property
    def thing(self) -> Thing:
        """What rights on it are asked about; needs cities and groups, or the board with its seats."""
        if self.planning:
            return self.planning.thing
        return thing_of_board_meeting(self.board) if self.board else thing_about(self.about)

    @property
    def row(self) -> Sitting | TrainingEvent | BoardMeeting | PlanningMeeting:
        """What holds its wall time."""
        found = self.sitting or self.training or self.board or self.planning
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
    def held(self) -> TrainingEvent | BoardMeeting | PlanningMeeting | None:
        """What has a place; None for a cycle's, which are held by link."""
        return self.training or self.board or self.planning

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
