"""Asking cities how far they are with findings: who about what, and the round. Commits nothing.

The letters and the page that answers are those of every ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.standings import standings_of
from exchange.answering.ask_opening import Invited, Opening, open_ask
from exchange.errors import Conflict, InvalidInput
from exchange.follow_up.asked_findings import ASKED, known_to, open_findings
from exchange.follow_up.progress import Decider
from exchange.lessons.queries import member_cities
from exchange.models import Ask, AskRow, City, FindingsRound, Headway, Lesson, Person
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.templates_file import AskTemplate

KINDS = (QuestionKind.CHOICE, QuestionKind.TEXT, QuestionKind.TEXT, QuestionKind.DATE)  # of ASKED, in order


@dataclass(frozen=True)
class CityToAsk:
    """A city with its leads and contacts, and the open findings that one of them at least may know of."""

    city: City
    people: Sequence[Person]
    findings: Sequence[Lesson]


def cities_to_ask(session: Session, on: date) -> list[CityToAsk]:
    """The lead and member cities of a date, by name, also those that nobody can be asked for."""
    lessons = open_findings(session)
    people = _people(session)
    standings = standings_of(session, people, on, is_some=True) if people else {}
    found = []
    for city in member_cities(session, on):
        own = [one for one in people if city.id in standings[one.id or 0].cities and one.city_id == city.id]
        known = known_to(lessons, [standings[one.id or 0] for one in own])
        found.append(CityToAsk(city, own, known))
    return found


def round_that_is_open(session: Session, on: date) -> Ask | None:
    """The ask of a round that takes answers still."""
    return session.exec(
        select(Ask).where(
            col(Ask.findings_round_id).is_not(None), col(Ask.closed_at).is_(None), col(Ask.closes_on) >= on
        )
    ).first()


def ask_cities(
    session: Session, template: AskTemplate, closes_on: date, *, city: City, on: date, by: Decider
) -> Ask:
    """Ask every city that can be asked, about all that its people may know of, until ``closes_on``.

    ``on`` is the date on the wall of ``city``, which is the opener's. Raises InvalidInput, field
    "closes_on", and Conflict where cities are being asked, or nobody can be.
    """
    _check_template(template)
    if closes_on < on:
        raise InvalidInput("That day is over. Give a day from today on.", field="closes_on")
    if round_that_is_open(session, on) is not None:
        raise Conflict("Cities are being asked already. Close that first, or wait for its last day.")
    asked = [one for one in cities_to_ask(session, on) if one.people and one.findings]
    if not asked:
        raise Conflict("There is no city that could be asked about a finding.")
    found = FindingsRound(opened_on=on, opened_at=by.now, city_id=city.id or 0, city=city)
    try:
        with session.begin_nested():
            session.add(found)
            session.flush()
    except IntegrityError as error:
        raise Conflict("Cities were asked today already.") from error
    lessons = {lesson.id: lesson for one in asked for lesson in one.findings}
    rows = [
        AskRow(ask_id=0, position=0, per=RowOf.FINDING, title=lesson.title, lesson_id=number)
        for number, lesson in sorted(lessons.items())
    ]
    invited = [Invited(one.people, city_id=one.city.id) for one in asked]
    opening = Opening(template, closes_on, rows=rows)
    ask = open_ask(session, found, opening, invited, actor=by.actor, now=by.now)
    found.asked = {name: one.id or 0 for name, one in zip(ASKED, ask.questions, strict=False)}
    session.flush()
    return ask


def _check_template(template: AskTemplate) -> None:
    """Raise Conflict where the first questions cannot say what is kept of a city."""
    first = template.questions[: len(ASKED)]
    is_whole = tuple(one.kind for one in first) == KINDS and {one.per for one in first} == {RowOf.FINDING}
    if not is_whole or len(first[0].options) != len(Headway):
        raise Conflict(
            "The file of asks (asks_file) begins %(key)s otherwise than with the state, a note, a link and a"
            " day for each finding.",
            key=template.key,
        )


def _people(session: Session) -> list[Person]:
    found = session.exec(
        select(Person)
        .where(col(Person.is_active))
        .options(
            selectinload(Person.roles),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.name), col(Person.id))
    )
    return list(found)
