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
from exchange.rules.time.timezones import WallTime, wall_time

KINDS_BY_FILE = {"exercise": TrainingKind.TABLE_TOP, "training": TrainingKind.SEMINAR}


def cycle_starts(problem: Problem, entries: Iterable[Entry]) -> dict[str, date]:
    """The first Monday of each session's exchange, by entry name."""
    places = sorted(session_places(problem), key=lambda place: place.start_week)
    cadence = problem.cycles.cadence_weeks if problem.cycles else 0
    found: dict[str, date] = {}
    free_from = 0
    for entry in sorted((e for e in entries if e.kind == "session"), key=lambda e: e.starts_at):
        on = entry.starts_at.date()
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
    """The session's day in the lead city, and each sitting as the wall of a city shows it on that day."""
    on = wall_time(entry.starts_at, lead_zone).on
    zones = [lead_zone, *(city.time_zone for city in problem.cities)]
    walls = []
    for at in entry.sittings or (entry.starts_at,):
        shown = (wall_time(at, zone) for zone in zones)
        wall: WallTime | None = next((wall for wall in shown if wall.on == on), None)
        if wall is None:
            raise InvalidInput("The sittings of %(name)s are not on one day.", field="names", name=entry.name)
        walls.append(SittingTime(wall.at, wall.time_zone))
    return on, tuple(walls)


def title_of(kind: TrainingKind, host: City) -> str:
    """The title of an event that nobody has named yet."""
    return f"{kind.value.capitalize()}, {host.name}"
