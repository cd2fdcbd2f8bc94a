"""The page of a feed, a person's own calendar, and a city's busy times."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.models import AuditEntry, City, Feed, Person, Role
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city, make_group, make_person, make_theme, make_training
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@pytest.fixture
def stockholm(database: Database, settings: Settings) -> City:
    """A city with a red event, an open one of a theme and one of others, published."""
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        theme = make_theme(session, "Crowded places", key="T08")
        make_training(session, host_city=stockholm, title="Open day", theme_id=theme.id, marking="TLP:CLEAR")
        make_training(session, host_city=stockholm, cities=[london], title="Secret plan", marking="TLP:AMBER")
        make_training(session, host_city=london, cities=[london], title="Others only", marking="TLP:GREEN")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    return stockholm


def person_in(database: Database, city: City, role: Role, name: str = "Ann") -> Person:
    with database.transaction() as session:
        person = make_person(session, name, city=session.merge(city), roles=[role])
        session.refresh(person, ["roles", "city"])
        return person


def address_on(page: str) -> str:
    found = re.search(r'value="(https?://[^"]+\.ics[^"]*)"', page)
    assert found is not None
    return re.sub(r"^https?://[^/]+", "", found[1]).replace("&amp;", "&")


def test_person_makes_revokes_and_gets_back_a_calendar_of_their_own(
    database: Database,
    settings: Settings,
    stockholm: City,
    sign_in: SignIn,
    clock: HandClock,
    client: FlaskClient,
) -> None:
    person = person_in(database, stockholm, Role.CITY_CONTACT)
    browser = sign_in(person)
    assert "Make your calendar" in browser.get("/feeds").text
    assert browser.post("/feeds/mine", data={"language": "xx", "alarm_minutes": ""}).status_code == 400
    made = browser.post("/feeds/mine", data={"language": "sv", "alarm_minutes": "15"})
    assert made.status_code == 303
    publish_stale(database, settings, clock())
    page = browser.get(made.location).text
    address = address_on(page)
    shown = Calendar.from_ical(client.get(address).data)
    by_title = {str(one["SUMMARY"]): one for one in shown.events}
    assert set(by_title) == {"Open day", "Secret plan [TLP:AMBER]"}
    assert {str(one["TRIGGER"].to_ical().decode()) for one in shown.walk("VALARM")} == {"-PT15M"}
    for title in by_title:
        assert title in page, "the page shows the entries of the calendar"
    answer = client.get(address)
    assert answer.headers["Content-Disposition"] == 'inline; filename="calendar.ics"', "named after nobody"

    assert browser.post("/feeds/mine", data={"language": "en", "alarm_minutes": ""}).status_code == 303
    publish_stale(database, settings, clock() + timedelta(minutes=1))
    assert b"VALARM" not in client.get(address).data
    action = f"{made.location}/revoke"
    assert browser.post(action, data={"reason": "Phone lost."}).status_code == 303
    assert client.get(address).status_code == 410
    assert browser.post(f"{made.location}/replace", data={"reason": "New phone."}).status_code == 303
    assert client.get(address_on(browser.get(made.location).text)).status_code == 200
    with database.reading() as session:
        actions = [entry.action for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]  # type: ignore[arg-type]
    assert actions[-5:] == [
        "set up own feed",
        "replace feed address",
        "set up own feed",
        "revoke feed address",
        "replace feed address",
    ]


def test_own_calendar_is_there_for_nobody_else(
    database: Database, settings: Settings, stockholm: City, sign_in: SignIn
) -> None:
    own = sign_in(person_in(database, stockholm, Role.EXPERT))
    path = own.post("/feeds/mine", data={"language": "en", "alarm_minutes": ""}).location
    other = sign_in(person_in(database, stockholm, Role.COORDINATOR, "Cora"))
    for action in ("", "/replace", "/revoke"):
        assert other.get(f"{path}{action}").status_code == 404
    assert "Ann" not in other.get("/feeds").text


def test_busy_times_are_made_by_who_answers_for_the_city_and_say_nothing_else(
    database: Database,
    settings: Settings,
    stockholm: City,
    sign_in: SignIn,
    clock: HandClock,
    client: FlaskClient,
) -> None:
    expert = sign_in(person_in(database, stockholm, Role.EXPERT, "Eve"))
    assert "busy times" not in expert.get("/feeds").text
    assert expert.post("/feeds/busy").status_code == 403
    contact = sign_in(person_in(database, stockholm, Role.CITY_CONTACT))
    assert "Make the calendar of busy times" in contact.get("/feeds").text
    made = contact.post("/feeds/busy")
    assert made.status_code == 303
    assert contact.post("/feeds/busy").location == made.location, "there is one"
    publish_stale(database, settings, clock())
    address = address_on(contact.get(made.location).text)
    answer = client.get(address)
    assert len(Calendar.from_ical(answer.data).events) == 1, "both are at one time"
    for word in (b"Open", b"Secret", b"TLP", b"LOCATION", b"DESCRIPTION:E", b"URL:http://127.0.0.1:8000/tr"):
        assert word not in answer.data.partition(b"BEGIN:VEVENT")[2], word
    assert answer.headers["Content-Disposition"].startswith('inline; filename="stockholm-busy.ics"')
    assert contact.post(f"{made.location}/revoke", data={"reason": "Enough."}).status_code == 303
    assert client.get(address).status_code == 410


def test_page_of_a_feed_filters_as_its_address_does(
    database: Database, stockholm: City, sign_in: SignIn, client: FlaskClient
) -> None:
    contact = sign_in(person_in(database, stockholm, Role.CITY_CONTACT))
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.city_id == stockholm.id)).one()
        others = session.exec(select(Feed.id).where(Feed.city_id != stockholm.id, Feed.kind == "city")).one()
    page = contact.get(f"/feeds/{feed_id}?theme=T08").text
    assert "Open day" in page
    assert "Others only" not in page
    filtered = Calendar.from_ical(client.get(address_on(page)).data)
    assert {str(one["SUMMARY"]) for one in filtered.events} == {"Open day", "CTPN event [TLP:AMBER]"}
    assert contact.get(f"/feeds/{feed_id}?kind=nonsense").status_code == 404
    assert contact.get(f"/feeds/{others}").status_code == 404
    assert contact.get("/feeds/999").status_code == 404
    public = contact.get("/feeds/1").text
    assert "network.ics" in public


def test_person_of_a_group_finds_its_calendar_too(
    database: Database, settings: Settings, stockholm: City, sign_in: SignIn
) -> None:
    person = person_in(database, stockholm, Role.EXPERT)
    with database.transaction() as session:
        make_group(session, "Hostile drones", members=[session.merge(person)])
        ensure_feeds(session, settings, MADE_AT)
    page = sign_in(person).get("/feeds").text
    assert "Hostile drones" in page
    assert "Make the calendar of busy times" not in page
