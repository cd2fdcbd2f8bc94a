"""Entries from before there were keys verify on, and the first under a key seals them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import column, table, text
from sqlmodel import SQLModel

from exchange.audit import record, record_done, verify
from exchange.audit.canonical import GENESIS, unkeyed_hash
from exchange.db import Database
from exchange.migrations import migrate
from exchange.models import AuditEntry
from tests.audit.intruder import intrusion
from tests.audit_key import CARRIED

NOW = datetime(2027, 1, 11, 9, 0, 0, 250000, tzinfo=UTC)
NUMBERS = (1, 2, 5, 6)  # PostgreSQL leaves gaps where a transaction was undone
LATER = ("salt", "text_digest", "key_id")


def upgraded(url: str) -> Database:
    """A database whose first entries were written by the version before."""
    migrate(url, "0013")
    database = Database(url, carries=CARRIED)
    previous = GENESIS
    columns = SQLModel.metadata.tables["audit_entry"].c
    before = table("audit_entry", *(column(one.name, one.type) for one in columns if one.name not in LATER))
    with database.transaction() as session:
        for number in NUMBERS:
            entry = AuditEntry(
                id=number,
                at=NOW,
                actor="system",
                action="open cycle",
                subject=f"cycle:{number}",
                after={"weeks": 8, "share": 0.1},
                previous_hash=previous,
                hash="",
            )
            entry.hash = previous = unkeyed_hash(entry)
            values = {key: value for key, value in entry.model_dump().items() if key not in LATER}
            session.connection().execute(before.insert().values(**values))
        session.connection().execute(text("UPDATE audit_head SET hash = :hash"), {"hash": previous})
    migrate(url)
    return database


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    upgraded_database = upgraded(empty_database_url)
    yield upgraded_database
    upgraded_database.dispose()


def test_many_entries_at_once_seal_the_earlier_ones_too(database: Database) -> None:
    with database.transaction() as session:
        assert record_done(session, "send letter", [("letter:1", {}), ("letter:2", {})], NOW) == 2
    with database.reading() as session:
        assert (verify(session).entries, verify(session).faults) == (7, [])


def test_earlier_entries_verify_and_are_sealed_by_the_first_under_a_key(
    database: Database, empty_database_url: str
) -> None:
    with database.reading() as session:
        verdict = verify(session)
        assert (verdict.entries, verdict.unkeyed, verdict.faults) == (4, 4, [])
    with database.transaction() as session:
        newest = record(session, actor=None, action="edit cycle", subject="cycle:1", now=NOW)
        assert newest.id == 8
        seal = session.get(AuditEntry, 7)
        assert seal is not None
        assert (seal.action, seal.after) == ("seal trail", {"entries": 4, "hash": seal.previous_hash})
    with database.reading() as session:
        verdict = verify(session)
        assert (verdict.entries, verdict.unkeyed, verdict.faults) == (6, 4, [])
    for number in NUMBERS:
        with intrusion(database) as session:
            session.connection().execute(text(f"UPDATE audit_entry SET actor = 'x' WHERE id = {number}"))
            assert verify(session).first_id == number
        with intrusion(database) as session:
            session.connection().execute(text(f"DELETE FROM audit_entry WHERE id = {number}"))
            assert not verify(session).is_whole
    migrate(empty_database_url, "0013")  # keeps the entries
    with database.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM audit_entry")).scalar_one() == 6
