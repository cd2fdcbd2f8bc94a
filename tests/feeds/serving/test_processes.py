"""Whole processes: each web worker hears of a revocation, a publisher killed in mid-write loses nothing."""

import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlmodel import Session, select

from exchange import clock
from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.publishing.publish import (
    ensure_feeds,
    feed_bytes,
    mark_training_stale,
    publish_stale,
    touch,
)
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.feeds.subscriptions.secret_addresses import current_address, revoke_city_feed
from exchange.models import Feed, FeedChange, FeedKind, PublishedFeed, TrainingEvent
from exchange.settings import ROOT, Settings
from tests.factories import make_city, make_training
from tests.served import served

KILLS = 12


@pytest.mark.slow
def test_revocation_reaches_every_worker_within_two_seconds(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    with database.transaction() as session:
        city = make_city(session)
        make_training(session, host_city=city, marking="TLP:CLEAR")
        ensure_feeds(session, settings, clock.utc_now())
    publish_stale(database, settings, clock.utc_now())
    with database.reading() as session:
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        path = (current_address(settings, feed) or "").removeprefix(settings.base_url)
    with served(settings, WEB_CONCURRENCY="3") as base:
        assert {_status(f"{base}{path}") for _ in range(60)} == {200}  # each has it in its cache by now
        with database.transaction() as session:
            revoke_city_feed(session, session.merge(city), actor=None, now=clock.utc_now())
        time.sleep(2)
        assert {_status(f"{base}{path}") for _ in range(60)} == {410}
        assert _status(f"{base}/feeds/network.ics") == 200


@pytest.mark.faults
def test_killed_publisher_loses_no_change(database: Database, settings: Settings, tmp_path: Path) -> None:
    """A change is committed, the publisher is killed at a random moment, the next one makes it good."""
    with database.transaction() as session:
        cities = [make_city(session, f"City {number}", slug=f"c{number}") for number in range(8)]
        events = [make_training(session, host_city=c, marking="TLP:CLEAR", title="Old") for c in cities]
        ensure_feeds(session, settings, clock.utc_now())
    publish_stale(database, settings, clock.utc_now())
    chance = random.Random(random.SystemRandom().randrange(10**6))
    for number in range(KILLS):
        with database.transaction() as session:
            for event in events:
                row = session.get_one(TrainingEvent, event.id)
                row.title = f"Round {number}"
                touch(row, clock.utc_now() + timedelta(seconds=number))
                mark_training_stale(session, row)
        _publish_and_kill(settings, chance)
        with database.reading() as session:  # all of it or nothing, and no mark lost with nothing written
            is_waiting = bool(session.exec(select(FeedChange)).all())
            shown = {_is_current(session, feed, settings) for feed in all_feeds(session)}
        assert shown == {not is_waiting}
    publish_stale(database, settings, clock.utc_now())
    with database.reading() as session:
        assert session.exec(select(FeedChange)).all() == []
        assert {_is_current(session, feed, settings) for feed in all_feeds(session)} == {True}


def _is_current(session: Session, feed: Feed, settings: Settings) -> bool:
    content = calendar_document(session, session.get_one(PublishedFeed, feed.id)).content
    return content == feed_bytes(session, feed, settings, clock.utc_now().date())


def _publish_and_kill(settings: Settings, chance: random.Random) -> None:
    code = (
        "from exchange.settings import load_settings; from exchange.db import Database;"
        "from exchange.feeds.publishing.publish import publish_stale; from exchange import clock;"
        "settings = load_settings(); database = Database(settings.database_url); print('ready', flush=True);"
        "publish_stale(database, settings, clock.utc_now()); print('done', flush=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=_environment(settings), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(chance.uniform(0, 0.15))
    process.kill()
    process.wait()
    process.stdout.close()


def _status(url: str) -> int:
    """Over a connection of its own, so that any worker may answer."""
    return requests.get(url, headers={"Connection": "close"}, timeout=10).status_code


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "EXCHANGE_DATABASE_URL": settings.database_url,
        "EXCHANGE_DATA_DIR": str(settings.data_dir),
        "EXCHANGE_SAMPLE": "false",
    }
