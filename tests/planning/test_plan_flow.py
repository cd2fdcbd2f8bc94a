"""A coordinator plans half a year: asks, waits for the clock, reads, takes, plans again, takes back."""

import json
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.commands import commands
from exchange.db import Database
from exchange.models import AuditEntry, Cycle, PlanEntry, PlanRequest, TrainingEvent
from exchange.planning.burdens.programme_meetings import instant_of
from jobs.context import Context
from jobs.solve_plans import solve_plans
from tests.pages import text_of
from tests.planning.conftest import AS_OF, first_monday
from tests.planning.wishes import typed


def ask(browser: FlaskClient, **changes: object) -> str:
    """The address of the new plan's page."""
    answer = browser.post("/plans/new", data=typed(first_monday(), **changes))
    assert answer.status_code == 303, text_of(answer)
    return answer.location


def entries_of(browser: FlaskClient, page: str) -> list[dict[str, object]]:
    """The entries of PLAN.json."""
    plan = browser.get(f"{page}/plan.json").json
    assert isinstance(plan, dict)
    return list(plan["entries"])


def without_seconds(plan: dict) -> dict:
    """The plan and those to choose from, however long they took."""
    choices = [each | {"plan": each["plan"] | {"seconds": 0}} for each in plan["choices"]]
    return plan | {"seconds": 0, "choices": choices}


def rows(database: Database) -> list[Cycle | TrainingEvent]:
    with database.reading() as session:
        return [*session.exec(select(Cycle)).all(), *session.exec(select(TrainingEvent)).all()]


def test_plan_is_asked_for_solved_taken_planned_again_and_taken_back(
    coordinator: FlaskClient, context: Context, database: Database
) -> None:
    assert "No plan was asked for yet" in text_of(coordinator.get("/plans"))
    page = ask(coordinator)
    assert "Waiting for a clock" in text_of(coordinator.get(page))
    assert coordinator.get(f"{page}/take").status_code == 404  # there is nothing to take yet
    assert solve_plans(context) == "plan 1: done"
    shown = text_of(coordinator.get(page))
    assert "What each city bears" in shown
    assert "Exchange 1: live session" in shown
    entries = entries_of(coordinator, page)
    saturday = first_monday() + timedelta(days=33)
    asked = coordinator.get(f"{page}/why-not?on={saturday}&entry={entries[0]['name']}")
    assert "weekend" in text_of(asked)
    names = [str(entry["name"]) for entry in entries]
    assert {entry["kind"] for entry in entries} == {"session", "training"}
    assert all(f'value="{name}"' in coordinator.get(f"{page}/take").text for name in names)
    leads = {f"lead-{name}": "london" for name in names}
    assert coordinator.post(f"{page}/take", data={"names": names[0], "marking": "no"}).status_code == 400
    some = {"names": names[:-1], "marking": "TLP:AMBER", "reason": "The board agreed."} | leads
    assert coordinator.post(f"{page}/take", data=some).status_code == 303
    taken = rows(database)
    assert len(taken) == len(names) - 1
    assert all(row.published_at is None for row in taken)
    _stands_as_planned(database, entries)

    first = next(entry for entry in entries if entry["kind"] == "training")
    again = {"seconds": "8", f"action-{first['name']}": "not-then"}
    answer = coordinator.post(f"{page}/again", data=again)
    assert answer.status_code == 303, text_of(answer)
    solve_plans(context)
    second = entries_of(coordinator, answer.location)
    assert first["starts_at"] not in {entry["starts_at"] for entry in second}
    assert "What changes" in text_of(coordinator.get(answer.location))
    left = coordinator.get(f"{answer.location}/take").text
    moved = [str(entry["name"]) for entry in second if f'value="{entry["name"]}"' in left]
    assert 0 < len(moved) < len(second)  # the others stand where the new plan has them
    taking = coordinator.post(f"{answer.location}/take", data=some | {"names": moved})
    assert taking.status_code == 303, text_of(taking)
    assert len(rows(database)) == len(names)  # rows that were there have moved, none is doubled
    _stands_as_planned(database, second)

    assert coordinator.post(f"{answer.location}/take-back").status_code == 303
    assert len(rows(database)) == len(names) - 1  # its one new draft; what was moved is no longer untouched
    assert coordinator.post(f"{page}/delete").status_code == 303
    with database.reading() as session:
        assert [row.id for row in session.exec(select(PlanRequest))] == [2]
        assert {row.plan_id for row in session.exec(select(PlanEntry))} <= {2}
        told = {entry.action for entry in session.exec(select(AuditEntry))}
    assert told >= {"ask for plan", "take from plan", "take back plan", "delete plan"}


def _stands_as_planned(database: Database, entries: list[dict[str, object]]) -> None:
    """Every training event in the programme begins at an instant of the plan."""
    planned = {str(entry["starts_at"]) for entry in entries if entry["kind"] == "training"}
    events = [row for row in rows(database) if isinstance(row, TrainingEvent)]
    assert {f"{instant_of(row):%Y-%m-%dT%H:%M:%SZ}" for row in events} <= planned


def test_problem_and_plan_are_the_same_by_page_command_line_and_database(
    coordinator: FlaskClient, context: Context, database: Database, tmp_path: Path
) -> None:
    page = ask(coordinator, has_trainings="")  # small, so that no limit of time ends it
    solve_plans(context)
    problem, plan = coordinator.get(f"{page}/problem.json").json, coordinator.get(f"{page}/plan.json").json
    file, out = tmp_path / "PROBLEM.json", tmp_path / "PLAN.json"
    file.write_text(json.dumps(problem), encoding="utf-8")
    ran = CliRunner().invoke(commands, ["plan", str(file), "--out", str(out), "--choices", *AS_OF])
    assert ran.exit_code == 0, ran.output
    by_command = json.loads(out.read_text(encoding="utf-8"))
    assert without_seconds(by_command) == without_seconds(plan)

    answer = coordinator.post("/plans/from-file", data={"text": file.read_text(), "seconds": 8})
    assert answer.status_code == 303, text_of(answer)
    assert coordinator.get(f"{answer.location}/problem.json").json == problem
    with database.reading() as session:
        first, pasted = session.exec(select(PlanRequest).order_by(PlanRequest.id)).all()
        assert first.problem == pasted.problem == problem
        assert first.plan == plan
