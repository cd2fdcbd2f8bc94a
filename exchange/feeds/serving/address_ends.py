"""When addresses of calendars end by the date alone: with the last membership of the city they are for."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange.models import City, Feed, Membership, Person
from exchange.rules.time.timezones import WallTime, existing, instant


def ends_of_feeds(session: Session) -> dict[int, datetime]:
    """When the feeds end of cities, and of people in cities, whose memberships all have a last day."""
    city_id = func.coalesce(Feed.city_id, Person.city_id)
    last = (
        select(col(Membership.city_id), func.max(Membership.ends_on).label("ends_on"))
        .group_by(col(Membership.city_id))
        .having(func.count(col(Membership.id)) == func.count(col(Membership.ends_on)))
        .subquery()
    )
    found = session.execute(
        sa.select(col(Feed.id), last.c.ends_on, col(City.time_zone))
        .outerjoin_from(Feed, Person, col(Feed.person_id) == col(Person.id))
        .join(last, last.c.city_id == city_id)
        .join(City, col(City.id) == city_id)
    )
    return {
        feed_id: instant(existing(WallTime(ends_on + timedelta(days=1), time(), time_zone)))
        for feed_id, ends_on, time_zone in found
    }
