"""Days that the model need not tell apart: same week, same options for every class and host.

Not the options themselves (nondominated_hours.py). The events of a class of days share integer counts of
options with all classes whose cost profile is the same.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from exchange.planner.model.assignment import past_of
from exchange.planner.model.candidates import Candidates, Cell, Held, weeks_of_sessions
from exchange.planner.model.nondominated_hours import Option, Starts, Vector
from exchange.planner.problem.event_classes import EventClass, class_of_kind
from exchange.planner.problem.event_counts import SessionPlace
from exchange.planner.problem.feasible_days import TrainingDays, training_days
from exchange.planner.problem.problem import Problem


@dataclass(frozen=True)
class CostedOption:
    """An option as the model sees it: what each group bears, and what it costs in the other objectives."""

    vector: Vector
    clashes: int
    outside: int  # of acceptable hours
    warnings: int
    keeps: int  # existing entries that stay as they are


CostProfile = tuple[CostedOption, ...]


@dataclass(frozen=True)
class TrainingDayClass:
    """Days of one week on which a training event is worth the same; ``profiles`` by class and host."""

    week: int
    days: tuple[int, ...]
    is_preferred: bool
    profiles: tuple[tuple[EventClass, str, CostProfile], ...]


@dataclass(frozen=True)
class SessionDayClass:
    """Days of one week on which the session of a cycle at its place is worth the same."""

    week: int
    days: tuple[int, ...]
    is_preferred: bool
    place: SessionPlace
    profile: CostProfile


class DayClasses:
    """The classes of interchangeable days of a problem, and the cells behind them."""

    def __init__(self, candidates: Candidates, *, is_clash_free: bool) -> None:
        """``is_clash_free`` leaves out what falls on a holiday of any city, save what is held and must."""
        self.candidates = candidates
        self.is_clash_free = is_clash_free
        self._cells = without_clashes(candidates)[0] if is_clash_free else candidates.cells
        self.sizes = tuple(group.size for group in candidates.clocks.groups)
        self.past = past_of(candidates)
        self._existing = {
            (each.kind, (candidates.problem.date_of(each) - candidates.problem.start_on).days): each
            for each in candidates.problem.existing
        }
        self.is_by_week = "gaps" not in candidates.without and _is_by_week(candidates.problem)
        self.cells: dict[tuple[int, EventClass, object], Cell] = {}
        self.hour_of: dict[Vector, int] = {}
        self.trainings: list[TrainingDayClass] = self._training_day_classes()
        self.sessions: list[SessionDayClass] = self._session_day_classes()

    def _training_day_classes(self) -> list[TrainingDayClass]:
        by_day: dict[int, list[Cell]] = {}
        for cell in self._cells:
            if cell.host is not None:
                by_day.setdefault(cell.day, []).append(cell)
                self.cells[cell.day, cell.event, cell.host] = cell
        members: dict[tuple[object, ...], list[int]] = {}
        profiles: dict[tuple[object, ...], tuple[tuple[EventClass, str, CostProfile], ...]] = {}
        for day, cells in by_day.items():
            found = tuple((cell.event, str(cell.host), self._profile(cell)) for cell in cells)
            key = (day // 7, self._is_preferred(day), found, self._alone(day, "training"))
            members.setdefault(key, []).append(day)
            profiles[key] = found
        return [
            TrainingDayClass(days[0] // 7, tuple(days), self._is_preferred(days[0]), profiles[key])
            for key, days in members.items()
        ]

    def _session_day_classes(self) -> list[SessionDayClass]:
        members: dict[tuple[object, ...], list[Cell]] = {}
        for cell in self._cells:
            if cell.place is not None:
                self.cells[cell.day, cell.event, cell.place] = cell
                alone = self._alone(cell.day, "session")
                key = (cell.place, cell.day // 7, self._is_preferred(cell.day), self._profile(cell), alone)
                members.setdefault(key, []).append(cell)
        return [
            SessionDayClass(
                cells[0].day // 7,
                tuple(cell.day for cell in cells),
                self._is_preferred(cells[0].day),
                place,
                self._profile(cells[0]),
            )
            for cells in members.values()
            if (place := cells[0].place) is not None
        ]

    def _profile(self, cell: Cell) -> CostProfile:
        for option in cell.nondominated.options:
            self.hour_of.setdefault(option.vector, option.hours[0][0] // 60)
        return tuple(
            CostedOption(
                option.vector,
                option.clashes,
                option.outside,
                self._warnings(cell, option),
                self._keeps(cell, option),
            )
            for option in cell.nondominated.options
        )

    def _warnings(self, cell: Cell, option: Option) -> int:
        if not self.candidates.slots(cell.day, cell.event).unwelcome:
            return 0
        return min(self.candidates.warnings(cell.day, cell.event, hours) for hours in option.hours)

    def _keeps(self, cell: Cell, option: Option) -> int:
        existing = self._existing.get((cell.event.kind, cell.day))
        if existing is None or existing.host not in (None, cell.host):
            return 0
        if cell.place and existing.cycle not in (None, cell.place.cycle):
            return 0
        if existing.training is not None and not self._is_of_kind(cell, existing.training):
            return 0
        return int(any(existing.is_at(self._starts(cell, hours)) for hours in option.hours))

    def _starts(self, cell: Cell, hours: Starts) -> list[datetime]:
        return [self.candidates.clocks.starts_at(cell.day, minute) for minute in hours]

    def _is_of_kind(self, cell: Cell, name: str) -> bool:
        trainings = self.candidates.problem.trainings
        kinds = trainings.kinds if trainings else ()
        return any(kind.name == name and class_of_kind(kind) == cell.event for kind in kinds)

    def _alone(self, day: int, kind: str) -> int | None:
        is_alone = (kind, day) in self._existing or (kind == "training" and not self.is_by_week)
        return day if is_alone else None

    def _is_preferred(self, day: int) -> bool:
        return day % 7 in self.candidates.problem.preferred_weekdays


def _is_by_week(problem: Problem) -> bool:
    """Whether two training events' weeks tell if they follow each other; else each day is its own class."""
    if problem.trainings is None:
        return True
    least, most = problem.trainings.gap_days
    return (most + 6) // 7 < 2 * least // 7


def least_clashes(candidates: Candidates) -> dict[Held, int]:
    """The fewest holidays an event can meet on each held day, whoever hosts: no plan is below their sum."""
    found: dict[Held, int] = {}
    for cell in candidates.cells:
        if candidates.is_held(cell.event.kind, cell.day):
            least = min(option.clashes for option in cell.nondominated.options)
            held = (cell.event.kind, cell.day)
            found[held] = min(least, found.get(held, least))
    return found


def _options_of(cell: Cell, clashes: int) -> tuple[Option, ...]:
    return tuple(option for option in cell.nondominated.options if option.clashes == clashes)


def without_clashes(candidates: Candidates) -> tuple[list[Cell], TrainingDays | None]:
    """The cells with their options that clash with no holiday, and the days that are useful then.

    On a held day the options with the fewest of any host and class: every plan that meets no more holidays
    than it must is among these.
    """
    least = least_clashes(candidates)
    cells = [
        replace(cell, nondominated=replace(cell.nondominated, options=options))
        for cell in candidates.cells
        if (options := _options_of(cell, least.get((cell.event.kind, cell.day), 0)))
    ]
    trainings = candidates.problem.trainings
    if trainings is None:
        return cells, None
    forced = weeks_of_sessions(cells, candidates.without)
    cells = [
        cell
        for cell in cells
        if cell.host is None or cell.day // 7 not in forced or candidates.is_held("training", cell.day)
    ]
    days = training_days(candidates.problem, trainings, {cell.day for cell in cells if cell.host is not None})
    useful = days.useful(candidates.without)
    return [cell for cell in cells if cell.host is None or cell.day in useful], days
