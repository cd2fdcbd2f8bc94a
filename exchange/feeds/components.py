"""Events written once and kept: which are there, which have to be written, which nobody shows any more.

A component's key is a digest of all it was written from, so that it never changes and two
publishers that write the same one write the same bytes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from exchange.feeds.build import Publisher, part_of
from exchange.feeds.entries import Audience, Entry
from exchange.feeds.joining import Part
from exchange.models import FeedComponent, PublishedFeed
from exchange.settings import ROOT

KEPT_UNUSED = timedelta(days=1)  # a web process that read a list of keys still finds what they name
_AT_ONCE = 500  # keys in one statement
_SOURCES = ("exchange/feeds/*.py", "exchange/rules/*.py", "exchange/translations/**/*.po")


@dataclass(frozen=True)
class Wanted:
    """An entry that feeds have to show, under the key of its component."""

    key: str
    item: str
    entry: Entry
    ring: str
    language: str


def wanted(item: str, entry: Entry, audience: Audience, made_from: str) -> Wanted:
    """The entry under its key. ``made_from`` tells all else that its bytes depend on."""
    written = sha256(repr((made_from, entry)).encode()).hexdigest()
    return Wanted(written[:32], item, entry, audience.ring.value, getattr(audience, "language", "en"))


@cache
def release() -> str:
    """A digest of the code and the words that events are written with: another release writes them anew."""
    sources = sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern))
    told = sha256(version("icalendar").encode())
    for path in sources:
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def missing(session: Session, entries: Mapping[str, Wanted]) -> list[Wanted]:
    """Those that were never written, or not kept."""
    known = set(_known(session, entries.keys()))
    return [entry for key, entry in entries.items() if key not in known]


def are_kept(session: Session, keys: Collection[str]) -> bool:
    """Whether each is there: somebody may have swept up one that was out of use."""
    return len(set(_known(session, keys))) == len(set(keys))


def written(entries: Iterable[Wanted], publisher: Publisher, now: datetime) -> list[dict[str, object]]:
    """The rows of entries that are missing; this is where the time goes."""
    return [_row(one, part_of(one.entry, publisher), now) for one in entries]


def keep(session: Session, rows: list[dict[str, object]]) -> None:
    """Store them; one that another publisher stored meanwhile is the same."""
    if not rows:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.connection().execute(insert(FeedComponent).on_conflict_do_nothing(), rows)


def keys_of_items(session: Session, items: Collection[str]) -> set[str]:
    """Every component kept of the items, whoever shows it."""
    names = sorted(items)
    return {
        key
        for start in range(0, len(names), _AT_ONCE)
        for key in session.exec(
            select(FeedComponent.key).where(col(FeedComponent.item).in_(names[start : start + _AT_ONCE]))
        )
    }


def parts_of(session: Session, keys: Collection[str]) -> list[Part]:
    """What the keys stand for. Raises LookupError when one is not there."""
    table, names = FeedComponent, sorted(keys)
    columns = (
        col(table.uid), col(table.starts_at), col(table.content), col(table.time_zone),
        col(table.first_year), col(table.last_year), col(table.kind), col(table.theme),
    )  # fmt: skip
    found = [
        Part(*row)
        for start in range(0, len(names), _AT_ONCE)
        for row in session.connection().execute(
            select(*columns).where(col(table.key).in_(names[start : start + _AT_ONCE]))  # type: ignore[call-overload]  # more columns than SQLModel types
        )
    ]
    if len(found) != len(names):
        raise LookupError(f"{len(names) - len(found)} of {len(names)} components are not there")
    return found


def sweep(session: Session, now: datetime) -> int:
    """Delete what no feed has shown for a day; how many. Waits for publishers, and they for it."""
    lists = session.exec(
        select(PublishedFeed.parts).order_by(col(PublishedFeed.feed_id)).with_for_update()
    ).all()
    used = {key for parts in lists for key in parts.split()}
    old = session.exec(select(FeedComponent.key).where(col(FeedComponent.made_at) < now - KEPT_UNUSED)).all()
    unused = sorted(set(old) - used)
    for start in range(0, len(unused), _AT_ONCE):
        some = unused[start : start + _AT_ONCE]
        session.execute(delete(FeedComponent).where(col(FeedComponent.key).in_(some)))
    return len(unused)


def _known(session: Session, keys: Iterable[str]) -> list[str]:
    names = sorted(keys)
    return [
        key
        for start in range(0, len(names), _AT_ONCE)
        for key in session.exec(
            select(FeedComponent.key).where(col(FeedComponent.key).in_(names[start : start + _AT_ONCE]))
        )
    ]


def _row(one: Wanted, part: Part, now: datetime) -> dict[str, object]:
    return {
        "key": one.key,
        "item": one.item,
        "uid": part.uid,
        "sequence": one.entry.sequence,
        "ring": one.ring,
        "language": one.language,
        "kind": part.kind,
        "theme": part.theme,
        "starts_at": part.starts_at,
        "time_zone": part.time_zone,
        "first_year": part.first_year,
        "last_year": part.last_year,
        "made_at": now,
        "content": part.content,
    }
