"""Correcting oneself, a new address, objecting, restriction, requests and the notice."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.answering.personal_links import without_tokens
from exchange.db import Database
from exchange.mail.schedule.unsubscribe_links import takes
from exchange.models import AddressChange, AuditEntry, City, Erasure, Letter, Person, Role
from exchange.network.erased_addresses import address_digest
from exchange.personal_data.rights_letters import ADDRESS_HOURS
from exchange.rules.programme.stage_plan import MessageClass
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn


@pytest.fixture
def anna(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna", city=make_city(session, "London"))


@pytest.fixture
def planner(database: Database, sign_in: SignIn, anna: Person) -> FlaskClient:
    with database.transaction() as session:
        london = session.get_one(City, anna.city_id)
        cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
    return sign_in(cora)


def letters(database: Database) -> dict[str, Letter]:
    """The newest of each address."""
    with database.reading() as session:
        return {one.to_address: one for one in session.exec(select(Letter).order_by(Letter.id))}  # type: ignore[arg-type]


def person(database: Database, anna: Person) -> Person:
    with database.reading() as session:
        return session.get_one(Person, anna.id)


def given(browser: FlaskClient, database: Database, address: str) -> str:
    """The path of the link that went to a new address."""
    answer = browser.post("/account/address", data={"email": address})
    assert answer.status_code == 303
    found = re.search(r"/new-address/[\w-]+", letters(database)[address.lower()].text)
    assert found
    return found[0]


def test_page_says_what_is_held_and_why(sign_in: SignIn, anna: Person) -> None:
    page = text_of(sign_in(anna).get("/account/data"))
    for words in ("Name, address, city, language, roles", "90 days, to whom and when 24 months", "7 years"):
        assert words in page


def test_person_corrects_their_own_name_and_language_alone(
    database: Database, sign_in: SignIn, anna: Person
) -> None:
    browser = sign_in(anna)
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', browser.get("/account/details").text)
    assert seen
    typed = {"name": "Anna Åberg", "language": "en", "seen": seen[1], "roles": "coordinator"}
    assert browser.post("/account/details", data=typed).status_code == 303
    assert browser.post("/account/details", data=typed | {"name": "Late"}).status_code in {
        400,
        409,
    }  # old page
    assert browser.post("/account/details", data=typed | {"name": "A\nB"}).status_code == 400
    changed = person(database, anna)
    assert (changed.name, changed.language) == ("Anna Åberg", "en")
    assert browser.post("/account/details", data=typed | {"language": "tlh"}).status_code == 400
    with database.reading() as session:
        assert [held.role for held in session.get_one(Person, anna.id).roles] == ["city contact"]
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "edit person")).one()
        assert entry.after is not None
        assert entry.after["changed"] == ["name"]
        assert "Åberg" not in str(entry.after)


def test_new_address_counts_once_its_own_mailbox_confirms_it(
    database: Database, sign_in: SignIn, anna: Person, client: FlaskClient
) -> None:
    browser = sign_in(anna)
    path = given(browser, database, "Anna.New@example.org")
    sent = letters(database)
    assert set(sent) == {anna.email, "anna.new@example.org"}
    assert "/new-address/" not in sent[anna.email].text  # a note, without the link
    assert "Somebody signed in as you" in sent[anna.email].text
    assert "anna.new" not in sent[anna.email].text
    assert path not in without_tokens(sent["anna.new@example.org"].text)
    assert client.get(path).status_code == 200  # mail scanners open links
    assert person(database, anna).email == anna.email
    assert client.post(path).status_code == 303
    assert person(database, anna).email == "anna.new@example.org"
    assert client.post(path).status_code == 404
    with database.reading() as session:
        assert session.exec(select(AddressChange)).one().new_address == ""
        waiting = {one.to_address: one.state for one in session.exec(select(Letter))}
    assert waiting[anna.email] == "queued"  # the note still goes to the old address
    with database.reading() as session:
        assert "anna" not in str([one.after for one in session.exec(select(AuditEntry))])


def test_link_ends_with_time_and_with_the_next_one(
    database: Database, sign_in: SignIn, anna: Person, clock: HandClock, client: FlaskClient
) -> None:
    browser = sign_in(anna)
    first = given(browser, database, "one@example.org")
    second = given(browser, database, "two@example.org")
    assert client.get(first).status_code == 404
    clock.advance(hours=ADDRESS_HOURS)
    assert client.post(second).status_code == 404
    assert person(database, anna).email == anna.email
    assert client.get("/new-address/forged").status_code == 404


def test_address_of_somebody_else_gets_no_link_and_tells_nothing(
    database: Database, sign_in: SignIn, anna: Person
) -> None:
    with database.transaction() as session:
        other = make_person(session, "Other", city=session.get_one(City, anna.city_id)).email
    browser = sign_in(anna)
    taken = browser.post("/account/address", data={"email": other})
    assert letters(database) == {}
    free = browser.post("/account/address", data={"email": "free@example.org"})
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert browser.post("/account/address", data={"email": anna.email}).status_code == 400
    assert browser.post("/account/address", data={"email": "no address"}).status_code == 400


def test_address_of_somebody_erased_gets_no_link_and_tells_nothing(
    database: Database, sign_in: SignIn, anna: Person, settings: Settings, clock: HandClock
) -> None:
    """Whoever was signed in could learn of any address whether somebody with it had been erased."""
    gone = "gone@example.org"
    with database.transaction() as session:
        former = make_person(session, "Former", city=session.get_one(City, anna.city_id))
        kept = {"number": 7, "address_digest": address_digest(gone, settings), "erased_at": clock()}
        session.add(Erasure(person_id=former.id, **kept))
    browser = sign_in(anna)
    erased = browser.post("/account/address", data={"email": gone})
    assert letters(database) == {}
    free = browser.post("/account/address", data={"email": "free@example.org"})
    assert (erased.status_code, erased.location) == (free.status_code, free.location)


def test_somebody_elses_mailbox_cannot_be_filled(database: Database, sign_in: SignIn, anna: Person) -> None:
    browser = sign_in(anna)
    for number in range(5):
        browser.post("/account/address", data={"email": f"n{number}@example.org"})
    assert browser.post("/account/address", data={"email": "n6@example.org"}).status_code == 429
    assert "n6@example.org" not in letters(database)


def test_objection_stops_programme_letters_at_once_and_is_answered(
    database: Database, sign_in: SignIn, anna: Person, planner: FlaskClient, clock: HandClock
) -> None:
    browser = sign_in(anna)
    asked = {"kind": "objection", "words": "Not me."}
    assert browser.post("/account/rights", data=asked).status_code == 303
    assert not takes(person(database, anna), MessageClass.PROGRAMME)
    assert browser.post("/account/rights", data=asked).status_code == 409
    page = text_of(planner.get("/people/data"))
    assert "Anna Object" in page
    assert "Late" not in page
    clock.advance(days=31)  # signed in anew below: sessions have ended
    with database.reading() as session:
        cora = session.exec(select(Person).where(Person.name == "Cora")).one()
    planner = sign_in(cora)
    assert "Late" in text_of(planner.get("/people/data"))
    assert "Not me." in planner.get("/people/data/1").text
    assert planner.post("/people/data/1", data={"decision": "granted", "answer": ""}).status_code == 400
    decided = {"decision": "granted", "answer": "You hear from us no more."}
    assert planner.post("/people/data/1", data=decided).status_code == 303
    assert planner.post("/people/data/1", data=decided).status_code in {404, 409}
    assert "You hear from us no more." in letters(database)[anna.email].text
    assert person(database, anna).restricted_at is not None
    assert "Granted" in text_of(sign_in(anna).get("/account/data"))


def test_erasure_is_not_granted_with_a_form(
    database: Database, sign_in: SignIn, anna: Person, planner: FlaskClient
) -> None:
    assert sign_in(anna).post("/account/rights", data={"kind": "erasure"}).status_code == 303
    assert f"/people/{anna.id}/erase" in planner.get("/people/data/1").text
    decided = {"decision": "granted", "answer": "Gone."}
    assert planner.post("/people/data/1", data=decided).status_code == 400
    assert planner.post("/people/data/1", data=decided | {"decision": "refused"}).status_code == 303


def test_restriction_stops_programme_letters_and_can_be_ended(
    database: Database, anna: Person, planner: FlaskClient, client: FlaskClient
) -> None:
    path = f"/people/{anna.id}/restrict"
    assert planner.post(path, data={"why": " "}).status_code == 400
    assert planner.post(path, data={"why": "Accuracy is disputed"}).status_code == 303
    assert planner.post(path, data={"why": "Again"}).status_code == 409
    held = person(database, anna)
    assert not takes(held, MessageClass.PROGRAMME)
    assert takes(held, MessageClass.SERVICE)
    assert "Restricted" in text_of(planner.get("/network/people"))
    assert planner.post(f"/people/{anna.id}/end-restriction", data={"why": "Settled"}).status_code == 303
    assert takes(person(database, anna), MessageClass.PROGRAMME)
    with database.reading() as session:
        reasons = [one.reason for one in session.exec(select(AuditEntry)) if "restrict" in one.action]
    assert reasons == ["Accuracy is disputed", "Settled"]


def test_administering_pages_are_not_for_others(sign_in: SignIn, anna: Person, client: FlaskClient) -> None:
    browser = sign_in(anna)
    for path in ("/people/data", "/people/data/1", f"/people/{anna.id}/restrict", f"/people/{anna.id}/erase"):
        assert browser.get(path).status_code == 403, path
        assert client.get(path).status_code == 303, path


@pytest.mark.parametrize(("language", "words"), [("en", "Who is responsible"), ("sv", "Vem som ansvarar")])
def test_notice_is_public_and_holds_the_numbers_in_force(
    app: Flask, settings: Settings, client: FlaskClient, language: str, words: str
) -> None:
    answer = client.get("/privacy", headers={"Accept-Language": language})
    other = client.get("/privacy", query_string={"language": language}, headers={"Accept-Language": "fr"})
    assert text_of(other) == text_of(answer)
    assert f'lang="{language}"' in answer.text
    assert answer.status_code == 200
    page = text_of(answer)
    for said in (words, "90", "24", settings.network_name, "exchange@example.org"):
        assert said in page
    assert "{" not in page
    assert 'href="/privacy"' in client.get("/").text
