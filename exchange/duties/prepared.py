"""The preparation of one event as values: each milestone with its duty, its state and who owes it now.

Not the rows' loading, which is queries.py's, and not the counting, which is rules/duties'.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from exchange.access.things import thing_of_preparation
from exchange.errors import NotFound
from exchange.meeting_times import ends_at
from exchange.models import Person, Preparation, PreparationStep, TrainingEvent, TrainingObjective
from exchange.rules.access.things import Thing
from exchange.rules.duties.duty import Duty, Owner, Role, State, days_late, state
from exchange.rules.duties.preparation import (
    NOTHING_DECIDED,
    Decision,
    PreparedEvent,
    counted_day,
    duty_of,
)
from exchange.rules.findings.day_findings import findings_for_day
from exchange.rules.findings.finding_types import Finding
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import Milestone, Profile
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import WallTime, existing, wall_time

_A_MOMENT = timedelta(microseconds=1)  # an event that ends at midnight does not reach the next day


@dataclass(frozen=True)
class Owners:
    """Who owes what nobody was given: leads of its host who may know of it, by name; else coordinators."""

    leads: tuple[Person, ...]

    def of(self, given: Person | None, host_city_id: int) -> Owner:
        """Who owes a milestone now; ``given`` None when it was given to nobody who is still there."""
        if given is not None:
            return Owner(Role.PERSON, given.id)
        return Owner(Role.CITY_LEAD, host_city_id) if self.leads else Owner(Role.COORDINATOR)


@dataclass(frozen=True)
class Line:
    """One milestone as the page shows it.

    ``owner`` is who it was given to while they are of the network, ``left`` who it was given to and left.
    """

    milestone: Milestone
    duty: Duty
    state: State
    days_late: int
    counted_on: date
    step: PreparationStep | None
    owner: Person | None
    left: Person | None

    @property
    def starts(self) -> WallTime | None:
        """When a planning meeting begins, on the event's clock; None for what has no hour."""
        if self.step is None or self.step.starts_local is None or not self.milestone.is_meeting:
            return None
        return existing(WallTime(self.duty.due_on, self.step.starts_local, self.duty.time_zone))

    @property
    def is_rolled(self) -> bool:
        """Whether its day was moved to a working day."""
        return self.duty.due_on != self.counted_on and not (self.step and self.step.kept_on)


@dataclass(frozen=True)
class Prepared:
    """An event with all that is known of its preparation; ``row`` is None while nothing was decided.

    ``members`` plan it; ``left`` were named to and are no longer of the network. Both by name.
    """

    training: TrainingEvent
    row: Preparation | None
    profile: Profile
    event: PreparedEvent
    calendars: tuple[CityCalendar, ...]
    owners: Owners
    lines: tuple[Line, ...]
    members: tuple[Person, ...]
    left: tuple[Person, ...]

    @property
    def version(self) -> int:
        """What a form was opened on; 1 before the first decision."""
        return self.row.version if self.row else 1

    @property
    def objectives(self) -> Sequence[TrainingObjective]:
        """What the event is to show, in its order."""
        return self.row.objectives if self.row else ()

    @property
    def planners(self) -> frozenset[int]:
        """Whoever was named to plan it or to owe a part of it, whether of the network still or not."""
        return planners_of(self.row) if self.row else frozenset()

    @property
    def thing(self) -> Thing:
        """What rights are asked about."""
        owners = {line.owner.id or 0 for line in self.lines if line.owner}
        return thing_of_preparation(self.training, owners | {one.id or 0 for one in self.members})

    def line(self, key: str) -> Line:
        """The milestone with this key. Raises NotFound."""
        found = next((one for one in self.lines if one.milestone.key == key), None)
        if found is None:
            raise NotFound("This event has no such milestone.")
        return found

    def thing_of(self, line: Line) -> Thing:
        """What the right to finish one milestone is asked about."""
        return thing_of_preparation(self.training, {line.owner.id or 0} if line.owner else ())

    def findings_of(self, line: Line) -> Sequence[Finding]:
        """What is good to know of its day, while somebody owes it; of the event's own day its page tells."""
        duty, event = line.duty, self.event
        if duty.done_at is not None or duty.void_reason or event.first_on <= duty.due_on <= event.last_on:
            return ()
        return findings_for_day(duty.due_on, self.calendars, host_id=event.host_city_id)

    def is_over(self, now: datetime) -> bool:
        """Whether the event has ended."""
        return ends_at(self.training) <= now


@dataclass(frozen=True)
class Looked:
    """What the milestones of one event are looked at with: their event, calendars, owners, and the moment.

    ``there`` are the ids of those people, of whom milestones were given to, who are of the network still.
    """

    event: PreparedEvent
    calendars: tuple[CityCalendar, ...]
    owners: Owners
    there: Collection[int]
    now: datetime


def line_of(milestone: Milestone, step: PreparationStep | None, looked: Looked) -> Line:
    """The milestone as the page shows it; needs the step's owner loaded."""
    given = step.owner if step and step.owner and step.owner.id in looked.there else None
    owner = looked.owners.of(given, looked.event.host_city_id)
    decision = replace(decision_of(step), owner=owner)
    duty = duty_of(milestone, looked.event, decision, looked.calendars)
    return Line(
        milestone=milestone,
        duty=duty,
        state=state(duty, looked.now),
        days_late=days_late(duty, looked.now),
        counted_on=counted_day(milestone, looked.event, decision),
        step=step,
        owner=given,
        left=step.owner if step and given is None else None,
    )


def planners_of(row: Preparation) -> frozenset[int]:
    """Whoever was named to plan an event or to owe a part of it; needs members and steps."""
    owners = {step.owner_id for step in row.steps if step.owner_id is not None}
    return frozenset(owners | {one.person_id for one in row.members})


def by_name(people: Iterable[Person]) -> tuple[Person, ...]:
    """The people in the order of their names."""
    return tuple(sorted(people, key=lambda one: one.name))


def event_of(training: TrainingEvent) -> PreparedEvent:
    """The event as the rules of preparation see it."""
    called_off = ""
    if training.cancelled_at:
        called_off = "The event is cancelled."
    elif training.postponed_at:
        called_off = "The event is postponed."
    return PreparedEvent(
        id=training.id or 0,
        title=training.title,
        first_on=training.on_local,
        last_on=wall_time(ends_at(training) - _A_MOMENT, training.time_zone).on,
        time_zone=training.time_zone,
        host_city_id=training.host_city_id,
        marking=Marking(training.marking),
        void_reason=called_off,
    )


def decision_of(step: PreparationStep | None) -> Decision:
    """What was decided about a milestone; who it was given to, the caller finds."""
    if step is None:
        return NOTHING_DECIDED
    return Decision(
        moved_days=step.moved_days,
        done_at=step.done_at,
        kept_on=step.kept_on,
        evidence=step.evidence,
        waived_reason=step.waived_reason,
    )
