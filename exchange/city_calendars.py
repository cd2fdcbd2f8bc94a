"""From a city's rows to the calendar value the rules work with. It decides nothing."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.models import City, Membership, MembershipStatus
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.quiet_periods import parse_quiet_period

PLANNED_FOR = (MembershipStatus.LEAD, MembershipStatus.MEMBER)  # partners and observers do not bind dates


def city_calendar(city: City, on: date) -> CityCalendar:
    """The calendar of one city as its membership stands on ``on``; needs its rows loaded."""
    return CityCalendar(
        city_id=city.id or 0,
        city=city.name,
        time_zone=city.time_zone,
        country=city.holidays_country,
        subdivision=city.holidays_subdivision,
        categories=tuple(city.holidays_categories),
        work_starts=city.work_starts_local,
        work_ends=city.work_ends_local,
        quiet=tuple(parse_quiet_period(p.name, p.first, p.last) for p in city.quiet_periods),
        is_lead=city.status_on(on) is MembershipStatus.LEAD,
        language=city.language,
    )


def planning_cities(session: Session, on: date) -> Sequence[City]:
    """Cities that are lead or member on ``on``, by name, with what city_calendar needs loaded."""
    return [city for city in every_city(session) if city.status_on(on) in PLANNED_FOR]


def every_city(session: Session) -> Sequence[City]:
    """All cities, also those that are not in the network, by name, with what city_calendar needs loaded."""
    return session.exec(
        select(City)
        .options(selectinload(City.memberships), selectinload(City.quiet_periods))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(City.name))
    ).all()


def leads_between(city: City, first_on: date, last_on: date) -> bool:
    """Whether the city leads on any of the days, both included; needs its memberships loaded."""
    return any(
        span.status == MembershipStatus.LEAD
        and (span.starts_on is None or span.starts_on <= last_on)
        and (span.ends_on is None or span.ends_on >= first_on)
        for span in city.memberships
    )


def lead_calendars_of(session: Session, on: date) -> list[CityCalendar]:
    """The calendars of the lead cities on ``on``, by name."""
    lead = select(Membership.city_id).where(Membership.status == MembershipStatus.LEAD)
    cities = session.exec(
        select(City)
        .where(col(City.id).in_(lead))
        .options(selectinload(City.memberships), selectinload(City.quiet_periods))  # type: ignore[arg-type]  # as above
        .order_by(col(City.name))
    )
    calendars = [city_calendar(city, on) for city in cities]
    return sorted((one for one in calendars if one.is_lead), key=lambda calendar: calendar.city)


def calendars_of(session: Session, on: date) -> list[CityCalendar]:
    """The calendars of all lead and member cities on ``on``, lead cities first, then by name."""
    return calendars_among(planning_cities(session, on), on)


def calendars_among(cities: Sequence[City], on: date) -> list[CityCalendar]:
    """The calendars of those that lead or are members on ``on``, lead cities first, then by name."""
    calendars = [city_calendar(city, on) for city in cities if city.status_on(on) in PLANNED_FOR]
    return sorted(calendars, key=lambda calendar: (not calendar.is_lead, calendar.city))
