"""Where no plan is possible, each button under "What would do" leads to a plan when it is carried out."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from exchange.db import Database
from tests.pages import form_values, links_of, text_of
from tests.planner.check_plan import broken_rules
from tests.planning.conftest import first_monday
from tests.planning.steps import plan_of, solved
from tests.planning.wishes import typed
from tests.trainings.conftest import Net

WISH, PROBLEM = "Fill this into the form", "Change the problem so"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def impossible(browser: FlaskClient, database: Database, **changes: object) -> str:
    """The address of a plan that cannot be: its only session week is closed."""
    first = first_monday(12)
    closed = {"closed-0-first_on": first, "closed-0-last_on": first + timedelta(days=6)}
    wished = {"has_trainings": "", "weeks": 8, "session_weeks": [5]} | closed | changes
    page = browser.post("/plans/new", data=typed(first_monday(), **wished)).location
    solved(database)
    assert "What cannot hold together" in text_of(browser.get(page))
    return page


def planned(browser: FlaskClient, database: Database, form: str) -> None:
    """Send the form as the button filled it in; there is a plan then, and it keeps every rule."""
    answer = browser.post(form.partition("?")[0], data=form_values(browser.get(form)))
    assert answer.status_code == 303, text_of(answer)
    solved(database)
    plan = plan_of(browser, answer.location)
    assert plan["entries"]
    assert broken_rules(browser.get(f"{answer.location}/problem.json").json, plan) == []


def test_each_button_of_a_repair_leads_to_a_plan(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    shown = coordinator.get(impossible(coordinator, database))
    wishes, changes = links_of(shown, WISH), links_of(shown, PROBLEM)
    assert wishes
    assert changes
    for form in (*wishes, *changes):
        planned(coordinator, database, form)


def test_a_plan_that_was_pasted_is_repaired_in_its_own_file(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """There are no wishes to fill in: each repair changes the problem, which is read back from the page."""
    page = impossible(coordinator, database)
    text = coordinator.get(f"{page}/problem.json").text
    pasted = coordinator.post("/plans/from-file", data={"text": text, "seconds": 9}).location
    solved(database)
    shown = coordinator.get(pasted)
    assert links_of(shown, WISH) == []
    repairs = links_of(shown, PROBLEM)
    assert len(repairs) == len(plan_of(coordinator, pasted)["repairs"])
    for form in repairs:
        planned(coordinator, database, form)
    unknown = coordinator.get(f"{repairs[0].partition('&')[0]}&repair=99")
    assert form_values(unknown)["text"].strip()  # a number that is none leaves the problem as it is
