"""The rules of a plan as constraints of the model, each under the name by which a conflict speaks of it.

Not the columns (mip_builder.py).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from itertools import combinations, permutations

from exchange.planner.model.mip import INFINITE
from exchange.planner.model.mip_columns import Model
from exchange.planner.problem.event_classes import EventClass, class_of_kind
from exchange.planner.problem.event_counts import Quota, filler_kind, host_shares, quotas, training_count


def _add_gaps(model: Model) -> None:
    """No two training events closer than the least gap, none farther apart than the most."""
    training = model.day_classes.candidates.training
    if training is None or not training.wanted:
        return
    least, most = training.gap_days
    days = sorted(model.days)
    _add_windows(model, [range(day, day + least) for day in days], most=1, without=training.history)
    last = training.last.stop - 1
    starts = range(training.first.start + 1, max(last - most, training.first.start) + 1)
    windows = [range(start, start + most) for start in starts]
    _add_windows(model, [training.first, training.last], least=1)
    _add_windows(model, [each for each in windows if not training.is_in_hole(each)], least=1)


def _add_windows(
    model: Model,
    windows: Sequence[range],
    *,
    least: int = 0,
    most: float = INFINITE,
    without: Collection[int] = (),
) -> None:
    """A constraint for each window over the days in it; windows over the same days share one."""
    seen = set()
    rule = "gaps"
    for window in windows:
        columns = tuple(model.days[day] for day in window if day in model.days and day not in without)
        if columns not in seen:
            seen.add(columns)
            model.mip.add_constraint(rule, columns, least=least, most=most)


def _add_count(model: Model) -> None:
    model.mip.add_constraint(
        "count",
        model.days.values(),
        least=training_count(model.day_classes.candidates.problem),
        most=training_count(model.day_classes.candidates.problem),
    )


def _add_sessions(model: Model) -> None:
    """One session for each cycle; where the planner chooses the pauses, a cadence apart at least."""
    by_cycle: dict[int, list[int]] = {place.cycle: [] for place in model.day_classes.candidates.places}
    for n, day_class in enumerate(model.day_classes.sessions):
        by_cycle[day_class.place.cycle].append(model.sessions[n])
    for columns in by_cycle.values():
        model.mip.add_constraint("sessions", columns, least=1, most=1)
    cycles = model.day_classes.candidates.problem.cycles
    if cycles is None or not cycles.is_choosing:
        return
    for cycle in sorted(by_cycle)[:-1]:
        _add_cadence(model, cycle, cycles.cadence_weeks)


def _add_cadence(model: Model, cycle: int, cadence_weeks: int) -> None:
    """If a cycle begins in a week or later, the next begins a cadence after that week or later."""
    day_classes = list(enumerate(model.day_classes.sessions))
    for week in sorted(
        {day_class.place.start_week for _, day_class in day_classes if day_class.place.cycle == cycle}
    ):
        later = {
            model.sessions[n]: 1.0
            for n, day_class in day_classes
            if day_class.place.cycle == cycle and day_class.place.start_week >= week
        }
        after = {
            model.sessions[n]: -1.0
            for n, day_class in day_classes
            if day_class.place.cycle == cycle + 1 and day_class.place.start_week >= week + cadence_weeks
        }
        model.mip.add_constraint("sessions", later | after, most=0)


def _add_weeks(model: Model) -> None:
    """Not two events in one week."""
    by_week: dict[int, list[int]] = defaultdict(list)
    trainings = model.day_classes.candidates.problem.trainings
    is_near = trainings is not None and trainings.gap_days[0] < 7
    for n, day_class in enumerate(model.day_classes.sessions):
        by_week[day_class.week].append(model.sessions[n])
    for day, column in model.days.items():
        if day // 7 in by_week or is_near:
            by_week[day // 7].append(column)
    held = Counter(day // 7 for _, day in model.day_classes.candidates.held)
    for week, columns in by_week.items():
        model.mip.add_constraint("weeks", columns, most=max(1, held[week]))


def _add_kinds(model: Model) -> None:
    """Enough events of each class inside the windows of its quotas, taken alone and together."""
    problem = model.day_classes.candidates.problem
    wanted = quotas(problem)
    filler = filler_kind(problem)
    of_class: dict[EventClass, list[Quota]] = defaultdict(list)
    for quota in wanted:
        of_class[class_of_kind(quota.kind)].append(quota)
    for event in model.day_classes.candidates.classes:
        is_known = event.kind == "session" or event in of_class
        if not is_known and (filler is None or class_of_kind(filler) != event):
            model.mip.add_constraint("kinds", _columns_in(model, event, []), most=0)  # only a pin wants it
    for event, mine in of_class.items():
        if filler is None or class_of_kind(filler) != event:
            columns = _columns_in(model, event, [])
            total = sum(quota.count for quota in mine)
            model.mip.add_constraint("kinds", columns, least=total, most=total)
        for year in sorted({quota.year for quota in mine}):
            of_year = [quota for quota in mine if quota.year == year]
            for size in range(1, len(of_year) + 1):
                for chosen in combinations(of_year, size):
                    columns = _columns_in(model, event, chosen)
                    model.mip.add_constraint("kinds", columns, least=sum(quota.count for quota in chosen))


def _columns_in(model: Model, event: EventClass, chosen: Sequence[Quota]) -> list[int]:
    """The columns of a class in any of the quotas' windows; everywhere when there are none."""
    start_on = model.day_classes.candidates.problem.start_on
    windows = [((q.first_on - start_on).days, (q.last_on - start_on).days) for q in chosen]
    return [
        column
        for (n, each, _), column in model.hosted.items()
        if each == event
        and not _is_of_known_kind(model, model.day_classes.trainings[n].days[0])
        and (not windows or any(a <= model.day_classes.trainings[n].days[0] <= b for a, b in windows))
    ]


def _is_of_known_kind(model: Model, day: int) -> bool:
    """Whether a published event of a kind of its own stands there: it is no quota's any more."""
    past = model.day_classes.candidates.history_on(day)
    return past is not None and past.training is not None


def _is_hosted_history(model: Model, day: int) -> bool:
    past = model.day_classes.candidates.history_on(day)
    return past is not None and past.host is not None


def _add_host_balance(model: Model) -> None:
    """No host hosts more than one event more than another, as far as those that are published let them."""
    trainings = model.day_classes.candidates.problem.trainings
    if trainings is None:
        return
    hosted = {
        host: [column for (_, _, each), column in model.hosted.items() if each == host]
        for host in trainings.hosts
    }
    if "count" in model.day_classes.candidates.without:  # then it is not known how many a host should have
        for mine, others in permutations(hosted.values(), 2):
            model.mip.add_constraint("hosts", dict.fromkeys(mine, 1.0) | dict.fromkeys(others, -1.0), most=1)
        return
    for host, (least, most) in host_shares(model.day_classes.candidates.problem).items():
        model.mip.add_constraint("hosts", hosted[host], least=least, most=most)


def _add_hosts_in_turn(model: Model) -> None:
    """No host twice running: two events so near that they follow each other have different hosts."""
    trainings = model.day_classes.candidates.problem.trainings
    if trainings is None or len(model.days) == 0:
        return
    is_by_week = model.day_classes.is_by_week
    reach = (trainings.gap_days[1] + 6) // 7 if is_by_week else trainings.gap_days[1]
    for host in trainings.hosts:
        at: dict[int, list[int]] = defaultdict(list)
        for (n, _, each), column in model.hosted.items():
            if each == host:
                day_class = model.day_classes.trainings[n]
                if not _is_hosted_history(model, day_class.days[0]):  # its neighbours are left out already
                    at[day_class.week if is_by_week else day_class.days[0]].append(column)
        for first in sorted(at):
            columns = [column for n in range(first, first + reach + 1) for column in at.get(n, [])]
            model.mip.add_constraint("hosts in turn", columns, most=1)


def _add_held(model: Model) -> None:
    """What is pinned or published stays."""
    candidates = model.day_classes.candidates
    for kind, day in candidates.held:
        if kind == "training":
            columns = [model.days[day]] if day in model.days else []
        else:
            columns = [
                model.sessions[n]
                for n, day_class in enumerate(model.day_classes.sessions)
                if day in day_class.days
            ]
        model.mip.add_constraint("held", columns, least=1)


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
