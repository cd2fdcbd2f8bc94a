"""What changed for one reader between what they were told and what holds, on their own wall.

Values only; change_letters.py puts them into words, and nothing is decided about who hears of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from exchange.mail.schedule.told_dates import (
    EVENT,
    PLACE,
    SITTINGS,
    STAGES,
    STATE,
    Facts,
    facts_of,
    part,
)
from exchange.models import Cycle, Publication, TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.rules.letters.reminders import own_sitting
from exchange.rules.letters.training_letters import starts_at
from exchange.rules.programme.cycles import Sitting
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import WallTime, instant

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class MovedDays:
    """A stage by its name, with the days it had and has."""

    name: str
    old: tuple[date, date]
    new: tuple[date, date]


@dataclass(frozen=True)
class MovedMeeting:
    """The reader's own sitting of a meeting, as they knew it and as it is; ``key`` is "" for an event."""

    key: str
    name: str
    old: Sitting
    new: Sitting


@dataclass(frozen=True)
class Difference:
    """All that changed for one reader. ``held`` are their own sittings now, changed or not, by meeting."""

    was: Publication
    now: Publication
    stages: list[MovedDays] = field(default_factory=list)
    meetings: list[MovedMeeting] = field(default_factory=list)
    held: Mapping[str, Sitting] = field(default_factory=dict)
    old_place: str = ""
    new_place: str = ""

    @property
    def is_halted(self) -> bool:
        """Whether it does not take place now and the reader thinks that it does, or that it may later."""
        return self.now is not self.was and self.now in {Publication.CANCELLED, Publication.POSTPONED}

    @property
    def is_resumed(self) -> bool:
        """Whether it takes place again."""
        return self.was is Publication.POSTPONED and self.now is Publication.PUBLISHED

    @property
    def is_nothing(self) -> bool:
        """Whether the reader knows it all."""
        moved = self.stages or self.meetings or self.old_place != self.new_place
        return not (self.is_halted or self.is_resumed or (moved and self.now is Publication.PUBLISHED))

    def moments(self, time_zone: str) -> list[datetime]:
        """Every instant that people might act on, old ones and new ones; a stage's are its two ends."""
        sittings = [s for moved in self.meetings for s in (moved.old, moved.new)] or list(self.held.values())
        ends = [on + _ONE_DAY for moved in self.stages for on in (moved.old[1], moved.new[1])]
        midnights = [instant(WallTime(on, time(0), time_zone)) for on in ends]
        return [starts_at(sitting) for sitting in sittings] + midnights


def difference(
    known: Facts,
    about: Cycle | TrainingEvent,
    reader: CityCalendar,
    plan: StagePlan,
    holds: Facts | None = None,
) -> Difference:
    """What a reader who was told ``known`` has to hear; ``holds`` stands for today's facts."""
    facts = facts_of(about) if holds is None else holds
    is_event = isinstance(about, TrainingEvent)
    names = {"": about.title} if is_event else {meeting.key: meeting.name for meeting in plan.meetings}
    then, now = own_sittings(known, reader, names), own_sittings(facts, reader, names)
    shown = carried(about.marking, Ring.LETTER)
    places = (known.get(PLACE, facts.get(PLACE, "")), facts.get(PLACE, "")) if shown and shown.place else ()
    old_place, new_place = (str(place) for place in places or ("", ""))
    return Difference(
        was=Publication(str(known.get(STATE, about.publication.value))),
        now=Publication(str(facts.get(STATE, about.publication.value))),
        stages=[] if isinstance(about, TrainingEvent) else _moved_stages(known, facts, about),
        meetings=[
            MovedMeeting(key, names[key], then[key], now[key])
            for key in now
            if key in then and then[key] != now[key]
        ],
        held=now,
        old_place=old_place,
        new_place=new_place,
    )


def own_sittings(facts: Facts, reader: CityCalendar, names: Mapping[str, str]) -> dict[str, Sitting]:
    """The reader's own sitting of each meeting that facts tell of, by the meeting's key ("" for an event)."""
    by_meeting: dict[str, list[Sitting]] = {}
    for key, wall in sorted(part(facts, SITTINGS).items()):
        meeting = "" if key == EVENT else key.rpartition(":")[0]
        if meeting in names:
            by_meeting.setdefault(meeting, []).append(_sitting(names[meeting], wall))
    chosen = {key: own_sitting(reader, sittings) for key, sittings in by_meeting.items()}
    return {key: sitting for key, sitting in chosen.items() if sitting is not None}


def _moved_stages(known: Facts, facts: Facts, cycle: Cycle) -> list[MovedDays]:
    told, hold = part(known, STAGES), part(facts, STAGES)
    return [
        MovedDays(stage.name, old, new)
        for stage in cycle.stages
        if stage.key in told and stage.key in hold
        for old, new in [(_days(told[stage.key]), _days(hold[stage.key]))]
        if old != new
    ]


def _days(texts: list[object]) -> tuple[date, date]:
    first, last = (date.fromisoformat(str(text)) for text in texts)
    return first, last


def _sitting(name: str, wall: list[object]) -> Sitting:
    on, at, time_zone, minutes = wall
    local = WallTime(date.fromisoformat(str(on)), time.fromisoformat(str(at)), str(time_zone))
    return Sitting(stage="", name=name, wall=local, minutes=int(str(minutes)))
