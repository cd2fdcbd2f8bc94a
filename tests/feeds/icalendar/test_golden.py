"""Complete calendars against kept files, read back by four independent libraries, field by field.

EXCHANGE_TEST_WRITE_GOLDEN=1 writes the files anew; read the difference before you commit it.
"""

import os
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlmodel import Session

from exchange.db import Database
from exchange.feeds.content.entries import Entry
from exchange.feeds.content.feed_owners import audience_of, with_owners
from exchange.feeds.content.queries import Audience, entries_for
from exchange.feeds.icalendar.vevent import COLORS, NO_COLOR
from exchange.feeds.publishing.publish import ensure_feeds, feed_bytes
from exchange.models import Feed, FeedKind, GroupMember, Sitting, Stage, TrainingEvent
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import ROOT, Settings
from tests.factories import MADE_AT, make_person
from tests.feeds.programme import add_feed, feed_of, make_programme, name_uids, rows_by_uid, span_of
from tests.feeds.reading import READERS, Seen
from tests.named import name_everybody

BASE_URL = "http://127.0.0.1:8000"
GOLDEN = Path(__file__).parents[2] / "golden" / "feeds"
NAMES = ["network", "stockholm", "sydney", "hostile-drones", "person", "busy"]
Row = Stage | Sitting | TrainingEvent
Feeds = dict[str, tuple[bytes, list[Entry], dict[str, Row]]]


_made: dict[str, Feeds] = {}  # by kind of database: nobody changes them, so they are made once


@pytest.fixture
def feeds(database: Database, settings: Settings) -> Feeds:
    """Each feed's bytes, the entries they were made of, and the database's rows by their UIDs."""
    kind = database.engine.dialect.name
    if kind not in _made:
        _made[kind] = _make_feeds(database, settings)
    return _made[kind]


def _make_feeds(database: Database, settings: Settings) -> Feeds:
    with database.transaction() as session:
        programme = make_programme(session)
        name_uids(programme)
        ensure_feeds(session, settings, MADE_AT)
        contact = make_person(session, city=programme.stockholm, language="sv")
        programme.drones.members.append(GroupMember(person=contact))
        session.flush()
        name_everybody(session)
        add_feed(session, kind=FeedKind.PERSON, person_id=contact.id, alarm_minutes=15)
        add_feed(session, kind=FeedKind.BUSY, city_id=programme.stockholm.id)
        busy = session.exec(with_owners().where(Feed.kind == FeedKind.BUSY)).one()
        owners = (None, programme.stockholm, programme.sydney, programme.drones, contact)
        of_owners = [feed_of(session, owner) for owner in owners]
        rows = rows_by_uid(programme)
        return {
            name: (feed_bytes(session, feed, settings), _entries(session, feed), rows)
            for name, feed in zip(NAMES, [*of_owners, busy], strict=True)
        }


def _entries(session: Session, feed: Feed) -> list[Entry]:
    return entries_for(session, audience_of(feed, "Europe/London"), network="CTPN")


@pytest.mark.parametrize("name", NAMES)
def test_feed_is_the_kept_file_byte_for_byte(feeds: Feeds, name: str) -> None:
    path = GOLDEN / f"{name}.ics"
    if os.environ.get("EXCHANGE_TEST_WRITE_GOLDEN"):
        path.write_bytes(feeds[name][0])
    assert feeds[name][0] == path.read_bytes()


def test_feed_keeps_to_the_lines_of_rfc_5545(feeds: Feeds) -> None:
    """CRLF at every line's end, 75 octets at most, no UTF-8 character cut in two."""
    for content, _, _ in feeds.values():
        assert content.endswith(b"END:VCALENDAR\r\n")
        lines = content.split(b"\r\n")
        assert not any(b"\r" in line or b"\n" in line for line in lines)
        assert max(len(line) for line in lines) <= 75
        for line in lines:
            line.decode()  # raises when a fold cut a character


@pytest.mark.parametrize("reader", list(READERS))
def test_feed_read_by_anybody_is_what_the_database_says_field_by_field(feeds: Feeds, reader: str) -> None:
    """Times, sequence, stamps and status are taken from the rows, words from the entries of the feed."""
    for content, entries, rows in feeds.values():
        seen = READERS[reader](content)
        assert sorted(event.uid for event in seen) == sorted(entry.uid for entry in entries)
        assert len(seen) > 0
        by_uid = {entry.uid: entry for entry in entries}
        for event in seen:
            assert event == _expected(by_uid[event.uid], rows[event.uid])


def test_feed_holds_nobodys_name_and_an_alarm_only_in_a_persons(feeds: Feeds) -> None:
    for name, (content, _, _) in feeds.items():
        assert b"ATTENDEE" not in content
        assert (b"VALARM" in content) == (name == "person")
        assert b"\r\nUID:" not in content.partition(b"BEGIN:VEVENT")[0]


def test_feed_has_one_time_zone_for_each_it_uses(feeds: Feeds) -> None:
    for content, entries, _ in feeds.values():
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
    assert str(calendar["source"]) == f"{settings.base_url}/"  # the public page
    assert "uid" not in calendar  # vdirsyncer would take it for an event's and keep one event
    assert b".ics" not in feeds["stockholm"][0]


def test_contract_names_every_property_that_feeds_hold() -> None:
    """docs/feeds.md is what people who write clients go by."""
    named = set(re.findall(r"`([A-Z-]+)[`:]", (ROOT / "docs" / "feeds.md").read_text()))
    written = {
        line.partition(b":")[0].partition(b";")[0].decode()
        for path in GOLDEN.glob("*.ics")
        for line in path.read_bytes().replace(b"\r\n ", b"").split(b"\r\n")
    }
    in_zones = {"BEGIN", "END", "TZOFFSETFROM", "TZOFFSETTO", ""}
    assert written - in_zones <= named


def test_session_at_two_in_london_on_4_november_is_at_ten_in_washington(feeds: Feeds) -> None:
    """Story 3: in the 5-hour week it is 15:00 in Stockholm and 10:00, not 09:00, in Washington."""
    content, _, _ = feeds["stockholm"]
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
        entries = entries_for(session, Audience(Ring.CITY, city_id=programme.sydney.id))
    session_entry = next(entry for entry in entries if entry.kind == "session")
    assert "00:00 Sydney on 2027-04-09" in session_entry.description


def _expected(entry: Entry, row: Row) -> Seen:
    """What a reader must see of an entry."""
    starts, ends = span_of(entry, row)
    marking = (row if isinstance(row, TrainingEvent) else row.cycle).marking
    secrecy = "PUBLIC" if marking == Marking.CLEAR else "CONFIDENTIAL"
    color = COLORS[entry.kind] if entry.shown_kind else NO_COLOR
    has_alarm = entry.alarm_minutes is not None
    return Seen(
        uid=entry.uid,
        summary=entry.summary,
        description=entry.description,
        place=entry.place,
        position=entry.position,
        starts=starts,
        ends=ends,
        sequence=row.sequence,
        stamp=row.changed_at,
        modified=row.changed_at,
        status="CONFIRMED",
        transp="TRANSPARENT" if isinstance(row, Stage) else "OPAQUE",
        secrecy="PRIVATE" if entry.is_block else secrecy,
        categories=entry.categories,
        color="" if entry.is_block else color,
        url=f"{BASE_URL}{entry.link}" if entry.link else "",
        organizer="mailto:exchange@example.org",
        conference=entry.join_link,
        alarms=(timedelta(minutes=-15),) if has_alarm else (),
    )


def _event(content: bytes, uid: str):  # noqa: ANN202 - icalendar's Event, whose fields carry no types
    return next(event for event in Calendar.from_ical(content).events if event["uid"] == uid)
