"""A hybrid table-top of London on Thu 3 Jun 2027, 14:00 to 16:00; two come, one does not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.invitations.actions import invite
from exchange.invitations.invitation_links import link_token
from exchange.invitations.meetings import MeetingOf
from exchange.models import (
    Answer,
    Attendance,
    Invitation,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    TrainingEvent,
)
from exchange.settings import Settings
from exchange.trainings.actions import publish_training
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn
from tests.trainings.conftest import NOW, Net, make_net, opened

BEFORE = datetime(2027, 6, 3, 11, tzinfo=UTC)  # two hours before it begins
AT_DOOR = datetime(2027, 6, 3, 12, 30, tzinfo=UTC)
AFTER = datetime(2027, 6, 3, 15, 30, tzinfo=UTC)  # half an hour after its end


@dataclass(frozen=True)
class Event:
    """The event's id with its people, by their first names in lower case."""

    id: int
    net: Net
    people: dict[str, Person]

    @property
    def page(self) -> str:
        return f"/trainings/{self.id}/attendance"

    def sent(self, *present: str, version: int = 1, seen: int = 0, **more: object) -> dict[str, object]:
        """What the form sends."""
        ids = [str(self.people[name].id) for name in present]
        return {"version": str(version), "seen": str(seen), "present": ids, **more}


@pytest.fixture
def event(database: Database, clock: HandClock, settings: Settings) -> Event:
    """The event, with the clock half an hour after its end."""
    clock.set(AFTER)
    with database.transaction() as session:
        return make_event(session, settings)


def make_event(session: Session, settings: Settings, **fields: object) -> Event:
    net = make_net(session)
    police = Organisation(key="met", name="Metropolitan Police", kind=OrganisationKind.POLICE)
    session.add(police)
    session.flush()
    london, dublin, sydney = (net.cities[name] for name in ("London", "Dublin", "Sydney"))
    people = {
        "lena": make_person(session, "Lena Lead", city=london, roles=[Role.CITY_LEAD]),
        "paul": make_person(session, "Paul Police", city=london, organisation_id=police.id),
        "dora": make_person(session, "Dora Dublin", city=dublin),
        "dan": make_person(session, "Dan Dublin", city=dublin),
        "sid": net.contact,
        "uma": make_person(session, "Uma Uninvited", city=sydney),
        "cora": net.coordinator,
    }
    training = opened(session, net, **({"on_local": date(2027, 6, 3)} | fields))
    publish_training(session, training, actor=net.coordinator, now=NOW)
    answers = {
        "paul": Answer.ACCEPTED,
        "dora": Answer.ACCEPTED,
        "dan": Answer.DECLINED,
        "sid": Answer.NONE,
    }
    for name, answer in answers.items():
        made = invite(session, MeetingOf(training=training), people[name], settings=settings, now=NOW)
        made.answer = answer
    session.flush()
    return Event(training.id or 0, net, people)


@pytest.fixture
def lead(sign_in: SignIn, event: Event) -> FlaskClient:
    """A browser of the lead of London, which hosts."""
    return sign_in(event.people["lena"])


def link_of(database: Database, settings: Settings, person: Person) -> str:
    """The person's own page of the invitation."""
    with database.reading() as session:
        found = session.exec(select(Invitation).where(Invitation.person_id == person.id)).one()
        return f"/attend/{link_token(settings, found.uid)}"


def noted(database: Database) -> list[tuple[str, str, str, int, str]]:
    """Who is on the sheet: name ("" without one), city, sector, how many, how."""
    with database.reading() as session:
        rows = session.exec(select(Attendance).order_by(Attendance.id)).all()
        return sorted(
            (
                one.person.name if one.person else "",
                one.city.name,
                one.sector,
                one.people,
                one.presence,
            )
            for one in rows
        )


def training_of(session: Session, event: Event) -> TrainingEvent:
    return session.get_one(TrainingEvent, event.id)
