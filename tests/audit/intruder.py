"""Somebody who owns the database, but not the key: what they may do to a trail, and trails to do it to."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, text, update
from sqlmodel import Session, SQLModel

from exchange.audit.canonical import GENESIS, entry_message, head_message, text_digest, unkeyed_hash
from exchange.audit.keys import KeyRing, key_ring
from exchange.db import Database
from exchange.models import AuditEntry
from tests.audit_key import KEYS

START = datetime(2027, 1, 11, 9, 0, 0, 123456, tzinfo=UTC)
FOREIGN = key_ring(["a-key-that-the-intruder-made-for-this-purpose"])
_ENTRIES = SQLModel.metadata.tables["audit_entry"]
_HEAD = SQLModel.metadata.tables["audit_head"]
_SWAP = -1  # a number that no entry has


@contextmanager
def intrusion(database: Database) -> Iterator[Session]:
    """A session that the database refuses nothing; all that it did is undone at its end."""
    with Session(database.engine, info=database.carries) as session:
        let_in(session)
        yield session
        session.rollback()


def let_in(session: Session) -> None:
    """Let the database refuse nothing: on SQLite for good, on PostgreSQL until the transaction ends."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        names = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in connection.execute(names).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))


def write_trail(database: Database, length: int, *, keys: KeyRing = KEYS) -> None:
    """A trail of so many entries, as recording would have written it in an empty database."""
    with database.transaction() as session:
        connection, previous = session.connection(), GENESIS
        rows = []
        for number in range(1, length + 1):
            row = _entry(number, previous, keys)
            previous = row["hash"]
            rows.append(row)
        connection.execute(insert(_ENTRIES), rows)
        _set_head(connection, length, previous, keys)


def _entry(number: int, previous: object, keys: KeyRing) -> dict[str, object]:
    row: dict[str, object] = {
        "id": number,
        "at": START + timedelta(seconds=number),
        "actor_id": number % 7 or None,
        "actor": f"Person {number % 7}",
        "action": "move stage",
        "subject": f"cycle:{number % 50}",
        "before": {"stage: Call": "2027-01-11/2027-01-17", "weight": 0.1},
        "after": {"stage: Call": f"entry {number}", "list": [1, 2.5, None, "ä"]},
        "reason": "",
        "salt": secrets.token_hex(16),
        "text_digest": "",
        "previous_hash": previous,
        "hash": "",
        "key_id": keys.signing,
    }
    return signed(row, keys)


def signed(row: dict[str, object], keys: KeyRing) -> dict[str, object]:
    """The row with the digest and the hash that belong to the rest of it, under ``keys``."""
    entry = AuditEntry(**row)
    digest = entry.text_digest = text_digest(entry)
    return row | {"text_digest": digest, "hash": keys.mac(keys.signing, entry_message(entry))}


def _set_head(connection: Connection, count: int, newest: object, keys: KeyRing) -> None:
    message = head_message(count, count, 0, str(newest))
    values = {"count": count, "last_id": count, "hash": newest, "key_id": keys.signing}
    connection.execute(update(_HEAD).values(mac=keys.mac(keys.signing, message), **values))


def change(connection: Connection, length: int) -> int:
    """Another name in the middle."""
    return _changed(connection, length // 2, actor="Somebody else")


def change_anything(column: str, value: object) -> Callable[[Connection, int], int]:
    """Another value of one column in the middle."""
    return lambda connection, length: _changed(connection, length // 2, **{column: value})


def _changed(connection: Connection, number: int, **values: object) -> int:
    connection.execute(update(_ENTRIES).where(_ENTRIES.c.id == number).values(**values))
    return number


def remove_first(connection: Connection, length: int) -> int:
    """The entry that all stand on."""
    return _removed(connection, 1, 1) + 1


def remove_middle(connection: Connection, length: int) -> int:
    """Some of the middle, the rest left as it was."""
    return _removed(connection, length // 2, length // 2 + 1) + 2


def remove_last(connection: Connection, length: int) -> int:
    """The newest entries."""
    return _removed(connection, length - 1, length) - 1


def remove_all(connection: Connection, length: int) -> None:
    """Everything."""
    _removed(connection, 1, length)


def _removed(connection: Connection, first: int, last: int) -> int:
    connection.execute(_ENTRIES.delete().where(_ENTRIES.c.id.between(first, last)))
    return first


def reorder(connection: Connection, length: int) -> int:
    """Two neighbours change places."""
    one, other = length // 2, length // 2 + 1
    for before, after in ((one, _SWAP), (other, one), (_SWAP, other)):
        connection.execute(update(_ENTRIES).where(_ENTRIES.c.id == before).values(id=after))
    return one


def insert_entry(connection: Connection, length: int) -> int:
    """One more in the middle, chained to the entry before it; those after it move up."""
    place = length // 2
    _shift(connection, place)
    before = connection.execute(_ENTRIES.select().where(_ENTRIES.c.id == place - 1)).one()
    forged = _entry(place, "f" * 64, FOREIGN) | {"key_id": before.key_id, "hash": "e" * 64}
    connection.execute(insert(_ENTRIES).values(**forged))
    return place


def _shift(connection: Connection, place: int) -> None:
    """In two steps: neighbours must not have one number, not for a moment."""
    later = update(_ENTRIES).where(_ENTRIES.c.id >= place)
    connection.execute(later.values(id=-_ENTRIES.c.id))
    connection.execute(update(_ENTRIES).where(_ENTRIES.c.id < 0).values(id=1 - _ENTRIES.c.id))


def append_entry(connection: Connection, length: int) -> int:
    """One more at the end, the head as it was."""
    last = connection.execute(_ENTRIES.select().where(_ENTRIES.c.id == length)).one()
    forged = _entry(length + 1, last.hash, FOREIGN) | {"key_id": last.key_id}
    connection.execute(insert(_ENTRIES).values(**forged))
    return length + 1


def rehash_everything(connection: Connection, length: int) -> int:
    """All written anew with another content, consistently, under the name of the right key."""
    return _rehashed(connection, length, lambda row: signed(row, FOREIGN), FOREIGN)


def rehash_under_another_key(connection: Connection, length: int) -> int:
    """All written anew under a key of the intruder's, and said so."""
    renamed = {"key_id": FOREIGN.signing}
    return _rehashed(connection, length, lambda row: signed(row | renamed, FOREIGN), FOREIGN)


def rehash_without_keys(connection: Connection, length: int) -> int:
    """All written anew as entries were before there were keys, the head, too."""

    def unkeyed(row: dict[str, object]) -> dict[str, object]:
        bare = row | {"key_id": "", "salt": "", "text_digest": ""}
        return bare | {"hash": unkeyed_hash(AuditEntry(**bare))}

    return _rehashed(connection, length, unkeyed, FOREIGN)


def _rehashed(
    connection: Connection, length: int, sign: Callable[[dict[str, object]], dict[str, object]], keys: KeyRing
) -> int:
    rows = [dict(row) for row in connection.execute(_ENTRIES.select().order_by(_ENTRIES.c.id)).mappings()]
    previous: object = GENESIS
    for number, row in enumerate(rows):
        rows[number] = sign(row | {"actor": "Nobody", "previous_hash": previous})
        previous = rows[number]["hash"]
    connection.execute(_ENTRIES.delete())
    connection.execute(insert(_ENTRIES), rows)
    _set_head(connection, length, previous, keys)
    return 1


KINDS: dict[str, Callable[[Connection, int], int | None]] = {
    function.__name__: function
    for function in (
        change,
        remove_first,
        remove_middle,
        remove_last,
        remove_all,
        reorder,
        insert_entry,
        append_entry,
        rehash_everything,
        rehash_under_another_key,
        rehash_without_keys,
    )
}
