"""Rate limits hold over processes, because the database counts."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from exchange.db import Database
from exchange.models import RateCount
from exchange.web.access.guess_limits import GUESSES, GuessCounter, client_address
from exchange.web.access.rate_limits import (
    TooManyTries,
    count_try,
    forget_windows,
    mailbox_of,
    network_of,
)
from tests.reused import ReusedFile, kept_database

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)

_numbers = itertools.count()


@pytest.fixture
def sqlite_database(migrated_file: ReusedFile) -> Iterator[Database]:
    """A migrated database; each example counts for somebody of its own."""
    migrated_file.empty()
    with kept_database(migrated_file.url, "tests") as opened:
        yield opened


def try_once(database: Database, who: str = "anna@example.org", now: datetime = NOW) -> None:
    with database.transaction() as session:
        count_try(session, "sign-in", who, most=2, window=WINDOW, now=now)


def test_the_try_after_the_last_is_refused_with_the_time_to_wait(database: Database) -> None:
    try_once(database)
    try_once(database)
    with pytest.raises(TooManyTries, match="Wait 15 minutes"):
        try_once(database)


@given(st.lists(st.integers(0, 3600), min_size=1, max_size=40), st.integers(1, 5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_span_of_a_window_holds_more_tries_than_allowed(
    sqlite_database: Database, seconds: list[int], most: int
) -> None:
    """A window that began anew at each quarter let five tries through before it, and five after."""
    taken: list[datetime] = []
    who = f"{next(_numbers)}@example.org"
    for second in sorted(seconds):
        now = NOW + timedelta(seconds=second)
        try:
            with sqlite_database.transaction() as session:
                count_try(session, "sign-in", who, most=most, window=WINDOW, now=now)
            taken.append(now)
        except TooManyTries as refusal:
            assert sum(at > now - WINDOW for at in taken) == most
            free_at = now + timedelta(seconds=refusal.retry_seconds)
            assert sum(at > free_at - WINDOW for at in taken) == most - taken.count(taken[-most])
    for at in taken:
        assert sum(at <= other < at + WINDOW for other in taken) <= most


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", ""),
        (None, ""),
    ],
)
def test_network_is_what_one_customer_may_choose_from(address: str | None, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("typed", ["Anna@Example.org", " anna@example.org ", "\uff41nna@example.org"])
def test_mailbox_is_one_however_it_is_typed(typed: str) -> None:
    assert mailbox_of(typed) == "anna@example.org"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "127.0.0.1"),  # whoever may write the header could be a new visitor each time
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "198.51.100.1", ""),
    ],
)
def test_address_in_front_of_our_proxies_is_the_one_they_say(
    proxies: int, forwarded: str, expected: str
) -> None:
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(environ, proxies) == expected


def test_guesses_of_a_network_are_forgotten_with_their_window() -> None:
    guesses = GuessCounter()
    assert [guesses.retry_seconds("192.0.2.7", NOW) for _ in range(GUESSES)] == [None] * GUESSES
    assert guesses.retry_seconds("192.0.2.7", NOW + timedelta(minutes=4)) == 360
    assert guesses.retry_seconds("192.0.2.8", NOW) is None
    assert guesses.retry_seconds("192.0.2.7", NOW + timedelta(minutes=10)) is None


def test_guesses_count_in_all_processes_once_they_have_told_each_other(database: Database) -> None:
    """A guesser had thirty tries from each web process."""
    one, other = GuessCounter(), GuessCounter()
    for number in range(GUESSES - 5):
        one.retry_seconds("192.0.2.7", NOW + timedelta(seconds=number))
    for _ in range(5):
        other.retry_seconds("192.0.2.7", NOW + timedelta(minutes=1))
    other.retry_seconds("192.0.2.8", NOW)
    one.share(database)
    other.share(database)
    assert other.retry_seconds("192.0.2.7", NOW + timedelta(minutes=2)) == 8 * 60
    assert other.retry_seconds("192.0.2.8", NOW + timedelta(minutes=2)) is None
    assert one.retry_seconds("192.0.2.7", NOW + timedelta(minutes=2)) is None  # has not asked since
    one.share(database)
    # That was one more than there should be: the first of all counts no longer, the second does.
    assert one.retry_seconds("192.0.2.7", NOW + timedelta(minutes=2)) == 8 * 60 + 1
    assert one.retry_seconds("192.0.2.7", NOW + timedelta(minutes=20)) is None


def test_guesses_that_came_while_others_were_told_stay_counted(database: Database) -> None:
    counter = GuessCounter()
    for _ in range(3):
        for _ in range(GUESSES // 3):
            assert counter.retry_seconds("192.0.2.7", NOW) is None
        counter.share(database)
        counter.share(database)
    assert counter.retry_seconds("192.0.2.7", NOW) == 600
    with database.reading() as session:
        assert [one.count for one in session.exec(select(RateCount))] == [GUESSES]


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
