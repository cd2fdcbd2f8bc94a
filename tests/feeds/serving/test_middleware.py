"""Feeds over the wire: codings, filters, names of files, and what the cache keeps of them."""

import gzip
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.content.subscriber_filters import read_filter
from exchange.feeds.mirror.sync import sync_mirror
from exchange.feeds.publishing.publish import mark_training_stale, publish_stale, touch
from exchange.feeds.serving import response_cache
from exchange.feeds.serving.middleware import FeedMiddleware
from exchange.feeds.serving.poll_counts import PollCounts
from exchange.feeds.serving.published_index import stamp_of
from exchange.feeds.serving.response_cache import ResponseCache, Revoked, Unavailable
from exchange.feeds.serving.responses import OVERHEAD_BYTES
from exchange.feeds.subscriptions.secret_addresses import current_address, revoke_city_feed
from exchange.models import City, ExpertGroup, Feed, FeedKind, TrainingEvent
from exchange.network.actions.bodies_and_themes import edit_entry
from exchange.network.drafts import EntryDraft
from exchange.settings import Settings
from exchange.web.access.guess_limits import GuessCounter
from tests.conftest import FIRST_DAY
from tests.factories import (
    MADE_AT,
    make_city,
    make_cycle,
    make_group,
    make_person,
    make_theme,
    make_training,
)
from tests.feeds.pages.test_views import NETWORK
from tests.statements import counted

LATER = MADE_AT + timedelta(minutes=5)


@pytest.fixture
def city_path(database: Database, settings: Settings) -> str:
    """The path of Malmö's feed, with a cycle of one theme and trainings of another and of none."""
    with database.transaction() as session:
        malmo = make_city(session, "Malmö", slug="malmo", time_zone="Europe/Stockholm")
        make_group(session, "Hostile drones", key="G5")
        drones, crowds = make_theme(session, "Drones", key="T08"), make_theme(session, "Crowds", key="T09")
        make_cycle(session, lead_city=malmo, theme=drones, marking="TLP:CLEAR")
        make_training(session, host_city=malmo, title="Crowd day", theme_id=crowds.id, marking="TLP:CLEAR")
        make_training(session, host_city=malmo, title="Free day", marking="TLP:CLEAR")
        make_training(
            session, host_city=malmo, cities=[malmo], title="Quiet", theme_id=crowds.id, marking="TLP:AMBER"
        )
    publish_stale(database, settings, MADE_AT)
    return path_of(database, settings, FeedKind.CITY)


def path_of(database: Database, settings: Settings, kind: FeedKind) -> str:
    with database.reading() as session:
        feed = session.exec(select(Feed).where(Feed.kind == kind)).one()
        return (current_address(settings, feed) or "").removeprefix(settings.base_url)


def titles(data: bytes) -> set[str]:
    return {str(one["SUMMARY"]) for one in Calendar.from_ical(data).events}


def test_each_coding_has_its_own_strong_tag(client: FlaskClient, city_path: str) -> None:
    plain, packed = (client.get(city_path, headers=_takes(coding)) for coding in ("identity", "gzip"))
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert not plain.headers["ETag"].startswith("W/")
    for answer, coding in ((plain, "identity"), (packed, "gzip")):
        assert answer.headers["Vary"] == "Accept-Encoding"
        again = client.get(city_path, headers={"If-None-Match": answer.headers["ETag"], **_takes(coding)})
        assert (again.status_code, again.headers["ETag"]) == (304, answer.headers["ETag"])
        assert again.headers["Vary"] == "Accept-Encoding"
    other = client.get(city_path, headers={"If-None-Match": plain.headers["ETag"], **_takes("gzip")})
    assert other.status_code == 200, "a tag of the other coding is not this representation's"


def test_client_that_takes_neither_coding_is_told(client: FlaskClient, city_path: str) -> None:
    answer = client.get(city_path, headers=_takes("identity;q=0"))
    assert (answer.status_code, answer.headers["Vary"]) == (406, "Accept-Encoding")


def test_name_of_the_file_is_plain_and_full(
    client: FlaskClient, database: Database, settings: Settings, city_path: str
) -> None:
    named = client.get(city_path).headers["Content-Disposition"]
    assert named == "inline; filename=\"malmo.ics\"; filename*=UTF-8''Malm%C3%B6.ics"
    group = client.get(path_of(database, settings, FeedKind.GROUP)).headers["Content-Disposition"]
    assert group == "inline; filename=\"g5.ics\"; filename*=UTF-8''Hostile%20drones.ics"


def test_file_of_a_group_is_called_by_its_new_key(
    client: FlaskClient, database: Database, settings: Settings, city_path: str, tmp_path: Path
) -> None:
    """A key that changed alone left the old name with what web processes and the mirror held."""
    path = path_of(database, settings, FeedKind.GROUP)
    outside = settings.model_copy(update={"feed_outlet": str(tmp_path), "feed_outlet_secret": True})
    before = client.get(path)
    sync_mirror(database, outside)
    with database.transaction() as session:
        group = session.exec(select(ExpertGroup)).one()
        actor = make_person(session, city=session.exec(select(City)).first())
        edit_entry(session, group, EntryDraft("G5b", group.name, ""), actor=actor, now=LATER)
    publish_stale(database, settings, LATER)
    after = client.get(path, headers={"If-None-Match": '"other"'})
    assert after.headers["Content-Disposition"].startswith('inline; filename="g5b.ics"')
    assert after.headers["ETag"] == before.headers["ETag"], "the calendar itself is the same"
    assert sync_mirror(database, outside) == 1


def test_public_feed_may_be_found_and_a_secret_one_may_not(client: FlaskClient, city_path: str) -> None:
    assert "X-Robots-Tag" not in client.get(NETWORK).headers
    assert "noindex" in client.get(city_path).headers["X-Robots-Tag"]
    robots = client.get("/robots.txt")
    assert robots.status_code == 404 or "Disallow: /feeds" not in robots.text


def test_filters_of_the_address_let_through_what_was_asked_for(client: FlaskClient, city_path: str) -> None:
    neutral = "CTPN event [TLP:AMBER]"  # its kind and theme are kept back, so no filter hides it
    everything = client.get(city_path)
    trainings = client.get(f"{city_path}?kind=training")
    assert titles(trainings.data) == {"Crowd day", "Free day", neutral}
    assert titles(client.get(f"{city_path}?kind=training&theme=t09").data) == {"Crowd day", neutral}
    assert all(
        "Drones" in title or title == neutral for title in titles(client.get(f"{city_path}?theme=T08").data)
    )
    assert titles(client.get(f"{city_path}?kind=training&theme=T99").data) == {neutral}
    assert titles(client.get(f"{city_path}?cachebuster=1").data) == titles(everything.data)
    assert trainings.headers["ETag"] != everything.headers["ETag"]
    again = client.get(f"{city_path}?kind=training", headers={"If-None-Match": trainings.headers["ETag"]})
    assert again.status_code == 304
    assert titles(client.get(f"{NETWORK}?kind=session").data) == {
        title for title in titles(client.get(NETWORK).data) if "session" in title
    }
    assert client.get(f"{city_path}?kind=nonsense").status_code == 404
    assert client.get(f"{city_path}?theme={'T01,' * 2000}").status_code == 404


def test_filter_that_leaves_nothing_is_a_whole_calendar(client: FlaskClient, city_path: str) -> None:
    answer = client.get(f"{NETWORK}?theme=T99")
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.data)
    assert (calendar.events, len(calendar.timezones)) == ([], 1)


def test_other_methods_are_refused_and_options_tells_which_are_not(
    client: FlaskClient, city_path: str
) -> None:
    answer = client.options(city_path)
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.open(city_path, method="PROPFIND").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.fixture
def cache(database: Database, city_path: str) -> ResponseCache:
    return ResponseCache(database, seconds=60, most_bytes=2**24)


def test_answers_cost_no_statement_in_the_steady_state(
    app: Flask, database: Database, cache: ResponseCache, city_path: str
) -> None:
    name = _name(city_path)
    first = cache.responses(name, now=FIRST_DAY)
    cache.responses("network", now=FIRST_DAY)
    with counted(database) as statements:
        for _ in range(50):
            assert cache.responses(name, now=FIRST_DAY) is first
            assert cache.responses("network", now=FIRST_DAY) is not None
            assert cache.responses("a" * 43, now=FIRST_DAY) is None
    assert statements == []


def test_look_finds_a_revocation_and_a_change_in_one_statement_each(
    database: Database, settings: Settings, city_path: str
) -> None:
    cache = ResponseCache(database, seconds=0, most_bytes=2**24)
    first = cache.responses(_name(city_path), now=FIRST_DAY)
    assert cache.responses(_name(city_path), now=FIRST_DAY) is first
    with database.transaction() as session:
        training = session.exec(select(TrainingEvent).where(TrainingEvent.title == "Free day")).one()
        training.on_local = date(2027, 5, 5)
        touch(training, LATER)
        mark_training_stale(session, training)
    publish_stale(database, settings, LATER)
    assert cache.responses(_name(city_path), now=FIRST_DAY) is not first
    with database.transaction() as session:
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        assert feed.city is not None
        revoke_city_feed(session, feed.city, actor=None, now=LATER)
    with pytest.raises(Revoked):
        cache.responses(_name(city_path), now=FIRST_DAY)


def test_the_cache_keeps_within_its_bytes(database: Database, city_path: str) -> None:
    cache = ResponseCache(database, seconds=60, most_bytes=1)
    for kinds in ("training", "stage", "session"):
        cache.responses(_name(city_path), read_filter([kinds], []), now=FIRST_DAY)
    assert len(cache._entries) == 1


def test_who_has_a_calendar_costs_no_reading_of_it_when_its_bytes_are_gone(
    app: Flask, database: Database, settings: Settings, city_path: str
) -> None:
    """Two thousand calendars do not fit into memory; each poll of one that did not change read it anew."""
    roomy = ResponseCache(database, seconds=60, most_bytes=2**24)
    sizes = [
        found.size
        for name in (_name(city_path), "network")
        if (found := roomy.responses(name, now=FIRST_DAY))
    ]
    cache = ResponseCache(database, seconds=60, most_bytes=max(sizes) + OVERHEAD_BYTES)
    app.wsgi_app = FeedMiddleware(  # type: ignore[method-assign]  # as the app itself does
        app.wsgi_app,
        cache,
        settings,
        lambda: FIRST_DAY,
        GuessCounter(),
        polls=PollCounts(lambda: FIRST_DAY),
        measured=app.extensions["exchange"].measured,
    )
    client = app.test_client()
    first, other = client.get(city_path), client.get(NETWORK)
    assert not next(iter(cache._entries.values())).responses.has_bodies
    with counted(database) as statements:
        same = client.get(city_path, headers={"If-None-Match": first.headers["ETag"]})
        head = client.head(city_path)
    assert (same.status_code, head.status_code) == (304, 200)
    assert head.headers["Content-Length"] == first.headers["Content-Length"]
    assert statements == []
    assert client.get(city_path).data == first.data
    assert client.get(NETWORK).data == other.data


def test_known_feeds_are_answered_while_the_database_is_away(
    tmp_path: str, city_path: str, database: Database
) -> None:
    """What is in memory is answered as it was; what is not, is not said to be unknown."""
    away = _Away(database)
    cache = ResponseCache(away, seconds=0, most_bytes=2**24)  # type: ignore[arg-type]  # the wire to the database
    first = cache.responses(_name(city_path), now=FIRST_DAY)
    away.is_away = True
    assert cache.responses(_name(city_path), now=FIRST_DAY) is first
    for name in ("network", "a" * 43):  # one never asked for, one that may be new
        with pytest.raises(Unavailable):
            cache.responses(name, now=FIRST_DAY)
    away.is_away = False
    assert cache.responses("a" * 43, now=FIRST_DAY) is None


class _Away:
    """The database; while it is away, one whose disk is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._nobody = Database("sqlite:////nowhere/at/all/exchange.db")
        self.is_away = False

    def reading(self) -> object:
        return (self._nobody if self.is_away else self._database).reading()


def _takes(coding: str) -> dict[str, str]:
    return {"Accept-Encoding": coding}


def _name(path: str) -> str:
    return path.removeprefix("/feeds/").removesuffix(".ics")


def test_a_look_that_began_before_a_change_does_not_count_for_it(
    cache: ResponseCache, city_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name(city_path)
    looks: list[tuple[int, ...]] = []

    def slow_look(session: Session) -> tuple[int, ...]:
        looks.append(stamp_of(session))
        if len(looks) == 1:
            cache.look_again()  # a form is saved while this look is under way
        return looks[-1]

    monkeypatch.setattr(response_cache, "stamp_of", slow_look)
    for expected in (1, 2, 2):
        cache.find(name, now=FIRST_DAY)
        assert len(looks) == expected
