"""Findings about clocks: cities whose difference is not the usual one at the time of a session.

Not the zones themselves: timezones.py knows how far apart they are.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from exchange.rules.finding import Finding, Severity, slug
from exchange.rules.holidays import CityCalendar
from exchange.rules.timezones import OutOfStep, out_of_step, wall_time

_SAME_SEASON = "%(hours)s-hour week: %(city_a)s %(hours)s hours ahead of %(city_b)s, usually %(usual)s."
_BETWEEN_SEASONS = (
    "%(hours)s-hour week: %(city_a)s %(hours)s hours ahead of %(city_b)s,"
    " %(usual)s before and %(next)s after."
)
_SAME_CLOCK = "Same-hour week: %(city_a)s shows the same time as %(city_b)s, usually %(usual)s hours apart."


def clock_findings(at: datetime, calendars: Sequence[CityCalendar], *, host_id: int | None) -> list[Finding]:
    """Information on cities whose clocks are out of step with each other at ``at``.

    Every city is compared with the host, else with the first lead city, and those that stand alike
    share a finding; the other lead cities are compared with each other.
    """
    reference = _reference(calendars, host_id)
    if reference is None:
        return []
    others = sorted((c for c in calendars if c is not reference), key=lambda c: not c.is_lead)
    groups: dict[OutOfStep, list[CityCalendar]] = {}
    for other in others:
        odd = out_of_step(reference.time_zone, other.time_zone, at)
        if odd:
            groups.setdefault(odd, []).append(other)
    found = [_finding(reference, cities, at, odd) for odd, cities in groups.items()]
    return found + list(_lead_pairs([c for c in others if c.is_lead], at))


def _reference(calendars: Sequence[CityCalendar], host_id: int | None) -> CityCalendar | None:
    host = (calendar for calendar in calendars if calendar.city_id == host_id)
    lead = (calendar for calendar in calendars if calendar.is_lead)
    return next(host, None) or next(lead, None)


def _lead_pairs(leads: Sequence[CityCalendar], at: datetime) -> Iterator[Finding]:
    for a, b in combinations(leads, 2):
        odd = out_of_step(a.time_zone, b.time_zone, at)
        if odd:
            yield _finding(a, [b], at, odd)


def _finding(a: CityCalendar, others: list[CityCalendar], at: datetime, odd: OutOfStep) -> Finding:
    names = ", ".join(city.city for city in others)
    is_ahead = odd.hours > 0
    sign = 1 if is_ahead or odd.hours == 0 else -1
    on = wall_time(at, a.time_zone).on
    return Finding(
        Severity.INFORM,
        f"out-of-step:{slug(a.city)}:{slug(others[0].city)}:{on.isoformat()}",
        _template(odd),
        {
            "hours": _hours(sign * odd.hours),
            "city_a": a.city if is_ahead else names,
            "city_b": names if is_ahead else a.city,
            "usual": _hours(sign * odd.usual_hours if odd.hours else abs(odd.usual_hours)),
            "next": _hours(sign * odd.next_hours),
        },
    )


def _template(odd: OutOfStep) -> str:
    if odd.hours == 0:
        return _SAME_CLOCK
    return _SAME_SEASON if odd.usual_hours == odd.next_hours else _BETWEEN_SEASONS


def _hours(hours: float) -> str:
    return f"{hours:g}"
