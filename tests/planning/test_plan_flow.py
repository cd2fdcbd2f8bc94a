"""A coordinator plans half a year: asks, waits for the clock, reads, takes, plans again, takes back."""

import json

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Cycle, PlanRequest, PlanState, TrainingEvent
from jobs.context import Context
from jobs.solve_plans import solve_plans
from tests.pages import text_of
from tests.planning.conftest import first_monday
from tests.planning.wishes import typed


def ask(browser: FlaskClient, **changes: object) -> str:
    """The address of the new plan's page."""
    answer = browser.post("/plans/new", data=typed(first_monday(), **changes))
    assert answer.status_code == 303, text_of(answer)
    return answer.location


def test_plan_is_asked_for_solved_taken_and_taken_back(
    coordinator: FlaskClient, context: Context, database: Database
) -> None:
    assert "No plan was asked for yet" in text_of(coordinator.get("/plans"))
    page = ask(coordinator)
    waiting = coordinator.get(page)
    assert "Waiting for a clock" in text_of(waiting)
    assert "<progress" in waiting.text

    assert solve_plans(context).endswith("done")
    shown = text_of(coordinator.get(page))
    assert "What each city bears" in shown
    assert "Exchange 1: live session" in shown

    with database.reading() as session:
        (row,) = session.exec(select(PlanRequest)).all()
        assert row.plan is not None
        names = [entry["name"] for entry in row.plan["entries"]]  # type: ignore[attr-defined]
    assert len(names) >= 4
    take = coordinator.get(f"{page}/take")
    assert all(f'value="{name}"' in take.text for name in names)
    answer = coordinator.post(
        f"{page}/take",
        data={
            "names": names[:-1],
            "marking": "TLP:AMBER",
            "reason": "",
            **{f"lead-{n}": "london" for n in names},
        },
    )
    assert answer.status_code == 303, text_of(answer)
    with database.reading() as session:
        cycles, trainings = session.exec(select(Cycle)).all(), session.exec(select(TrainingEvent)).all()
        assert len(cycles) + len(trainings) == len(names) - 1
        assert all(row.published_at is None for row in [*cycles, *trainings])
    assert "In the programme" in text_of(coordinator.get(page))

    assert coordinator.post(f"{page}/take-back").status_code == 303
    with database.reading() as session:
        assert not session.exec(select(Cycle)).all()
        assert not session.exec(select(TrainingEvent)).all()


def test_problem_and_plan_round_trip_through_page_command_and_database(
    coordinator: FlaskClient, context: Context, database: Database
) -> None:
    page = ask(coordinator)
    solve_plans(context)
    problem, plan = coordinator.get(f"{page}/problem.json").json, coordinator.get(f"{page}/plan.json").json
    answer = coordinator.post("/plans/from-file", data={"text": json.dumps(problem), "seconds": 20})
    assert answer.status_code == 303, text_of(answer)
    solve_plans(context)
    again = answer.location
    assert coordinator.get(f"{again}/problem.json").json == problem
    second = coordinator.get(f"{again}/plan.json").json
    assert {**second, "seconds": 0} == {**plan, "seconds": 0}
    with database.reading() as session:
        first_row, second_row = session.exec(select(PlanRequest).order_by(PlanRequest.id)).all()
        assert first_row.problem == second_row.problem == problem
        assert first_row.plan == plan
        assert second_row.state == PlanState.DONE
