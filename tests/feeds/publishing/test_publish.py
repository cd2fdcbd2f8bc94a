"""Publishing: same data, same bytes; no change is lost; a feed that fails harms no other."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from sqlmodel import Session, col, select

from exchange.audit import verify
from exchange.db import Database
from exchange.feeds.content.programme_items import Item
from exchange.feeds.icalendar import properties
from exchange.feeds.publishing import publication_diff
from exchange.feeds.publishing.publish import (
    ensure_feeds,
    mark_all_stale,
    mark_cycle_stale,
    new_uid,
    publish_stale,
    touch,
)
from exchange.feeds.serving.calendar_documents import CalendarDocument, calendar_document
from exchange.feeds.serving.content_coding import Coding
from exchange.feeds.serving.responses import FeedState, FileName, responses_for
from exchange.feeds.subscriptions.secret_addresses import (
    current_address,
    replace_address,
    revoke_city_feed,
    token_for,
)
from exchange.models import (
    AuditEntry,
    City,
    Feed,
    FeedAddress,
    FeedKind,
    Membership,
    MembershipStatus,
    PublishedFeed,
    TrainingEvent,
)
from exchange.settings import Settings
from exchange.tokens import digest
from tests.factories import MADE_AT, make_city, make_cycle, make_group, make_training
from tests.feeds.programme import make_programme

LATER = MADE_AT + timedelta(hours=1)


def test_each_city_and_group_has_one_feed_with_one_address(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        for _ in range(2):  # the second time changes nothing
            make_city(session, f"City {_}")
            make_group(session)
            ensure_feeds(session, settings, MADE_AT)
            ensure_feeds(session, settings, LATER)
        feeds = session.exec(select(Feed)).all()
        addresses = session.exec(select(FeedAddress)).all()
        rows = session.exec(select(PublishedFeed)).all()
    assert sorted(feed.kind for feed in feeds) == ["city", "city", "group", "group", "network"]
    assert sorted(a.feed_id for a in addresses) == sorted(f.id for f in feeds if f.kind != "network" and f.id)
    assert len(rows) == len(feeds)


def test_former_city_gets_no_feed(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_city(session, "Paris", ends_on=date(2026, 11, 21))
        make_city(session, "London", ends_on=date(2026, 11, 22))
        ensure_feeds(session, settings, MADE_AT)
        feeds = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).all()
        assert [feed.city.name for feed in feeds if feed.city] == ["London"]


def test_same_rows_give_the_same_bytes_and_keep_etag_and_date(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_programme(session)
        ensure_feeds(session, settings, MADE_AT)
    assert publish_stale(database, settings, MADE_AT) == 6
    before = _rows(database)
    assert publish_stale(database, settings, LATER) == 0
    with database.transaction() as session:
        mark_all_stale(session)
    properties.forget()  # written again from the rows, not taken from memory
    assert publish_stale(database, settings, LATER) == 6
    assert _rows(database) == before


def test_change_gives_new_bytes_a_new_etag_and_a_later_date(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        cycle = make_cycle(session, lead_city=make_city(session))
        make_city(session, "Dublin")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    before = _rows(database)
    with database.transaction() as session:
        session.add(cycle)
        cycle.title = "Another"
        for entry in (*cycle.stages, *cycle.sittings):
            touch(entry, LATER)
        mark_cycle_stale(session, cycle)
    publish_stale(database, settings, MADE_AT)  # a clock that has not moved, or runs behind
    after = _rows(database)
    changed = {feed_id for feed_id in before if before[feed_id] != after[feed_id]}
    assert changed == {_feed_of(database, "Stockholm")}  # Dublin and the public see nothing of it
    for feed_id in changed:
        assert after[feed_id][1] != before[feed_id][1]
        assert after[feed_id][2] == before[feed_id][2] + timedelta(seconds=1)


def test_publication_date_is_a_whole_second(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT.replace(microsecond=999_999))
    assert [row[2] for row in _rows(database).values()] == [MADE_AT]


def test_newer_zone_data_publishes_every_feed_anew(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events' own bytes are the same; the zones around them are not, and clients have to hear of it."""
    with database.transaction() as session:
        make_training(session, host_city=make_city(session), marking="TLP:CLEAR")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, MADE_AT)
    monkeypatch.setattr(publication_diff, "frame", lambda: "zones of 2099")
    assert publish_stale(database, settings, LATER) == 2
    assert {row[2] for row in _rows(database).values()} == {LATER}
    assert publish_stale(database, settings, LATER) == 0


def test_feed_that_cannot_be_built_stays_stale_and_stops_no_other(
    database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        city = make_city(session)
        make_city(session, "Dublin")
        broken = make_training(session, host_city=city, cities=[city])
        ensure_feeds(session, settings, MADE_AT)
        broken.time_zone = "Mars/Olympus"
    assert publish_stale(database, settings, MADE_AT) == 2
    with database.transaction() as session:
        stale = session.exec(select(PublishedFeed).where(col(PublishedFeed.looked_on).is_(None))).all()
        assert [row.feed_id for row in stale] == [_feed_of(database, "Stockholm")]
        session.get_one(TrainingEvent, broken.id).time_zone = "Europe/Stockholm"
    assert publish_stale(database, settings, LATER) == 1


def test_change_made_while_a_feed_is_being_written_is_published_next(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher has read the old title and not yet committed when the change is made and marked."""
    with database.transaction() as session:
        training = make_training(session, host_city=make_city(session), marking="TLP:CLEAR", title="Old")
        ensure_feeds(session, settings, MADE_AT)
    has_read, may_go_on = Event(), Event()
    build = publication_diff.published_items

    def slow(session: Session, names: Iterable[str] | None = None) -> dict[str, Item]:
        found = build(session, names)
        has_read.set()
        assert may_go_on.wait(10)
        return found

    monkeypatch.setattr(publication_diff, "published_items", slow)
    publisher = Thread(target=publish_stale, args=(database, settings, MADE_AT))
    publisher.start()
    assert has_read.wait(10)
    changer = Thread(target=_rename, args=(database, training.id, "New"))
    changer.start()
    changer.join(0.3)
    may_go_on.set()
    publisher.join(10)
    changer.join(10)
    monkeypatch.setattr(publication_diff, "published_items", build)
    assert publish_stale(database, settings, LATER) >= 1
    assert all(b"New" in row[0] and b"Old" not in row[0] for row in _rows(database).values())


def test_two_publishers_never_write_one_feed_twice(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_programme(session)
        ensure_feeds(session, settings, MADE_AT)
    done: list[int] = []
    threads = [
        Thread(target=lambda: done.append(publish_stale(database, settings, MADE_AT))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(done) == 6


def test_address_is_derived_and_only_its_digest_is_kept(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_city(session)
        ensure_feeds(session, settings, MADE_AT)
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        (row,) = feed.addresses
        token = token_for(settings, row.feed_id, row.serial)
        assert row.token_digest == digest(token)
        assert current_address(settings, feed) == f"{settings.base_url}/feeds/{token}.ics"
        assert len(token) == 43
        assert token not in str(row.model_dump())


def test_address_made_under_another_secret_key_is_not_shown(database: Database, settings: Settings) -> None:
    """It still works for those who have it; it cannot be derived any more."""
    with database.transaction() as session:
        make_city(session)
        ensure_feeds(session, settings, MADE_AT)
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        other = Settings(database_url=settings.database_url, secret_key="x" * 40)
        assert current_address(settings, feed) is not None
        assert current_address(other, feed) is None


def test_replaced_address_is_a_new_one_and_leaves_a_trail(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        make_city(session)
        ensure_feeds(session, settings, MADE_AT)
        feed = session.exec(select(Feed).where(Feed.kind == FeedKind.CITY)).one()
        before = current_address(settings, feed)
        replace_address(session, feed, actor=None, settings=settings, now=LATER, reason="lost laptop")
        assert current_address(settings, feed) not in (None, before)
        assert [address.revoked_at for address in feed.addresses] == [LATER, None]
        first, entry = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert (first.action, first.subject) == ("give feed address", f"feed:{feed.id}")
        assert (entry.action, entry.subject, entry.reason) == (
            "replace feed address",
            f"feed:{feed.id}",
            "lost laptop",
        )
        assert verify(session).is_whole


def test_revoked_city_feed_has_no_address_and_gets_none_back(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        city = make_city(session)
        ensure_feeds(session, settings, MADE_AT)
        for _ in range(2):  # the second time there is nothing left to revoke
            revoke_city_feed(session, city, actor=None, now=LATER)
        ensure_feeds(session, settings, LATER)
        feed = session.exec(select(Feed).where(Feed.city_id == city.id)).one()
        assert current_address(settings, feed) is None
        assert (
            len(session.exec(select(AuditEntry).where(AuditEntry.action != "give feed address")).all()) == 1
        )


def test_feed_stops_by_itself_when_a_membership_runs_out(database: Database, settings: Settings) -> None:
    """The end may have been written months before; the next tick of the day after stops the feed."""
    with database.transaction() as session:
        city = make_city(session, "Stockholm")
        ensure_feeds(session, settings, MADE_AT)
        city.memberships[0].ends_on = date(2026, 11, 30)
        make_city(session, "Dublin")
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    assert _has_address(database, settings, city)
    publish_stale(database, settings, datetime(2026, 11, 30, 23, 0, tzinfo=UTC))  # midnight in Stockholm
    assert not _has_address(database, settings, city)


def test_member_who_became_a_partner_keeps_the_feed(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        city = make_city(session, ends_on=date(2026, 11, 30))
        city.memberships.append(Membership(status=MembershipStatus.PARTNER, starts_on=date(2026, 12, 1)))
        ensure_feeds(session, settings, MADE_AT)
    publish_stale(database, settings, datetime(2027, 6, 1, tzinfo=UTC))
    assert _has_address(database, settings, city)


def test_uid_names_nobody_and_is_never_given_twice() -> None:
    assert new_uid() != new_uid()
    assert new_uid().endswith("@exchange")


def _rows(database: Database) -> dict[int, tuple[bytes, str, datetime]]:
    with database.reading() as session:
        rows = session.exec(select(PublishedFeed)).all()
        assert all(row.published_at for row in rows)
        return {row.feed_id: _told(calendar_document(session, row)) for row in rows}


def _told(document: CalendarDocument) -> tuple[bytes, str, datetime]:
    """Bytes, tag and date as they are answered with."""
    state = FeedState(document.published_at, FileName("calendar"), is_secret=True)
    validators = responses_for(document.content, state).codings[Coding.IDENTITY].validators
    return document.content, validators.etag, validators.modified_at


def _feed_of(database: Database, name: str) -> int:
    with database.reading() as session:
        feed = session.exec(select(Feed).join(City).where(City.name == name)).one()
        return feed.id or 0


def _has_address(database: Database, settings: Settings, city: City) -> bool:
    with database.reading() as session:
        feed = session.exec(select(Feed).where(Feed.city_id == city.id)).one()
        return current_address(settings, feed) is not None


def _rename(database: Database, training_id: int, title: str) -> None:
    with database.transaction() as session:
        training = session.get_one(TrainingEvent, training_id)
        training.title = title
        session.flush()
        mark_all_stale(session)
