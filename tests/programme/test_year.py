"""A year made of a reader's entries: those around the year alone make the same one as all of them."""

from datetime import date, time

import pytest
from sqlmodel import Session

from exchange.db import Database
from exchange.duties.configured import stage_plan_of
from exchange.feeds.content.entries import PUBLIC, Audience
from exchange.feeds.content.queries import entries_for
from exchange.models import MembershipStatus
from exchange.programme.queries import year_for
from exchange.rules.access.rings import Ring
from exchange.settings import Settings
from tests.factories import make_city, make_cycle, make_training


def _city_id(session: Session) -> int:
    """A programme on both sides of two New Years, on walls that have not the same date."""
    auckland = make_city(session, "Auckland", time_zone="Pacific/Auckland", status=MembershipStatus.LEAD)
    london = make_city(session, "London", status=MembershipStatus.LEAD)
    for starts_on in (date(2026, 11, 16), date(2027, 1, 11), date(2027, 12, 13), date(2028, 6, 5)):
        make_cycle(session, lead_city=auckland, cities=[london], starts_on=starts_on)
    for on in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1)):
        for marking in ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"):
            make_training(session, host_city=auckland, cities=[london], on_local=on, marking=marking)
            make_training(
                session, host_city=london, on_local=on, starts_local=time(23), marking=marking, minutes=30
            )
    return london.id or 0


@pytest.mark.parametrize("number", [2026, 2027, 2028, 2030])
@pytest.mark.parametrize("zone", [None, "Europe/London", "Pacific/Auckland", "America/Vancouver"])
def test_entries_around_a_year_make_the_same_year(
    database: Database, settings: Settings, number: int, zone: str | None
) -> None:
    plan = stage_plan_of(settings)
    around = date(number, 1, 1), date(number, 12, 31)
    with database.transaction() as session:
        city_id = _city_id(session)
    audience = Audience(Ring.CITY, city_id=city_id, time_zone=zone) if zone else PUBLIC
    with database.reading() as session:
        years = [
            year_for(
                session,
                number,
                entries_for(session, audience, around=asked),
                plan=plan,
                link=lambda kind, row: f"{kind}-{row}",
            )
            for asked in (None, around)
        ]
    assert years[0] == years[1]
    assert years[0].is_empty == (number == 2030)
