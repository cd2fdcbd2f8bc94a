"""What follows from a problem by counting, for the tests' own model: how many events, and which weeks.

Shares nothing with the planner.
"""

from collections.abc import Collection
from datetime import date, timedelta
from math import floor

from tests.planner import check_plan


def wanted_of(problem: dict) -> int:
    """How many training events the horizon is to hold."""
    rules = problem["trainings"]
    if rules is None:
        return 0
    return rules["count"] if rules["count"] is not None else floor(7 * problem["weeks"] / 31.5 + 0.5)


def history_of(problem: dict) -> dict[int, dict]:
    """The published training events of the horizon that nobody unpinned, by day, save where a pin stands."""
    start_on = date.fromisoformat(problem["start_on"])
    pinned = {pin["on"] for pin in problem["pins"] if pin["kind"] == "training"}
    found = {
        (on - start_on).days: each
        for each in problem["standing"]
        if each["kind"] == "training" and each["published"] and each["name"] not in problem["unpinned"]
        if (on := check_plan.day_on(problem, each)).isoformat() not in pinned
    }
    return {day: each for day, each in found.items() if 0 <= day < 7 * problem["weeks"]}


def shares_of(problem: dict, history: dict[int, dict]) -> dict[str, tuple[int, int]]:
    """The fewest and most that each host hosts when those that are free go to whoever has fewest."""
    had = dict.fromkeys(problem["trainings"]["hosts"], 0)
    hosts = [each["host"] for each in history.values() if each["host"]]
    had |= {host: hosts.count(host) for host in had}
    full = dict(had)
    for _ in range(wanted_of(problem) - len(hosts)):
        full[min(full, key=lambda host: full[host])] += 1
    least = {host: max(had[host], min(full.values())) for host in had}
    top = max((full[host] for host in had if full[host] > had[host]), default=0)
    return {host: (least[host], max(had[host], top)) for host in had}


def first_weeks(problem: dict) -> list[list[int]]:
    """The weeks in which each cycle may begin: one for each, unless the planner chooses the pauses."""
    cycles = problem["cycles"]
    if cycles is None:
        return []
    last = problem["weeks"] - cycles["weeks"]
    start_on = date.fromisoformat(problem["start_on"])
    closed = {day_of(on, start_on) // 7 for on in cycles["no_start_on"]}
    if cycles["pauses"] == "choose":
        weeks = [week for week in range(last + 1) if week not in closed]
        return [weeks for _ in range(cycles["count"])]
    pauses = [(day_of(a, start_on), day_of(b, start_on)) for a, b in cycles["pauses"]]
    found: list[list[int]] = []
    week = 0
    while week <= last and (cycles["count"] is None or len(found) < cycles["count"]):
        if week in closed or any(a < 7 * (week + cycles["weeks"]) and b >= 7 * week for a, b in pauses):
            week += 1
        else:
            found.append([week])
            week += cycles["cadence_weeks"]
    return found


def quotas_of(problem: dict) -> list[tuple[str, int, int, int]]:
    """(kind, count, first day, last day): seasons first, then year by year, as far as the events go."""
    rules = problem["trainings"]
    start_on = date.fromisoformat(problem["start_on"])
    last_on = start_on + timedelta(days=7 * problem["weeks"] - 1)
    history = {day: each["training"] for day, each in history_of(problem).items() if each["training"]}
    found, left = [], wanted_of(problem) - len(history)
    for is_seasonal in (True, False):
        for year in range(start_on.isocalendar().year, last_on.isocalendar().year + 1):
            for kind in rules["kinds"]:
                if kind["per_year"] is None or bool(kind["weeks"]) is not is_seasonal:
                    continue
                length = date(year, 12, 28).isocalendar().week
                first, last = kind["weeks"] or (1, length)
                if first > length:
                    continue
                begin = (date.fromisocalendar(year, first, 1) - start_on).days
                end = (date.fromisocalendar(year, min(last, length), 7) - start_on).days
                inside = min(end, 7 * problem["weeks"] - 1) - max(begin, 0) + 1
                share = max(0, inside) / (end - begin + 1)
                count = floor(kind["per_year"] * (share == 1 if is_seasonal else share) + 0.5)
                had = sum(name == kind["name"] and begin <= day <= end for day, name in history.items())
                count = max(0, count - had)
                if count > left:
                    count = 0
                left -= count
                found.append((kind["name"], count, begin, end))
    return found


def with_only(problem: dict, kept: Collection[str]) -> dict:
    """The problem without the holidays, quiet and busy times, forbidden days and pins that are not named."""
    cities = []
    for city in problem["cities"]:
        changed = dict(city)
        is_closed = city["lead"] or city["id"] in ((problem["trainings"] or {}).get("hosts") or ())
        if is_closed and city["holidays"]["country"] and f"holidays: {city['id']}" not in kept:
            weekend = city["weekend"] or sorted(
                check_plan._weekend(city["holidays"]["country"], city["holidays"]["subdivision"])
            )
            changed |= {"holidays": {"country": "", "subdivision": "", "categories": []}, "weekend": weekend}
        for key in ("quiet", "busy"):
            if f"{key}: {city['id']}" not in kept:
                changed[key] = []
        cities.append(changed)
    pins = [pin for pin in problem["pins"] if f"held: {pin['kind']} {pin['on']}" in kept]
    held = [
        each
        for each in problem["standing"]
        if f"held: {each['kind']} {check_plan.day_on(problem, each)}" in kept
    ]
    forbidden = [each for n, each in enumerate(problem["forbidden_on"]) if f"forbidden: {n}" in kept]
    return problem | {"cities": cities, "pins": pins, "standing": held, "forbidden_on": forbidden}


def day_of(text: str, start_on: date) -> int:
    return (date.fromisoformat(text) - start_on).days
