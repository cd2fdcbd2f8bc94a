"""Findings about clocks: cities whose difference is not the usual one at the time of a session.

Not the zones themselves: timezones.py knows how far apart they are.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from exchange.rules.findings.finding_types import Finding, Severity, slug
from exchange.rules.time.holidays import CityClock
from exchange.rules.time.timezones import OutOfStep, WallTime, out_of_step, resolve, wall_time

_SAME_SEASON = "%(hours)s-hour week: %(city_a)s %(hours)s hours ahead of %(city_b)s, usually %(usual)s."
_BETWEEN_SEASONS = (
    "%(hours)s-hour week: %(city_a)s %(hours)s hours ahead of %(city_b)s,"
    " %(usual)s before and %(next)s after."
)
_SAME_CLOCK = "Same-hour week: %(city_a)s shows the same time as %(city_b)s, usually %(usual)s hours apart."


def clock_findings(at: datetime, clocks: Sequence[CityClock], *, host_id: int | None) -> list[Finding]:
    """Information on cities whose clocks are out of step with each other at ``at``.

    Every city is compared with the host, else with the first lead city, and those that stand alike
    share a finding; the other lead cities are compared with each other.
    """
    reference = _reference(clocks, host_id)
    if reference is None:
        return []
    others = sorted((c for c in clocks if c is not reference), key=lambda c: not c.is_lead)
    groups: dict[OutOfStep, list[CityClock]] = {}
    for other in others:
        odd = out_of_step(reference.time_zone, other.time_zone, at)
        if odd:
            groups.setdefault(odd, []).append(other)
    found = [_finding(reference, cities, at, odd) for odd, cities in groups.items()]
    return found + list(_lead_pairs([c for c in others if c.is_lead], at))


def repeated_time(wall: WallTime) -> list[Finding]:
    """Says of a wall time that comes twice, on the night clocks go back, that the first is meant."""
    if not resolve(wall).is_repeated:
        return []
    return [
        Finding(
            Severity.INFORM,
            f"repeated:{slug(wall.time_zone)}:{wall.on.isoformat()}",
            "%(time)s comes twice in %(time_zone)s on %(on)s, when clocks go back: the first is meant.",
            {"time": f"{wall.at:%H:%M}", "time_zone": wall.time_zone, "on": wall.on},
        )
    ]


def _reference(clocks: Sequence[CityClock], host_id: int | None) -> CityClock | None:
    host = (clock for clock in clocks if clock.city_id == host_id)
    lead = (clock for clock in clocks if clock.is_lead)
    return next(host, None) or next(lead, None)


def _lead_pairs(leads: Sequence[CityClock], at: datetime) -> Iterator[Finding]:
    for a, b in combinations(leads, 2):
        odd = out_of_step(a.time_zone, b.time_zone, at)
        if odd:
            yield _finding(a, [b], at, odd)


def _finding(a: CityClock, others: list[CityClock], at: datetime, odd: OutOfStep) -> Finding:
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
