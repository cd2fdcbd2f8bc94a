"""When cities and their people are busy, by the calendars they gave: for forms, and for the planner.

It reads; exchange.busy fetches. It stands below the capabilities, because several of them ask.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from exchange.models import BusyCalendar, BusyInterval, City, GroupMember, Person, UnavailableDays
from exchange.rules.findings.busy import BusyTime, Interval, Place, busy_findings
from exchange.rules.findings.finding_types import Finding
from exchange.rules.time.timezones import WallTime, day_begins, instant

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Company:
    """Who comes together: the host, the cities invited, and the expert groups."""

    host_id: int | None
    city_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()

    @property
    def all_city_ids(self) -> frozenset[int]:
        """The cities invited and the host."""
        return self.city_ids | ({self.host_id} if self.host_id is not None else frozenset())


def busy_intervals(
    session: Session, city_ids: Collection[int], from_at: datetime, to_at: datetime
) -> list[BusyTime]:
    """When the cities are busy, between two instants (UTC), by beginning.

    By calendars of their own, and by the days of which they wrote that they cannot. Intervals reach over
    the edges as they are and may overlap. People's calendars are not among them: see busy_people.
    """
    rows = session.exec(
        select(
            col(BusyCalendar.city_id),
            col(BusyInterval.starts_at),
            col(BusyInterval.ends_at),
            col(BusyInterval.is_tentative),
        )
        .join(BusyCalendar)
        .where(
            col(BusyCalendar.city_id).in_(city_ids),
            col(BusyInterval.starts_at) < to_at,
            col(BusyInterval.ends_at) > from_at,
        )
        .order_by(col(BusyInterval.starts_at), col(BusyCalendar.id))
    )
    by_calendar = [
        BusyTime(city_id or 0, starts_at, ends_at, is_tentative=is_tentative)
        for city_id, starts_at, ends_at, is_tentative in rows
    ]
    written = _unavailable(session, city_ids, from_at, to_at)
    return sorted([*by_calendar, *written], key=lambda one: one.starts_at) if written else by_calendar


def _unavailable(
    session: Session, city_ids: Collection[int], from_at: datetime, to_at: datetime
) -> list[BusyTime]:
    """Unavailable days from midnight to midnight on the city's wall."""
    rows = session.exec(
        select(
            col(City.id),
            col(City.time_zone),
            col(UnavailableDays.first_on),
            col(UnavailableDays.last_on),
        )
        .join(UnavailableDays, col(UnavailableDays.city_id) == col(City.id))
        .where(
            col(City.id).in_(city_ids),
            col(UnavailableDays.first_on) <= to_at.date() + _DAY,
            col(UnavailableDays.last_on) >= from_at.date() - _DAY,
        )
    )
    found = [
        BusyTime(city_id or 0, day_begins(first_on, time_zone), day_begins(last_on + _DAY, time_zone))
        for city_id, time_zone, first_on, last_on in rows
    ]
    return [one for one in found if one.starts_at < to_at and one.ends_at > from_at]


def busy_people(session: Session, company: Company, from_at: datetime, to_at: datetime) -> list[BusyTime]:
    """When active people of the cities or of the groups are surely busy, between two instants (UTC)."""
    seated = select(GroupMember.person_id).where(col(GroupMember.group_id).in_(company.group_ids))
    rows = session.exec(
        select(Person.city_id, BusyInterval.starts_at, BusyInterval.ends_at, Person.id)
        .join(BusyCalendar, col(BusyCalendar.id) == col(BusyInterval.calendar_id))
        .join(Person, col(Person.id) == col(BusyCalendar.person_id))
        .where(
            col(Person.is_active),
            col(BusyInterval.is_tentative).is_(False),
            or_(col(Person.city_id).in_(company.all_city_ids), col(Person.id).in_(seated)),
            col(BusyInterval.starts_at) < to_at,
            col(BusyInterval.ends_at) > from_at,
        )
        .order_by(col(BusyInterval.starts_at), col(Person.id))
    )
    return [BusyTime(city_id, starts_at, ends_at, who) for city_id, starts_at, ends_at, who in rows]


def clashes(
    session: Session,
    meetings: Iterable[tuple[WallTime, int]],
    company: Company,
) -> list[Finding]:
    """What busy calendars say against meetings (wall time, minutes), in four statements at most."""
    spans = [_span(wall, minutes) for wall, minutes in meetings]
    if not spans:
        return []
    from_at, to_at = min(s.starts_at for s in spans), max(s.ends_at for s in spans)
    busy = [
        *busy_intervals(session, company.all_city_ids, from_at, to_at),
        *busy_people(session, company, from_at, to_at),
    ]
    places = _places(session, {one.city_id for one in busy})
    return [
        finding
        for span in spans
        for finding in busy_findings(
            span, busy, places, host_id=company.host_id, invited_ids=company.city_ids
        )
    ]


def _places(session: Session, city_ids: Collection[int]) -> list[Place]:
    if not city_ids:
        return []
    rows = session.exec(
        select(City.id, City.name, City.time_zone).where(col(City.id).in_(city_ids)).order_by(col(City.name))
    )
    return [Place(city_id or 0, name, time_zone) for city_id, name, time_zone in rows]


def _span(wall: WallTime, minutes: int) -> Interval:
    starts_at = instant(wall)
    return Interval(starts_at, starts_at + timedelta(minutes=minutes))
