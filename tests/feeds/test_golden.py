"""Whole calendars against kept files, read back by two independent libraries, field by field.

EXCHANGE_TEST_WRITE_GOLDEN=1 writes the files anew; read the difference before keeping it.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from ical.calendar_stream import CalendarStream
from icalendar import Calendar

from exchange.db import Database
from exchange.feeds.entries import Entry
from exchange.feeds.publish import ensure_feeds
from exchange.feeds.queries import Audience, entries_for
from exchange.models import City, ExpertGroup
from exchange.rules.rings import Ring
from exchange.rules.timezones import instant
from exchange.settings import Settings
from tests.factories import MADE_AT
from tests.feeds.programme import bytes_of, make_programme, name_uids

GOLDEN = Path(__file__).parent.parent / "golden" / "feeds"
Feeds = dict[str, tuple[bytes, list[Entry]]]


_made: dict[str, Feeds] = {}  # by kind of database: nobody changes them, so they are made once


@pytest.fixture
def feeds(database: Database, settings: Settings) -> Feeds:
    """Each feed's bytes and the entries they were made of."""
    kind = database.engine.dialect.name
    if kind not in _made:
        _made[kind] = _make_feeds(database, settings)
    return _made[kind]


def _make_feeds(database: Database, settings: Settings) -> Feeds:
    with database.transaction() as session:
        programme = make_programme(session)
        name_uids(programme)
        ensure_feeds(session, settings, MADE_AT)
        owners: dict[str, City | ExpertGroup | None] = {
            "network": None,
            "stockholm": programme.stockholm,
            "sydney": programme.sydney,
            "hostile-drones": programme.drones,
        }
        return {
            name: (
                bytes_of(session, settings, owner),
                entries_for(session, _audience(owner), network="CTPN"),
            )
            for name, owner in owners.items()
        }


@pytest.mark.parametrize("name", ["network", "stockholm", "sydney", "hostile-drones"])
def test_feed_is_the_kept_file_byte_for_byte(feeds: Feeds, name: str) -> None:
    path = GOLDEN / f"{name}.ics"
    if os.environ.get("EXCHANGE_TEST_WRITE_GOLDEN"):
        path.write_bytes(feeds[name][0])
    assert feeds[name][0] == path.read_bytes()


def test_feed_keeps_to_the_lines_of_rfc_5545(feeds: Feeds) -> None:
    """CRLF at every line's end, 75 octets at most, no UTF-8 character cut in two."""
    for content, _ in feeds.values():
        assert content.endswith(b"END:VCALENDAR\r\n")
        lines = content.split(b"\r\n")
        assert not any(b"\r" in line or b"\n" in line for line in lines)
        assert max(len(line) for line in lines) <= 75
        for line in lines:
            line.decode()  # raises when a fold cut a character


def test_feed_read_by_icalendar_is_what_the_rows_say(feeds: Feeds) -> None:
    for content, entries in feeds.values():
        events = {str(event["uid"]): event for event in Calendar.from_ical(content).events}
        assert set(events) == {entry.uid for entry in entries}
        assert len(events) == len(entries) > 0
        for entry in entries:
            event = events[entry.uid]
            assert str(event["summary"]) == entry.summary
            assert str(event.get("description", "")) == entry.description
            assert str(event.get("location", "")) == entry.place
            assert str(event["status"]) == entry.status
            assert int(event["sequence"]) == entry.sequence
            assert event["dtstamp"].dt == event["last-modified"].dt == entry.changed_at
            assert (event.start, event.end) == _span(entry)
            assert "attendee" not in event
            assert not event.subcomponents  # no alarms


def test_feed_read_by_ical_is_what_the_rows_say(feeds: Feeds) -> None:
    for content, entries in feeds.values():
        calendar = CalendarStream.from_ics(content.decode()).calendars[0]
        events = {event.uid: event for event in calendar.events}
        assert set(events) == {entry.uid for entry in entries}
        for entry in entries:
            event = events[entry.uid]
            assert event.summary == entry.summary
            assert (event.description or "") == entry.description
            assert (event.location or "") == entry.place
            assert event.sequence == entry.sequence
            assert event.status == entry.status
            assert event.dtstamp == event.last_modified == entry.changed_at
            assert (event.dtstart, event.dtend) == _span(entry)
            assert not event.attendees
            assert not event.alarm


def test_feed_has_one_time_zone_for_each_it_uses(feeds: Feeds) -> None:
    for content, entries in feeds.values():
        zones = sorted(str(zone["tzid"]) for zone in Calendar.from_ical(content).walk("VTIMEZONE"))
        assert zones == sorted({entry.starts.time_zone for entry in entries if entry.starts})


def test_feed_says_what_it_is_without_an_address_that_is_secret(feeds: Feeds, settings: Settings) -> None:
    calendar = Calendar.from_ical(feeds["stockholm"][0])
    assert calendar["method"] == "PUBLISH"
    assert calendar["name"] == calendar["x-wr-calname"] == "CTPN Stockholm"
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    assert calendar["x-published-ttl"] == "PT1H"
    assert calendar["x-wr-timezone"] == "Europe/Stockholm"
    assert calendar["url"] == f"{settings.base_url}/feeds"
    assert "uid" not in calendar  # vdirsyncer would take it for an event's and keep one event
    assert b".ics" not in feeds["stockholm"][0]


def test_session_at_two_in_london_on_4_november_is_at_ten_in_washington(feeds: Feeds) -> None:
    """Story 3: in the 5-hour week it is 15:00 in Stockholm and 10:00, not 09:00, in Washington."""
    content, _ = feeds["stockholm"]
    event = _event(content, "autumn-session-1@exchange")
    assert event.start.replace(tzinfo=None) == datetime(2027, 11, 4, 14)
    assert event.start.tzinfo.key == "Europe/London"
    assert event.start.astimezone(UTC) == datetime(2027, 11, 4, 14, tzinfo=UTC)
    assert str(event["description"]).splitlines() == [
        "14:00 London",
        "15:00 Stockholm",
        "10:00 Washington DC",
    ]


def test_session_at_two_in_london_on_8_april_is_at_eleven_at_night_in_sydney(feeds: Feeds) -> None:
    """Story 4: Sydney's summer time has ended, Europe's has begun."""
    event = _event(feeds["network"][0], "spring-session-1@exchange")
    assert event.start.astimezone(UTC) == datetime(2027, 4, 8, 13, tzinfo=UTC)
    times = str(event["description"]).partition("\n\n")[0].splitlines()
    assert times == ["15:00 Stockholm", "14:00 London", "23:00 Sydney"]


def test_local_time_on_another_day_says_which(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        programme = make_programme(session)
        programme.spring.sittings[0].starts_local = time(15)
        session.flush()
        entries = entries_for(session, _audience(programme.sydney))
    session_entry = next(entry for entry in entries if entry.kind == "session")
    assert "00:00 Sydney on 2027-04-09" in session_entry.description


def _audience(owner: City | ExpertGroup | None) -> Audience:
    if owner is None:
        return Audience(Ring.PUBLIC)
    if isinstance(owner, City):
        return Audience(Ring.CITY, city_id=owner.id, time_zone=owner.time_zone)
    return Audience(Ring.GROUP, group_id=owner.id, time_zone="Europe/London")


def _span(entry: Entry) -> tuple[date, date]:
    if entry.starts is None:
        assert entry.first_on is not None
        assert entry.last_on is not None
        return entry.first_on, entry.last_on + timedelta(days=1)
    starts_at = instant(entry.starts)
    return starts_at, starts_at + timedelta(minutes=entry.minutes)


def _event(content: bytes, uid: str):  # noqa: ANN202 - icalendar's Event, whose fields carry no types
    return next(event for event in Calendar.from_ical(content).events if event["uid"] == uid)
