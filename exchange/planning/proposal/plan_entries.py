"""An entry of a plan in the programme's words: its exchange's first Monday, its walls, its kind, its title.

Pure: it saves nothing.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from exchange.cycles.drafts import SittingTime
from exchange.errors import InvalidInput
from exchange.models import City, TrainingKind
from exchange.planner.plan import Entry
from exchange.planner.problem.event_counts import is_place_of, session_places
from exchange.planner.problem.problem import ExistingEntry, Problem
from exchange.rules.time.timezones import wall_time

KINDS_BY_FILE = {"exercise": TrainingKind.TABLE_TOP, "training": TrainingKind.SEMINAR}


def cycle_starts(problem: Problem, entries: Iterable[Entry]) -> dict[str, date]:
    """The first Monday of each session's exchange, by entry name."""
    places = sorted(session_places(problem), key=lambda place: place.start_week)
    cadence = problem.cycles.cadence_weeks if problem.cycles else 0
    found: dict[str, date] = {}
    free_from = 0
    for entry in sorted((e for e in entries if e.kind == "session"), key=lambda e: e.starts_at):
        on = problem.date_of(entry)
        week = next(
            place.start_week
            for place in places
            if place.cycle == entry.cycle
            and place.start_week >= free_from
            and is_place_of(problem, place, on, entry.cycle)
        )
        found[entry.name] = problem.start_on + timedelta(weeks=week)
        free_from = week + cadence
    return found


def kind_of(entry: Entry | ExistingEntry) -> TrainingKind:
    """The kind of event that an entry's word means; a file may have words of its own."""
    word = entry.training or ""
    if word in {str(kind) for kind in TrainingKind}:
        return TrainingKind(word)
    return KINDS_BY_FILE.get(word, TrainingKind.SEMINAR)


def session_walls(entry: Entry, lead_zone: str, problem: Problem) -> tuple[date, tuple[SittingTime, ...]]:
    """The session's day, and each sitting as the wall of a city shows it on that day.

    The day is that of the first sitting in the lead city, or where the others are not on it, nor it in the
    session's week, in the first city that has all of them on one day there: the planner's lead city has.
    """
    zones = list(dict.fromkeys([lead_zone, *(city.time_zone for city in problem.cities)]))
    sittings = entry.sittings or (entry.starts_at,)
    shown = [[wall_time(at, zone) for zone in zones] for at in sittings]
    week = problem.week_of(problem.date_of(entry))
    for on in (on for on in dict.fromkeys(wall.on for wall in shown[0]) if problem.week_of(on) == week):
        walls = [next((wall for wall in each if wall.on == on), None) for each in shown]
        found = tuple(SittingTime(wall.at, wall.time_zone) for wall in walls if wall is not None)
        if len(found) == len(sittings):
            return on, found
    raise InvalidInput("The sittings of %(name)s are not on one day.", field="names", name=entry.name)


def offered_leads(problem: Problem, entries: Iterable[Entry]) -> dict[str, str]:
    """The id of the lead city that is offered for each exchange, by entry name: lead cities in turn."""
    leads = [city.id for city in problem.cities if city.is_lead] or [problem.cities[0].id]
    sessions = sorted((e for e in entries if e.kind == "session"), key=lambda e: e.starts_at)
    return {entry.name: leads[n % len(leads)] for n, entry in enumerate(sessions)}


def title_of(kind: TrainingKind, host: City) -> str:
    """The title of an event that nobody has named yet."""
    return f"{kind.value.capitalize()}, {host.name}"
