"""Needs ticked in the form of a plan: so many more events of the kind, and drafts that answer them."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Need, NeedEvent, NeedState, TrainingEvent
from exchange.planning.wishes.wished_needs import with_needs
from exchange.planning.wishes.wishes import WishedKind, WishedNeed, Wishes, wishes_from
from tests.access.routes import ON_SQLITE
from tests.pages import form_values, text_of
from tests.planning.conftest import first_monday
from tests.planning.proposal.test_needs_in_plans import open_need
from tests.planning.steps import plan_of, solved
from tests.planning.wishes import typed
from tests.trainings.conftest import Net

_HAD = (WishedKind("webinar", 120), WishedKind("workshop", 180, 4), WishedKind("table-top", 180, 1, 37, 48))


def wished(*kinds: str, weeks: int = 52, cycle_count: int | None = None) -> Wishes:
    needs = tuple(WishedNeed(n, kind) for n, kind in enumerate(kinds, 1))
    return Wishes(date(2027, 1, 4), weeks, kinds=_HAD, needs=needs, cycle_count=cycle_count)


@pytest.mark.parametrize(
    ("wishes", "numbers"),
    [
        (wished(), {"webinar": None, "workshop": 4, "table-top": 1}),
        (wished("workshop", "webinar"), {"webinar": None, "workshop": 4, "table-top": 1}),
        (wished("table-top", "table-top"), {"webinar": None, "workshop": 4, "table-top": 2}),
        (wished("drill"), {"webinar": None, "workshop": 4, "table-top": 1, "drill": 1}),
        (wished("drill", weeks=26), {"webinar": None, "workshop": 4, "table-top": 1, "drill": 2}),
    ],
)
def test_a_kind_has_as_many_events_as_needs_call_for(wishes: Wishes, numbers: dict[str, int | None]) -> None:
    assert {kind.kind: kind.per_year for kind in with_needs(wishes).kinds} == numbers
    assert wishes_from(wishes.as_document()) == wishes


def test_exchanges_are_as_many_as_needs_call_for() -> None:
    assert with_needs(wished("exchange", "exchange", cycle_count=1)).cycle_count == 2
    assert with_needs(wished("exchange", cycle_count=3)).cycle_count == 3
    assert with_needs(wished("exchange")).cycle_count is None


def need_id(database: Database, net: Net) -> int:
    open_need(database, net)
    with database.reading() as session:
        return session.exec(select(Need.id)).one() or 0


@ON_SQLITE
def test_a_wished_need_becomes_a_draft_of_its_kind_and_is_programmed(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    number = need_id(database, net)
    page = text_of(coordinator.get("/plans/new"))
    assert "Hostile drones: 2026, place 1" in page
    assert "Gap 3, priority 27.0." in page
    sent = typed(first_monday(), has_cycles="", weeks=26)
    sent[f"need-{number}"], sent[f"need-kind-{number}"] = "y", "drill"
    plan = coordinator.post("/plans/new", data=sent).location
    solved(database)
    entries = [one for one in plan_of(coordinator, plan)["entries"] if one["training"] == "drill"]
    name = entries[0]["name"]
    assert "It answers a need: Hostile drones: 2026, place 1" in text_of(coordinator.get(plan))
    form = coordinator.get(f"{plan}/take")
    assert "It answers a need: Hostile drones: 2026, place 1" in text_of(form)
    values = form_values(form)
    values.setlist("names", [name])
    values["marking"], values["reason"] = "TLP:AMBER", "Agreed."
    assert coordinator.post(f"{plan}/take", data=values).status_code == 303
    with database.reading() as session:
        event = session.exec(select(TrainingEvent)).one()
        assert (event.kind, event.title) == ("drill", "Hostile drones")
        assert session.exec(select(Need.state)).one() == NeedState.PROGRAMMED
        assert session.exec(select(NeedEvent.training_id)).one() == event.id
        assert event.theme_id == session.exec(select(Need.theme_id)).one()
    assert "Hostile drones" in text_of(coordinator.get(f"/trainings/{event.id}"))
    assert "It answers a need: Hostile drones" in text_of(coordinator.get(plan))
    assert "Plan it this year" not in text_of(coordinator.get("/plans/new"))
    again = coordinator.get(f"/plans/new?like={plan.rsplit('/', 1)[1]}")
    assert again.status_code == 200


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("exchange", "is to be planned as a kind that this plan does not have"),
        ("parade", "Choose what Hostile drones is to be planned as"),
    ],
)
def test_a_kind_that_is_not_planned_is_refused(
    coordinator: FlaskClient, database: Database, net: Net, kind: str, said: str
) -> None:
    number = need_id(database, net)
    sent = typed(first_monday(), has_cycles="")
    sent[f"need-{number}"], sent[f"need-kind-{number}"] = "y", kind
    answer = coordinator.post("/plans/new", data=sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
