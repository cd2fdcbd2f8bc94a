"""Hours nobody should be asked for, as the form of a plan says them and the planner's problem has them."""

from flask.testing import FlaskClient

from exchange.db import Database
from tests.pages import text_of
from tests.planning.conftest import first_monday
from tests.planning.steps import plan_of, solved
from tests.planning.wishes import typed
from tests.trainings.conftest import Net


def hours_of(browser: FlaskClient, **changes: object) -> dict[str, tuple[object, object]]:
    """The hours and the price of each city in the problem that the form makes."""
    answer = browser.post("/plans/new", data=typed(first_monday(), **changes))
    assert answer.status_code == 303, text_of(answer)
    problem = browser.get(f"{answer.location}/problem.json").json
    assert isinstance(problem, dict)
    return {city["id"]: (city["acceptable"], city["outside"]) for city in problem["cities"]}


def test_hours_of_every_city_are_kept_unless_somebody_asks_otherwise(
    coordinator: FlaskClient, net: Net
) -> None:
    page = coordinator.get("/plans/new").text
    assert 'value="06:00"' in page
    assert 'value="23:00"' in page
    assert all(each == (["06:00", "23:00"], 1) for each in hours_of(coordinator).values())
    must = hours_of(coordinator, hours_for="must", earliest="10:00", latest="22:00", is_never_outside="y")
    assert must["london"] == (["09:00", "22:00"], "never")  # as wide as the working hours at least
    assert must["sydney"] == (None, 1)
    assert all(each == (None, 1) for each in hours_of(coordinator, hours_for="nobody").values())


def test_hours_in_the_wrong_order_are_refused_at_their_field(coordinator: FlaskClient, net: Net) -> None:
    answer = coordinator.post("/plans/new", data=typed(first_monday(), earliest="22:00", latest="07:00"))
    assert answer.status_code == 400
    assert "The latest hour is not after the earliest." in text_of(answer)


def test_hours_that_leave_no_plan_have_a_button_that_makes_a_wish_of_them(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    strict = {"earliest": "09:00", "latest": "17:00", "is_never_outside": "y", "has_trainings": ""}
    page = coordinator.post("/plans/new", data=typed(first_monday(), **strict)).location
    solved(database)
    shown = coordinator.get(page)
    assert "Every event lies between 09:00 and 17:00 in" in text_of(shown)
    assert "relax=outside" in shown.text
    again = typed(first_monday(), **strict | {"is_never_outside": ""})
    page = coordinator.post("/plans/new", data=again).location
    solved(database)
    values = {each["name"]: each for each in plan_of(coordinator, page)["objective"]}
    assert values["outside"]["value"] > 0
    assert "Cities asked outside the hours acceptable to them" in text_of(coordinator.get(page))
