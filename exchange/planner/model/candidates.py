"""Everything an event can be: its day, its class, its host, and the nondominated hours there.

Not a choice among them. Days that lie on no admissible way of training events, or in no session week,
are left out, and so are weeks that a session needs for itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from exchange.planner.model.data_by_day import (
    busy_by_day,
    existing_slots,
    forbidden_days,
    problem_day,
    union,
)
from exchange.planner.model.nondominated_hours import (
    ALL,
    NondominatedHours,
    NondominatedHoursCache,
    OpenSlots,
    Starts,
)
from exchange.planner.problem.acceptable_hours import AcceptableHours
from exchange.planner.problem.clock_groups import Clocks, GroupSlots
from exchange.planner.problem.day_restrictions import CityDays
from exchange.planner.problem.event_classes import EventClass, class_of_place, classes_of
from exchange.planner.problem.event_counts import SessionPlace, is_place_of, session_places
from exchange.planner.problem.feasible_days import TrainingDays, training_days
from exchange.planner.problem.problem import Pin, Problem

Held = tuple[str, int]  # the kind of what is held, and its day


@dataclass(frozen=True)
class Cell:
    """A day for one class of event and one host (None for a session), or for one cycle at its place."""

    day: int
    event: EventClass
    nondominated: NondominatedHours
    host: str | None = None
    place: SessionPlace | None = None


@dataclass(frozen=True)
class DaySlots:
    """A day for a class of event: open slots, and a set for each city with a holiday or a bother."""

    open: int
    clashes: tuple[int, ...]
    unwelcome: tuple[int, ...]


class Candidates:
    """The cells of a problem, and what is needed to ask about any other day."""

    def __init__(self, problem: Problem, without: frozenset[str] = frozenset()) -> None:
        """``without`` names rules (model_rules.RULES) that do not hold: nothing is left out for them."""
        self.without = without | frozenset(problem.given_up)
        self.asked = problem  # ``problem`` has the count of training events that history leaves room for
        self.city_days = {city.id: CityDays(problem, city) for city in problem.cities}
        self.held: dict[Held, Pin] = {(pin.kind, problem_day(problem, pin)): pin for pin in problem.held()}
        self._busy = busy_by_day(problem, self.city_days)
        self._forbidden = forbidden_days(problem)
        self.places = session_places(problem)
        self._fill(problem)
        count = self._count_beside_history()
        if problem.trainings is not None and count is not None:
            self._fill(replace(problem, trainings=replace(problem.trainings, count=count)))

    def _fill(self, problem: Problem) -> None:
        """What depends on the number of training events."""
        self.problem = problem
        without = self.without
        self.classes = classes_of(problem, without)
        signature = {
            city.id: tuple(n for n, event in enumerate(self.classes) if event.has(city.id))
            for city in problem.cities
        }
        self.clocks = Clocks(problem, signature)
        self.acceptable = AcceptableHours(self.clocks)
        self.nondominated_hours = NondominatedHoursCache(self.clocks, self.acceptable)
        self._existing_slots = existing_slots(problem, self.clocks)
        self._slots: dict[tuple[int, EventClass], DaySlots] = {}
        self.training: TrainingDays | None = None
        self.cells: list[Cell] = [*self._session_cells()]
        self.cells += self._training_cells()

    def _count_beside_history(self) -> int | None:
        """The nearest number of training events, where what is published rules out the one wished for."""
        if self.training is None or not self.problem.history() or self.without & {"gaps", "count"}:
            return None
        totals, wanted = self.training.totals, self.training.wanted
        nearest = min(totals, key=lambda total: (abs(total - wanted), total), default=wanted)
        return None if nearest == wanted else nearest

    def slots(self, day: int, event: EventClass) -> DaySlots:
        """The open slots of a day for a class of event, without regard to hosts."""
        key = (day, event)
        if key not in self._slots:
            self._slots[key] = self._found_slots(day, event)
        return self._slots[key]

    def warnings(self, day: int, event: EventClass, hours: Starts) -> int:
        """How many cities an hour bothers without being blocked."""
        slots = [self.clocks.slot_at[each] for each in hours]
        return sum(any(mask >> n & 1 for n in slots) for mask in self.slots(day, event).unwelcome)

    def is_held(self, kind: str, day: int) -> bool:
        """Whether an entry of this kind is pinned or published on the day."""
        return (kind, day) in self.held

    def history_on(self, day: int) -> Pin | None:
        """The published training event that stands on the day."""
        pin = self.held.get(("training", day))
        return pin if pin is not None and pin.is_published else None

    def is_forbidden(self, day: int, kind: str) -> bool:
        """Whether the problem forbids the day for this kind of entry."""
        return (day, kind) in self._forbidden

    def host_night(self, host: str, day: int, minutes: int) -> int:
        """The slots that fall in the host's night."""
        return self._slots_of(host, day, minutes).night

    def host_holidays(self, host: str, day: int, minutes: int) -> dict[date, int]:
        """The slots that meet a holiday of a host that does not lead, by the holiday."""
        holidays = self.city_days[host].clashes
        touches = (
            (self.clocks.day(day + delta), m) for delta, m in self._slots_of(host, day, minutes).touches
        )
        return {on: mask for on, mask in touches if on in holidays}

    def closed_by_host(self, host: str, day: int, minutes: int) -> int:
        """The slots at which a free event cannot have this host."""
        holidays = union(self.host_holidays(host, day, minutes).values())
        return self.host_night(host, day, minutes) | holidays

    def _slots_of(self, city: str, day: int, minutes: int) -> GroupSlots:
        return self.clocks.group_slots(self.clocks.groups[self.clocks.group_of[city]], day, minutes)

    def _session_cells(self) -> Iterator[Cell]:
        for place in self.places:
            event = class_of_place(self.problem, place)
            for day in self._session_days(place):
                slots = self._open(day, event, None)
                nondominated = self._nondominated(day, event, slots)
                if nondominated.options:
                    yield Cell(day, event, nondominated, place=place)

    def _nondominated(self, day: int, event: EventClass, open_slots: int) -> NondominatedHours:
        kept = self._existing_slots.get((day, event.kind), 0)
        pin = self.held.get((event.kind, day))
        first = self.clocks.bit(day, pin.starts_at) if pin is not None and pin.starts_at is not None else ALL
        return self.nondominated_hours.of_day(
            event, day, OpenSlots(open_slots, first, kept, pin is not None), self.slots(day, event).clashes
        )

    def _session_days(self, place: SessionPlace) -> list[int]:
        days = [7 * week + n for week in place.weeks for n in range(7) if week < self.problem.weeks]
        held = [
            (day, pin)
            for (kind, day), pin in self.held.items()
            if kind == "session" and is_place_of(self.problem, place, pin.on, pin.cycle)
        ]
        if held and not (self.problem.cycles and self.problem.cycles.is_choosing):
            return [day for day, _ in held]
        return sorted({*days, *(day for day, _ in held)})

    def usual_slots(self, day: int, host: str | None) -> int:
        """The slots of the grid that are on the day by the wall of the host, or for None of the lead city."""
        return self.clocks.grid_mask & self.clocks.slots_on(host, day)

    def _open(self, day: int, event: EventClass, host: str | None) -> int:
        """The open slots; on a held day its own hour, or where nothing is open, every hour."""
        pin = self.held.get((event.kind, day))
        usual = self.usual_slots(day, host)
        if pin is not None:
            if pin.starts_at is not None:
                return self._held_hours(day, event, pin.starts_at, pin.second_at)
            return self.slots(day, event).open & usual or usual
        if self.is_forbidden(day, event.kind) or self._is_beside_held(day):
            return 0
        existing = self._existing_slots.get((day, event.kind), 0) & self.clocks.slots_on(host, day)
        return self.slots(day, event).open & (usual | existing)

    def _held_hours(self, day: int, event: EventClass, first: datetime, second: datetime | None) -> int:
        """The hour that is held; of two sittings the second too, or what is open after the first."""
        held = self.clocks.bit(day, first)
        if event.sittings == 1 or second is not None:
            return held | (self.clocks.bit(day, second) if second is not None else 0)
        begin = self.clocks.minute(day, first) + event.minutes
        later = sum(1 << n for n, minute in enumerate(self.clocks.slots) if minute >= begin)
        later &= self.usual_slots(day, None)
        return held | (self.slots(day, event).open & later or later)

    def _is_beside_held(self, day: int) -> bool:
        """Whether something is held on the day, or in its week while no two events are in one."""
        if "weeks" in self.without:
            return any(held == day for _, held in self.held)
        return any(held // 7 == day // 7 for _, held in self.held)

    def _training_cells(self) -> list[Cell]:
        trainings = self.problem.trainings
        if trainings is None:
            return []
        forced = weeks_of_sessions(self.cells, self.without)
        cells = [
            cell
            for day in range(self.problem.days)
            if day // 7 not in forced or self.is_held("training", day)
            for cell in self._hosted(day, trainings.hosts)
        ]
        self.training = training_days(self.problem, trainings, {cell.day for cell in cells})
        useful = self.training.useful(self.without)
        return [cell for cell in cells if cell.day in useful and not self._follows_own_host(cell)]

    def _follows_own_host(self, cell: Cell) -> bool:
        """Whether a free event would stand next to a published one of its own host."""
        if "hosts in turn" in self.without or self.is_held("training", cell.day) or self.training is None:
            return False
        near = (self.history_on(day) for day in self.training.neighbours(cell.day) if day is not None)
        return any(past is not None and past.host == cell.host for past in near)

    def _hosted(self, day: int, hosts: Iterable[str]) -> Iterator[Cell]:
        pin, past = self.held.get(("training", day)), self.history_on(day)
        if past is not None and past.host is not None:
            hosts = [past.host]  # also one that is not among the hosts now
        for event in self.classes:
            if event.kind != "training" or not self._is_pinned_class(pin, event):
                continue
            for host in hosts:
                if not event.has(host) or (pin is not None and pin.host not in (None, host)):
                    continue
                slots = self._open(day, event, host) & ~self._closed(pin, host, day, event)
                nondominated = self._nondominated(day, event, slots)
                if nondominated.options:
                    yield Cell(day, event, nondominated, host=host)

    def _closed(self, pin: Pin | None, host: str, day: int, event: EventClass) -> int:
        """What the host closes: nothing of an hour that is pinned, on a pinned day the night alone."""
        if pin is None:
            return self.closed_by_host(host, day, event.minutes)
        return 0 if pin.starts_at is not None else self.host_night(host, day, event.minutes)

    def _is_pinned_class(self, pin: Pin | None, event: EventClass) -> bool:
        if pin is None or pin.training is None or self.problem.trainings is None:
            return True
        kind = next(kind for kind in self.problem.trainings.kinds if kind.name == pin.training)
        return (kind.minutes, kind.takes_part) == (event.minutes, event.takes_part)

    def _found_slots(self, day: int, event: EventClass) -> DaySlots:
        blocked, clashes, unwelcome = 0, [], []
        on = self.clocks.day(day)
        for group in self.clocks.groups:
            touches = self.clocks.group_slots(group, day, event.minutes).touches
            dates = [(on.fromordinal(on.toordinal() + delta), mask) for delta, mask in touches]
            for city in group.cities:
                if not event.has(city.id):
                    continue
                days = self.city_days[city.id]
                blocked |= union(mask for each, mask in dates if each in days.blocked)
                blocked |= self.acceptable.never(city, event, day)
                clashes.append(union(mask for each, mask in dates if each in days.clashes))
                busy = self.busy_slots(day, event, city.id)
                if city.is_needed:
                    blocked |= busy
                    busy = 0
                unwelcome.append(busy | union(mask for each, mask in dates if each in days.unwelcome))
        every = (1 << len(self.clocks.slots)) - 1
        is_open = every & ~blocked
        # What is held may stand where nothing is open.
        possible = every if self.is_held(event.kind, day) else is_open
        return DaySlots(
            is_open,
            tuple(mask for mask in clashes if mask & possible),
            tuple(mask for mask in unwelcome if mask),
        )

    def busy_slots(self, day: int, event: EventClass, city_id: str) -> int:
        """The slots that meet a busy interval of the city."""
        spans = self._busy.get((city_id, day), ())
        begins = (1440 * day + slot for slot in self.clocks.slots)
        met = (any(first < at + event.minutes and at < last for first, last in spans) for at in begins)
        return sum(1 << n for n, is_met in enumerate(met) if is_met)


def weeks_of_sessions(cells: Iterable[Cell], without: frozenset[str]) -> set[int]:
    """Weeks that a cycle's session needs for itself, because it has no other."""
    if without & {"sessions", "weeks"}:
        return set()
    weeks: dict[int, set[int]] = {}
    for cell in cells:
        if cell.place:
            weeks.setdefault(cell.place.cycle, set()).add(cell.day // 7)
    return {week for each in weeks.values() if len(each) == 1 for week in each}
