"""The least clashes, worst and total of a small problem, by looking at every plan there is.

Shares nothing with the planner but the word of check_plan.py on blocked days and burdens: all hours of
all days, all ways of training events and hosts, dominated partial plans dropped, nothing else clever.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.planner import check_plan

Cost = tuple[int, tuple[int, ...]]  # clashes, what each city bears


def optimum(problem: dict) -> tuple[int, int, int] | None:
    """(clashes, worst, total) of the best plan, None when there is none."""
    start_on = date.fromisoformat(problem["start_on"])
    weeks = problem["weeks"]
    starts = check_plan._starts(problem)
    sessions: dict[int, list[int]] = {}
    for cycle, start in enumerate(starts):
        sessions[cycle] = [start + week - 1 for week in problem["cycles"]["session_weeks"]]
    hours = _NondominatedHours(problem, start_on)
    past = tuple(problem["past_burden"].get(city["id"], 0) for city in problem["cities"])
    wanted = problem["trainings"]["count"]
    wanted = int(7 * weeks / 31.5 + 0.5) if wanted is None else wanted
    best: dict[tuple, list[Cost]] = {(None, None, 0, (), (), frozenset()): [(0, past)]}
    found: list[Cost] = []
    for week in range(weeks + 1):
        following: dict[tuple, list[Cost]] = {}
        for state, costs in best.items():
            last, _, number, _, _, done = state
            if week == weeks:
                if number == wanted and len(done) == len(starts) and _is_complete(problem, state, start_on):
                    found += costs
                continue
            _add(following, state, costs)
            for new, options in _moves(problem, hours, sessions, week, state, start_on):
                _add(following, new, [_sum(cost, option) for cost in costs for option in options])
            del last
        best = following
    if not found:
        return None
    ranked = [(clashes, max(loads), sum(loads) - sum(past)) for clashes, loads in found]
    return min(ranked)


def _moves(
    problem: dict, hours: "_NondominatedHours", sessions: dict, week: int, state: tuple, start_on: date
) -> Iterator[tuple[tuple, list[Cost]]]:
    last, host_before, number, counts, kinds, done = state
    rules = problem["trainings"]
    least, most = rules["gap_days"]
    for day in range(7 * week, 7 * week + 7):
        for cycle, places in sessions.items():
            if week in places and cycle not in done:
                options = hours.session(day)
                if options:
                    yield (last, host_before, number, counts, kinds, done | {cycle}), options
        if (last is None and day > most) or (last is not None and not least <= day - last <= most):
            continue
        for kind in rules["kinds"]:
            for host in rules["hosts"]:
                options = hours.training(day, kind["minutes"], host) if host != host_before else None
                if options:
                    more = tuple(sorted([*counts, host]))
                    year = (start_on + timedelta(days=day)).isocalendar().year
                    named = tuple(sorted([*kinds, (kind["name"], year)]))
                    yield (day, host, number + 1, more, named, done), options


def _is_complete(problem: dict, state: tuple, start_on: date) -> bool:
    last, _, number, counts, kinds, _ = state
    rules = problem["trainings"]
    hosted = [counts.count(host) for host in rules["hosts"]]
    if number and 7 * problem["weeks"] - 1 - last > rules["gap_days"][1]:
        return False
    if max(hosted) - min(hosted) > 1:
        return False
    last_on = start_on + timedelta(days=7 * problem["weeks"] - 1)
    left = number
    for kind in rules["kinds"]:
        if kind["per_year"] is None:
            continue
        for year in range(start_on.isocalendar().year, last_on.isocalendar().year + 1):
            count, _, _ = check_plan._quota(kind, year, start_on, last_on)
            count = count if count <= left else 0
            left -= count
            if kinds.count((kind["name"], year)) != count:
                return False
    return True


class _NondominatedHours:
    """What each open hour of a day costs, the dominated dropped."""

    def __init__(self, problem: dict, start_on: date) -> None:
        self.problem = problem
        self.start_on = start_on
        self.made: dict[tuple, list[Cost]] = {}

    def session(self, day: int) -> list[Cost]:
        return self._menu(day, "session", self.problem["cycles"]["session_minutes"], None)

    def training(self, day: int, minutes: int, host: str) -> list[Cost]:
        return self._menu(day, "training", minutes, host)

    def _menu(self, day: int, kind: str, minutes: int, host: str | None) -> list[Cost]:
        key = (day, kind, minutes, host)
        if key not in self.made:
            on = self.start_on + timedelta(days=day)
            zone = ZoneInfo(check_plan.zone_of(self.problem, host))
            before = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(days=1)
            step = self.problem["step_minutes"]
            starts = [before + timedelta(minutes=n * step) for n in range(3 * 1440 // step)]
            mine = [at for at in starts if at.astimezone(zone).date() == on]
            costs = [self._cost(at, kind, minutes, host) for at in mine]
            self.made[key] = _pareto_front([cost for cost in costs if cost is not None])
        return self.made[key]

    def _cost(self, at: datetime, kind: str, minutes: int, host: str | None) -> Cost | None:
        entry = {
            "name": "x",
            "kind": kind,
            "cycle": 1,
            "host": host,
            "training": self.problem["trainings"]["kinds"][0]["name"],
            "starts_at": at.isoformat(),
            "sittings": [at.isoformat()],
            "minutes": minutes,
            "held": False,
        }
        cities = self.problem["cities"]
        on = check_plan.day_on(self.problem, entry).isoformat()
        if any(a <= on <= b for a, b in self.problem["forbidden_on"]):
            return None
        if any(check_plan._blocked(city, entry) for city in cities):
            return None
        if host is not None and check_plan._is_at_night_of_host(self.problem, entry):
            return None
        points = tuple(self._points(city, at, minutes) for city in cities)
        return check_plan._clashing(self.problem, entry), points

    def _points(self, city: dict, at: datetime, minutes: int) -> int:
        """Half hour by half hour: no clock and no band of these problems changes in between."""
        weights = (0, self.problem["burden"]["shoulder"], self.problem["burden"]["night"])
        halves = [at + timedelta(minutes=n) for n in range(0, minutes, 30)]
        bands = [check_plan._band(city, half) for half in halves]
        if self.problem["burden"]["per"] == "event":
            return weights[max(bands)]
        return sum(30 * weights[band] for band in bands)


def _add(into: dict[tuple, list[Cost]], state: tuple, costs: list[Cost]) -> None:
    into[state] = _pareto_front([*into.get(state, []), *costs])


def _sum(a: Cost, b: Cost) -> Cost:
    return a[0] + b[0], tuple(x + y for x, y in zip(a[1], b[1], strict=True))


def _pareto_front(costs: list[Cost]) -> list[Cost]:
    kept: list[Cost] = []
    for clashes, loads in sorted(set(costs), key=lambda each: (sum(each[1]), each)):
        if not any(c <= clashes and all(map(int.__le__, v, loads)) for c, v in kept):
            kept.append((clashes, loads))
    return kept
