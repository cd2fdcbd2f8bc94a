"""The mirror: the same bytes as files in a folder or a bucket, for a CDN to hand out.

Files are replaced at once, and removed when their address is revoked. What lies there is compared with
what ought to, so a run that was broken off is made good by the next.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.mirror.storage_backends import StorageBackend, storage_backend
from exchange.feeds.serving.calendar_documents import calendar_document, file_name_of
from exchange.feeds.serving.responses import CALENDAR, FOR_ALL, FOR_ONE
from exchange.feeds.subscriptions.secret_addresses import token_of
from exchange.models import Feed, FeedKind, FeedSlot, PublishedFeed
from exchange.settings import Settings
from exchange.system.outages import outage_in
from exchange.tokens import digest

log = structlog.get_logger("exchange")

UNKNOWN = ""  # the mark of a file of which nobody can say in what state it lies there


@dataclass(frozen=True)
class File:
    """A file that ought to lie in the mirror: in the state of its feed ``mark``, when ``lies`` lay there."""

    name: str
    feed_id: int
    mark: str
    lies: str


def sync_mirror(database: Database, settings: Settings) -> int:
    """Put what changed, take away what was revoked; how many files were put or removed."""
    backend = storage_backend(settings)
    if backend is None:
        return 0
    there = backend.names()
    with database.reading() as session:
        wanted = _wanted(session, settings)
    gone = sorted(there - {file.name for file in wanted})
    for name in gone:  # first: a revocation must not wait for the rest
        backend.remove(name)
    new = [file for file in wanted if file.lies != file.mark or file.name not in there]
    return len(gone) + sum(_put(database, backend, file) for file in new)


def _wanted(session: Session, settings: Settings) -> list[File]:
    """The files that ought to lie in the mirror: public feeds, and secret ones when asked for."""
    versions = dict(session.exec(select(col(FeedSlot.id), FeedSlot.version)).all())
    found = []
    for feed in all_feeds(session):
        row = session.get(PublishedFeed, feed.id)
        name = _name(feed, settings)
        if row is not None and row.version and name:
            shown = sum(versions.get(id_, 0) for id_ in map(int, row.slots.split()))
            # The name is part of the mark: a new address is a new file of the same bytes.
            mark = f"{digest(name)[:16]} {row.version} {shown}"
            found.append(File(name, row.feed_id, mark, row.outlet_mark))
    return found


def _name(feed: Feed, settings: Settings) -> str | None:
    if feed.kind == FeedKind.NETWORK:
        return "network.ics"
    token = token_of(settings, feed) if settings.feed_outlet_secret else None
    return f"{token}.ics" if token else None


def _put(database: Database, backend: StorageBackend, file: File) -> bool:
    """Put one file; whether that worked. What fails is tried again by the next tick."""
    try:
        with database.reading() as session:
            feed = session.get_one(Feed, file.feed_id)
            content = calendar_document(session, session.get_one(PublishedFeed, file.feed_id)).content
            cached = FOR_ALL if feed.kind == FeedKind.NETWORK else FOR_ONE
            headers = [CALENDAR, cached, file_name_of(feed).header]
        backend.put(file.name, content, headers)
    except Exception as error:  # the next file is not to blame; the log has the cause
        if outage_in(error):
            raise  # but would meet the same
        log.exception("feed not put into the mirror", feed_id=file.feed_id)
        return False
    with database.transaction() as session:
        _mark(session, file)
    return True


def _mark(session: Session, file: File) -> None:
    """Say what lies there; when somebody else put the file meanwhile, nobody knows, and it is put again."""
    row = update(PublishedFeed).where(col(PublishedFeed.feed_id) == file.feed_id)
    is_ours = col(PublishedFeed.outlet_mark) == file.lies
    if session.execute(row.where(is_ours).values(outlet_mark=file.mark)).rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has it
        session.execute(row.values(outlet_mark=UNKNOWN))
