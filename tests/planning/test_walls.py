"""Days on the pages of plans are days on a wall: asked, forbidden, moved and shown, far from Greenwich."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import (
    City,
    Cycle,
    MembershipStatus,
    PlanRequest,
    Role,
    TrainingEvent,
    TrainingKind,
    TrainingMode,
)
from exchange.planner.files.problem_file import problem_from
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import open_training
from exchange.trainings.drafts import TrainingDraft
from tests.factories import make_city, make_person
from tests.pages import text_of
from tests.planning.conftest import MORNING, first_monday
from tests.planning.steps import plan_of, solved
from tests.planning.wishes import typed
from tests.sign_in import SignIn

FAR = {
    "auckland": ("Pacific/Auckland", "NZ", "AUK"),
    "honolulu": ("Pacific/Honolulu", "US", "HI"),
    "los-angeles": ("America/Los_Angeles", "US", "CA"),
}
ALONE = {"given_up": "hosts in turn", "weekdays": [0, 4]}
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(params=FAR)
def city(request: pytest.FixtureRequest, database: Database) -> City:
    """One of three leads and hosts alone."""
    zone, country, subdivision = FAR[request.param]
    with database.transaction() as session:
        return make_city(
            session,
            request.param,
            status=MembershipStatus.LEAD,
            time_zone=zone,
            holidays_country=country,
            holidays_subdivision=subdivision,
        )


@pytest.fixture
def coordinator(sign_in: SignIn, database: Database, city: City) -> FlaskClient:
    """Lives there."""
    with database.transaction() as session:
        person = make_person(session, city=city, roles=[Role.COORDINATOR])
    return sign_in(person)


def wall(city: City, text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(city.time_zone))


def test_a_plan_is_taken_shown_and_planned_again_by_the_days_of_its_city(
    coordinator: FlaskClient, database: Database, city: City
) -> None:
    page = coordinator.post("/plans/new", data=typed(first_monday(), hosts=[city.slug], **ALONE)).location
    solved(database)
    entries = plan_of(coordinator, page)["entries"]
    days = {entry["name"]: wall(city, entry["starts_at"]).date() for entry in entries}
    shown = text_of(coordinator.get(page))
    for on in days.values():
        assert f"{on:%a} {on.day} {on:%b %Y}" in shown
    name, on = next((entry["name"], days[entry["name"]]) for entry in entries if entry["kind"] == "training")
    asked = text_of(coordinator.get(f"{page}/why-not?entry={name}&on={on}"))
    assert "It stands on" in asked
    again = coordinator.post(f"{page}/again", data={"seconds": 9, f"action-{name}": "not-then"}).location
    problem = coordinator.get(f"{again}/problem.json").json
    assert isinstance(problem, dict)
    assert {"from_on": f"{on}", "to_on": f"{on}", "kind": "training"} in problem["forbidden_on"]
    solved(database)
    assert on not in {wall(city, e["starts_at"]).date() for e in plan_of(coordinator, again)["entries"]}
    leads = {f"lead-{each}": city.slug for each in days}
    taking = {"names": list(days), "marking": "TLP:AMBER"} | leads
    assert coordinator.post(f"{page}/take", data=taking).status_code == 303
    with database.reading() as session:
        cycles, events = session.exec(select(Cycle)).all(), session.exec(select(TrainingEvent)).all()
        sittings = [s for cycle in cycles for s in cycle.sittings if s.meeting == "session"]
        found = {row.on_local for row in [*sittings, *events]}
    assert found == set(days.values())
    assert "Every entry of this plan stands in the programme" in text_of(coordinator.get(page))


@pytest.mark.parametrize("at", [time(9), time(16)], ids=["morning", "afternoon"])
def test_what_stands_is_pinned_on_its_own_day(
    coordinator: FlaskClient, database: Database, city: City, at: time
) -> None:
    on = first_monday(4) + timedelta(days=4)
    draft = TrainingDraft(
        kind=TrainingKind.WEBINAR,
        title="Drill",
        host_city_id=city.id or 0,
        mode=TrainingMode.VIRTUAL,
        on_local=on,
        starts_local=at,
        time_zone=city.time_zone,
        minutes=120,
        marking=Marking.GREEN,
    )
    with database.transaction() as session:
        open_training(session, draft, actor=None, now=MORNING, reason="Agreed.")
    for start, key in ((first_monday(0), "pins"), (on + timedelta(days=3), "last_on")):
        data = typed(start, hosts=[city.slug], has_cycles="", **ALONE)
        page = coordinator.post("/plans/new", data=data).location
        problem = coordinator.get(f"{page}/problem.json").json
        assert isinstance(problem, dict)
        days = [pin["on"] for pin in problem["pins"]] if key == "pins" else [problem["trainings"]["last_on"]]
        assert days == [on.isoformat()]
    with database.reading() as session:
        first = session.exec(select(PlanRequest)).first()
        assert first is not None
        assert problem_from(first.problem).pins[0].on == on
