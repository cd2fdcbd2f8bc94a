"""Who reads an event's preparation, who decides about it, and who finishes what they owe."""

from flask.testing import FlaskClient

from exchange.db import Database
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.pages import text_of
from tests.preparation.conftest import Event, make_event
from tests.sign_in import SignIn

LINK = "https://files.example.org/minutes"


@ON_SQLITE
def test_the_lead_of_the_host_city_decides(lead: FlaskClient, event: Event) -> None:
    assert event.page in lead.get(f"/trainings/{event.id}").text
    moved = lead.post(event.at("mpm", "move"), data={"version": "1", "on": "2027-04-20"})
    assert moved.status_code == 303, text_of(moved)
    assert "Change the planning team" in text_of(lead.get(event.page))


@ON_SQLITE
def test_who_takes_part_and_plans_nothing_is_told_of_no_preparation(sign_in: SignIn, event: Event) -> None:
    contact = sign_in(event.net.contact)
    assert event.page not in contact.get(f"/trainings/{event.id}").text
    for address in (event.page, event.at("fpm", "done"), f"{event.page}/team", f"{event.page}/objectives"):
        assert contact.get(address).status_code == 404, address
    sent = {"version": "1", "evidence": LINK, "reason": "Why not"}
    for deed in ("done", "move", "waive", "owner", "reopen"):
        assert contact.post(event.at("fpm", deed), data=sent).status_code == 404, deed


def test_who_is_given_a_milestone_reads_the_page_and_finishes_that_one_alone(
    coordinator: FlaskClient, sign_in: SignIn, event: Event
) -> None:
    coordinator.post(event.at("fpm", "owner"), data={"version": "1", "owner": event.planner.email})
    planner = sign_in(event.planner)
    assert event.page in planner.get(f"/trainings/{event.id}").text
    assert text_of(planner.get(event.page)).count("Mark done Final planning meeting") == 1
    assert planner.get(event.at("ipm", "done")).status_code == 404
    assert planner.get(event.at("fpm", "move")).status_code == 404
    done = planner.post(event.at("fpm", "done"), data={"version": "2", "evidence": LINK})
    assert done.status_code == 303, text_of(done)
    assert "Done What shows it" in text_of(planner.get(event.page))


@ON_SQLITE
def test_the_planning_team_reads_and_decides_nothing(
    coordinator: FlaskClient, sign_in: SignIn, event: Event
) -> None:
    coordinator.post(f"{event.page}/team", data={"version": "1", "team": event.planner.email})
    planner = sign_in(event.planner)
    assert "Petra Planner, Dublin" in text_of(planner.get(event.page))
    assert planner.get(f"{event.page}/team").status_code == 404
    assert planner.get(event.at("fpm", "done")).status_code == 404


@ON_SQLITE
def test_a_draft_is_prepared_by_who_plans_alone(database: Database, sign_in: SignIn) -> None:
    event = make_event(database, is_published=False)
    assert sign_in(event.lead).get(event.page).status_code == 404
    assert sign_in(event.net.coordinator).get(event.page).status_code == 200


@ON_SQLITE
def test_nobody_plans_an_event_of_which_they_may_not_know(database: Database, sign_in: SignIn) -> None:
    """Of a strict event only those invited by name know, a draft of it included."""
    event = make_event(database, is_published=False, marking=Marking.AMBER_STRICT)
    browser = sign_in(event.net.coordinator)
    answer = browser.post(f"{event.page}/team", data={"version": "1", "team": event.planner.email})
    assert answer.status_code == 400
    assert "may not know of this event by its marking and who is invited." in text_of(answer)
    lead = browser.post(f"{event.page}/team", data={"version": "1", "team": event.lead.email})
    assert lead.status_code == 303


@ON_SQLITE
def test_a_red_event_is_prepared_by_the_people_named_on_it(database: Database, sign_in: SignIn) -> None:
    event = make_event(database, marking=Marking.RED)
    assert sign_in(event.lead).get(event.page).status_code == 404
    assert sign_in(event.net.coordinator).get(event.page).status_code == 200
