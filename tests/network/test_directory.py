"""The directory: people of the network of today, found by words, fifty at a time, for each other."""

import html
import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.access.standings import is_in_network, standings_of
from exchange.db import Database
from exchange.models import Organisation, Person, Role
from exchange.network.directory import directory
from exchange.web.presentation.paging import PER_PAGE
from tests.factories import make_city, make_group, make_person
from tests.hand_clock import HandClock
from tests.network.conftest import Network
from tests.sign_in import SignIn
from tests.statements import statements_for


@pytest.fixture
def reader(sign_in: SignIn, network: Network) -> FlaskClient:
    """Edda, an expert of London: chair of a group."""
    return sign_in(network.expert)


def shown(client: FlaskClient, query: str = "") -> list[str]:
    page = html.unescape(client.get(f"/directory{query}").text)
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def in_town(session: Session, network: Network, name: str, **fields: object) -> Person:
    return make_person(session, name, city=session.merge(network.london), **fields)  # type: ignore[arg-type]


def test_people_of_today_are_shown_with_organisation_city_and_groups(
    reader: FlaskClient, database: Database, network: Network
) -> None:
    with database.transaction() as session:
        session.add(Organisation(id=7, key="interpol", name="INTERPOL", kind="international"))
        session.flush()
        in_town(session, network, "Ines International", roles=[Role.LIAISON]).organisation_id = 7
    assert shown(reader) == ["Cora Coordinator", "Dara Contact", "Edda Expert", "Ines International"]
    page = reader.get("/directory").text
    assert "TLP:GREEN" in page
    assert "INTERPOL" in page
    assert "G5 Hostile drones" in page
    assert "@" not in page.split("<main")[1], "no addresses"


def test_who_left_holds_nothing_or_has_a_city_that_left_is_not_there(
    reader: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    with database.transaction() as session:
        in_town(session, network, "Gone", roles=[Role.EXPERT]).is_active = False
        in_town(session, network, "Without role or seat", roles=[])
        left = make_city(session, "Vancouver", ends_on=clock().date() - timedelta(days=1))
        make_person(session, "Of a city that left", city=left, roles=[Role.CITY_LEAD])
        make_person(session, "Auditor of everywhere", city=left, roles=[Role.AUDITOR])
    assert shown(reader) == ["Auditor of everywhere", "Cora Coordinator", "Dara Contact", "Edda Expert"]


def test_liaison_of_an_organisation_needs_a_city_for_the_clock_alone(
    sign_in: SignIn, database: Database, network: Network, clock: HandClock
) -> None:
    with database.transaction() as session:
        session.add(Organisation(id=7, key="interpol", name="INTERPOL", kind="international"))
        session.flush()
        never = make_city(session, "Auckland", status=None)
        liaison = make_person(session, "Ines", city=never, roles=[Role.LIAISON])
        liaison.organisation_id = 7
        make_group(session, "Finance of terror", members=[liaison])
        make_person(session, "Nobody's", city=never, roles=[Role.LIAISON])
    page = sign_in(liaison).get("/directory")
    assert page.status_code == 200
    assert "Ines" in page.text
    assert "Finance of terror" in page.text
    assert "Nobody" not in page.text


def test_directory_is_not_there_for_who_is_not_in_the_network(
    client: FlaskClient, sign_in: SignIn, database: Database, network: Network, clock: HandClock
) -> None:
    with database.transaction() as session:
        left = make_city(session, "Vancouver", ends_on=clock().date() - timedelta(days=1))
        former = make_person(session, city=left, roles=[Role.CITY_LEAD])
    assert client.get("/directory").status_code == 303
    answer = sign_in(former).get("/directory")
    assert answer.status_code == 404
    assert "Edda" not in answer.text


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("edda", ["Edda Expert"]),
        ("LONDON drones", ["Edda Expert"]),
        ("london", ["Cora Coordinator", "Edda Expert"]),
        ("%", []),
        ("åsa", ["Åsa Öberg"]),
        ("<script>", []),
    ],
)
def test_search_asks_for_every_word_anywhere(
    reader: FlaskClient, database: Database, network: Network, search: str, found: list[str]
) -> None:
    with database.transaction() as session:
        paris = make_city(session, "Paris")
        make_person(session, "Åsa Öberg", city=paris)
    answer = reader.get("/directory", query_string={"search": search})
    assert re.findall(r'<th scope="row">([^<]+)</th>', answer.text) == found
    assert "<script>" not in answer.text.split("<main")[1]


def test_fifty_stand_on_a_page_and_pages_keep_the_search(
    reader: FlaskClient, database: Database, network: Network
) -> None:
    with database.transaction() as session:
        for number in range(60):
            in_town(session, network, f"Person {number:02}", roles=[Role.EXPERT])
    assert len(shown(reader)) == PER_PAGE
    assert len(shown(reader, "?page=2&search=person")) == 10
    assert "search=person" in reader.get("/directory?search=person").text
    for spoilt in ("9999999", "-1", "x", "%00", "99"):
        assert reader.get(f"/directory?page={spoilt}").status_code == 200


def test_directory_takes_as_many_statements_for_many(
    reader: FlaskClient, database: Database, network: Network
) -> None:
    before = statements_for(reader, "/directory")
    with database.transaction() as session:
        for number in range(30):
            session.add(Organisation(id=number + 1, key=f"o{number}", name=f"Organisation {number}"))
            session.flush()
            person = in_town(session, network, f"Person {number}", roles=[Role.EXPERT])
            person.organisation_id = number + 1
            make_group(session, members=[person])
    assert statements_for(reader, "/directory") == before


def test_page_beyond_the_last_is_the_last(database: Database, network: Network) -> None:
    with database.reading() as session:
        page = directory(session, date(2026, 11, 23), number=40)
    assert (page.number, page.pages, page.found) == (1, 1, 3)


def test_list_of_the_network_says_what_the_standing_of_each_says(
    database: Database, network: Network, clock: HandClock
) -> None:
    on = clock().date()
    with database.transaction() as session:
        session.add(Organisation(id=7, key="interpol", name="INTERPOL", kind="international"))
        session.flush()
        spans = {
            "Never": {"status": None},
            "Left": {"ends_on": on - timedelta(days=1)},
            "Last day": {"ends_on": on},
            "First day": {"starts_on": on},
            "To come": {"starts_on": on + timedelta(days=1)},
        }
        for name, span in spans.items():
            city = make_city(session, name, **span)  # type: ignore[arg-type]  # of dates
            for roles in ([], [Role.EXPERT], [Role.AUDITOR], [Role.COORDINATOR], [Role.LIAISON]):
                make_person(session, f"{name} {roles}", city=city, roles=roles)
                make_person(session, f"{name} {roles} at", city=city, roles=roles).organisation_id = 7
                make_group(
                    session, members=[make_person(session, f"{name} {roles} in", city=city, roles=roles)]
                )
                make_person(session, f"{name} {roles} gone", city=city, roles=roles).is_active = False
    with database.reading() as session:
        people = session.exec(select(Person)).all()
        standings = standings_of(session, people, on)
        listed = set(session.exec(select(Person.id).where(is_in_network(on))))
    assert listed == {person_id for person_id, one in standings.items() if one.is_in_network}
    assert len(listed) > 20
