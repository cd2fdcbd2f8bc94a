"""Steps that tests of plans take: solve what waits, take all of it, look at what came."""

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import PlanRequest, PlanState
from exchange.planner.choices import solve_with_choices
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import problem_from
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import solve
from tests.planning.conftest import first_monday
from tests.planning.wishes import typed


def solved(database: Database) -> None:
    """What the clock's tick does, without its process: tests of that are in test_claims.py."""
    with database.transaction() as session:
        for row in session.exec(select(PlanRequest).where(PlanRequest.state == PlanState.WAITING)):
            plan = solve(problem_from(row.problem), Progress(seconds_most=10))
            row.plan = plan_document(plan)
            row.state = PlanState.DONE if plan.entries else PlanState.FAILED


def solved_with_choices(database: Database) -> None:
    """The same, with other plans beside each to choose from."""
    with database.transaction() as session:
        for row in session.exec(select(PlanRequest).where(PlanRequest.state == PlanState.WAITING)):
            row.plan = plan_document(solve_with_choices(problem_from(row.problem), Progress()))
            row.state = PlanState.DONE


def taken(browser: FlaskClient, database: Database, **changes: object) -> tuple[str, list[str]]:
    """A plan of which every entry is taken as a draft: its address and the entries' names."""
    page = browser.post("/plans/new", data=typed(first_monday(), **changes)).location
    solved(database)
    plan = browser.get(f"{page}/plan.json").json
    assert isinstance(plan, dict)
    names = [entry["name"] for entry in plan["entries"]]
    data = {"names": names, "marking": "TLP:AMBER", "reason": "Agreed."}
    leads = {f"lead-{name}": "london" for name in names}
    assert browser.post(f"{page}/take", data=data | leads).status_code == 303
    return page, names


def starts(browser: FlaskClient, page: str) -> set[str]:
    """When the entries of a plan begin."""
    plan = browser.get(f"{page}/plan.json").json
    assert isinstance(plan, dict)
    return {entry["starts_at"] for entry in plan["entries"]}


def plan_of(browser: FlaskClient, page: str) -> dict:
    """PLAN.json of a plan."""
    plan = browser.get(f"{page}/plan.json").json
    assert isinstance(plan, dict)
    return plan
