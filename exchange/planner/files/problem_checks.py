"""What a problem's parts must be to each other, a sentence with the path for each fault.

Not the form of a single value (json_fields.py), not the cities (city_checks.py), and not whether a plan
exists (conflict.py).
"""

from collections import Counter
from datetime import date, timedelta

from exchange.planner.files.city_checks import check_cities, check_ids, check_somebody
from exchange.planner.files.json_fields import fault
from exchange.planner.problem.event_counts import (
    is_place_of,
    most_cycles,
    session_places,
    training_count,
)
from exchange.planner.problem.problem import MAX_CELLS, Cycles, Pin, Problem, Trainings


def check_problem(problem: Problem) -> None:
    """Raise InvalidInput, its field the path, unless every part fits the others."""
    if problem.start_on.weekday() != 0:
        fault("start_on", "%(on)s is not a Monday; weeks and cycles begin on one.", on=problem.start_on)
    if not problem.cities:
        fault("cities", "there is no city to plan for.")
    if problem.cycles is None and problem.trainings is None:
        fault("cycles", "neither cycles nor trainings are given, so there is nothing to plan.")
    check_cities(problem)
    _check_burden(problem)
    if problem.cycles:
        _check_cycles(problem, problem.cycles)
    if problem.trainings:
        _check_trainings(problem, problem.trainings)
    _check_size(problem)
    _check_forbidden(problem)
    _check_held(problem)


def check_not_past(problem: Problem, today: date) -> None:
    """Raise InvalidInput when the horizon begins before today."""
    if problem.start_on < today:
        fault(
            "start_on",
            "%(on)s is before today, %(today)s: the past cannot be planned.",
            on=problem.start_on,
            today=today,
        )


def _check_burden(problem: Problem) -> None:
    if problem.burden.night < problem.burden.shoulder:
        fault("burden.night", "an hour of the night cannot cost less than an early or late one.")
    if problem.is_leximin and problem.max_allowance:
        fault("max_allowance", "the worst city is allowed nothing more where every city counts in its turn.")


def _check_cycles(problem: Problem, cycles: Cycles) -> None:
    for n, (first_on, last_on) in enumerate(cycles.pauses):
        if last_on < first_on:
            fault(f"cycles.pauses[{n}]", "the pause ends before it begins.")
    if cycles.cadence_weeks < cycles.weeks:
        fault(
            "cycles.cadence_weeks",
            "a cycle takes %(weeks)s weeks, so the next cannot begin before.",
            weeks=cycles.weeks,
        )
    most = most_cycles(problem, cycles)
    if cycles.is_choosing and cycles.count is None:
        fault("cycles.count", "say how many cycles there are to be when the planner chooses the pauses.")
    if cycles.count is not None and cycles.count > most:
        fault("cycles.count", "%(weeks)s weeks hold %(most)s cycles at most.", weeks=problem.weeks, most=most)
    if cycles.count is not None and len({place.cycle for place in session_places(problem)}) < cycles.count:
        fault("cycles.count", "the pauses, and weeks in which no cycle begins, leave room for fewer cycles.")
    for cycle, ids in cycles.takes_part.items():
        check_somebody(f"cycles.takes_part.{cycle}", ids)
        check_ids(f"cycles.takes_part.{cycle}", ids, problem)


def _check_trainings(problem: Problem, trainings: Trainings) -> None:
    least, most = trainings.gap_days
    if most < least:
        fault("trainings.gap_days", "the longest gap is shorter than the shortest.")
    if most >= 2 * least:
        fault(
            "trainings.gap_days",
            "the longest gap, %(most)s days, must be less than twice the shortest, %(least)s.",
            least=least,
            most=most,
        )
    if not trainings.hosts:
        fault("trainings.hosts", "name the hosts, or mark a city as lead.")
    for n, host in enumerate(trainings.hosts):
        check_ids(f"trainings.hosts[{n}]", [host], problem)
        if host in trainings.hosts[:n]:
            fault(f"trainings.hosts[{n}]", "%(host)s stands twice.", host=host)
    _check_kinds(problem, trainings)
    _check_last(problem, trainings)
    count = training_count(problem)
    if (count - 1) * least + 1 > problem.days:
        fault(
            "trainings.gap_days",
            "%(count)s events at least %(least)s days apart do not fit into %(weeks)s weeks.",
            count=count,
            least=least,
            weeks=problem.weeks,
        )
    if count and (count + 1) * most < problem.days - 1:
        fault(
            "trainings.gap_days",
            "%(count)s events at most %(most)s days apart do not cover %(weeks)s weeks.",
            count=count,
            most=most,
            weeks=problem.weeks,
        )


def _check_last(problem: Problem, trainings: Trainings) -> None:
    """The event before the horizon is before it, and near enough for the first one to follow in time."""
    if trainings.last_on is None:
        return
    if trainings.last_on >= problem.start_on:
        fault("trainings.last_on", "%(on)s is not before the horizon.", on=trainings.last_on)
    most = trainings.gap_days[1]
    if (problem.start_on - trainings.last_on).days > most:
        fault(
            "trainings.last_on",
            "no event can follow that on %(on)s within %(most)s days: the horizon begins later.",
            on=trainings.last_on,
            most=most,
        )


def _check_kinds(problem: Problem, trainings: Trainings) -> None:
    names = [kind.name for kind in trainings.kinds]
    for n, kind in enumerate(trainings.kinds):
        path = f"trainings.kinds[{n}]"
        if kind.name in names[:n]:
            fault(f"{path}.name", "%(name)s stands twice.", name=kind.name)
        if kind.weeks and kind.weeks[1] < kind.weeks[0]:
            fault(f"{path}.weeks", "the season ends before it begins.")
        if kind.weeks and kind.per_year is None:
            fault(f"{path}.per_year", "say how many there are in a season.")
        if kind.takes_part is not None:
            check_somebody(f"{path}.takes_part", kind.takes_part)
            check_ids(f"{path}.takes_part", kind.takes_part, problem)
            if not set(kind.takes_part) & set(trainings.hosts):
                fault(f"{path}.takes_part", "none of the hosts takes part.")
    if sum(kind.per_year is None for kind in trainings.kinds) != 1:
        fault("trainings.kinds", "exactly one kind has no per_year: it takes what the others leave.")


def _check_size(problem: Problem) -> None:
    """What would take all memory is refused before any of it is taken."""
    trainings, cycles = problem.trainings, problem.cycles
    events = {(kind.minutes, kind.takes_part) for kind in trainings.kinds} if trainings else set()
    hosts = len(trainings.hosts) if trainings else 0
    if problem.days * len(events) * hosts > MAX_CELLS:
        fault(
            "trainings.hosts",
            "%(hosts)s hosts with %(kinds)s kinds of events over %(weeks)s weeks are too large a problem.",
            hosts=hosts,
            kinds=len(events),
            weeks=problem.weeks,
        )
    if cycles and 7 * len(session_places(problem)) * len(cycles.session_weeks) > MAX_CELLS // 4:
        fault("cycles.pauses", "there are too many ways to choose the pauses; give them, or fewer weeks.")


def _check_forbidden(problem: Problem) -> None:
    for n, each in enumerate(problem.forbidden):
        if each.last_on < each.first_on:
            fault(f"forbidden_on[{n}]", "the period ends before it begins.")


def _check_held(problem: Problem) -> None:
    """Pins and existing entries: inside the horizon, known, and no two held ones in one week."""
    places = [(f"pins[{n}]", pin) for n, pin in enumerate(problem.pins)]
    kinds = {kind.name for kind in problem.trainings.kinds} if problem.trainings else set()
    for path, pin in places:
        if not problem.start_on <= pin.on <= problem.last_on:
            fault(path, "%(on)s lies outside the horizon.", on=pin.on)
        if pin.host is not None and (problem.trainings is None or pin.host not in problem.trainings.hosts):
            fault(f"{path}.host", "%(host)s is not among the hosts.", host=pin.host)
        if pin.training is not None and pin.training not in kinds:
            fault(f"{path}.training", "%(name)s is not a kind of training event.", name=pin.training)
        _check_kind_is_planned(path, pin.kind, problem)
        if pin.kind == "session":
            _check_session_week(path, problem, pin.on, pin.cycle)
        _check_second(path, problem, pin)
    _check_existing(problem)
    _check_weeks(problem)


def _check_existing(problem: Problem) -> None:
    for pin in problem.held()[len(problem.pins) :]:
        if pin.kind == "session" and problem.cycles:
            _check_session_week(f"standing: {pin.name}", problem, pin.on, pin.cycle)
    names = Counter(each.name for each in problem.existing)
    for n, each in enumerate(problem.existing):
        if names[each.name] > 1:
            fault(f"standing[{n}].name", "%(name)s stands twice.", name=each.name)
    for n, name in enumerate(problem.unpinned):
        if name not in names:
            fault(f"unpinned[{n}]", "no existing entry has the name %(name)s.", name=name)


def _check_second(path: str, problem: Problem, pin: Pin) -> None:
    if pin.second_at is None or pin.starts_at is None:
        return
    if pin.kind != "session" or problem.cycles is None or problem.cycles.sittings == 1:
        fault(f"{path}.second_at", "only a session with two sittings has a second one.")
    if pin.second_at < pin.starts_at + timedelta(minutes=problem.cycles.session_minutes):
        fault(f"{path}.second_at", "the second sitting begins before the first has ended.")


def _check_kind_is_planned(path: str, kind: str, problem: Problem) -> None:
    if (problem.cycles if kind == "session" else problem.trainings) is None:
        fault(f"{path}.kind", "no entry of this kind is planned.")


def _check_session_week(path: str, problem: Problem, on: date, cycle: int | None) -> None:
    """A pin that names its cycle may stand in any week of it; another, only where sessions stand."""
    if not any(is_place_of(problem, place, on, cycle) for place in session_places(problem)):
        fault(path, "no cycle has its session in the week of %(on)s.", on=on)


def _check_weeks(problem: Problem) -> None:
    """No two held ones in one week, unless both are published."""
    seen: dict[int, date] = {}
    pins = len(problem.pins)
    published = {pin.on for pin in problem.held() if pin.is_published}
    for n, pin in enumerate(problem.held()):
        week = problem.week_of(pin.on)
        if week in seen and not (pin.is_published and seen[week] in published):
            fault(
                f"pins[{n}]" if n < pins else f"standing: {pin.name}",
                "%(on)s lies in the same week as %(other)s, which is held too.",
                on=pin.on,
                other=seen[week],
            )
        seen[week] = pin.on
