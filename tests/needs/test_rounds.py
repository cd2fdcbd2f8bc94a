"""Rounds: planned, opened, closed, opened again; and what is refused with a sentence at its field."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.models import NeedsRound, RoundState, Theme
from exchange.needs import actions, queries
from exchange.needs.results import results_of
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.needs.round_results import picture_of_answers
from tests.access.routes import ON_SQLITE
from tests.needs.conftest import NOW, Net, answered, closed, needs_template, opened
from tests.pages import form_values, text_of


def test_a_round_goes_from_draft_to_open_to_closed_and_open_again(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = actions.plan_round(session, net.draft(), by=net.by())
        assert found.state is RoundState.DRAFT
        assert found.marking == Marking.AMBER_STRICT
        actions.open_round(session, found, needs_template(), by=net.by())
        assert found.state is RoundState.OPEN
        actions.close_round(session, found, [picture_of_answers([])], by=net.by())
        assert found.state is RoundState.CLOSED
        actions.reopen_round(session, found, date(2027, 1, 15), reason="Two cities were ill", by=net.by())
        assert (found.state, found.closes_on) == (RoundState.REOPENED, date(2027, 1, 15))


@ON_SQLITE
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closes_on": date(2026, 10, 1)}, "closes_on"),
        ({"theme_ids": []}, "themes"),
        ({"theme_ids": [999]}, "themes"),
        ({"city_ids": frozenset()}, "cities"),
        ({"city_ids": frozenset({999})}, "cities"),
        ({"year": 26}, "year"),
        ({"marking": Marking.RED}, "marking"),
    ],
)
def test_a_round_that_cannot_be_is_refused_at_its_field(
    database: Database, net: Net, fields: dict[str, object], field: str
) -> None:
    with database.transaction() as session, pytest.raises(InvalidInput) as refused:
        actions.plan_round(session, net.draft(**fields), by=net.by())
    assert refused.value.field == field


@ON_SQLITE
def test_a_second_round_of_a_year_is_refused(database: Database, net: Net) -> None:
    with database.transaction() as session:
        actions.plan_round(session, net.draft(), by=net.by())
        with pytest.raises(InvalidInput, match="There is a round of 2026 already"):
            actions.plan_round(session, net.draft(), by=net.by())


@ON_SQLITE
def test_what_was_opened_keeps_its_themes_and_cities(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        with pytest.raises(Conflict):
            actions.edit_round(session, found, net.draft(), by=net.by())
        with pytest.raises(Conflict):
            actions.open_round(session, found, needs_template(), by=net.by())


@ON_SQLITE
def test_a_theme_renamed_in_mid_round_keeps_its_name_in_the_round_and_stays_the_same_theme(
    database: Database, net: Net
) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        theme = session.get(Theme, net.themes[0].id)
        assert theme is not None
        theme.name = "Drones of all kinds"
        answered(session, net, found, "London", [(5, 2)] * 6)
        closed(session, net, found)
    with database.reading() as session:
        again = queries.round_of(session, found.id or 0)
        results = results_of(session, again)
        assert results is not None
        assert again.themes[0].name == "Hostile drones"
        assert results.theme(net.themes[0].id or 0) is not None


@ON_SQLITE
def test_results_are_shown_to_nobody_while_a_round_is_open_or_open_again(
    database: Database, net: Net
) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "London", [(5, 2)] * 6)
        assert results_of(session, queries.round_of(session, found.id or 0)) is None
        closed(session, net, found)
        actions.reopen_round(session, found, date(2027, 1, 15), reason="Late", by=net.by())
        assert results_of(session, found) is None


@ON_SQLITE
def test_one_late_answer_leaves_the_results_as_they_were_and_five_renew_them(
    database: Database, net: Net
) -> None:
    later, latest = NOW + timedelta(days=1), NOW + timedelta(days=2)
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "London", [(5, 2)] * 6)
        assert closed(session, net, found)
        actions.reopen_round(session, found, date(2027, 1, 15), reason="Late", by=net.by())
        answered(session, net, found, "London", [(1, 5)], at=later)
        assert not closed(session, net, found, later)
        assert _people(session, found) == 6
        actions.reopen_round(session, found, date(2027, 1, 15), reason="Late", by=net.by())
        answered(session, net, found, "London", [(1, 5)] * 4, at=latest)
        assert closed(session, net, found, latest)
        assert _people(session, found) == 11


def test_the_form_says_at_its_field_that_a_round_closes_before_it_opens(
    coordinator: FlaskClient, net: Net
) -> None:
    typed = form_values(coordinator.get("/needs/rounds/new"))
    typed.setlist("themes", [str(net.themes[0].id)])
    typed["opens_on"], typed["closes_on"] = "2026-12-18", "2026-11-20"
    sent = coordinator.post("/needs/rounds/new", data=typed)
    assert sent.status_code == 400
    assert "It closes before it opens." in text_of(sent)
    assert 'value="2026-11-20"' in sent.text
    assert "There is no round yet" in text_of(coordinator.get("/needs"))


def test_a_coordinator_plans_opens_and_closes_a_round_by_its_pages(
    coordinator: FlaskClient, net: Net
) -> None:
    typed = form_values(coordinator.get("/needs/rounds/new"))
    typed.setlist("themes", [str(theme.id) for theme in net.themes[:2]])
    typed["opens_on"], typed["closes_on"] = "2026-11-24", "2026-12-18"
    page = coordinator.post("/needs/rounds/new", data=typed, follow_redirects=True)
    assert "Nobody was asked yet." in text_of(page)
    address = page.request.path
    edited = form_values(coordinator.get(f"{address}/edit"))
    edited["closes_on"] = "2026-12-17"
    assert coordinator.post(f"{address}/edit", data=edited).status_code == 303
    for deed, said in (("open", "The round is open."), ("close", "The round is closed.")):
        shown = coordinator.get(f"{address}/{deed}")
        sent = coordinator.post(f"{address}/{deed}", data=form_values(shown), follow_redirects=True)
        assert said in text_of(sent)
    assert "Nobody answered" in text_of(coordinator.get(address))


@ON_SQLITE
def test_a_form_sent_from_an_older_page_changes_nothing(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        round_id = opened(session, net).id
    old = form_values(coordinator.get(f"/needs/rounds/{round_id}/last-day"))
    old["reason"] = "Later"
    assert coordinator.post(f"/needs/rounds/{round_id}/last-day", data=old).status_code == 303
    assert coordinator.post(f"/needs/rounds/{round_id}/last-day", data=old).status_code == 409


def _people(session: Session, found: NeedsRound) -> int:
    results = results_of(session, queries.round_of(session, found.id or 0))
    assert results is not None
    network = results.themes[0].network
    assert network is not None
    return network.people
