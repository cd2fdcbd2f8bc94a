"""Fetches are counted in memory and written in batches: all of them, never at a feed's cost."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.serving.address_state import AddressState
from exchange.feeds.serving.poll_counts import PollCounts
from exchange.feeds.subscriptions.secret_addresses import replace_address
from exchange.models import Feed, FeedKind, FeedPoll
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city, make_training
from tests.feeds.serving.test_middleware import path_of
from tests.hand_clock import HandClock
from tests.statements import counted

OUTLOOK = "Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)"
AT = datetime(2026, 11, 23, 9, 0, 42, tzinfo=UTC)


@pytest.fixture
def city_path(database: Database, settings: Settings) -> str:
    with database.transaction() as session:
        malmo = make_city(session, "Malmö", slug="malmo", time_zone="Europe/Stockholm")
        make_training(session, host_city=malmo, marking="TLP:CLEAR")
    publish_stale(database, settings, MADE_AT)
    return path_of(database, settings, FeedKind.CITY)


@pytest.fixture
def polls(app: Flask) -> PollCounts:
    found: PollCounts = app.extensions["feed polls"]
    return found


def rows(database: Database) -> list[FeedPoll]:
    with database.reading() as session:
        return list(session.exec(select(FeedPoll).order_by(FeedPoll.serial, FeedPoll.program)).all())


def fetch(client: FlaskClient, path: str, said: str = OUTLOOK, **headers: str) -> int:
    return client.get(path, headers={"User-Agent": said, **headers}).status_code


def test_fetch_is_noted_with_program_minute_and_state(
    client: FlaskClient, database: Database, polls: PollCounts, city_path: str, clock: HandClock
) -> None:
    clock.set(AT)
    assert fetch(client, city_path) == 200
    assert polls.write(database) == 1
    (row,) = rows(database)
    assert (row.serial, row.program, row.polls, row.polls_before) == (1, "outlook", 1, 0)
    assert (row.last_at, row.polled_on) == (AT.replace(second=0), date(2026, 11, 23))
    assert row.state_at == MADE_AT


def test_what_the_client_has_already_is_a_fetch_and_other_answers_are_none(
    client: FlaskClient, database: Database, polls: PollCounts, city_path: str
) -> None:
    tag = client.head(city_path).headers["ETag"]
    assert fetch(client, city_path, **{"If-None-Match": tag}) == 304
    assert fetch(client, city_path, **{"If-Match": '"other"'}) == 412
    assert fetch(client, city_path, **{"Accept-Encoding": "identity;q=0"}) == 406
    assert fetch(client, f"/feeds/{'a' * 43}.ics") == 404
    assert client.post(city_path).status_code == 405
    assert polls.write(database) == 1
    assert [row.polls for row in rows(database)] == [1]


def test_programs_and_addresses_are_counted_apart(
    client: FlaskClient, database: Database, settings: Settings, polls: PollCounts, city_path: str
) -> None:
    for said in (OUTLOOK, "Google-Calendar-Importer", "Google-Calendar-Importer"):
        fetch(client, city_path, said)
    fetch(client, "/feeds/network.ics", said="iOS/17.0 (21A329) dataaccessd/1.0")
    with database.transaction() as session:
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        replace_address(session, feed, actor=None, settings=settings, now=MADE_AT)
    assert fetch(client, city_path) == 410
    assert fetch(client, path_of(database, settings, FeedKind.CITY)) == 200
    assert polls.write(database) == 5
    told = [(row.serial, row.program, row.polls) for row in rows(database)]
    assert told == [(0, "apple", 1), (1, "google", 2), (1, "outlook", 1), (2, "outlook", 1)]


def test_batches_add_up_within_a_day_and_begin_anew_on_the_next(
    client: FlaskClient, database: Database, polls: PollCounts, city_path: str, clock: HandClock
) -> None:
    clock.set(AT)
    for number in (2, 3):
        for _ in range(number):
            fetch(client, city_path)
        polls.write(database)
    assert polls.write(database) == 0, "nothing is written twice"
    assert [(row.polls, row.polls_before) for row in rows(database)] == [(5, 0)]
    clock.advance(days=1)
    fetch(client, city_path)
    polls.write(database)
    (row,) = rows(database)
    assert (row.polls, row.polls_before, row.polled_on) == (1, 5, date(2026, 11, 24))


def test_process_that_is_late_takes_nothing_back(database: Database, city_path: str) -> None:
    """Two processes count; one writes its yesterday after the other wrote today."""
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.kind == FeedKind.CITY)).one() or 0
    today, late = PollCounts(lambda: AT), PollCounts(lambda: AT - timedelta(days=1))
    today.note(AddressState(feed_id, 1, is_revoked=False), OUTLOOK, AT)
    late.note(AddressState(feed_id, 1, is_revoked=False), OUTLOOK, AT - timedelta(hours=5))
    assert (today.write(database), late.write(database)) == (1, 1)
    (row,) = rows(database)
    assert (row.polls, row.polled_on, row.state_at) == (1, AT.date(), AT)
    assert row.last_at == AT.replace(second=0)


def test_no_request_asks_the_database_to_count(
    client: FlaskClient, database: Database, city_path: str, settings: Settings
) -> None:
    fetch(client, city_path)
    with counted(database) as statements:
        for _ in range(20):
            fetch(client, city_path)
    assert not [one for one in statements if "feed_poll" in one]


def test_counts_are_kept_while_the_database_is_away(
    tmp_path: Path, database: Database, city_path: str
) -> None:
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.kind == FeedKind.CITY)).one() or 0
    polls, address = PollCounts(lambda: AT), AddressState(feed_id, 1, is_revoked=False)
    nobody = Database(f"sqlite:///{tmp_path}/nowhere/exchange.db")
    polls.note(address, OUTLOOK, AT)
    assert polls.write(nobody) == 0
    polls.note(address, OUTLOOK, AT)
    assert polls.write(database) == 2
    assert polls.dropped == 0


def test_what_does_not_fit_is_dropped_and_counted(database: Database, city_path: str) -> None:
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.kind == FeedKind.CITY)).one() or 0
    polls = PollCounts(lambda: AT, most_keys=1)
    address = AddressState(feed_id, 1, is_revoked=False)
    for said in (OUTLOOK, "Google-Calendar-Importer", OUTLOOK, "Google-Calendar-Importer"):
        polls.note(address, said, AT)
    assert (polls.write(database), polls.dropped) == (2, 2)


def test_feed_that_is_gone_does_not_stop_the_others_for_ever(database: Database, city_path: str) -> None:
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.kind == FeedKind.CITY)).one() or 0
    polls = PollCounts(lambda: AT)
    polls.note(AddressState(999_999, 1, is_revoked=False), OUTLOOK, AT)
    assert (polls.write(database), polls.dropped) == (0, 1)
    polls.note(AddressState(feed_id, 1, is_revoked=False), OUTLOOK, AT)
    assert (polls.write(database), polls.dropped) == (1, 1)


def test_hostile_headers_take_no_memory_and_are_kept_nowhere(database: Database, city_path: str) -> None:
    with database.reading() as session:
        feed_id = session.exec(select(Feed.id).where(Feed.kind == FeedKind.CITY)).one() or 0
    polls, address = PollCounts(lambda: AT), AddressState(feed_id, 1, is_revoked=False)
    for number in range(500):
        polls.note(address, f"<script>{number}</script>\r\n" + "x" * (number * 40), AT)
    assert len(address.counts) <= 50
    assert polls.write(database) == 500
    assert [row.program for row in rows(database)] == ["other"]


def test_threads_lose_nothing() -> None:
    """Counted without a lock; each thread and program to be found again."""
    polls, address = PollCounts(lambda: AT), AddressState(1, 1, is_revoked=False)

    def work() -> None:
        for _ in range(5_000):
            polls.note(address, OUTLOOK, AT)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [count.polls for count in polls._counts.values()] == [40_000]
