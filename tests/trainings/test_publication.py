"""The page before an event is published: what stops it, which calendars change, and who gets which letter."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.errors import Conflict
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.models import Override, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from exchange.trainings import actions
from tests.factories import make_training
from tests.pages import text_of
from tests.trainings.conftest import NOW, Net, opened


def saved(database: Database, net: Net, **fields: object) -> int:
    with database.transaction() as session:
        return opened(session, net, **fields).id or 0


def on_good_friday(database: Database, net: Net) -> int:
    """A draft on a day that became a holiday after it was saved."""
    with database.transaction() as session:
        on = date(2027, 3, 26)
        event = make_training(
            session, host_city=net.cities["London"], mode="hybrid", on_local=on, is_published=False
        )
        return event.id or 0


def test_publish_page_says_what_each_calendar_shows_and_who_gets_which_letter(
    coordinator: FlaskClient, database: Database, net: Net, settings: Settings
) -> None:
    """A list of names said nothing of what each calendar shows, and a line a letter ran over ten screens."""
    with database.transaction() as session:
        ensure_feeds(session, settings, NOW)
    page = text_of(coordinator.get(f"/trainings/{saved(database, net, marking=Marking.GREEN)}/publish"))
    assert "Calendars that change" in page
    assert "Sydney title and times" in page
    assert re.search(r"Invitation T1 · \d+ letters?, from ", page)
    assert re.search(r"Sid Contact .{,40} in Sydney", page)
    assert "Publish now" in page


def test_publish_page_says_which_letters_are_past(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    training_id = saved(database, net, marking=Marking.GREEN, on_local=date(2026, 11, 25))  # in two days
    assert "more will not be sent" in text_of(coordinator.get(f"/trainings/{training_id}/publish"))


def test_block_that_came_later_is_set_aside_on_the_publish_page(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """The reason had to be written in the form of the event, whose date was right all the same."""
    address = f"/trainings/{on_good_friday(database, net)}"
    aside = f"{address}/set-aside"
    assert coordinator.post(aside, data={"version": "1", "reason": ""}).status_code == 400
    assert coordinator.post(aside, data={"version": "7", "reason": "All agreed."}).status_code == 409
    assert coordinator.post(aside, data={"version": "1", "reason": "All agreed."}).status_code == 303
    with database.reading() as session:
        kept = session.exec(select(Override)).all()
        assert {override.reason for override in kept} == {"All agreed."}
        assert {override.person_id for override in kept} == {net.coordinator.id}
    assert "Publish now" in coordinator.get(f"{address}/publish").text
    assert coordinator.post(f"{address}/publish", data={"version": "2"}).status_code == 303
    page = text_of(coordinator.get(address))
    assert "set blocks aside" in page
    assert "Set aside: All agreed." in page


def test_nothing_is_set_aside_where_nothing_stops_it(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        with pytest.raises(Conflict):
            actions.set_aside(session, training, reason="Why not", actor=None, now=NOW)


def test_published_event_cannot_be_published_again(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    training_id = saved(database, net)
    address = f"/trainings/{training_id}/publish"
    assert coordinator.post(address, data={"version": "1"}).status_code == 303
    assert coordinator.post(address, data={"version": "2"}).status_code == 409
    page = coordinator.get(address).text
    assert "It is not a draft" in page
    assert "Publish now" not in page


@pytest.mark.parametrize("change", ["cancel", "postpone"])
def test_stale_form_keeps_what_was_typed(
    coordinator: FlaskClient, database: Database, net: Net, change: str
) -> None:
    """A page of an error alone stood in place of the form, and the reason was lost."""
    training_id = saved(database, net)
    sent = {"version": "7", "reason": "A careful reason"}
    answer = coordinator.post(f"/trainings/{training_id}/{change}", data=sent)
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.text
    assert "A careful reason" in answer.text
    with Session(database.engine) as session:
        training = session.get_one(TrainingEvent, training_id)
        assert (training.version, training.reason) == (1, "")


def test_reason_for_a_block_that_stands_no_more_stays_on_the_page(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        training = opened(session, net, on_local=date(2027, 6, 25), reason="The board asked.")
        draft = actions.draft_of(training)
        moved = type(draft)(**{**vars(draft), "on_local": date(2027, 6, 23)})
        actions.edit_training(session, training, moved, actor=None, now=NOW + timedelta(hours=1))
    page = text_of(coordinator.get(f"/trainings/{training.id}"))
    assert "Set aside earlier" in page
    assert "The board asked." in page
