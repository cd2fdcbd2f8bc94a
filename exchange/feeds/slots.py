"""Slots and the events written in them: what is there, what differs from what ought to be, and the writing.

Publishers write one after another (see lock), each from a state it read before: what another wrote
since raises Overtaken, and the publisher begins anew.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import bindparam, delete, func, insert, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from exchange.feeds.build import Publisher, part_of
from exchange.feeds.entries import Entry
from exchange.feeds.items import Shown, from_text
from exchange.models import FeedComponent, FeedSlot, PublishedFeed
from exchange.settings import ROOT

_AT_ONCE = 500  # ids in one statement: SQLite takes some thousands
_ONE_SECOND = timedelta(seconds=1)
_SOURCES = ("exchange/feeds/*.py", "exchange/rules/*.py", "exchange/translations/**/*.po")

Value = TypeVar("Value")
Name = tuple[str, str]  # of a slot: its item and its audience, as kept
Row = dict[str, object]

_slot: Any = FeedSlot.__table__  # type: ignore[attr-defined]  # the plain tables: rows come as tuples
_event: Any = FeedComponent.__table__  # type: ignore[attr-defined]  # as above
_feed: Any = PublishedFeed.__table__  # type: ignore[attr-defined]  # as above

_SLOTS = sa.select(_slot.c.id, _slot.c.item, _slot.c.audience, _slot.c.version, _slot.c.reach)
_EVENTS = sa.select(_event.c.slot_id, _event.c.uid, _event.c.written_from)
_FIRST_FEED = sa.select(_feed.c.feed_id).order_by(_feed.c.feed_id).limit(1).with_for_update()
_LATEST = sa.select(
    sa.select(func.max(_slot.c.published_at)).scalar_subquery(),
    sa.select(func.max(_feed.c.published_at)).scalar_subquery(),
)


class Overtaken(Exception):
    """Another publisher wrote what this one was about to write, from a state of its own."""


@dataclass(frozen=True)
class Kept:
    """A slot as it stands: by UID, what each of its events was written from."""

    id: int
    version: int
    reach: str
    events: dict[str, str] = field(default_factory=dict)


@dataclass
class Renewal:
    """A slot that is new (``kept`` None) or of which something changes: events to write and to delete."""

    name: Name
    reach: str
    kept: Kept | None
    written: list[Row]
    gone: list[str]


@cache
def release() -> str:
    """A digest of the code and the words that events are written with: another release writes them anew."""
    sources = sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern))
    told = sha256(version("icalendar").encode())
    for path in sources:
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def kept_slots(session: Session, items: Collection[str] | None) -> dict[Name, Kept]:
    """The slots of the items, or all."""
    slots: dict[int, tuple[Name, Kept]] = {}
    for row in _read(session, _SLOTS, _slot.c.item, items):
        id_, item, audience, number, reach = row
        slots[id_] = (item, audience), Kept(id_, number, reach)
    ids = None if items is None else list(slots)
    for slot_id, uid, written_from in _read(session, _EVENTS, _event.c.slot_id, ids):
        slots[slot_id][1].events[uid] = written_from
    return dict(slots.values())


def _read(
    session: Session,
    statement: sa.Select[*tuple[Any, ...]],
    column: sa.Column[Any],
    values: Collection[Any] | None,
) -> Iterable[Any]:
    """Rows whose column has one of the values, or all, as plain rows: there may be many."""
    if values is None:
        yield from session.connection().execute(statement)
        return
    for some in _some(sorted(values)):
        yield from session.connection().execute(statement.where(column.in_(some)))


@dataclass(frozen=True)
class Pen:
    """Writes events. ``made_with`` tells all that their bytes depend on besides the entry."""

    publisher: Publisher
    made_with: str

    def written_from(self, entry: Entry) -> str:
        """A digest of all that the event's bytes come from."""
        return sha256(repr((self.made_with, entry)).encode()).hexdigest()[:32]

    def row(self, entry: Entry, written_from: str) -> Row:
        """The event, written; this is where the time goes."""
        part = part_of(entry, self.publisher)
        return {
            "uid": part.uid,
            "sequence": entry.sequence,
            "written_from": written_from,
            "kind": part.kind,
            "theme": part.theme,
            "starts_at": part.starts_at,
            "time_zone": part.time_zone,
            "first_year": part.first_year,
            "last_year": part.last_year,
            "content": part.content,
        }


def renewal(name: Name, shown: Shown, kept: Kept | None, pen: Pen) -> Renewal | None:
    """What has to be written for the slot to show the item as it is; None when it does."""
    entries = {entry.uid: entry for entry in shown.entries(from_text(name[1]))}
    froms = {uid: pen.written_from(entry) for uid, entry in entries.items()}
    known = kept.events if kept is not None else {}
    written = [pen.row(entries[uid], froms[uid]) for uid in froms if known.get(uid) != froms[uid]]
    gone = [uid for uid in known if froms.get(uid) != known[uid]]
    reach = shown.reach
    if kept is not None and not written and not gone and kept.reach == reach:
        return None
    return Renewal(name, reach, kept, written, gone)


def lock(session: Session, now: datetime) -> datetime:
    """Wait for other publishers, and give the second that this one publishes at: a later one than theirs.

    Whole seconds, as Last-Modified has no finer ones, and each publication has its own, though clocks
    differ or stand still: a client that asks by date alone is never told that nothing changed.
    """
    connection = session.connection()
    connection.execute(_FIRST_FEED)
    latest: list[datetime | None] = list(connection.execute(_LATEST).one())
    whole = now.replace(microsecond=0)
    return max([whole, *(before + _ONE_SECOND for before in latest if before is not None)])


def renew(session: Session, renewals: Sequence[Renewal], at: datetime) -> dict[Name, int]:
    """Write what the renewals say; the ids of the slots that are new. Raises Overtaken."""
    new = _insert(session, [one for one in renewals if one.kept is None], at)
    old = [(one, one.kept) for one in renewals if one.kept is not None]
    _raise_versions(session, [(one, kept) for one, kept in old if one.written or one.gone], at)
    _keep_reach(session, [(one, kept) for one, kept in old if one.reach != kept.reach])
    gone = [(kept.id, uid) for one, kept in old for uid in one.gone]
    for some in _some(gone):
        columns = tuple_(_event.c.slot_id, _event.c.uid)
        session.connection().execute(delete(_event).where(columns.in_(some)))
    rows = [
        {**row, "slot_id": one.kept.id if one.kept else new[one.name]}
        for one in renewals
        for row in one.written
    ]
    if rows:
        session.connection().execute(insert(_event), rows)
    return new


def all_stand(session: Session, ids: Collection[int]) -> bool:
    """Whether each slot is there: one that no feed showed may have been swept up meanwhile."""
    found = 0
    for some in _some(sorted(ids)):
        found += session.exec(select(func.count(col(FeedSlot.id))).where(col(FeedSlot.id).in_(some))).one()
    return found == len(set(ids))


def sweep(session: Session) -> int:
    """Delete the slots that no feed lists; how many."""
    lists = session.exec(select(PublishedFeed.slots)).all()
    used = {int(id_) for listed in lists for id_ in listed.split()}
    unused = sorted({id_ for id_ in session.exec(select(FeedSlot.id)) if id_} - used)
    for some in _some(unused):
        session.execute(delete(FeedComponent).where(col(FeedComponent.slot_id).in_(some)))
        session.execute(delete(FeedSlot).where(col(FeedSlot.id).in_(some)))
    return len(unused)


def _insert(session: Session, new: Sequence[Renewal], at: datetime) -> dict[Name, int]:
    if not new:
        return {}
    rows = [_slot_row(one, at) for one in new]
    statement = insert(_slot).returning(_slot.c.id, _slot.c.item, _slot.c.audience)
    try:
        found = session.connection().execute(statement, rows).all()
    except IntegrityError as taken:
        raise Overtaken from taken
    return {(item, audience): id_ for id_, item, audience in found if id_}


def _slot_row(one: Renewal, at: datetime) -> Row:
    audience = from_text(one.name[1])
    return {
        "item": one.name[0],
        "audience": one.name[1],
        "ring": audience.ring.value,
        "language": audience.language,
        "reach": one.reach,
        "version": 1,
        "published_at": at,
    }


def _raise_versions(session: Session, changed: Sequence[tuple[Renewal, Kept]], at: datetime) -> None:
    """One statement per slot in one round: a version that is not as it was read is another's."""
    if not changed:
        return
    statement = (
        update(_slot)
        .where(_slot.c.id == bindparam("of_slot"), _slot.c.version == bindparam("seen"))
        .values(version=_slot.c.version + 1, published_at=bindparam("at"))
    )
    rows = [{"of_slot": kept.id, "seen": kept.version, "at": at} for _, kept in changed]
    if session.connection().execute(statement, rows).rowcount != len(rows):
        raise Overtaken


def _keep_reach(session: Session, changed: Sequence[tuple[Renewal, Kept]]) -> None:
    if not changed:
        return
    statement = update(_slot).where(_slot.c.id == bindparam("of_slot")).values(reach=bindparam("to"))
    session.connection().execute(statement, [{"of_slot": kept.id, "to": one.reach} for one, kept in changed])


def _some(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
