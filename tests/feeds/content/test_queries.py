"""Who sees what in a feed: each marking in each ring, and never a word more (DOMAIN 4.3)."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.content.entries import Entry
from exchange.feeds.content.feed_owners import feed_name
from exchange.feeds.content.queries import (
    PUBLIC,
    Audience,
    entries_for,
    feeds_showing_cycle,
    feeds_showing_training,
)
from exchange.feeds.publishing.publish import ensure_feeds, mark_training_stale, publish_stale, touch
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.models import City, Feed, MembershipStatus, PublishedFeed, TrainingEvent
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.factories import MADE_AT, make_city, make_cycle, make_group, make_training
from tests.feeds.programme import bytes_of, make_programme
from tests.statements import counted

LEAK = "zanzibar"  # stands in every text of the things below; where it may not be read it must not be found


def test_city_sees_of_each_marking_what_the_table_allows(database: Database) -> None:
    with database.transaction() as session:
        host, guest = make_city(session, "London"), make_city(session, "Stockholm")
        for marking in Marking:
            _training(session, host, [guest], marking)
        entries = {entry.marking: entry for entry in _of_city(session, guest)}
    assert set(entries) == {Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT}
    clear, green = entries[Marking.CLEAR], entries[Marking.GREEN]
    assert clear.summary == f"Title {LEAK}"
    assert (clear.place, clear.link) == (f"Place {LEAK}", f"/trainings/{clear.training_id}")
    assert f"Text {LEAK}" in clear.description
    assert green.summary == f"Title {LEAK} [TLP:GREEN]"
    assert f"https://meet.example.org/{LEAK}" in green.description
    assert "Text" not in green.description
    assert (green.place, green.link) == ("", "")
    for marking in (Marking.AMBER, Marking.AMBER_STRICT):
        assert entries[marking].summary == f"CTPN event [{marking}]"
        assert LEAK not in repr(entries[marking])
        assert "London" not in repr(entries[marking])


def test_public_sees_what_is_clear_and_nothing_else(database: Database) -> None:
    with database.transaction() as session:
        host = make_city(session, "London")
        for marking in Marking:
            _training(session, host, [], marking)
            make_cycle(session, lead_city=host, marking=marking)
        entries = entries_for(session, PUBLIC)
    assert {entry.marking for entry in entries} == {Marking.CLEAR}
    assert {entry.kind for entry in entries} == {"stage", "session", "training"}


def test_city_that_takes_no_part_sees_what_is_clear_and_nothing_else(database: Database) -> None:
    with database.transaction() as session:
        host, guest, other = (make_city(session, name) for name in ("London", "Stockholm", "Sydney"))
        for marking in Marking:
            _training(session, host, [guest], marking)
            make_cycle(session, lead_city=host, cities=[guest], marking=marking)
        entries = _of_city(session, other)
    assert {entry.marking for entry in entries} == {Marking.CLEAR}


def test_group_sees_what_it_takes_part_in(database: Database) -> None:
    with database.transaction() as session:
        host, group, other = make_city(session, "London"), make_group(session), make_group(session)
        cycle = make_cycle(session, lead_city=host, groups=[group])
        training = make_training(session, host_city=host, groups=[group], marking="TLP:AMBER+STRICT")
        seen = entries_for(session, Audience(Ring.GROUP, group_id=group.id), network="CTPN")
        unseen = entries_for(session, Audience(Ring.GROUP, group_id=other.id))
    assert {entry.cycle_id for entry in seen if entry.kind != "training"} == {cycle.id}
    strict = next(entry for entry in seen if entry.kind == "training")
    assert (strict.training_id, strict.title) == (training.id, "CTPN event")
    assert unseen == []


def test_event_that_names_nobody_is_for_the_cities_that_are_members_on_its_day(database: Database) -> None:
    with database.transaction() as session:
        host = make_city(session, "London")
        member = make_city(session, "Stockholm", starts_on=date(2027, 3, 11))
        left_before = make_city(session, "Sydney", ends_on=date(2027, 3, 10))
        partner = make_city(session, "Dublin", status=MembershipStatus.PARTNER)
        make_training(session, host_city=host, on_local=date(2027, 3, 11))
        counts = [len(_of_city(session, city)) for city in (host, member, left_before, partner)]
    assert counts == [1, 1, 0, 0]


def test_event_for_named_groups_only_is_not_for_all_cities(database: Database) -> None:
    with database.transaction() as session:
        host, other = make_city(session, "London"), make_city(session, "Stockholm")
        make_training(session, host_city=host, groups=[make_group(session)])
        assert len(_of_city(session, host)) == 1
        assert _of_city(session, other) == []


def test_need_to_know_event_that_names_nobody_reaches_its_host_alone(database: Database) -> None:
    with database.transaction() as session:
        host, other = make_city(session, "London"), make_city(session, "Stockholm")
        make_training(session, host_city=host, marking="TLP:AMBER+STRICT")
        assert len(_of_city(session, host)) == 1
        assert _of_city(session, other) == []


def test_drafts_are_in_no_feed_even_when_cancelled(database: Database) -> None:
    with database.transaction() as session:
        city = make_city(session)
        for cancelled_at in (None, MADE_AT):
            make_cycle(
                session, lead_city=city, is_published=False, marking="TLP:CLEAR", cancelled_at=cancelled_at
            )
            make_training(
                session, host_city=city, is_published=False, marking="TLP:CLEAR", cancelled_at=cancelled_at
            )
        assert _of_city(session, city) == []
        assert entries_for(session, PUBLIC) == []


def test_cancelled_and_postponed_stay_and_say_so_first(database: Database) -> None:
    with database.transaction() as session:
        city = make_city(session)
        make_training(session, host_city=city, title="A", cancelled_at=MADE_AT)
        make_training(session, host_city=city, title="B", postponed_at=MADE_AT, marking="TLP:AMBER")
        cycle = make_cycle(session, lead_city=city, cancelled_at=MADE_AT)
        entries = _of_city(session, city)
    assert {entry.status for entry in entries} == {"CANCELLED"}
    of_trainings = [entry.summary for entry in entries if entry.kind == "training"]
    assert sorted(of_trainings) == ["Cancelled: A [TLP:GREEN]", "Postponed: CTPN event [TLP:AMBER]"]
    of_cycle = [entry.summary for entry in entries if entry.cycle_id == cycle.id]
    assert len(of_cycle) == len(cycle.stages) + 3  # two deadlines and the session
    assert all(summary.startswith("Cancelled: ") for summary in of_cycle)


def test_proposed_event_is_tentative(database: Database) -> None:
    with database.transaction() as session:
        city = make_city(session)
        make_training(session, host_city=city, state="proposed")
        assert [entry.status for entry in _of_city(session, city)] == ["TENTATIVE"]


def test_two_sittings_are_numbered(database: Database) -> None:
    with database.transaction() as session:
        city = make_city(session)
        sittings = [(time(14), "Europe/London"), (time(8), "Europe/London")]
        cycle = make_cycle(session, lead_city=city, sittings=sittings)
        titles = [entry.title for entry in _of_city(session, city) if entry.kind == "session"]
    assert titles == [f"{cycle.title}: live session, sitting {n} of 2" for n in (2, 1)]  # by the hour


def test_event_in_an_hour_that_a_change_of_zone_rules_took_away_is_shown_after_it(database: Database) -> None:
    with database.transaction() as session:
        city = make_city(session)
        make_training(session, host_city=city, on_local=date(2027, 3, 28), starts_local=time(2, 30))
        (entry,) = _of_city(session, city)
    assert entry.starts is not None
    assert entry.starts.at == time(3, 30)


def test_story_16_city_sees_time_and_label_of_an_amber_event_and_neither_place_nor_names(
    database: Database, settings: Settings
) -> None:
    """The event is added while the city is subscribed: before it there is nothing, after it only the time."""
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    with database.transaction() as session:
        assert b"VEVENT" not in bytes_of(session, settings, stockholm)
        training = _training(session, london, [stockholm], Marking.AMBER)
        mark_training_stale(session, training)
    publish_stale(database, settings, MADE_AT + timedelta(minutes=1))
    with database.reading() as session:
        text = _published(session, stockholm).decode()
    assert "SUMMARY:CTPN event [TLP:AMBER]\r\n" in text
    assert "DTSTART;TZID=Europe/Stockholm:20270311T110000\r\n" in text
    assert "CLASS:CONFIDENTIAL" in text
    for word in (LEAK, "LOCATION", "DESCRIPTION:T", "London", "meet.example.org"):
        assert word not in text.partition("BEGIN:VEVENT")[2]


def test_raised_marking_takes_the_words_out_of_the_next_feed(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        training = _training(session, london, [stockholm], Marking.CLEAR)
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    with database.transaction() as session:
        session.add(training)
        training.marking = Marking.AMBER
        touch(training, MADE_AT + timedelta(hours=1))
        mark_training_stale(session, training)
    publish_stale(database, settings, MADE_AT + timedelta(hours=1))
    with database.reading() as session:
        text = _published(session, stockholm).decode()
        contents = [
            calendar_document(session, row).content for row in session.exec(select(PublishedFeed)).all()
        ]
    assert f"UID:{training.uid}\r\n" in text
    assert "SEQUENCE:1\r\n" in text
    assert not any(LEAK.encode() in content for content in contents)


def test_feeds_that_show_a_cycle_are_named_before_it_is_published(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        london, stockholm = make_city(session, "London"), make_city(session, "Stockholm")
        make_city(session, "Sydney")
        group = make_group(session, "Drones")
        green = make_cycle(session, lead_city=london, cities=[stockholm], groups=[group], is_published=False)
        clear = make_cycle(session, lead_city=london, marking="TLP:CLEAR", is_published=False)
        red = make_cycle(session, lead_city=london, marking="TLP:RED", is_published=False)
        ensure_feeds(session, settings, MADE_AT)
        names = [[feed_name(f) for f in feeds_showing_cycle(session, cycle)] for cycle in (green, clear, red)]
    assert names == [
        ["London", "Stockholm", "Drones"],
        ["Public programme", "London", "Stockholm", "Sydney", "Drones"],
        [],
    ]


def test_feeds_that_show_a_training_for_all_are_those_of_members(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        london = make_city(session, "London")
        make_city(session, "Sydney")
        make_city(session, "Dublin", status=MembershipStatus.PARTNER)
        make_group(session, "Drones")
        training = make_training(session, host_city=london, is_published=False)
        ensure_feeds(session, settings, MADE_AT)
        names = [feed_name(feed) for feed in feeds_showing_training(session, training)]
    assert names == ["London", "Sydney"]


@pytest.mark.parametrize("ring", [Ring.PUBLIC, Ring.CITY, Ring.GROUP])
def test_entries_take_the_same_statements_for_one_and_for_thirty(database: Database, ring: Ring) -> None:
    counts = []
    for count in (1, 29):
        with database.transaction() as session:
            if count == 1:
                make_programme(session)
            for number in range(count):
                city = make_city(session, f"City {count} {number}")
                group = make_group(session)
                make_cycle(
                    session,
                    lead_city=city,
                    groups=[group],
                    cities=[make_city(session, f"C {count} {number}")],
                )
                make_training(session, host_city=city, marking="TLP:CLEAR")
        audience = Audience(
            ring, city_id=1 if ring is Ring.CITY else None, group_id=1 if ring is Ring.GROUP else None
        )
        counts.append(_statements(database, audience))
    assert counts[0] == counts[1]


def _training(session: Session, host: City, cities: list[City], marking: Marking) -> TrainingEvent:
    return make_training(
        session,
        host_city=host,
        cities=cities,
        title=f"Title {LEAK}",
        place=f"Place {LEAK}",
        description=f"Text {LEAK}",
        join_link=f"https://meet.example.org/{LEAK}",
        marking=marking,
    )


def _of_city(session: Session, city: City) -> list[Entry]:
    audience = Audience(Ring.CITY, city_id=city.id, time_zone=city.time_zone)
    return entries_for(session, audience, network="CTPN")


def _published(session: Session, city: City) -> bytes:
    feed = session.exec(select(Feed).where(Feed.city_id == city.id)).one()
    return calendar_document(session, session.get_one(PublishedFeed, feed.id)).content


def _statements(database: Database, audience: Audience) -> int:
    with counted(database) as seen, database.reading() as session:
        assert entries_for(session, audience)
    return len(seen)
