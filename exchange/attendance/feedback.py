"""Feedback asked of those who were at an event: the ask, until when, and who is asked. Not what they answer.

Questions and the reminder are those of config/asks.toml, and the last day is that of the event's milestone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.answering.ask_days import takes_answers
from exchange.answering.ask_opening import Invited, Opening, ask_people, open_ask
from exchange.answering.personal_links import Task, link_for
from exchange.attendance.noting import Noting
from exchange.mail.outbox.withdrawals import withdraw_chasing_about
from exchange.mail.writing.occasions.ask_letters import Feedback
from exchange.meeting_times import ends_at
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Contribution,
    FeedbackText,
    Person,
    PersonalLink,
    Preparation,
    PreparationStep,
    TrainingEvent,
)
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.rules.time.timezones import wall_time

TEMPLATE = "event-feedback"  # of config/asks.toml
MILESTONE = "feedback"  # of config/training.toml: the day on which feedback closes
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


@dataclass(frozen=True)
class Asked:
    """Somebody is asked: what their letter says of it, and its key among the letters of the ask.

    Being the first letter of the ask, which brings its questions, it is written in place of the plain one.
    """

    feedback: Feedback
    ask_id: int
    once_key: str


def asked_for(
    session: Session, training: TrainingEvent, people: Sequence[Person], *, by: Noting
) -> dict[int, Asked]:
    """Ask these people for feedback; by person, of those who can still answer.

    The ask is opened by the first of them. Nobody is asked where the profile or the file has no feedback.
    """
    if by.feedback is None or not people:
        return {}
    ask = feedback_ask(session, training) or _opened(session, training, by.feedback, by)
    if ask is None or ask.closes_on is None:
        return {}
    open_to = [one for one in people if takes_answers(ask, ask.closes_on, one.city.time_zone, by.now)]
    rows = ask_people(session, ask, Invited(open_to), now=by.now) if open_to else []
    found = {}
    for person, row in zip(open_to, rows, strict=True):
        task = Task(addressee_id=row.id)
        link = link_for(session, task, to=row.holder, settings=by.settings, now=by.now)
        key = f"ask:{ask.id}:{by.feedback.letter}:{person.id}"
        found[person.id or 0] = Asked(Feedback(link, ask.closes_on), ask.id or 0, key)
    return found


def unask(session: Session, training: TrainingEvent, person_ids: Collection[int]) -> None:
    """Who was not there after all is not asked any more, unless they began to answer; links end."""
    ask = feedback_ask(session, training) if person_ids else None
    if ask is None:
        return
    begun = select(Contribution.addressee_id).where(col(Contribution.addressee_id).is_not(None))
    party = select(AskParty.id).where(AskParty.ask_id == ask.id)
    gone = session.exec(
        select(AskAddressee).where(
            col(AskAddressee.party_id).in_(party),
            col(AskAddressee.person_id).in_(person_ids),
            col(AskAddressee.id).not_in(begun),
        )
    ).all()
    links = col(PersonalLink.addressee_id).in_([one.id for one in gone])
    for link in session.exec(select(PersonalLink).where(links)).all():
        session.delete(link)
    session.flush()
    for one in gone:
        session.delete(one)
    session.flush()
    withdraw_chasing_about(session, ask, "Somebody who is asked was not there after all.")


def feedback_ask(session: Session, training: TrainingEvent) -> Ask | None:
    """What was asked about the event afterwards, with its questions; None while nobody was."""
    return session.exec(
        select(Ask)
        .where(Ask.training_id == training.id, Ask.template == TEMPLATE)
        .options(selectinload(Ask.questions), selectinload(Ask.rows))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()


def anonymous_texts(session: Session, ask: Ask) -> list[tuple[str, list[str]]]:
    """What was written so long ago that nothing tells who wrote it, by question, in no order of theirs."""
    ids = [one.id for one in ask.questions]
    found: dict[int, list[str]] = {}
    for row in session.exec(select(FeedbackText).where(col(FeedbackText.question_id).in_(ids))):
        found.setdefault(row.question_id, []).append(row.text)
    return [(one.text, sorted(found[one.id or 0])) for one in ask.questions if one.id in found]


def _opened(session: Session, training: TrainingEvent, template: AskTemplate, by: Noting) -> Ask | None:
    closes_on = feedback_closes_on(session, training, by.profiles)
    if closes_on is None or closes_on < wall_time(by.now, training.time_zone).on:
        return None
    opening = Opening(template, closes_on)  # over when the day ends on the clock of who answers
    return open_ask(session, training, opening, [], actor=by.actor, now=by.now)
