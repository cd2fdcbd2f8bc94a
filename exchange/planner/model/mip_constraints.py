"""The rules of a plan as rows of the model, each under the name by which a conflict speaks of it.

Not the columns (building.py).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations, permutations

from exchange.planner.events import EventClass, class_of_kind
from exchange.planner.model import Model
from exchange.planner.rows import INFINITE
from exchange.planner.structure import Quota, filler_kind, quotas, training_count


def _add_gaps(model: Model) -> None:
    """No two training events closer than the least gap, none farther apart than the most."""
    training = model.blocks.candidates.training
    if training is None or not training.wanted:
        return
    least, most = training.gap_days
    days = sorted(model.days)
    _add_windows(model, "gaps", [range(day, day + least) for day in days], most=1)
    last = model.blocks.candidates.problem.days - 1
    starts = range(training.first.start + 1, max(last - most, training.first.start) + 1)
    _add_windows(model, "gaps", [training.first, training.last], least=1)
    _add_windows(model, "gaps", [range(start, start + most) for start in starts], least=1)


def _add_windows(
    model: Model, rule: str, windows: Sequence[range], *, least: int = 0, most: float = INFINITE
) -> None:
    """A row for each window over the days in it; windows over the same days share one."""
    seen = set()
    for window in windows:
        columns = tuple(model.days[day] for day in window if day in model.days)
        if columns not in seen:
            seen.add(columns)
            model.rows.row(rule, columns, least=least, most=most)


def _add_count(model: Model) -> None:
    model.rows.row(
        "count",
        model.days.values(),
        least=training_count(model.blocks.candidates.problem),
        most=training_count(model.blocks.candidates.problem),
    )


def _add_sessions(model: Model) -> None:
    """One session for each cycle; where the planner chooses the pauses, a cadence apart at least."""
    by_cycle: dict[int, list[int]] = {place.cycle: [] for place in model.blocks.candidates.places}
    for n, block in enumerate(model.blocks.sessions):
        by_cycle[block.place.cycle].append(model.sessions[n])
    for columns in by_cycle.values():
        model.rows.row("sessions", columns, least=1, most=1)
    cycles = model.blocks.candidates.problem.cycles
    if cycles is None or not cycles.is_choosing:
        return
    for cycle in sorted(by_cycle)[:-1]:
        _add_cadence(model, cycle, cycles.cadence_weeks)


def _add_cadence(model: Model, cycle: int, cadence_weeks: int) -> None:
    """If a cycle begins in a week or later, the next begins a cadence after that week or later."""
    blocks = list(enumerate(model.blocks.sessions))
    for week in sorted({block.place.start_week for _, block in blocks if block.place.cycle == cycle}):
        later = {
            model.sessions[n]: 1.0
            for n, block in blocks
            if block.place.cycle == cycle and block.place.start_week >= week
        }
        after = {
            model.sessions[n]: -1.0
            for n, block in blocks
            if block.place.cycle == cycle + 1 and block.place.start_week >= week + cadence_weeks
        }
        model.rows.row("sessions", later | after, most=0)


def _add_weeks(model: Model) -> None:
    """Not two events in one week."""
    by_week: dict[int, list[int]] = defaultdict(list)
    trainings = model.blocks.candidates.problem.trainings
    is_near = trainings is not None and trainings.gap_days[0] < 7
    for n, block in enumerate(model.blocks.sessions):
        by_week[block.week].append(model.sessions[n])
    for day, column in model.days.items():
        if day // 7 in by_week or is_near:
            by_week[day // 7].append(column)
    for columns in by_week.values():
        model.rows.row("weeks", columns, most=1)


def _add_kinds(model: Model) -> None:
    """Enough events of each class inside the windows of its quotas, taken alone and together."""
    problem = model.blocks.candidates.problem
    wanted = quotas(problem)
    filler = filler_kind(problem)
    of_class: dict[EventClass, list[Quota]] = defaultdict(list)
    for quota in wanted:
        of_class[class_of_kind(quota.kind)].append(quota)
    for event in model.blocks.candidates.classes:
        is_known = event.kind == "session" or event in of_class
        if not is_known and (filler is None or class_of_kind(filler) != event):
            model.rows.row("kinds", _columns_in(model, event, []), most=0)  # only a pin wants it
    for event, mine in of_class.items():
        if filler is None or class_of_kind(filler) != event:
            columns = _columns_in(model, event, [])
            total = sum(quota.count for quota in mine)
            model.rows.row("kinds", columns, least=total, most=total)
        for year in sorted({quota.year for quota in mine}):
            of_year = [quota for quota in mine if quota.year == year]
            for size in range(1, len(of_year) + 1):
                for chosen in combinations(of_year, size):
                    columns = _columns_in(model, event, chosen)
                    model.rows.row("kinds", columns, least=sum(quota.count for quota in chosen))


def _columns_in(model: Model, event: EventClass, chosen: Sequence[Quota]) -> list[int]:
    """The columns of a class in any of the quotas' windows; everywhere when there are none."""
    start_on = model.blocks.candidates.problem.start_on
    windows = [((q.first_on - start_on).days, (q.last_on - start_on).days) for q in chosen]
    return [
        column
        for (n, each, _), column in model.hosted.items()
        if each == event
        and (not windows or any(a <= model.blocks.trainings[n].days[0] <= b for a, b in windows))
    ]


def _add_host_balance(model: Model) -> None:
    """No host hosts more than one event more than another."""
    trainings = model.blocks.candidates.problem.trainings
    if trainings is None:
        return
    hosted = {
        host: [column for (_, _, each), column in model.hosted.items() if each == host]
        for host in trainings.hosts
    }
    if "count" in model.blocks.candidates.without:  # then it is not known how many a host should have
        for mine, others in permutations(hosted.values(), 2):
            model.rows.row("hosts", dict.fromkeys(mine, 1.0) | dict.fromkeys(others, -1.0), most=1)
        return
    least, extra = divmod(training_count(model.blocks.candidates.problem), len(trainings.hosts))
    for columns in hosted.values():
        model.rows.row("hosts", columns, least=least, most=least + (extra > 0))


def _add_hosts_in_turn(model: Model) -> None:
    """No host twice running: two events so near that they follow each other have different hosts."""
    trainings = model.blocks.candidates.problem.trainings
    if trainings is None or len(model.days) == 0:
        return
    is_by_week = model.blocks.is_by_week
    reach = (trainings.gap_days[1] + 6) // 7 if is_by_week else trainings.gap_days[1]
    for host in trainings.hosts:
        at: dict[int, list[int]] = defaultdict(list)
        for (n, _, each), column in model.hosted.items():
            if each == host:
                block = model.blocks.trainings[n]
                at[block.week if is_by_week else block.days[0]].append(column)
        for first in sorted(at):
            columns = [column for n in range(first, first + reach + 1) for column in at.get(n, [])]
            model.rows.row("hosts in turn", columns, most=1)


def _add_held(model: Model) -> None:
    """What is pinned or published stays."""
    candidates = model.blocks.candidates
    for day, pin in candidates.held.items():
        if pin.kind == "training":
            columns = [model.days[day]] if day in model.days else []
        else:
            columns = [
                model.sessions[n] for n, block in enumerate(model.blocks.sessions) if day in block.days
            ]
        model.rows.row("held", columns, least=1)


RULES: dict[str, Callable[[Model], None]] = {
    "gaps": _add_gaps,
    "count": _add_count,
    "sessions": _add_sessions,
    "weeks": _add_weeks,
    "kinds": _add_kinds,
    "hosts": _add_host_balance,
    "hosts in turn": _add_hosts_in_turn,
    "held": _add_held,
}
