"""The database keeps its promises on both kinds: whole or not at all, and readers that cannot write."""

import shutil
import sqlite3
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import select

from exchange.db import Database, is_reachable
from exchange.errors import ConfigurationError
from exchange.models import JobRun, Theme, WebSession

NOW = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.transaction() as session:
            session.add(Theme(key="T1", name="Half"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with database.reading() as session:
        assert session.exec(select(Theme)).all() == []


def test_reading_session_refuses_to_write(database: Database) -> None:
    with database.reading() as session:
        session.add(Theme(key="T1", name="Not here"))
        with pytest.raises(DBAPIError):
            session.flush()
    with database.transaction() as session:  # the connection writes again afterwards
        session.add(Theme(key="T2", name="Here"))
    with database.reading() as session:
        assert [theme.key for theme in session.exec(select(Theme))] == ["T2"]


def test_foreign_keys_are_held(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(_web_session(person_id=999, at=NOW))


def test_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError), database.transaction() as session:
        session.add(_web_session(person_id=1, at=NOW.replace(tzinfo=None)))


def test_instant_comes_back_aware_in_utc(database: Database) -> None:
    """The second 02:30 of an autumn night must not become the first one."""
    second_half_past_two = NOW.astimezone(timezone(timedelta(hours=1)))
    with database.transaction() as session:
        session.add(JobRun(job="j", slot_at=NOW, claimed_at=second_half_past_two, claimed_by="w"))
    with database.reading() as session:
        found = session.exec(select(JobRun)).one().claimed_at
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


def test_concurrent_writers_lose_no_update(database: Database) -> None:
    with database.transaction() as session:
        session.add(Theme(key="count", name="0"))

    def add_ten() -> None:
        for _ in range(10):
            with database.transaction() as session:
                row = session.exec(select(Theme).where(Theme.key == "count").with_for_update()).one()
                row.name = str(int(row.name) + 1)
                session.add(row)

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.exec(select(Theme)).one().name == "40"


def test_what_was_committed_is_seen_by_the_next_reader_of_any_thread(database: Database) -> None:
    """As many threads as a busy web process has: each finds what it just wrote."""
    missed: list[str] = []

    def write_and_look(thread: int) -> None:
        for number in range(10):
            key = f"{thread}-{number}"
            with database.transaction() as session:
                session.add(Theme(key=key, name=key))
            with database.reading() as session:
                if session.exec(select(Theme.id).where(Theme.key == key)).first() is None:
                    missed.append(key)

    threads = [threading.Thread(target=write_and_look, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert (len(session.exec(select(Theme)).all()), missed) == (80, [])


def test_reader_keeps_its_state_while_others_write(database: Database) -> None:
    with database.reading() as early:
        assert early.exec(select(Theme)).all() == []
        with database.transaction() as session:
            session.add(Theme(key="T1", name="Later"))
        assert early.exec(select(Theme)).all() == []
        with database.reading() as late:
            assert len(late.exec(select(Theme)).all()) == 1


def test_bare_statements_are_committed_piece_by_piece_and_hold_nothing_between(database: Database) -> None:
    def fail(connection: object) -> None:
        with connection.begin():  # type: ignore[attr-defined]  # a connection
            connection.execute(insert(Theme).values(key="T3", name="Half"))  # type: ignore[attr-defined]  # as above
            raise RuntimeError

    with database.connected() as connection:
        with connection.begin():
            connection.execute(insert(Theme).values(key="T1", name="Whole"))
        with database.transaction() as session:  # another writer has its turn meanwhile
            session.add(Theme(key="T2", name="Other"))
        with pytest.raises(RuntimeError):
            fail(connection)
        with connection.begin():
            connection.execute(insert(Theme).values(key="T4", name="After"))
    with database.reading() as session:
        assert sorted(session.exec(select(Theme.key))) == ["T1", "T2", "T4"]


def test_database_that_was_disposed_of_opens_again(database: Database) -> None:
    with database.reading() as session:
        assert session.exec(select(Theme)).all() == []
    database.dispose()
    with database.transaction() as session:
        session.add(Theme(key="T1", name="Again"))
    with database.reading() as session:
        assert len(session.exec(select(Theme)).all()) == 1


def test_readers_leave_room_for_writers(database: Database) -> None:
    """As many readers as connections are kept for, all open: a writer still has its own."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(database.reading()) for _ in range(5)]
        assert {len(session.exec(select(Theme)).all()) for session in sessions} == {0}
        with database.transaction() as session:
            session.add(Theme(key="T1", name="Here"))
    with database.reading() as session:
        assert len(session.exec(select(Theme)).all()) == 1


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path) -> Path:
    shutil.copy(sqlite_template, tmp_path / "exchange.db")
    return tmp_path / "exchange.db"


def test_schema_may_change_beneath_connections_that_are_kept(sqlite_file: Path) -> None:
    """A migration while web processes run: what they prepared is prepared anew, old columns or new."""
    mine, others = Database(f"sqlite:///{sqlite_file}"), Database(f"sqlite:///{sqlite_file}")
    with mine.transaction() as session:
        session.add(Theme(key="T1", name="Old"))
    with mine.reading() as early:
        early.exec(select(Theme.name)).all()
        with others.transaction() as session:
            session.connection().execute(text("ALTER TABLE theme ADD COLUMN colour TEXT DEFAULT 'red'"))
            session.connection().execute(text("UPDATE theme SET name = 'New'"))
        assert early.exec(select(Theme.name)).all() == ["Old"]
    with mine.reading() as session:
        assert session.connection().execute(text("SELECT colour FROM theme")).scalar() == "red"
        assert session.exec(select(Theme.name)).all() == ["New"]
    mine.dispose()
    others.dispose()


def test_pooled_readers_keep_no_log_from_being_emptied(sqlite_file: Path) -> None:
    database = Database(f"sqlite:///{sqlite_file}")
    with database.transaction() as session:
        session.add(Theme(key="T1", name="x"))
    with database.reading() as session:
        session.exec(select(Theme)).all()
    with closing(sqlite3.connect(sqlite_file)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    database.dispose()
    assert [path.name for path in sqlite_file.parent.iterdir() if "-wal" in path.name] == []


def test_database_in_memory_is_refused() -> None:
    """Writers and readers have connections of their own, and each would have another database."""
    for url in ("sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"):
        with pytest.raises(ConfigurationError, match="names no file"):
            Database(url)


def test_is_reachable_says_no_when_the_database_is_gone() -> None:
    assert not is_reachable(Database("sqlite:////nowhere/at/all.db"))


def _web_session(*, person_id: int, at: datetime) -> WebSession:
    return WebSession(token_digest="d", person_id=person_id, created_at=at, expires_at=at)
