"""Between an assignment and the values of the model's columns, both ways.

Not the rounding of objectives: plan_from_assignment.values_of counts them anew from the assignment.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.planner.model.assignment import Placement, best_hours
from exchange.planner.model.candidates import Cell
from exchange.planner.model.interchangeable_days import CostedOption, CostProfile
from exchange.planner.model.mip_columns import Model
from exchange.planner.model.nondominated_hours import Option
from exchange.planner.model.worst_sums import fill_sums


@dataclass(frozen=True)
class _Placed:
    """A cell that has an event, and the cost profile whose counts hold its option."""

    cell: Cell
    profile: CostProfile


def assignment_of(model: Model, values: Sequence[float]) -> list[Placement]:
    """The assignment that a solution means, in order of time; the hours of equal cells are dealt in order."""
    left: dict[CostProfile, list[CostedOption]] = defaultdict(list)
    for (profile, option), column in model.counts.items():
        left[profile] += [option] * round(values[column])
    placed = sorted(_placed(model, values), key=lambda each: each.cell.day)
    assignment = []
    for each in placed:
        wanted = left[each.profile].pop(0)
        index = each.profile.index(wanted)
        assignment.append(
            _placement(model, each.cell, each.cell.nondominated.options[index], is_kept=bool(wanted.keeps))
        )
    return assignment


def column_values(model: Model, assignment: Sequence[Placement]) -> list[float] | None:
    """The columns' values for an assignment; None when the model has no columns for one of them."""
    values = [0.0] * len(model.mip.lower)
    places = _places(model)
    for placement in assignment:
        place = places.get(
            (placement.cell.day, placement.cell.event, placement.cell.host or placement.cell.place)
        )
        if place is None:
            return None
        columns, profile = place
        wanted = (placement.option.vector, placement.option.clashes, placement.option.outside)
        match = [option for option in profile if (option.vector, option.clashes, option.outside) == wanted]
        if not match:
            return None
        for column in (*columns, model.counts[profile, match[0]]):
            values[column] += 1.0
    _fill(model, values)
    return values


def _fill(model: Model, values: list[float]) -> None:
    """The columns that follow from the others: hours, the worst city, the hosts' spread."""
    for (_, option), column in model.counts.items():
        values[model.hours[model.day_classes.hour_of[option.vector]]] += values[column]
    borne = [0] * len(model.day_classes.past)
    for (_, option), column in model.counts.items():
        if values[column]:
            borne = [a + round(values[column]) * b for a, b in zip(borne, option.vector, strict=True)]
    values[model.worst] = float(max(a + b for a, b in zip(borne, model.day_classes.past, strict=True)))
    fill_sums(model, values, borne)
    if model.hosting:
        counts = [
            past + sum(values[column] for (_, _, each), column in model.hosted.items() if each == host)
            for host, past in model.hosting.items()
        ]
        values[model.spread[0]], values[model.spread[1]] = max(counts), min(counts)


def _placed(model: Model, values: Sequence[float]) -> list[_Placed]:
    found = []
    days = {day for day, column in model.days.items() if values[column] > 0.5}
    for n, day_class in enumerate(model.day_classes.trainings):
        for event, host, profile in day_class.profiles:
            if values[model.hosted[n, event, host]] > 0.5:
                day = next(day for day in day_class.days if day in days)
                found.append(_Placed(model.day_classes.cells[day, event, host], profile))
    for n, session in enumerate(model.day_classes.sessions):
        if values[model.sessions[n]] > 0.5:
            found.append(_Placed(_session_cell(model, n), session.profile))
    return found


def _session_cell(model: Model, day_class: int) -> Cell:
    session = model.day_classes.sessions[day_class]
    return next(
        cell
        for (day, _, place), cell in model.day_classes.cells.items()
        if place == session.place and day == session.days[0]
    )


def _places(model: Model) -> dict[tuple[object, ...], tuple[tuple[int, ...], CostProfile]]:
    found: dict[tuple[object, ...], tuple[tuple[int, ...], CostProfile]] = {}
    for n, day_class in enumerate(model.day_classes.trainings):
        for event, host, profile in day_class.profiles:
            for day in day_class.days:
                found[day, event, host] = ((model.days[day], model.hosted[n, event, host]), profile)
    for (day, event, place), cell in model.day_classes.cells.items():
        if cell.place is None:
            continue
        n = next(
            n
            for n, session in enumerate(model.day_classes.sessions)
            if session.place == place and day in session.days
        )
        found[day, event, place] = ((model.sessions[n],), model.day_classes.sessions[n].profile)
    return found


def _placement(model: Model, cell: Cell, option: Option, *, is_kept: bool) -> Placement:
    """Of the hours that cost the same, an existing entry's own; else the one with the fewest warnings."""
    candidates = model.day_classes.candidates
    if is_kept:
        starts = {h: [candidates.clocks.starts_at(cell.day, minute) for minute in h] for h in option.hours}
        for existing in candidates.problem.existing:
            kept = [hours for hours, at in starts.items() if existing.is_at(at)]
            if kept and existing.kind == cell.event.kind:
                return Placement(cell, option, kept[0])
    return Placement(cell, option, best_hours(candidates, cell, option))
