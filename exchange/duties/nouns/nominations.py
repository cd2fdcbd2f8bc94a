"""What coordinators owe about colleagues whom invited people named. Reads only."""

from collections.abc import Iterator

from sqlmodel import Session

from exchange.access.things import thing_about
from exchange.answering.attendance.nominations import waiting_nominations
from exchange.city_calendars import city_calendar
from exchange.duties.listed import Listed, Window
from exchange.rules.access.policy import Right
from exchange.rules.duties.duty import Subject
from exchange.rules.duties.nominations import nomination_duty
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

NOMINATION = "nomination"  # a kind of config/duties.toml


def duties_of_nominations(session: Session, window: Window) -> Iterator[Listed]:
    """One for each who waits, without their name; nothing for a reader who does not plan."""
    if window.reader is not None and not window.reader.standing.plans:
        return
    for named in waiting_nominations(session):
        city = named.invitation.person.city
        named_on = wall_time(named.row.made_at, city.time_zone).on
        duty = nomination_duty(
            named.row.id or 0,
            Subject(named.noun, named.about.id or 0, named.about.title),
            named_on=named_on,
            city=city_calendar(city, named_on),
            marking=Marking(named.about.marking),
        )
        thing = thing_about(named.about)
        yield Listed(duty, NOMINATION, thing, f"/nominations/{named.row.id}", Right.CHANGE)
