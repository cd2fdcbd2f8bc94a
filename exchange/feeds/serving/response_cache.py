"""The cache of one web process: finished responses by feed, evicted when another version is published.

Asks the database at most once a second whether anything changed, in one statement, and for a feed's
bytes when somebody wants them; otherwise a response costs no statement. It decides nothing about HTTP.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from exchange.db import Database
from exchange.errors import WrongSchema
from exchange.feeds.content.subscriber_filters import EVERYTHING, Filter
from exchange.feeds.serving.address_state import AddressState
from exchange.feeds.serving.calendar_documents import CalendarDocument, calendar_document, file_name_of
from exchange.feeds.serving.published_index import Index, read_index, stamp_of
from exchange.feeds.serving.responses import FeedResponses, FeedState, responses_for
from exchange.health.schema_version import SchemaWatch
from exchange.models import Feed, FeedKind, PublishedFeed
from exchange.settings import Settings

log = structlog.get_logger("exchange")

NETWORK = "network"  # the last part of the public feed's address; no token is so short
PATIENCE_SECONDS = 2.0  # that a request waits for another's look, when the last one is older than this
OUTAGE_SECONDS = 900.0  # that secret feeds are answered from memory while nobody can say they were revoked


class Unavailable(Exception):
    """The database cannot be asked, and what is in memory does not answer this."""


class Revoked(Exception):
    """The address has stopped, for good."""


class NotHeld(Exception):
    """The database must be asked. ``address`` is whose feed's bytes are wanted, None: what changed."""

    def __init__(self, address: AddressState | None = None) -> None:
        super().__init__()
        self.address = address


class Unpublished(Exception):
    """The feed is new: nothing was ever published of it."""


@dataclass
class _CacheEntry:
    """Responses of one feed, and the state of it that they were made from."""

    responses: FeedResponses
    document: CalendarDocument
    is_old: bool = False


class ResponseCache:
    """Safe to share between threads; make one per process."""

    def __init__(
        self, database: Database, *, seconds: float, most_bytes: int, schema: SchemaWatch | None = None
    ) -> None:
        self._database = database
        self._schema = schema or SchemaWatch(database)
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._index: Index | None = None
        self._entries: dict[tuple[int, Filter], _CacheEntry] = {}
        self._looked_at = self._next_look = float("-inf")
        self._is_failing = False
        self._uses = 0
        self._changes = self._looked_for = 0  # made in this process, and when a look that saw them began
        self._looking, self._filling = Lock(), Lock()

    @classmethod
    def configured(cls, settings: Settings, database: Database, schema: SchemaWatch) -> "ResponseCache":
        """With the bounds that the settings give."""
        most_bytes = settings.feed_memory_mib * 2**20
        return cls(database, seconds=settings.feed_check_seconds, most_bytes=most_bytes, schema=schema)

    def look_again(self) -> None:
        """Ask the database before the next response: something was done here that may have changed it.

        A look that is under way may have begun before, and does not count.
        """
        self._changes += 1

    @property
    def _is_behind(self) -> bool:
        return self._changes != self._looked_for

    def responses(self, name: str, wanted: Filter = EVERYTHING, *, now: datetime) -> FeedResponses | None:
        """The responses for the last part of an address, None when no feed ever had it; raises as find."""
        found = self.find(name, wanted, now=now)
        return found and found[1]

    def find(
        self, name: str, wanted: Filter = EVERYTHING, *, now: datetime
    ) -> tuple[AddressState, FeedResponses] | None:
        """As responses, with the address they are for. Raises Revoked, Unpublished and Unavailable."""
        if self._is_behind or monotonic() >= self._next_look:
            self._look()
        try:
            return self._held(name, wanted, now)
        except NotHeld as absent:
            if absent.address is None:
                raise Unavailable from None
            return absent.address, self.filled(absent.address, wanted)

    def filled(self, address: AddressState, wanted: Filter) -> FeedResponses:
        """The responses with their bodies, read where memory has none. Raises as responses."""
        return self._used(self._fill(address.feed_id, wanted))

    def held(self, name: str, wanted: Filter, *, now: datetime) -> tuple[AddressState, FeedResponses] | None:
        """The same from memory alone, without waiting; raises NotHeld when the database must be asked.

        What is known is good for PATIENCE_SECONDS: whoever serves looks ahead, so that nobody waits for it.
        """
        is_old = monotonic() > self._looked_at + PATIENCE_SECONDS
        if self._is_behind or (self._is_look_needed and (is_old or not self._seconds)):
            raise NotHeld
        return self._held(name, wanted, now)

    @property
    def _is_look_needed(self) -> bool:
        return monotonic() >= self._next_look

    @property
    def is_look_due(self) -> bool:
        """Whether somebody should look now, and nobody does."""
        return self._is_look_needed and not self._looking.locked()

    def look(self) -> None:
        """Ask the database whether anything changed, where that is due; it may wait."""
        if self._is_look_needed:
            self._look()

    def _held(self, name: str, wanted: Filter, now: datetime) -> tuple[AddressState, FeedResponses] | None:
        index = self._index
        if index is None:
            raise Unavailable
        address = index.find(name) if name != NETWORK else index.network
        if address is None:
            if self._is_failing:
                raise Unavailable  # it may be a new one
            return None
        if address.is_revoked or (address.ends_at is not None and address.ends_at <= now):
            raise Revoked
        if self._is_failing and name != NETWORK and monotonic() > self._looked_at + OUTAGE_SECONDS:
            raise Unavailable
        entry = self._entries.get((address.feed_id, wanted))
        if entry is None or entry.is_old:
            raise NotHeld(address)
        return address, self._used(entry)

    def _used(self, entry: _CacheEntry) -> FeedResponses:
        self._uses += 1  # a count that threads now and then lose is good enough to throw out by
        entry.responses.used = self._uses
        return entry.responses

    def _look(self) -> None:
        """Ask whether anything changed; one thread does, the others go on unless what they know is old."""
        is_old = monotonic() > self._looked_at + PATIENCE_SECONDS and not self._is_failing
        if not self._looking.acquire(timeout=PATIENCE_SECONDS if is_old or self._is_behind else 0):
            return
        try:
            if self._is_behind or monotonic() >= self._next_look:
                self._ask()
        finally:
            self._looking.release()

    def _ask(self) -> None:
        began, changes = monotonic(), self._changes
        try:
            self._schema.check()
            with self._database.reading() as session:
                stamp = stamp_of(session)
                if self._index is None or stamp != self._index.stamp:
                    self._turn_to(read_index(session, stamp))
        except (SQLAlchemyError, WrongSchema) as error:
            if not self._is_failing:
                log.warning("feeds are answered from memory", cause=type(error).__name__)
            self._is_failing = True
        else:
            self._is_failing, self._looked_at = False, began
        self._next_look, self._looked_for = monotonic() + self._seconds, changes

    def _turn_to(self, index: Index) -> None:
        """What is held of another state is taken anew when next asked for."""
        self._index = index
        for (feed_id, _), entry in list(self._entries.items()):
            entry.is_old = not _is_present(entry.document, feed_id, index)

    def _fill(self, feed_id: int, wanted: Filter) -> _CacheEntry:
        """Take a feed's present bytes; what is held meanwhile when the database is away."""
        with self._filling:
            present = self._entries.get((feed_id, wanted))
            if present is not None and not present.is_old and present.responses.has_bodies:
                return present
            try:
                made = self._read(feed_id, wanted)
            except SQLAlchemyError:
                if present is None or not present.responses.has_bodies:
                    raise Unavailable from None
                return present
            except LookupError:
                log.exception("feed not answered", feed_id=feed_id)
                raise Unavailable from None
            self._entries[feed_id, wanted] = made
            self._used(made)  # before others are thrown out: nobody waits for them now
            # Somebody may have turned to a newer state while this one was read.
            index = self._index
            made.is_old = index is not None and not _is_as_new(made.document, feed_id, index)
            self._evict()
            return made

    def _read(self, feed_id: int, wanted: Filter) -> _CacheEntry:
        with self._database.reading() as session:
            row = session.exec(select(PublishedFeed).where(PublishedFeed.feed_id == feed_id)).one()
            if row.published_at is None:
                raise Unpublished
            if not row.version:
                raise Unavailable  # an older release published it, and the next tick does again
            feed = session.exec(select(Feed).where(Feed.id == feed_id)).one()
            document = calendar_document(session, row, wanted)
            state = FeedState(document.published_at, file_name_of(feed), feed.kind != FeedKind.NETWORK)
        return _CacheEntry(responses_for(document.content, state), replace(document, content=b""))

    def _evict(self) -> None:
        """Throw out bodies, those not asked for longest first, until the rest is within bounds.

        Tags and dates stay, so that who has a calendar costs no reading of it; they go last.
        """
        total = sum(entry.responses.size for entry in self._entries.values())
        if total <= self._most_bytes:
            return
        *by_use, _newest = sorted(self._entries.items(), key=lambda item: item[1].responses.used)
        for _, entry in by_use:
            if total > self._most_bytes:
                kept = entry.responses.without_bodies()
                total -= entry.responses.size - kept.size
                entry.responses = kept
        for key, entry in by_use:
            if total > self._most_bytes:
                total -= entry.responses.size
                self._entries.pop(key, None)


def _is_present(document: CalendarDocument, feed_id: int, index: Index) -> bool:
    versions = sum(index.variants.get(variant, 0) for variant in document.variants)
    return index.versions.get(feed_id) == document.version and versions == document.variant_versions


def _is_as_new(document: CalendarDocument, feed_id: int, index: Index) -> bool:
    """Whether the index knows of nothing newer; what was just read may be newer than the index."""
    versions = sum(index.variants.get(variant, 0) for variant in document.variants)
    return index.versions.get(feed_id, 0) <= document.version and versions <= document.variant_versions
