"""The least clashes, worst and total of a problem, by a plain integer programme written from the rules.

Shares nothing with the planner: a column for each day, kind and host or cycle; one for each way to bear
an hour that no other hour of the day dominates, which counts the events that are borne so; training events as
a path over days; and each rule as rows over these columns. The word of check_plan.py stands for holidays,
weekends and bands. One objective is solved after the other.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from math import floor, gcd

from tests.planner.direct_counts import (
    day_of,
    first_weeks,
    history_of,
    quotas_of,
    shares_of,
    wanted_of,
    with_only,
)
from tests.planner.direct_hours import Hours, Kept
from tests.planner.direct_rows import INFINITE, Programme

NEAR = 1e-6


@dataclass(frozen=True)
class Pick:
    """A day for the session of a cycle, or for an event of a kind at a host, and what its hours cost."""

    day: int
    cycle: int | None
    kind: str | None
    host: str | None
    nondominated: tuple[Kept, ...]

    @property
    def week(self) -> int:
        """Its week of the horizon."""
        return self.day // 7


@dataclass(frozen=True)
class Best:
    """The best there is in the objectives that come first, and one way to it.

    ``needed`` is what the worst city bears at least at that total, where it may bear more than the least.
    """

    clashes: int
    outside: int
    worst: int
    total: int
    needed: int
    picks: tuple[Pick, ...]
    places: tuple[int, ...] = ()  # what the second city bears at least, the third ...


def best_of(problem: dict) -> Best | None:
    """What no plan is better than; None when none keeps the rules. ``problem`` is a complete PROBLEM.json."""
    return _Direct(problem).best()


def has_plan(problem: dict, kept: Collection[str]) -> bool:
    """Whether a plan keeps these rules, named as a conflict names them, whatever becomes of the others."""
    names = {"weeks", "sessions", "gaps", "count", "kinds", "hosts", "hosts in turn"}
    return _Direct(with_only(problem, kept), without=names - set(kept)).is_possible()


class _Direct:
    def __init__(self, problem: dict, without: Collection[str] = ()) -> None:
        self.problem = problem
        self.without = [*without, *problem["give_up"]]
        self.history = history_of(problem)
        self.start_on = date.fromisoformat(problem["start_on"])
        self.days = 7 * problem["weeks"]
        self.hours = Hours(problem)
        self.picks: list[Pick] = []
        self.rows = Programme()
        self._session_picks()
        self._training_picks()
        for _ in self.picks:
            self.rows.column(1, is_integer=True)
        if "sessions" not in self.without:
            self._sessions()
        if problem["trainings"]:
            self.problem = problem | {"trainings": problem["trainings"] | {"count": self._wanted()}}
        self._trainings()
        if "weeks" not in self.without:
            self._weeks()
        self._held()
        borne = [points for pick in self.picks for kept in pick.nondominated for points in kept.points]
        self.unit = gcd(*borne, *problem["past_burden"].values()) or 1

    def is_possible(self) -> bool:
        """Whether there is any plan."""
        return self.rows.least({}) is not None

    def best(self) -> Best | None:
        hours = self._hours()
        clashes = self.rows.least({n: kept.clashes for n, kept in hours.items() if kept.clashes})
        if clashes is None:
            return None
        self.rows.row({n: kept.clashes for n, kept in hours.items() if kept.clashes}, most=round(clashes))
        asked = {n: float(kept.outside) for n, kept in hours.items() if kept.outside}
        outside = round(self.rows.least(asked))
        self.rows.row(asked, most=outside)
        worst_column = self.rows.column(INFINITE)
        for c, city in enumerate(self.problem["cities"]):
            borne = {n: kept.points[c] / self.unit for n, kept in hours.items() if kept.points[c]}
            past = self.problem["past_burden"].get(city["id"], 0) / self.unit
            self.rows.row(borne | {worst_column: -1}, most=-past)
        worst = self.unit * round(self.rows.least({worst_column: 1}))
        most = floor(worst * (1 + self.problem["max_allowance"]) + NEAR)
        self.rows.row({worst_column: 1}, most=most / self.unit)
        places = self._places(hours, worst) if self.problem["fairness"] == "leximin" else ()
        totals = {n: sum(kept.points) / self.unit for n, kept in hours.items() if any(kept.points)}
        total = self.unit * round(self.rows.least(totals))
        self.rows.row(totals, most=total / self.unit)
        needed = self.unit * round(self.rows.least({worst_column: 1})) if most > worst else worst
        chosen = tuple(pick for pick, value in zip(self.picks, self.rows.values, strict=False) if value > 0.5)
        return Best(round(clashes), outside, worst, total, needed, chosen, places)

    def _places(self, hours: dict[int, Kept], worst: int) -> tuple[int, ...]:
        """One after the other: all cities but so many, whichever they are, bear no more than a number."""
        cities = self.problem["cities"]
        much = worst / self.unit
        found = []
        for place in range(1, len(cities)):
            most = self.rows.column(INFINITE)
            spared = [self.rows.column(1, is_integer=True) for _ in cities]
            self.rows.row(dict.fromkeys(spared, 1.0), most=place)
            for c, city in enumerate(cities):
                borne = {n: kept.points[c] / self.unit for n, kept in hours.items() if kept.points[c]}
                past = self.problem["past_burden"].get(city["id"], 0) / self.unit
                self.rows.row(borne | {most: -1, spared[c]: -much}, most=-past)
            least = round(self.rows.least({most: 1}))
            self.rows.row({most: 1}, most=least)
            found.append(self.unit * least)
        return tuple(found)

    def _hours(self) -> dict[int, Kept]:
        """As many hours of each Pareto front as there are events on the days that have it."""
        days: dict[tuple[Kept, ...], list[int]] = defaultdict(list)
        for n, pick in enumerate(self.picks):
            days[pick.nondominated].append(n)
        found: dict[int, Kept] = {}
        for nondominated, columns in days.items():
            counts = {self.rows.column(len(columns), is_integer=True): kept for kept in nondominated}
            self.rows.row(dict.fromkeys(columns, 1.0) | dict.fromkeys(counts, -1.0), least=0, most=0)
            found |= counts
        return found

    def _session_picks(self) -> None:
        cycles = self.problem["cycles"]
        for n, starts in enumerate(first_weeks(self.problem)):
            weeks = {start + week - 1 for start in starts for week in cycles["session_weeks"]}
            pinned = {day // 7 for day, pin in self.hours.held.items() if pin["kind"] == "session"}
            spans = {start + k for start in starts for k in range(cycles["weeks"])}
            for day in range(self.days):
                pin = self.hours.held.get(day)
                is_named = pin is not None and pin["cycle"] == n + 1 and day // 7 in pinned & spans
                if day // 7 in weeks or is_named:
                    self._add(day, n + 1, None, None)

    def _training_picks(self) -> None:
        rules = self.problem["trainings"]
        if rules is None or not wanted_of(self.problem):
            return
        for day in range(self.days):
            for kind in rules["kinds"]:
                for host in rules["hosts"]:
                    if kind["takes_part"] is None or host in kind["takes_part"]:
                        self._add(day, None, kind["name"], host)

    def _add(self, day: int, cycle: int | None, kind: str | None, host: str | None) -> None:
        nondominated = self.hours.nondominated(day, cycle, kind, host)
        if nondominated:
            self.picks.append(Pick(day, cycle, kind, host, nondominated))

    def _columns(self, **wanted: object) -> dict[int, float]:
        return {
            n: 1.0
            for n, pick in enumerate(self.picks)
            if all(getattr(pick, name) == value for name, value in wanted.items())
        }

    def _sessions(self) -> None:
        """One for each cycle; where pauses are chosen, in a session week of where the cycle begins."""
        starts = first_weeks(self.problem)
        for n in range(len(starts)):
            self.rows.row(self._columns(cycle=n + 1), least=1, most=1)
        if self.problem["cycles"] and self.problem["cycles"]["pauses"] == "choose":
            self._chosen_starts(starts)

    def _chosen_starts(self, starts: list[list[int]]) -> None:
        cycles = self.problem["cycles"]
        begins = [{week: self.rows.column(1, is_integer=True) for week in weeks} for weeks in starts]
        for n, columns in enumerate(begins):
            self.rows.row(dict.fromkeys(columns.values(), 1.0), least=1, most=1)
            for day in range(self.days):
                pin = self.hours.held.get(day)
                is_named = pin is not None and pin["cycle"] == n + 1
                weeks = range(1, cycles["weeks"] + 1) if is_named else cycles["session_weeks"]
                fitting = {columns[day // 7 - k + 1]: -1.0 for k in weeks if day // 7 - k + 1 in columns}
                mine = self._columns(cycle=n + 1, day=day)
                if mine:
                    self.rows.row(mine | fitting, most=0)
        for a, b in pairwise(begins):
            later = {column: float(week) for week, column in b.items()}
            earlier = {column: -float(week) for week, column in a.items()}
            self.rows.row(later | earlier, least=cycles["cadence_weeks"])

    def _trainings(self) -> None:
        wanted = wanted_of(self.problem)
        if not wanted:
            return
        by_day: dict[int, dict[int, float]] = defaultdict(dict)
        for n, pick in enumerate(self.picks):
            if pick.cycle is None:
                by_day[pick.day][n] = 1.0
        if "gaps" not in self.without:
            self._path(by_day)
        if "count" not in self.without:
            every = {n: 1.0 for columns in by_day.values() for n in columns}
            self.rows.row(every, least=wanted, most=wanted)
        self._hosts()
        if "kinds" not in self.without:
            self._kinds()

    def _kinds(self) -> None:
        """Of each kind as many as there are to be in each year or season, and none elsewhere."""
        windows: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for kind, count, first, last in quotas_of(self.problem):
            windows[kind].append((first, last))
            mine = [n for n in self._columns(kind=kind) if not self._has_own_kind(self.picks[n].day)]
            inside = [n for n in mine if first <= self.picks[n].day <= last]
            self.rows.row(dict.fromkeys(inside, 1.0), least=count, most=count)
        for kind, spans in windows.items():
            mine = [n for n in self._columns(kind=kind) if not self._has_own_kind(self.picks[n].day)]
            outside = [n for n in mine if not _is_in(self.picks[n].day, spans)]
            self.rows.row(dict.fromkeys(outside, 1.0), most=0)

    def _has_own_kind(self, day: int) -> bool:
        return day in self.history and bool(self.history[day]["training"])

    def _path(self, by_day: dict[int, dict[int, float]]) -> None:
        """From the beginning to the end of the horizon in steps of the gap; a day on the way has an event."""
        steps, firsts, lasts = self._steps(by_day)
        arrive: dict[int, dict[int, float]] = {day: {} for day in by_day}
        leave: dict[int, dict[int, float]] = {day: {} for day in by_day}
        first, last = {}, {}
        for day in firsts:
            first[self.rows.column(1)] = 1.0
            arrive[day] |= dict.fromkeys([self.rows.size - 1], 1.0)
        for day in lasts:
            last[self.rows.column(1)] = 1.0
            leave[day] |= dict.fromkeys([self.rows.size - 1], 1.0)
        for day, other in steps:
            step = self.rows.column(1)
            leave[day][step] = arrive[other][step] = 1.0
        self.rows.row(first, least=1, most=1)
        self.rows.row(last, least=1, most=1)
        for day, columns in by_day.items():
            event = dict.fromkeys(columns, -1.0)
            self.rows.row(arrive[day] | event, least=0, most=0)
            self.rows.row(leave[day] | event, least=0, most=0)

    def _steps(self, days: Collection[int]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
        """Which day may follow which, and which may be first and last.

        A published one follows the one before it as it is where no way of free ones leads there.
        """
        least, most = self.problem["trainings"]["gap_days"]
        last_on = self.problem["trainings"]["last_on"]
        before = day_of(last_on, self.start_on) if last_on else None
        firsts = [d for d in days if (d <= most if before is None else least <= d - before <= most)]
        lasts = [d for d in days if self.days - 1 - d <= most]
        held = sorted(day for day in days if self._is_held(day))
        steps = [
            (a, b)
            for a in days
            for b in days
            if least <= b - a <= most and not any(a < day < b for day in held)
        ]
        firsts = [d for d in firsts if not any(day < d for day in held)]
        lasts = [d for d in lasts if not any(day > d for day in held)]
        for a, b in pairwise(held):
            if a in self.history and b in self.history and not _leads(steps, [a], b):
                steps.append((a, b))
        if held and held[0] in self.history and not _leads(steps, firsts, held[0]):
            firsts = [held[0]]
        if held and held[-1] in self.history and not any(_leads(steps, [held[-1]], d) for d in lasts):
            lasts = [held[-1]]
        return steps, firsts, lasts

    def _is_held(self, day: int) -> bool:
        pin = self.hours.held.get(day)
        return pin is not None and pin["kind"] == "training"

    def _wanted(self) -> int:
        """As many as asked for, or where history rules that out, the nearest number that it does not."""
        wanted = wanted_of(self.problem)
        if not self.history or set(self.without) & {"gaps", "count"}:
            return wanted
        steps, firsts, lasts = self._steps(sorted({p.day for p in self.picks if p.cycle is None}))
        reach: dict[int, set[int]] = defaultdict(set)
        for day in firsts:
            reach[day].add(1)
        for a, b in sorted(steps):
            reach[b] |= {n + 1 for n in reach[a]}
        totals = {n for day in lasts for n in reach[day]}
        return min(totals, key=lambda n: (abs(n - wanted), n), default=wanted)

    def _hosts(self) -> None:
        """Two events no farther apart than the longest gap follow each other, as it is less than two gaps."""
        rules = self.problem["trainings"]
        hosted = {host: self._columns(host=host) for host in rules["hosts"]}
        if "hosts" not in self.without:
            if self.history and "count" not in self.without:
                for host, (least, most) in shares_of(self.problem, self.history).items():
                    self.rows.row(hosted[host], least=least, most=most)
            else:
                for a, b in combinations(hosted.values(), 2):
                    self.rows.row(a | dict.fromkeys(b, -1.0), least=-1, most=1)
        if "hosts in turn" in self.without:
            return
        for columns in hosted.values():
            for day in sorted({self.picks[n].day for n in columns}):
                near = [n for n in columns if day <= self.picks[n].day <= day + rules["gap_days"][1]]
                free = [n for n in near if self.picks[n].day not in self.history]
                self.rows.row(dict.fromkeys(free, 1.0), most=1)
        for n, pick in enumerate(self.picks):
            if pick.cycle is None and pick.day not in self.history and self._is_beside_its_host(pick):
                self.rows.row({n: 1.0}, most=0)

    def _is_beside_its_host(self, pick: Pick) -> bool:
        """Whether the published one before or after it, with no other between, has the same host."""
        most = self.problem["trainings"]["gap_days"][1]
        held = [day for day in self.hours.held if self._is_held(day)]
        before = max((day for day in held if pick.day - most <= day < pick.day), default=None)
        after = min((day for day in held if pick.day < day <= pick.day + most), default=None)
        return any(
            day in self.history and self.history[day]["host"] == pick.host
            for day in (before, after)
            if day is not None
        )

    def _weeks(self) -> None:
        held = Counter(day // 7 for day in self.hours.held)
        for week in range(self.problem["weeks"]):
            self.rows.row(self._columns(week=week), most=max(1, held[week]))

    def _held(self) -> None:
        for day in self.hours.held:
            self.rows.row(self._columns(day=day), least=1)


def _leads(steps: list[tuple[int, int]], begins: Collection[int], end: int) -> bool:
    reached = set(begins)
    for a, b in sorted(steps):
        if a in reached:
            reached.add(b)
    return end in reached


def _is_in(day: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= day <= last for first, last in spans)
