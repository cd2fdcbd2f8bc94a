"""Write variants and their events.

Publishers write one after another (see lock), each from a state it read before: what another wrote
since raises Overtaken, and the publisher begins anew.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam, delete, func, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from exchange.feeds.content.programme_items import from_text
from exchange.feeds.content.variants_by_reader import VariantName
from exchange.feeds.publishing.stored_variants import Renewal, Row, StoredVariant
from exchange.models import FeedComponent, FeedSlot, PublishedFeed

_AT_ONCE = 500  # ids in one statement: SQLite takes some thousands
_ONE_SECOND = timedelta(seconds=1)

Value = TypeVar("Value")

_variant: Any = FeedSlot.__table__  # type: ignore[attr-defined]  # the plain tables: many rows in one round
_event: Any = FeedComponent.__table__  # type: ignore[attr-defined]  # as above
_feed: Any = PublishedFeed.__table__  # type: ignore[attr-defined]  # as above

_FIRST_FEED = sa.select(_feed.c.feed_id).order_by(_feed.c.feed_id).limit(1).with_for_update()
_LATEST = sa.select(
    sa.select(func.max(_variant.c.published_at)).scalar_subquery(),
    sa.select(func.max(_feed.c.published_at)).scalar_subquery(),
)
_OF_VARIANT = _variant.c.id == bindparam("of_variant")
_NEW_VERSION = (
    update(_variant)
    .where(_OF_VARIANT, _variant.c.version == bindparam("seen"))
    .values(version=_variant.c.version + 1, published_at=bindparam("at"))
)
_NEW_REACH = update(_variant).where(_OF_VARIANT).values(reach=bindparam("to"))
_OF_EVENT = sa.and_(_event.c.slot_id == bindparam("of_variant"), _event.c.uid == bindparam("of_uid"))
_REWRITE = update(_event).where(_OF_EVENT)
_DELETE = delete(_event).where(_OF_EVENT)


class Overtaken(Exception):
    """Another publisher wrote what this one was about to write, from a state of its own."""


def lock(session: Session, now: datetime) -> datetime:
    """Wait for other publishers, and give the second that this one publishes at: a later one than theirs.

    Full seconds, as Last-Modified has no finer ones, and each publication has its own, though clocks
    differ or stop: a client that asks by date alone is never told that nothing changed.
    """
    wait_for_publishers(session)
    connection = session.connection()
    latest: list[datetime | None] = list(connection.execute(_LATEST).one())
    this_second = now.replace(microsecond=0)
    return max([this_second, *(before + _ONE_SECOND for before in latest if before is not None)])


def wait_for_publishers(session: Session) -> None:
    """Queue behind those who write variants, before their rows are locked in another order than theirs."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":  # its writers have waited before they began
        connection.execute(_FIRST_FEED)


def renew(session: Session, renewals: Sequence[Renewal], at: datetime) -> dict[VariantName, int]:
    """Write what the renewals say; the ids of the variants that are new. Raises Overtaken."""
    connection = session.connection()
    new = _insert(connection, [one for one in renewals if one.stored is None], at)
    old = [(one, one.stored) for one in renewals if one.stored is not None]
    _check_versions(connection, [stored for one, stored in old if one.same])
    _raise_versions(connection, [stored for one, stored in old if one.is_seen], at)
    reaches = [{"of_variant": stored.id, "to": one.reach} for one, stored in old if one.reach != stored.reach]
    ids = {**{one.name: stored.id for one, stored in old}, **new}
    added = [{**row, "slot_id": ids[one.name]} for one in renewals for row in one.added]
    rewritten = [
        {**row, "of_variant": stored.id, "of_uid": row["uid"]} for one, stored in old for row in one.rewritten
    ]
    same = [{**row, "of_variant": stored.id, "of_uid": row["uid"]} for one, stored in old for row in one.same]
    gone = [{"of_variant": stored.id, "of_uid": uid} for one, stored in old for uid in one.gone]
    for statement, rows in (
        (_NEW_REACH, reaches),
        (insert(_event), added),
        (_REWRITE, rewritten),
        (_REWRITE, same),
        (_DELETE, gone),
    ):
        if rows:
            connection.execute(statement, rows)
    return new


def all_exist(session: Session, ids: Collection[int]) -> bool:
    """Whether each variant is there: one that no feed showed may have been swept up meanwhile."""
    found = 0
    for some in _some(sorted(ids)):
        found += session.exec(select(func.count(col(FeedSlot.id))).where(col(FeedSlot.id).in_(some))).one()
    return found == len(set(ids))


def sweep(session: Session) -> int:
    """Delete the variants that no feed lists; how many."""
    lists = session.exec(select(PublishedFeed.slots)).all()
    used = {int(id_) for listed in lists for id_ in listed.split()}
    unused = sorted({id_ for id_ in session.exec(select(FeedSlot.id)) if id_} - used)
    for some in _some(unused):
        session.execute(delete(FeedComponent).where(col(FeedComponent.slot_id).in_(some)))
        session.execute(delete(FeedSlot).where(col(FeedSlot.id).in_(some)))
    return len(unused)


def _insert(connection: Connection, new: Sequence[Renewal], at: datetime) -> dict[VariantName, int]:
    if not new:
        return {}
    rows = [_variant_row(one, at) for one in new]
    statement = insert(_variant).returning(_variant.c.id, _variant.c.item, _variant.c.audience)
    try:
        found = connection.execute(statement, rows).all()
    except IntegrityError as taken:
        raise Overtaken from taken
    return {(item, audience): id_ for id_, item, audience in found if id_}


def _variant_row(one: Renewal, at: datetime) -> Row:
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


def _check_versions(connection: Connection, same: Sequence[StoredVariant]) -> None:
    """Refuse to say of another's bytes what they were written from."""
    for some in _some(same):
        of_these = sa.select(_variant.c.id, _variant.c.version).where(
            _variant.c.id.in_([stored.id for stored in some])
        )
        found = {row.id: row.version for row in connection.execute(of_these)}
        if found != {stored.id: stored.version for stored in some}:
            raise Overtaken


def _raise_versions(connection: Connection, changed: Sequence[StoredVariant], at: datetime) -> None:
    """One statement per variant in one round: a version that is not as it was read is another's."""
    rows = [{"of_variant": stored.id, "seen": stored.version, "at": at} for stored in changed]
    if rows and connection.execute(_NEW_VERSION, rows).rowcount != len(rows):
        raise Overtaken


def _some(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
