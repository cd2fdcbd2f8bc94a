"""Standing documents: listed, changed, reviewed, and owed by their owners."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, City, Person, Role, StandingDocument
from tests.access.routes import ON_SQLITE
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.pages import form_values, text_of
from tests.sign_in import SignIn

NOW = datetime(2027, 3, 8, 10, tzinfo=UTC)
LIST = "/standing-documents"


@dataclass(frozen=True)
class Net:
    """The rows, loaded and detached."""

    london: City
    cora: Person
    owner: Person
    other: Person


@pytest.fixture
def net(database: Database, clock: HandClock) -> Net:
    clock.set(NOW)
    with database.transaction() as session:
        london = make_city(session, "London")
        return Net(
            london,
            make_person(session, "Cora", city=london, roles=[Role.COORDINATOR]),
            make_person(session, "Olga", city=london),
            make_person(session, "Otto", city=london),
        )


@pytest.fixture
def cora(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.cora)


def typed(net: Net, **fields: str) -> dict[str, str]:
    return {
        "title": "Equality of access",
        "kind": "equality impact assessment",
        "link": "https://files.example.org/equality",
        "owner": net.owner.email.upper(),
        "reviewed_on": "2026-03-10",
        "review_on": "2027-03-10",
    } | fields


def only(database: Database) -> StandingDocument:
    with database.reading() as session:
        return session.exec(select(StandingDocument)).one()


def test_a_document_is_listed_owed_by_its_owner_and_reviewed(
    cora: FlaskClient, sign_in: SignIn, net: Net, database: Database
) -> None:
    assert cora.post(f"{LIST}/new", data=typed(net)).status_code == 303
    owner, other = sign_in(net.owner), sign_in(net.other)
    page = text_of(other.get(LIST))
    assert "Equality of access Equality impact assessment Olga Tue 10 Mar 2026 Wed 10 Mar 2027" in page
    assert "It was reviewed" not in page
    assert "Standing documents" in text_of(other.get("/governance"))
    assert "Review the document and say when it is next" in text_of(owner.get("/desk"))
    assert "Review the document" not in text_of(other.get("/desk"))
    document = only(database)
    review = f"{LIST}/{document.id}/review"
    assert other.get(review).status_code == 404
    values = form_values(owner.get(review))
    values["review_on"] = "2027-03-08"
    assert "Give a day after today" in text_of(owner.post(review, data=values))
    values["review_on"] = "2028-03-06"
    assert owner.post(review, data=values).status_code == 303
    assert (only(database).reviewed_on, only(database).review_on) == (date(2027, 3, 8), date(2028, 3, 6))
    assert "Review the document" not in text_of(owner.get("/desk"))
    assert owner.post(review, data=values).status_code == 409
    with database.reading() as session:
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.subject == f"standing document:{document.id}")
        ).all()
        assert [one.action for one in entries] == ["add standing document", "review standing document"]


@ON_SQLITE
def test_coordinators_owe_what_somebody_left_behind(cora: FlaskClient, net: Net, database: Database) -> None:
    cora.post(f"{LIST}/new", data=typed(net))
    assert "Review the document" not in text_of(cora.get("/desk"))
    with database.transaction() as session:
        session.get_one(Person, net.owner.id).is_active = False
    assert "Review the document" in text_of(cora.get("/desk"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Give it a title"),
        ({"kind": "poem"}, "Not a valid choice"),
        ({"link": "http://example.org"}, "A link begins with https://"),
        ({"owner": "nobody@example.org"}, "somebody who is in the network"),
        ({"review_on": ""}, "Give the date as day, month and year"),
        ({"reviewed_on": "2027-03-09"}, "cannot have been reviewed after today"),
        ({"review_on": "9999-12-31"}, "Give a year from 2000 to 2100"),
        ({"reviewed_on": "0001-01-01"}, "Give a year from 2000 to 2100"),
        ({"review_on": "2026-03-10"}, "The next review comes after the last one"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(
    cora: FlaskClient, net: Net, wrong: dict[str, str], said: str
) -> None:
    answer = cora.post(f"{LIST}/new", data=typed(net, **wrong))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "No documents yet" in text_of(cora.get(LIST))


@ON_SQLITE
def test_only_coordinators_change_documents(
    cora: FlaskClient, sign_in: SignIn, net: Net, database: Database
) -> None:
    cora.post(f"{LIST}/new", data=typed(net))
    edit = f"{LIST}/{only(database).id}/edit"
    assert sign_in(net.owner).get(edit).status_code == 403
    assert sign_in(net.owner).get(f"{LIST}/new").status_code == 403
    values = form_values(cora.get(edit))
    values["title"] = "Access for all"
    assert cora.post(edit, data=values).status_code == 303
    assert cora.post(edit, data=values).status_code == 409
    assert "Access for all" in text_of(cora.get(LIST))
