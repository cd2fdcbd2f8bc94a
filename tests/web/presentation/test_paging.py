"""Pages of long lists: their numbers, links, and the search that they keep."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import Role
from exchange.web.presentation.paging import PER_PAGE, Paged, page_address, page_of_list
from tests.factories import make_city, make_group, make_person
from tests.sign_in import SignIn
from tests.statements import statements_for


@pytest.mark.parametrize(
    ("number", "pages", "links"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 3, 0, 9]),
        (5, 9, [1, 0, 3, 4, 5, 6, 7, 0, 9]),
        (9, 9, [1, 0, 7, 8, 9]),
    ],
)
def test_first_last_and_near_pages_are_linked(number: int, pages: int, links: list[int]) -> None:
    assert Paged([], pages * PER_PAGE, number).links == links


@pytest.mark.parametrize(("asked", "shown", "rows"), [(0, 1, 50), (1, 1, 50), (3, 3, 20), (99, 3, 20)])
def test_page_beyond_either_end_is_the_end(asked: int, shown: int, rows: int) -> None:
    page = page_of_list(range(120), asked)
    assert (page.number, len(page.rows), page.found, page.pages) == (shown, rows, 120, 3)


def test_address_of_a_page_keeps_all_else_that_was_asked(app: Flask) -> None:
    with app.test_request_context("/network/people?search=a%26b&page=7&empty="):
        assert page_address(2) == "/network/people?search=a%26b&page=2"
        assert page_address(1) == "/network/people?search=a%26b"


@pytest.fixture
def coordinator(database: Database, sign_in: SignIn) -> FlaskClient:
    """Of a network with 120 experts, all of whom bear one of two names, and each a group."""
    with database.transaction() as session:
        city = make_city(session)
        planner = make_person(session, "Zed Coordinator", city=city, roles=[Role.COORDINATOR])
        for number in range(120):
            person = make_person(session, f"Ann{number % 2}", city=city, roles=[Role.EXPERT])
            make_group(session, f"Circle {number}", members=[person])
    return sign_in(planner)


def test_every_person_stands_on_one_page_in_one_order(coordinator: FlaskClient) -> None:
    """People of one name stood now on this page and now on that: they were in no order."""
    edits = [
        re.findall(r"/network/people/(\d+)/edit", coordinator.get(f"/network/people?page={page}").text)
        for page in (1, 2, 3)
    ]
    assert [len(dict.fromkeys(found)) for found in edits] == [50, 50, 21]
    assert len({one for found in edits for one in found}) == 121


def test_people_are_found_by_their_group(coordinator: FlaskClient) -> None:
    page = coordinator.get("/network/people?search=circle+77").text
    assert "Circle 77" in page
    assert "Circle 78" not in page
    assert "Nobody found" in coordinator.get("/network/people?search=circle+nothing").text


def test_page_of_people_takes_as_many_statements_for_many(coordinator: FlaskClient) -> None:
    one, all_ = (
        statements_for(coordinator, "/network/people?search=zed"),
        statements_for(coordinator, "/network/people"),
    )
    assert one == all_
