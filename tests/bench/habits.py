"""What people do without a planner: a fixed Tuesday at 15:00 in London, and the next day that is open to all.

Both are counted by the tests' independent checker, which knows no planner.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.planner import check_plan

LONDON = ZoneInfo("Europe/London")
TUESDAY = 1


def fixed_tuesday(problem: dict) -> list[dict]:
    """Every fifth Tuesday 15:00 London a training event, the fifth week's Tuesday of each cycle a session."""
    start_on = date.fromisoformat(problem["start_on"])

    def at(week: int) -> datetime:
        on = start_on + timedelta(days=7 * week + TUESDAY)
        return datetime.combine(on, time(15), LONDON).astimezone(UTC)

    sessions = [_session(problem, n + 1, at(week + 4)) for n, week in enumerate(check_plan._starts(problem))]
    weeks = range(0, problem["weeks"], 5)
    return sessions + [_training(problem, n, at(week)) for n, week in enumerate(weeks)]


def next_feasible(problem: dict) -> list[dict]:
    """Each event on the first day that is open to all, at that day's hour of least total."""
    start_on = date.fromisoformat(problem["start_on"])
    last_on = start_on + timedelta(days=7 * problem["weeks"] - 1)
    entries, weeks = [], set()
    for n, start in enumerate(check_plan._starts(problem)):
        days = [start_on + timedelta(days=7 * (start + 4) + day) for day in range(14)]
        entry = _first_open(problem, days, lambda at, n=n: _session(problem, n + 1, at))
        if entry:
            entries.append(entry)
            weeks.add((_on(entry) - start_on).days // 7)
    last, number = start_on - timedelta(days=28), 0
    while (last_on - last).days > 35:
        days = [last + timedelta(days=gap) for gap in range(28, 36)]
        days = [on for on in days if (on - start_on).days // 7 not in weeks]
        entry = _first_open(problem, days, lambda at, n=number: _training(problem, n, at))
        if entry:
            entries.append(entry)
        last = _on(entry) if entry else last + timedelta(days=35)  # nothing is open: the gap stays
        number += 1
    return entries


def account(problem: dict, entries: list[dict]) -> dict[str, int]:
    """The worst city's burden, the total, and how many blocks and gaps are broken, by kind."""
    borne: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    start_on = date.fromisoformat(problem["start_on"])
    for entry in entries:
        for city in problem["cities"]:
            borne[city["id"]] += check_plan._attended(problem, city, entry)[0]
            for sentence in check_plan._blocked(city, entry):
                broken["busy" if "busy" in sentence else "weekend or holiday"] += 1
        on = entry["starts_at"][:10]
        broken["forbidden"] += any(a <= on <= b for a, b in problem["forbidden_on"])
        broken["member holidays"] += check_plan._clashing(problem, entry)
    weeks = Counter((_on(entry) - start_on).days // 7 for entry in entries)
    broken["same week"] = sum(count - 1 for count in weeks.values())
    days = sorted(_on(entry) for entry in entries if entry["kind"] == "training")
    gaps = [(b - a).days for a, b in pairwise(days)]
    broken["gaps"] = sum(not 28 <= gap <= 35 for gap in gaps)
    return {"worst": max(borne.values(), default=0), "total": sum(borne.values())} | broken


def _first_open(problem: dict, days: list[date], make: object) -> dict | None:
    for on in days:
        midnight = datetime.combine(on, time(), UTC)
        made = [make(midnight + timedelta(hours=n)) for n in range(24)]
        good = [entry for entry in made if not _is_stopped(problem, entry)]
        if good:
            return min(good, key=lambda entry: (_total(problem, entry), entry["starts_at"]))
    return None


def _is_stopped(problem: dict, entry: dict) -> bool:
    on = entry["starts_at"][:10]
    if any(a <= on <= b for a, b in problem["forbidden_on"]):
        return True
    if entry["host"] and check_plan._is_at_night_of_host(problem, entry):
        return True
    return any(check_plan._blocked(city, entry) for city in problem["cities"])


def _total(problem: dict, entry: dict) -> int:
    """The burden of all cities, by the half hour: no band of the instances changes in between."""
    weights = (0, problem["burden"]["shoulder"], problem["burden"]["night"])
    begin = datetime.fromisoformat(entry["starts_at"])
    halves = [begin + timedelta(minutes=n) for n in range(0, entry["minutes"], 30)]
    return sum(weights[max(check_plan._band(city, half) for half in halves)] for city in problem["cities"])


def _session(problem: dict, cycle: int, at: datetime) -> dict:
    return _entry("session", at, problem["cycles"]["session_minutes"], cycle=cycle)


def _training(problem: dict, number: int, at: datetime) -> dict:
    """Every second one three hours long, as six of twelve are; the hosts in turn."""
    kind = problem["trainings"]["kinds"][number % 2]
    hosts = problem["trainings"]["hosts"]
    entry = _entry("training", at, kind["minutes"], host=hosts[number % len(hosts)])
    return entry | {"training": kind["name"]}


def _entry(
    kind: str, at: datetime, minutes: int, *, cycle: int | None = None, host: str | None = None
) -> dict:
    return {
        "name": kind,
        "kind": kind,
        "starts_at": at.isoformat(),
        "sittings": [at.isoformat()],
        "minutes": minutes,
        "cycle": cycle,
        "host": host,
        "held": False,
    }


def _on(entry: dict) -> date:
    return datetime.fromisoformat(entry["starts_at"]).date()
