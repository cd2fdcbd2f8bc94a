"""The model of a problem written down: its columns, the rows of every rule, and what the objectives need.

Not the rules themselves (model_rules.py).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from copy import deepcopy

from exchange.planner.blocks import Blocks, Shape
from exchange.planner.menus import Vector
from exchange.planner.model import Model
from exchange.planner.model_rules import RULES
from exchange.planner.rows import Rows

MOST_LEVELS = 4  # weighted minutes have too many levels for sums of them to help


def build_model(blocks: Blocks) -> Model:
    """The model with the rows of every rule."""
    model = build_frame(blocks)
    _add_options(model)
    _add_burden(model)
    _add_spread(model)
    return model


def build_frame(blocks: Blocks, without: Collection[str] = ()) -> Model:
    """Days, classes and hosts with the rows of every rule save those named; nothing of what they cost."""
    model = Model(blocks)
    _add_columns(model)
    for name, add in RULES.items():
        if name not in without:
            add(model)
    return model


def _add_columns(model: Model) -> None:
    rows = model.rows
    for n, block in enumerate(model.blocks.trainings):
        for day in block.days:
            model.days[day] = rows.column(1)
        columns = []
        for event, host, _ in block.shapes:
            model.hosted[n, event, host] = rows.column(1)
            columns.append(model.hosted[n, event, host])
        terms = dict.fromkeys(columns, 1.0) | {model.days[day]: -1.0 for day in block.days}
        rows.row("days", terms, least=0, most=0)
    for n in range(len(model.blocks.sessions)):
        model.sessions[n] = rows.column(1)


def _add_options(model: Model) -> None:
    """For each shape, as many options as there are events on its blocks."""
    by_shape: dict[Shape, list[int]] = defaultdict(list)
    for n, block in enumerate(model.blocks.trainings):
        for event, host, shape in block.shapes:
            by_shape[shape].append(model.hosted[n, event, host])
    for n, session in enumerate(model.blocks.sessions):
        by_shape[session.shape].append(model.sessions[n])
    for shape, columns in by_shape.items():
        counts = {}
        for option in shape:
            model.counts[shape, option] = model.rows.column(len(columns))
            counts[model.counts[shape, option]] = -1.0
        model.rows.row("options", dict.fromkeys(columns, 1.0) | counts, least=0, most=0)
    _add_hours(model)


def _add_hours(model: Model) -> None:
    """How many events begin in each hour: settled first, these few numbers split the search well."""
    by_hour: dict[int, dict[int, float]] = defaultdict(dict)
    for (_, option), column in model.counts.items():
        by_hour[model.blocks.hour_of[option.vector]][column] = 1.0
    for hour, columns in sorted(by_hour.items()):
        model.hours[hour] = model.rows.column(10_000)
        model.rows.row("hours", columns | {model.hours[hour]: -1.0}, least=0, most=0)


def core_of(model: Model, most: float) -> Rows:
    """A smaller programme that no plan is below: only sums are whole, and the total is at most ``most``.

    The sums are the events in each hour, and for each group the events at each level of burden. The
    burdens of few levels are what keeps the relaxation from being a plan, and they are few.
    """
    rows = deepcopy(model.rows)
    whole = set(model.hours.values())
    for group in range(len(model.blocks.past)):
        by_level: dict[int, dict[int, float]] = defaultdict(dict)
        for (_, option), column in model.counts.items():
            if option.vector[group]:
                by_level[option.vector[group]][column] = 1.0
        if len(by_level) > MOST_LEVELS:
            continue
        for columns in by_level.values():
            level = rows.column(10_000)
            rows.row("levels", columns | {level: -1.0}, least=0, most=0)
            whole.add(level)
    rows.row("objective", model.costs("total"), most=most)
    rows.is_whole = [column in whole for column in range(len(rows.lower))]
    return rows


def near_of(model: Model, values: Sequence[float]) -> Rows:
    """The model held to a plan's burdens: as many events of each mix of them, on other days perhaps."""
    used: dict[Vector, float] = defaultdict(float)
    columns: dict[Vector, list[int]] = defaultdict(list)
    for (_, option), column in model.counts.items():
        used[option.vector] += values[column]
        columns[option.vector].append(column)
    unused = [column for vector, each in columns.items() if not used[vector] for column in each]
    rows = deepcopy(model.rows).without(unused)
    for vector, count in used.items():
        if count:
            rows.row("burdens", columns[vector], least=round(count), most=round(count))
    return rows


def _add_burden(model: Model) -> None:
    """The worst column is at least what any group bears, the past counted in."""
    rows = model.rows
    model.worst = rows.column(1e7)
    for group, past in enumerate(model.blocks.past):
        terms = {
            column: float(option.vector[group])
            for (_, option), column in model.counts.items()
            if option.vector[group]
        }
        rows.row("burden", terms | {model.worst: -1.0}, most=-past)


def _add_spread(model: Model) -> None:
    """The most and the least that a host hosts, the past counted in."""
    problem = model.blocks.candidates.problem
    if problem.trainings is None:
        return
    rows = model.rows
    model.hosting = {host: problem.past_hosting.get(host, 0) for host in problem.trainings.hosts}
    model.spread = (rows.column(1e7), rows.column(1e7))
    most, least = model.spread
    for host, past in model.hosting.items():
        columns = {column: 1.0 for (_, _, each), column in model.hosted.items() if each == host}
        rows.row("spread", columns | {most: -1.0}, most=-past)
        rows.row("spread", columns | {least: -1.0}, least=-past)
