"""The page "Preparation": milestones to the day, finished, moved, waived, given, and the event that moves."""

import re
from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, Letter, PreparationStep, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import cancel_training, edit_training
from exchange.trainings.drafts import moved_draft
from tests.access.routes import ON_SQLITE
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.preparation.conftest import Event, make_event
from tests.sign_in import SignIn
from tests.statements import statements_for
from tests.trainings.conftest import NOW, typed

pytestmark = ON_SQLITE
LINK = "https://files.example.org/minutes"


def row_of(page: str, name: str) -> str:
    """One milestone of the page's text, up to the way to change it."""
    rows = page[page.index("Who owes it Change") :]
    return rows[rows.index(name) :].split(" Mark done ", maxsplit=1)[0]


def test_story_10_a_table_top_shows_its_milestones_to_the_day(coordinator: FlaskClient, event: Event) -> None:
    page = text_of(coordinator.get(event.page))
    assert "Initial planning meeting Must be done Thu 25 Mar 2027" in page
    assert "Midterm planning meeting Thu 22 Apr 2027" in page
    assert "Final planning meeting Must be done Thu 13 May 2027" in page
    assert (
        "Draft after-action report Must be done Fri 2 Jul 2027 moved from Sat 3 Jul 2027 to a working day"
        in page
    )
    assert "Lead of London: Lena Lead" in page
    assert event.page in coordinator.get(f"/trainings/{event.id}").text


def test_story_11_the_event_moves_and_only_what_is_not_done_moves_along(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    done = coordinator.post(event.at("ipm", "done"), data={"version": "1", "evidence": LINK})
    assert done.status_code == 303, text_of(done)
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        draft = moved_draft(training, on=date(2027, 6, 17), at=training.starts_local)
        edit_training(session, training, draft, actor=event.net.coordinator, now=NOW)
        assert training.sequence == 1
    page = text_of(coordinator.get(event.page))
    assert "Initial planning meeting Must be done Thu 25 Mar 2027 Done What shows it" in page
    assert "Midterm planning meeting Thu 6 May 2027" in page
    assert "Final planning meeting Must be done Thu 27 May 2027" in page


def test_story_12_a_conference_made_late_shows_what_is_overdue_and_is_made(
    database: Database, sign_in: SignIn, clock: HandClock
) -> None:
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    net = make_event(database).net
    browser = sign_in(net.coordinator)
    sent = typed(net, kind="conference", title="Conference", on="2027-03-11")
    saved = browser.post("/trainings/new", data=sent)
    assert saved.status_code == 303
    page = text_of(browser.get(f"{saved.location}/preparation"))
    assert "Thu 10 Sep 2026 Late 72 days late" in page
    assert "Thu 24 Sep 2026 Late 58 days late" in page
    assert "Midterm planning meeting Must be done Thu 10 Dec 2026 Open" in page


def test_the_swedish_summer_after_the_event_is_said_at_its_milestones(
    coordinator: FlaskClient, event: Event
) -> None:
    emails = f"{event.planner.email}\n{event.net.coordinator.email}"
    saved = coordinator.post(f"{event.page}/team", data={"version": "1", "team": emails})
    assert saved.status_code == 303, text_of(saved)
    page = text_of(coordinator.get(event.page))
    assert "Petra Planner, Dublin" in page
    final = row_of(page, "Final after-action report")
    assert "Fri 30 Jul 2027 moved from Mon 2 Aug 2027" in final  # the August holiday of Dublin
    assert "Quiet period Summer from Mon 12 Jul 2027 to Sun 8 Aug 2027: Stockholm." in final


def test_a_milestone_is_moved_waived_given_and_opened_again_with_each_decision_in_the_trail(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    steps = [
        (event.at("mpm", "move"), {"on": "2027-04-20", "reason": "The hall is free."}),
        (event.at("co", "waive"), {"reason": "Part of the initial meeting."}),
        (event.at("fpm", "owner"), {"owner": event.planner.email}),
        (event.at("fpm", "done"), {"evidence": LINK}),
        (event.at("fpm", "reopen"), {}),
        (f"{event.page}/profile", {"profile": "conference-26"}),
    ]
    for number, (address, sent) in enumerate(steps, 1):
        answer = coordinator.post(address, data=sent | {"version": str(number)})
        assert answer.status_code == 303, (address, text_of(answer))
    page = text_of(coordinator.get(event.page))
    assert "Midterm planning meeting Must be done Tue 20 Apr 2027 moved by hand: The hall is free." in page
    assert "Not owed Part of the initial meeting." in page
    assert "Final planning meeting Must be done Thu 29 Apr 2027 Later" in page  # 35 days before, not 21
    assert "Petra Planner" in row_of(page, "Final planning meeting")
    history = text_of(coordinator.get(f"/trainings/{event.id}"))
    for words in ("moved a milestone", "waived a milestone", "said who owes", "opened a milestone again"):
        assert words in history
    with database.reading() as session:
        trail = session.exec(select(AuditEntry).where(AuditEntry.subject == f"training:{event.id}")).all()
        assert not any("Petra" in str(entry.after) for entry in trail)
        assert session.exec(select(Letter)).all() == []  # drafts are silent, and nothing of this is sent


def test_an_owner_who_leaves_gives_the_milestone_to_the_host_citys_lead_and_it_says_so(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    coordinator.post(event.at("fpm", "owner"), data={"version": "1", "owner": event.planner.email})
    with database.transaction() as session:
        step = session.exec(select(PreparationStep)).one()
        assert step.owner is not None
        step.owner.is_active = False
    fpm = row_of(text_of(coordinator.get(event.page)), "Final planning meeting")
    assert "Lead of London: Lena Lead" in fpm
    assert "It was given to Petra Planner, who is no longer of the network." in fpm


def test_a_host_city_without_a_lead_leaves_it_to_the_coordinators(
    database: Database, sign_in: SignIn
) -> None:
    event = make_event(database)
    with database.transaction() as session:
        session.merge(event.lead).is_active = False
    page = text_of(sign_in(event.net.coordinator).get(event.page))
    assert "The coordinators: nobody leads London" in page


def test_a_cancelled_event_owes_nothing_and_takes_no_decision(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        cancel_training(session, training, reason="No room.", actor=event.net.coordinator, now=NOW)
    page = text_of(coordinator.get(event.page))
    assert "The event is cancelled. Nobody owes what is not done." in page
    assert page.count("Not owed") == 11
    answer = coordinator.post(event.at("fpm", "done"), data={"version": "1", "evidence": LINK})
    assert answer.status_code == 409
    assert "was cancelled, and stays so." in text_of(answer)


def test_a_kind_of_event_without_preparation_says_so_and_can_be_given_a_profile(
    database: Database, sign_in: SignIn
) -> None:
    event = make_event(database, kind="study visit")
    browser = sign_in(event.net.coordinator)
    assert "The profile of this event has no milestones." in text_of(browser.get(event.page))
    sent = {"version": "1", "profile": "webinar-6"}
    assert browser.post(f"{event.page}/profile", data=sent).status_code == 303
    assert "Final planning meeting and rehearsal" in text_of(browser.get(event.page))


def test_the_page_asks_as_often_for_one_decision_as_for_many(coordinator: FlaskClient, event: Event) -> None:
    coordinator.post(event.at("co", "owner"), data={"version": "1", "owner": event.planner.email})
    coordinator.post(f"{event.page}/team", data={"version": "2", "team": event.planner.email})
    coordinator.get(event.page)  # what is remembered is so by now
    one = statements_for(coordinator, event.page)
    for number, key in enumerate(("ipm", "mpm", "fpm", "aam"), 3):
        sent = {"version": str(number), "owner": event.lead.email}
        assert coordinator.post(event.at(key, "owner"), data=sent).status_code == 303
    team = f"{event.planner.email} {event.lead.email} {event.net.contact.email}"
    coordinator.post(f"{event.page}/team", data={"version": "7", "team": team})
    assert statements_for(coordinator, event.page) == one
    assert re.search(r"Sid Contact, Sydney", text_of(coordinator.get(event.page)))


def test_somebody_of_the_planning_team_who_left_binds_no_days_and_is_marked(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    """Milestones kept to the working days of a city that nobody planned for any more."""
    coordinator.post(f"{event.page}/team", data={"version": "1", "team": event.planner.email})
    with database.transaction() as session:
        session.merge(event.planner).is_active = False
    page = text_of(coordinator.get(event.page))
    assert "Petra Planner (no longer of the network)" in page
    assert "a day of rest in London gives way" in page
    assert "Mon 2 Aug 2027" in row_of(page, "Final after-action report")  # the August holiday of Dublin
    assert event.planner.email not in coordinator.get(f"{event.page}/team").text
    sent = {"version": "2", "team": event.lead.email}
    assert coordinator.post(f"{event.page}/team", data=sent).status_code == 303
    assert "Petra Planner" not in text_of(coordinator.get(event.page))


def test_a_secret_event_whose_lead_is_not_named_is_left_to_the_coordinators_who_are(
    database: Database, sign_in: SignIn
) -> None:
    event = make_event(database)
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        training.marking, training.named_ids = Marking.RED, [event.net.coordinator.id or 0]
    browser = sign_in(event.net.coordinator)
    assert "The coordinators: no lead of London is named on it" in text_of(browser.get(event.page))
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, event.id)
        training.named_ids = [event.net.coordinator.id or 0, event.lead.id or 0]
    assert "Lead of London: Lena Lead" in text_of(browser.get(event.page))
