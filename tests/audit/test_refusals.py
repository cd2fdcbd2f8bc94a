"""The database itself refuses to change the trail, whoever asks it: triggers on both kinds."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from exchange.audit import verify
from exchange.db import Database
from tests.audit.intruder import write_trail

CHANGES = [
    "UPDATE audit_entry SET actor = 'Somebody' WHERE id = 2",
    "UPDATE audit_entry SET id = 99 WHERE id = 2",
    "DELETE FROM audit_entry WHERE id = 3",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_head",
    "UPDATE audit_head SET count = 0",
    "UPDATE audit_head SET last_id = 1, count = 1",
    "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE id = 2",
    "INSERT INTO audit_head SELECT * FROM audit_head",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE id = 2",
    "INSERT OR REPLACE INTO audit_head (id, hash, count, last_id, unkeyed_id, key_id, mac)"
    " VALUES (1, '', 0, 0, 0, '', '')",
    "UPDATE OR REPLACE audit_entry SET id = 1 WHERE id = 2",
]
ON_POSTGRESQL = ["TRUNCATE audit_entry", "TRUNCATE audit_head", "TRUNCATE audit_anchor CASCADE"]


def test_database_refuses_changes_of_the_trail(database: Database) -> None:
    write_trail(database, 3)
    is_sqlite = database.engine.dialect.name == "sqlite"
    for change in CHANGES + (ON_SQLITE if is_sqlite else ON_POSTGRESQL):
        with pytest.raises(DatabaseError), database.transaction() as session:
            session.connection().execute(text(change))
    with database.reading() as session:
        verdict = verify(session)
        assert (verdict.entries, verdict.faults) == (3, [])
