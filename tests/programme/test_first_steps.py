"""The first steps on a coordinator's home page: what is done, what is next, and when they go."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import Cycle, MembershipStatus, Person, Role
from exchange.programme.first_steps import FirstSteps, Step
from tests.factories import MADE_AT, make_city, make_cycle, make_group, make_person, make_theme
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for


@pytest.fixture
def cora(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(session, "Cora", city=make_city(session, "London"), roles=[Role.COORDINATOR])


def home(sign_in: SignIn, person: Person) -> str:
    return text_of(sign_in(person).get("/"))


@pytest.mark.parametrize(
    ("steps", "following"),
    [
        (FirstSteps(0, 0, 0, 0, 0, None), Step.NETWORK),
        (FirstSteps(1, 0, 1, 1, 1, None), Step.CITIES),
        (FirstSteps(1, 0, 2, 2, 1, None), Step.PEOPLE),
        (FirstSteps(1, 0, 2, 0, 0, None), Step.PEOPLE),
        (FirstSteps(1, 0, 2, 2, 2, None), Step.CYCLE),
        (FirstSteps(0, 0, 2, 2, 2, 7), Step.NETWORK),
    ],
)
def test_next_step_is_the_first_that_is_not_done(steps: FirstSteps, following: Step) -> None:
    assert steps.next is following


def test_steps_follow_what_is_entered_until_a_cycle_is_published(
    database: Database, cora: Person, sign_in: SignIn
) -> None:
    said = home(sign_in, cora)
    assert "0 themes, 0 expert groups." in said
    assert "1 city." in said
    assert "Somebody speaks for 0 cities of 1." in said
    with database.transaction() as session:
        theme = make_theme(session)
        dublin, london = make_city(session, "Dublin"), session.get_one(Person, cora.id).city
        for city in (dublin, london):
            make_person(session, f"Lead of {city.name}", city=city, roles=[Role.CITY_LEAD])
    said = home(sign_in, cora)
    assert "Somebody speaks for 2 cities of 2." in said
    assert "Plan the first cycle" in said
    with database.transaction() as session:
        cycle = make_cycle(session, theme=theme, lead_city=dublin, is_published=False)
    page = sign_in(cora).get("/")
    assert "Look at the draft" in text_of(page)
    assert f'href="/cycles/{cycle.id}"' in page.text
    with database.transaction() as session:
        session.get_one(Cycle, cycle.id).published_at = MADE_AT
    assert "The first steps" not in home(sign_in, cora)


def test_steps_are_the_coordinators_alone(
    client: FlaskClient, database: Database, cora: Person, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        city = session.get_one(Person, cora.id).city
        lea = make_person(session, "Lea", city=city, roles=[Role.CITY_LEAD])
    assert "The first steps" in home(sign_in, cora)
    assert "The first steps" not in home(sign_in, lea)
    assert "The first steps" not in text_of(client.get("/"))


def test_former_cities_partners_and_those_who_left_count_for_nobody(
    database: Database, cora: Person, sign_in: SignIn, clock: HandClock
) -> None:
    yesterday = clock().date() - timedelta(days=1)
    with database.transaction() as session:
        former = make_city(session, "Dublin", ends_on=yesterday)
        make_city(session, "Sydney", status=MembershipStatus.PARTNER)
        make_person(session, "Lee", city=former, roles=[Role.CITY_LEAD])
        london = session.get_one(Person, cora.id).city
        make_person(session, "Gone", city=london, roles=[Role.CITY_LEAD], is_active=False)
    assert "Somebody speaks for 0 cities of 1." in home(sign_in, cora)


def test_statements_do_not_grow_with_the_network(database: Database, cora: Person, sign_in: SignIn) -> None:
    browser = sign_in(cora)
    few = statements_for(browser, "/")
    with database.transaction() as session:
        for number in range(20):
            city = make_city(session, f"City {number}")
            make_person(session, f"Lead {number}", city=city, roles=[Role.CITY_LEAD])
        make_group(session)
    assert statements_for(browser, "/") == few
