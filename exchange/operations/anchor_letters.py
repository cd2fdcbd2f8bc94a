"""The letter that tells each auditor once a month how the audit trail stands: an anchor in other hands.

It looks at no page and sends nothing: the outbox does.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.audit.anchors import Anchor
from exchange.city_calendars import city_calendar
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.writing.template_rendering import written
from exchange.mail.writing.words import wording
from exchange.models import City, Letter, Person, PersonRole, Role
from exchange.rules.letters.due_times import SEND_AT
from exchange.rules.time.holidays import working_day_on_or_after
from exchange.rules.time.timezones import WallTime, instant, wall_time
from exchange.settings import Settings

KIND = "audit anchor"
FOLDER = "audit_anchor"


def auditors_to_tell(session: Session, now: datetime) -> list[Person]:
    """The auditors who have no letter of this month (UTC) yet, with their cities."""
    to_city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    auditors = session.exec(
        select(Person)
        .join(PersonRole)
        .where(PersonRole.role == Role.AUDITOR, col(Person.is_active))
        .options(
            to_city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            to_city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    ).all()
    keys = {_key(person, now) for person in auditors}
    told = set(session.exec(select(Letter.once_key).where(col(Letter.once_key).in_(keys))))
    return [person for person in auditors if _key(person, now) not in told]


def queue_anchor_letters(session: Session, anchor: Anchor, *, settings: Settings, now: datetime) -> int:
    """Queue the month's letter for each auditor who has none, for their next working morning; how many."""
    queued = 0
    for person in auditors_to_tell(session, now):
        letter = queue(
            session,
            _letter(person, anchor, settings),
            to=person,
            once_key=_key(person, now),
            kind=KIND,
            why="Once a month: how the audit trail stands.",
            due_at=_next_morning(person, now),
            now=now,
        )
        queued += letter is not None
    return queued


def _letter(person: Person, anchor: Anchor, settings: Settings) -> ComposedLetter:
    words = wording(person.language)
    on = wall_time(anchor.at, person.city.time_zone).on
    facts: dict[str, object] = {
        "label": "",
        "name": person.name,
        "day": words.long_day(on),
        "day_short": words.short_day(on),
        "count": anchor.count,
        "anchor": str(anchor),
        "link": f"{settings.base_url.rstrip('/')}/audit",
    }
    return written(FOLDER, facts, words, settings)


def _next_morning(person: Person, now: datetime) -> datetime:
    """The next 09:00 of a working day on the reader's wall."""
    zone = person.city.time_zone
    local = wall_time(now, zone)
    calendar = city_calendar(person.city, local.on)
    on = local.on if local.at <= SEND_AT else local.on + timedelta(days=1)
    return instant(WallTime(working_day_on_or_after(calendar, on), SEND_AT, zone))


def _key(person: Person, now: datetime) -> str:
    return f"{KIND}:{person.id}:{now.astimezone(UTC):%Y-%m}"
