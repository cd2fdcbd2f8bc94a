"""Publish feeds: find what a change or a day made due, write the events that are new, list them per feed.

A request never builds and this never answers one. What a feed shows is decided in redact.py. The cost
follows the change: one item is read and written again, and the lists of the feeds that show it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

import structlog
from sqlalchemy import CursorResult, bindparam, delete, update
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.feeds import components
from exchange.feeds.build import calendar_bytes, head_bytes
from exchange.feeds.changes import (
    EVERYTHING,
    mark_all_stale,
    mark_cycle_stale,
    mark_training_stale,
    new_uid,
    touch,
)
from exchange.feeds.components import Wanted
from exchange.feeds.heads import head_of, publisher_of
from exchange.feeds.items import Reader, Shown, published_items
from exchange.feeds.queries import audience_of, entries_for
from exchange.feeds.standing import ensure_feeds, make_missing, stop_ended
from exchange.models import City, Feed, FeedChange, PublishedFeed
from exchange.rules.timezones import zone_data_version
from exchange.settings import Settings

__all__ = [
    "ensure_feeds",
    "feed_bytes",
    "mark_all_stale",
    "mark_cycle_stale",
    "mark_training_stale",
    "new_uid",
    "publish_stale",
    "touch",
]

log = structlog.get_logger("exchange")

TRIES = 5  # when other publishers are faster; the next tick tries again
_Values = dict[str, object]

_ONE_SECOND = timedelta(seconds=1)


class _Overtaken(Exception):
    """Another publisher wrote what this one was about to write, from a state of its own."""


@dataclass(frozen=True)
class _Due:
    """What waits: changes by their ids, the items they name, and feeds to be looked at as a whole."""

    changes: tuple[int, ...]
    items: frozenset[str]
    feed_ids: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.changes or self.feed_ids)


@dataclass
class _Draft:
    """New lists for feeds, worked out from one state of the database and not yet written."""

    due: _Due
    made_with: str
    rows: list[PublishedFeed]
    heads: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    lists: dict[int, frozenset[str]] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    missing: list[Wanted] = field(default_factory=list)


def publish_stale(database: Database, settings: Settings, now: datetime) -> int:
    """Publish every feed that a change, another day, new zone data or a new release made due; how many.

    New cities and groups get their feeds first, and those of former members stop. Many publishers may
    run: what one has read, another may have written meanwhile, and then it begins anew. A feed that
    fails stays due and keeps no other.
    """
    make_missing(database, settings, now)
    stop_ended(database, now)
    for _ in range(TRIES):
        with database.reading() as session:
            due = _due(session, _made_with(settings), now.date())
            if not due:
                return 0
            draft = _drafted(session, due, settings)
        try:
            done = _write(database, draft, settings, now)
        except _Overtaken:
            continue
        if due.feed_ids:
            with database.transaction() as session:
                components.sweep(session, now)
        return done
    return 0


def feed_bytes(session: Session, feed: Feed, settings: Settings) -> bytes:
    """A feed's calendar as the rows stand now, from the ground up."""
    audience = audience_of(feed, settings.network_time_zone)
    entries = entries_for(session, audience, network=settings.network_short_name)
    return calendar_bytes(head_of(feed, settings), entries)


def _made_with(settings: Settings) -> str:
    """All that feeds are written from besides rows; another value has them looked at again."""
    told = (settings.network_short_name, settings.network_name, settings.network_time_zone)
    return f"{zone_data_version()} {components.release()} {publisher_of(settings)!r} {told!r}"


def _due(session: Session, made_with: str, today: date) -> _Due:
    changes = session.exec(select(FeedChange.id, FeedChange.item).order_by(col(FeedChange.id))).all()
    rows = session.exec(
        select(PublishedFeed.feed_id, col(PublishedFeed.looked_on), PublishedFeed.built_with)
    ).all()
    items = frozenset(item for _, item in changes)
    feed_ids = frozenset(
        feed_id
        for feed_id, looked_on, built_with in rows
        if EVERYTHING in items or looked_on is None or looked_on < today or built_with != made_with
    )
    return _Due(tuple(id_ for id_, _ in changes if id_), items - {EVERYTHING}, feed_ids)


def _drafted(session: Session, due: _Due, settings: Settings) -> _Draft:
    """The new lists: whole ones for feeds that are due, for the others what the changed items ask for."""
    rows = session.exec(select(PublishedFeed).order_by(col(PublishedFeed.feed_id))).all()
    draft = _Draft(due, _made_with(settings), list(rows))
    names = None if due.feed_ids else due.items
    network = settings.network_short_name
    shown = {name: Shown(row, network) for name, row in published_items(session, names).items()}
    changed = {name: shown[name] for name in due.items if name in shown}
    outdated = components.keys_of_items(session, due.items)
    feeds = {feed.id: feed for feed in _feeds(session)}
    for row in rows:
        feed = feeds[row.feed_id]
        try:
            reader = Reader(audience_of(feed, settings.network_time_zone), feed.city)
            if row.feed_id in due.feed_ids:
                head = head_of(feed, settings)
                draft.heads[row.feed_id] = head_bytes(head), head.time_zone
                draft.lists[row.feed_id] = _keys(draft, shown, reader)
            else:
                kept = frozenset(row.parts.split()) - outdated
                draft.lists[row.feed_id] = kept | _keys(draft, changed, reader)
        except Exception:  # the next feed is not to blame; the log has the cause, the row stays due
            log.exception("feed not published", feed_id=row.feed_id)
            draft.failed.add(row.feed_id)
    draft.missing = components.missing(session, draft.wanted)
    return draft


def _feeds(session: Session) -> Sequence[Feed]:
    return session.exec(
        select(Feed).options(
            selectinload(Feed.city).selectinload(City.memberships),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Feed.group),  # type: ignore[arg-type]  # as above
        )
    ).all()


def _keys(draft: _Draft, shown: dict[str, Shown], reader: Reader) -> frozenset[str]:
    """The keys of all entries of the items that the reader sees; each is noted as wanted."""
    found = []
    for name, item in shown.items():
        for entry in item.to(reader):
            one = components.wanted(name, entry, reader.audience, draft.made_with)
            draft.wanted.setdefault(one.key, one)
            found.append(one.key)
    return frozenset(found)


def _write(database: Database, draft: _Draft, settings: Settings, now: datetime) -> int:
    """Write the events that are missing, outside of any transaction, and then all in one; how many feeds."""
    written = _written(draft, settings, now)
    with database.transaction() as session:
        components.keep(session, written)
        done = _renew(session, draft, now)
        _take(session, draft.due.changes)
        if not components.are_kept(session, draft.wanted):
            raise _Overtaken
    return done


def _written(draft: _Draft, settings: Settings, now: datetime) -> list[dict[str, object]]:
    """The rows of missing components; feeds that list one which cannot be written have failed."""
    publisher, rows = publisher_of(settings), []
    for one in draft.missing:
        try:
            rows += components.written([one], publisher, now)
        except Exception:  # as above
            log.exception("event not written", item=one.item)
            draft.failed |= {feed_id for feed_id, keys in draft.lists.items() if one.key in keys}
            del draft.wanted[one.key]
    return rows


def _renew(session: Session, draft: _Draft, now: datetime) -> int:
    """Write the lists that are new, and that the others were looked at; how many feeds that concerns."""
    changed: list[_Values] = []
    same: list[_Values] = []
    for row in draft.rows:
        if row.feed_id in draft.failed:
            continue
        parts = " ".join(sorted(draft.lists[row.feed_id]))
        head, time_zone = draft.heads.get(row.feed_id, (row.head, row.time_zone))
        is_whole = row.feed_id in draft.due.feed_ids
        looked_on = now.date() if is_whole else row.looked_on
        values: _Values = {
            "of_feed": row.feed_id,
            "seen": row.version,
            "looked_on": looked_on,
            "built_with": draft.made_with if is_whole else row.built_with,
        }
        if row.version and (parts, head, time_zone) == (row.parts, row.head, row.time_zone):
            same += [values] if is_whole else []
            continue
        changed.append(
            values
            | {
                "version": row.version + 1,
                "parts": parts,
                "head": head,
                "time_zone": time_zone,
                "published_at": _later(row.published_at, now),
            }
        )
    failed: list[_Values] = [
        {"of_feed": row.feed_id, "seen": row.version, "looked_on": None}
        for row in draft.rows
        if row.feed_id in draft.failed
    ]
    for rows in (changed, same, failed):
        _update(session, rows)
    return len(changed) + len(same)


def _update(session: Session, rows: Sequence[_Values]) -> None:
    if not rows:
        return
    columns: _Values = {name: bindparam(name) for name in rows[0] if name not in ("of_feed", "seen")}
    statement = (
        update(PublishedFeed)
        .where(
            col(PublishedFeed.feed_id) == bindparam("of_feed"),
            col(PublishedFeed.version) == bindparam("seen"),
        )
        .values(columns)
    )
    if session.connection().execute(statement, list(rows)).rowcount != len(rows):
        raise _Overtaken


def _take(session: Session, changes: Collection[int]) -> None:
    """Delete the changes that are published now; those marked since stay for the next time."""
    if not changes:
        return
    statement = delete(FeedChange).where(col(FeedChange.id).in_(changes))
    # execute() is typed for rows to read; a DELETE gives a cursor with a count
    if cast("CursorResult[tuple[()]]", session.execute(statement)).rowcount != len(changes):
        raise _Overtaken


def _later(before: datetime | None, now: datetime) -> datetime:
    """Whole seconds, as Last-Modified has no finer ones, and after the time before though clocks differ."""
    whole = now.replace(microsecond=0)
    return whole if before is None else max(whole, before + _ONE_SECOND)
