"""Numbers too large for any row, and dates in no year anybody plans: refused, never a fault."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.db import Database
from tests.network.conftest import Network

TOO_LARGE = (2**31, 2**63, 10**19, int("9" * 200))


@pytest.mark.parametrize("number", TOO_LARGE)
def test_address_with_a_number_no_row_has_finds_no_page(
    coordinator: FlaskClient, app: Flask, number: int
) -> None:
    """PostgreSQL refused to compare such a number with an id, and the page was answered with 500."""
    with_ids = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert len(with_ids) > 15
    for rule in with_ids:
        address = re.sub(r"<(int:\w+|any\(groups[^>]*|any\(chair[^>]*|\w+)>", _part(number), rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            assert coordinator.open(address, method=method).status_code in {404, 405}, (method, address)


def _part(number: int) -> Callable[[re.Match[str]], str]:
    """What stands in each place of a rule."""
    words = {"int": str(number), "any(groups": "groups", "any(chair": "chair"}
    return lambda place: next((word for start, word in words.items() if place[1].startswith(start)), "launch")


def test_number_of_thousands_of_digits_finds_no_page(coordinator: FlaskClient) -> None:
    assert coordinator.get(f"/cycles/{'9' * 5000}").status_code == 404


@pytest.mark.parametrize("before", [10**19, -(10**19), "9" * 5000, "x"])
def test_letters_before_an_impossible_one_are_listed(coordinator: FlaskClient, before: object) -> None:
    assert coordinator.get(f"/letters/sent?before={before}").status_code == 200


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31"])
def test_membership_is_not_changed_on_a_day_in_no_year_of_the_network(
    coordinator: FlaskClient, network: Network, database: Database, on: str
) -> None:
    """The day before the first of January of year 1 does not exist: the form was answered with 500."""
    for form, data in (
        ("status", {"status": "partner", "from_on": on}),
        ("end", {"from_on": on, "reason": "Left"}),
    ):
        answer = coordinator.post(f"/network/cities/dublin/{form}", data=data)
        assert answer.status_code == 400, form
        assert "between 2000 and 2100" in answer.text, form
