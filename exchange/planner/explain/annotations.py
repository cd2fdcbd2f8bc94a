"""What is to be known about an entry: holidays it meets, warnings, and clocks that are out of step.

Not why it stands where it stands (reasons.py).
"""

from collections.abc import Iterator
from datetime import date

from exchange.planner.model.assignment import Placement
from exchange.planner.model.candidates import Candidates
from exchange.planner.plan import Entry
from exchange.planner.problem.day_restrictions import CityDays, calendar_of
from exchange.planner.problem.event_counts import seasons_without_weeks, training_count
from exchange.planner.problem.problem import PlannedCity, hours_of
from exchange.planner.search.plan_from_assignment import attended
from exchange.rules.findings.clock_findings import clock_findings
from exchange.rules.sentences import Sentence


def notes_of(candidates: Candidates, placement: Placement, entry: Entry) -> Iterator[Sentence]:
    """Blocks that a held entry breaks, clashes, warnings, hours outside, then clocks out of step."""
    for city_id in entry.local:
        days = candidates.city_days[city_id]
        for on in _local_dates(candidates, placement, city_id):
            for found in (days.blocked, days.clashes, days.unwelcome):
                if on in found:
                    yield found[on]
        if _is_busy(days, placement):
            yield Sentence("%(city)s is busy at this hour.", {"city": days.city.name})
        yield from _outside(candidates, placement, days.city)
    yield from _out_of_step(candidates, entry)


def notes_of_counts(candidates: Candidates) -> Iterator[Sentence]:
    """Where a plan has another number of events than was asked for, and why."""
    asked, planned = training_count(candidates.asked), training_count(candidates.problem)
    if asked != planned:
        yield Sentence(
            "What is published leaves room for %(planned)s training events in all, not for %(asked)s.",
            {"planned": planned, "asked": asked},
        )
    for kind, year in seasons_without_weeks(candidates.problem):
        yield Sentence(
            "The year %(year)s has no week %(week)s, so the season of %(kind)s is skipped in it.",
            {"year": str(year), "week": kind.weeks[0] if kind.weeks else 0, "kind": kind.name},
        )


def _local_dates(candidates: Candidates, placement: Placement, city_id: str) -> list[date]:
    """The dates that the event touches on the city's wall, over all sittings."""
    group = candidates.clocks.groups[candidates.clocks.group_of[city_id]]
    on = candidates.clocks.day(placement.cell.day)
    deltas = {
        minute // 1440
        for start in placement.hours
        for begin, end in candidates.clocks.spans(
            group, placement.cell.day, start, placement.cell.event.minutes
        )
        for minute in (begin, end - 1)
    }
    return [date.fromordinal(on.toordinal() + delta) for delta in sorted(deltas)]


def _outside(candidates: Candidates, placement: Placement, city: PlannedCity) -> Iterator[Sentence]:
    """Whether the city is asked at an hour that is not acceptable to it."""
    _, sitting = attended(candidates, placement, city)
    slot = candidates.clocks.slot_at[placement.hours[sitting]]
    cell = placement.cell
    if city.acceptable and candidates.acceptable.outside(city, cell.day, cell.event.minutes) >> slot & 1:
        yield Sentence(
            "It does not lie between %(first)s and %(last)s in %(city)s.",
            {"city": city.name, **hours_of(city.acceptable)},
        )


def _is_busy(days: CityDays, placement: Placement) -> bool:
    minutes = placement.cell.event.minutes
    starts = [1440 * placement.cell.day + start for start in placement.hours]
    return any(span.begin < start + minutes and start < span.end for span in days.busy for start in starts)


def _out_of_step(candidates: Candidates, entry: Entry) -> Iterator[Sentence]:
    cities = [city for city in candidates.problem.cities if city.id in entry.local]
    calendars = [calendar_of(city, n) for n, city in enumerate(cities)]
    host = next((n for n, city in enumerate(cities) if city.id == entry.host), None)
    for finding in clock_findings(entry.starts_at, calendars, host_id=host):
        yield Sentence(finding.template, finding.values)
