"""Organisations: kinds, the people of each, old files with partners, and what a person belongs to."""

import html
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlmodel import select

from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.migrations import migrate
from exchange.models import Organisation, Person
from exchange.network.network_import import load_network
from exchange.settings import Settings
from tests.hand_clock import HandClock
from tests.network.conftest import Network
from tests.network.test_cities import field_values
from tests.network.test_network_import import SMALL, load

POLICE = {"key": "met", "name": "Metropolitan Police", "kind": "police", "note": "close collaborator"}


def test_organisation_has_a_kind_of_the_list(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    spoilt = coordinator.post("/network/organisations/new", data=POLICE | {"kind": "secret"})
    assert spoilt.status_code == 400
    assert coordinator.post("/network/organisations/new", data=POLICE).status_code == 303
    with database.reading() as session:
        assert session.exec(select(Organisation.kind)).one() == "police"
    page = coordinator.get("/network/organisations").text
    assert "Police" in page
    assert "close collaborator" in page


def test_person_belongs_to_an_organisation_and_lives_by_a_city(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    coordinator.post("/network/organisations/new", data=POLICE)
    with database.reading() as session:
        organisation = session.exec(select(Organisation)).one()
    path = f"/network/people/{network.contact.id}/edit"
    typed = field_values(coordinator.get(path).text) | {"organisation_id": str(organisation.id)}
    assert coordinator.post(path, data=typed).status_code == 303
    with database.reading() as session:
        person = session.exec(select(Person).where(Person.id == network.contact.id)).one()
        assert (person.organisation_id, person.city_id) == (organisation.id, network.dublin.id)
    assert "Metropolitan Police" in html.unescape(coordinator.get("/network/people").text)
    assert "Metropolitan Police" in coordinator.get("/export/people.csv").text
    typed = field_values(coordinator.get(path).text) | {"organisation_id": "9999"}
    assert coordinator.post(path, data=typed).status_code == 400


def test_file_with_partners_is_read_as_organisations(
    database: Database, settings: Settings, clock: HandClock, tmp_path: Path
) -> None:
    """Partners had a kind of free text; it is the note now."""
    path = tmp_path / "old.toml"
    path.write_text(SMALL.replace('name = "A partner"', 'name = "A partner"\nkind = "close collaborator"'))
    assert load(database, path, settings, clock).added["organisations"] == ["A partner"]
    with database.reading() as session:
        row = session.exec(select(Organisation)).one()
        assert (row.key, row.kind, row.note) == ("p", "", "close collaborator")
    assert load(database, path, settings, clock).unchanged["organisations"] == 1


def test_file_names_the_organisation_of_a_person(
    database: Database, settings: Settings, clock: HandClock, tmp_path: Path
) -> None:
    new = SMALL.replace("[[partners]]", "[[organisations]]").replace(
        'name = "A partner"', 'name = "A partner"\nkind = "fire"'
    )
    new = new.replace('email = "aino@example.org"', 'email = "aino@example.org"\norganisation = "p"')
    path = tmp_path / "new.toml"
    path.write_text(new)
    load(database, path, settings, clock)
    with database.reading() as session:
        person = session.exec(select(Person).where(Person.email == "aino@example.org")).one()
        assert person.organisation is not None
        assert (person.organisation.name, person.organisation.kind) == ("A partner", "fire")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('organisation = "p"', 'organisation = "q"', "there is no organisation q"),
        ('kind = "fire"', 'kind = "brigade"', "brigade is not one of authority, police, fire"),
    ],
)
def test_fault_in_a_file_is_said_with_its_line(
    database: Database, settings: Settings, clock: HandClock, tmp_path: Path, old: str, new: str, said: str
) -> None:
    text_ = SMALL.replace("[[partners]]", "[[organisations]]")
    text_ = text_.replace('name = "A partner"', 'name = "A partner"\nkind = "fire"')
    text_ = text_.replace('email = "aino@example.org"', 'email = "aino@example.org"\norganisation = "p"')
    path = tmp_path / "network.toml"
    path.write_text(text_.replace(old, new))
    with database.transaction() as session, pytest.raises(ConfigurationError, match=said):
        load_network(session, path, settings=settings, now=clock())


def test_partners_move_both_ways(tmp_path: Path) -> None:
    """Rows of partners become organisations, and partners again; a person's organisation is let go."""
    url = f"sqlite:///{tmp_path}/moved.db"
    migrate(url)
    migrate(url, "0014")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO partner (key, name, kind) VALUES ('uni', 'University', 'friend')")
        )
    migrate(url)
    with engine.begin() as connection:
        moved = connection.execute(text("SELECT key, name, kind, note FROM organisation")).all()
        assert [tuple(row) for row in moved] == [("uni", "University", "", "friend")]
        connection.execute(text("UPDATE organisation SET kind = 'academic'"))
    migrate(url, "0014")
    with engine.begin() as connection:
        back = connection.execute(text("SELECT key, name, kind FROM partner")).all()
        assert [tuple(row) for row in back] == [("uni", "University", "friend")]
    engine.dispose()
