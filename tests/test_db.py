"""The database keeps its promises on both kinds: whole or not at all, and readers that cannot write."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import select

from exchange.db import Database, is_reachable
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


def test_is_reachable_says_no_when_the_database_is_gone() -> None:
    assert not is_reachable(Database("sqlite:////nowhere/at/all.db"))


def _web_session(*, person_id: int, at: datetime) -> WebSession:
    return WebSession(token_digest="d", person_id=person_id, created_at=at, expires_at=at)
