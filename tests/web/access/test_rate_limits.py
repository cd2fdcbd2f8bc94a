"""Rate limits hold over processes, because the database counts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.models import RateCount
from exchange.web.limits import TooManyTries, count_try, forget_windows

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def try_once(database: Database, who: str = "anna@example.org", now: datetime = NOW) -> None:
    with database.transaction() as session:
        count_try(session, "sign-in", who, most=2, window=WINDOW, now=now)


def test_the_try_after_the_last_is_refused_with_the_time_to_wait(database: Database) -> None:
    try_once(database)
    try_once(database)
    with pytest.raises(TooManyTries, match="Wait 15 minutes"):
        try_once(database)


def test_others_and_later_windows_are_free(database: Database) -> None:
    try_once(database)
    try_once(database)
    try_once(database, who="ben@example.org")
    try_once(database, now=NOW + WINDOW)


def test_who_tried_is_kept_as_a_digest_only(database: Database) -> None:
    try_once(database)
    with database.reading() as session:
        assert "anna" not in session.exec(select(RateCount)).one().key


def test_old_windows_are_forgotten(database: Database) -> None:
    try_once(database)
    try_once(database, now=NOW + WINDOW)
    with database.transaction() as session:
        forget_windows(session, before=NOW + WINDOW)
    with database.reading() as session:
        assert session.exec(select(RateCount)).one().window_starts_at == NOW + WINDOW
