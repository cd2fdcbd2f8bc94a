"""What the cities of a problem must be: known zones and calendars, hours in their order, days to work on.

Not the other parts of a problem (problem_checks.py).
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta

from exchange.errors import InvalidInput
from exchange.planner.files.json_fields import fault
from exchange.planner.problem.problem import MAX_BUSY, PlannedCity, Problem
from exchange.rules.time.holidays import check_calendar
from exchange.rules.time.timezones import is_known_zone


def check_cities(problem: Problem) -> None:
    """Raise InvalidInput, its field the path, for the first city that cannot be planned for."""
    ids = Counter(city.id for city in problem.cities)
    for n, city in enumerate(problem.cities):
        path = f"cities[{n}]"
        if ids[city.id] > 1:
            fault(f"{path}.id", "%(id)s stands twice.", id=city.id)
        _check_city(path, city)
        if _has_no_working_day(problem, city):
            fault(path, "%(city)s has no working day in the whole horizon.", city=city.name)
    if sum(len(city.busy) for city in problem.cities) > MAX_BUSY:
        fault("cities", "more than %(most)s busy intervals together.", most=MAX_BUSY)
    for key, counts in (("past_burden", problem.past_burden), ("past_hosting", problem.past_hosting)):
        check_ids(f"{key}", counts, problem)


def _check_city(path: str, city: PlannedCity) -> None:
    if not is_known_zone(city.time_zone):
        fault(
            f"{path}.time_zone",
            "%(zone)s is not a known time zone. Write it like Europe/Stockholm.",
            zone=city.time_zone,
        )
    _check_holidays(path, city)
    acceptable = city.acceptable or city.core
    for key, (begin, end) in (("core", city.core), ("shoulder", city.shoulder), ("acceptable", acceptable)):
        if end <= begin:
            fault(
                f"{path}.{key}", "%(end)s is not after %(begin)s.", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}"
            )
    if city.core[0] < city.shoulder[0] or city.core[1] > city.shoulder[1]:
        fault(f"{path}.core", "the core must lie within the shoulder hours.")
    if city.core[0] < acceptable[0] or city.core[1] > acceptable[1]:
        fault(f"{path}.acceptable", "the core must lie within the acceptable hours.")
    for n, (first_on, last_on) in enumerate(city.quiet):
        if last_on < first_on:
            fault(f"{path}.quiet[{n}]", "the period ends before it begins.")
    for n, (begins_at, ends_at) in enumerate(city.busy):
        if ends_at <= begins_at:
            fault(f"{path}.busy[{n}]", "the interval ends before it starts.")


def _check_holidays(path: str, city: PlannedCity) -> None:
    if not city.country:
        if city.subdivision or city.categories:
            fault(f"{path}.holidays.country", "give the country of these holidays.")
        return
    try:
        check_calendar(city.country, city.subdivision, city.categories)
    except InvalidInput as error:
        raise InvalidInput(
            "%(path)s: " + error.template, field=f"{path}.holidays.{error.field}", **_named(path, error)
        ) from error


def _named(path: str, error: InvalidInput) -> dict[str, object]:
    return error.values | {"path": f"{path}.holidays.{error.field}"}


def _has_no_working_day(problem: Problem, city: PlannedCity) -> bool:
    weekend = city.days_off
    days = (problem.start_on + timedelta(days=n) for n in range(problem.days))
    return all(
        on.weekday() in weekend or any(first <= on <= last for first, last in city.quiet) for on in days
    )


def check_somebody(path: str, ids: Collection[str]) -> None:
    """Raise InvalidInput when nobody would take part."""
    if not ids:
        fault(path, "nobody takes part: name the cities, or leave this out for all.")


def check_ids(path: str, ids: Iterable[str], problem: Problem) -> None:
    """Raise InvalidInput for the first that is not the id of a city."""
    known = {city.id for city in problem.cities}
    unknown = next((each for each in ids if each not in known), None)
    if unknown is not None:
        fault(path, "%(id)s is not the id of a city.", id=unknown[:40])
