"""Meetings of boards in calendars of those who sit on them alone, and the minutes that chairs owe."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlmodel import Session, select

from exchange.access.standings import standing_of
from exchange.boards import actions
from exchange.boards.drafts import MinutesDraft
from exchange.db import Database
from exchange.duties.configured import profiles_of
from exchange.duties.listed import Listed, Plans, Window
from exchange.duties.owing import reader_of
from exchange.duties.sources import duties_within, owed_by
from exchange.feeds.publishing.publish import feed_bytes, publish_stale
from exchange.models import BoardMember, Feed, FeedComponent, FeedKind, FeedSlot, Person, PublishedFeed
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import MEETS_ON, NOW, Net, a_meeting, published
from tests.factories import stage_plan

HELD = NOW.replace(month=2, day=12)


def own_feed(session: Session, person: Person) -> Feed:
    feed = Feed(kind=FeedKind.PERSON, person_id=person.id)
    session.add(feed)
    session.flush()
    session.add(PublishedFeed(feed_id=feed.id or 0))
    session.flush()
    return feed


def published_text(session: Session, feed_id: int) -> str:
    """What the stored parts of a feed say."""
    row = session.get_one(PublishedFeed, feed_id)
    ids = [int(one) for one in row.slots.split()]
    parts = session.exec(select(FeedComponent).where(FeedComponent.slot_id.in_(ids)))  # type: ignore[attr-defined]
    return "".join(part.content.decode() for part in parts)


@pytest.mark.parametrize(
    ("marking", "words"),
    [
        (Marking.GREEN, "Winter meeting"),
        (Marking.AMBER, "Winter meeting"),
        (Marking.AMBER_STRICT, "Winter meeting"),
        (Marking.RED, "Private"),
    ],
)
def test_a_meeting_stands_in_own_calendars_of_the_board_and_in_no_other(
    database: Database, net: Net, settings: Settings, marking: Marking, words: str
) -> None:
    named = {"named": (net.chair.email,)} if marking is Marking.RED else {}
    with database.transaction() as session:
        mine, theirs = own_feed(session, net.chair).id or 0, own_feed(session, net.other).id or 0
        city = Feed(kind=FeedKind.CITY, city_id=net.stockholm.id)
        session.add(city)
        published(session, net, marking=marking, **named)
    publish_stale(database, settings, NOW)
    with database.reading() as session:
        text = published_text(session, mine)
        assert words in text
        assert ("Room 4" in text) is False  # GREEN carries no place in a calendar
        assert ("meet.example.org" in text) is (marking is Marking.GREEN)
        slots = session.exec(select(FeedSlot.id).where(FeedSlot.item == "board meeting:1")).all()
        lists = {row.feed_id: row.slots.split() for row in session.exec(select(PublishedFeed))}
        showing = {feed for feed, listed in lists.items() if set(map(str, slots)) & set(listed)}
        assert showing == {mine}
        assert theirs in lists
        feed = session.get_one(Feed, mine)
        whole = Calendar.from_ical(feed_bytes(session, feed, settings, NOW.date()))
        assert [str(one["SUMMARY"]).partition(" [")[0] for one in whole.walk("VEVENT")] == [words]


@ON_SQLITE
def test_a_raised_marking_and_an_ended_seat_hold_at_once(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        mine = own_feed(session, net.chair).id or 0
        meeting_id = published(session, net).id
    publish_stale(database, settings, NOW)
    with database.transaction() as session:
        meeting = session.get_one(type(published(session, net)), meeting_id)
        draft = a_meeting(marking=Marking.RED, named=(net.member.email,))
        actions.edit_meeting(session, meeting, draft, reason="", by=net.by())
        assert "Winter meeting" not in published_text(session, mine)
    publish_stale(database, settings, NOW)
    with database.transaction() as session:
        assert "Winter meeting" in published_text(session, mine)  # the second one
        for seat in session.exec(select(BoardMember).where(BoardMember.person_id == net.chair.id)):
            seat.ends_on = NOW.date() - timedelta(days=1)
    publish_stale(database, settings, NOW + timedelta(days=1))
    with database.reading() as session:
        assert published_text(session, mine) == ""


def listed(session: Session, settings: Settings) -> list[Listed]:
    plans = Plans(stage_plan(), profiles_of(settings))
    window = Window(MEETS_ON, MEETS_ON + timedelta(days=60), HELD, plans)
    return [one for one in duties_within(session, window) if one.kind == "minutes"]


def test_the_chair_owes_the_minutes_within_two_weeks(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        (only,) = listed(session, settings)
        assert (only.duty.owner.id, only.duty.due_on) == (net.chair.id, MEETS_ON + timedelta(days=14))
        assert only.duty.time_zone == "Europe/London"
        for person, owes in ((net.chair, True), (net.member, False), (net.coordinator, False)):
            row = session.get_one(Person, person.id)
            reader = reader_of(session, standing_of(session, row, HELD))
            assert bool(owed_by(reader, [only], HELD)) is owes
        draft = MinutesDraft("We agreed.", Marking.GREEN)
        actions.write_minutes(session, meeting, draft, reason="", by=net.by(HELD))
        assert listed(session, settings)[0].duty.done_at == HELD


@ON_SQLITE
def test_without_a_chair_coordinators_owe_the_minutes_and_of_what_is_off_nobody(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        for seat in session.exec(select(BoardMember).where(BoardMember.board_id == net.board.id)):
            seat.ends_on = MEETS_ON - timedelta(days=1)
        session.flush()
        session.expire_all()
        assert [one.duty.owner.role.value for one in listed(session, settings)] == ["coordinator"]
        actions.cancel_meeting(session, meeting, reason="Storm", by=net.by())
        assert listed(session, settings) == []
