"""A small network with a finding at TLP:AMBER, its lead and contacts, and somebody who owns actions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.follow_up.progress import Decider
from exchange.lessons.action_changes import add_action
from exchange.lessons.actions import write_lesson
from exchange.lessons.drafts import ActionDraft, LessonDraft
from exchange.models import City, ImprovementAction, Lesson, LessonKind, Person, Role, Theme
from tests.factories import make_city, make_person, make_theme
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2027, 3, 8, 9, tzinfo=UTC)  # a Monday
LINK = "https://files.example.org/minutes"
DUE = date(2027, 3, 31)


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    stockholm: City
    london: City
    sydney: City
    coordinator: Person  # of Stockholm
    lead: Person  # of London
    contact: Person  # of London
    other: Person  # a contact of Sydney
    expert: Person  # of London, in no group, so of the network by role alone
    theme: Theme
    lesson_id: int

    @property
    def by(self) -> Decider:
        return Decider(self.coordinator, NOW)

    @property
    def page(self) -> str:
        return f"/findings/{self.lesson_id}"


def a_draft(**fields: object) -> LessonDraft:
    values: dict[str, object] = {
        "kind": LessonKind.LESSON,
        "title": "Say early who leads",
        "text": "Two services waited for each other.",
        "source": "Report of an exercise",
        "source_number": "3",
    }
    return LessonDraft(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def an_action(session: Session, net: Net, **fields: object) -> ImprovementAction:
    """An action of the net's finding, owned by the contact of London, due on Wed 31 Mar 2027."""
    values: dict[str, object] = {"text": "Write the call-out list anew", "due_on": DUE}
    if "owner_city_id" not in fields:
        values["owner"] = net.contact.email
    lesson = session.get_one(Lesson, net.lesson_id)
    return add_action(session, ActionDraft(**(values | fields)), lesson=lesson, by=net.by)  # type: ignore[arg-type]  # as above


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        sydney = make_city(session, "Sydney")
        coordinator = make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR])
        theme = make_theme(session, "Strategic coordination")
        lesson = write_lesson(session, a_draft(theme_id=theme.id), by=Decider(coordinator, NOW))
        return Net(
            stockholm,
            london,
            sydney,
            coordinator,
            make_person(session, "Lena", city=london, roles=[Role.CITY_LEAD]),
            make_person(session, "Carl", city=london),
            make_person(session, "Sid", city=sydney),
            make_person(session, "Edda", city=london, roles=[Role.EXPERT]),
            theme,
            lesson.id or 0,
        )


@pytest.fixture
def action_id(database: Database, net: Net) -> int:
    with database.transaction() as session:
        return an_action(session, net).id or 0


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.coordinator)


@pytest.fixture
def contact(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of the contact of London, who owns the action."""
    return sign_in(net.contact)


@pytest.fixture
def other(sign_in: SignIn, net: Net) -> FlaskClient:
    """A browser of the contact of Sydney."""
    return sign_in(net.other)
