"""Cities whose clocks and hours are the same, and what a day's slots are on their walls.

Not holidays (day_restrictions.py). Cities with the same offset from UTC on every day of the horizon and the
same bands form a group: no plan can treat them differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from exchange.planner.problem.hour_burdens import (
    DAY_MINUTES,
    Band,
    Bands,
    WallSpan,
    bands_of,
    burden_of,
    worst_band,
)
from exchange.planner.problem.problem import ExistingEntry, Pin, PlannedCity, Problem
from exchange.rules.time.timezones import utc_offset

LONGEST_DAYS = 2  # an event that starts on a day ends on the next at the latest


@dataclass(frozen=True)
class Group:
    """Cities that no hour can tell apart; ``classes`` are the events they take part in, by number."""

    index: int
    cities: tuple[PlannedCity, ...]
    time_zone: str
    bands: Bands
    offsets: tuple[int, ...]  # minutes ahead of UTC at 00:00 UTC of each day

    @property
    def size(self) -> int:
        """How many cities it holds."""
        return len(self.cities)


@dataclass(frozen=True)
class GroupSlots:
    """A group's view of the slots of one day for one length of event.

    ``touches`` gives, for each local date (as days from the UTC day), the slots whose event touches it;
    sets of slots are bits, slot 0 the lowest.
    """

    burdens: tuple[int, ...]
    night: int
    touches: tuple[tuple[int, int], ...]


class Clocks:
    """Groups and their slots: worked out once for each offset, and slot by slot where clocks change."""

    def __init__(self, problem: Problem, signature: dict[str, tuple[int, ...]]) -> None:
        """``signature`` says for each city which classes of events it takes part in."""
        self.problem = problem
        grid = range(0, DAY_MINUTES, problem.step_minutes)
        there: list[Pin | ExistingEntry] = [*problem.held(), *problem.existing]
        fixed = [each.starts_at for each in there] + [each.second_at for each in there]
        minutes = {60 * at.hour + at.minute for at in fixed if at}
        self.slots = (*grid, *sorted(minutes - set(grid)))  # what is held or stands may be off the grid
        self.slot_at = {minute: n for n, minute in enumerate(self.slots)}
        self.grid_mask = (1 << len(grid)) - 1
        self.groups = _groups(problem, signature)
        self._group_slots: dict[tuple[object, ...], GroupSlots] = {}

    @cached_property
    def group_of(self) -> dict[str, int]:
        """The group's number for each city."""
        return {city.id: group.index for group in self.groups for city in group.cities}

    def bit(self, at: datetime) -> int:
        """The set of one slot: that of an hour that is held or stands."""
        return 1 << self.slot_at[60 * at.hour + at.minute]

    def day(self, index: int) -> date:
        """A day of the horizon by its number."""
        return self.problem.start_on + timedelta(days=index)

    def key(self, group: Group, day: int) -> tuple[object, ...]:
        """Days with the same key are the same to a group."""
        offsets = group.offsets[day : day + LONGEST_DAYS + 1]
        if len(set(offsets)) == 1:
            return (group.bands, offsets[0])
        return (group.index, day)

    def group_slots(self, group: Group, day: int, minutes: int) -> GroupSlots:
        """What the group makes of a day's slots for an event of so many minutes."""
        key = (*self.key(group, day), minutes)
        if key not in self._group_slots:
            spans = [self.spans(group, day, slot, minutes) for slot in self.slots]
            self._group_slots[key] = self._made(group, spans)
        return self._group_slots[key]

    def spans(self, group: Group, day: int, slot: int, minutes: int) -> tuple[WallSpan, ...]:
        """What the wall shows during an event, in minutes of the UTC day's date; two spans over a change."""
        offsets = group.offsets[day : day + LONGEST_DAYS + 1]
        if len(set(offsets)) == 1:
            return ((slot + offsets[0], slot + offsets[0] + minutes),)
        return _changing_spans(group.time_zone, self.day(day), slot, minutes)

    def _made(self, group: Group, spans: Sequence[tuple[WallSpan, ...]]) -> GroupSlots:
        weights = self.problem.burden
        touches: dict[int, int] = {}
        night = 0
        for n, each in enumerate(spans):
            for delta in {at // DAY_MINUTES for begin, end in each for at in (begin, end - 1)}:
                touches[delta] = touches.get(delta, 0) | 1 << n
            if worst_band(group.bands, each) is Band.NIGHT:
                night |= 1 << n
        burdens = tuple(burden_of(group.bands, each, weights) for each in spans)
        return GroupSlots(burdens, night, tuple(sorted(touches.items())))


def _groups(problem: Problem, signature: dict[str, tuple[int, ...]]) -> tuple[Group, ...]:
    days = [problem.start_on + timedelta(days=n) for n in range(problem.days + LONGEST_DAYS)]
    midnights = [datetime.combine(on, time(), UTC) for on in days]
    series: dict[str, tuple[int, ...]] = {}
    members: dict[tuple[object, ...], list[PlannedCity]] = {}
    for city in problem.cities:
        zone = city.time_zone
        if zone not in series:
            series[zone] = tuple(_offset_minutes(zone, at) for at in midnights)
        members.setdefault((series[zone], bands_of(city), signature[city.id]), []).append(city)
    return tuple(
        Group(n, tuple(cities), cities[0].time_zone, bands_of(cities[0]), series[cities[0].time_zone])
        for n, cities in enumerate(members.values())
    )


def _changing_spans(time_zone: str, on: date, slot: int, minutes: int) -> tuple[WallSpan, ...]:
    """The pieces of an event on a day of a change; cut minute by minute when the change is within it."""
    begin = datetime.combine(on, time(), UTC)
    first, last = (
        minute + _offset_minutes(time_zone, begin + timedelta(minutes=minute))
        for minute in (slot, slot + minutes - 1)
    )
    if last - first == minutes - 1:
        return ((first, last + 1),)
    pieces: list[list[int]] = []
    for minute in range(slot, slot + minutes):
        local = minute + _offset_minutes(time_zone, begin + timedelta(minutes=minute))
        if pieces and pieces[-1][1] == local:
            pieces[-1][1] = local + 1
        else:
            pieces.append([local, local + 1])
    return tuple((first, last) for first, last in pieces)


def _offset_minutes(time_zone: str, at: datetime) -> int:
    return int(utc_offset(time_zone, at) / timedelta(minutes=1))
