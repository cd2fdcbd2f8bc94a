"""What coordinators owe about colleagues whom invited people named. Reads only."""

from collections.abc import Iterator

from sqlmodel import Session

from exchange.answering.attendance.nominations import waiting_nominations
from exchange.city_calendars import city_calendar
from exchange.rules.access.standing import Standing
from exchange.rules.duties.duty import Duty, Subject
from exchange.rules.duties.nominations import nomination_duty
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time


def nominations_owed(session: Session, standing: Standing) -> Iterator[Duty]:
    """One duty for each who waits, without their name; nothing for who does not plan."""
    for named in waiting_nominations(session, standing) if standing.plans else ():
        city = named.invitation.person.city
        named_on = wall_time(named.row.made_at, city.time_zone).on
        yield nomination_duty(
            named.row.id or 0,
            Subject(named.noun, named.about.id or 0, named.about.title),
            named_on=named_on,
            city=city_calendar(city, named_on),
            marking=Marking(named.about.marking),
        )
