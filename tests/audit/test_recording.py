"""The audit trail: a chain that verifies, and shows where it was broken."""

import threading
from datetime import UTC, date, datetime

from sqlmodel import select

from exchange import audit
from exchange.audit.canonical import GENESIS
from exchange.db import Database
from exchange.models import AuditEntry

NOW = datetime(2027, 1, 11, 9, tzinfo=UTC)


def test_entries_chain_and_verify(database: Database) -> None:
    _record(database, "open cycle", after={"starts_on": date(2027, 1, 11), "weeks": 8})
    _record(database, "publish cycle")
    with database.reading() as session:
        first, second = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert first.previous_hash == GENESIS
        assert second.previous_hash == first.hash
        assert first.after == {"starts_on": "2027-01-11", "weeks": 8}
        assert audit.verify(session).is_whole


def test_entry_is_gone_with_its_transaction(database: Database) -> None:
    try:
        with database.transaction() as session:
            audit.record(session, actor=None, action="never", subject="cycle:1", now=NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    _record(database, "kept")
    with database.reading() as session:
        assert [entry.action for entry in session.exec(select(AuditEntry))] == ["kept"]
        assert audit.verify(session).is_whole


def test_concurrent_writers_keep_one_chain(database: Database) -> None:
    def write() -> None:
        for number in range(5):
            _record(database, f"action {number}")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(session.exec(select(AuditEntry)).all()) == 20
        assert audit.verify(session).is_whole


def _record(database: Database, action: str, after: dict[str, object] | None = None) -> None:
    with database.transaction() as session:
        audit.record(session, actor=None, action=action, subject="cycle:1", now=NOW, after=after)
