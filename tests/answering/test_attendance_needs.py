"""Food and access: asked where people meet, read by hosts alone, gone with a refusal, in nothing else."""

import io
import zipfile
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import SQLModel, select

from exchange.db import Database
from exchange.invitations.invitation_links import answer_link
from exchange.models import AttendanceNeed, City, Invitation, Person, Role, TrainingEvent
from exchange.settings import Settings
from tests.contributions.conftest import queue_letters
from tests.factories import make_city, make_person, make_training
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NEED = "No nuts, step-free"


class Event:
    """A table-top hosted by London; Maria of Washington is invited."""

    def __init__(
        self, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn, mode: str
    ) -> None:
        self.database, self.sign_in = database, sign_in
        with database.transaction() as session:
            london, washington = make_city(session, "London"), make_city(session, "Washington DC")
            self.maria = make_person(session, "Maria", city=washington)
            self.people = {
                "coordinator": make_person(session, "Cora", city=washington, roles=[Role.COORDINATOR]),
                "host lead": make_person(session, "Lena", city=london, roles=[Role.CITY_LEAD]),
                "host contact": make_person(session, "Anna", city=london),
                "host expert": make_person(session, "Emil", city=london, roles=[Role.EXPERT]),
                "guest lead": make_person(session, "Gus", city=washington, roles=[Role.CITY_LEAD]),
                "herself": self.maria,
            }
            self.event = make_training(
                session, host_city=london, cities=[washington], on_local=date(2026, 12, 17), mode=mode
            )
        clock.advance(hours=6)  # a working hour of Washington, too
        queue_letters(database, settings, clock)
        with database.reading() as session:
            invitation = session.exec(select(Invitation).where(Invitation.person_id == self.maria.id)).one()
            self.path = answer_link(settings, invitation).removeprefix(settings.base_url)

    def told(self) -> list[str]:
        with self.database.reading() as session:
            return [one.text for one in session.exec(select(AttendanceNeed))]

    def page(self, who: str) -> tuple[int, str]:
        answer = self.sign_in(self.people[who]).get(f"/trainings/{self.event.id}/needs")
        return answer.status_code, answer.text


@pytest.fixture
def event(
    request: pytest.FixtureRequest, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> Event:
    return Event(database, settings, clock, sign_in, getattr(request, "param", "in person"))


def test_hosts_alone_read_what_somebody_needs(event: Event, client: FlaskClient) -> None:
    assert 'name="needs"' in client.get(event.path).text
    assert client.post(event.path, data={"answer": "accepted", "needs": NEED}).status_code == 303
    assert event.told() == [NEED]
    for who in ("coordinator", "host lead", "host contact"):
        status, page = event.page(who)
        assert (status, NEED in page) == (200, True), who
    for who in ("host expert", "guest lead", "herself"):
        status, page = event.page(who)
        assert (status, NEED in page) == (404, False), who
    assert client.get(f"/trainings/{event.event.id}/needs").status_code == 303
    for who, browser in ((who, event.sign_in(one)) for who, one in event.people.items()):
        assert NEED not in browser.get(f"/trainings/{event.event.id}").text, who
    # Not on the page of the link either: letters are passed on.
    assert NEED not in client.get(event.path).text
    assert "You told us something on" in client.get(event.path).text


def test_need_stands_in_one_table_alone(event: Event, client: FlaskClient) -> None:
    client.post(event.path, data={"answer": "accepted", "needs": NEED})
    with event.database.reading() as session:
        holding = [
            table.name
            for table in SQLModel.metadata.sorted_tables
            if any(NEED in str(row) for row in session.connection().execute(table.select()))
        ]
    assert holding == ["attendance_need"]


def test_need_is_kept_replaced_taken_away_and_goes_with_a_refusal(event: Event, client: FlaskClient) -> None:
    for data, left in (
        ({"answer": "accepted", "needs": NEED}, [NEED]),
        ({"answer": "tentative"}, [NEED]),
        ({"answer": "accepted", "needs": "Vegan"}, ["Vegan"]),
        ({"answer": "tentative", "no_needs": "y"}, []),
        ({"answer": "accepted", "needs": NEED}, [NEED]),
        ({"answer": "declined", "needs": "Nothing"}, []),
    ):
        assert client.post(event.path, data=data).status_code == 303
        assert event.told() == left, data
    assert client.post(event.path, data={"answer": "accepted", "needs": "x" * 501}).status_code == 400
    assert event.told() == []


@pytest.mark.parametrize("event", ["virtual", "hybrid"], indirect=True)
def test_only_who_meets_somewhere_is_asked(event: Event, client: FlaskClient) -> None:
    asks = event.event.mode == "hybrid"
    assert ('name="needs"' in client.get(event.path).text) == asks
    client.post(event.path, data={"answer": "accepted", "needs": NEED})
    assert event.told() == ([NEED] if asks else [])


def test_person_takes_their_own_along_and_nobody_else_does(event: Event, client: FlaskClient) -> None:
    client.post(event.path, data={"answer": "accepted", "needs": NEED})
    with event.database.reading() as session:
        assert (
            session.get_one(TrainingEvent, event.event.id).host_city_id
            == session.exec(select(City.id).where(City.name == "London")).one()
        )
        maria = session.get_one(Person, event.maria.id)

    def read(content: bytes) -> str:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())

    assert NEED in read(event.sign_in(maria).post("/account/data.zip").data)
    planner = event.sign_in(event.people["coordinator"])
    assert NEED not in read(planner.post(f"/people/{maria.id}/data.zip").data)
