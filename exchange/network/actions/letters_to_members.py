"""Letters that a change of the network calls for: to somebody new, and to the people of a city that leaves.

Each goes in its reader's working hours, once for each deed.
"""

from datetime import datetime

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.city_calendars import city_calendar
from exchange.mail.outbox.letter_queue import FAREWELL, WELCOME, queue
from exchange.mail.outbox.withdrawals import withdraw_farewells, withdraw_unsent
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.member_letters import Leaving, farewell_letter, welcome_letter
from exchange.models import AuditEntry, City, Letter, LetterState, Person
from exchange.rules.letters.reminders import Reader
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings


def was_welcomed(session: Session, person: Person) -> bool:
    """Whether a first letter to the person went out or waits."""
    has_letter = (Letter.once_key == _welcome(person)) & (Letter.state != LetterState.WITHDRAWN)
    return session.exec(select(Letter.id).where(has_letter)).first() is not None


def welcome(session: Session, person: Person, *, settings: Settings, now: datetime) -> bool:
    """Queue the first letter to somebody who was entered, once; whether it was.

    None goes to who is not active, nor to an address that takes no letters.
    """
    return person.is_active and _welcomed(session, person, settings, now)


def welcome_anew(session: Session, person: Person, *, settings: Settings, now: datetime) -> bool:
    """Write a first letter that waits as it reads after a change of them or their seats; whether it was.

    One that is on its way or has gone stays as it is, and so does one to somebody who left.
    """
    if not person.is_active or not withdraw_unsent(session, _welcome(person), "It was written anew."):
        return False
    return _welcomed(session, person, settings, now)


def welcome_by_hand(
    session: Session, person: Person, *, actor: Person, settings: Settings, now: datetime
) -> bool:
    """The same at somebody's word, which the trail keeps where a letter was queued."""
    is_queued = welcome(session, person, settings=settings, now=now)
    if is_queued:
        subject = f"person:{person.id}"
        audit.record(session, actor=actor, action="send first letter", subject=subject, now=now)
    return is_queued


def _welcomed(session: Session, person: Person, settings: Settings, now: datetime) -> bool:
    letter = queue(
        session,
        welcome_letter(session, person, settings).written(settings, load_wordings(session)),
        to=person,
        once_key=_welcome(person),
        kind=WELCOME,
        why="They were entered as somebody new.",
        due_at=soonest(_reader(person, now), now),
        now=now,
    )
    return letter is not None


def tell_that_city_leaves(
    session: Session, city: City, leaving: Leaving, entry: AuditEntry, *, settings: Settings, now: datetime
) -> None:
    """Queue the letter for everybody of the city, in place of one that waits with another day or reason."""
    take_back_farewells(session, city, "The city leaves on another day.")
    people = session.exec(
        select(Person)
        .where(Person.city_id == city.id, col(Person.is_active))
        .options(selectinload(Person.roles))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Person.id))
    ).all()
    wordings = load_wordings(session)
    for person in people:
        queue(
            session,
            farewell_letter(person, leaving, settings).written(settings, wordings),
            to=person,
            once_key=f"{_farewells(city)}{entry.id}:{person.id}",
            kind=FAREWELL,
            why="Their city leaves the network.",
            due_at=soonest(_reader(person, now), now),
            now=now,
        )


def take_back_farewells(session: Session, city: City, why: str) -> None:
    """Take back what waits to tell that the city leaves, since it does not, or otherwise."""
    withdraw_farewells(session, _farewells(city), why)


def _welcome(person: Person) -> str:
    return f"{WELCOME}:{person.id}"


def _farewells(city: City) -> str:
    return f"{FAREWELL}:{city.id}:"


def _reader(person: Person, now: datetime) -> Reader:
    on = wall_time(now, person.city.time_zone).on
    return Reader(person.id or 0, person.name, (), city_calendar(person.city, on))
