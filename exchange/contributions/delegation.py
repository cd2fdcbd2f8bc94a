"""Who answers: hand a task on, mark a group done. Commits nothing.

Each takes back the reminders that wait: those that are still called for are written anew by the next tick.
"""

from datetime import datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, or_, select

from exchange import audit
from exchange.access.standings import Seats, seats_of, standing
from exchange.access.things import thing_of_task_for
from exchange.answering.ask_days import closes_at
from exchange.answering.personal_links import link_for, revoke_links, task_of
from exchange.contributions.actions import refuse_late
from exchange.contributions.queries import AnswerAccess
from exchange.errors import Conflict, Forbidden, NotFound
from exchange.mail.outbox.letter_queue import PASSED_ON, queue
from exchange.mail.outbox.withdrawals import withdraw_chasing_about
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.answer_letters import passed_letter
from exchange.models import City, GroupMember, Person
from exchange.rules.access.policy import Right, may
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.tokens import digest


def deputies(session: Session, access: AnswerAccess, now: datetime) -> list[Person]:
    """To whom a task may be handed: people of the holder's city and of the group that answers.

    Only who may answer then: who is of the network at ``now``, and at TLP:RED named on the exchange.
    """
    seats = select(GroupMember.person_id).where(GroupMember.group_id == (access.party.group_id or 0))
    found = session.exec(
        select(Person)
        .where(
            col(Person.is_active),
            col(Person.id) != access.addressee.holder_id,
            or_(col(Person.city_id) == access.holder.city_id, col(Person.id).in_(seats)),
        )
        .options(
            joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.name))
    ).all()
    held = seats_of(session, [one.id or 0 for one in found])
    return [one for one in found if _may_answer(one, held, access, now)]


def deputy_of(session: Session, access: AnswerAccess, person_id: int, now: datetime) -> Person:
    """One of them. Raises NotFound for somebody who left since the page was opened."""
    for one in deputies(session, access, now):
        if one.id == person_id:
            return one
    raise NotFound("That person is not known here any more. Open the page again and choose somebody else.")


def pass_to_deputy(
    session: Session, access: AnswerAccess, deputy: Person, *, settings: Settings, now: datetime
) -> None:
    """Hand the task on: the old link ends, the deputy gets a letter with a new one, the record stays."""
    refuse_late(access)
    before = access.holder
    task = task_of(access.addressee)
    revoke_links(session, task, why="passed on", now=now)
    access.addressee.holder = deputy
    access.addressee.holder_id = deputy.id or 0
    session.flush()
    withdraw_chasing_about(session, access.ask, "A task was handed to a deputy.")
    url = link_for(session, task, to=deputy, settings=settings, now=now)
    letter = passed_letter(
        deputy, before, access.subject, access.party_name, access.last_on, url, settings=settings
    )
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=deputy,
        once_key=f"passed:{digest(url)}",
        kind=PASSED_ON,
        why="A task was handed to a deputy.",
        useless_after=closes_at(access.ask, access.last_on, deputy.city.time_zone),
        now=now,
    )
    audit.record(
        session,
        actor=before,
        action="pass answer to deputy",
        subject=access.subject_key,
        before={"for": access.party_name, "who answers": audit.named(before)},
        after={"for": access.party_name, "who answers": audit.named(deputy)},
        now=now,
    )


def mark_group_done(session: Session, access: AnswerAccess, *, now: datetime) -> None:
    """The chair says that the group has answered: nobody of it is reminded any more."""
    _set_done(session, access, now, now)


def reopen_group(session: Session, access: AnswerAccess, *, now: datetime) -> None:
    """The chair takes that back."""
    _set_done(session, access, None, now)


def _set_done(session: Session, access: AnswerAccess, done_at: datetime | None, now: datetime) -> None:
    if not access.is_chair:
        raise Forbidden("Only the chair of the group says whether it is done.")
    party = access.party
    if (party.done_at is None) == (done_at is None):
        raise Conflict("Somebody did that already.")
    party.done_at, party.done_by_id = done_at, access.addressee.holder_id if done_at else None
    session.flush()
    withdraw_chasing_about(session, access.ask, "A chair said whether the group is done.")
    audit.record(
        session,
        actor=access.holder,
        action="mark group done" if done_at else "reopen group",
        subject=access.subject_key,
        after={"for": access.party_name},
        now=now,
    )


def _may_answer(person: Person, held: Seats, access: AnswerAccess, now: datetime) -> bool:
    stands = standing(person, held, wall_time(now, person.city.time_zone).on)
    return may(stands, Right.ANSWER, thing_of_task_for(person, access.addressee, access.subject))
