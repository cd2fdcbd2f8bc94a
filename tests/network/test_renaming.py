"""A new name of a city or a theme changes texts of published entries, and calendars are told so."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.models import City, Cycle, PublishedFeed, Theme, TrainingEvent
from exchange.settings import Settings
from tests.factories import MADE_AT, make_cycle, make_training
from tests.hand_clock import HandClock
from tests.network.conftest import Network
from tests.network.test_cities import field_values

RENAMED_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def programme(database: Database, network: Network, settings: Settings) -> None:
    """Dublin contributes to a CLEAR cycle and is invited to a CLEAR event; a draft of it is no business."""
    with database.transaction() as session:
        dublin, london = (session.get_one(City, city.id) for city in (network.dublin, network.london))
        theme = session.get_one(Theme, network.theme.id)
        clear = {"marking": "TLP:CLEAR"}
        make_cycle(session, lead_city=london, cities=[dublin], theme=theme, title="Told", **clear)
        make_cycle(session, lead_city=dublin, theme=theme, title="Draft", is_published=False, **clear)
        make_training(session, host_city=london, cities=[dublin], **clear)
        make_training(session, host_city=dublin, title="Hosted", **clear)
    publish_stale(database, settings, MADE_AT)


@pytest.mark.usefixtures("programme")
def test_renamed_city_touches_every_published_entry_that_names_it(
    coordinator: FlaskClient, database: Database, settings: Settings, clock: HandClock
) -> None:
    """The text changed under the same DTSTAMP and SEQUENCE, and calendar programs kept the old one."""
    before = in_public_feed(database)
    clock.set(RENAMED_AT)
    path = "/network/cities/dublin/edit"
    typed = field_values(coordinator.get(path).text) | {"name": "Dublin City"}
    assert coordinator.post(path, data=typed).status_code == 303
    publish_stale(database, settings, RENAMED_AT)
    after = in_public_feed(database)
    changed = {uid for uid in after if after[uid][2] != before[uid][2]}
    assert changed
    for uid in changed:
        assert after[uid][0] > before[uid][0]
        assert after[uid][1] == RENAMED_AT
    with database.reading() as session:
        assert stages_of(session, "Draft") == {0}
        assert {t.sequence for t in session.exec(select(TrainingEvent))} == {1}


@pytest.mark.usefixtures("programme")
def test_renamed_theme_touches_the_cycles_on_it(
    coordinator: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    clock.set(RENAMED_AT)
    path = f"/network/themes/{network.theme.id}/edit"
    typed = field_values(coordinator.get(path).text) | {"name": "Talking", "note": "A paper."}
    assert coordinator.post(path, data=typed).status_code == 303
    with database.reading() as session:
        assert (stages_of(session, "Told"), stages_of(session, "Draft")) == ({1}, {0})
        assert {t.sequence for t in session.exec(select(TrainingEvent))} == {0}


@pytest.mark.usefixtures("programme")
def test_other_working_hours_touch_no_entry(coordinator: FlaskClient, database: Database) -> None:
    path = "/network/cities/dublin/edit"
    typed = field_values(coordinator.get(path).text) | {"work_starts": "10:00"}
    assert coordinator.post(path, data=typed).status_code == 303
    with database.reading() as session:
        assert stages_of(session, "Told") == {0}


def stages_of(session: Session, title: str) -> set[int]:
    cycle = session.exec(select(Cycle).where(Cycle.title == title)).one()
    return {entry.sequence for entry in [*cycle.stages, *cycle.sittings]}


def in_public_feed(database: Database) -> dict[str, tuple[int, datetime, str]]:
    """SEQUENCE, DTSTAMP and DESCRIPTION of each entry."""
    with database.reading() as session:
        row = session.exec(select(PublishedFeed).order_by(PublishedFeed.feed_id)).first()
        content = calendar_document(session, row).content if row else b""
    events = Calendar.from_ical(content).events
    return {str(e["UID"]): (int(e["SEQUENCE"]), e["DTSTAMP"].dt, str(e.get("DESCRIPTION"))) for e in events}
