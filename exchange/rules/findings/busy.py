"""Busy times: intervals put together, what they say against a meeting, and when to look again.

Not where they come from: it knows no calendars and no addresses, and no titles.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exchange.rules.findings.finding_types import Finding, Severity, slug
from exchange.rules.sentences import Value
from exchange.rules.time.timezones import wall_time

FIRST_WAIT = timedelta(minutes=15)  # after one look that went wrong; most faults are short
LONGEST_WAIT = timedelta(days=1)  # however long it has gone wrong, so that it heals by itself


@dataclass(frozen=True)
class Interval:
    """A stretch of time, both instants in UTC; the end is not part of it."""

    starts_at: datetime
    ends_at: datetime
    is_tentative: bool = False


@dataclass(frozen=True)
class BusyTime:
    """When a city is busy, or with ``person_id`` one of its people; ``is_tentative`` while it is not sure."""

    city_id: int
    starts_at: datetime
    ends_at: datetime
    person_id: int | None = None
    is_tentative: bool = False


@dataclass(frozen=True)
class Place:
    """A city as a finding names it."""

    city_id: int
    city: str
    time_zone: str


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in as few intervals as can be, by their beginning; empty ones are left out.

    Time that is taken for certain is not tentative as well.
    """
    given = list(intervals)
    firm = _joined(one for one in given if not one.is_tentative)
    tentative = _joined(one for one in given if one.is_tentative)
    if not tentative:
        return firm
    return sorted([*firm, *_without(tentative, firm)], key=lambda each: each.starts_at)


def _without(intervals: Sequence[Interval], taken: Sequence[Interval]) -> Iterator[Interval]:
    """What is left of intervals beside those taken; both in order and joined."""
    first = 0
    for one in intervals:
        while first < len(taken) and taken[first].ends_at <= one.starts_at:
            first += 1
        begins = one.starts_at
        for other in taken[first:]:
            if other.starts_at >= one.ends_at:
                break
            if begins < other.starts_at:
                yield replace(one, starts_at=begins, ends_at=other.starts_at)
            begins = other.ends_at
        if begins < one.ends_at:
            yield replace(one, starts_at=begins)


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for one in sorted(intervals, key=lambda each: (each.starts_at, each.ends_at)):
        if one.ends_at <= one.starts_at:
            continue
        if found and one.starts_at <= found[-1].ends_at:
            last = found[-1]
            found[-1] = replace(last, ends_at=max(last.ends_at, one.ends_at))
        else:
            found.append(one)
    return found


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many looks in a row that went wrong: twice as long each time, to a day."""
    doublings = min(max(failures, 1) - 1, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def busy_findings(
    span: Interval,
    busy: Iterable[BusyTime],
    places: Iterable[Place],
    *,
    host_id: int | None,
    invited_ids: Collection[int],
) -> list[Finding]:
    """What the busy times say against a meeting: a warning for its host, else information.

    Cities that are neither host nor among ``invited_ids`` are left out; people are counted by their city,
    whoever may be invited with them, and never told apart. What is tentative informs of cities, and counts
    for no person.
    """
    clashes = [one for one in busy if one.starts_at < span.ends_at and one.ends_at > span.starts_at]
    found = []
    for place in places:
        of_city = [one for one in clashes if one.city_id == place.city_id]
        hours = merged(
            Interval(one.starts_at, one.ends_at, one.is_tentative) for one in of_city if one.person_id is None
        )
        is_host = place.city_id == host_id
        if hours and (is_host or place.city_id in invited_ids):
            found.append(_of_city(place, hours, span, is_host))
        people = {one.person_id for one in of_city if one.person_id is not None and not one.is_tentative}
        if people:
            found.append(_of_people(place, len(people), span))
    return found


def _of_city(place: Place, hours: Sequence[Interval], span: Interval, is_host: bool) -> Finding:
    firm = [one for one in hours if not one.is_tentative]
    counted = firm or hours
    first = wall_time(counted[0].starts_at, place.time_zone)
    last = wall_time(counted[-1].ends_at, place.time_zone)
    sure = "%(city)s is busy by its own calendar from %(from_on)s, %(from_at)s to %(to_on)s, %(to_at)s there."
    unsure = "%(city)s may be busy (not sure) from %(from_on)s, %(from_at)s to %(to_on)s, %(to_at)s there."
    return Finding(
        Severity.WARN if is_host and firm else Severity.INFORM,
        f"busy:{slug(place.city)}:{span.starts_at:%Y-%m-%dT%H%M}Z",
        sure if firm else unsure,
        {
            "city": place.city,
            "from_on": first.on,
            "from_at": f"{first.at:%H:%M}",
            "to_on": last.on,
            "to_at": f"{last.at:%H:%M}",
        },
    )


def _of_people(place: Place, count: int, span: Interval) -> Finding:
    here = wall_time(span.starts_at, place.time_zone)
    about: dict[str, Value] = {"city": place.city, "on": here.on, "at": f"{here.at:%H:%M}"}
    key = f"busy-people:{slug(place.city)}:{span.starts_at:%Y-%m-%dT%H%M}Z"
    if count == 1:
        one = "A person of %(city)s is busy during the meeting of %(on)s, %(at)s there."
        return Finding(Severity.INFORM, key, one, about)
    more = "%(count)s people of %(city)s are busy during the meeting of %(on)s, %(at)s there."
    return Finding(Severity.INFORM, key, more, about | {"count": count})
