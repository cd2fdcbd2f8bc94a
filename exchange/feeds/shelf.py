"""The shelf of one web process: finished answers by feed, thrown out when another version is published.

Asks the database at most once a second whether anything changed, in one statement, and for a feed's
bytes when somebody wants them; otherwise an answer costs no statement. It decides nothing about HTTP.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import NamedTuple

import structlog
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.feeds.answers import Edition, Finished, finished
from exchange.feeds.filters import EVERYTHING, Filter
from exchange.feeds.volumes import calendar_of, named
from exchange.models import Feed, FeedAddress, FeedKind, PublishedFeed
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


@dataclass(frozen=True)
class _Index:
    """Every address and the version each feed stands at, as of one look."""

    stamp: tuple[int, ...]
    versions: dict[int, int]
    places: dict[str, _Place]
    network_id: int | None


class Shelf:
    """Safe to share between threads; make one per process."""

    def __init__(self, database: Database, *, seconds: float, most_bytes: int) -> None:
        self._database = database
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._index: _Index | None = None
        self._answers: dict[tuple[int, Filter], Finished] = {}
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
        held = self._answers.get((place.feed_id, wanted))
        if held is None or held.version < index.versions[place.feed_id]:
            held = self._fill(place.feed_id, wanted, held, index.versions[place.feed_id])
        self._uses += 1  # a count that threads now and then lose is good enough to throw out by
        held.used = self._uses
        return held

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
                    self._index = _read_index(session, stamp)
                    self._throw_out(lambda key: key[0] not in self._index.versions)  # type: ignore[union-attr]  # just set
        except SQLAlchemyError as error:
            if not self._is_failing:
                log.warning("feeds are answered from memory", cause=type(error).__name__)
            self._is_failing = True
        else:
            self._is_failing, self._looked_at = False, began
        self._next_look = monotonic() + self._seconds

    def _fill(self, feed_id: int, wanted: Filter, held: Finished | None, version: int) -> Finished:
        """Take a feed's present bytes; what is held meanwhile when the database is away."""
        with self._filling:
            present = self._answers.get((feed_id, wanted))
            if present is not None and present.version >= version:
                return present
            try:
                made = self._read(feed_id, wanted)
            except SQLAlchemyError:
                if held is None:
                    raise Unavailable from None
                return held
            except LookupError:
                log.exception("feed not answered", feed_id=feed_id)
                raise Unavailable from None
            self._answers[feed_id, wanted] = made
            self._make_room()
            return made

    def _read(self, feed_id: int, wanted: Filter) -> Finished:
        with self._database.reading() as session:
            row = session.exec(select(PublishedFeed).where(PublishedFeed.feed_id == feed_id)).one()
            if row.published_at is None:
                raise Unpublished
            if not row.version:
                raise Unavailable  # an older release published it, and the next tick does again
            feed = session.exec(select(Feed).where(Feed.id == feed_id)).one()
            content = calendar_of(session, row, wanted)
            edition = Edition(row.version, row.published_at, named(feed), feed.kind != FeedKind.NETWORK)
        return finished(content, edition)

    def _make_room(self) -> None:
        """Throw out what was not asked for longest, until the rest is within bounds."""
        total = sum(answers.size for answers in self._answers.values())
        for key, answers in sorted(self._answers.items(), key=lambda item: item[1].used):
            if total <= self._most_bytes or len(self._answers) == 1:
                return
            total -= answers.size
            self._answers.pop(key, None)

    def _throw_out(self, is_unwanted: Callable[[tuple[int, Filter]], bool]) -> None:
        for key in [key for key in list(self._answers) if is_unwanted(key)]:
            self._answers.pop(key, None)


def _public(index: _Index) -> _Place | None:
    return None if index.network_id is None else _Place(index.network_id, is_revoked=False)


def _stamp(session: Session) -> tuple[int, ...]:
    """Numbers that no publication, no new address and no revocation leaves as they were."""
    told = select(
        select(func.count(col(PublishedFeed.feed_id))).scalar_subquery(),
        select(func.coalesce(func.sum(col(PublishedFeed.version)), 0)).scalar_subquery(),
        select(func.count(col(FeedAddress.id))).scalar_subquery(),
        select(func.count(col(FeedAddress.revoked_at))).scalar_subquery(),
    )
    row = session.connection().execute(told).one()
    return tuple(int(number) for number in row)


def _read_index(session: Session, stamp: tuple[int, ...]) -> _Index:
    versions = session.exec(select(PublishedFeed.feed_id, PublishedFeed.version)).all()
    addresses = session.exec(
        select(FeedAddress.token_digest, FeedAddress.feed_id, FeedAddress.revoked_at)
    ).all()
    return _Index(
        stamp=stamp,
        versions=dict(versions),
        places={token: _Place(feed_id, revoked_at is not None) for token, feed_id, revoked_at in addresses},
        network_id=session.exec(select(Feed.id).where(Feed.kind == FeedKind.NETWORK)).first(),
    )
