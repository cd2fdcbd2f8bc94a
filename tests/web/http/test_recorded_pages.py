"""What the trail keeps of requests: refused pages once an hour, downloads each, visitors never."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.accounts.actions import send_sign_in_link
from exchange.db import Database
from exchange.models import AuditEntry, Person, Role
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@pytest.fixture
def anna(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna Ek", city=make_city(session), roles=[Role.EXPERT])


@pytest.fixture
def browser(sign_in: SignIn, anna: Person) -> FlaskClient:
    return sign_in(anna)


def entries(database: Database, action: str) -> list[AuditEntry]:
    with database.reading() as session:
        wanted = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
        return list(session.exec(wanted))


def test_refused_page_is_recorded_once_for_person_page_and_hour(
    browser: FlaskClient, database: Database, clock: HandClock, anna: Person
) -> None:
    for number in range(1, 30):
        assert browser.get(f"/cycles/{number}").status_code == 404
        assert browser.get("/status").status_code == 403
    kept = [(one.actor_id, one.subject, one.after) for one in entries(database, "page refused")]
    assert kept == [
        (anna.id, "page:cycles.show_cycle", {"status": 404, "cycle_id": 1}),
        (anna.id, "page:operations.status", {"status": 403}),
    ]
    clock.advance(hours=1)
    browser.get("/status")
    assert len(entries(database, "page refused")) == 3


def test_visitors_and_addresses_of_no_page_leave_no_trace(
    client: FlaskClient, browser: FlaskClient, database: Database
) -> None:
    for path in ("/status", "/cycles/1", "/nowhere", "/sign-in/zanzibar", "/answer/zanzibar"):
        client.get(path)
    browser.get("/nowhere")
    assert entries(database, "page refused") == []


def test_each_download_is_recorded_and_names_no_file(browser: FlaskClient, database: Database) -> None:
    for path in ("/export/cycles.csv", "/export/cities.csv", "/export/cycles.csv"):
        assert browser.get(path).status_code == 200
    browser.get("/export/people.csv")
    kept = [(one.subject, one.after) for one in entries(database, "export")]
    assert kept == [
        ("page:transfer.export_programme_csv", {"part": "cycles"}),
        ("page:transfer.export_cities", {}),
        ("page:transfer.export_programme_csv", {"part": "cycles"}),
    ]


def test_refused_sign_ins_are_recorded_once_an_hour_and_hold_no_address(
    client: FlaskClient, browser: FlaskClient, database: Database, settings: Settings, clock: HandClock
) -> None:
    for number in range(3):
        with database.transaction() as session:
            send_sign_in_link(session, f"zanzibar{number}@example.org", settings=settings, now=clock())
        client.post("/sign-in/zanzibar")
    kept = [(one.subject, one.after) for one in entries(database, "sign-in refused")]
    assert kept == [("sign-in", {"why": "unknown address"}), ("sign-in", {"why": "unknown link"})]
