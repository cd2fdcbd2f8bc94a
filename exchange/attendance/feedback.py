"""Feedback asked of those who were at an event: the ask, who is asked, and one reminder to who is silent.

Questions begin as config/asks.toml has them, and the last day is that of the event's milestone. Not results.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.answering.ask_days import closes_at, takes_answers
from exchange.answering.ask_opening import Invited, Opening, ask_people, open_ask
from exchange.answering.personal_links import Task, link_for
from exchange.attendance.noting import Noting
from exchange.city_calendars import city_calendar
from exchange.invitations.meetings import ends_at
from exchange.mail.outbox.letter_queue import FEEDBACK, queue
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.writing.attendance_letters import Feedback, feedback_letter
from exchange.mail.writing.custom_wording import Wordings, load_wordings
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Attendance,
    AttendanceSheet,
    City,
    Contribution,
    Letter,
    LetterState,
    Person,
    Preparation,
    PreparationStep,
    TrainingEvent,
)
from exchange.rules.letters.chase_ladder import week_of
from exchange.rules.letters.reminders import Reader
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.rules.time.answer_deadlines import is_open, last_day
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

TEMPLATE = "event-feedback"  # of config/asks.toml
MILESTONE = "feedback"  # of config/training.toml: the day on which feedback closes
REMINDER_DAYS = 3  # before that day: four days after an event whose feedback closes after seven
_LAST_WALL = "Etc/GMT+12"  # where each day ends last
_A_MOMENT = timedelta(microseconds=1)  # an event that ends at midnight does not reach the next day


def feedback_closes_on(session: Session, training: TrainingEvent, profiles: Profiles) -> date | None:
    """The last day on which feedback is looked for; None when the event's preparation has no such day.

    Counted from the event's last day on its wall, wherever the milestone was moved; a free day, too, for
    an answer needs no office.
    """
    row = session.exec(select(Preparation).where(Preparation.training_id == training.id)).first()
    milestone = profiles.chosen(row.profile if row else "", training.kind).milestone(MILESTONE)
    step = session.exec(
        select(PreparationStep).where(
            PreparationStep.preparation_id == (row.id if row else None),
            PreparationStep.milestone == MILESTONE,
        )
    ).first()
    if milestone is None or (step is not None and step.waived_reason):
        return None
    days = milestone.days if step is None or step.moved_days is None else step.moved_days
    last_on = wall_time(ends_at(training) - _A_MOMENT, training.time_zone).on
    return last_on + timedelta(days=days)


def asked_for(
    session: Session, training: TrainingEvent, people: Sequence[Person], *, by: Noting
) -> dict[int, Feedback]:
    """Ask these people for feedback: their links and last day, by person, of those who can still answer.

    The ask is opened by the first of them. Nobody is asked where the profile or the file has no feedback.
    """
    ask = feedback_ask(session, training) or _opened(session, training, by)
    if ask is None or ask.closes_on is None or not people:
        return {}
    open_to = [one for one in people if takes_answers(ask, ask.closes_on, one.city.time_zone, by.now)]
    rows = ask_people(session, ask, Invited(open_to), now=by.now) if open_to else []
    found = {}
    for person, row in zip(open_to, rows, strict=True):
        task = Task(addressee_id=row.id)
        link = link_for(session, task, to=row.holder, settings=by.settings, now=by.now)
        found[person.id or 0] = Feedback(link, ask.closes_on, ask.id)
    return found


def feedback_ask(session: Session, training: TrainingEvent) -> Ask | None:
    """What was asked about the event afterwards, with its questions; None while nobody was."""
    return session.exec(
        select(Ask)
        .where(Ask.training_id == training.id, Ask.template == TEMPLATE)
        .options(selectinload(Ask.questions), selectinload(Ask.rows))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()


def closed_for_all(session: Session, ask: Ask, now: datetime) -> bool:
    """Whether nobody can answer any more: closed by hand, or the last day has ended everywhere."""
    if ask.closed_at is not None:
        return True
    extended = session.exec(
        select(func.max(AskParty.extended_on), func.max(AskAddressee.extended_on))
        .join(AskAddressee, isouter=True)
        .where(AskParty.ask_id == ask.id)
    ).one()
    return ask.closes_on is not None and not is_open(last_day(ask.closes_on, *extended), _LAST_WALL, now)


def _opened(session: Session, training: TrainingEvent, by: Noting) -> Ask | None:
    closes_on = feedback_closes_on(session, training, by.profiles)
    if by.feedback is None or closes_on is None or closes_on < wall_time(by.now, training.time_zone).on:
        return None
    opening = Opening(by.feedback, closes_on)  # over when the day ends on the clock of who answers
    return open_ask(session, training, opening, [], actor=by.actor, now=by.now)


def remind(session: Session, *, settings: Settings, now: datetime) -> int:
    """Queue the one reminder to those who were there and are silent three days before the end; how many.

    It takes its reader's week for a chasing letter, and waits for the next where another has it.
    """
    today = wall_time(now, "UTC").on
    asks = session.exec(
        select(Ask)
        .where(
            Ask.template == TEMPLATE,
            col(Ask.closed_at).is_(None),
            col(Ask.closes_on).between(today - timedelta(days=2), today + timedelta(days=REMINDER_DAYS + 1)),
        )
        .options(joinedload(Ask.training).joinedload(TrainingEvent.host_city))  # type: ignore[arg-type]  # as above
    ).all()
    wordings = load_wordings(session) if asks else None
    return sum(_reminded(session, ask, wordings, settings, now) for ask in asks if wordings is not None)


def _reminded(session: Session, ask: Ask, wordings: Wordings, settings: Settings, now: datetime) -> int:
    addressees = _asked_who_were_there(session, ask)
    done = _answered(session, ask)
    reminded = _reminded_before(session, [_key(one) for one in addressees])
    silent = [one for one in addressees if one.id not in done and _key(one) not in reminded]
    return sum(_remind(session, ask, one, wordings, settings, now) for one in silent)


def _remind(
    session: Session, ask: Ask, one: AskAddressee, wordings: Wordings, settings: Settings, now: datetime
) -> bool:
    person, training = one.holder, ask.training
    if training is None or ask.closes_on is None or not person.is_active or person.programme_stopped_at:
        return False
    zone = person.city.time_zone
    last_on = last_day(ask.closes_on, one.party.extended_on, one.extended_on)
    today = wall_time(now, zone).on
    if today < last_on - timedelta(days=REMINDER_DAYS) or not takes_answers(ask, last_on, zone, now):
        return False
    link = link_for(session, Task(addressee_id=one.id), to=person, settings=settings, now=now)
    letter = feedback_letter(person, training, Feedback(link, last_on), settings=settings)
    due_at = soonest(Reader(person.id or 0, person.name, (), city_calendar(person.city, today)), now)
    queued = queue(
        session,
        letter.written(settings, wordings),
        to=person,
        once_key=_key(one),
        kind=FEEDBACK,
        why="They were at the event and have given no feedback yet.",
        training_id=training.id,
        ask_id=ask.id,
        due_at=due_at,
        useless_after=closes_at(ask, last_on, zone),
        chase_week=week_of(due_at, zone),
        now=now,
    )
    return queued is not None


def _asked_who_were_there(session: Session, ask: Ask) -> Sequence[AskAddressee]:
    """Those asked who are on the sheet, with who holds the task; who was taken off it is not reminded."""
    holder = joinedload(AskAddressee.holder).joinedload(Person.city)  # type: ignore[arg-type]  # as above
    there = (
        select(Attendance.person_id)
        .join(AttendanceSheet)
        .where(AttendanceSheet.training_id == ask.training_id, col(Attendance.person_id).is_not(None))
    )
    return session.exec(
        select(AskAddressee)
        .join(AskParty, col(AskAddressee.party_id) == AskParty.id)
        .where(AskParty.ask_id == ask.id, col(AskAddressee.person_id).in_(there))
        .options(
            joinedload(AskAddressee.party),  # type: ignore[arg-type]  # as above
            holder.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            holder.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(AskAddressee.id))
    ).all()


def _answered(session: Session, ask: Ask) -> set[int | None]:
    """The addressees who have handed something in."""
    return set(
        session.exec(
            select(Contribution.addressee_id)
            .join(AskParty, col(Contribution.party_id) == AskParty.id)
            .where(AskParty.ask_id == ask.id, col(Contribution.submitted_at).is_not(None))
        )
    )


def _reminded_before(session: Session, keys: Sequence[str]) -> set[str]:
    """Those keys whose letter left or waits; an answer takes back what waits, and it is due anew."""
    stands = col(Letter.once_key).in_(keys) & (Letter.state != LetterState.WITHDRAWN)
    return set(session.exec(select(Letter.once_key).where(stands)))


def _key(one: AskAddressee) -> str:
    return f"feedback:{one.id}"
