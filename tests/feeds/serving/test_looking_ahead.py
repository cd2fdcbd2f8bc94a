"""Calendars are looked after ahead: no poll waits for the database while what is known is good."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.feeds.serving import response_cache
from exchange.feeds.serving.response_cache import PATIENCE_SECONDS, NotHeld, ResponseCache
from exchange.feeds.subscriptions.secret_addresses import revoke_city_feed
from exchange.models import City
from exchange.server.rsgi_application import RsgiApplication
from exchange.settings import Settings
from tests.conftest import FIRST_DAY
from tests.factories import MADE_AT, make_city, make_training
from tests.statements import counted

EVERYTHING = response_cache.EVERYTHING


class Clock:
    """What a process takes for monotonic time, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_000.0
        monkeypatch.setattr(response_cache, "monotonic", lambda: self.seconds)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def city(database: Database, settings: Settings) -> City:
    """A city whose training event is published, the public calendar with it."""
    with database.transaction() as session:
        city = make_city(session)
        make_training(session, host_city=city, marking="TLP:CLEAR")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    return city


def test_memory_answers_while_a_look_is_due_and_until_it_is_too_old(
    database: Database, city: City, ticking: Clock
) -> None:
    """The one poll a second that had to ask waited behind all pages, half a second beside 200 readers."""
    cache = ResponseCache(database, seconds=1, most_bytes=2**24)
    cache.find("network", now=FIRST_DAY)
    assert not cache.is_look_due
    ticking.seconds += 1.5
    with counted(database) as statements:
        assert cache.held("network", EVERYTHING, now=FIRST_DAY)
    assert statements == []
    assert cache.is_look_due
    ticking.seconds += PATIENCE_SECONDS - 1.4  # nobody looked: what is known is no longer good
    with pytest.raises(NotHeld):
        cache.held("network", EVERYTHING, now=FIRST_DAY)
    cache.look()
    assert not cache.is_look_due
    assert cache.held("network", EVERYTHING, now=FIRST_DAY)


def test_each_poll_asks_where_nothing_is_trusted(database: Database, city: City, ticking: Clock) -> None:
    cache = ResponseCache(database, seconds=0, most_bytes=2**24)
    cache.find("network", now=FIRST_DAY)
    with pytest.raises(NotHeld):
        cache.held("network", EVERYTHING, now=FIRST_DAY)


def test_look_that_is_not_due_asks_nothing(database: Database, city: City, ticking: Clock) -> None:
    cache = ResponseCache(database, seconds=1, most_bytes=2**24)
    cache.look()
    with counted(database) as statements:
        cache.look()
    assert statements == []


def test_served_poll_has_the_look_done_after_its_answer(
    app: Flask, database: Database, settings: Settings, city: City, ticking: Clock
) -> None:
    cache = ResponseCache(database, seconds=1, most_bytes=2**24)
    app.wsgi_app._cache = cache  # type: ignore[attr-defined]  # the cache that trusts for a second
    served = RsgiApplication(app, settings)
    answers: list[int] = []

    async def poll() -> None:
        await served.__rsgi__(_scope(), _Protocol(answers))  # type: ignore[arg-type]  # the wire

    async def course() -> None:
        await poll()
        with database.transaction() as session:
            revoke_city_feed(session, session.merge(city), actor=None, now=MADE_AT + timedelta(minutes=5))
        ticking.seconds += 1.5
        await poll()
        while cache.is_look_due or served._look is not None:
            await asyncio.sleep(0.01)

    asyncio.run(course())
    served.__rsgi_del__(None)  # type: ignore[arg-type]  # it asks nothing of the loop
    assert answers == [200, 200]
    assert not cache.is_look_due
    index = cache._index
    assert index
    assert any(address.is_revoked for address in index.addresses.values())


def _scope() -> SimpleNamespace:
    headers = {"host": "127.0.0.1:8000"}
    return SimpleNamespace(
        path="/feeds/network.ics", method="GET", query_string="", authority=None, headers=headers
    )


class _Protocol:
    def __init__(self, answers: list[int]) -> None:
        self._answers = answers

    def response_bytes(self, status: int, _headers: object, _body: bytes) -> None:
        self._answers.append(status)

    def response_empty(self, status: int, _headers: object) -> None:
        self._answers.append(status)
