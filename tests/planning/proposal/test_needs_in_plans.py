"""An exchange that a plan gives the theme of an open need answers that need; taken back, it does no more."""

from datetime import date

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Need, NeedEvent, NeedsRound, NeedState
from tests.access.routes import ON_SQLITE
from tests.factories import make_theme
from tests.pages import form_values, text_of
from tests.planning.conftest import MORNING, first_monday
from tests.planning.steps import plan_of, solved
from tests.planning.wishes import typed
from tests.trainings.conftest import Net


@ON_SQLITE
def test_a_planned_exchange_answers_the_open_need_of_its_theme_until_it_is_taken_back(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    theme_id = open_need(database, net)
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_trainings="")).location
    solved(database)
    name = plan_of(coordinator, page)["entries"][0]["name"]
    form = coordinator.get(f"{page}/take")
    assert "Hostile drones: 2026, place 1" in text_of(form)
    sent = form_values(form)
    sent.setlist("names", [name])
    sent["marking"], sent[f"theme-{name}"] = "TLP:AMBER", str(theme_id)
    sent["reason"] = "Agreed."
    assert coordinator.post(f"{page}/take", data=sent).status_code == 303
    with database.reading() as session:
        assert session.exec(select(Need.state)).one() == NeedState.PROGRAMMED
        assert session.exec(select(NeedEvent.cycle_id)).one() is not None
    assert coordinator.post(f"{page}/take-back").status_code == 303
    with database.reading() as session:
        assert session.exec(select(Need.state)).one() == NeedState.OPEN
        assert not session.exec(select(NeedEvent)).all()


def open_need(database: Database, net: Net) -> int:
    """A need that nothing answers; the id of its theme."""
    with database.transaction() as session:
        theme = make_theme(session, "Hostile drones")
        found = NeedsRound(
            year=2026,
            opens_on=date(2026, 9, 1),
            closes_on=date(2026, 10, 1),
            city_id=net.cities["London"].id or 0,
            created_at=MORNING,
            opened_at=MORNING,
        )
        session.add(found)
        session.flush()
        session.add(
            Need(
                round_id=found.id or 0,
                theme_id=theme.id or 0,
                theme_name=theme.name,
                rank=1,
                reason="Many ask",
                people=9,
                gap="3",
                priority="27.0",
                cities=2,
                cities_with_gap=1,
            )
        )
        return theme.id or 0
