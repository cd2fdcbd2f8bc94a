"""Between a plan's choices and the values of the model's columns, both ways.

Not the rounding of objectives: compose.values_of counts them anew from the choices.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.planner.blocks import Shape, ShapeOption
from exchange.planner.candidates import Cell
from exchange.planner.choices import Choice, best_hours
from exchange.planner.menus import Option
from exchange.planner.model import Model


@dataclass(frozen=True)
class _Placed:
    """A cell that has an event, and the shape whose counts hold its option."""

    cell: Cell
    shape: Shape


def choices_of(model: Model, values: Sequence[float]) -> list[Choice]:
    """The choices that a solution means, in order of time; the hours of equal cells are dealt in order."""
    left: dict[Shape, list[ShapeOption]] = defaultdict(list)
    for (shape, option), column in model.counts.items():
        left[shape] += [option] * round(values[column])
    placed = sorted(_placed(model, values), key=lambda each: each.cell.day)
    choices = []
    for each in placed:
        wanted = left[each.shape].pop(0)
        index = each.shape.index(wanted)
        choices.append(_choice(model, each.cell, each.cell.menu.options[index], is_kept=bool(wanted.keeps)))
    return choices


def values_for(model: Model, choices: Sequence[Choice]) -> list[float] | None:
    """The columns' values for these choices; None when the model has no columns for one of them."""
    values = [0.0] * len(model.rows.lower)
    places = _places(model)
    for choice in choices:
        place = places.get((choice.cell.day, choice.cell.event, choice.cell.host or choice.cell.place))
        if place is None:
            return None
        columns, shape = place
        match = [
            option
            for option in shape
            if (option.vector, option.clashes) == (choice.option.vector, choice.option.clashes)
        ]
        if not match:
            return None
        for column in (*columns, model.counts[shape, match[0]]):
            values[column] += 1.0
    _fill(model, values)
    return values


def _fill(model: Model, values: list[float]) -> None:
    """The columns that follow from the others: hours, the worst city, the hosts' spread."""
    for (_, option), column in model.counts.items():
        values[model.hours[model.blocks.hour_of[option.vector]]] += values[column]
    loads = list(model.blocks.past)
    for (_, option), column in model.counts.items():
        if values[column]:
            loads = [a + round(values[column]) * b for a, b in zip(loads, option.vector, strict=True)]
    values[model.worst] = float(max(loads))
    if model.hosting:
        counts = [
            past + sum(values[column] for (_, _, each), column in model.hosted.items() if each == host)
            for host, past in model.hosting.items()
        ]
        values[model.spread[0]], values[model.spread[1]] = max(counts), min(counts)


def _placed(model: Model, values: Sequence[float]) -> list[_Placed]:
    found = []
    days = {day for day, column in model.days.items() if values[column] > 0.5}
    for n, block in enumerate(model.blocks.trainings):
        for event, host, shape in block.shapes:
            if values[model.hosted[n, event, host]] > 0.5:
                day = next(day for day in block.days if day in days)
                found.append(_Placed(model.blocks.cells[day, event, host], shape))
    for n, session in enumerate(model.blocks.sessions):
        if values[model.sessions[n]] > 0.5:
            found.append(_Placed(_session_cell(model, n), session.shape))
    return found


def _session_cell(model: Model, block: int) -> Cell:
    session = model.blocks.sessions[block]
    return next(
        cell
        for (day, _, place), cell in model.blocks.cells.items()
        if place == session.place and day == session.days[0]
    )


def _places(model: Model) -> dict[tuple[object, ...], tuple[tuple[int, ...], Shape]]:
    found: dict[tuple[object, ...], tuple[tuple[int, ...], Shape]] = {}
    for n, block in enumerate(model.blocks.trainings):
        for event, host, shape in block.shapes:
            for day in block.days:
                found[day, event, host] = ((model.days[day], model.hosted[n, event, host]), shape)
    for (day, event, place), cell in model.blocks.cells.items():
        if cell.place is None:
            continue
        n = next(
            n
            for n, session in enumerate(model.blocks.sessions)
            if session.place == place and day in session.days
        )
        found[day, event, place] = ((model.sessions[n],), model.blocks.sessions[n].shape)
    return found


def _choice(model: Model, cell: Cell, option: Option, *, is_kept: bool) -> Choice:
    """Of the hours that cost the same, a standing entry's own; else the one with the fewest warnings."""
    candidates = model.blocks.candidates
    if is_kept:
        for standing in candidates.problem.standing:
            kept = [hours for hours in option.hours if standing.is_at(hours)]
            if kept and standing.on == candidates.clocks.day(cell.day) and standing.kind == cell.event.kind:
                return Choice(cell, option, kept[0])
    return Choice(cell, option, best_hours(candidates, cell, option))
