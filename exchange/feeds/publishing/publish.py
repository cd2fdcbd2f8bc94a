"""Publish feeds: what publication_diff.py found becomes what web processes answer with, in one transaction.

A request never builds and this never answers one. The cost follows the change: of an item that moves,
its variants are written anew; lists of feeds only when somebody else may see it, and all of them once a day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col

from exchange.db import Database
from exchange.duties.configured import profiles_of
from exchange.feeds.content.feed_owners import audience_of
from exchange.feeds.content.queries import entries_for
from exchange.feeds.content.variants_by_reader import VariantName
from exchange.feeds.icalendar.calendar_properties import properties_of
from exchange.feeds.icalendar.vevent import calendar_bytes
from exchange.feeds.publishing.invalidation import (
    mark_all_stale,
    mark_cycle_stale,
    mark_training_stale,
    new_uid,
    touch,
)
from exchange.feeds.publishing.publication_diff import OWED, Draft, Due, Listing, draft_of, due_on
from exchange.feeds.publishing.variant_writer import Overtaken, all_exist, lock, renew, sweep
from exchange.feeds.subscriptions.feed_lifecycle import ensure_feeds, make_missing, stop_ended
from exchange.models import Feed, FeedChange, Outlook, PublishedFeed
from exchange.settings import Settings

__all__ = [
    "ensure_feeds",
    "feed_bytes",
    "mark_all_stale",
    "mark_cycle_stale",
    "mark_training_stale",
    "new_uid",
    "publish_due",
    "publish_stale",
    "touch",
]

TRIES = 5  # when other publishers are faster; the next tick tries again

_Values = dict[str, object]


def publish_stale(database: Database, settings: Settings, now: datetime) -> int:
    """Publish all that a change, another day, new zone data or a new release made due.

    Returns how many feeds were looked at, or events when no list had to be. Feeds that have to stop are
    stopped, those that are missing made. Many publishers may run. A feed that fails stays due and keeps
    no other.
    """
    done = publish_due(database, settings, now)
    stop_ended(database, now)
    if make_missing(database, settings, now):
        done += publish_due(database, settings, now)
    return done


def feed_bytes(session: Session, feed: Feed, settings: Settings, on: date | None = None) -> bytes:
    """A feed's calendar as the rows are now, from the ground up, on a day (UTC)."""
    audience = audience_of(feed, settings.network_time_zone, on)
    name, profiles = settings.network_short_name, profiles_of(settings)
    entries = entries_for(session, audience, network=name, on=on, profiles=profiles)
    return calendar_bytes(properties_of(feed, settings), entries)


def publish_due(database: Database, settings: Settings, now: datetime) -> int:
    """Publish what is due among the feeds that there are."""
    for _ in range(TRIES):
        with database.reading() as session:
            due = due_on(session, settings, now.date())
            if not due:
                return 0
            draft = draft_of(session, due, settings, now)
        try:
            with database.transaction() as session:
                return _write(session, draft, now)
        except Overtaken:
            continue
    return 0


def _write(session: Session, draft: Draft, now: datetime) -> int:
    """Write the draft; how many feeds were looked at, or variants when none was. Raises Overtaken."""
    at = lock(session, now)
    new = renew(session, draft.renewals, at)
    done = _write_lists(session, draft, new, at)
    _take(session, draft.due, draft.failed_items)
    if draft.due.has_owed:
        _note_seen(session, draft)
    if draft.due.feed_ids:
        sweep(session)
    return done or len(draft.renewals)


def _write_lists(session: Session, draft: Draft, new: Mapping[VariantName, int], at: datetime) -> int:
    """Write the lists that are new, and that complete ones were looked at; how many feeds that concerns."""
    known = {**{name: variant.id for name, variant in draft.stored.items()}, **new}
    changed: list[_Values] = []
    same: list[_Values] = []
    for listing in draft.listings:
        if listing.row.feed_id in draft.failed_feeds:
            continue
        variant_ids = " ".join(map(str, sorted(listing.stay | {known[name] for name in listing.names})))
        if _is_new(listing, variant_ids):
            changed.append(_looked(listing, draft) | _shown(listing, variant_ids, at))
        elif listing.is_full:
            same.append(_looked(listing, draft))
    failed: list[_Values] = [{"of_feed": feed_id, "looked_on": None} for feed_id in draft.failed_feeds]
    _update(session, changed)
    _update(session, same)
    _update(session, failed)
    listed = {int(id_) for values in changed for id_ in str(values["slots"]).split()}
    if not all_exist(session, listed.difference(new.values())):
        raise Overtaken
    return len(changed) + len(same)


def _is_new(listing: Listing, variant_ids: str) -> bool:
    row = listing.row
    shown = (row.slots, row.head, row.time_zone)
    return row.version == 0 or shown != (variant_ids, listing.properties, listing.time_zone)


def _looked(listing: Listing, draft: Draft) -> _Values:
    row = listing.row
    return {
        "of_feed": row.feed_id,
        "seen": row.version,
        "looked_on": draft.on if listing.is_full else row.looked_on,
        "built_with": draft.made_with if listing.is_full else row.built_with,
    }


def _shown(listing: Listing, variant_ids: str, at: datetime) -> _Values:
    return {
        "version": listing.row.version + 1,
        "slots": variant_ids,
        "head": listing.properties,
        "time_zone": listing.time_zone,
        "published_at": at,
    }


def _update(session: Session, rows: Sequence[_Values]) -> None:
    """Raises Overtaken when a row is not at the version that was seen."""
    if not rows:
        return
    columns: _Values = {name: bindparam(name) for name in rows[0] if name not in ("of_feed", "seen")}
    statement = update(PublishedFeed).where(col(PublishedFeed.feed_id) == bindparam("of_feed"))
    if "seen" in rows[0]:
        statement = statement.where(col(PublishedFeed.version) == bindparam("seen"))
    if session.connection().execute(statement.values(columns), list(rows)).rowcount != len(rows):
        raise Overtaken


def _note_seen(session: Session, draft: Draft) -> None:
    """Up to which entry of the trail calendars show what people owe."""
    seen = {"seen": draft.due.newest, "looked_on": draft.on, "made_with": draft.made_with}
    session.merge(Outlook(what=OWED, item="", **seen))  # type: ignore[arg-type]  # columns by their names
    session.flush()


def _take(session: Session, due: Due, failed_items: set[str]) -> None:
    """Delete the changes that are published now; those marked since, or that failed, stay."""
    changes = [id_ for id_, item in due.changes.items() if item not in failed_items]
    if not changes:
        return
    statement = delete(FeedChange.__table__).where(col(FeedChange.id) == bindparam("of_change"))  # type: ignore[attr-defined]  # the plain table
    rows = [{"of_change": id_} for id_ in changes]
    if session.connection().execute(statement, rows).rowcount != len(rows):
        raise Overtaken
