"""A colleague named behind an invitation's link: a coordinator invites or declines, and nobody else does."""

import pytest
from flask import Flask
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, Letter, Nomination, Person, Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import AT_DOOR, NOW, Event, link_of, training_of
from tests.contributions.conftest import queue_letters
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn

pytestmark = ON_SQLITE
NAMED = {"name": "Nils Newman", "email": "Nils@Example.org"}


@pytest.fixture
def address(database: Database, event: Event, settings: Settings, clock: HandClock) -> str:
    """Where Dora of Dublin names colleagues, long before the event."""
    clock.set(NOW)
    return f"{link_of(database, settings, event.people['dora'])}/colleague"


def waiting(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        return [(one.name, one.email, one.state) for one in session.exec(select(Nomination))]


def test_a_colleague_waits_for_a_coordinator_and_is_written_to_when_invited(
    app: Flask,
    database: Database,
    event: Event,
    address: str,
    sign_in: SignIn,
    settings: Settings,
    clock: HandClock,
) -> None:
    visitor = app.test_client()
    assert address in visitor.get(address.removesuffix("/colleague")).text
    assert visitor.post(address, data=NAMED).status_code == 303
    assert waiting(database) == [("Nils Newman", "nils@example.org", "waiting")]
    queue_letters(database, settings, clock)
    with database.reading() as session:
        assert session.exec(select(Letter).where(Letter.to_address == "nils@example.org")).all() == []
    cora = sign_in(event.people["cora"])
    desk = cora.get("/desk")
    assert "Decide about a colleague who was named Drone over a stadium" in text_of(desk)
    assert "Nils" not in desk.text
    assert "Nils Newman" in text_of(cora.get("/nominations"))
    with database.reading() as session:
        page = f"/nominations/{session.exec(select(Nomination.id)).one()}"
    assert "Contact of Dublin" in text_of(cora.get(page))
    sent = NAMED | {"part": "0", "do": "invite"}
    assert cora.post(page, data=sent).status_code == 303
    assert waiting(database) == [("", "", "invited")]
    with database.reading() as session:
        nils = session.exec(select(Person).where(Person.email == "nils@example.org")).one()
        assert (nils.name, nils.city.name) == ("Nils Newman", "Dublin")
        assert [one.role for one in nils.roles] == [Role.CITY_CONTACT]
        kinds = session.exec(select(Letter.kind).where(Letter.person_id == nils.id)).all()
        assert kinds == ["welcome"]
        told = [one.after for one in session.exec(select(AuditEntry)) if "colleague" in one.action]
        assert told == [{"to": f"training:{event.id}"}]
    assert "they were entered, and are invited" in text_of(visitor.get(address))
    clock.set(AT_DOOR.replace(month=5))
    queue_letters(database, settings, clock)
    with database.reading() as session:
        kinds = session.exec(select(Letter.kind).where(Letter.person_id == nils.id)).all()
        assert "T1" in kinds  # the invitation, six weeks before


def test_who_named_them_reads_why_not_and_no_name_is_kept(
    app: Flask, database: Database, event: Event, address: str, sign_in: SignIn
) -> None:
    visitor = app.test_client()
    assert visitor.post(address, data=NAMED).status_code == 303
    cora = sign_in(event.people["cora"])
    page = "/nominations/1"
    empty = cora.post(page, data={"do": "decline", "word": " "})
    assert empty.status_code == 400
    assert "Write a sentence: who named them reads it." in text_of(empty)
    assert cora.post(page, data={"do": "decline", "word": "The room is full."}).status_code == 303
    assert cora.post(page, data={"do": "decline", "word": "Again."}).status_code == 404
    assert waiting(database) == [("", "", "declined")]
    shown = visitor.get(address)
    assert "they are not invited. The room is full." in text_of(shown)
    assert "Nils" not in shown.text


def test_what_cannot_be_is_said_at_its_field(
    app: Flask, database: Database, event: Event, address: str, sign_in: SignIn
) -> None:
    visitor = app.test_client()
    for sent, said in [
        ({"name": "", "email": "a@example.org"}, "Write their name."),
        ({"name": "Nils", "email": ""}, "Write their e-mail address."),
        ({"name": "Nils", "email": "nobody"}, "nobody is not an email address."),
        ({"name": "Nils\x07", "email": "a@example.org"}, "Use one line without line breaks"),
        ({"name": "x" * 300, "email": "a@example.org"}, "at most 200 fit"),
    ]:
        refused = visitor.post(address, data=sent)
        assert refused.status_code == 400, sent
        assert said in text_of(refused), sent
    assert waiting(database) == []
    taken = {"name": "Again", "email": event.people["uma"].email}
    assert visitor.post(address, data=taken).status_code == 303  # a link tells nobody who is here
    cora = sign_in(event.people["cora"])
    refused = cora.post("/nominations/1", data=taken | {"part": "0", "do": "invite"})
    assert refused.status_code == 400
    assert "Another one has this already" in text_of(refused)
    wrong = cora.post("/nominations/1", data=NAMED | {"part": "77", "do": "invite"})
    assert wrong.status_code == 400
    assert [one[2] for one in waiting(database)] == ["waiting"]


def test_three_wait_at_most_and_five_are_named_in_a_day(
    app: Flask, address: str, sign_in: SignIn, event: Event
) -> None:
    visitor = app.test_client()
    cora = sign_in(event.people["cora"])

    def name(number: int) -> int:
        sent = {"name": f"No. {number}", "email": f"n{number}@example.org"}
        return visitor.post(address, data=sent).status_code

    assert [name(number) for number in range(4)] == [303, 303, 303, 409]
    for number in (1, 2, 3):
        assert cora.post(f"/nominations/{number}", data={"do": "decline", "word": "No."}).status_code == 303
    assert [name(number) for number in (5, 6, 7)] == [303, 303, 429]


def test_once_it_has_begun_or_is_for_named_people_nobody_is_named(
    app: Flask, database: Database, event: Event, address: str, clock: HandClock, sign_in: SignIn
) -> None:
    dora = event.people["dora"]
    clock.set(AT_DOOR.replace(hour=13))
    refused = app.test_client().post(address, data=NAMED)
    assert refused.status_code == 409
    assert "This meeting has begun" in text_of(refused)
    clock.set(NOW)
    with database.transaction() as session:
        training = training_of(session, event)
        training.marking, training.named_ids = Marking.RED, [dora.id or 0]
    assert "for the people named on it" in text_of(sign_in(dora).post(address, data=NAMED))
    assert waiting(database) == []
    assert sign_in(event.people["lena"]).get("/nominations").status_code == 403
