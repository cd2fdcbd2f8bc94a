"""The board's order, the needs taken from it, what answers each, and how each ends."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.models import Cycle, Need, NeedEvent, NeedState, TrainingEvent
from exchange.needs import actions, queries, ranking
from exchange.needs.drafts import RankedTheme
from exchange.needs.results import results_of
from tests.access.routes import ON_SQLITE
from tests.factories import make_training
from tests.needs.conftest import Net, answered, closed, opened
from tests.pages import form_values, links_of, text_of
from tests.sign_in import SignIn


def test_story_31_three_themes_approved_become_pipeline_items_citing_need_and_score(
    board_member: FlaskClient, net: Net, closed_round: int
) -> None:
    """Given needs ranked by priority, when I approve three themes, then each becomes a pipeline item."""
    address = f"/needs/rounds/{closed_round}/ranking"
    typed = form_values(board_member.get(address))
    for place in range(3):
        typed[f"themes-{place}-rank"] = str(3 - place)
        typed[f"themes-{place}-reason"] = f"Reason {place}"
    assert board_member.post(address, data=typed).status_code == 303
    page = text_of(board_member.get("/needs"))
    for theme in net.themes:
        assert theme.name in page
    assert page.count("gap 3, priority 27.0, by 11 people") == 3
    assert "2026, place 3" in page


@ON_SQLITE
@pytest.mark.parametrize("who", ["London", "Sydney"])
def test_who_speaks_for_a_city_does_not_rank(sign_in: SignIn, net: Net, closed_round: int, who: str) -> None:
    lead = sign_in(net.leads[who])
    address = f"/needs/rounds/{closed_round}/ranking"
    assert lead.get(address).status_code == 404
    assert lead.post(address, data={"version": "3"}).status_code == 404


@ON_SQLITE
@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([("1", "Because"), ("1", "Because")], "Two themes have the same place."),
        ([("1", "")], "Write why a theme has its place"),
        ([("0", "Because")], "Places count from 1."),
        ([("first", "Because")], "Not a valid integer value."),
    ],
)
def test_an_order_that_cannot_be_is_refused_and_kept_as_typed(
    board_member: FlaskClient, net: Net, closed_round: int, places: list[tuple[str, str]], said: str
) -> None:
    address = f"/needs/rounds/{closed_round}/ranking"
    typed = form_values(board_member.get(address))
    for n, (rank, reason) in enumerate(places):
        typed[f"themes-{n}-rank"], typed[f"themes-{n}-reason"] = rank, reason
    sent = board_member.post(address, data=typed)
    assert sent.status_code == 400
    assert said in text_of(sent)
    assert f'value="{places[0][0]}"' in sent.text
    assert "No need was taken yet" in text_of(board_member.get("/needs"))


def test_plan_it_opens_a_form_that_quotes_the_need_and_the_draft_is_tied_to_it(
    database: Database, coordinator: FlaskClient, net: Net, closed_round: int
) -> None:
    need_id = taken(database, net, closed_round)
    page = coordinator.get(f"/needs/{need_id}")
    (address,) = links_of(page, "Plan an event")
    form = coordinator.get(address)
    assert "For a need of the round of 2026: Hostile drones" in text_of(form)
    assert "Gap 3, priority 27.0, by 11 people." in text_of(form)
    typed = form_values(form)
    assert typed["theme_id"] == str(net.themes[0].id)
    typed["marking"], typed["on"] = "TLP:AMBER+STRICT", "2027-05-20"
    sent = coordinator.post(address, data=typed)
    assert sent.status_code == 303, text_of(sent)
    assert "The need it answers Hostile drones" in text_of(coordinator.get(sent.location))
    again = text_of(coordinator.get(f"/needs/{need_id}"))
    assert "Programmed" in again
    assert "event on Thu 20 May 2027" in again
    with database.reading() as session:
        tied = session.exec(select(NeedEvent)).one()
        training = session.get(TrainingEvent, tied.training_id)
        assert training is not None
        assert training.theme_id == net.themes[0].id


@ON_SQLITE
def test_an_exchange_is_planned_for_a_need_too(
    database: Database, coordinator: FlaskClient, net: Net, closed_round: int
) -> None:
    need_id = taken(database, net, closed_round)
    address = f"/cycles/new?need={need_id}"
    typed = form_values(coordinator.get(address))
    assert typed["theme_id"] == str(net.themes[0].id)
    typed["lead_city_id"], typed["starts_on"] = str(net.cities["Stockholm"].id), "2027-01-11"
    typed["save"] = "1"
    typed["reason"] = "The dates are agreed"
    sent = coordinator.post(address, data=typed)
    assert sent.status_code == 303, text_of(sent)
    with database.reading() as session:
        assert session.exec(select(NeedEvent.cycle_id)).one() == session.exec(select(Cycle.id)).one()
    assert "The need it answers" in text_of(coordinator.get(sent.location))


@ON_SQLITE
@pytest.mark.parametrize("asked", ["999", "x", "", "99999999999999999999", "-1"])
def test_a_need_that_is_not_there_leaves_the_form_as_it_is(
    coordinator: FlaskClient, net: Net, asked: str
) -> None:
    page = coordinator.get("/trainings/new", query_string={"need": asked})
    assert page.status_code == 200
    assert "For a need of the round" not in text_of(page)


def test_a_need_without_an_event_is_closed_with_a_reason_alone(
    database: Database, coordinator: FlaskClient, net: Net, closed_round: int
) -> None:
    need_id = taken(database, net, closed_round)
    typed = form_values(coordinator.get(f"/needs/{need_id}/close"))
    typed["state"] = "not a training need"
    refused = coordinator.post(f"/needs/{need_id}/close", data=typed)
    assert refused.status_code == 400
    assert "Write the reason" in text_of(refused)
    typed["reason"] = "The powers are missing, not the skill"
    assert coordinator.post(f"/needs/{need_id}/close", data=typed).status_code == 303
    page = coordinator.get(f"/needs/{need_id}")
    assert "Not a training need The powers are missing" in text_of(page)
    assert not links_of(page, "Plan an event")
    assert coordinator.post(f"/needs/{need_id}/reopen", data=form_values(page)).status_code == 303
    assert links_of(coordinator.get(f"/needs/{need_id}"), "Plan an event")


@ON_SQLITE
def test_a_need_keeps_the_score_it_was_taken_with(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "London", [(5, 2)] * 6)
        closed(session, net, found)
        round_id = found.id or 0
    taken(database, net, round_id)
    later = net.by().now.replace(hour=12)
    with database.transaction() as session:
        again = queries.round_of(session, round_id)
        actions.reopen_round(session, again, date(2027, 1, 15), reason="Late", by=net.by())
        answered(session, net, again, "London", [(5, 5)] * 7, at=later)
        assert closed(session, net, again, later)
        need = session.exec(select(Need)).one()
        assert (need.gap, need.people) == ("3", 6)


@ON_SQLITE
def test_a_theme_that_was_taken_cannot_be_left_out_of_the_order(
    database: Database, net: Net, closed_round: int
) -> None:
    taken(database, net, closed_round)
    with database.transaction() as session:
        found = queries.round_of(session, closed_round)
        results = results_of(session, found)
        assert results is not None
        with pytest.raises(InvalidInput, match="stays in the pipeline"):
            ranking.rank(session, found, results, [], by=net.by())


@ON_SQLITE
def test_a_closed_need_is_not_closed_again(database: Database, net: Net, closed_round: int) -> None:
    need_id = taken(database, net, closed_round)
    with database.transaction() as session:
        need = queries.need_of(session, need_id)
        ranking.close_need(session, need, NeedState.NOT_TRAINING, reason="Law", by=net.by())
        with pytest.raises(Conflict):
            ranking.close_need(session, need, NeedState.ADDRESSED, reason="Law", by=net.by())


@ON_SQLITE
def test_an_objective_quotes_a_need_and_its_event_answers_it(
    database: Database, coordinator: FlaskClient, net: Net, closed_round: int
) -> None:
    need_id = taken(database, net, closed_round)
    with database.transaction() as session:
        training_id = make_training(session, host_city=net.cities["London"]).id
    address = f"/trainings/{training_id}/preparation"
    typed = {f"objectives-{n}-text": f"Objective {n}" for n in range(3)}
    sent = coordinator.post(
        f"{address}/objectives", data=typed | {"version": "1", "objectives-0-need_id": str(need_id)}
    )
    assert sent.status_code == 303, text_of(sent)
    assert "Objective 0 Answers a need of 2026: Hostile drones" in text_of(coordinator.get(address))
    assert "Programmed" in text_of(coordinator.get(f"/needs/{need_id}"))
    typed["objectives-0-need_id"], typed["version"] = "999", "2"
    assert coordinator.post(f"{address}/objectives", data=typed).status_code == 400


def taken(database: Database, net: Net, round_id: int) -> int:
    """The first theme is taken into the pipeline."""
    with database.transaction() as session:
        found = queries.round_of(session, round_id)
        results = results_of(session, found)
        assert results is not None
        order = [RankedTheme(net.themes[0].id or 0, 1, "Many cities ask")]
        ranking.rank(session, found, results, order, by=net.by())
        return session.exec(select(Need.id).where(Need.round_id == round_id)).one() or 0
