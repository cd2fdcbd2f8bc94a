"""A planning meeting that has an hour, as something that people are invited to. Not who was invited."""

from dataclasses import dataclass
from datetime import date, time

from exchange.access.things import thing_of_preparation
from exchange.duties.prepared import Line, Prepared
from exchange.models import City, Person, TrainingEvent
from exchange.rules.access.things import Thing
from exchange.rules.time.timezones import WallTime


@dataclass(frozen=True)
class PlanningMeeting:
    """One of an event's preparation; ``starts`` is on the event's clock. Its step is stored."""

    prepared: Prepared
    line: Line
    starts: WallTime
    minutes: int
    place: str = ""
    join_link: str = ""

    @property
    def id(self) -> int | None:
        """The number of its step, which invitations to it name."""
        return self.line.step.id if self.line.step else None

    @property
    def training(self) -> TrainingEvent:
        """The event that it prepares."""
        return self.prepared.training

    @property
    def on_local(self) -> date:
        """Its day, on the wall of the event."""
        return self.starts.on

    @property
    def starts_local(self) -> time:
        """When it begins there."""
        return self.starts.at

    @property
    def time_zone(self) -> str:
        """The IANA zone of that wall."""
        return self.starts.time_zone

    @property
    def uid(self) -> str:
        """Its UID in every calendar."""
        return uid_of(self.training, self.line)

    @property
    def sequence(self) -> int:
        """The SEQUENCE that its entry in feeds has."""
        return sequence_of(self.prepared)

    @property
    def people(self) -> tuple[Person, ...]:
        """Who comes as far as they may know of it: the planning team, and whom the meeting was given to."""
        owner = self.line.owner
        team = self.prepared.members
        return team if owner is None or owner in team else (*team, owner)

    @property
    def thing(self) -> Thing:
        """What rights on it are asked about."""
        return thing_of_preparation(self.training, {one.id or 0 for one in self.people})

    @property
    def cities(self) -> list[City]:
        """The host and the cities of those who plan, each once."""
        every = (self.training.host_city, *(one.city for one in self.people))
        return list({city.id: city for city in every}.values())


def planning_meeting(prepared: Prepared, line: Line) -> PlanningMeeting | None:
    """The meeting behind a milestone; None where it has no hour, is done, or nobody owes it any more."""
    if line.starts is None or line.step is None or line.duty.void_reason or line.duty.done_at:
        return None
    step = line.step
    return PlanningMeeting(prepared, line, line.starts, step.minutes, step.place, step.join_link)


def uid_of(training: TrainingEvent, line: Line) -> str:
    """The UID (RFC 5545) of a milestone of the event, for good; the same for everybody."""
    return f"{line.milestone.key}-{training.uid}"


def sequence_of(prepared: Prepared) -> int:
    """The SEQUENCE of all milestones of an event: it rises with changes of the event or its preparation."""
    return prepared.training.sequence + (prepared.row.version if prepared.row else 0)
