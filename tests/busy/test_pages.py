"""The pages of busy calendars: who may give, see and remove what, and that no secret is shown again."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, BusyCalendar, BusyInterval, Role
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn

SECRET = "https://calendar.example.org/private-3fa9/basic.ics"


class People:
    """A city with its contact and an expert, a coordinator elsewhere, and a contact elsewhere."""

    def __init__(self, database: Database) -> None:
        with database.transaction() as session:
            stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
            self.city_id = stockholm.id or 0
            self.london_id = london.id or 0
            self.contact = make_person(session, "Cia Contact", city=stockholm)
            self.expert = make_person(session, "Egil Expert", city=stockholm, roles=[Role.EXPERT])
            self.other = make_person(session, "Otis Other", city=london)
            self.coordinator = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


def give(client: FlaskClient, owner: object, url: str = SECRET, **more: str) -> int:
    form = {"owner": str(owner), "kind": "ics", "url": url, "user": "ann", "password": "pass word", **more}
    return client.post("/busy/give", data=form).status_code


def kept(database: Database) -> list[BusyCalendar]:
    with database.reading() as session:
        return list(session.exec(select(BusyCalendar).order_by(BusyCalendar.id)).all())  # type: ignore[arg-type]  # a column


def test_a_contact_gives_changes_looks_and_removes_and_no_secret_is_ever_shown(
    sign_in: SignIn, people: People, database: Database, clock: HandClock
) -> None:
    client = sign_in(people.contact)
    assert "No busy calendar yet" in text_of(client.get("/busy"))
    assert give(client, people.city_id) == 303
    (calendar,) = kept(database)
    page = client.get("/busy")
    assert "Stockholm calendar.example.org, calendar file State Not looked at yet" in text_of(page)
    assert client.post(f"/busy/{calendar.id}/look").status_code == 303

    change = client.get(f"/busy/{calendar.id}/change")
    bad = client.post(f"/busy/{calendar.id}/change", data={"kind": "ics", "url": "http://example.org/"})
    assert bad.status_code == 400
    assert "begins with https://" in text_of(bad)
    form = {"kind": "caldav", "url": "https://dav.example.org/private-77/", "user": "", "password": ""}
    assert client.post(f"/busy/{calendar.id}/change", data=form).status_code == 303
    assert (kept(database)[0].kind, kept(database)[0].host) == ("caldav", "dav.example.org")

    with database.transaction() as session:
        row = session.get_one(BusyCalendar, calendar.id)
        row.looked_at, row.copied_at = clock(), clock() - timedelta(days=3)
        row.problem, row.problem_values = (
            "The server answered with %(status)s instead of a calendar.",
            {"status": 418},
        )
        row.left_out = 2
        row.left_out_reasons = [
            {"template": "Its time zone is not known here.", "values": {}, "count": 2, "lines": [11, 18]}
        ]
        session.add(
            BusyInterval(calendar_id=row.id or 0, starts_at=clock(), ends_at=clock() + timedelta(hours=1))
        )
    page = client.get("/busy")
    words = text_of(page)
    assert "Trouble What went wrong The server answered with 418 instead of a calendar." in words
    assert "Last good copy 3 days old" in words
    assert "Left out 2 entries that cannot be read" in words
    assert "2 entries: Its time zone is not known here." in words
    assert "Busy times ahead 1" in words

    asked = client.get(f"/busy/{calendar.id}/remove")
    assert "We forget the address at dav.example.org" in text_of(asked)
    for shown in (page, change, bad, asked):
        assert not re.search("private-|pass word|>ann<|value=.ann", shown.text)
    assert client.post(f"/busy/{calendar.id}/remove").status_code == 303
    assert kept(database) == []
    with database.reading() as session:
        assert session.exec(select(BusyInterval)).all() == []
        entries = session.exec(select(AuditEntry)).all()
    actions = [entry.action for entry in entries if entry.subject.startswith("busy calendar:")]
    assert actions == [
        "give busy calendar",
        "look at busy calendar",
        "change busy calendar",
        "remove busy calendar",
    ]
    assert not re.search("private-|pass word", str([(e.before, e.after) for e in entries]))


def test_each_sees_and_keeps_their_own_and_the_coordinator_all(
    sign_in: SignIn, people: People, database: Database
) -> None:
    contact, expert = sign_in(people.contact), sign_in(people.expert)
    other, coordinator = sign_in(people.other), sign_in(people.coordinator)
    assert give(contact, people.city_id) == 303
    assert give(expert, "me") == 303
    of_city, of_expert = (one.id for one in kept(database))

    assert give(contact, people.london_id) == 400  # another's city is not among the choices
    assert give(expert, people.city_id) == 400  # an expert does not answer for the city
    assert len(kept(database)) == 2

    def names(person: FlaskClient) -> set[str]:
        return {
            name
            for name in ("Stockholm", "Egil Expert")
            if f"{name} calendar.example.org" in text_of(person.get("/busy"))
        }

    assert names(contact) == {"Stockholm"}
    assert names(expert) == {"Egil Expert"}
    assert names(other) == set()
    assert names(coordinator) == {"Stockholm", "Egil Expert"}
    for person, calendar_id in (
        (contact, of_expert),
        (expert, of_city),
        (other, of_city),
        (other, of_expert),
    ):
        for action in ("change", "remove"):
            assert person.get(f"/busy/{calendar_id}/{action}").status_code == 404
            form = {"kind": "ics", "url": "https://evil.example.org/"}
            assert person.post(f"/busy/{calendar_id}/{action}", data=form).status_code == 404
        assert person.post(f"/busy/{calendar_id}/look").status_code == 404
    assert {one.host for one in kept(database)} == {"calendar.example.org"}
    assert coordinator.post(f"/busy/{of_expert}/remove").status_code == 303


BAD = [
    ({"url": "http://example.org/a.ics"}, "begins with https://"),
    ({"url": "https://ann:x@example.org/a.ics"}, "their own fields"),
    ({"url": ""}, "Give the address"),
    ({"user": "", "password": "x"}, "A password goes with a user."),
    ({"user": "a:b"}, "with a colon"),
    ({"kind": "ftp"}, "Not a valid choice"),
]


def test_what_cannot_be_kept_is_said_at_its_field(
    sign_in: SignIn, people: People, database: Database
) -> None:
    client = sign_in(people.contact)
    for typed, words in BAD:
        form = {"owner": "me", "kind": "ics", "url": SECRET, "user": "ann", "password": "x"} | typed
        answer = client.post("/busy/give", data=form)
        assert (answer.status_code, words in text_of(answer)) == (400, True)
    assert kept(database) == []


def test_a_person_gives_five_calendars_at_most(sign_in: SignIn, people: People, database: Database) -> None:
    client = sign_in(people.expert)
    assert [give(client, "me") for _ in range(6)] == [303] * 5 + [400]
