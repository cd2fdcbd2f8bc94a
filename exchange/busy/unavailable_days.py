"""Days on which a city cannot, written by its own people: given, listed, taken back. They count as busy.

For cities that may not publish a calendar. Not quiet periods, which come every year and are a wish.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import InvalidInput, NotFound
from exchange.models import City, Person, UnavailableDays
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

SPANS_MAX = 100  # of one city; more is a sign of a mistake
DAYS_MAX = 366  # of one span
AHEAD_MAX = timedelta(days=3 * 366)  # nobody plans further


@dataclass(frozen=True)
class SpanDraft:
    """What was typed: a city, and its first and last day off."""

    city_id: int
    first_on: date
    last_on: date


def cities_that_may_write(session: Session, standing: Standing) -> Sequence[City]:
    """The cities for which somebody may write such days, by name."""
    found = session.exec(select(City).order_by(col(City.name))).all()
    return [city for city in found if may(standing, Right.CHANGE, _thing(city.id))]


def spans_known_to(session: Session, standing: Standing, now: datetime) -> list[UnavailableDays]:
    """The days that somebody may see and that are not over on the city's wall, by city and day."""
    found = session.exec(
        select(UnavailableDays)
        .join(City)
        .options(joinedload(UnavailableDays.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(City.name), col(UnavailableDays.first_on), col(UnavailableDays.last_on))
    ).all()
    return [
        one
        for one in found
        if may(standing, Right.READ, _thing(one.city_id))
        and one.last_on >= wall_time(now, one.city.time_zone).on
    ]


def span_to_remove(session: Session, span_id: int, standing: Standing) -> UnavailableDays:
    """One span that somebody may take back. Raises NotFound, for those of others too."""
    found = session.get(UnavailableDays, span_id)
    if found is None or not may(standing, Right.CHANGE, _thing(found.city_id)):
        raise NotFound("These days are not here any more, or they are not your city's.")
    return found


def write_days(
    session: Session, draft: SpanDraft, *, standing: Standing, actor: Person, now: datetime
) -> UnavailableDays:
    """Keep days on which a city cannot. Raises InvalidInput at the field, NotFound for a city of others."""
    city = session.get(City, draft.city_id)
    if city is None or not may(standing, Right.CHANGE, _thing(city.id)):
        raise NotFound("There is no such city, or you do not answer for it.")
    _check(session, draft, wall_time(now, city.time_zone).on)
    span = UnavailableDays(
        city_id=draft.city_id, first_on=draft.first_on, last_on=draft.last_on, given_at=now
    )
    session.add(span)
    session.flush()
    _record(session, span, "write unavailable days", actor=actor, now=now, after=_facts(span))
    return span


def remove_days(session: Session, span: UnavailableDays, *, actor: Person, now: datetime) -> None:
    """Take them back."""
    _record(session, span, "remove unavailable days", actor=actor, now=now, before=_facts(span))
    session.delete(span)
    session.flush()


def _check(session: Session, draft: SpanDraft, today: date) -> None:
    if draft.last_on < draft.first_on:
        raise InvalidInput("The last day is before the first.", field="last_on")
    if draft.last_on < today:
        raise InvalidInput("These days are over already.", field="last_on")
    if (draft.last_on - draft.first_on).days >= DAYS_MAX:
        raise InvalidInput("At most %(most)s days at once.", field="last_on", most=DAYS_MAX)
    if draft.last_on > today + AHEAD_MAX:
        raise InvalidInput("This is too far ahead: nobody plans for more than three years.", field="last_on")
    known = session.exec(select(UnavailableDays).where(UnavailableDays.city_id == draft.city_id)).all()
    if any(_covers(one, draft) for one in known):
        raise InvalidInput("These days are written down already.", field="first_on")
    if len(_not_over(known, today)) >= SPANS_MAX:
        raise InvalidInput(
            "There are %(most)s entries already. Remove one first.", field="first_on", most=SPANS_MAX
        )


def _covers(one: UnavailableDays, draft: SpanDraft) -> bool:
    return one.first_on <= draft.first_on and draft.last_on <= one.last_on


def _not_over(spans: Iterable[UnavailableDays], today: date) -> list[UnavailableDays]:
    return [one for one in spans if one.last_on >= today]


def _thing(city_id: int | None) -> Thing:
    """A city's busy times, whichever way they came here."""
    return Thing(Kind.BUSY_CALENDAR, Marking.GREEN, lead_city=city_id)


def _facts(span: UnavailableDays) -> dict[str, object]:
    return {"city": span.city_id, "first day": span.first_on, "last day": span.last_on}


def _record(
    session: Session,
    span: UnavailableDays,
    action: str,
    *,
    actor: Person,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    subject = f"unavailable days:{span.id}"
    audit.record(session, actor=actor, action=action, subject=subject, before=before, after=after, now=now)
