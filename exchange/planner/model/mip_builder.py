"""The model of a problem: its columns, the constraints of every rule, and what the objectives need.

Not the rules themselves (mip_constraints.py).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from copy import deepcopy

from exchange.planner.model.interchangeable_days import CostProfile, DayClasses
from exchange.planner.model.mip import MixedIntegerProgramme
from exchange.planner.model.mip_columns import Model
from exchange.planner.model.mip_constraints import RULES
from exchange.planner.model.nondominated_hours import Vector

LARGE_BURDEN = 1e7
MOST_LEVELS = 4  # weighted minutes have too many levels for sums of them to help


def build_model(day_classes: DayClasses) -> Model:
    """The model with the constraints of every rule that holds."""
    model = build_frame(day_classes, day_classes.candidates.without)
    _add_options(model)
    _add_burden(model)
    _add_spread(model)
    return model


def build_frame(day_classes: DayClasses, without: Collection[str] = ()) -> Model:
    """Days, classes and hosts with the constraints of every rule save those named; nothing of their costs."""
    model = Model(day_classes)
    _add_columns(model)
    for name, add in RULES.items():
        if name not in without:
            add(model)
    return model


def _add_columns(model: Model) -> None:
    mip = model.mip
    for n, day_class in enumerate(model.day_classes.trainings):
        for day in day_class.days:
            model.days[day] = mip.add_column(1)
        columns = []
        for event, host, _ in day_class.profiles:
            model.hosted[n, event, host] = mip.add_column(1)
            columns.append(model.hosted[n, event, host])
        terms = dict.fromkeys(columns, 1.0) | {model.days[day]: -1.0 for day in day_class.days}
        mip.add_constraint("days", terms, least=0, most=0)
    for n in range(len(model.day_classes.sessions)):
        model.sessions[n] = mip.add_column(1)


def _add_options(model: Model) -> None:
    """For each cost profile, as many options as there are events on its days."""
    by_profile: dict[CostProfile, list[int]] = defaultdict(list)
    for n, day_class in enumerate(model.day_classes.trainings):
        for event, host, profile in day_class.profiles:
            by_profile[profile].append(model.hosted[n, event, host])
    for n, session in enumerate(model.day_classes.sessions):
        by_profile[session.profile].append(model.sessions[n])
    for profile, columns in by_profile.items():
        counts = {}
        for option in profile:
            model.counts[profile, option] = model.mip.add_column(len(columns))
            counts[model.counts[profile, option]] = -1.0
        model.mip.add_constraint("options", dict.fromkeys(columns, 1.0) | counts, least=0, most=0)
    _add_hours(model)


def _add_hours(model: Model) -> None:
    """How many events begin in each hour: settled first, these few numbers split the search well."""
    by_hour: dict[int, dict[int, float]] = defaultdict(dict)
    for (_, option), column in model.counts.items():
        by_hour[model.day_classes.hour_of[option.vector]][column] = 1.0
    for hour, columns in sorted(by_hour.items()):
        model.hours[hour] = model.mip.add_column(10_000)
        model.mip.add_constraint("hours", columns | {model.hours[hour]: -1.0}, least=0, most=0)


def core_relaxation(model: Model, most: float) -> MixedIntegerProgramme:
    """A relaxation that no plan is below: only sums are integer, and the total is at most ``most``.

    The sums are the events in each hour, and for each group the events at each level of burden. The
    burdens of few levels are what keeps the relaxation from being a plan, and they are few.
    """
    mip = deepcopy(model.mip)
    integer = set(model.hours.values())
    for group in range(len(model.day_classes.past)):
        by_level: dict[int, dict[int, float]] = defaultdict(dict)
        for (_, option), column in model.counts.items():
            if option.vector[group]:
                by_level[option.vector[group]][column] = 1.0
        if len(by_level) > MOST_LEVELS:
            continue
        for columns in by_level.values():
            level = mip.add_column(10_000)
            mip.add_constraint("levels", columns | {level: -1.0}, least=0, most=0)
            integer.add(level)
    mip.add_constraint("objective", model.costs("total"), most=most)
    mip.is_integer = [column in integer for column in range(len(mip.lower))]
    return mip


def restricted_to_burdens(model: Model, values: Sequence[float]) -> MixedIntegerProgramme:
    """The model held to a plan's burdens: as many events of each mix of them, on other days perhaps."""
    used: dict[Vector, float] = defaultdict(float)
    columns: dict[Vector, list[int]] = defaultdict(list)
    for (_, option), column in model.counts.items():
        used[option.vector] += values[column]
        columns[option.vector].append(column)
    unused = [column for vector, each in columns.items() if not used[vector] for column in each]
    mip = deepcopy(model.mip).without_columns(unused)
    for vector, count in used.items():
        if count:
            mip.add_constraint("burdens", columns[vector], least=round(count), most=round(count))
    return mip


def _add_burden(model: Model) -> None:
    """The worst column is at least what any group bears, the past counted in."""
    mip = model.mip
    model.most_burden = _most_burden(model)
    model.worst = mip.add_column(model.most_burden)
    for group, past in enumerate(model.day_classes.past):
        terms = {
            column: float(option.vector[group])
            for (_, option), column in model.counts.items()
            if option.vector[group]
        }
        mip.add_constraint("burden", terms | {model.worst: -1.0}, most=-past)


def _most_burden(model: Model) -> float:
    """More than any city can bear, whatever the points."""
    highest = max((max(option.vector) for _, option in model.counts), default=0)
    events = len(model.days) + len(model.sessions)
    return max(LARGE_BURDEN, max(model.day_classes.past, default=0) + highest * events + 1.0)


def _add_spread(model: Model) -> None:
    """The most and the least that a host hosts, the past counted in."""
    problem = model.day_classes.candidates.problem
    if problem.trainings is None:
        return
    mip = model.mip
    model.hosting = {host: problem.past_hosting.get(host, 0) for host in problem.trainings.hosts}
    model.spread = (mip.add_column(1e7), mip.add_column(1e7))
    most, least = model.spread
    for host, past in model.hosting.items():
        columns = {column: 1.0 for (_, _, each), column in model.hosted.items() if each == host}
        mip.add_constraint("spread", columns | {most: -1.0}, most=-past)
        mip.add_constraint("spread", columns | {least: -1.0}, least=-past)
