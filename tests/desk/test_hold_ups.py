"""Who holds things up: what is late with others, for those who plan, by city and group or by what it is."""

import pytest

from exchange.db import Database
from exchange.models import PersonRole, Role, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.desk.test_desk import House, desk, house
from tests.factories import make_training
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

__all__ = ["house"]
pytestmark = ON_SQLITE


def test_what_is_late_with_others_stands_on_the_desk_of_who_plans(house: House, sign_in: SignIn) -> None:
    page = desk(sign_in(house.coordinator))
    assert "Late with others (" in page
    assert "Midterm planning meeting Drones TLP:GREEN London" in page
    assert "Late with others" not in desk(sign_in(house.round.bea))  # it is hers
    assert "Late with others" not in desk(sign_in(house.round.anna))


def test_it_is_shown_by_city_and_by_event(house: House, sign_in: SignIn) -> None:
    browser = sign_in(house.coordinator)
    assert "London (2) What For With whom By" in text_of(browser.get("/desk/late"))
    by_what = text_of(browser.get("/desk/late?by=what"))
    assert "Drones (2)" in by_what
    assert "Thu 7 Oct 2027 20 days late" in by_what


def test_it_is_for_those_who_plan_and_names_nothing_that_they_may_not_know(
    house: House, sign_in: SignIn, database: Database
) -> None:
    assert sign_in(house.round.bea).get("/desk/late").status_code == 403
    with database.transaction() as session:
        session.get_one(TrainingEvent, house.training_id).marking = Marking.RED
    page = text_of(sign_in(house.coordinator).get("/desk/late"))
    assert "Drones" not in page
    assert "Midterm planning meeting" not in page


@pytest.mark.parametrize("address", ["/desk/late", "/desk"])
def test_it_asks_as_often_for_one_event_as_for_ten(
    house: House, sign_in: SignIn, database: Database, address: str
) -> None:
    browser = sign_in(house.coordinator)
    one = statements_for(browser, address)
    with database.transaction() as session:
        event = session.get_one(TrainingEvent, house.training_id)
        for number in range(10):
            make_training(session, host_city=event.host_city, on_local=event.on_local, title=f"No. {number}")
    assert statements_for(browser, address) == one


def test_a_lead_who_plans_as_well_has_their_own_above_and_not_among_others(
    house: House, sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        session.add(PersonRole(person_id=house.round.bea.id, role=Role.COORDINATOR))
    page = desk(sign_in(house.round.bea))
    above, _, below = page.partition("Late with others")
    assert "Midterm planning meeting" in above
    assert "Midterm planning meeting" not in below
