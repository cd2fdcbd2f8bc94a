"""Exports: who gets which list, and that nothing leaves by one that its reader may not see."""

import csv
import io

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import Board, BoardMember, City, Letter, Organisation, Person, Product, ProductVersion
from tests.factories import make_cycle
from tests.hand_clock import HandClock
from tests.transfer.conftest import Network

ALL = {
    "programme": "csv ics",
    "cycles": "csv ics",
    "trainings": "csv ics",
    "cities": "csv",
    "people": "csv",
    "groups": "csv",
    "boards": "csv",
    "organisations": "csv",
    "themes": "csv",
    "library": "csv",
    "letters": "csv",
}
SECRETS = ("Secret of two", "A draft", "Amber of Dublin")


def rows(client: FlaskClient, name: str) -> list[dict[str, str]]:
    answer = client.get(f"/export/{name}.csv")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def titles(client: FlaskClient, name: str) -> list[str]:
    calendar = Calendar.from_ical(client.get(f"/export/{name}.ics").data)
    return [str(event["SUMMARY"]) for event in calendar.events]


def make_letter(session: Session, clock: HandClock) -> None:
    session.add(
        Letter(
            once_key="one",
            kind="E1",
            to_name="Dara",
            to_address="dara@example.org",
            subject="=HYPERLINK(1)",
            text="Secret text",
            html="Secret text",
            message_id="<one@example.org>",
            queued_at=clock(),
            due_at=clock(),
        )
    )


def make_bodies(session: Session) -> None:
    dara = session.exec(select(Person).where(Person.name == "=Dara Contact")).one()
    steering = Board(key="steering", name="Steering board")
    steering.members = [BoardMember(person_id=dara.id, is_chair=True)]
    session.add_all([steering, Board(key="empty", name="Empty board")])
    session.add(
        Organisation(key="uni", name="University of Somewhere", kind="academic", note="close collaborator")
    )


def test_the_coordinator_exports_every_list(
    coordinator: FlaskClient, database: Database, clock: HandClock
) -> None:
    with database.transaction() as session:
        make_letter(session, clock)
        make_bodies(session)
    programme = rows(coordinator, "programme")
    assert {row["title"] for row in programme} == {"Green cycle", "Open to all", *SECRETS}
    assert [row["kind"] for row in rows(coordinator, "cycles")] == ["cycle"]
    assert len(rows(coordinator, "trainings")) == 4
    assert [row["name"] for row in rows(coordinator, "cities")] == ["London", "Stockholm", "Dublin"]
    assert {row["name"] for row in rows(coordinator, "people")} == {"Cora Coordinator", "'=Dara Contact"}
    assert rows(coordinator, "groups")[0] == {
        "key": "G5",
        "group": "Hostile drones",
        "member": "Cora Coordinator",
        "city": "London",
        "is_chair": "yes",
    }
    assert [tuple(row.values()) for row in rows(coordinator, "boards")] == [
        ("steering", "Steering board", "'=Dara Contact", "Dublin", "yes"),
        ("empty", "Empty board", "", "", ""),
    ]
    assert [tuple(row.values()) for row in rows(coordinator, "organisations")] == [
        ("uni", "University of Somewhere", "academic", "close collaborator")
    ]
    assert rows(coordinator, "themes") == [
        {"key": "T09", "name": "Communicating with the public", "drawn_from": "", "strategies": ""}
    ]
    (letter,) = rows(coordinator, "letters")
    assert (letter["subject"], letter["due"], letter["time_zone"]) == (
        "'=HYPERLINK(1)",
        "2026-11-23 09:00",
        "Europe/London",
    )
    assert "Secret text" not in str(letter)
    shown = titles(coordinator, "programme")
    assert "Draft: A draft [TLP:GREEN]" in shown
    assert "Secret of two [TLP:AMBER+STRICT]" in shown
    assert len(titles(coordinator, "trainings")) == 4
    assert len(shown) == 4 + len(titles(coordinator, "cycles"))


def test_a_contact_exports_what_their_calendar_shows_and_no_more(contact: FlaskClient) -> None:
    """Secrets and drafts stand in the database beside it, and in no export."""
    programme = rows(contact, "programme")
    shown = {row["title"] for row in programme if row["kind"] == "training"}
    assert shown == {"Open to all", "CTPN event"}
    amber = next(row for row in programme if row["title"] == "CTPN event")
    assert (amber["city"], amber["place"], amber["marking"]) == ("", "", "TLP:AMBER")
    assert {row["kind"] for row in rows(contact, "trainings")} == {"training"}
    assert all(row["title"].startswith("Green cycle") for row in rows(contact, "cycles"))
    for name in ("programme", "cycles", "trainings"):
        for form in ("csv", "ics"):
            text = contact.get(f"/export/{name}.{form}").text
            assert not [secret for secret in SECRETS if secret in text]
    assert "CTPN event [TLP:AMBER]" in titles(contact, "programme")
    assert len(rows(contact, "cities")) == 3
    for name in ("people", "groups", "boards", "organisations", "themes", "letters"):
        assert contact.get(f"/export/{name}.csv").status_code == 403


def make_product(session: Session, host: City, writer: Person, clock: HandClock, **fields: str) -> None:
    """A product that is out, of an exchange of its own."""
    marking, title = fields["marking"], fields["title"]
    product = Product(
        cycle_id=make_cycle(session, lead_city=host).id or 0,
        created_at=clock(),
        published_at=clock(),
        published_number=1,
        published_marking=marking,
    )
    version = ProductVersion(
        number=1,
        title=title,
        marking=marking,
        text="Text",
        person_id=writer.id or 0,
        saved_at=clock(),
    )
    product.versions = [version]
    session.add(product)


def test_the_library_is_exported_as_far_as_its_page_shows_it(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, clock: HandClock, network: Network
) -> None:
    with database.transaction() as session:
        writer = network.coordinator
        for marking, title in (("TLP:GREEN", "Lessons, open"), ("TLP:RED", "Lessons of few")):
            host = session.get_one(City, writer.city_id)
            make_product(session, host, writer, clock, marking=marking, title=title)
    for client in (coordinator, contact):
        page, listed = client.get("/library").text, [row["title"] for row in rows(client, "library")]
        assert 'href="/export/library.csv"' in page
        assert sorted(listed) == [title for title in ("Lessons of few", "Lessons, open") if title in page]
    (mine,) = rows(contact, "library")
    assert (mine["title"], mine["marking"]) == ("Lessons, open", "TLP:GREEN")
    assert mine["page"].endswith("/product")


def test_a_visitor_exports_nothing_and_unknown_lists_are_not_there(
    client: FlaskClient, contact: FlaskClient
) -> None:
    for name, forms in ALL.items():
        for form in forms.split():
            assert client.get(f"/export/{name}.{form}").status_code == 303
    for address in ("/export/budget.csv", "/export/people.ics", "/export/letters.ics", "/export/.csv"):
        assert contact.get(address).status_code == 404


def test_the_pages_of_lists_lead_to_their_exports(
    coordinator: FlaskClient, contact: FlaskClient, database: Database
) -> None:
    with database.transaction() as session:
        make_bodies(session)
    pages = {"/": "programme", "/cycles": "cycles", "/trainings": "trainings", "/network/cities": "cities"}
    bodies = ("people", "groups", "boards", "organisations", "themes")
    mine = pages | {f"/network/{name}": name for name in bodies} | {"/letters/sent": "letters"}
    for client, names in ((coordinator, mine), (contact, pages)):
        for page, name in names.items():
            text = client.get(page).text
            for form in ALL[name].split():
                assert f'href="/export/{name}.{form}"' in text, page
