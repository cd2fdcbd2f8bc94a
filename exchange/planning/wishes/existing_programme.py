"""What the programme holds already in the horizon of a plan, each on the day that the planner gives it.

Not what it costs, and not the problem made of it (problem_from_wishes.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from exchange.models import Cycle, TrainingEvent
from exchange.planner.problem.walls import Walls
from exchange.planning.burdens.ledger import Meeting
from exchange.planning.burdens.programme_meetings import cycles_between, instant_of, trainings_between
from exchange.planning.wishes.wishes import Wishes

DAY = timedelta(days=1)


@dataclass(frozen=True)
class PlanDays:
    """The days of what stands: on the wall of a host of the plan, else on that of the lead city.

    ``slugs`` are the cities of the plan by their ids, ``hosts`` those that may host.
    """

    walls: Walls
    slugs: Mapping[int, str]
    hosts: Sequence[str]

    def host_of(self, city_id: int | None) -> str | None:
        """The slug of a host of the plan; None for any other."""
        slug = self.slugs.get(city_id or 0)
        return slug if slug in self.hosts else None

    def day_of_event(self, row: TrainingEvent) -> date:
        """The day of a training event."""
        return self.walls.date(instant_of(row), self.host_of(row.host_city_id))

    def day_of_session(self, at: datetime) -> date:
        """The day of a sitting of an exchange."""
        return self.walls.date(at)

    def day_of_meeting(self, meeting: Meeting) -> date:
        """The day of either."""
        is_event = meeting.kind == "training"
        return self.walls.date(meeting.starts_at, self.host_of(meeting.host_id) if is_event else None)


@dataclass(frozen=True)
class ExistingProgramme:
    """What the programme holds in the horizon: exchanges, events that are pinned, and events beside those.

    ``before`` is the day of the last event from which the first gap can be counted. An event nearer to
    another than the rules of the plan allow is not pinned, or no plan would be possible: the plan goes
    round it.
    """

    days: PlanDays
    cycles: Sequence[Cycle]
    before: date | None
    pinned: Sequence[TrainingEvent]
    beside: Sequence[TrainingEvent]


def existing_programme(session: Session, wishes: Wishes, days: PlanDays) -> ExistingProgramme:
    """What stands from the first day to the last, and the event before."""
    first_on, last_on = wishes.start_on, wishes.last_on
    rows = sorted(trainings_between(session, first_on - DAY, last_on + DAY), key=instant_of)
    pinned: list[TrainingEvent] = []
    beside: list[TrainingEvent] = []
    last = before = _last_before(session, wishes, days)
    for row in rows:
        on = days.day_of_event(row)
        if not first_on <= on <= last_on:
            continue
        if not wishes.has_trainings or (last and _is_near(last, on, wishes)):
            beside.append(row)
        else:
            pinned.append(row)
            last = on
    return ExistingProgramme(days, cycles_between(session, first_on, last_on), before, pinned, beside)


def _last_before(session: Session, wishes: Wishes, days: PlanDays) -> date | None:
    """The day of the last event from which the first gap can be counted; None after a longer break."""
    first_on = wishes.start_on - timedelta(days=wishes.gap_most_days)
    rows = trainings_between(session, first_on - DAY, wishes.start_on + DAY)
    found = {days.day_of_event(row) for row in rows}
    return max((on for on in found if first_on <= on < wishes.start_on), default=None)


def _is_near(last: date, on: date, wishes: Wishes) -> bool:
    """Whether an event follows another too soon, or in the same week."""
    days = (on - last).days
    return days < wishes.gap_least_days or days <= on.weekday()
