"""Pages tell of letters as a tick last found them, and never do a tick's work."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import select

from exchange.db import Database
from exchange.mail.pages.letters_ahead import WORKED_OUT_MOST, letters_ahead
from exchange.mail.schedule import outlooks
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import City, Outlook, Role
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from tests.factories import make_city, make_cycle, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

PLAN = stage_plan()
BEFORE = datetime(2027, 1, 8, 12, tzinfo=UTC)  # the Friday before the cycles begin: nothing is due yet
NOTE = "are being worked out anew"


def add_cycles(database: Database, count: int, first: int = 0) -> None:
    """Published cycles, each of a city of its own with a contact."""
    with database.transaction() as session:
        for number in range(first, first + count):
            lead = make_city(session, f"City {number}")
            make_person(session, f"Contact {number}", city=lead)
            make_cycle(session, title=f"Cycle {number}", lead_city=lead, starts_on=date(2027, 1, 11))


@pytest.fixture
def coordinator(database: Database, sign_in: SignIn, clock: HandClock) -> FlaskClient:
    clock.set(BEFORE)
    with database.transaction() as session:
        person = make_person(
            session, "Coordinator", city=make_city(session, "Oslo"), roles=[Role.COORDINATOR]
        )
    return sign_in(person)


@pytest.fixture
def context(database: Database, settings: Settings, clock: HandClock) -> Context:
    return Context(database, settings, PLAN, MaildirTransport(settings.mail_dir), clock, worker="test:1")


@pytest.mark.parametrize("address", ["/", "/letters"])
def test_page_after_an_upgrade_shows_what_was_known_and_leaves_the_rest_to_the_tick(
    coordinator: FlaskClient, database: Database, context: Context, address: str
) -> None:
    """The first pages after an upgrade worked out the letters of all cycles, 9 s at full size, each anew."""
    add_cycles(database, WORKED_OUT_MOST + 2)
    queue_reminders(context)
    looked = text_of(coordinator.get(address))
    assert "Launch" in looked
    assert NOTE not in looked
    with database.transaction() as session:
        session.execute(update(Outlook).values(made_with="another release"))
    upgraded = text_of(coordinator.get(address))
    assert f"The letters of {WORKED_OUT_MOST + 2} exchanges and events {NOTE}" in upgraded
    assert upgraded.count("Launch") == looked.count("Launch")  # as a tick last found them
    queue_reminders(context)
    assert text_of(coordinator.get(address)) == looked


@pytest.mark.parametrize("address", ["/", "/letters"])
def test_page_asks_as_little_however_much_there_is_to_look_at(
    coordinator: FlaskClient, database: Database, address: str
) -> None:
    add_cycles(database, WORKED_OUT_MOST + 1)
    few = statements_for(coordinator, address)
    assert "No letter is due" not in text_of(coordinator.get(address))
    assert "Nothing goes out" not in text_of(coordinator.get(address))
    add_cycles(database, 6, first=WORKED_OUT_MOST + 1)
    assert statements_for(coordinator, address) == few


def test_what_was_done_about_one_thing_is_shown_at_once(
    coordinator: FlaskClient, database: Database, context: Context
) -> None:
    add_cycles(database, WORKED_OUT_MOST + 2)
    queue_reminders(context)
    add_cycles(database, 1, first=99)
    page = text_of(coordinator.get("/letters"))
    assert "Cycle 99" in page
    assert NOTE not in page


def test_readers_are_told_of_what_was_worked_out_and_of_what_was_known(
    database: Database, context: Context, clock: HandClock
) -> None:
    clock.set(BEFORE)
    add_cycles(database, 2)
    queue_reminders(context)
    add_cycles(database, 1, first=2)
    with database.reading() as session:
        items = outlooks.current(session, BEFORE)
        ahead = letters_ahead(session, items, plan=PLAN, now=BEFORE)
        readers = ahead.readers_of(session, items)
        assert {item for item, _ in ahead.leaving} == set(items)
        assert len(session.exec(select(City)).all()) == len(items)
        for item, (at, kind, *_, counts, _why) in ahead.leaving:
            assert len(readers[item, kind, datetime.fromisoformat(at)]) == counts[0]
