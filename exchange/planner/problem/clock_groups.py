"""Cities whose clocks and hours are the same, and what a day's slots are on their walls.

Slots are minutes from 00:00 UTC of a day's date; they reach so far on both sides that every wall on which
days are counted has its whole day in them. Cities with the same offset from UTC on every day of the horizon
and the same bands form a group: no plan can treat them differently. Not holidays (day_restrictions.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise

from exchange.planner.problem.hour_burdens import (
    DAY_MINUTES,
    Band,
    Bands,
    WallSpan,
    bands_of,
    burden_of,
    worst_band,
)
from exchange.planner.problem.problem import PlannedCity, Problem
from exchange.rules.time.timezones import day_begins, utc_offset

LONGEST_DAYS = 2  # beyond the horizon, of which cities must have the same clock to be a group
LONGEST_MINUTES = 480  # of an event


@dataclass(frozen=True)
class Group:
    """Cities that no hour can tell apart; ``classes`` are the events they take part in, by number."""

    index: int
    cities: tuple[PlannedCity, ...]
    time_zone: str
    bands: Bands
    offsets: tuple[int | None, ...]  # minutes ahead of UTC all over a day's slots, None where clocks change

    @property
    def size(self) -> int:
        """How many cities it holds."""
        return len(self.cities)


@dataclass(frozen=True)
class GroupSlots:
    """A group's view of the slots of one day for one length of event.

    ``touches`` gives, for each local date (as days from the day), the slots whose event touches it;
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
        zones = {problem.walls.zone()} | {problem.walls.zone(host) for host in _hosts(problem)}
        self._day_spans = {zone: _day_spans(problem, zone) for zone in zones}
        days = [self._day_spans[problem.walls.zone()], *(self._awake(host) for host in _hosts(problem))]
        spans = [span for each in days for span in each]
        step = problem.step_minutes
        grid = range(step * (min(begin for begin, _ in spans) // step), max(end for _, end in spans), step)
        fixed = set(_fixed_minutes(problem))
        self.slots = (*grid, *sorted(fixed - set(grid)))  # what is held or stands may be off the grid
        self.slot_at = {minute: n for n, minute in enumerate(self.slots)}
        self.grid_mask = (1 << len(grid)) - 1
        reach = min(self.slots), max(self.slots) + LONGEST_MINUTES
        self.groups = _groups(problem, signature, reach)
        self._masks: dict[WallSpan, int] = {}
        self._group_slots: dict[tuple[object, ...], GroupSlots] = {}

    @cached_property
    def group_of(self) -> dict[str, int]:
        """The group's number for each city."""
        return {city.id: group.index for group in self.groups for city in group.cities}

    def bit(self, day: int, at: datetime) -> int:
        """The set of one slot: that of an hour that is held or stands on the day."""
        return 1 << self.slot_at[self.minute(day, at)]

    def minute(self, day: int, at: datetime) -> int:
        """An instant in minutes from 00:00 UTC of the day's date."""
        return minutes_from(self.day(day), at)

    def starts_at(self, day: int, minute: int) -> datetime:
        """The instant of so many minutes from 00:00 UTC of the day's date."""
        return datetime.combine(self.day(day), time(), UTC) + timedelta(minutes=minute)

    def slots_on(self, host: str | None, day: int) -> int:
        """The slots whose date on the wall of the host, or for None of the lead city, is the day's."""
        span = self._day_spans[self.problem.walls.zone(host)][day]
        if span not in self._masks:
            begin, end = span
            self._masks[span] = sum(1 << n for n, at in enumerate(self.slots) if begin <= at < end)
        return self._masks[span]

    def _awake(self, host: str) -> list[WallSpan]:
        """From the end of the host's night to its beginning, day by day; its clocks may change meanwhile."""
        first, last = (60 * at.hour + at.minute for at in self.problem.city(host).shoulder)
        days = self._day_spans[self.problem.walls.zone(host)]
        shifts = ((begin, end - DAY_MINUTES) for begin, end in days)
        return [(min(each) + first, max(each) + last) for each in shifts]

    def day(self, index: int) -> date:
        """A day of the horizon by its number."""
        return self.problem.start_on + timedelta(days=index)

    def key(self, group: Group, day: int) -> tuple[object, ...]:
        """Days with the same key are the same to a group."""
        offset = group.offsets[day]
        return (group.index, day) if offset is None else (group.bands, offset)

    def group_slots(self, group: Group, day: int, minutes: int) -> GroupSlots:
        """What the group makes of a day's slots for an event of so many minutes."""
        key = (*self.key(group, day), minutes)
        if key not in self._group_slots:
            spans = [self.spans(group, day, slot, minutes) for slot in self.slots]
            self._group_slots[key] = self._made(group, spans)
        return self._group_slots[key]

    def spans(self, group: Group, day: int, slot: int, minutes: int) -> tuple[WallSpan, ...]:
        """What the wall shows during an event, in minutes of the UTC day's date; two spans over a change."""
        offset = group.offsets[day]
        if offset is not None:
            return ((slot + offset, slot + offset + minutes),)
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


def minutes_from(on: date, at: datetime) -> int:
    """Minutes from 00:00 UTC of a date to an instant; negative before it."""
    return (at - datetime.combine(on, time(), UTC)) // timedelta(minutes=1)


def _hosts(problem: Problem) -> set[str]:
    """The cities that host, or hosted what is held."""
    hosts = problem.trainings.hosts if problem.trainings else ()
    return {
        *hosts,
        *(pin.host for pin in problem.held() if pin.host is not None),
    } & problem.walls.zones.keys()


def _fixed_minutes(problem: Problem) -> Iterator[int]:
    """The minutes of what is held or stands, from 00:00 UTC of its day."""
    there = [(pin.on, pin) for pin in problem.held()] + [(problem.date_of(e), e) for e in problem.existing]
    for on, each in there:
        yield from (minutes_from(on, at) for at in (each.starts_at, each.second_at) if at is not None)


def _day_spans(problem: Problem, zone: str) -> list[WallSpan]:
    """When each day begins and ends on a wall, in minutes from 00:00 UTC of its date."""
    days = [problem.start_on + timedelta(days=n) for n in range(problem.days + 1)]
    begins = [minutes_from(on, day_begins(on, zone)) for on in days]
    return [(begin, DAY_MINUTES + end) for begin, end in pairwise(begins)]


def _groups(
    problem: Problem, signature: dict[str, tuple[int, ...]], reach: tuple[int, int]
) -> tuple[Group, ...]:
    """``reach`` are the first and last minute of a day that an event can touch."""
    days = [problem.start_on + timedelta(days=n) for n in range(problem.days + LONGEST_DAYS)]
    midnights = [datetime.combine(on, time(), UTC) for on in days]
    series: dict[str, tuple[int, ...]] = {}
    members: dict[tuple[object, ...], list[PlannedCity]] = {}
    for city in problem.cities:
        zone = city.time_zone
        if zone not in series:
            series[zone] = tuple(_offset_minutes(zone, at) for at in midnights)
        members.setdefault((series[zone], bands_of(city), signature[city.id]), []).append(city)
    found = []
    for n, cities in enumerate(members.values()):
        zone = cities[0].time_zone
        steady = tuple(_steady_offset(zone, at, reach) for at in midnights[: problem.days])
        found.append(Group(n, tuple(cities), zone, bands_of(cities[0]), steady))
    return tuple(found)


def _steady_offset(time_zone: str, midnight: datetime, reach: tuple[int, int]) -> int | None:
    first, last = (_offset_minutes(time_zone, midnight + timedelta(minutes=n)) for n in reach)
    return first if first == last else None


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
