"""The world of every marking, published in its calendars, for all tests of access."""

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.figures.files.html_file import html_of
from exchange.figures.views.blueprint import FILES
from exchange.models import Feed
from exchange.settings import Settings
from tests.access.world import NOW, World, make_world
from tests.hand_clock import HandClock


@pytest.fixture
def world(database: Database, settings: Settings, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world; what would be set as PDF comes as the HTML of the same document, whose words can be read."""
    monkeypatch.setitem(FILES, "pdf", ("application/pdf", html_of))
    clock.set(NOW)
    with database.transaction() as session:
        made = make_world(session)
        ensure_feeds(session, settings=settings, now=NOW)
    publish_stale(database, settings, NOW)
    with database.reading() as session:
        for feed in session.exec(select(Feed)):
            made.note("feed_id", feed.id)
    for name in made.people.values():
        made.note("person_id", name)
    return made
