"""Feeds of persons and busy times, in the language of who reads them; what leaves, and when."""

from datetime import date, datetime, time, timedelta

from icalendar import Calendar
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.content.entries import PUBLIC, Audience, Entry
from exchange.feeds.content.feed_owners import audience_of
from exchange.feeds.content.queries import entries_for
from exchange.feeds.content.subscriber_filters import read_filter
from exchange.feeds.publishing.publish import ensure_feeds, feed_bytes, publish_stale
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.models import (
    City,
    Cycle,
    Feed,
    FeedKind,
    MembershipStatus,
    Person,
    PublishedFeed,
    Role,
    Sitting,
)
from exchange.network.actions.seats import seat, unseat
from exchange.rules.access.rings import Ring
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city, make_cycle, make_group, make_person, make_training
from tests.feeds.programme import add_feed, bytes_of, feed_of
from tests.named import name_everybody

LEAK = "zanzibar"


def test_story_23_expert_sees_only_the_groups_exchanges_with_call_and_session(
    database: Database, settings: Settings
) -> None:
    """Seated in G5 she has its exchange; what else her city takes part in or all may see is not hers."""
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        expert = make_person(session, city=stockholm, roles=[Role.EXPERT])
        drones = make_group(session, "Hostile drones", key="G5")
        cycle = make_cycle(session, lead_city=london, groups=[drones], title="Drones")
        _add_scoping_call(session, cycle)
        make_cycle(session, lead_city=stockholm, cities=[london], title=LEAK)
        make_training(session, host_city=stockholm, title=LEAK, marking="TLP:CLEAR")
        feed = add_feed(session, kind=FeedKind.PERSON, person_id=expert.id)
        ensure_feeds(session, settings, MADE_AT)
        feed_id = feed.id
    publish_stale(database, settings, MADE_AT)
    assert not _events(database, feed_id)
    with database.transaction() as session:
        session.add_all([drones, expert])
        seat(session, drones, expert, actor=None, settings=settings, now=MADE_AT)
    publish_stale(database, settings, MADE_AT)
    events = _events(database, feed_id)
    timed = {summary for summary, starts in events.items() if isinstance(starts, datetime)}
    assert timed == {"Drones: scoping call [TLP:GREEN]", "Drones: live session [TLP:GREEN]"}
    assert events["Drones: draft is due [TLP:GREEN]"] == date(2027, 11, 12)  # Friday of week 6
    assert not any(LEAK in summary for summary in events)
    with database.transaction() as session:
        session.add_all([drones, expert])
        unseat(session, drones, expert, actor=expert, settings=settings, now=MADE_AT)
    publish_stale(database, settings, MADE_AT)
    assert not _events(database, feed_id)


def test_contact_reads_the_citys_programme_and_the_groups(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        contact = make_person(session, city=stockholm)
        group = make_group(session, members=[contact])
        make_cycle(session, lead_city=london, cities=[stockholm], title="Of the city")
        make_cycle(session, lead_city=london, groups=[group], title="Of the group")
        make_cycle(session, lead_city=london, title="Of others", marking="TLP:CLEAR")
        make_training(session, host_city=london, title="For all members")
        titles = {entry.title.partition(":")[0] for entry in _of_person(session, contact)}
        assert titles == {"Of the city", "Of the group", "For all members"}
        stockholm.memberships[0].ends_on = date(2026, 11, 21)
        left = {entry.title.partition(":")[0] for entry in _of_person(session, contact, on=date(2026, 12, 1))}
        assert left == set()  # who is of no city of today holds no seat either


def test_person_sees_of_each_marking_what_the_table_allows(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        contact = make_person(session, city=stockholm)
        for marking in ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"):
            _training(session, london, stockholm, marking)
        name_everybody(session)
        entries = {str(entry.marking): entry for entry in _of_person(session, contact)}
        content = bytes_of(session, settings, contact).replace(b"\r\n ", b"")
    clear, green, amber = (entries[f"TLP:{word}"] for word in ("CLEAR", "GREEN", "AMBER"))
    assert f"Text {LEAK}" in clear.description
    assert clear.place
    assert f"Text {LEAK}" in green.description
    assert (green.place, green.link) == ("", f"/trainings/{green.training_id}")
    for entry in (amber, entries["TLP:AMBER+STRICT"]):
        assert entry.title == f"Title {LEAK}"
        assert entry.description == ""  # other cities' clocks would tell who takes part
        assert (entry.place, entry.join_link, entry.link) == ("", "", f"/trainings/{entry.training_id}")
    red = next(event for event in Calendar.from_ical(content).events if event["class"] == "PRIVATE")
    assert (str(red["summary"]), str(red["transp"])) == ("Private", "OPAQUE")
    assert set(red) == {
        "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "STATUS", "CLASS", "ORGANIZER", "TRANSP",
        "DTSTART", "DTEND",
    }  # fmt: skip


def test_duty_is_told_to_the_city_that_has_it_and_to_no_guest(database: Database) -> None:
    """Invitations are written as to the host: guests read that their city hosted the event."""
    with database.transaction() as session:
        host, guest = make_city(session, "Stockholm"), make_city(session, "London")
        make_training(session, host_city=host, cities=[guest], marking="TLP:CLEAR")
        make_cycle(session, lead_city=host, cities=[guest], marking="TLP:CLEAR")
        readers = {
            "host": Audience(Ring.CITY, city_id=host.id),
            "guest": Audience(Ring.CITY, city_id=guest.id),
            "letter": Audience(Ring.LETTER, city_id=host.id),
            "public": PUBLIC,
        }
        told = {name: repr(entries_for(session, audience)) for name, audience in readers.items()}
    with_duty = {name for name, entries in told.items() if "Your city" in entries or "Host duty" in entries}
    assert with_duty == {"host"}


def test_busy_feed_is_blocks_of_time_and_nothing_else(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        for marking in ("TLP:GREEN", "TLP:AMBER", "TLP:RED"):
            _training(session, london, stockholm, marking)
        _training(session, london, stockholm, "TLP:GREEN", cancelled_at=MADE_AT)
        make_training(session, host_city=london, title=LEAK, marking="TLP:CLEAR", cities=[london])
        make_cycle(session, lead_city=stockholm, title=LEAK, join_link="")
        ensure_feeds(session, settings, MADE_AT)
        busy = add_feed(session, kind=FeedKind.BUSY, city_id=stockholm.id)
        content = feed_bytes(session, busy, settings)
        titled = {
            str(event["uid"]) for event in Calendar.from_ical(bytes_of(session, settings, stockholm)).events
        }
    events = Calendar.from_ical(content).events
    assert len(events) == 2  # the GREEN and the AMBER event, at one time and so one block; the session
    assert LEAK.encode() not in content
    assert b"TLP" not in content
    for event in events:
        assert (str(event["summary"]), str(event["class"]), str(event["transp"])) == (
            "Busy",
            "PRIVATE",
            "OPAQUE",
        )
        assert not {"LOCATION", "DESCRIPTION", "URL", "CATEGORIES", "CONFERENCE", "GEO", "COLOR"} & set(event)
        assert str(event["uid"]) not in titled


def test_alarms_are_in_a_persons_feed_on_request_and_nowhere_else(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm")
        contact = make_person(session, city=stockholm)
        make_cycle(session, lead_city=stockholm, title="Cycle")
        make_training(session, host_city=stockholm, title="Called off", cancelled_at=MADE_AT)
        feed = add_feed(session, kind=FeedKind.PERSON, person_id=contact.id)
        ensure_feeds(session, settings, MADE_AT)
        assert b"VALARM" not in bytes_of(session, settings, contact)
        feed.alarm_minutes = 30
        session.flush()
        calendar = Calendar.from_ical(bytes_of(session, settings, contact))
        assert b"VALARM" not in bytes_of(session, settings, stockholm)
    (alarmed,) = (event for event in calendar.events if event.walk("VALARM"))
    (alarm,) = alarmed.walk("VALARM")
    assert str(alarmed["summary"]) == "Cycle: live session [TLP:GREEN]"
    assert (str(alarm["action"]), alarm["trigger"].dt) == ("DISPLAY", timedelta(minutes=-30))
    assert "uid" not in alarm  # vdirsyncer would take it for the event's


def test_each_feed_is_in_the_language_of_its_audience(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm", language="sv")
        london = make_city(session, "London")
        group = make_group(session, "Drones")
        make_cycle(
            session, lead_city=london, cities=[stockholm], groups=[group], title="Theme", cancelled_at=MADE_AT
        )
        make_training(session, host_city=london, cities=[stockholm], marking="TLP:AMBER")
        ensure_feeds(session, settings, MADE_AT)
        swedish = _text(bytes_of(session, settings, stockholm))
        english = _text(bytes_of(session, settings, london))
        feed_of(session, group).language = "sv"
        of_group = _text(bytes_of(session, settings, group))
    for words in ("SUMMARY:Inställt: Theme: livemöte [TLP:GREEN]", "SUMMARY:CTPN-möte [TLP:AMBER]"):
        assert words in swedish
    assert "Theme: underlag ska vara inne" in swedish
    assert "Kalenderns adress är hemlig" in swedish
    assert "SUMMARY:Cancelled: Theme: live session [TLP:GREEN]" in english
    assert "Inställt: Theme: utkast ska vara inne" in of_group


def test_called_off_entry_stays_sixty_days_after_its_date_and_then_leaves(
    database: Database, settings: Settings
) -> None:
    """Clients that come seldom have shown it by then. Nothing in the bytes comes from the clock."""
    with database.transaction() as session:
        city = make_city(session, "Stockholm")
        on = date(2027, 3, 11)
        make_training(session, host_city=city, title="A", on_local=on, cancelled_at=MADE_AT)
        make_training(session, host_city=city, title="B", on_local=on, postponed_at=MADE_AT)
        make_training(session, host_city=city, title="C", on_local=on)
        ensure_feeds(session, settings, MADE_AT)
        feed_id = feed_of(session, city).id
    seen = []
    for day in (date(2026, 12, 1), date(2027, 5, 10), date(2027, 5, 11), date(2028, 1, 1)):
        publish_stale(database, settings, datetime.combine(day, time(0, 1), MADE_AT.tzinfo))
        seen.append(sorted(one for one in _events(database, feed_id) if "who was there" not in one))
    all_three = ["C [TLP:GREEN]", "Cancelled: A [TLP:GREEN]", "Postponed: B [TLP:GREEN]"]
    assert seen == [all_three, all_three, ["C [TLP:GREEN]"], ["C [TLP:GREEN]"]]


def test_filter_lets_through_what_was_asked_for_and_what_no_filter_may_tell(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        city = make_city(session, "Stockholm")
        make_cycle(session, lead_city=city, title="Cycle")
        make_training(session, host_city=city, title="Event")
        make_training(session, host_city=city, title=LEAK, marking="TLP:AMBER")
        ensure_feeds(session, settings, MADE_AT)
        feed_id = feed_of(session, city).id
    publish_stale(database, settings, MADE_AT)
    with database.reading() as session:
        row = session.get_one(PublishedFeed, feed_id)
        content = calendar_document(session, row, read_filter(["session,training"], [])).content
        of_theme = calendar_document(session, row, read_filter([], ["t99"])).content
    summaries = sorted(str(event["summary"]) for event in Calendar.from_ical(content).events)
    hidden = "CTPN event [TLP:AMBER]"
    assert summaries == [hidden, "Cycle: live session [TLP:GREEN]", "Event [TLP:GREEN]"]
    assert [str(event["summary"]) for event in Calendar.from_ical(of_theme).events] == [hidden]


def _add_scoping_call(session: Session, cycle: Cycle) -> None:
    session_day = cycle.sittings[0]
    call = Sitting(
        meeting="scoping_call",
        number=1,
        on_local=session_day.on_local - timedelta(weeks=3),
        starts_local=time(14),
        time_zone="Europe/London",
        minutes=45,
        uid="call@exchange",
        changed_at=MADE_AT,
    )
    cycle.sittings = [*cycle.sittings, call]
    session.flush()


def _training(session: Session, host: City, guest: City, marking: str, **fields: object) -> None:
    make_training(
        session,
        host_city=host,
        cities=[guest],
        title=f"Title {LEAK}",
        place=f"Place {LEAK}",
        description=f"Text {LEAK}",
        join_link=f"https://meet.example.org/{LEAK}",
        marking=marking,
        **fields,
    )


def _of_person(session: Session, person: Person, on: date | None = None) -> list[Entry]:
    if session.exec(select(Feed.id).where(Feed.person_id == person.id)).first() is None:
        add_feed(session, kind=FeedKind.PERSON, person_id=person.id)
    feed = feed_of(session, person)
    return entries_for(session, audience_of(feed, on=on), network="CTPN")


def _events(database: Database, feed_id: int | None) -> dict[str, date]:
    with database.reading() as session:
        content = calendar_document(session, session.get_one(PublishedFeed, feed_id)).content
    return {str(event["summary"]): event.start for event in Calendar.from_ical(content).events}


def _text(content: bytes) -> str:
    return content.replace(b"\r\n ", b"").decode()


def test_an_event_for_all_names_the_clock_of_every_member_city_and_of_its_own_zone(
    database: Database,
) -> None:
    """It named the host's alone, and everybody else worked theirs out."""
    with database.transaction() as session:
        host = make_city(session, "Stockholm")
        for name in ("Dublin", "Sydney"):
            make_city(session, name)
        make_city(session, "London", status=MembershipStatus.PARTNER)
        make_training(
            session,
            host_city=host,
            on_local=date(2027, 3, 11),
            starts_local=time(14),
            time_zone="America/New_York",
            marking="TLP:GREEN",
        )
        (entry,) = entries_for(session, Audience(Ring.CITY, city_id=host.id))
    clocks = entry.description.split("\n\n")[0].splitlines()
    assert clocks == [
        "20:00 Stockholm",
        "19:00 Dublin",
        "06:00 Sydney on 2027-03-12",
        "14:00 America/New_York",
    ]
