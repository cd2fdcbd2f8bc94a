"""Variants: what is published is what the rows say, item by item, and its cost follows the change."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.publishing import publication_diff
from exchange.feeds.publishing.publish import (
    ensure_feeds,
    feed_bytes,
    mark_cycle_stale,
    mark_training_stale,
    publish_stale,
    touch,
)
from exchange.feeds.serving.calendar_documents import calendar_document
from exchange.models import (
    Feed,
    FeedChange,
    FeedComponent,
    FeedKind,
    FeedSlot,
    Person,
    PublishedFeed,
    TrainingEvent,
)
from exchange.settings import Settings
from tests.factories import MADE_AT, make_person
from tests.feeds.programme import Programme, make_programme

LATER = MADE_AT + timedelta(hours=1)


@pytest.fixture
def programme(database: Database, settings: Settings) -> Programme:
    """Feeds of every kind, published."""
    with database.transaction() as session:
        programme = make_programme(session)
        people = [
            make_person(session, "Ann", city=programme.stockholm),
            make_person(session, "Bo", city=programme.sydney),
        ]
        ensure_feeds(session, settings, MADE_AT)
        session.add_all(
            [
                Feed(kind=FeedKind.BUSY, city_id=programme.london.id),
                Feed(kind=FeedKind.PERSON, person_id=people[0].id, language="sv", alarm_minutes=15),
                Feed(kind=FeedKind.PERSON, person_id=people[1].id),
            ]
        )
        session.flush()
        known = set(session.exec(select(PublishedFeed.feed_id)))
        session.add_all(PublishedFeed(feed_id=f.id or 0) for f in all_feeds(session) if f.id not in known)
    publish_stale(database, settings, MADE_AT)
    return programme


def differing(session: Session, settings: Settings) -> list[str]:
    """The feeds whose published bytes are not those that the rows give from the ground up."""
    return [
        feed.kind
        for feed in all_feeds(session)
        if calendar_document(session, session.get_one(PublishedFeed, feed.id)).content
        != feed_bytes(session, feed, settings, MADE_AT.date())
    ]


def test_every_kind_of_feed_is_what_its_query_gives(
    database: Database, settings: Settings, programme: Programme
) -> None:
    with database.reading() as session:
        kinds = {feed.kind for feed in all_feeds(session)}
        assert kinds == {"network", "city", "group", "person", "busy"}
        assert differing(session, settings) == []
        assert session.exec(select(FeedChange)).all() == []


def test_changes_of_every_sort_come_out_as_the_rows_have_them(
    database: Database, settings: Settings, programme: Programme
) -> None:
    """Moves, markings up and down, who takes part, cancelling: each published by its item alone."""
    trainings = programme.trainings
    changes: list[tuple[TrainingEvent, dict[str, object]]] = [
        (trainings["clear"], {"starts_local": time(17)}),
        (trainings["clear"], {"marking": "TLP:AMBER"}),
        (trainings["clear"], {"on_local": date(2027, 3, 20)}),
        (trainings["amber"], {"marking": "TLP:CLEAR"}),
        (trainings["green"], {"cancelled_at": MADE_AT}),
        (trainings["strict"], {"host_city_id": programme.sydney.id}),
        (trainings["red"], {"published_at": None}),
    ]
    for number, (training, values) in enumerate(changes):
        with database.transaction() as session:
            row = session.get_one(TrainingEvent, training.id)
            for name, value in values.items():
                setattr(row, name, value)
            touch(row, MADE_AT + timedelta(minutes=number))
            mark_training_stale(session, row)
        publish_stale(database, settings, MADE_AT + timedelta(minutes=number))
        with database.reading() as session:
            assert differing(session, settings) == [], values
    with database.transaction() as session:
        cycle = session.merge(programme.autumn)
        cycle.cities = [city for city in cycle.cities if city.name != "Stockholm"]
        cycle.groups = []
        for entry in (*cycle.stages, *cycle.sittings):
            touch(entry, LATER)
        mark_cycle_stale(session, cycle)
    publish_stale(database, settings, LATER)
    with database.reading() as session:
        assert differing(session, settings) == []


def test_another_release_that_writes_the_same_leaves_every_date_as_it_was(
    database: Database, settings: Settings, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each new version gave every calendar a new date, and clients that ask by date fetched them all."""
    with database.reading() as session:
        before = {
            variant.id: (variant.version, variant.published_at) for variant in session.exec(select(FeedSlot))
        }
        rows = {row.feed_id: (row.version, row.published_at) for row in session.exec(select(PublishedFeed))}
    stamps = written(database)
    with database.transaction() as session:
        changed = session.get_one(TrainingEvent, programme.trainings["clear"].id)
        changed.title = "Changed on the same day"
    monkeypatch.setattr(publication_diff, "release", lambda: "another")
    publish_stale(database, settings, LATER)
    assert not set(stamps.values()) & set(written(database).values()), "all were looked at"
    with database.reading() as session:
        variants = session.exec(select(FeedSlot)).all()
        renewed = {
            variant.item
            for variant in variants
            if (variant.version, variant.published_at) != before[variant.id]
        }
        after = {row.feed_id: (row.version, row.published_at) for row in session.exec(select(PublishedFeed))}
    assert renewed == {f"training:{changed.id}"}
    assert after == rows
    assert publish_stale(database, settings, LATER) == 0


def test_moved_sitting_writes_its_own_event_and_reads_no_list(
    database: Database, settings: Settings, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(database)
    with database.transaction() as session:
        cycle = session.merge(programme.autumn)
        sitting = cycle.sittings[0]
        sitting.starts_local = time(16)
        touch(sitting, LATER)
        mark_cycle_stale(session, cycle)
    monkeypatch.setattr(publication_diff, "with_owners", None)  # asked for it would fail
    publish_stale(database, settings, LATER)
    after = written(database)
    changed = {uid for (variant, uid), told in after.items() if before.get((variant, uid)) != told}
    assert changed == {sitting.uid} | {uid for uid in changed if uid.startswith("busy-")}
    with database.reading() as session:
        assert differing(session, settings) == []
        dates = set(session.exec(select(FeedSlot.published_at).where(FeedSlot.item == f"cycle:{cycle.id}")))
        others = set(session.exec(select(FeedSlot.published_at).where(FeedSlot.item != f"cycle:{cycle.id}")))
    assert dates == {LATER}
    assert others == {MADE_AT}


def test_two_changes_within_one_second_have_two_dates(
    database: Database, settings: Settings, programme: Programme
) -> None:
    """A client that asks by date alone was told that nothing changed: two events moved in one second."""
    for name in ("clear", "green"):
        with database.transaction() as session:
            row = session.get_one(TrainingEvent, programme.trainings[name].id)
            row.starts_local = time(18)
            touch(row, LATER)
            mark_training_stale(session, row)
        publish_stale(database, settings, LATER)
    with database.reading() as session:
        dates = sorted(set(session.exec(select(FeedSlot.published_at))))
    assert dates == [MADE_AT, LATER, LATER + timedelta(seconds=1)]


def test_crash_between_change_and_publishing_is_made_good_by_the_next_tick(
    database: Database, settings: Settings, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is committed with its mark; the publisher dies after writing events, before lists."""
    with database.transaction() as session:
        row = session.get_one(TrainingEvent, programme.trainings["clear"].id)
        row.title = "Renamed"
        touch(row, LATER)
        mark_training_stale(session, row)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    from exchange.feeds.publishing import publish

    with monkeypatch.context() as patch:
        patch.setattr(publish, "_write_lists", dies)
        with pytest.raises(KeyboardInterrupt):
            publish_stale(database, settings, LATER)
    with database.reading() as session:
        assert len(differing(session, settings)) > 1
    publish_stale(database, settings, LATER)
    with database.reading() as session:
        assert differing(session, settings) == []


def test_what_no_mark_told_of_is_found_the_day_after(
    database: Database, settings: Settings, programme: Programme
) -> None:
    with database.transaction() as session:
        session.get_one(TrainingEvent, programme.trainings["clear"].id).title = "Changed behind our back"
    publish_stale(database, settings, LATER)
    with database.reading() as session:
        assert differing(session, settings) != []
    publish_stale(database, settings, MADE_AT + timedelta(days=1))
    with database.reading() as session:
        assert differing(session, settings) == []


def test_person_who_leaves_has_no_calendar_any_more(
    database: Database, settings: Settings, programme: Programme
) -> None:
    from exchange.feeds.subscriptions.secret_addresses import add_address, current_address

    with database.transaction() as session:
        feed = session.exec(select(Feed).join(Person).where(Person.name == "Ann")).one()
        add_address(session, feed, settings=settings, now=MADE_AT)
        assert feed.person is not None
        feed.person.is_active = False
    publish_stale(database, settings, LATER)
    with database.reading() as session:
        assert current_address(settings, session.get_one(Feed, feed.id)) is None


def test_slots_that_nobody_lists_are_swept_up(
    database: Database, settings: Settings, programme: Programme
) -> None:
    with database.transaction() as session:
        row = session.get_one(TrainingEvent, programme.trainings["clear"].id)
        row.published_at = None
        mark_training_stale(session, row)
    publish_stale(database, settings, LATER)
    publish_stale(database, settings, MADE_AT + timedelta(days=1))
    with database.reading() as session:
        item = f"training:{row.id}"
        assert session.exec(select(FeedSlot).where(FeedSlot.item == item)).all() == []
        variants = set(session.exec(select(FeedSlot.id)))
        assert set(session.exec(select(FeedComponent.slot_id))) <= variants


def written(database: Database) -> dict[tuple[int, str], str]:
    with database.reading() as session:
        rows = session.exec(
            select(FeedComponent.slot_id, FeedComponent.uid, col(FeedComponent.written_from))
        ).all()
    return {(variant, uid): told for variant, uid, told in rows}
