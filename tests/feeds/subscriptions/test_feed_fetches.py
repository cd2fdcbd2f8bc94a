"""What is told of fetches: at the address in force, by subscribers, and how long it is remembered."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.feeds.subscriptions.feed_fetches import Fetches, fetches_of, forget_old_polls
from exchange.feeds.subscriptions.secret_addresses import replace_address
from exchange.models import Feed, FeedKind, FeedPoll
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city
from tests.statements import counted


@pytest.fixture
def feed_id(database: Database, settings: Settings) -> int:
    with database.transaction() as session:
        make_city(session, "Stockholm")
        ensure_feeds(session, settings, MADE_AT)
        return session.exec(select(Feed.id).where(Feed.kind == FeedKind.CITY)).one() or 0


def polled(session: Session, feed_id: int, program: str, hours: float, **fields: object) -> None:
    """A fetch so many hours before MADE_AT."""
    at = MADE_AT - timedelta(hours=hours)
    values: dict[str, object] = {
        "serial": 1,
        "last_at": at,
        "state_at": at,
        "polled_on": at.date(),
        "polls": 3,
    }
    session.add(FeedPoll(feed_id=feed_id, program=program, **(values | fields)))


def found(database: Database, feed_id: int) -> Fetches | None:
    with database.reading() as session:
        return fetches_of(session, all_feeds(session), MADE_AT).get(feed_id)


def test_programs_come_in_the_order_of_their_last_fetch(database: Database, feed_id: int) -> None:
    with database.transaction() as session:
        polled(session, feed_id, "google", 20)
        polled(session, feed_id, "outlook", 3, polls=2, polls_before=24)
        polled(session, feed_id, "apple", 24 * 9)
    fetches = found(database, feed_id)
    assert fetches is not None
    assert [one.program for one in fetches.programs] == ["outlook", "google", "apple"]
    assert (fetches.age, fetches.is_stale, fetches.programs[0].a_day) == (timedelta(hours=3), False, 24)
    assert fetches.latest == ["outlook", "google"], "Apple came before the last two days"


@pytest.mark.parametrize(("hours", "is_stale"), [(47.9, False), (48.1, True)])
def test_two_days_without_a_fetch_are_said(
    database: Database, feed_id: int, hours: float, is_stale: bool
) -> None:
    with database.transaction() as session:
        polled(session, feed_id, "outlook", hours)
    fetches = found(database, feed_id)
    assert fetches is not None
    assert fetches.is_stale is is_stale


def test_browser_is_no_subscription(database: Database, feed_id: int) -> None:
    with database.transaction() as session:
        polled(session, feed_id, "browser", 1)
    fetches = found(database, feed_id)
    assert fetches is not None
    assert (fetches.programs, fetches.age, fetches.state_at, fetches.is_stale) == ((), None, None, False)
    assert fetches.browser is not None


def test_address_that_was_replaced_counts_no_more(
    database: Database, settings: Settings, feed_id: int
) -> None:
    with database.transaction() as session:
        polled(session, feed_id, "outlook", 1)
        feed = session.exec(select(Feed).where(Feed.id == feed_id)).one()
        replace_address(session, feed, actor=None, settings=settings, now=MADE_AT)
    assert found(database, feed_id) is None
    with database.transaction() as session:
        assert forget_old_polls(session, MADE_AT) == 1
        assert session.exec(select(FeedPoll)).all() == []


def test_old_programs_are_forgotten_and_the_last_fetch_is_not(database: Database, feed_id: int) -> None:
    with database.transaction() as session:
        polled(session, feed_id, "google", 24 * 200)
        polled(session, feed_id, "apple", 24 * 100)
        polled(session, feed_id, "outlook", 24 * 95)
    with database.transaction() as session:
        assert forget_old_polls(session, MADE_AT) == 2
    with database.transaction() as session:
        assert forget_old_polls(session, MADE_AT) == 0, "a second round leaves alone what the first left"
    fetches = found(database, feed_id)
    assert fetches is not None
    assert fetches.latest == ["outlook"]


def test_many_feeds_cost_one_statement(database: Database, settings: Settings, feed_id: int) -> None:
    with database.transaction() as session:
        for number in range(30):
            make_city(session, f"City {number}", time_zone="Europe/London")
        ensure_feeds(session, settings, MADE_AT)
        for feed in all_feeds(session):
            if feed.kind == FeedKind.CITY:
                polled(session, feed.id or 0, "outlook", 1)
    with database.reading() as session:
        feeds = all_feeds(session)
        with counted(database) as statements:
            assert len(fetches_of(session, feeds, MADE_AT)) == 31
    assert len(statements) == 1
