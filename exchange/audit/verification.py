"""Reading the trail again from its first entry, or from a day's anchor: is it as it was written?

Rows stream: a million take the memory of a thousand. Nothing is written.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import cast

from sqlalchemy import func, select
from sqlmodel import Session, col
from sqlmodel import select as select_models

from exchange.audit.anchor_checks import AnchorChecks, Named, anchors_of_file
from exchange.audit.anchors import Anchor
from exchange.audit.canonical import Entry, head_message
from exchange.audit.keys import KeyRing, keys_of
from exchange.audit.row_checks import ENTRIES, Fault, Walk, broken, follows, missing
from exchange.errors import NotFound
from exchange.models import AuditAnchor, AuditHead

ROWS_AT_ONCE = 1000


@dataclass
class Verdict:
    """What was found: how many entries were read and are whole, and each kind of fault, the row's first."""

    entries: int = 0
    unkeyed: int = 0  # of them from before there were keys
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def first_id(self) -> int | None:
        """The first broken row; None when all verify, or when what is wrong is no row."""
        return self.faults[0].entry_id if self.faults else None


def verify(session: Session, *, since: date | None = None, outside: Iterable[Path] = ()) -> Verdict:
    """Read the trail and say what is wrong with it.

    ``since``: begin where that day (UTC) was anchored, or the last day before it, and trust what was signed
    then. ``outside``: the files of anchors to hold it against. Raises NotFound when no such day was anchored.
    """
    keys, verdict = keys_of(session), Verdict()
    head = session.exec(select_models(AuditHead)).first()
    if head is None:
        verdict.faults.append(Fault("no head", "The row that says how the trail ends is missing."))
        return verdict
    begins_at = _beginning(session, since, keys, verdict) if since else Walk()
    walk = Walk(begins_at.count, begins_at.last_id, begins_at.hash)
    sources = [_days(session), *map(anchors_of_file, outside)]
    checks = AnchorChecks(keys, sources, begins_at)
    stopped_at = _walk_on(session, walk, head, verdict, checks)
    if stopped_at is not None:
        verdict.faults.append(broken(session, stopped_at, walk, head, keys))
    else:
        verdict.faults += _end_faults(walk, head)
    verdict.entries = walk.count - begins_at.count
    return _completed(session, verdict, head, checks)


def recent_day(session: Session) -> date | None:
    """The newest day that was anchored; None before the first entry."""
    return session.exec(select_models(func.max(AuditAnchor.day))).one()


def _walk_on(
    session: Session, walk: Walk, head: AuditHead, verdict: Verdict, checks: AnchorChecks
) -> Entry | None:
    """Pass the entries as long as they follow; the first that does not, None when all did."""
    keys = keys_of(session)
    with closing(_rows(session, walk.last_id)) as rows:
        for row in rows:
            if not follows(row, walk, head, keys):
                return row
            walk.count, walk.last_id, walk.hash = walk.count + 1, row.id or 0, row.hash
            verdict.unkeyed += not row.key_id
            checks.entry_passed(walk)
    return None


def _completed(session: Session, verdict: Verdict, head: AuditHead, checks: AnchorChecks) -> Verdict:
    """With what the head and the anchors say besides the rows."""
    there = session.connection().execute(select(func.count()).select_from(ENTRIES)).scalar_one()
    is_keyed = there > verdict.unkeyed or verdict.faults
    message = head_message(head.count, head.last_id, head.unkeyed_id, head.hash)
    is_signed = keys_of(session).is_signed(head.mac, head.key_id, message)
    if not is_signed and (head.key_id or is_keyed):
        verdict.faults.append(Fault("false head", "The head of the trail is not signed: it was changed."))
    verdict.faults += checks.faults(there)
    return verdict


def _beginning(session: Session, since: date, keys: KeyRing, verdict: Verdict) -> Walk:
    anchored = select_models(AuditAnchor).where(col(AuditAnchor.day) <= since)
    found = session.exec(anchored.order_by(col(AuditAnchor.day).desc())).first()
    if found is None:
        raise NotFound("No day up to %(day)s is anchored. Verify from the beginning.", day=since)
    if not _anchor_of(found).is_signed(keys):
        verdict.faults.append(Fault("false anchor", f"The anchor of {found.day} is not signed."))
    return Walk(found.count, found.last_id, found.hash)


def _rows(session: Session, after: int) -> Generator[Entry, None, None]:
    wanted = select(ENTRIES).where(ENTRIES.c.id > after).order_by(ENTRIES.c.id)
    streamed = wanted.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
    with session.connection().execute(streamed) as found:
        for row in found:
            yield cast(Entry, row)  # it has the columns of the model


def _end_faults(walk: Walk, head: AuditHead) -> list[Fault]:
    """What the head counts and the rows do not have; rows that it does not count were found before."""
    if (walk.count, walk.last_id, walk.hash) == (head.count, head.last_id, head.hash):
        return []
    if walk.last_id >= head.last_id:
        return [Fault("false head", "The head of the trail does not say how the trail ends: it was changed.")]
    if walk.count == 0:
        return [Fault("missing", f"All {head.count} entries are missing.")]
    gone = missing(walk.last_id + 1, head.last_id)
    return [Fault("missing", f"is the last that is there: {gone} after it", walk.last_id)]


def _days(session: Session) -> Iterator[Named]:
    for found in session.exec(select_models(AuditAnchor).order_by(col(AuditAnchor.last_id))):
        yield f"the anchor of {found.day}", _anchor_of(found)


def _anchor_of(found: AuditAnchor) -> Anchor:
    return Anchor(found.at, found.count, found.last_id, found.hash, found.key_id, found.mac)
