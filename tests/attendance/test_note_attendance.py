"""The page "Who was there": prefilled from the answers, saved in one press, counted by city for everybody."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.invitations.actions import invite
from exchange.invitations.meetings import MeetingOf
from exchange.models import AttendanceSheet, AuditEntry, Role
from exchange.settings import Settings
from exchange.trainings.actions import cancel_training
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import AFTER, BEFORE, NOW, Event, link_of, noted, training_of
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

UNNAMED = {"others-0-people": "12", "others-0-sector": "fire", "others-0-is_remote": "y"}


def test_the_sheet_is_prefilled_from_the_answers_and_saved_in_one_press(
    lead: FlaskClient, database: Database, event: Event
) -> None:
    opened = lead.get(event.page)
    page = text_of(opened)
    assert "Dublin (2)" in page
    assert "Dan Dublin declined" in page
    assert opened.text.count("checked") == 2  # Paul and Dora said that they come
    uma = event.people["uma"]
    sent = event.sent("paul", "dan", remote=str(event.people["dan"].id), added=f"{uma.email}\n")
    dublin = str(event.net.cities["Dublin"].id)
    saved = lead.post(event.page, data=sent | UNNAMED | {"others-0-city_id": dublin})
    assert saved.status_code == 303, text_of(saved)
    assert noted(database) == [
        ("", "Dublin", "fire", 12, "remote"),
        ("Dan Dublin", "Dublin", "", 1, "remote"),
        ("Paul Police", "London", "police", 1, "in person"),
        ("Uma Uninvited", "Sydney", "", 1, "in person"),
    ]
    again = lead.get(event.page)
    assert again.text.count("checked") == 5  # three people, and two times from elsewhere
    assert "Uma Uninvited not invited" in text_of(again)
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "note attendance")).one()
        assert (entry.before, entry.after) == ({"people": 0}, {"people": 15})


@ON_SQLITE
def test_a_second_save_takes_off_and_a_page_from_before_it_is_refused(
    lead: FlaskClient, database: Database, event: Event, sign_in: SignIn
) -> None:
    assert lead.post(event.page, data=event.sent("paul", "dora")).status_code == 303
    old = sign_in(event.people["cora"]).post(event.page, data=event.sent("dan"))
    assert old.status_code == 409
    assert "was saved by somebody else meanwhile" in text_of(old)
    for version in ("", "99", "²"):
        assert lead.post(event.page, data=event.sent("dan") | {"version": version}).status_code == 409
    assert lead.post(event.page, data=event.sent("dora", version=2, seen=2)).status_code == 303
    assert [name for name, *_ in noted(database)] == ["Dora Dublin"]


@ON_SQLITE
def test_before_it_begins_and_once_it_is_cancelled_nobody_was_there(
    lead: FlaskClient, database: Database, event: Event, clock: HandClock, sign_in: SignIn
) -> None:
    clock.set(BEFORE)
    browser = sign_in(event.people["lena"])
    assert "It has not begun: note who was there once it has." in text_of(browser.get(event.page))
    refused = browser.post(event.page, data=event.sent("paul"))
    assert refused.status_code == 409
    assert "It has not begun" in text_of(refused)
    with database.transaction() as session:
        cancel_training(
            session, training_of(session, event), actor=event.net.coordinator, now=NOW, reason="Ill."
        )
    clock.set(AFTER)
    refused = sign_in(event.people["lena"]).post(event.page, data=event.sent("paul"))
    assert refused.status_code == 409
    assert "was cancelled: nobody was there" in text_of(refused)
    assert noted(database) == []


@ON_SQLITE
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    lead: FlaskClient, database: Database, event: Event
) -> None:
    dublin = str(event.net.cities["Dublin"].id)
    row = {"others-0-people": "3", "others-0-city_id": dublin}
    twice = row | {"others-1-people": "4", "others-1-city_id": dublin}
    for sent, said in [
        ({"added": "nobody@example.org"}, "nobody@example.org is nobody's address here: count them below"),
        ({"others-0-people": "3"}, "Choose the city that they are counted under."),
        (row | {"others-0-people": "0"}, "Give a number from 1 to 1000."),
        (row | {"others-0-people": "9" * 12}, "Not a valid integer value."),
        (row | {"others-0-people": "many"}, "Not a valid integer value."),
        (row | {"others-0-city_id": "999999"}, "Not a valid choice"),
        (row | {"others-0-sector": "army"}, "Not a valid choice"),
        (
            {"remote": [str(event.people["dan"].id)]},
            "Dan Dublin: ticked as from elsewhere, and not as there.",
        ),
        (twice, "Two rows are about the same city and sector"),
        ({"present": ["999999"]}, "is not a valid choice"),
        ({"present": ["me"]}, "could not be coerced"),
        ({"added": " ".join(f"p{n}@example.org" for n in range(60))}, "At most 50 people"),
    ]:
        answer = lead.post(event.page, data=event.sent("paul") | sent)
        assert answer.status_code == 400, (sent, text_of(answer))
        assert said in text_of(answer), (sent, text_of(answer)[:600])
    assert noted(database) == []


@ON_SQLITE
def test_names_are_the_hosts_and_the_others_see_how_many_came_from_where(
    lead: FlaskClient, event: Event, sign_in: SignIn
) -> None:
    assert lead.post(event.page, data=event.sent("paul", "dora")).status_code == 303
    stranger = sign_in(event.people["sid"])
    assert stranger.get(event.page).status_code == 404
    assert stranger.post(event.page, data=event.sent("sid")).status_code == 404
    assert stranger.get(f"{event.page}/door").status_code == 404
    page = text_of(stranger.get(f"/trainings/{event.id}"))
    assert "Who was there City People From elsewhere Dublin 1 0 London 1 0 Together 2 0" in page
    assert "Note who was there" not in page
    for name in ("lena", "cora"):
        assert event.page in sign_in(event.people[name]).get(f"/trainings/{event.id}").text


@ON_SQLITE
def test_somebody_who_leaves_or_moves_stays_counted_where_they_were(
    lead: FlaskClient, database: Database, event: Event
) -> None:
    """Story 17: my past attendance count stays."""
    assert lead.post(event.page, data=event.sent("paul", "dora")).status_code == 303
    with database.transaction() as session:
        dora = session.merge(event.people["dora"])
        dora.city_id, dora.is_active = event.net.cities["Sydney"].id or 0, False
    assert ("Dora Dublin", "Dublin", "", 1, "in person") in noted(database)
    assert "Dublin (2)" in text_of(lead.get(event.page))


@ON_SQLITE
def test_who_says_at_the_door_that_they_are_there_stays_while_the_page_is_open(
    lead: FlaskClient, database: Database, event: Event, settings: Settings, clock: HandClock
) -> None:
    """The host's page was opened before; what it did not show, it does not take off."""
    clock.set(AFTER + timedelta(minutes=30))
    client = lead.application.test_client()
    own = link_of(database, settings, event.people["dan"])
    assert client.post(f"{own}/here", data={"presence": "in person"}).status_code == 303
    assert lead.post(event.page, data=event.sent("paul")).status_code == 303
    assert [name for name, *_ in noted(database)] == ["Dan Dublin", "Paul Police"]
    with database.reading() as session:
        row = session.exec(select(AttendanceSheet)).one()
        seen = max(one.id or 0 for one in row.rows)
    assert lead.post(event.page, data=event.sent("paul", version=2, seen=seen)).status_code == 303
    assert [name for name, *_ in noted(database)] == ["Paul Police"]


@ON_SQLITE
def test_a_page_of_thirty_asks_no_more_statements_than_one_of_four(
    database: Database, event: Event, sign_in: SignIn, settings: Settings
) -> None:
    browser = sign_in(event.people["lena"])
    few = statements_for(browser, event.page)
    with database.transaction() as session:
        training = training_of(session, event)
        for _ in range(26):
            person = make_person(session, city=event.net.cities["Dublin"], roles=[Role.CITY_CONTACT])
            invite(session, MeetingOf(training=training), person, settings=settings, now=NOW)
    assert statements_for(browser, event.page) == few
