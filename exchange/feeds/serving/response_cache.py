"""The shelf of one web process: finished answers by feed, thrown out when another version is published.

Asks the database at most once a second whether anything changed, in one statement, and for a feed's
bytes when somebody wants them; otherwise an answer costs no statement. It decides nothing about HTTP.
"""

from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.feeds.answers import Edition, Finished, finished
from exchange.feeds.filters import EVERYTHING, Filter
from exchange.feeds.volumes import Volume, named, volume_of
from exchange.models import Feed, FeedAddress, FeedKind, FeedSlot, PublishedFeed
from exchange.tokens import digest

log = structlog.get_logger("exchange")

NETWORK = "network"  # the last part of the public feed's address; no token is so short
PATIENCE_SECONDS = 2.0  # that a request waits for another's look, when the last one is older than this
OUTAGE_SECONDS = 900.0  # that secret feeds are answered from memory while nobody can say they were revoked


class Unavailable(Exception):
    """The database cannot be asked, and what is in memory does not answer this."""


class Revoked(Exception):
    """The address has stopped, for good."""


class Unpublished(Exception):
    """The feed is new: nothing was ever published of it."""


class _Place(NamedTuple):
    feed_id: int
    is_revoked: bool


@dataclass
class _Held:
    """Answers on the shelf, and the state of the feed they were made from."""

    answers: Finished
    volume: Volume
    is_old: bool = False


@dataclass(frozen=True)
class _Index:
    """Every address, and the versions at which feeds and slots stand, as of one look."""

    stamp: tuple[int, ...]
    versions: dict[int, int]
    slots: dict[int, int]
    places: dict[str, _Place]
    network_id: int | None


class Shelf:
    """Safe to share between threads; make one per process."""

    def __init__(self, database: Database, *, seconds: float, most_bytes: int) -> None:
        self._database = database
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._index: _Index | None = None
        self._held: dict[tuple[int, Filter], _Held] = {}
        self._looked_at = self._next_look = float("-inf")
        self._is_failing = False
        self._uses = 0
        self._looking, self._filling = Lock(), Lock()

    def answers(self, name: str, wanted: Filter = EVERYTHING) -> Finished | None:
        """The answers for the last part of an address; None when no feed ever had that one.

        Raises Revoked, Unpublished and Unavailable.
        """
        if monotonic() >= self._next_look:
            self._look()
        index = self._index
        if index is None:
            raise Unavailable
        place = index.places.get(digest(name)) if name != NETWORK else _public(index)
        if place is None:
            if self._is_failing:
                raise Unavailable  # it may be a new one
            return None
        if place.is_revoked:
            raise Revoked
        if self._is_failing and name != NETWORK and monotonic() > self._looked_at + OUTAGE_SECONDS:
            raise Unavailable
        held = self._held.get((place.feed_id, wanted))
        if held is None or held.is_old:
            held = self._fill(place.feed_id, wanted)
        self._uses += 1  # a count that threads now and then lose is good enough to throw out by
        held.answers.used = self._uses
        return held.answers

    def _look(self) -> None:
        """Ask whether anything changed; one thread does, the others go on unless what they know is old."""
        is_old = monotonic() > self._looked_at + PATIENCE_SECONDS and not self._is_failing
        if not self._looking.acquire(timeout=PATIENCE_SECONDS if is_old else 0):
            return
        try:
            if monotonic() >= self._next_look:
                self._ask()
        finally:
            self._looking.release()

    def _ask(self) -> None:
        began = monotonic()
        try:
            with self._database.reading() as session:
                stamp = _stamp(session)
                if self._index is None or stamp != self._index.stamp:
                    self._turn_to(_read_index(session, stamp))
        except SQLAlchemyError as error:
            if not self._is_failing:
                log.warning("feeds are answered from memory", cause=type(error).__name__)
            self._is_failing = True
        else:
            self._is_failing, self._looked_at = False, began
        self._next_look = monotonic() + self._seconds

    def _turn_to(self, index: _Index) -> None:
        """What is held of another state is taken anew when next asked for."""
        self._index = index
        for (feed_id, _), held in list(self._held.items()):
            held.is_old = not _is_present(held.volume, feed_id, index)

    def _fill(self, feed_id: int, wanted: Filter) -> _Held:
        """Take a feed's present bytes; what is held meanwhile when the database is away."""
        with self._filling:
            present = self._held.get((feed_id, wanted))
            if present is not None and not present.is_old:
                return present
            try:
                made = self._read(feed_id, wanted)
            except SQLAlchemyError:
                if present is None:
                    raise Unavailable from None
                return present
            except LookupError:
                log.exception("feed not answered", feed_id=feed_id)
                raise Unavailable from None
            self._held[feed_id, wanted] = made
            # Somebody may have turned to a newer state while this one was read.
            index = self._index
            made.is_old = index is not None and not _is_as_new(made.volume, feed_id, index)
            self._make_room()
            return made

    def _read(self, feed_id: int, wanted: Filter) -> _Held:
        with self._database.reading() as session:
            row = session.exec(select(PublishedFeed).where(PublishedFeed.feed_id == feed_id)).one()
            if row.published_at is None:
                raise Unpublished
            if not row.version:
                raise Unavailable  # an older release published it, and the next tick does again
            feed = session.exec(select(Feed).where(Feed.id == feed_id)).one()
            volume = volume_of(session, row, wanted)
            edition = Edition(volume.published_at, named(feed), feed.kind != FeedKind.NETWORK)
        return _Held(finished(volume.content, edition), replace(volume, content=b""))

    def _make_room(self) -> None:
        """Throw out what was not asked for longest, until the rest is within bounds."""
        total = sum(held.answers.size for held in self._held.values())
        for key, held in sorted(self._held.items(), key=lambda item: item[1].answers.used):
            if total <= self._most_bytes or len(self._held) == 1:
                return
            total -= held.answers.size
            self._held.pop(key, None)


def _is_present(volume: Volume, feed_id: int, index: _Index) -> bool:
    versions = sum(index.slots.get(slot, 0) for slot in volume.slots)
    return index.versions.get(feed_id) == volume.version and versions == volume.slot_versions


def _is_as_new(volume: Volume, feed_id: int, index: _Index) -> bool:
    """Whether the index knows of nothing newer; what was just read may be newer than the index."""
    versions = sum(index.slots.get(slot, 0) for slot in volume.slots)
    return index.versions.get(feed_id, 0) <= volume.version and versions <= volume.slot_versions


def _public(index: _Index) -> _Place | None:
    return None if index.network_id is None else _Place(index.network_id, is_revoked=False)


def _stamp(session: Session) -> tuple[int, ...]:
    """Numbers that no publication, no new address and no revocation leaves as they were."""
    told: sa.Select[Any] = sa.select(
        select(func.count(col(PublishedFeed.feed_id))).scalar_subquery(),
        select(func.coalesce(func.sum(col(PublishedFeed.version)), 0)).scalar_subquery(),
        select(func.count(col(FeedSlot.id))).scalar_subquery(),
        select(func.coalesce(func.sum(col(FeedSlot.version)), 0)).scalar_subquery(),
        select(func.count(col(FeedAddress.id))).scalar_subquery(),
        select(func.count(col(FeedAddress.revoked_at))).scalar_subquery(),
    )
    row = session.connection().execute(told).one()
    return tuple(int(number) for number in row)


def _read_index(session: Session, stamp: tuple[int, ...]) -> _Index:
    versions = session.exec(select(PublishedFeed.feed_id, PublishedFeed.version)).all()
    slots = session.exec(select(FeedSlot.id, FeedSlot.version)).all()
    addresses = session.exec(
        select(FeedAddress.token_digest, FeedAddress.feed_id, FeedAddress.revoked_at)
    ).all()
    return _Index(
        stamp=stamp,
        versions=dict(versions),
        slots={id_: version for id_, version in slots if id_},
        places={token: _Place(feed_id, revoked_at is not None) for token, feed_id, revoked_at in addresses},
        network_id=session.exec(select(Feed.id).where(Feed.kind == FeedKind.NETWORK)).first(),
    )
