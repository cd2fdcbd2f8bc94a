"""Calendars in a process of their own, as the Procfile starts it: the same answers, and none besides."""

import time
from pathlib import Path

import pytest
import requests
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.subscriptions.secret_addresses import current_address, revoke_city_feed
from exchange.migrations import migrate
from exchange.models import City, Feed, FeedKind
from exchange.settings import Settings
from tests.audit_key import CARRIED, KEY
from tests.factories import MADE_AT, make_city, make_training
from tests.served import supervised

SECRET = "a-secret-of-tests-that-is-long-enough"
OF_THE_SERVER = {"date", "server", "connection", "transfer-encoding"}


@pytest.mark.slow
def test_process_answers_for_calendars_as_the_web_does_and_for_nothing_else(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/exchange.db", secret_key=SECRET
    )
    migrate(settings.database_url)
    database = Database(settings.database_url, carries=CARRIED)
    path = _published(database, settings)
    told = {"EXCHANGE_AUDIT_KEY": KEY, "EXCHANGE_SECRET_KEY": SECRET}
    with (
        supervised(settings, **told) as (web, _),
        supervised(settings, process="calendars", **told) as (calendars, _),
    ):
        _compare_answers(web, calendars, path)
        for other in ("/", "/sign-in", "/feeds", "/readyz", "/metrics", "/feeds/a/b.ics"):
            assert requests.get(calendars + other, timeout=10).status_code == 404, other
        assert requests.get(f"{calendars}/healthz", timeout=10).text == "ok\n"
        with database.transaction() as session:
            malmo = session.exec(select(City)).one()
            revoke_city_feed(session, malmo, actor=None, now=MADE_AT)
        _wait_until_gone(calendars + path)
    database.dispose()


def _published(database: Database, settings: Settings) -> str:
    with database.transaction() as session:
        malmo = make_city(session, "Malmö", slug="malmo", time_zone="Europe/Stockholm")
        make_training(session, host_city=malmo, title="Crowd day", marking="TLP:CLEAR")
    publish_stale(database, settings, MADE_AT)
    with database.reading() as session:
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        return (current_address(settings, feed) or "").removeprefix(settings.base_url)


def _compare_answers(web: str, calendars: str, path: str) -> None:
    """Status, headers and bytes, byte for byte, but for the date on which they were sent."""
    tag = requests.get(web + path, timeout=10).headers["ETag"]
    unknown = "/feeds/" + "a" * 43 + ".ics"
    for method, asked, headers in (
        ("GET", path, {}),
        ("GET", path, {"Accept-Encoding": "identity"}),
        ("GET", f"{path}?kind=training", {}),
        ("HEAD", path, {}),
        ("GET", path, {"If-None-Match": tag}),
        ("GET", path, {"If-Match": '"another"'}),
        ("GET", unknown, {}),
        ("POST", path, {}),
        ("OPTIONS", path, {}),
        ("GET", path, {"Host": "evil.example.org"}),
    ):
        one, other = (
            requests.request(method, base + asked, headers=headers, timeout=10) for base in (web, calendars)
        )
        assert (one.status_code, one.content) == (other.status_code, other.content), (method, asked, headers)
        assert _told(one) == _told(other), (method, asked, headers)


def _told(answer: requests.Response) -> dict[str, str]:
    return {
        name.lower(): value for name, value in answer.headers.items() if name.lower() not in OF_THE_SERVER
    }


def _wait_until_gone(url: str) -> None:
    """It hears of a revocation by looking, once a second."""
    until = time.monotonic() + 10
    while requests.get(url, timeout=10).status_code != 410:
        assert time.monotonic() < until
        time.sleep(0.1)
