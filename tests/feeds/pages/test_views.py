"""Feeds over HTTP: validators, revoked addresses, methods; and the page where people find them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import Session, select
from werkzeug.http import http_date

from exchange.audit import actor_name
from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, mark_all_stale, publish_stale
from exchange.feeds.subscriptions.secret_addresses import current_address, revoke_city_feed
from exchange.models import AuditEntry, City, Feed, FeedAddress, Person, Role, TrainingEvent, WebSession
from exchange.settings import Settings
from exchange.tokens import digest
from exchange.web.access.sessions import COOKIE_KEY
from tests.factories import MADE_AT, make_city, make_group, make_person, make_training
from tests.hand_clock import HandClock

NETWORK = "/feeds/network.ics"
SignIn = Callable[[Person], FlaskClient]


@dataclass
class Programme:
    """The rows that tests name."""

    london: City
    stockholm: City
    training: TrainingEvent


@pytest.fixture
def programme(database: Database, settings: Settings) -> Programme:
    """Two events, two cities and a group, whose feeds are published."""
    with database.transaction() as session:
        london, stockholm = make_city(session, "London"), make_city(session, "Stockholm")
        make_group(session, "Hostile drones")
        make_training(session, host_city=stockholm)
        clear = make_training(session, host_city=london, marking="TLP:CLEAR")
        made = Programme(london, stockholm, clear)
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    return made


@pytest.fixture
def stockholm(database: Database, settings: Settings, programme: Programme) -> str:
    """The path of Stockholm's private feed."""
    return _path(database, settings, programme)


@pytest.fixture
def sign_in(app: Flask, database: Database, clock: HandClock) -> SignIn:
    """A browser in which a person is signed in."""

    def signed_in(person: Person) -> FlaskClient:
        token = f"token of {person.id}"
        with database.transaction() as session:
            session.add(
                WebSession(
                    token_digest=digest(token),
                    person_id=person.id or 0,
                    created_at=clock(),
                    expires_at=clock() + timedelta(days=1),
                )
            )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[COOKIE_KEY] = token
        return client

    return signed_in


def test_public_feed_is_a_calendar_that_may_be_kept(client: FlaskClient, programme: Programme) -> None:
    response = client.get(NETWORK)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'inline; filename="network.ics"'
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.headers["Last-Modified"] == http_date(MADE_AT)
    assert re.fullmatch(r'"[0-9a-f]{64}"', response.headers["ETag"])
    assert "Set-Cookie" not in response.headers
    assert len(Calendar.from_ical(response.data).events) == 1


def test_private_feed_is_for_its_client_alone(client: FlaskClient, stockholm: str) -> None:
    response = client.get(stockholm)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Content-Disposition"] == 'inline; filename="stockholm.ics"'
    assert stockholm.encode() not in response.data


def test_head_says_what_get_would(client: FlaskClient, stockholm: str) -> None:
    for path in (NETWORK, stockholm):
        get, head = client.get(path), client.head(path)
        assert head.data == b""
        for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
            assert head.headers[name] == get.headers[name]


def test_head_agrees_on_coding_and_preconditions_as_get_does(client: FlaskClient, stockholm: str) -> None:
    for coding in ("identity", "gzip", "gzip;q=0.1, identity;q=0.5", "gzip;q=0"):
        asked = {"Accept-Encoding": coding}
        get, head = client.get(stockholm, headers=asked), client.head(stockholm, headers=asked)
        assert (head.status_code, head.data, dict(head.headers)) == (200, b"", dict(get.headers))
        known = asked | {"If-None-Match": get.headers["ETag"], "If-Modified-Since": http_date(0)}
        assert client.head(stockholm, headers=known).status_code == 304
        other = asked | {"If-None-Match": '"other"', "If-Modified-Since": http_date(MADE_AT)}
        assert client.head(stockholm, headers=other).status_code == 200
    assert client.head("/feeds/unknown.ics").status_code == 404


def test_client_that_has_it_gets_304_on_either_validator(client: FlaskClient, stockholm: str) -> None:
    etag = client.get(stockholm).headers["ETag"]
    date = http_date(MADE_AT)
    known: list[dict[str, str]] = [
        {"If-None-Match": etag},
        {"If-None-Match": f"W/{etag}"},
        {"If-None-Match": f'"other", W/"more", {etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": date},
        {"If-Modified-Since": http_date(MADE_AT + timedelta(days=1))},
        {"If-None-Match": etag, "If-Modified-Since": http_date(MADE_AT - timedelta(days=1))},
    ]
    for headers in known:
        response = client.get(stockholm, headers=headers)
        assert (response.status_code, response.data) == (304, b""), headers
        assert response.headers["ETag"] == etag
        assert response.headers["Last-Modified"] == date
        assert response.headers["Cache-Control"] == "private, no-cache"


def test_client_that_has_another_gets_it_whole(client: FlaskClient, stockholm: str) -> None:
    changed: list[dict[str, str]] = [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": http_date(MADE_AT)},  # the tag wins
        {"If-Modified-Since": http_date(MADE_AT - timedelta(seconds=1))},
        {"If-Modified-Since": "yesterday"},
    ]
    for headers in changed:
        response = client.get(stockholm, headers=headers)
        assert response.status_code == 200, headers
        assert response.data.startswith(b"BEGIN:VCALENDAR\r\n")


def test_change_is_seen_by_a_client_that_asks_with_either_validator(
    client: FlaskClient, database: Database, settings: Settings, programme: Programme
) -> None:
    before = client.get(NETWORK)
    with database.transaction() as session:
        session.get_one(TrainingEvent, programme.training.id).title = "Renamed"
        mark_all_stale(session)
    publish_stale(database, settings, MADE_AT)  # within the same second
    for name, header in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        after = client.get(NETWORK, headers={name: before.headers[header]})
        assert after.status_code == 200
        assert b"Renamed" in after.data


def test_any_accept_is_answered(client: FlaskClient, programme: Programme) -> None:
    for accept in ({}, {"Accept": "text/html"}, {"Accept": "text/calendar, application/calendar+json"}):
        response = client.get(NETWORK, headers=accept)
        assert response.status_code == 200
        assert response.content_type == "text/calendar; charset=utf-8"


def test_feed_cannot_be_written(client: FlaskClient, stockholm: str) -> None:
    for path in (NETWORK, stockholm):
        for method in ("PUT", "DELETE", "POST", "PROPFIND", "PATCH", "REPORT"):
            response = client.open(path, method=method)
            assert response.status_code == 405, method
            assert "GET" in response.headers["Allow"]


def test_unknown_address_is_not_found(client: FlaskClient, programme: Programme) -> None:
    for token in ("unknown", "a" * 43, "%00", "é", "x" * 3000):
        assert client.get(f"/feeds/{token}.ics").status_code == 404, token


def test_revoked_address_is_gone_and_clears_what_a_client_shows(
    client: FlaskClient, database: Database, programme: Programme, stockholm: str
) -> None:
    etag = client.get(stockholm).headers["ETag"]
    with database.transaction() as session:
        revoke_city_feed(session, programme.stockholm, actor=None, now=MADE_AT)
    response = client.get(stockholm, headers={"If-None-Match": etag})
    assert response.status_code == 410
    assert response.content_type == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(response.data).events == []
    assert b"Stockholm" not in response.data
    assert client.head(stockholm).status_code == 410
    assert client.get(NETWORK).status_code == 200


def test_feed_that_was_never_published_is_empty_and_not_kept(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        ensure_feeds(session, settings, MADE_AT)
    response = client.get(NETWORK)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert Calendar.from_ical(response.data).events == []


def test_fetching_writes_nothing(client: FlaskClient, database: Database, stockholm: str) -> None:
    with database.reading() as session:
        before = [row.model_dump() for row in session.exec(select(FeedAddress))]
        trail = session.exec(select(AuditEntry.id)).all()
    client.get(stockholm)
    with database.reading() as session:
        assert [row.model_dump() for row in session.exec(select(FeedAddress))] == before
        assert session.exec(select(AuditEntry.id)).all() == trail


def test_secret_address_is_in_no_log(
    client: FlaskClient, stockholm: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client.get(stockholm)
    client.get(f"{stockholm}x")
    said = capfd.readouterr()
    token = stockholm.removeprefix("/feeds/").removesuffix(".ics")
    assert token not in said.out + said.err + caplog.text


def test_coordinator_finds_every_feed(
    database: Database, settings: Settings, programme: Programme, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        person = make_person(session, city=programme.london, roles=[Role.COORDINATOR])
    page = sign_in(person).get("/feeds").text
    for name in ("Public programme", "London", "Stockholm", "Hostile drones"):
        assert name in page
    address = f"{settings.base_url}{_path(database, settings, programme)}"
    assert f'value="{address}"' in page
    assert f'href="webcal://{address.partition("://")[2]}"' in page
    assert page.count('/replace"') == 3


def test_contact_finds_the_own_city_the_own_groups_and_the_public_feed(
    database: Database, programme: Programme, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        person = make_person(session, city=programme.stockholm)
        make_group(session, "Communication", members=[person])
        ensure_feeds(session, Settings(database_url=database.url), MADE_AT)
    page = sign_in(person).get("/feeds").text
    assert re.findall(r'<span class="feed-name"><a [^>]+>(.+?)</a></span>', page) == [
        "Public programme",
        "Stockholm",
        "Communication",
    ]
    assert "replace" not in page.partition("<section")[0]


def test_visitor_is_sent_to_sign_in(client: FlaskClient, programme: Programme) -> None:
    assert client.get("/feeds").status_code == 303


def test_replaced_address_stops_and_the_new_one_works(
    database: Database, settings: Settings, programme: Programme, stockholm: str, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        person = make_person(session, "Cora", city=programme.london, roles=[Role.COORDINATOR])
        feed_id = _feed(session, programme).id
    browser = sign_in(person)
    path = f"/feeds/{feed_id}/replace"
    assert "stops at once" in browser.get(path).text
    assert browser.get(stockholm).status_code == 200  # looking changes nothing
    assert browser.post(path, data={"reason": " "}).status_code == 400
    assert browser.post(path, data={"reason": "A phone was lost."}).status_code == 303
    assert browser.get(stockholm).status_code == 410
    new = _path(database, settings, programme)
    assert new != stockholm
    assert browser.get(new).status_code == 200
    with database.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action != "give feed address")).all()
        assert (actor_name(session, entry), entry.reason) == ("Cora", "A phone was lost.")


def test_revoked_address_stops_without_a_new_one_until_one_is_made(
    database: Database, settings: Settings, programme: Programme, stockholm: str, sign_in: SignIn
) -> None:
    """An address that got out could only be replaced: the calendar could not be stopped for a while."""
    with database.transaction() as session:
        person = make_person(session, "Cora", city=programme.london, roles=[Role.COORDINATOR])
        feed_id = _feed(session, programme).id
    browser = sign_in(person)
    path = f"/feeds/{feed_id}/revoke"
    assert "stops at once" in browser.get(path).text
    assert browser.get(stockholm).status_code == 200  # looking changes nothing
    assert browser.post(path, data={"reason": " "}).status_code == 400
    assert browser.post(path, data={"reason": "A phone was lost."}).status_code == 303
    assert browser.get(stockholm).status_code == 410
    publish_stale(database, settings, MADE_AT)
    with database.reading() as session:
        assert current_address(settings, _feed(session, programme)) is None
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action != "give feed address")).all()
        assert (actor_name(session, entry), entry.action) == ("Cora", "revoke feed address")
    assert entry.reason == "A phone was lost."
    page = browser.get("/feeds").text
    assert "No address: it was revoked" in page
    assert (page.count("Make an address"), page.count('/revoke"')) == (1, 2)
    assert "Make an address for Stockholm" in browser.get(f"/feeds/{feed_id}/replace").text
    assert browser.post(f"/feeds/{feed_id}/replace", data={"reason": "Found."}).status_code == 303
    assert browser.get(stockholm).status_code == 410
    assert browser.get(_path(database, settings, programme)).status_code == 200


def test_city_that_has_left_is_offered_no_address(
    database: Database, settings: Settings, programme: Programme, sign_in: SignIn, clock: HandClock
) -> None:
    with database.transaction() as session:
        person = make_person(session, city=programme.london, roles=[Role.COORDINATOR])
        feed_id = _feed(session, programme).id
        session.add(programme.stockholm)
        programme.stockholm.memberships[0].ends_on = clock().date() - timedelta(days=1)
    publish_stale(database, settings, clock())
    browser = sign_in(person)
    page = browser.get("/feeds").text
    assert "Stopped: the city has left the network." in page
    assert "Make an address" not in page
    assert browser.post(f"/feeds/{feed_id}/replace", data={"reason": "Please."}).status_code == 409


def test_contact_cannot_replace_an_address(
    database: Database, programme: Programme, stockholm: str, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        person = make_person(session, city=programme.stockholm)
        feed_id = _feed(session, programme).id
    browser = sign_in(person)
    for action in ("replace", "revoke"):
        assert browser.post(f"/feeds/{feed_id}/{action}", data={"reason": "x"}).status_code == 403
    assert browser.get(stockholm).status_code == 200


def test_public_feed_cannot_be_replaced(database: Database, programme: Programme, sign_in: SignIn) -> None:
    with database.transaction() as session:
        person = make_person(session, city=programme.london, roles=[Role.COORDINATOR])
        feed_id = session.exec(select(Feed.id).where(Feed.kind == "network")).one()
    browser = sign_in(person)
    for action in ("replace", "revoke"):
        assert browser.get(f"/feeds/{feed_id}/{action}").status_code == 404


def test_story_17_ended_membership_stops_the_feed_within_one_refresh(
    client: FlaskClient, database: Database, settings: Settings, programme: Programme, stockholm: str
) -> None:
    """The coordinator writes the end; the day after, the next tick has stopped the address."""
    with database.transaction() as session:
        session.add(programme.stockholm)
        programme.stockholm.memberships[0].ends_on = datetime(2027, 1, 31, tzinfo=UTC).date()
    publish_stale(database, settings, datetime(2027, 1, 31, 12, tzinfo=UTC))
    assert client.get(stockholm).status_code == 200
    etag = client.get(stockholm).headers["ETag"]
    publish_stale(database, settings, datetime(2027, 2, 1, 0, tzinfo=UTC))
    gone = client.get(stockholm, headers={"If-None-Match": etag})
    assert (gone.status_code, gone.content_type) == (410, "text/calendar; charset=utf-8")
    assert Calendar.from_ical(gone.data).events == []


def _feed(session: Session, programme: Programme) -> Feed:
    return session.exec(select(Feed).where(Feed.city_id == programme.stockholm.id)).one()


def _path(database: Database, settings: Settings, programme: Programme) -> str:
    with database.reading() as session:
        address = current_address(settings, _feed(session, programme))
    assert address is not None
    return address.removeprefix(settings.base_url)
