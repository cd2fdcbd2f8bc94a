"""Planning again on the page: what is moved, kept or published, and the difference that is shown."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.commands import commands
from exchange.db import Database
from exchange.models import Cycle, TrainingEvent
from exchange.planner.files.problem_file import problem_from
from exchange.planning.burdens.programme_meetings import instant_of
from exchange.trainings.actions import publish_training
from tests.pages import text_of
from tests.planner.check_plan import broken_rules
from tests.planning.conftest import AS_OF, MORNING, first_monday
from tests.planning.programme import event_on
from tests.planning.steps import plan_of, solved, starts, taken
from tests.planning.wishes import typed
from tests.trainings.conftest import Net


def test_an_entry_moves_to_a_given_day_and_the_rest_changes_least(
    coordinator: FlaskClient, database: Database, tmp_path: Path
) -> None:
    page, _names = taken(coordinator, database)
    event = next(each for each in plan_of(coordinator, page)["entries"] if each["kind"] == "training")
    on = _working_day_after(event["starts_at"])
    wish = {f"action-{event['name']}": "move", f"on-{event['name']}": on.isoformat(), "seconds": 9}
    again = coordinator.post(f"{page}/again", data=wish).location
    problem = coordinator.get(f"{again}/problem.json").json
    assert isinstance(problem, dict)
    assert problem["replan"] is True
    assert [(pin["kind"], pin["on"]) for pin in problem["pins"]] == [("training", on.isoformat())]
    solved(database)
    plan = plan_of(coordinator, again)
    assert broken_rules(problem, plan) == []
    assert on.isoformat() in {each["starts_at"][:10] for each in plan["entries"]}
    moves = next(each for each in plan["objective"] if each["name"] == "moves")
    moved = [change for change in plan["changes"] if change["moved"]]
    assert moves["value"] == moves["bound"] == len(moved)
    shown = text_of(coordinator.get(again))
    assert "What changes" in shown
    assert "Proven: no plan with these wishes changes fewer." in shown
    assert shown.count("Webinar") >= len(moved)

    file, out = tmp_path / "PROBLEM.json", tmp_path / "PLAN.json"
    file.write_text(json.dumps(problem), encoding="utf-8")
    ran = CliRunner().invoke(commands, ["plan", str(file), "--out", str(out), *AS_OF])
    assert ran.exit_code == 0, ran.output
    by_command = json.loads(out.read_text(encoding="utf-8"))
    assert by_command["changes"] == plan["changes"]
    assert by_command["entries"] == plan["entries"]


def test_both_sittings_of_a_session_that_is_kept_stay(coordinator: FlaskClient, database: Database) -> None:
    page, _names = taken(coordinator, database, has_trainings="", sittings=2)
    session = plan_of(coordinator, page)["entries"][0]
    assert len(session["sittings"]) == 2
    again = coordinator.post(
        f"{page}/again", data={"seconds": 9, f"action-{session['name']}": "keep"}
    ).location
    solved(database)
    plan = plan_of(coordinator, again)
    assert plan["status"] != "infeasible"
    assert plan["entries"][0]["sittings"] == session["sittings"]
    assert not any(change["moved"] for change in plan["changes"])


def test_exchanges_that_stand_are_pauses_between_which_others_are_planned(
    coordinator: FlaskClient, database: Database
) -> None:
    taken(coordinator, database, has_trainings="", weeks=8)
    with database.reading() as session:
        stands = session.exec(select(Cycle)).one()
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_trainings="", weeks=26)).location
    problem = coordinator.get(f"{page}/problem.json").json
    assert isinstance(problem, dict)
    assert [stands.starts_on.isoformat(), stands.ends_on.isoformat()] in problem["cycles"]["pauses"]
    solved(database)
    plan = plan_of(coordinator, page)
    assert broken_rules(problem, plan) == []
    days = [datetime.fromisoformat(each["starts_at"]).date() for each in plan["entries"]]
    assert days
    assert all(on > stands.ends_on for on in days)
    assert len(days) == (26 - 8) // 8
    assert problem_from(problem).cycles is not None


def test_published_entry_moves_only_when_it_is_unpinned_by_name(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page, _names = taken(coordinator, database, has_cycles="")
    with database.transaction() as session:
        for event in session.exec(select(TrainingEvent)).all():
            publish_training(session, event, actor=net.coordinator, now=MORNING)
    plan = coordinator.get(f"{page}/plan.json").json
    assert isinstance(plan, dict)
    entry = plan["entries"][1]
    forbidden = {"seconds": 9, f"action-{entry['name']}": "not-then"}
    refused = coordinator.post(f"{page}/again", data=forbidden)
    assert refused.status_code == 400
    assert "is published: say that it may move all the same" in text_of(refused)
    held = coordinator.post(f"{page}/again", data={"seconds": 9}).location
    problem = coordinator.get(f"{held}/problem.json").json
    assert isinstance(problem, dict)
    assert [each["published"] for each in problem["standing"]] == [True] * len(plan["entries"])
    assert problem["unpinned"] == []

    free = coordinator.post(f"{page}/again", data=forbidden | {f"unpin-{entry['name']}": "on"}).location
    solved(database)
    assert entry["starts_at"] in starts(coordinator, held)  # it is published: nobody said that it may move
    assert entry["starts_at"] not in starts(coordinator, free)
    left = coordinator.get(f"{free}/take").text
    moved = [name for name in (e["name"] for e in plan["entries"]) if f'value="{name}"' in left]
    data = {"names": moved, "marking": "TLP:AMBER", "reason": "Agreed."}
    assert coordinator.post(f"{free}/take", data=data).status_code == 303
    with database.reading() as session:
        events = session.exec(select(TrainingEvent)).all()
        assert len(events) == len(plan["entries"])
        assert sum(event.sequence > 0 for event in events) == len(moved)  # calendars get the new hour


@pytest.mark.parametrize("is_published", [True, False], ids=["published", "draft"])
def test_an_event_that_was_moved_by_hand_stays_where_it_stands_now(
    coordinator: FlaskClient, database: Database, net: Net, is_published: bool
) -> None:
    """Its old hour was pinned beside the new one: two events of one week, and nothing could be planned."""
    page, names = taken(coordinator, database, has_cycles="")
    with database.transaction() as session:
        event = session.exec(select(TrainingEvent).order_by(TrainingEvent.id)).first()
        assert event is not None
        if is_published:
            publish_training(session, event, actor=net.coordinator, now=MORNING)
        event.on_local += timedelta(days=1)
        stands = instant_of(event)
    kept = {"seconds": 9, f"action-{names[0]}": "keep"}
    again = coordinator.post(f"{page}/again", data=kept)
    assert again.status_code == 303, text_of(again)
    problem = coordinator.get(f"{again.location}/problem.json").json
    assert isinstance(problem, dict)
    pinned = [] if is_published else [f"{stands:%Y-%m-%dT%H:%M:%SZ}"]
    assert [pin["starts_at"] for pin in problem["pins"]] == pinned
    solved(database)
    assert f"{stands:%Y-%m-%dT%H:%M:%SZ}" in starts(coordinator, again.location)
    assert plan_of(coordinator, again.location)["objective"][-1] == {
        "name": "moves",
        "value": 0,
        "bound": 0,
        "gap_percent": 0.0,
    }


def test_what_stands_is_known_to_a_plan_made_from_a_plan_that_was_not_taken(
    coordinator: FlaskClient, database: Database
) -> None:
    """Its drafts were offered once more, and would have been doubled."""
    page, names = taken(coordinator, database)
    again = coordinator.post(f"{page}/again", data={"seconds": 9}).location
    solved(database)
    event = next(each for each in plan_of(coordinator, again)["entries"] if each["kind"] == "training")
    on = _working_day_after(event["starts_at"])
    wish = {f"action-{event['name']}": "move", f"on-{event['name']}": on.isoformat(), "seconds": 9}
    third = coordinator.post(f"{again}/again", data=wish).location
    assert coordinator.post(f"{again}/delete").status_code == 409  # the third is being made from it
    solved(database)
    assert coordinator.post(f"{again}/delete").status_code == 303
    assert coordinator.post(f"{page}/delete").status_code == 303
    moved = {each["name"] for each in plan_of(coordinator, third)["changes"] if each["moved"]}
    offered = coordinator.get(f"{third}/take").text
    left = [
        each["name"]
        for each in plan_of(coordinator, third)["entries"]
        if f'value="{each["name"]}"' in offered
    ]
    assert len(left) == len(moved)
    data = {"names": left, "marking": "TLP:AMBER", "reason": "Agreed."}
    assert coordinator.post(f"{third}/take", data=data).status_code == 303
    with database.reading() as session:
        rows = [*session.exec(select(Cycle)).all(), *session.exec(select(TrainingEvent)).all()]
    assert len(rows) == len(names)


def test_an_event_of_the_programme_is_kept_or_moved_and_never_doubled(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    number = event_on(database, net, first_monday() + timedelta(days=30), published=False)
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_cycles="")).location
    solved(database)
    held = next(each for each in plan_of(coordinator, page)["entries"] if each["held"])
    assert 'value="keep" selected' in coordinator.get(f"{page}/again").text
    shown = text_of(coordinator.get(page))
    assert "Secret drill, hosted by London" in shown  # by its own title, not as one of the plan's kinds

    kept = coordinator.post(f"{page}/again", data={"seconds": 9, f"action-{held['name']}": "keep"}).location
    solved(database)
    assert f'value="{held["name"]}"' not in coordinator.get(f"{kept}/take").text
    on = _working_day_after(held["starts_at"])
    wish = {f"action-{held['name']}": "move", f"on-{held['name']}": on.isoformat(), "seconds": 9}
    moved = coordinator.post(f"{kept}/again", data=wish).location
    solved(database)
    name = next(e["name"] for e in plan_of(coordinator, moved)["entries"] if e["starts_at"][:10] == f"{on}")
    data = {"names": name, "marking": "TLP:AMBER", "reason": "Agreed."}
    assert coordinator.post(f"{moved}/take", data=data).status_code == 303
    with database.reading() as session:
        (event,) = session.exec(select(TrainingEvent)).all()
    assert (event.id, event.title, event.on_local) == (number, "Secret drill", on)


def _working_day_after(starts_at: str) -> date:
    on = datetime.fromisoformat(starts_at).date() + timedelta(days=1)
    return on + timedelta(days=7 - on.weekday() if on.weekday() > 3 else 0)
