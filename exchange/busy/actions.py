"""Giving, changing and removing the address of a busy calendar, and asking for a look."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange import audit
from exchange.busy.encryption import seal
from exchange.busy.fetching.fetch_messages import Source
from exchange.busy.fetching.url_safety import checked_url, host_of
from exchange.errors import Conflict, InvalidInput
from exchange.models import BusyCalendar, Person
from exchange.rules.plain_text import is_one_line
from exchange.settings import Settings

CALENDARS_MAX = 5  # of one city or person; more is a sign of a mistake
USER_MAX = 200  # characters

_INTERVALS = SQLModel.metadata.tables["busy_interval"]


def give_calendar(
    session: Session,
    source: Source,
    *,
    city_id: int | None,
    person_id: int | None,
    settings: Settings,
    actor: Person,
    now: datetime,
) -> BusyCalendar:
    """A new busy calendar of a city or a person, due at once. Raises InvalidInput at "url"."""
    source = _checked(source, settings)
    _refuse_too_many(session, city_id, person_id)
    calendar = BusyCalendar(
        city_id=city_id,
        person_id=person_id,
        kind=source.kind,
        host=host_of(source.url),
        sealed=seal(source, settings),
        given_at=now,
        due_at=now,
    )
    session.add(calendar)
    session.flush()
    _record(session, calendar, "give busy calendar", actor=actor, now=now, after=_facts(calendar))
    return calendar


def change_calendar(
    session: Session,
    calendar: BusyCalendar,
    source: Source,
    *,
    settings: Settings,
    actor: Person,
    now: datetime,
) -> None:
    """Another address for a calendar, due at once; the last good copy stays until the first good look."""
    source = _checked(source, settings)
    before = _facts(calendar)
    calendar.kind, calendar.host = source.kind, host_of(source.url)
    calendar.sealed = seal(source, settings)
    calendar.given_at = now
    calendar.etag = calendar.last_modified = ""
    calendar.failures, calendar.problem, calendar.problem_values = 0, "", {}
    _make_due(calendar, now)
    session.flush()
    _record(
        session,
        calendar,
        "change busy calendar",
        actor=actor,
        now=now,
        before=before,
        after=_facts(calendar),
    )


def remove_calendar(session: Session, calendar: BusyCalendar, *, actor: Person | None, now: datetime) -> None:
    """Forget the address and all that was read there."""
    facts = _facts(calendar)
    _record(session, calendar, "remove busy calendar", actor=actor, now=now, before=facts)
    intervals = delete(_INTERVALS).where(_INTERVALS.c.calendar_id == calendar.id)
    session.connection().execute(intervals)
    session.delete(calendar)
    session.flush()


def forget_those_of_who_left(session: Session, now: datetime) -> int:
    """Remove the calendars of people who left the network; how many. Nobody needs them any more."""
    found = session.exec(left_behind().with_for_update()).all()
    for calendar in found:
        remove_calendar(session, calendar, actor=None, now=now)
    return len(found)


def left_behind() -> SelectOfScalar[BusyCalendar]:
    """The calendars of people who left."""
    gone = select(Person.id).where(col(Person.is_active).is_(False))
    return select(BusyCalendar).where(col(BusyCalendar.person_id).in_(gone)).order_by(col(BusyCalendar.id))


def look_now(session: Session, calendar: BusyCalendar, *, actor: Person, now: datetime) -> None:
    """Make the calendar due at the next tick. Raises Conflict while it is being looked at."""
    if calendar.claimed_at is not None and calendar.due_at <= now:
        raise Conflict("We are looking at this calendar just now. Load the page again in a minute.")
    calendar.due_at = now
    session.flush()
    _record(session, calendar, "look at busy calendar", actor=actor, now=now, after={"due": now})


def _make_due(calendar: BusyCalendar, now: datetime) -> None:
    """Due at once; a look at the old address that is on its way finds its claim gone and leaves no trace."""
    calendar.due_at = now
    calendar.claimed_at, calendar.claimed_by = None, ""


def _checked(source: Source, settings: Settings) -> Source:
    for field, text in (("user", source.user), ("password", source.password)):
        if len(text) > USER_MAX or not is_one_line(text):
            raise InvalidInput(
                "At most %(most)s characters, none of them control characters.", field=field, most=USER_MAX
            )
    if ":" in source.user:
        raise InvalidInput("A user name with a colon cannot be sent.", field="user")
    if source.password and not source.user:
        raise InvalidInput("A password goes with a user.", field="user")
    url = checked_url(source.url, allow_http=settings.busy_allow_private)
    return Source(source.kind, url, source.user, source.password)


def _refuse_too_many(session: Session, city_id: int | None, person_id: int | None) -> None:
    count = session.exec(
        select(func.count())
        .select_from(BusyCalendar)
        .where(col(BusyCalendar.city_id) == city_id if city_id else col(BusyCalendar.person_id) == person_id)
    ).one()
    if count >= CALENDARS_MAX:
        raise InvalidInput(
            "There are %(most)s calendars already. Remove one first.", field="owner", most=CALENDARS_MAX
        )


def _facts(calendar: BusyCalendar) -> dict[str, object]:
    """What the trail keeps: never the address."""
    return {
        "city": calendar.city_id,
        "person": calendar.person_id,
        "kind": str(calendar.kind),
        "server": calendar.host,
    }


def _record(
    session: Session,
    calendar: BusyCalendar,
    action: str,
    *,
    actor: Person | None,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    subject = f"busy calendar:{calendar.id}"
    audit.record(session, actor=actor, action=action, subject=subject, before=before, after=after, now=now)
