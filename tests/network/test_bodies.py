"""The pages of expert groups and boards when they are long: every seat on one of them, in one order."""

import re

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import BoardMember, ExpertGroup
from exchange.network.bodies import bodies_found
from tests.factories import make_city, make_group, make_person
from tests.network.conftest import Network
from tests.statements import statements_for


@pytest.fixture
def many(database: Database, network: Network) -> Network:
    """Three groups more: one with 70 members of two names, one with none, one with a chair who left."""
    with database.transaction() as session:
        malmo = make_city(session, "Malmö")
        people = [make_person(session, f"Ann{number % 2}", city=malmo) for number in range(70)]
        make_group(session, "Long", members=people, chair=people[33], key="G6")
        make_group(session, "Empty", key="G7")
        gone = make_person(session, "Gunn", city=malmo, is_active=False)
        make_group(session, "Left", members=[gone], chair=gone, key="G8")
        board_id = network.board.id or 0
        session.add_all([BoardMember(board_id=board_id, person_id=person.id or 0) for person in people])
    return network


def test_every_seat_stands_on_one_page_the_chair_first(database: Database, many: Network) -> None:
    seats: list[tuple[str, str, bool]] = []
    with database.reading() as session:
        pages = [bodies_found(session, ExpertGroup, search="", number=n) for n in (1, 2)]
    for found in pages:
        seats += [(body.key, seat.name, seat.is_chair) for body in found.page.rows for seat in body.seats]
    assert [(key, is_chair) for key, _, is_chair in seats] == [
        ("G5", True),
        ("G6", True),
        *[("G6", False)] * 69,
        ("G8", True),
    ]
    names = [name for key, name, _ in seats if key == "G6"][1:]
    assert names == sorted(names)
    assert [body.key for body in pages[1].page.rows] == ["G6", "G7", "G8"]
    assert [(one.key, one.seats, one.page) for one in pages[0].places] == [
        ("G5", 1, 1),
        ("G6", 70, 1),
        ("G7", 0, 2),
        ("G8", 1, 2),
    ]


def test_bodies_lead_to_where_they_begin(coordinator: FlaskClient, many: Network) -> None:
    first = coordinator.get("/network/groups").text
    links = re.findall(r'href="([^"]*)#(body-\d+)">(G\d)', first)
    assert [key for *_, key in links] == ["G5", "G6", "G7", "G8"]
    for address, anchor, key in links:
        page = coordinator.get(address).text
        assert re.search(rf'id="{anchor}"><a [^>]*>{key} ', page)


@pytest.mark.parametrize(
    ("search", "shown"),
    [
        ("ann1 malmö", {"Long"}),
        ("left", {"Left"}),
        ("MALMÖ gunn", {"Left"}),
        ("empty", {"Empty"}),
        ("nobody", set()),
    ],
)
def test_seats_are_found_by_body_person_and_city(
    coordinator: FlaskClient, many: Network, search: str, shown: set[str]
) -> None:
    page = coordinator.get("/network/groups", query_string={"search": search}).text
    names = {"Long", "Empty", "Left", "Hostile drones"}
    assert {name for name in names if f" {name}</a></h2>" in page} == shown
    assert ("Nobody found" in page) == (not shown)


@pytest.mark.parametrize("kind", ["groups", "boards"])
def test_page_of_bodies_takes_as_many_statements_for_many(
    coordinator: FlaskClient, many: Network, kind: str
) -> None:
    few, all_ = (statements_for(coordinator, f"/network/{kind}?search={search}") for search in ("edda", ""))
    assert few == all_


def test_forms_take_as_many_statements_for_many(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    """The form of a person read every seat of every group, to list the groups' names."""
    paths = ("/network/people/new", f"/network/groups/{network.group.id}/edit")
    before = [statements_for(coordinator, path) for path in paths]
    with database.transaction() as session:
        city = make_city(session, "Malmö")
        for number in range(30):
            make_group(session, f"Circle {number}", members=[make_person(session, city=city)])
    assert [statements_for(coordinator, path) for path in paths] == before
