"""More days to answer, for a city, a group or one person, and the letter that says so. Commits nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.answer_status import Asked, party_name, status_of_asks
from exchange.answering.ask_days import due_day_of
from exchange.answering.personal_links import Task, link_for
from exchange.answering.subjects import subject_key
from exchange.errors import InvalidInput
from exchange.mail.outbox.letter_queue import MORE_DAYS, ComposedLetter, queue
from exchange.mail.outbox.withdrawals import withdraw_chasing_about
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.answer_letters import MoreDays, more_days_letter
from exchange.models import AskAddressee, AskParty, Person
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.answer_deadlines import closes_at, last_day
from exchange.settings import Settings

LONGEST_EXTENSION_DAYS = 60

Row = AskParty | AskAddressee


@dataclass(frozen=True)
class Extension:
    """Until the end of which day, by whom, and why: that stays in the trail."""

    last_on: date
    actor: Person
    reason: str


def extend(
    session: Session, row: Row, given: Extension, *, plan: StagePlan, settings: Settings, now: datetime
) -> int:
    """Take answers of a city or group, or of one person, until a later day; how many letters say so.

    Raises InvalidInput, field "last_on", for a day that is no later than the one in force. Who still owes
    an answer gets a letter with the link they have; reminders are written anew by the next tick.
    """
    party = row.party if isinstance(row, AskAddressee) else row
    in_force = _checked(row, party, given.last_on, plan)
    gaining = [one for one in _silent(session, row, party, plan) if one.last_on < given.last_on]
    row.extended_on = given.last_on
    session.flush()
    withdraw_chasing_about(session, party.ask, "More days were given to answer.")
    wordings = load_wordings(session)
    holders = _holders(session, gaining)
    for one in gaining:
        to = holders[one.holder.id]
        url = link_for(session, Task(one.addressee_id), to=to, settings=settings, now=now)
        days = MoreDays(to, one.party_name, one.last_on, given.last_on)
        letter = more_days_letter(days, party.ask.subject, url, settings=settings).written(settings, wordings)
        _queue(session, letter, one, days, now)
    audit.record(
        session,
        actor=given.actor,
        action="extend answers",
        subject=subject_key(party.ask),
        before={"for": _name(row), "until": in_force},
        after={"for": _name(row), "until": given.last_on, "one person": isinstance(row, AskAddressee)},
        now=now,
        reason=given.reason,
    )
    return len(gaining)


def _checked(row: Row, party: AskParty, last_on: date, plan: StagePlan) -> date:
    """The last day in force. Raises InvalidInput unless the new one is later, and within bounds."""
    due_on = due_day_of(party.ask, plan)
    in_force = last_day(due_on, party.extended_on, row.extended_on)
    if last_on <= in_force:
        raise InvalidInput("Answers are taken until %(on)s already.", field="last_on", on=in_force)
    if (last_on - due_on).days > LONGEST_EXTENSION_DAYS:
        raise InvalidInput(
            "At most %(most)s days can be added to the plan.", field="last_on", most=LONGEST_EXTENSION_DAYS
        )
    return in_force


def _silent(session: Session, row: Row, party: AskParty, plan: StagePlan) -> Iterator[Asked]:
    """Those of the row who still owe an answer."""
    for one in status_of_asks(session, [party.ask], plan).asked:
        is_of_row = one.addressee_id == row.id if isinstance(row, AskAddressee) else one.party_id == row.id
        if is_of_row and one.is_silent:
            yield one


def _holders(session: Session, asked: Iterable[Asked]) -> dict[int, Person]:
    """Who answers for each of those, by id, with their cities."""
    ids = {one.holder.id for one in asked}
    with_city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    people = session.exec(select(Person).where(col(Person.id).in_(ids)).options(with_city))
    return {person.id or 0: person for person in people}


def _queue(session: Session, letter: ComposedLetter, asked: Asked, days: MoreDays, now: datetime) -> None:
    queue(
        session,
        letter,
        to=days.to,
        once_key=f"more days:{asked.addressee_id}:{days.last_on}",
        kind=MORE_DAYS,
        why="More days were given to answer.",
        useless_after=closes_at(days.last_on, asked.holder.time_zone),
        now=now,
    )


def _name(row: Row) -> str:
    return audit.named(row.person) if isinstance(row, AskAddressee) else party_name(row)
