"""Variants as they are stored, with the events written in them, and what differs from what ought to be.

A variant is one cycle or training event as one kind of reader sees it: a row of feed_slot.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlmodel import Session

from exchange.feeds.content.entries import Entry
from exchange.feeds.content.programme_items import from_text
from exchange.feeds.content.variants_by_reader import AnyShown, VariantName
from exchange.feeds.icalendar.vevent import Publisher, part_of
from exchange.feeds.publishing.duty_entries import OwedOf
from exchange.models import FeedComponent, FeedSlot
from exchange.rules.time.timezones import zone_data_version
from exchange.settings import ROOT

_SEQUENCES_FROM = datetime(2026, 1, 1, tzinfo=UTC)  # in seconds since then, 31 bits last till 2094
_AT_ONCE = 500  # items in one statement: SQLite takes some thousands
_SOURCES = (
    "exchange/duties/*.py",
    "exchange/feeds/**/*.py",
    "exchange/rules/**/*.py",
    "exchange/translations/**/*.po",
)
_FRAME_SOURCES = (
    "exchange/feeds/icalendar/vcalendar.py",
    "exchange/feeds/icalendar/vtimezone.py",
    "exchange/feeds/serving/calendar_documents.py",
    "exchange/rules/time/timezones.py",
)

Row = dict[str, object]

_variant: Any = FeedSlot.__table__  # type: ignore[attr-defined]  # the plain tables: rows come as tuples
_event: Any = FeedComponent.__table__  # type: ignore[attr-defined]  # as above

_VARIANTS = sa.select(
    _variant.c.id,
    _variant.c.item,
    _variant.c.audience,
    _variant.c.version,
    _variant.c.reach,
    _event.c.uid,
    _event.c.written_from,
).outerjoin_from(_variant, _event, _event.c.slot_id == _variant.c.id)
_SHOWN = ("sequence", "kind", "theme", "starts_at", "time_zone", "first_year", "last_year", "content")
_SHOWN_OF_VARIANTS = sa.select(_event.c.slot_id, _event.c.uid, *(_event.c[name] for name in _SHOWN)).where(
    _event.c.slot_id.in_(bindparam("variants", expanding=True))
)
_VARIANTS_OF_ITEMS = _VARIANTS.where(_variant.c.item.in_(bindparam("items", expanding=True)))


@dataclass(frozen=True)
class StoredVariant:
    """A variant as it is stored: by UID, what each of its events was written from."""

    id: int
    version: int
    reach: str
    events: dict[str, str] = field(default_factory=dict)


@dataclass
class Renewal:
    """A variant that is new (``stored`` None) or that changes: its events by what is to be done with them.

    ``same`` were written from something else, by another release, and have the bytes they had.
    """

    name: VariantName
    reach: str
    stored: StoredVariant | None
    added: list[Row]
    rewritten: list[Row]
    gone: list[str]
    same: list[Row] = field(default_factory=list)

    @property
    def is_seen(self) -> bool:
        """Whether readers see something new, rather than only who they are."""
        return bool(self.added or self.rewritten or self.gone)


@cache
def release() -> str:
    """A digest of the code and the words that events are written with: another release writes them anew."""
    return _digest(version("icalendar"), _SOURCES)


@cache
def frame() -> str:
    """A digest of what is around events in a calendar: the zone data, and the code that writes zones."""
    return _digest(zone_data_version(), _FRAME_SOURCES)


def _digest(begins: str, patterns: Iterable[str]) -> str:
    hashed = sha256(begins.encode())
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:16]


def stored_variants(session: Session, items: Collection[str] | None) -> dict[VariantName, StoredVariant]:
    """The variants of the items, or all."""
    variants: dict[VariantName, StoredVariant] = {}
    for id_, item, audience, number, reach, uid, written_from in _rows(session, items):
        name = item, audience
        if name not in variants:
            variants[name] = StoredVariant(id_, number, reach)
        if uid is not None:
            variants[name].events[uid] = written_from
    return variants


def _rows(session: Session, items: Collection[str] | None) -> Iterable[Any]:
    """Variants, each as often as there are events in it: plain rows, as there may be many."""
    if items is None:
        yield from session.connection().execute(_VARIANTS)
        return
    names = sorted(items)
    for start in range(0, len(names), _AT_ONCE):
        some = {"items": names[start : start + _AT_ONCE]}
        yield from session.connection().execute(_VARIANTS_OF_ITEMS, some)


def set_same_apart(session: Session, renewals: Iterable[Renewal]) -> None:
    """Part what was written anew into what readers see as new and what has the same bytes still.

    Only while the frame is the same: with other zones around them, the same events are new to readers.
    """
    by_id = {one.stored.id: one for one in renewals if one.stored is not None and one.rewritten}
    there: defaultdict[int, dict[object, Sequence[object]]] = defaultdict(dict)
    ids = sorted(by_id)
    for start in range(0, len(ids), _AT_ONCE):
        some = {"variants": ids[start : start + _AT_ONCE]}
        for id_, uid, *shown in session.connection().execute(_SHOWN_OF_VARIANTS, some):
            there[id_][uid] = shown
    for id_, one in by_id.items():
        is_same = {
            row["uid"]: there[id_].get(row["uid"]) == [row[name] for name in _SHOWN] for row in one.rewritten
        }
        one.same = [
            {name: row[name] for name in ("uid", "written_from")}
            for row in one.rewritten
            if is_same[row["uid"]]
        ]
        one.rewritten = [row for row in one.rewritten if not is_same[row["uid"]]]


@dataclass(frozen=True)
class EventWriter:
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


@dataclass(frozen=True)
class StampingWriter(EventWriter):
    """Writes events of what no row keeps a SEQUENCE for: stamped with the moment at which they are written.

    A later moment is a higher number, for every change and for what comes back. What they were written from
    is what readers see of them, so that another release with the same bytes stamps nothing.
    """

    at: datetime

    def written_from(self, entry: Entry) -> str:
        """A digest of the event's bytes without a stamp."""
        return sha256(part_of(entry, self.publisher).content).hexdigest()[:32]

    def row(self, entry: Entry, written_from: str) -> Row:
        """The event, stamped and written."""
        at = self.at.replace(microsecond=0)
        stamped = replace(entry, sequence=int((at - _SEQUENCES_FROM).total_seconds()), changed_at=at)
        return super().row(stamped, written_from)


def renewal(
    name: VariantName, shown: AnyShown | OwedOf, stored: StoredVariant | None, writer: EventWriter
) -> Renewal | None:
    """What has to be written for the variant to show the item as it is; None when it does."""
    entries = {entry.uid: entry for entry in shown.entries(from_text(name[1]))}
    froms = {uid: writer.written_from(entry) for uid, entry in entries.items()}
    written = stored.events if stored is not None else {}
    changed = [uid for uid, was in written.items() if froms.get(uid, was) != was]
    found = Renewal(
        name,
        shown.reach,
        stored,
        added=[writer.row(entries[uid], froms[uid]) for uid in froms if uid not in written],
        rewritten=[writer.row(entries[uid], froms[uid]) for uid in changed],
        gone=[uid for uid in written if uid not in froms],
    )
    is_same = stored is not None and not found.is_seen and stored.reach == found.reach
    return None if is_same else found
