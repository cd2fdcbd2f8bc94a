"""Plans side by side: one is chosen, taken whole, and another can be had only when that is taken back."""

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, Cycle, PlanRequest
from tests.pages import text_of
from tests.planner.check_plan import broken_rules
from tests.planning.conftest import first_monday
from tests.planning.steps import plan_of, solved_with_choices
from tests.planning.wishes import typed
from tests.trainings.conftest import Net


def planned(browser: FlaskClient, database: Database) -> str:
    """The page of a plan with others beside it."""
    page = browser.post("/plans/new", data=typed(first_monday(), hours_for="nobody")).location
    solved_with_choices(database)
    return page


def test_another_plan_is_chosen_and_taken_whole(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page = planned(coordinator, database)
    before = plan_of(coordinator, page)
    assert before["choice"] == "fairest"
    shown = text_of(coordinator.get(page))
    assert "Plans to choose from" in shown
    assert "Choose the plan: Cheapest" in shown
    assert "Choose the plan: Fairest" not in shown

    answer = coordinator.post(f"{page}/choose", data={"choice": "cheapest"})
    assert answer.location.endswith(page.rpartition("/plans")[2])
    after, problem = plan_of(coordinator, page), coordinator.get(f"{page}/problem.json").json
    assert isinstance(problem, dict)
    assert after["choice"] == "cheapest"
    assert {each["name"] for each in after["choices"]} >= {"fairest"}
    assert "choices" not in after["choices"][-1]["plan"]
    assert problem["max_allowance"] == 10
    assert broken_rules(problem, after) == []
    assert "Choose the plan: Fairest" in text_of(coordinator.get(page))

    names = [entry["name"] for entry in after["entries"]]
    data = {"names": names, "marking": "TLP:AMBER", "reason": "Agreed."}
    leads = {f"lead-{name}": "london" for name in names}
    assert coordinator.post(f"{page}/take", data=data | leads).status_code == 303
    taken = coordinator.get(page)
    assert "take these drafts back first" in text_of(taken)
    assert "Choose the plan:" not in text_of(taken)
    assert coordinator.post(f"{page}/choose", data={"choice": "fairest"}).status_code == 409
    assert coordinator.post(f"{page}/take-back").status_code == 303
    assert coordinator.post(f"{page}/choose", data={"choice": "fairest"}).status_code == 303
    again = plan_of(coordinator, page)
    assert {key: again[key] for key in ("choice", "entries")} == {k: before[k] for k in ("choice", "entries")}
    with database.reading() as session:
        assert session.exec(select(PlanRequest)).one().problem["max_allowance"] == 0.0
        told = [entry.action for entry in session.exec(select(AuditEntry))]
    assert told.count("choose plan") == 2


def test_what_was_opened_on_another_plan_is_refused_and_shown_anew(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """Who opened the fairest plan, and sent it after somebody chose the cheapest, took that one's days."""
    page = planned(coordinator, database)
    opened = 'name="choice" type="hidden" value="fairest"'
    assert all(opened in coordinator.get(f"{page}/{step}").text for step in ("take", "again"))
    coordinator.post(f"{page}/choose", data={"choice": "cheapest"})
    names = [entry["name"] for entry in plan_of(coordinator, page)["entries"]]
    leads = {f"lead-{name}": "london" for name in names}
    taking = {"names": names, "marking": "TLP:AMBER", "reason": "Agreed."} | leads
    for step, sent in {"take": taking, "again": {"seconds": 9}}.items():
        for choice in ("fairest", ""):
            answer = coordinator.post(f"{page}/{step}", data=sent | {"choice": choice})
            assert answer.status_code == 409
            assert "Somebody chose another plan since you opened this page." in text_of(answer)
            assert 'name="choice" type="hidden" value="cheapest"' in answer.text
    other = taking | {"names": ["of another plan"], "choice": "fairest"}
    assert coordinator.post(f"{page}/take", data=other).status_code == 409
    with database.reading() as session:
        assert session.exec(select(Cycle)).all() == []
        assert len(session.exec(select(PlanRequest)).all()) == 1
    assert coordinator.post(f"{page}/again", data={"seconds": 9, "choice": "cheapest"}).status_code == 303
    assert coordinator.post(f"{page}/take", data=taking | {"choice": "cheapest"}).status_code == 303


def test_a_plan_that_is_not_there_cannot_be_chosen(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    page = coordinator.post("/plans/new", data=typed(first_monday())).location
    assert coordinator.post(f"{page}/choose", data={"choice": "cheapest"}).status_code == 409  # it is waiting
    solved_with_choices(database)
    assert coordinator.post(f"{page}/choose", data={"choice": "best"}).status_code == 404
    assert contact.post(f"{page}/choose", data={"choice": "cheapest"}).status_code in (403, 404)


def test_every_city_counts_in_its_turn_when_that_is_wished(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    wished = typed(first_monday(), fairness="leximin", has_trainings="")
    page = coordinator.post("/plans/new", data=wished).location
    solved_with_choices(database)
    places = plan_of(coordinator, page)["places"]
    assert len(places) == 4
    shown = text_of(coordinator.get(page))
    assert "4 of 4 of them are proven" in shown
    refused = typed(first_monday(), fairness="leximin", allowance_percent=5)
    answer = coordinator.post("/plans/new", data=refused)
    assert answer.status_code == 400
    assert "The worst city is allowed nothing more" in text_of(answer)
