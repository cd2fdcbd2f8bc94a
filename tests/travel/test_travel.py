"""Journeys to events: noted by hosts and coordinators, added up for a year."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import (
    Attendance,
    AttendanceSheet,
    AuditEntry,
    City,
    Journeys,
    Person,
    Presence,
    Role,
    TrainingEvent,
    TrainingKind,
)
from exchange.rules.programme.travel import TravelYear
from exchange.travel.queries import travel_of
from tests.access.routes import ON_SQLITE
from tests.factories import make_city, make_cycle, make_person, make_training
from tests.hand_clock import HandClock
from tests.pages import form_values, text_of
from tests.sign_in import SignIn

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)
DAY = date(2027, 3, 4)


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached."""

    london: City
    sydney: City
    cora: Person
    host: Person  # contact of London, which hosts
    sid: Person  # contact of Sydney
    training: TrainingEvent

    @property
    def page(self) -> str:
        return f"/trainings/{self.training.id}/journeys"


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        london, sydney = make_city(session, "London"), make_city(session, "Sydney")
        return Net(
            london,
            sydney,
            make_person(session, "Cora", city=london, roles=[Role.COORDINATOR]),
            make_person(session, "Hanna", city=london),
            make_person(session, "Sid", city=sydney),
            make_training(session, host_city=london, mode="hybrid", on_local=DAY, marking="TLP:GREEN"),
        )


def filled(client: FlaskClient, page: str, *rows: tuple[str, object, str]) -> dict[str, object]:
    values: dict[str, object] = dict(form_values(client.get(page)))
    for number, (people, city_id, transport) in enumerate(rows):
        values |= {
            f"rows-{number}-people": people,
            f"rows-{number}-city_id": str(city_id),
            f"rows-{number}-transport": transport,
        }
    return values


def noted(database: Database) -> list[tuple[int, str, int]]:
    with database.reading() as session:
        return sorted((one.city_id, one.transport, one.people) for one in session.exec(select(Journeys)))


def test_a_host_notes_how_people_came_and_the_year_adds_it_up(
    sign_in: SignIn, net: Net, database: Database
) -> None:
    """Rows of the same city and way add up; what is saved is shown again and replaced."""
    host = sign_in(net.host)
    values = filled(
        host,
        net.page,
        ("4", net.sydney.id, "plane"),
        ("2", net.sydney.id, "plane"),
        ("3", net.london.id, "train"),
    )
    assert host.post(net.page, data=values).status_code == 303
    assert noted(database) == sorted([(net.sydney.id, "plane", 6), (net.london.id, "train", 3)])
    assert host.post(net.page, data=values).status_code == 409, "the page was opened before"
    with database.transaction() as session:
        sheet = AttendanceSheet(training_id=net.training.id)
        session.add(sheet)
        session.flush()
        for presence, people in ((Presence.IN_PERSON, 9), (Presence.REMOTE, 3)):
            session.add(
                Attendance(
                    sheet_id=sheet.id, city_id=net.london.id, presence=presence, people=people, noted_at=NOW
                )
            )
        make_training(session, host_city=net.london, mode="virtual", on_local=DAY)
        make_training(session, host_city=net.london, on_local=DAY, is_published=False)
        make_training(session, host_city=net.london, on_local=DAY + timedelta(days=365))
        _add_what_is_not_told(session, net.london)
    with database.reading() as session:
        found = travel_of(session, 2027)
    assert found == TravelYear(2027, {"hybrid": 1, "virtual": 1}, {"plane": 6, "train": 3}, 9, 3)
    page = text_of(sign_in(net.cora).get("/travel?year=2027"))
    assert "In person 0 Hybrid 1 Virtual 1" in page
    assert "Of 12 people who were there, 3 took part from elsewhere: 25 %." in page
    assert "Train 3 Plane 6 Car 0 Other 0" in page
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "note journeys")).one()
        assert (entry.subject, entry.actor_id) == (f"training:{net.training.id}", net.host.id)


def _add_what_is_not_told(session: Session, city: City) -> None:
    """An event and an exchange at TLP:RED, and a meeting of planners, each with people and journeys."""
    kept = {"host_city": city, "on_local": DAY, "mode": "hybrid"}
    red = make_training(session, **kept, marking="TLP:RED")  # type: ignore[arg-type]  # a test's own keywords
    planners = make_training(session, **kept, kind=TrainingKind.PLANNING_MEETING)  # type: ignore[arg-type]  # as above
    cycle = make_cycle(
        session,
        lead_city=city,
        sittings=[(time(14), "Europe/London")],
        starts_on=date(2027, 3, 1),
        marking="TLP:RED",
    )
    sheets = [AttendanceSheet(training_id=one.id) for one in (red, planners)]
    sheets.append(AttendanceSheet(sitting_id=cycle.sittings[0].id))
    session.add_all(sheets)
    for one in (red, planners):
        session.add(Journeys(training_id=one.id or 0, city_id=city.id or 0, transport="car", people=7))
    session.flush()
    for sheet in sheets:
        there = {"sheet_id": sheet.id, "city_id": city.id, "presence": Presence.REMOTE, "people": 5}
        session.add(Attendance(**there, noted_at=NOW))  # type: ignore[arg-type]  # as above


@ON_SQLITE
@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("0", "london", "train"), "Give a number from 1 to 10000"),
        (("many", "london", "train"), "Not a valid integer"),
        (("3", 0, "train"), "Choose the city that they came from"),
        (("3", 999, "train"), "Not a valid choice"),
        (("3", "london", "camel"), "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(
    sign_in: SignIn, net: Net, database: Database, row: tuple[str, object, str], said: str
) -> None:
    host = sign_in(net.host)
    city_id = net.london.id if row[1] == "london" else row[1]
    answer = host.post(net.page, data=filled(host, net.page, (row[0], city_id, row[2])))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert noted(database) == []


@ON_SQLITE
def test_only_hosts_and_coordinators_note_journeys_and_only_once_there_were_some(
    sign_in: SignIn, net: Net, clock: HandClock, database: Database
) -> None:
    assert sign_in(net.sid).get(net.page).status_code == 404
    assert sign_in(net.sid).get("/travel").status_code == 404
    assert "How people travelled" in text_of(
        sign_in(net.host).get(f"/trainings/{net.training.id}/attendance")
    )
    with database.transaction() as session:
        session.get_one(TrainingEvent, net.training.id).mode = "virtual"
    assert sign_in(net.host).get(net.page).status_code == 409
    with database.transaction() as session:
        session.get_one(TrainingEvent, net.training.id).mode = "in person"
    clock.set(NOW - timedelta(days=10))
    assert sign_in(net.host).get(net.page).status_code == 409
