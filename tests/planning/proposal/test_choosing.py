"""Another plan is chosen where others were made from the one until now: they keep what they knew."""

from datetime import timedelta

from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import PlanRequest
from exchange.planning.proposal.entry_rows import proposal_of
from tests.factories import stage_plan
from tests.planning.conftest import first_monday
from tests.planning.programme import event_on
from tests.planning.steps import solved
from tests.planning.wishes import typed
from tests.trainings.conftest import Net


def _beside(plan: dict) -> dict:
    """Another plan to choose, without the first training event: the names of the others move up."""
    entries = [each | {"name": f"training-{n}"} for n, each in enumerate(plan["entries"][1:], start=1)]
    beside = {
        "name": "cheapest",
        "max_allowance": 10,
        "fairness": "worst",
        "plan": plan | {"entries": entries},
    }
    return plan | {"choice": "fairest", "choices": [beside]}


def _rows(database: Database, page: str) -> dict[str, tuple[str, int | None]]:
    """Where each entry of the plan stands that is in the programme: when it begins there, and its row."""
    with database.reading() as session:
        request = session.get_one(PlanRequest, int(page.rpartition("/")[2]))
        shown = proposal_of(session, request, stage_plan())
        starts = {entry.name: entry.starts_at.isoformat() for entry in shown.plan.entries}
        return {name: (starts[name], place.row.id) for name, place in shown.places.items()}


def test_a_plan_made_from_the_one_until_now_knows_its_events_by_that(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """The event's name in the plan chosen was that of another entry there, which became the event too."""
    event_on(database, net, first_monday() + timedelta(days=44), published=False)
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_cycles="")).location
    solved(database)
    with database.transaction() as session:
        request = session.get_one(PlanRequest, int(page.rpartition("/")[2]))
        assert request.plan is not None
        request.plan = _beside(request.plan)
    own = _rows(database, page)
    again = coordinator.post(f"{page}/again", data={"seconds": 9}).location
    refused = coordinator.post(f"{page}/choose", data={"choice": "cheapest"})
    assert refused.status_code == 409  # another is being made from it
    solved(database)
    before = _rows(database, again)
    assert list(before.values()) == list(own.values())
    assert coordinator.post(f"{page}/choose", data={"choice": "cheapest"}).status_code == 303
    assert set(_rows(database, page)) != set(own)
    assert list(_rows(database, page).values()) == list(own.values())
    assert _rows(database, again) == before
