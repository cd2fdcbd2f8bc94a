"""The list of training events when it is long: each on one page, the next first, found by words."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from tests.factories import make_training
from tests.hand_clock import HandClock
from tests.statements import statements_for
from tests.trainings.conftest import Net


@pytest.fixture
def days(database: Database, net: Net, clock: HandClock) -> list[date]:
    """Sixty events on either side of today, in London but the last, in the order of the list."""
    today = clock().date()
    coming = [today + timedelta(days=number) for number in range(60)]
    past = [today - timedelta(days=number) for number in range(1, 61)]
    with database.transaction() as session:
        for on in coming + past:
            host = net.cities["Sydney" if on == past[-1] else "London"]
            make_training(session, host_city=host, on_local=on, title=f"Held {on.isoformat()}")
    return coming + past


def held(client: FlaskClient, asked: str) -> list[date]:
    page = client.get(f"/trainings?{asked}").text
    return [date.fromisoformat(on) for on in re.findall(r">Held (\d{4}-\d\d-\d\d)<", page)]


def test_every_event_stands_on_one_page_the_next_first(coordinator: FlaskClient, days: list[date]) -> None:
    pages = [held(coordinator, f"page={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [on for page in pages for on in page] == days
    second = coordinator.get("/trainings?page=2").text
    assert 'id="coming-title"' in second
    assert 'id="past-title"' in second


def test_events_are_found_by_title_and_host(coordinator: FlaskClient, days: list[date]) -> None:
    assert held(coordinator, "search=SYDNEY+held") == days[-1:]
    assert held(coordinator, f"search={days[7].isoformat()}") == [days[7]]
    assert "Nothing found" in coordinator.get("/trainings?search=nowhere").text


def test_page_takes_as_many_statements_for_many(coordinator: FlaskClient, days: list[date]) -> None:
    assert statements_for(coordinator, "/trainings?search=sydney") == statements_for(
        coordinator, "/trainings"
    )
