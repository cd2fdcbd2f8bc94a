"""Planning meetings with an hour: on the clocks of who plans, moved with their event, and shared."""

from datetime import date, time

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Preparation, PreparationMember, PreparationStep, TrainingEvent
from exchange.trainings.actions import edit_training
from exchange.trainings.drafts import moved_draft
from tests.access.routes import ON_SQLITE
from tests.factories import make_training
from tests.pages import text_of
from tests.preparation.conftest import Event
from tests.statements import statements_for
from tests.trainings.conftest import NOW

pytestmark = ON_SQLITE
HOUR = {"at": "14:00", "minutes": "90", "place": "Room 2", "join_link": "https://join.example.org/1"}


def with_hour(coordinator: FlaskClient, event: Event, milestone: str = "ipm", **sent: str) -> None:
    team = {"version": "1", "team": f"{event.planner.email}\n{event.net.coordinator.email}"}
    assert coordinator.post(f"{event.page}/team", data=team).status_code == 303
    saved = coordinator.post(event.at(milestone, "hour"), data=HOUR | sent | {"version": "2"})
    assert saved.status_code == 303, text_of(saved)


def test_a_meeting_gets_an_hour_on_the_clocks_of_all_who_plan(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    with_hour(coordinator, event)
    page = text_of(coordinator.get(event.page))
    assert "Initial planning meeting, Thu 25 Mar 2027 14:00 in London, 1 h 30 min. Room 2. Join" in page
    assert "Stockholm 15:00–16:30 Thu 25 Mar Working hours" in page
    assert "set the hour of a planning meeting" in text_of(coordinator.get(f"/trainings/{event.id}"))
    typed = coordinator.get(event.at("ipm", "hour")).text
    assert 'value="14:00"' in typed
    assert 'value="https://join.example.org/1"' in typed
    taken = coordinator.post(event.at("ipm", "no-hour"), data={"version": "3"})
    assert taken.status_code == 303
    assert "Planning meetings" not in text_of(coordinator.get(event.page))


def test_an_hour_moves_with_its_event_until_the_meeting_is_held(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    """Across the change of clocks of 28 March the wall time stays."""
    with_hour(coordinator, event)
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        draft = moved_draft(training, on=date(2027, 6, 17), at=training.starts_local)
        edit_training(session, training, draft, actor=event.net.coordinator, now=NOW)
    assert "Initial planning meeting, Thu 8 Apr 2027 14:00 in London" in text_of(coordinator.get(event.page))
    sent = {"version": "3", "evidence": "https://files.example.org/minutes"}
    assert coordinator.post(event.at("ipm", "done"), data=sent).status_code == 303
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        draft = moved_draft(training, on=date(2027, 7, 1), at=training.starts_local)
        edit_training(session, training, draft, actor=event.net.coordinator, now=NOW)
    assert "Initial planning meeting, Thu 8 Apr 2027 14:00 in London" in text_of(coordinator.get(event.page))
    again = coordinator.post(event.at("ipm", "hour"), data=HOUR | {"version": "4"})
    assert again.status_code == 409


def test_an_hour_at_night_and_a_quiet_week_are_said(coordinator: FlaskClient, event: Event) -> None:
    with_hour(coordinator, event, "aam", at="23:30")
    page = text_of(coordinator.get(event.page))
    assert "At night" in page
    assert "Quiet period Summer from Mon 12 Jul 2027 to Sun 8 Aug 2027" in page


def test_a_milestone_that_is_no_meeting_has_no_hour(coordinator: FlaskClient, event: Event) -> None:
    assert coordinator.get(event.at("read-ahead", "hour")).status_code == 404
    sent = coordinator.post(event.at("read-ahead", "no-hour"), data={"version": "1"})
    assert sent.status_code == 409
    assert "is no meeting: it has a day alone" in text_of(sent)


def test_two_events_that_share_a_meeting_are_told_so(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    with_hour(coordinator, event)
    with database.transaction() as session:
        london = session.get_one(TrainingEvent, event.id).host_city
        other = make_training(session, host_city=london, on_local=date(2027, 6, 3), title="Ports")
        row = Preparation(training_id=other.id or 0)
        row.steps.append(PreparationStep(milestone="ipm", starts_local=time(15), minutes=60))
        row.members.append(PreparationMember(person_id=event.planner.id))
        session.add(row)
    said = "At the same time, with people or a link in common: Initial planning meeting of Ports."
    assert said in text_of(coordinator.get(event.page))
    with database.transaction() as session:
        step = session.exec(select(PreparationStep).where(PreparationStep.starts_local == time(15))).one()
        step.starts_local, step.minutes = time(16), 30
    assert "At the same time" not in text_of(coordinator.get(event.page))


def test_the_page_asks_as_often_for_one_other_event_as_for_ten(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    with_hour(coordinator, event)

    def another() -> None:
        with database.transaction() as session:
            london = session.get_one(TrainingEvent, event.id).host_city
            other = make_training(session, host_city=london, on_local=date(2027, 6, 3))
            row = Preparation(training_id=other.id or 0)
            row.steps.append(PreparationStep(milestone="ipm", starts_local=time(15), minutes=60))
            row.members.append(PreparationMember(person_id=event.planner.id))
            session.add(row)

    another()
    one = statements_for(coordinator, event.page)
    for _ in range(9):
        another()
    assert statements_for(coordinator, event.page) == one
