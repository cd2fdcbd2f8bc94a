"""The pages around a plan: who may open them, what they say when something is wrong, the fairness page."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import (
    Cycle,
    LetterWording,
    PlanRequest,
    PlanState,
)
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import problem_from
from exchange.planner.model.candidates import Candidates
from exchange.planner.search.greedy import greedy
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import greedy_plan
from exchange.planning.actions import ask_for_plan
from exchange.planning.presentation.shown_proposal import shown_entries
from exchange.planning.proposal.entry_rows import proposal_of
from exchange.planning.wishes.wishes import WishedKind, Wishes, wishes_from
from exchange.rules.time.observances import Observance
from tests.factories import stage_plan
from tests.pages import text_of
from tests.planner.check_plan import broken_rules
from tests.planning.conftest import MORNING, first_monday
from tests.planning.programme import event_on
from tests.planning.steps import plan_of, solved, taken
from tests.planning.wishes import typed
from tests.statements import statements_for
from tests.trainings.conftest import Net

PAGES = ("/plans", "/plans/new", "/plans/from-file")


def test_plans_are_for_coordinators_and_fairness_for_everybody_in_the_network(
    client: FlaskClient, contact: FlaskClient, coordinator: FlaskClient
) -> None:
    assert [contact.get(path).status_code for path in PAGES] == [403] * 3
    assert [coordinator.get(path).status_code for path in PAGES] == [200] * 3
    assert contact.get("/fairness").status_code == 200
    assert client.get("/fairness").status_code == 303
    assert coordinator.get("/plans/99").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start_on": "2020-01-06"}, "before today"),
        ({"start_on": (first_monday() + timedelta(days=1)).isoformat()}, "is not a Monday"),
        ({"weeks": "300"}, "from 1 to 208"),
        ({"gap_least_days": 40}, "longest gap is shorter"),
        ({"pauses-0-first_on": "2027-05-03"}, "Give both days, or none"),
        ({"kinds-0-per_year": 4}, "of exactly one kind empty"),
        ({"kinds-1-kind": "drill", "kinds-1-minutes": " "}, "Give the length in minutes"),
        ({"hosts": []}, "Choose at least one host"),
        ({"has_cycles": "", "has_trainings": ""}, "Choose exchanges, training events or both"),
        ({"session_weeks": []}, "at least one week"),
        ({"seconds": 1}, "from 5 to 3600"),
        ({"kinds-0-kind": "picnic"}, "Not a valid choice"),
        ({"cadence_weeks": 4}, "a cycle takes 8 weeks"),
    ],
)
def test_what_cannot_be_planned_is_said_at_its_field(
    coordinator: FlaskClient, database: Database, changes: dict[str, object], said: str
) -> None:
    answer = coordinator.post("/plans/new", data=typed(first_monday(), **changes))
    assert answer.status_code == 400
    assert said.lower() in text_of(answer).lower()
    assert "cycles." not in text_of(answer)
    with database.reading() as session:
        assert not session.exec(select(PlanRequest)).all()


def test_file_that_is_no_problem_is_refused_with_the_path(coordinator: FlaskClient) -> None:
    for text, said in (("{", "not JSON"), ('{"weeks": 3}', "start_on"), ("[" * 100_000, "not JSON")):
        answer = coordinator.post("/plans/from-file", data={"text": text, "seconds": 9})
        assert answer.status_code == 400
        assert said in text_of(answer)


def test_impossible_wishes_name_the_rules_and_fill_a_way_out_into_the_form(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """30 days on from a Monday is a Wednesday, then a Friday, then a Sunday: no third event."""
    page = coordinator.post(
        "/plans/new",
        data=typed(first_monday(), has_cycles="", gap_least_days=30, gap_most_days=30, count=4, weeks=18),
    ).location
    solved(database)
    shown = coordinator.get(page)
    assert "not everything can hold together" in text_of(shown)
    assert "Training events are 30 to 30 days apart" in text_of(shown)
    assert "relax=gap" in shown.text
    address = next(part for part in shown.text.split('"') if "relax=gap" in part).replace("&amp;", "&")
    form = coordinator.get(address).text
    assert 'name="gap_most_days" required type="text"' in form or "gap_most_days" in form
    assert 'value="4"' in form
    assert 'value="30"' in form  # one end of the gap; the other is wider


def test_programme_that_stands_stays_and_what_it_costs_is_counted(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    night = event_on(database, net, first_monday() + timedelta(days=36), published=True)
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_cycles="")).location
    problem = coordinator.get(f"{page}/problem.json").json
    assert isinstance(problem, dict)
    (pin,) = problem["pins"]
    assert (pin["name"], pin["on"]) == (f"event:{night}", (first_monday() + timedelta(days=36)).isoformat())
    assert problem["past_burden"] == {}
    solved(database)
    assert "In the programme" in text_of(coordinator.get(page))

    later = coordinator.post("/plans/new", data=typed(first_monday(16))).location
    after = coordinator.get(f"{later}/problem.json").json
    assert isinstance(after, dict)
    assert after["pins"] == []
    assert after["past_burden"]["sydney"] == 4  # 14:00 in London is the middle of its night
    assert after["past_hosting"] == {"london": 1}
    assert after["trainings"]["last_on"] == (first_monday() + timedelta(days=36)).isoformat()

    rested = coordinator.post("/plans/new", data=typed(first_monday(20))).location
    problem = coordinator.get(f"{rested}/problem.json").json
    assert isinstance(problem, dict)
    assert problem["trainings"]["last_on"] is None  # 48 days before: no gap can be counted from it


def test_events_nearer_than_the_rules_allow_stand_beside_the_plan(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """Two in one week were two pins in one week, and nothing could be planned over them at all."""
    first = first_monday() + timedelta(days=29)
    number = event_on(database, net, first, published=True)
    for on in (first + timedelta(days=1), first + timedelta(days=14)):
        event_on(database, net, on, published=True)
    page = coordinator.post("/plans/new", data=typed(first_monday())).location
    problem = coordinator.get(f"{page}/problem.json").json
    assert isinstance(problem, dict)
    assert [pin["name"] for pin in problem["pins"]] == [f"event:{number}"]
    assert problem["past_burden"]["sydney"] == 8  # two of them; the third is in the plan
    assert {(each["from_on"], each["kind"]) for each in problem["forbidden_on"]} == {
        ((first_monday() + timedelta(days=days)).isoformat(), kind)
        for days in (28, 42)
        for kind in ("session", "training")
    }
    solved(database)
    plan = plan_of(coordinator, page)
    assert plan["entries"]
    assert broken_rules(problem, plan) == []


def test_fairness_shows_a_contact_their_own_city_first_and_no_drafts(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    event_on(database, net, first_monday() + timedelta(days=1), published=True)
    event_on(database, net, first_monday() + timedelta(days=29), published=False)
    planning = text_of(coordinator.get("/fairness"))
    assert "Sydney bears" not in planning
    assert "Secret drill" in planning
    seen = text_of(contact.get("/fairness"))
    assert "Sydney bears 4 points" in seen
    assert "Draft" not in seen
    assert "Secret drill" not in seen


def test_list_of_plans_takes_the_same_statements_for_one_and_for_many(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page = coordinator.post("/plans/new", data=typed(first_monday())).location
    one = statements_for(coordinator, "/plans")
    with database.transaction() as session:
        first = session.exec(select(PlanRequest)).one()
        for _ in range(15):
            ask_for_plan(session, first.problem, wishes={}, seconds=9, actor=net.coordinator, now=MORNING)
    assert statements_for(coordinator, "/plans") == one
    assert coordinator.post(f"{page}/stop").status_code == 303
    assert "stopped before it began" in text_of(coordinator.get(page))
    assert coordinator.post(f"{page}/stop").status_code == 409


def test_exchange_without_a_theme_is_not_published(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_trainings="")).location
    solved(database)
    with database.reading() as session:
        plan = session.exec(select(PlanRequest)).one().plan
    assert plan is not None
    name = plan["entries"][0]["name"]  # type: ignore[index]
    data = {"names": name, "marking": "TLP:AMBER", f"lead-{name}": "stockholm", "reason": "Agreed."}
    assert coordinator.post(f"{page}/take", data=data).status_code == 303
    with database.reading() as session:
        cycle = session.exec(select(Cycle)).one()
    answer = coordinator.post(f"/cycles/{cycle.id}/publish", data={"version": cycle.version})
    assert answer.status_code == 409
    assert "Choose the theme" in text_of(answer)


def test_draft_that_something_was_added_to_is_not_taken_back(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page, names = taken(coordinator, database, has_trainings="")
    with database.transaction() as session:
        first, *others = session.exec(select(Cycle).order_by(Cycle.id)).all()
        wording = {"scope": f"cycle:{first.id}", "cycle_id": first.id, "letter": "E1", "number": 1}
        session.add(
            LetterWording(
                **wording, subject="Soon", body="Soon.", person_id=net.coordinator.id, saved_at=MORNING
            )
        )
    assert coordinator.post(f"{page}/take-back").status_code == (303 if others else 409)
    with database.reading() as session:
        assert [cycle.id for cycle in session.exec(select(Cycle)).all()] == [first.id]
    assert len(names) == 1 + len(others)


def test_planner_chooses_the_pauses_when_it_is_told_how_many_exchanges(
    coordinator: FlaskClient, database: Database
) -> None:
    wished: dict[str, object] = {"has_trainings": "", "weeks": 26, "is_choosing": "y"}

    def refused(**changes: object) -> str:
        answer = coordinator.post("/plans/new", data=typed(first_monday(), **wished, **changes))
        assert answer.status_code == 400
        return text_of(answer)

    assert "Say how many exchanges there are to be" in refused()
    assert "26 weeks hold 3 cycles at most" in refused(cycle_count=4)
    pause = {f"pauses-0-{each}_on": first_monday(12).isoformat() for each in ("first", "last")}
    assert "Give the pauses, or let the planner choose them" in refused(cycle_count=2, **pause)

    _page, names = taken(coordinator, database, **wished, cycle_count=2)
    with database.reading() as session:
        problem = session.exec(select(PlanRequest)).one().problem
    assert (problem["cycles"]["pauses"], problem["cycles"]["count"]) == ("choose", 2)  # type: ignore[index]
    assert len(names) == 2
    assert "Exchanges stand in these weeks already" in refused(cycle_count=1)


def test_greedy_plan_is_called_by_its_name(coordinator: FlaskClient, database: Database) -> None:
    page = coordinator.post("/plans/new", data=typed(first_monday())).location
    with database.transaction() as session:
        row = session.exec(select(PlanRequest)).one()
        candidates = Candidates(problem_from(row.problem))
        row.plan = plan_document(greedy_plan(candidates, greedy(candidates), Progress()))
        row.state = PlanState.DONE
    shown = text_of(coordinator.get(page))
    assert "The greedy plan: day by day the least burden. Nothing is proven" in shown
    assert "the solver is not installed" in shown
    with database.reading() as session:
        proposal = proposal_of(session, session.exec(select(PlanRequest)).one(), stage_plan())
    first = min(proposal.plan.entries, key=lambda entry: entry.starts_at)
    on = first.starts_at.date()
    feast = Observance(
        "A feast", on, on, 0, begins_evening_before=False, warns=True, source="", checked_on=on
    )
    noted = [[note.text for note in entry.notes] for entry in shown_entries(proposal, "", [feast])]
    assert noted[0][-1].endswith("is A feast.")
    assert not any("feast" in note for notes in noted[1:] for note in notes)


def test_wishes_are_the_same_after_a_row_has_kept_them() -> None:
    wishes = Wishes(
        start_on=date(2027, 3, 8),
        weeks=40,
        pauses=((date(2027, 7, 5), date(2027, 8, 8)),),
        kinds=(WishedKind("webinar", 120), WishedKind("conference", 180, 1, 15, 26)),
        hosts=("london",),
        closed=((date(2027, 8, 2), date(2027, 8, 15)),),
        required=("sydney",),
        count=9,
        is_choosing=True,
        cycle_count=3,
    )
    assert wishes_from(wishes.as_document()) == wishes
    earlier = {k: v for k, v in wishes.as_document().items() if k not in ("closed", "required")}
    assert wishes_from(earlier) == replace(wishes, closed=(), required=())


def test_days_on_which_nothing_is_held_and_members_that_must_come_are_in_the_problem(
    coordinator: FlaskClient, database: Database
) -> None:
    first, last = first_monday(12), first_monday(13) - timedelta(days=3)
    wished = {
        "closed-0-first_on": first.isoformat(),
        "closed-0-last_on": last.isoformat(),
        "required": ["sydney"],
    }
    page = coordinator.post("/plans/new", data=typed(first_monday(), **wished)).location
    problem = coordinator.get(f"{page}/problem.json").json
    assert isinstance(problem, dict)
    assert problem["forbidden_on"] == [[first.isoformat(), last.isoformat()]]
    assert [city["id"] for city in problem["cities"] if city["required"]] == ["sydney"]
    solved(database)
    assert broken_rules(problem, plan_of(coordinator, page)) == []
    form = coordinator.get(f"/plans/new?like={page.rpartition('/')[2]}").text
    assert f'value="{first.isoformat()}"' in form
    half = coordinator.post("/plans/new", data=typed(first_monday(), **wished | {"closed-0-last_on": ""}))
    assert "Give both days, or none" in text_of(half)
