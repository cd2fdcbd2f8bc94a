"""Thanks to those who were at an event: one letter a person, in their working hours. Not who was there.

Those who were at a sitting of an exchange are thanked by its stage plan.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.standings import standings_of
from exchange.access.things import thing_of_attendance
from exchange.attendance.feedback import asked_for, unask
from exchange.attendance.meetings import Meeting
from exchange.attendance.noting import Noting
from exchange.city_calendars import city_calendar
from exchange.mail.outbox.letter_queue import THANKS, queue
from exchange.mail.outbox.withdrawals import withdraw_unsent
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.ask_letters import thanks_letter
from exchange.mail.writing.occasions.duty_letters import of_programme
from exchange.models import (
    AttendanceSheet,
    City,
    Letter,
    LetterState,
    Person,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, may
from exchange.rules.letters.reminders import Reader
from exchange.rules.time.answer_deadlines import closes_at
from exchange.rules.time.timezones import wall_time


def thank(session: Session, meeting: Meeting, sheet: AttendanceSheet, *, by: Noting) -> None:
    """Thank everybody on the sheet of an event who was not yet and may know of it, and ask for feedback.

    It is a letter of the programme: who stopped those is asked on their desk alone. One that waits is taken
    back when the event or its questions change; these then go by a letter of the ask.
    """
    training = meeting.of.training
    if training is None:
        return
    new = _unthanked(session, training, sheet, by.now)
    asked = asked_for(session, training, new, by=by)
    wordings = load_wordings(session)
    for person in filter(takes_programme, new):
        their = asked.get(person.id or 0)
        feedback = their.feedback if their else None
        letter = thanks_letter(person, training, feedback, settings=by.settings)
        queue(
            session,
            of_programme(letter.written(by.settings, wordings), person, by.settings),
            to=person,
            once_key=their.once_key if their else f"attendance:{sheet.id}:{person.id}:thanks",
            kind=THANKS,
            why="They were at the event.",
            training_id=training.id,
            ask_id=their.ask_id if their else None,
            due_at=soonest(_reader(person, by.now), by.now),
            useless_after=closes_at(feedback.last_on, person.city.time_zone) if feedback else None,
            now=by.now,
        )


def unthank(session: Session, meeting: Meeting, person_ids: Collection[int]) -> None:
    """Take back what waits for people who were not there after all, and ask them no more."""
    training = meeting.of.training
    if training is None or not person_ids:
        return
    for key in _thanks(session, training, person_ids).values():
        withdraw_unsent(session, key, "They were not at the event after all.")
    unask(session, training, person_ids)


def _unthanked(
    session: Session, training: TrainingEvent, sheet: AttendanceSheet, now: datetime
) -> list[Person]:
    """Who may know that they were there and has no letter of thanks that left or waits."""
    people = _there(session, sheet)
    thanked = _thanks(session, training, [one.id or 0 for one in people])
    standings = standings_of(session, people, wall_time(now, "UTC").on, is_some=True)
    return [
        one
        for one in people
        if one.id not in thanked
        and may(standings[one.id or 0], Right.READ, thing_of_attendance(training, one.id))
    ]


def _there(session: Session, sheet: AttendanceSheet) -> Sequence[Person]:
    """The people on the sheet who are of the network still, with what a standing and a letter need."""
    ids = [one.person_id for one in sheet.rows if one.person_id is not None]
    city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(Person)
        .where(col(Person.id).in_(ids), col(Person.is_active))
        .options(
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
            city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    ).all()


def _reader(person: Person, now: datetime) -> Reader:
    today = wall_time(now, person.city.time_zone).on
    return Reader(person.id or 0, person.name, (), city_calendar(person.city, today))


def _thanks(session: Session, training: TrainingEvent, person_ids: Collection[int]) -> dict[int | None, str]:
    """The keys of letters of thanks that left or wait, by person."""
    found = session.exec(
        select(Letter.person_id, Letter.once_key).where(
            Letter.kind == THANKS,
            Letter.training_id == training.id,
            col(Letter.person_id).in_(person_ids),
            Letter.state != LetterState.WITHDRAWN,
        )
    )
    return dict(found.all())
