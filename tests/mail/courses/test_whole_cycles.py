"""All letters of one cycle in four courses: as golden files, counted by kind, and true when they leave.

`EXCHANGE_TEST_WRITE_GOLDEN=1 .venv/bin/python -m pytest -m slow tests/mail/courses` writes the golden files
anew; read them before you commit.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time

import pytest
from sqlmodel import Session, select

from exchange.cycles import actions as cycles
from exchange.cycles.moves import SittingMove
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.mail.schedule import outlooks
from exchange.models import Answer, AskAddressee, Invitation, Person, Product, ProductVersion
from exchange.rules.time.timezones import WallTime
from exchange.settings import Settings
from tests.answering.asked import answer
from tests.hand_clock import HandClock
from tests.mail.courses.course import PLAN, Course, Step, make_network, moment
from tests.mail.writing.test_compose import compare

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def all_come(session: Session, now: datetime) -> None:
    """Everybody who was invited by now says yes."""
    for invitation in session.exec(select(Invitation)):
        invitation.answer, invitation.answered_at = Answer.ACCEPTED, now
    outlooks.forget(session)


def all_answer(session: Session, _now: datetime) -> None:
    """Everybody hands in what they were asked for; a city once."""
    answered: set[int] = set()
    for row in session.exec(select(AskAddressee)).all():
        if not (row.party.city_id and row.party_id in answered):
            answer(session, row)
        answered.add(row.party_id)
    outlooks.forget(session)


def draft_is_in_review(session: Session, now: datetime) -> None:
    """The chair has written, and the review is open."""
    author = session.exec(select(Person).where(Person.name == "Priya Nair")).one()
    product = Product(cycle_id=1, created_at=now, review_opened_at=now)
    words = {"title": "Hostile drones", "marking": "TLP:GREEN", "text": "What cities do."}
    product.versions = [ProductVersion(number=1, person_id=author.id or 0, saved_at=now, **words)]
    session.add(product)
    outlooks.forget(session)


def product_is_out(session: Session, now: datetime) -> None:
    """It is published."""
    product = session.exec(select(Product)).one()
    product.published_at, product.published_number, product.published_marking = now, 1, "TLP:GREEN"
    outlooks.forget(session)


def move_session(to: date) -> Step:
    """The live session moves to another Thursday or Tuesday, at its hour."""

    def step(session: Session, now: datetime) -> None:
        cycle = cycle_to_change(session, 1)
        sitting = next(one for one in cycle.sittings if one.meeting == "session")
        wall = WallTime(to, time(14), "Europe/London")
        move = SittingMove(wall, 90, reason="The room is taken")
        cycles.move_sitting(session, cycle, sitting.id or 0, move, plan=PLAN, actor=None, now=now)

    return step


def cancel(session: Session, now: datetime) -> None:
    """The exchange is called off."""
    cycle = cycle_to_change(session, 1)
    cycles.cancel_cycle(session, cycle, reason="A flood", plan=PLAN, actor=None, now=now)


SCOPING = {moment(date(2027, 1, 19), 16): all_come}
ANSWERS = {moment(date(2027, 1, 26), 16): all_answer, moment(date(2027, 2, 2), 16): all_come}
PRODUCT = {
    moment(date(2027, 2, 19), 16): draft_is_in_review,
    moment(date(2027, 3, 3), 16): product_is_out,
}
STEPPED_BACK = {
    moment(date(2027, 2, 3), 15): move_session(date(2027, 2, 16)),
    moment(date(2027, 2, 4), 15): all_come,
    moment(date(2027, 2, 10), 15): move_session(date(2027, 2, 18)),
    moment(date(2027, 2, 15), 15): cancel,
}
BEFORE = {"E0": 2, "E1": 5, "E2": 1, "E2-2d": 1, "E2-2h": 1, "E3": 4, "E3-groups": 1, "E4": 5}
SILENT = {
    "E0": 2,
    "E1": 5,
    "E2": 1,
    "E2-2d": 1,
    "E3": 4,
    "E3-groups": 1,
    "E3_half_way": 4,
    "E3_lead": 1,  # with the fifth joining note inside
    "E4": 5,
    "E5": 4,
    "E7": 1,
}
REVIEWED = {"E8": 4, "E8-2d": 4, "E9": 5}
HELD = {"E5": 5, "E5-1d": 5, "E5-1h": 5, "E6": 5, "E7": 1}
COURSES: dict[str, tuple[Mapping[datetime, Step], dict[str, int]]] = {
    "all_to_plan": (SCOPING | ANSWERS | PRODUCT, BEFORE | HELD | REVIEWED),
    "nobody_answers": (PRODUCT, SILENT | REVIEWED),
    "no_product": (SCOPING | ANSWERS, BEFORE | HELD | {"E8-wait": 2, "E9-wait": 2}),
    "moved_twice_then_cancelled": (
        SCOPING | ANSWERS | STEPPED_BACK,
        BEFORE | {"E5": 5, "E7": 1, "change": 12, "halt": 6},
    ),
}


@pytest.mark.parametrize("name", COURSES)
def test_letters_of_a_whole_cycle_read_as_their_golden_file(
    database: Database, settings: Settings, clock: HandClock, name: str
) -> None:
    steps, counts = COURSES[name]
    with database.transaction() as session:
        make_network(session)
    told = settings.model_copy(update={"base_url": "https://exchange.example.org"})
    course = Course(database, told, clock, steps)
    course.walk()
    compare(f"courses/{name}", course.written())
    assert Counter(one.kind for one in course.letters) == counts
