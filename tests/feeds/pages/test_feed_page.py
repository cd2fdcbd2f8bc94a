"""The web page of each feed against what a subscriber of it gets: the same entries, day by day."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.feeds.subscriptions.secret_addresses import current_address, replace_address
from exchange.models import Feed, FeedKind, GroupMember, Person, Role, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from exchange.trainings.actions import edit_training
from exchange.trainings.drafts import draft_of
from tests.factories import MADE_AT, make_person, make_training
from tests.feeds.pages.test_personal_feeds import address_on
from tests.feeds.programme import Programme, add_feed, make_programme
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

CALLED_OFF_ON = date(2027, 3, 11)
WORDS = {  # in the language of each feed's readers; busy times hold nothing that was called off
    FeedKind.NETWORK: "Cancelled: Off & over",
    FeedKind.GROUP: "Cancelled: Off & over",
    FeedKind.CITY: "Inställt: Off & over",
    FeedKind.PERSON: "Inställt: Off & over",
}


@pytest.fixture
def programme(database: Database, settings: Settings) -> Programme:
    """Every marking, what was called off, and each kind of feed."""
    with database.transaction() as session:
        programme = make_programme(session)
        programme.stockholm.language = "sv"
        make_training(
            session,
            host_city=programme.stockholm,
            title="Off & over",
            on_local=CALLED_OFF_ON,
            marking="TLP:CLEAR",
            cancelled_at=MADE_AT,
        )
        ensure_feeds(session, settings, MADE_AT)
        busy = add_feed(session, kind=FeedKind.BUSY, city_id=programme.stockholm.id)
        replace_address(session, busy, actor=None, settings=settings, now=MADE_AT, reason="")
    return programme


@pytest.fixture
def contact(database: Database, programme: Programme, settings: Settings) -> Person:
    """The contact of Stockholm, of the group, with a calendar of their own."""
    with database.transaction() as session:
        person = make_person(
            session, "Ann", city=session.merge(programme.stockholm), roles=[Role.CITY_CONTACT], language="sv"
        )
        session.add(GroupMember(group_id=programme.drones.id or 0, person_id=person.id or 0))
        own = add_feed(session, kind=FeedKind.PERSON, person_id=person.id)
        replace_address(session, own, actor=None, settings=settings, now=MADE_AT, reason="")
        session.refresh(person, ["roles", "city"])
        return person


def shown_on(page: str) -> list[str]:
    return sorted(unescape(re.sub(r"<[^>]+>", "", row)) for row in _rows(page))


def _rows(page: str) -> Iterator[str]:
    yield from re.findall(r'<th scope="row"[^>]*>(.+?)</th>', page)


def test_page_of_each_feed_shows_the_entries_of_its_calendar_and_drops_them_on_the_same_day(
    database: Database,
    settings: Settings,
    contact: Person,
    sign_in: SignIn,
    clock: HandClock,
    client: FlaskClient,
) -> None:
    with database.reading() as session:
        feeds = {
            feed.kind: feed.id
            for feed in session.exec(select(Feed))
            if feed.city_id in (None, contact.city_id)
        }
    assert set(feeds) == set(FeedKind)
    last = CALLED_OFF_ON + timedelta(days=60)
    for on, is_there in ((MADE_AT.date(), True), (last, True), (last + timedelta(days=1), False)):
        clock.set(datetime.combine(on, time(12), UTC))
        publish_stale(database, settings, clock())
        browser = sign_in(contact)
        for kind, feed_id in feeds.items():
            page = browser.get(f"/feeds/{feed_id}").text
            calendar = Calendar.from_ical(client.get(address_on(page)).data)
            summaries = sorted(str(event["SUMMARY"]) for event in calendar.events)
            assert summaries
            assert shown_on(page) == summaries, (kind, on)
            off = [summary for summary in summaries if "Off & over" in summary]
            assert off == ([WORDS[kind]] if is_there and kind in WORDS else []), (kind, on)


def test_marking_raised_in_the_form_publishes_the_entry_again_redacted(
    database: Database, settings: Settings, programme: Programme, client: FlaskClient, clock: HandClock
) -> None:
    """By the action itself, not by a mark set by hand; the public feed loses the entry."""
    publish_stale(database, settings, clock())
    before = client.get("/feeds/network.ics")
    assert b"Open seminar" in before.data
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, programme.trainings["clear"].id)
        uid, sequence = training.uid, training.sequence
        raised = replace(draft_of(training), marking=Marking.AMBER)
        edit_training(
            session, training, raised, actor=make_person(session, city=training.host_city), now=clock()
        )
    publish_stale(database, settings, clock())
    after = client.get("/feeds/network.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert b"Open seminar" not in after.data
    with database.reading() as session:
        contents = [
            client.get(_path(settings, feed)).data for feed in session.exec(select(Feed)) if feed.addresses
        ]
    events = [event for content in contents for event in Calendar.from_ical(content).events]
    redacted = [event for event in events if event["UID"] == uid]
    assert redacted
    for event in redacted:
        assert str(event["SUMMARY"]) in ("CTPN event [TLP:AMBER]", "CTPN-möte [TLP:AMBER]")
        assert event["SEQUENCE"] == sequence + 1
        assert not {"LOCATION", "GEO", "CATEGORIES", "CONFERENCE"} & set(event)
    assert not [content for content in contents if "Öppna huset".encode() in content]


def _path(settings: Settings, feed: Feed) -> str:
    return (current_address(settings, feed) or "").removeprefix(settings.base_url)
