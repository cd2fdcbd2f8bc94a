"""Opening an ask about any subject: its questions from a template, what they are answered for, who is asked.

It writes no letter. The two asks of a cycle are made by exchange.answering.asks, as their letters go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.subjects import city_of, subject_key
from exchange.errors import Conflict, InvalidInput
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    AskRow,
    Cycle,
    FindingsRound,
    NeedsRound,
    Person,
    Subject,
    TrainingEvent,
)
from exchange.rules.asks.question_sets import PlannedQuestion, checked_questions
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.time.timezones import wall_time

OPEN_MOST = timedelta(days=731)  # more is a slip of the keyboard


@dataclass(frozen=True)
class Opening:
    """What an ask begins with. ``questions`` None: those of the template.

    ``closes_on`` is over when it ends in ``time_zone``, or for "" on the clock of each who answers.
    Questions that are answered for each of something are left out when ``rows`` has none of it.
    """

    template: AskTemplate
    closes_on: date
    opens_at: datetime | None = None
    time_zone: str = ""
    rows: Sequence[AskRow] = ()
    questions: Sequence[PlannedQuestion] | None = None


@dataclass(frozen=True)
class Invited:
    """People who are asked together: for a city, for a group, or, with neither, each for themselves."""

    people: Sequence[Person]
    city_id: int | None = None
    group_id: int | None = None


def open_ask(
    session: Session,
    about: Subject,
    opening: Opening,
    invited: Sequence[Invited],
    *,
    actor: Person | None,
    now: datetime,
) -> Ask:
    """Make the ask and ask its people; the rows of ``opening`` become its own, in their order.

    Raises InvalidInput, field "closes_on", for one that closes before it opens or years on, and Conflict
    when the subject has one of this template already. Needs the city that leads or hosts.
    """
    _check_days(about, opening, now)
    ask = Ask(
        template=opening.template.key,
        cycle_id=about.id if isinstance(about, Cycle) else None,
        training_id=about.id if isinstance(about, TrainingEvent) else None,
        needs_round_id=about.id if isinstance(about, NeedsRound) else None,
        findings_round_id=about.id if isinstance(about, FindingsRound) else None,
        opens_at=opening.opens_at,
        closes_on=opening.closes_on,
        time_zone=opening.time_zone,
        marking=opening.template.marking,
        created_at=now,
        changed_at=now,
    )
    ask.questions = _questions(opening)
    for position, row in enumerate(opening.rows, 1):
        row.position = position
    ask.rows = list(opening.rows)
    try:
        with session.begin_nested():
            session.add(ask)
            session.flush()
    except IntegrityError as error:
        raise Conflict("That has been asked here already.") from error
    for party in invited:
        ask_people(session, ask, party, now=now)
    facts: dict[str, object] = {"ask": ask.template, "until": opening.closes_on}
    audit.record(session, actor=actor, action="open ask", subject=subject_key(ask), after=facts, now=now)
    return ask


def ask_people(session: Session, ask: Ask, invited: Invited, *, now: datetime) -> list[AskAddressee]:
    """The rows of those who are asked together, made for whom there is none yet: once a person and party."""
    party = _party(session, ask, invited)
    by_person = {
        one.person_id: one
        for one in session.exec(select(AskAddressee).where(AskAddressee.party_id == party.id))
    }
    is_alone = party.city_id is None and party.group_id is None
    for person in invited.people:
        if person.id in by_person:
            continue
        by_person[person.id or 0] = AskAddressee(
            party_id=party.id or 0,
            person_id=person.id or 0,
            holder_id=person.id or 0,
            city_id=person.city_id if is_alone else None,
            organisation_id=person.organisation_id if is_alone else None,
            asked_at=now,
        )
        session.add(by_person[person.id or 0])
    session.flush()
    return [by_person[person.id or 0] for person in invited.people]


def _check_days(about: Subject, opening: Opening, now: datetime) -> None:
    opens_on = wall_time(opening.opens_at or now, opening.time_zone or city_of(about).time_zone).on
    if opening.closes_on > opens_on + OPEN_MOST:
        raise InvalidInput("Give a last day within two years.", field="closes_on")
    if opening.closes_on < opens_on:
        raise InvalidInput(
            "It would close before it opens, on %(on)s: give a later last day.",
            field="closes_on",
            on=opens_on,
        )


def _questions(opening: Opening) -> list[AskQuestion]:
    planned = opening.template.questions if opening.questions is None else opening.questions
    kinds = {row.per for row in opening.rows}
    asked = [one for one in planned if one.per is None or one.per in kinds]
    checked_questions(asked)
    return [
        AskQuestion(
            ask_id=0,  # its ask puts its own there
            position=position,
            kind=one.kind,
            text=one.text,
            help=one.help,
            options=list(one.options),
            is_required=one.is_required,
            per=one.per or "",
        )
        for position, one in enumerate(asked, 1)
    ]


def _party(session: Session, ask: Ask, invited: Invited) -> AskParty:
    found = session.exec(
        select(AskParty).where(
            AskParty.ask_id == ask.id,
            col(AskParty.city_id).is_not_distinct_from(invited.city_id),
            col(AskParty.group_id).is_not_distinct_from(invited.group_id),
        )
    ).first()
    if found is not None:
        return found
    party = AskParty(ask_id=ask.id or 0, city_id=invited.city_id, group_id=invited.group_id)
    session.add(party)
    session.flush()
    return party
