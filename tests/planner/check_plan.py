"""An independent look at a plan: PROBLEM.json and PLAN.json in, sentences about broken rules out.

Shares no code with the planner: dates, the holidays package, zoneinfo and the clock on each city's
wall, minute by minute. ``python check_plan.py PROBLEM.json PLAN.json`` prints what is broken; for an instance
of docs/planner-benchmark.md, which holds its holidays, it needs nothing but Python 3.11 and says what a plan
of mere entries is worth.
"""

import json
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def broken_rules(problem: dict, plan: dict) -> list[str]:
    """Every rule that the plan breaks; [] for a plan that keeps them all. Held entries may break blockers."""
    city_of = {city["id"]: city for city in problem["cities"]}
    entries = plan["entries"]
    found = [fault for fault in _structure(problem, entries) if not _is_given_up(problem, fault)]
    totals: Counter[str] = Counter()
    clashes = outside = 0
    for entry in entries:
        takes_part = _takes_part(problem, entry)
        if set(entry["burden"]) != takes_part or set(entry["local"]) != takes_part:
            found.append(f"{entry['name']}: the cities are not those that take part")
            continue
        for city_id in sorted(takes_part):
            city = city_of[city_id]
            points, is_outside, at = _attended(problem, city, entry)
            totals[city_id] += points
            outside += is_outside * (1 if city["outside"] == "never" else city["outside"])
            if is_outside and city["outside"] == "never" and not entry["held"]:
                found.append(f"{entry['name']} is outside the hours of {city_id}")
            if entry["burden"][city_id] != points:
                found.append(f"{entry['name']}: {city_id} bears {points}, not {entry['burden'][city_id]}")
            local = at.astimezone(ZoneInfo(city["time_zone"])).replace(tzinfo=None)
            if datetime.fromisoformat(entry["local"][city_id]) != local:
                found.append(f"{entry['name']}: {city_id}'s clock shows {local}")
            if not entry["held"]:
                found += _blocked(city, entry)
        clashes += _clashing(problem, entry)
    found += _sums(problem, plan, totals, (clashes, outside))
    return found


def counted(problem: dict, entries: list[dict]) -> dict[str, int]:
    """What a plan of these entries is worth in the objectives that need no more than calendars and clocks."""
    totals: Counter[str] = Counter(problem["past_burden"])
    clashes = outside = 0
    for entry in entries:
        clashes += _clashing(problem, entry)
        for city in problem["cities"]:
            if city["id"] in _takes_part(problem, entry):
                points, is_outside, _ = _attended(problem, city, entry)
                totals[city["id"]] += points
                outside += is_outside * (1 if city["outside"] == "never" else city["outside"])
    worst, total = max(totals.values(), default=0), sum(totals.values())
    total -= sum(problem["past_burden"].values())
    return {"clashes": clashes, "outside": outside, "worst": worst, "total": total}


def broken_by_entries(problem: dict, entries: list[dict]) -> list[str]:
    """The rules that mere entries break, as another solver writes them."""
    found = [fault for fault in _structure(problem, entries) if not _is_given_up(problem, fault)]
    for entry in entries:
        for city in problem["cities"]:
            if city["id"] not in _takes_part(problem, entry):
                continue
            found += _blocked(city, entry)
            if city["outside"] == "never" and _attended(problem, city, entry)[1]:
                found.append(f"{entry['name']} is outside the hours of {city['id']}")
    return found


def problem_of(instance: dict) -> dict:
    """The problem of an instance, each city with its holidays as the instance has them."""
    problem, holidays_on = instance["problem"], instance["holidays"]
    return problem | {
        "cities": [city | {"holidays_on": holidays_on[city["id"]]} for city in problem["cities"]]
    }


def completed(problem: dict, entries: list[dict]) -> list[dict]:
    """Entries with what follows from the rest: names, lengths, sittings, and None for what is not said."""
    kinds = {kind["name"]: kind["minutes"] for kind in (problem["trainings"] or {"kinds": []})["kinds"]}
    found = []
    for n, entry in enumerate(entries, start=1):
        is_session = entry["kind"] == "session"
        minutes = problem["cycles"]["session_minutes"] if is_session else kinds[entry["training"]]
        sittings = entry.get("sittings") or [entry["starts_at"]]
        known = {"name": f"entry {n}", "minutes": minutes, "cycle": None, "host": None, "training": None}
        found.append(known | entry | {"sittings": sittings, "starts_at": sittings[0], "held": False})
    return found


def _is_given_up(problem: dict, fault: str) -> bool:
    """Whether the rule that is broken need not hold."""
    words = {"weeks": "week ", "hosts": "hosts are not", "hosts in turn": "a host twice"}
    starts = tuple(words[rule] for rule in problem["give_up"] if rule in words)
    return bool(starts) and fault.startswith(starts)


def _structure(problem: dict, entries: list[dict]) -> list[str]:
    found = []
    start_on = date.fromisoformat(problem["start_on"])
    last_on = start_on + timedelta(days=7 * problem["weeks"] - 1)
    days = {entry["name"]: day_on(problem, entry) for entry in entries}
    if not all(start_on <= on <= last_on for on in days.values()):
        found.append("an entry lies outside the horizon")
    weeks = Counter((on - start_on).days // 7 for on in days.values())
    free = {
        (days[entry["name"]] - start_on).days // 7 for entry in entries if not _is_history(problem, entry)
    }
    found += [f"week {week} has {n} entries" for week, n in weeks.items() if n > 1 and week in free]
    for entry in entries:
        at = _at(entry["starts_at"])
        if (
            not entry["held"]
            and (at.minute + 60 * at.hour) % problem["step_minutes"]
            and not _stands(problem, entry)
        ):
            found.append(f"{entry['name']} is off the grid")
        for forbidden in problem["forbidden_on"]:
            first, last, kind = _forbidden(forbidden)
            is_of_kind = kind in ("", entry["kind"])
            if not entry["held"] and is_of_kind and first <= days[entry["name"]] <= last:
                found.append(f"{entry['name']} is on a forbidden day")
    found += _sessions(problem, entries, start_on)
    found += _trainings(problem, entries, start_on, last_on)
    return found + _held(problem, entries)


def _sessions(problem: dict, entries: list[dict], start_on: date) -> list[str]:
    cycles = problem["cycles"]
    sessions = [entry for entry in entries if entry["kind"] == "session"]
    if not cycles:
        return ["there is a session without cycles"] if sessions else []
    found = []
    week_of = {e["cycle"]: (day_on(problem, e) - start_on).days // 7 for e in sessions}
    if cycles["pauses"] == "choose":
        starts = None
        wanted = cycles["count"]
        held = {entry["cycle"] for entry in sessions if entry["held"]}
        if not _fits_some_starts(problem, week_of, held):
            found.append("no choice of pauses fits the sessions")
    else:
        starts = _starts(problem)
        wanted = len(starts)
    if sorted(week_of) != list(range(1, wanted + 1)) or len(sessions) != wanted:
        found.append("not one session for each cycle")
    return found + [fault for entry in sessions for fault in _session(problem, entry, week_of, starts)]


def _session(problem: dict, entry: dict, week_of: dict[int, int], starts: list[int] | None) -> list[str]:
    found, cycles, zone = [], problem["cycles"], ZoneInfo(zone_of(problem, None))
    if entry["minutes"] != cycles["session_minutes"]:
        found.append(f"{entry['name']} has the wrong length")
    if len(entry["sittings"]) != cycles["sittings"]:
        found.append(f"{entry['name']} has the wrong number of sittings")
    for a, b in pairwise(entry["sittings"]):
        days = {_at(each).astimezone(zone).date() for each in (a, b)}
        if _at(b) < _at(a) + entry["minutes"] * MINUTE or (len(days) > 1 and not entry["held"]):
            found.append(f"{entry['name']}: sittings overlap or are on two days")
    if starts is not None and entry["cycle"] - 1 < len(starts):
        week = week_of[entry["cycle"]] - starts[entry["cycle"] - 1] + 1
        if week not in cycles["session_weeks"] and not entry["held"]:
            found.append(f"{entry['name']} is in week {week} of its cycle")
    return found


def _starts(problem: dict) -> list[int]:
    cycles, week, starts = problem["cycles"], 0, []
    start_on = date.fromisoformat(problem["start_on"])
    closed = _closed_weeks(problem)
    while week + cycles["weeks"] <= problem["weeks"] and len(starts) < (cycles["count"] or 999):
        days = {start_on + timedelta(days=7 * week + n) for n in range(7 * cycles["weeks"])}
        paused = any(
            date.fromisoformat(a) <= on <= date.fromisoformat(b) for a, b in cycles["pauses"] for on in days
        )
        if paused or week in closed:
            week += 1
        else:
            starts.append(week)
            week += cycles["cadence_weeks"]
    return starts


def _closed_weeks(problem: dict) -> set[int]:
    start_on = date.fromisoformat(problem["start_on"])
    return {(date.fromisoformat(on) - start_on).days // 7 for on in problem["cycles"]["no_start_on"]}


def _fits_some_starts(problem: dict, week_of: dict[int, int], held: set[int]) -> bool:
    """Earliest starts first: if those do not fit, none do. What is held may stand in any week."""
    cycles, earliest = problem["cycles"], 0
    for cycle in sorted(week_of):
        possible = [
            week_of[cycle] - week + 1
            for week in (range(1, cycles["weeks"] + 1) if cycle in held else cycles["session_weeks"])
            if week_of[cycle] - week + 1 >= earliest
            and week_of[cycle] - week + 1 + cycles["weeks"] <= problem["weeks"]
            and week_of[cycle] - week + 1 not in _closed_weeks(problem)
        ]
        if not possible:
            return False
        earliest = min(possible) + cycles["cadence_weeks"]
    return True


def _trainings(problem: dict, entries: list[dict], start_on: date, last_on: date) -> list[str]:
    rules = problem["trainings"]
    events = sorted((e for e in entries if e["kind"] == "training"), key=lambda e: e["starts_at"])
    if not rules:
        return ["there is a training event without trainings"] if events else []
    days = [day_on(problem, event) for event in events]
    wanted = rules["count"] if rules["count"] is not None else int(7 * problem["weeks"] / 31.5 + 0.5)
    least, most = rules["gap_days"]
    past = [_is_history(problem, event) for event in events]
    found = [] if len(events) == wanted or any(past) else [f"{len(events)} training events, not {wanted}"]
    pairs = [(a, b) for (a, b), both in zip(pairwise(days), pairwise(past), strict=True) if not all(both)]
    found += [f"a gap of {(b - a).days} days" for a, b in pairs if not least <= (b - a).days <= most]
    if days and not past[0]:
        before = rules["last_on"]
        if before and not least <= (days[0] - date.fromisoformat(before)).days <= most:
            found.append("the first event is not in reach of the one before the horizon")
        if not before and (days[0] - start_on).days > most:
            found.append("the first event is late")
    if days and not past[-1] and (last_on - days[-1]).days > most:
        found.append("the last event is early")
    hosts = [event["host"] for event in events]
    counts = [hosts.count(host) for host in rules["hosts"]]
    running = [a == b and not all(both) for (a, b), both in zip(pairwise(hosts), pairwise(past), strict=True)]
    found += ["a host twice running" for is_twice in running if is_twice]
    if not _is_balanced(counts, [h for h, is_past in zip(hosts, past, strict=True) if not is_past], rules):
        found.append("hosts are not balanced")
    found += [f"{e['name']} is at its host's night" for e in events if _is_at_night_of_host(problem, e)]
    found += [
        f"{e['name']} is on a holiday of its host" for e in events if _is_on_holiday_of_host(problem, e)
    ]
    return found + _kinds(problem, events, wanted)


def _is_balanced(counts: list[int], free: list[str], rules: dict) -> bool:
    """No host more than one ahead; whoever is ahead by what is published has no free event."""
    most = max((n for n, host in zip(counts, rules["hosts"], strict=True) if host in free), default=0)
    return most - min(counts) <= 1 and set(free) <= set(rules["hosts"])


def _is_history(problem: dict, entry: dict) -> bool:
    """Whether the entry is a published one that nobody unpinned."""
    return entry["held"] and any(
        each["published"]
        and each["name"] not in problem["unpinned"]
        and each["kind"] == entry["kind"]
        and _at(each["starts_at"]) == _at(entry["starts_at"])
        for each in problem["standing"]
    )


def _kinds(problem: dict, events: list[dict], wanted: int) -> list[str]:
    found = []
    kinds = {kind["name"]: kind for kind in problem["trainings"]["kinds"]}
    found += [
        f"{e['name']} has the wrong length" for e in events if kinds[e["training"]]["minutes"] != e["minutes"]
    ]
    start_on = date.fromisoformat(problem["start_on"])
    last_on = start_on + timedelta(days=7 * problem["weeks"] - 1)
    years = range(start_on.isocalendar().year, last_on.isocalendar().year + 1)
    own = {id(each) for each in events if _is_history(problem, each) and _own_kind(problem, each)}
    left = (len(events) if any(_is_history(problem, each) for each in events) else wanted) - len(own)
    placed: dict[str, set[int]] = {}  # those that some season or year asks for, by kind
    for is_seasonal in (True, False):
        for year in years:
            for kind in problem["trainings"]["kinds"]:
                if kind["per_year"] is None or bool(kind["weeks"]) is not is_seasonal:
                    continue
                count, first, last = _quota(kind, year, start_on, last_on)
                inside = [
                    e for e in events if e["training"] == kind["name"] and first <= day_on(problem, e) <= last
                ]
                count = max(0, count - sum(id(e) in own for e in inside))
                if count > left:
                    continue
                left -= count
                mine = [e for e in inside if id(e) not in own]
                placed.setdefault(kind["name"], set()).update(map(id, inside))
                if len(mine) != count:
                    found.append(f"{len(mine)} of {kind['name']} in {year}, not {count}")
    return found + [
        f"{e['name']} is out of its season"
        for e in events
        if id(e) not in own and id(e) not in placed.get(e["training"], {id(e)})
    ]


def _own_kind(problem: dict, event: dict) -> str | None:
    """The kind that a published event is said to be of."""
    return next(e["training"] for e in problem["standing"] if _at(e["starts_at"]) == _at(event["starts_at"]))


def _quota(kind: dict, year: int, start_on: date, last_on: date) -> tuple[int, date, date]:
    last_week = date(year, 12, 28).isocalendar().week
    first, last = kind["weeks"] or (1, last_week)
    if first > last_week:
        return 0, start_on, start_on
    begin = date.fromisocalendar(year, first, 1)
    end = date.fromisocalendar(year, min(last, last_week), 7)
    a, b = max(begin, start_on), min(end, last_on)
    if kind["weeks"]:
        return (kind["per_year"] if (a, b) == (begin, end) else 0), a, b
    return int(kind["per_year"] * max(0, (b - a).days + 1) / ((end - begin).days + 1) + 0.5), a, b


def _held(problem: dict, entries: list[dict]) -> list[str]:
    """Pins and published entries that nobody unpinned stand in the plan as they were given."""
    wanted = list(problem["pins"]) + [
        each for each in problem["standing"] if each["published"] and each["name"] not in problem["unpinned"]
    ]
    found = []
    for each in wanted:
        on = each.get("on") or day_on(problem, each).isoformat()
        same = [
            e
            for e in entries
            if e["kind"] == each["kind"]
            and day_on(problem, e).isoformat() == on
            and (not each.get("starts_at") or _at(e["starts_at"]) == _at(each["starts_at"]))
            and (not each.get("second_at") or _at(e["sittings"][1]) == _at(each["second_at"]))
            and each.get("host") in (None, e["host"])
            and each.get("cycle") in (None, e["cycle"])
            and each.get("training") in (None, e["training"])
        ]
        if not same:
            found.append(f"what is held on {on} does not stand")
    return found


def _blocked(city: dict, entry: dict) -> list[str]:
    is_needed = city["lead"] or city["required"]
    found = []
    for sitting in entry["sittings"]:
        begin, end = _at(sitting), _at(sitting) + entry["minutes"] * MINUTE
        for on in _local_dates(city, begin, end):
            if _is_weekend(city, on):
                found.append(f"{entry['name']}: {on} is a weekend in {city['id']}")
            if city["lead"] and _holiday(city, on):
                found.append(f"{entry['name']}: {on} is {_holiday(city, on)} in {city['id']}")
            if is_needed and any(a <= on.isoformat() <= b for a, b in city["quiet"]):
                found.append(f"{entry['name']}: {on} is quiet in {city['id']}")
        if is_needed and any(_at(a) < end and begin < _at(b) for a, b in city["busy"]):
            found.append(f"{entry['name']}: {city['id']} is busy")
    return found


def _clashing(problem: dict, entry: dict) -> int:
    return sum(
        any(
            _holiday(city, on) and not _is_weekend(city, on)
            for sitting in entry["sittings"]
            for on in _local_dates(city, _at(sitting), _at(sitting) + entry["minutes"] * MINUTE)
        )
        for city in problem["cities"]
        if not city["lead"] and city["id"] in _takes_part(problem, entry)
    )


def _sums(problem: dict, plan: dict, totals: Counter[str], met: tuple[int, int]) -> list[str]:
    found = []
    past = problem["past_burden"]
    found += [
        f"{city['id']} bears {totals[city['id']]} in all"
        for city in problem["cities"]
        if plan["burden"][city["id"]] != totals[city["id"]]
    ]
    loads = sorted((totals[city["id"]] + past.get(city["id"], 0) for city in problem["cities"]), reverse=True)
    places = [each["value"] for each in plan["places"]]
    if places != (loads[1:] if problem["fairness"] == "leximin" else []):
        found.append(f"the cities after the worst bear {loads[1:]}, not {places}")
    value = {each["name"]: each["value"] for each in plan["objective"]}
    worst = max(totals[city["id"]] + past.get(city["id"], 0) for city in problem["cities"])
    firsts = (("clashes", met[0]), ("outside", met[1]), ("worst", worst), ("total", sum(totals.values())))
    for name, counted in (*firsts, *_lasts(problem, plan)):
        if value[name] != counted:
            found.append(f"{name} is {counted}, not {value[name]}")
    found += [
        f"{each['name']} is below its own bound"
        for each in plan["objective"] + plan["places"]
        if each["bound"] is not None and each["value"] < each["bound"]
    ]
    return found


def _lasts(problem: dict, plan: dict) -> list[tuple[str, int]]:
    """The later objectives that need no calendar: weekdays, hosts and moves."""
    entries = plan["entries"]
    found = [
        (
            "weekdays",
            sum(day_on(problem, e).weekday() not in problem["preferred_weekdays"] for e in entries),
        ),
        ("moves", sum(not _stays(each, entries) for each in _inside(problem))),
    ]
    if problem["trainings"]:
        hosted = Counter(e["host"] for e in entries if e["kind"] == "training")
        counts = [hosted[h] + problem["past_hosting"].get(h, 0) for h in problem["trainings"]["hosts"]]
        found.append(("hosts", max(counts) - min(counts)))
    return found


def _inside(problem: dict) -> list[dict]:
    first = date.fromisoformat(problem["start_on"])
    last = first + timedelta(days=7 * problem["weeks"] - 1)
    return [each for each in problem["standing"] if first <= day_on(problem, each) <= last]


def _stays(existing: dict, entries: list[dict]) -> bool:
    """Whether an entry is what stands, as far as that is said of it."""
    times = [_at(existing[key]) for key in ("starts_at", "second_at") if existing[key]]
    return any(
        entry["kind"] == existing["kind"]
        and [_at(at) for at in entry["sittings"]][: len(times)] == times
        and all(existing[key] in (None, entry[key]) for key in ("host", "cycle", "training"))
        for entry in entries
    )


def _attended(problem: dict, city: dict, entry: dict) -> tuple[int, bool, datetime]:
    """What the event costs the city, at the sitting that costs it least, one in its hours if it can."""
    return min(
        (
            _points(problem, city, _at(sitting), entry["minutes"]),
            _is_outside(city, _at(sitting), entry["minutes"]),
            _at(sitting),
        )
        for sitting in entry["sittings"]
    )


def _is_outside(city: dict, begin: datetime, minutes: int) -> bool:
    """Whether any minute does not lie in the hours in which the city may be asked to come."""
    if city["acceptable"] is None:
        return False
    earliest, latest = city["acceptable"]
    walls = ((begin + n * MINUTE).astimezone(ZoneInfo(city["time_zone"])) for n in range(minutes))
    return any(not earliest <= at.strftime("%H:%M") < latest for at in walls)


def _points(problem: dict, city: dict, begin: datetime, minutes: int) -> int:
    """Minute by minute on the city's wall."""
    weights = {0: 0, 1: problem["burden"]["shoulder"], 2: problem["burden"]["night"]}
    bands = [_band(city, begin + n * MINUTE) for n in range(minutes)]
    if problem["burden"]["per"] == "event":
        return weights[max(bands)]
    return sum(weights[band] for band in bands)


def _band(city: dict, at: datetime) -> int:
    shown = at.astimezone(ZoneInfo(city["time_zone"])).strftime("%H:%M")
    if city["core"][0] <= shown < city["core"][1]:
        return 0
    return 1 if city["shoulder"][0] <= shown < city["shoulder"][1] else 2


def _is_at_night_of_host(problem: dict, event: dict) -> bool:
    if event["held"]:
        return False
    host = next(city for city in problem["cities"] if city["id"] == event["host"])
    begin = _at(event["starts_at"])
    return any(_band(host, begin + n * MINUTE) == 2 for n in range(event["minutes"]))


def _is_on_holiday_of_host(problem: dict, event: dict) -> bool:
    host = next(city for city in problem["cities"] if city["id"] == event["host"])
    begin = _at(event["starts_at"])
    days = _local_dates(host, begin, begin + event["minutes"] * MINUTE)
    return not event["held"] and any(_holiday(host, on) and not _is_weekend(host, on) for on in days)


def _takes_part(problem: dict, entry: dict) -> set[str]:
    everyone = {city["id"] for city in problem["cities"]}
    if entry["kind"] == "session":
        return set(problem["cycles"]["takes_part"].get(str(entry["cycle"]), everyone))
    kind = next(k for k in problem["trainings"]["kinds"] if k["name"] == entry["training"])
    return set(kind["takes_part"]) if kind["takes_part"] is not None else everyone


def _local_dates(city: dict, begin: datetime, end: datetime) -> set[date]:
    zone = ZoneInfo(city["time_zone"])
    return {at.astimezone(zone).date() for at in (begin, end - MINUTE)}


def _is_weekend(city: dict, on: date) -> bool:
    if city["weekend"] is not None:
        return on.weekday() in city["weekend"]
    return on.weekday() in _weekend(city["holidays"]["country"], city["holidays"]["subdivision"])


@cache
def _weekend(country: str, subdivision: str = "") -> frozenset[int]:
    if country == "MY" and subdivision in {"02", "03", "11", "Kedah", "Kelantan", "Terengganu"}:
        return frozenset({4, 5})
    if not country:
        return frozenset({5, 6})
    import holidays  # not for instances, which say it themselves

    return frozenset(holidays.country_holidays(country).weekend)


_TABLES: dict[tuple, dict] = {}


def _holiday(city: dict, on: date) -> str | None:
    if "holidays_on" in city:
        return city["holidays_on"].get(on.isoformat())
    import holidays  # as above

    where = city["holidays"]
    if not where["country"]:
        return None
    key = (where["country"], where["subdivision"], tuple(where["categories"]))
    if key not in _TABLES:
        _TABLES[key] = holidays.country_holidays(
            where["country"],
            subdiv=where["subdivision"] or None,
            categories=tuple(where["categories"]) or None,
        )
    return _TABLES[key].get(on)


def day_on(problem: dict, entry: dict) -> date:
    """The day of an entry: its pin's, else its date on the wall of its host, or of the lead city."""
    at = _at(entry["starts_at"])
    for pin in problem["pins"]:
        if pin["kind"] == entry["kind"] and pin["starts_at"] and _at(pin["starts_at"]) == at:
            return date.fromisoformat(pin["on"])
    host = entry["host"] if entry["kind"] == "training" else None
    return at.astimezone(ZoneInfo(zone_of(problem, host))).date()


def zone_of(problem: dict, host: str | None) -> str:
    """The zone of a host, or of the first city that leads; where none does, of the first."""
    cities = problem["cities"]
    mine = [city for city in cities if city["id"] == host] if host else []
    return [*mine, *(city for city in cities if city["lead"]), *cities][0]["time_zone"]


def _stands(problem: dict, entry: dict) -> bool:
    return any(_at(each["starts_at"]) == _at(entry["starts_at"]) for each in problem["standing"])


def _forbidden(value: object) -> tuple[date, date, str]:
    if isinstance(value, dict):
        return date.fromisoformat(value["from_on"]), date.fromisoformat(value["to_on"]), value["kind"]
    return date.fromisoformat(value[0]), date.fromisoformat(value[1]), ""


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def main(problem_path: str, plan_path: str) -> int:
    """Print what is broken, and what a plan of an instance is worth; 0 when it keeps every rule."""
    given, plan = (json.loads(Path(name).read_text(encoding="utf-8")) for name in (problem_path, plan_path))
    if "holidays" in given:
        problem = problem_of(given)
        entries = completed(problem, plan["entries"])
        sentences = broken_by_entries(problem, entries)
        print(*(f"{name} {value}" for name, value in counted(problem, entries).items()), sep=", ")
    else:
        sentences = broken_rules(given, plan)
    print(*(sentences or ["The plan keeps every rule."]), sep="\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
