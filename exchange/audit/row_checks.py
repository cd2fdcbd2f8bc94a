"""What is wrong with one row of the trail: whether it follows from the one before, and if not, what was done.

It looks at the row and at the one that should stand there instead, and reads nothing more.
"""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Row, Table, select
from sqlmodel import Session, SQLModel

from exchange.audit.canonical import GENESIS, Entry, entry_message, text_digest, unkeyed_hash
from exchange.audit.keys import KeyRing
from exchange.tokens import is_same

ENTRIES: Table = SQLModel.metadata.tables["audit_entry"]


class HeadState(Protocol):
    """What the head says of the entries."""

    last_id: int
    unkeyed_id: int
    key_id: str


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written. ``entry_id`` is the first row concerned, None for no row."""

    kind: str
    words: str
    entry_id: int | None = None

    def __str__(self) -> str:
        return self.words if self.entry_id is None else f"entry {self.entry_id} {self.words}"


@dataclass
class Walk:
    """Where the reading stands: the last entry that followed from the one before it."""

    count: int = 0
    last_id: int = 0
    hash: str = GENESIS


def follows(row: Entry, walk: Walk, head: HeadState, keys: KeyRing) -> bool:
    """Whether the row is as it was written, and the next after the last one."""
    if row.previous_hash != walk.hash or not _is_genuine(row, keys):
        return False
    if row.key_id:
        return row.id == walk.last_id + 1
    return not head.key_id or (row.id or 0) <= head.unkeyed_id


def broken(session: Session, row: Entry, walk: Walk, head: HeadState, keys: KeyRing) -> Fault:
    """What is wrong with the first row that does not follow."""
    number = row.id or 0
    if row.key_id and row.key_id not in keys.keys:
        return Fault("unknown key", f"is signed under key {row.key_id}, which is not here", number)
    if not row.key_id and head.key_id and number > head.unkeyed_id:
        return Fault("changed", "is not signed, and entries were by then: it was written anew", number)
    if number > head.last_id:
        return Fault("inserted", f"stands after entry {head.last_id}, the last that was recorded", number)
    rightful = _rightful(session, walk, number)
    if rightful is not None:
        return _displaced(row, rightful, keys)
    if not _is_genuine(row, keys):
        return Fault("changed", "was changed, or written anew without the key", number)
    return _missing(walk, number)


def missing(first: int, last: int) -> str:
    """Which entries are not there."""
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _is_genuine(row: Entry, keys: KeyRing, number: int | None = None) -> bool:
    """Whether its hash is what was made of it; ``number`` as if it stood there."""
    if not row.key_id:
        return is_same(unkeyed_hash(row), row.hash)
    return row.text_digest == text_digest(row) and keys.is_signed(
        row.hash, row.key_id, entry_message(row, number)
    )


def _rightful(session: Session, walk: Walk, instead: int) -> Row[tuple[object, ...]] | None:
    """The row that says it follows from the last one, where that is another one."""
    wanted = select(ENTRIES).where(ENTRIES.c.previous_hash == walk.hash, ENTRIES.c.id != instead)
    return session.connection().execute(wanted).first()


def _displaced(row: Entry, rightful: Row[tuple[object, ...]], keys: KeyRing) -> Fault:
    number, other = row.id or 0, int(rightful.id)
    if _is_genuine(row, keys, other):
        return Fault("reordered", f"stands where entry {other} belongs: the order was changed", number)
    return Fault("inserted", f"was put in before what is now entry {other}", number)


def _missing(walk: Walk, number: int) -> Fault:
    if number > walk.last_id + 1:
        gone = missing(walk.last_id + 1, number - 1)
        return Fault("missing", f"is the next that is there: {gone} before it", number)
    return Fault("missing", f"does not follow from entry {walk.last_id}: something is missing", number)
