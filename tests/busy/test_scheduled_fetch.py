"""Rounds of looks over a real database and server: claims, states, copies that stay, waits that grow."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from exchange.busy import actions
from exchange.busy.fetching.fetch_messages import Source
from exchange.busy.scheduled_fetch import Looked, look_at_due
from exchange.busy_times import busy_intervals
from exchange.db import Database
from exchange.mail.outbox.delivery import transport_for
from exchange.models import AuditEntry, BusyCalendar, BusyInterval, City, Person, Role
from exchange.settings import Settings
from jobs.context import Context
from jobs.fetch_busy import fetch_busy
from tests.audit_key import CARRIED
from tests.busy.calendars import calendar, event
from tests.busy.server import Stranger
from tests.factories import make_city, make_person, stage_plan
from tests.hand_clock import HandClock

HOUR = timedelta(hours=1)
MONDAY = datetime(2027, 1, 11, tzinfo=UTC)


@dataclass
class Fetching:
    """A city, its contact, and what the tests do with them."""

    database: Database
    settings: Settings
    clock: HandClock
    city: City
    contact: Person

    def give(self, url: str) -> int:
        with self.database.transaction() as session:
            found = actions.give_calendar(
                session,
                Source("ics", url),
                city_id=self.city.id,
                person_id=None,
                settings=self.settings,
                actor=self.contact,
                now=self.clock(),
            )
            return found.id or 0

    def look(self) -> Looked:
        return look_at_due(self.database, self.settings, worker="test:1", clock=self.clock)

    def row_of(self, calendar_id: int) -> BusyCalendar:
        with self.database.reading() as session:
            return session.get_one(BusyCalendar, calendar_id)

    def busy(self) -> list[datetime]:
        with self.database.reading() as session:
            found = busy_intervals(session, [self.city.id or 0], MONDAY, MONDAY + timedelta(days=7))
            return [one.starts_at for one in found]


@pytest.fixture
def settings(database_url: str, tmp_path: Path, authority: tuple[Path, Path]) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path / "var",
        sample=False,
        busy_allow_private=True,
        busy_ca_file=authority[0],
        busy_seconds=20,
        busy_bytes=100_000,
    )


@pytest.fixture
def fetching(database: Database, settings: Settings, clock: HandClock) -> Iterator[Fetching]:
    with database.transaction() as session:
        city = make_city(session, "Stockholm")
        contact = make_person(session, city=city, roles=[Role.CITY_CONTACT])
    return Fetching(database, settings, clock, city, contact)


def test_a_calendar_lives_through_good_looks_bad_ones_and_a_cure(
    fetching: Fetching, stranger: Stranger, clock: HandClock
) -> None:
    """One long story, because each look begins a process."""
    calendar_id = fetching.give(f"{stranger.url}/own.ics")
    assert fetching.look() == Looked(good=1)
    assert fetching.busy() == [MONDAY + timedelta(hours=8)]
    first = fetching.row_of(calendar_id)
    assert (first.copied_at, first.due_at) == (clock(), clock() + HOUR)
    assert fetching.look() == Looked()  # not due

    clock.set(clock() + HOUR)  # unchanged: asked with the validator, kept as it is
    assert fetching.look() == Looked(good=1)
    assert stranger.asked[-1][1]["If-None-Match"] == '"v1"'
    assert (fetching.row_of(calendar_id).copied_at, fetching.row_of(calendar_id).expanded_at) == (
        clock(),
        first.copied_at,
    )

    stranger.status = 500
    good_at = clock()
    waits = []
    for _ in range(3):
        clock.set(fetching.row_of(calendar_id).due_at)
        assert fetching.look() == Looked(failed=1)
        waits.append(fetching.row_of(calendar_id).due_at - clock())
    assert waits == [HOUR / 4, HOUR / 2, HOUR]
    bad = fetching.row_of(calendar_id)
    assert (bad.problem, bad.problem_values) == (
        "The server has a fault of its own (%(status)s). We try again.",
        {"status": 500},
    )
    assert (bad.copied_at, bad.failures) == (good_at, 3)
    assert fetching.busy() == [MONDAY + timedelta(hours=8)]  # the last good copy

    stranger.status, stranger.etag = 200, '"v2"'
    stranger.own = calendar(
        event("20270112T090000", "20270112T100000"), event(uid="b", more="RRULE:FREQ=SECONDLY")
    )
    clock.set(bad.due_at)
    assert fetching.look() == Looked(good=1)
    cured = fetching.row_of(calendar_id)
    assert (cured.problem, cured.failures, cured.left_out) == ("", 0, 1)
    assert fetching.busy() == [MONDAY + timedelta(days=1, hours=8)]

    clock.set(clock() + timedelta(days=8))  # the span has moved on: the whole file is asked for
    assert fetching.look() == Looked(good=1)
    assert "If-None-Match" not in stranger.asked[-1][1]


def test_two_clocks_look_at_each_calendar_once_and_one_bad_server_troubles_no_other(
    fetching: Fetching, stranger: Stranger, clock: HandClock, settings: Settings, database_url: str
) -> None:
    ids = [fetching.give(f"{stranger.url}{path}") for path in ("/good.ics", "/page", "/packed.ics", "/410")]
    other = Database(database_url, carries=CARRIED)
    results: list[Looked] = []

    def run(database: Database, worker: str) -> None:
        results.append(look_at_due(database, settings, worker=worker, clock=clock))

    threads = [
        threading.Thread(target=run, args=(database, f"test:{number}"))
        for number, database in enumerate([fetching.database, other])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.dispose()
    assert (sum(r.good for r in results), sum(r.failed for r in results)) == (2, 2)
    assert sorted(path for path, _ in stranger.asked) == ["/410", "/good.ics", "/packed.ics", "/page"]
    problems = [fetching.row_of(one).problem for one in ids]
    assert [bool(problem) for problem in problems] == [False, True, False, True]
    assert fetching.busy() == [MONDAY + timedelta(hours=8)] * 2


def test_what_was_changed_or_removed_during_a_look_is_not_written_over(
    fetching: Fetching, stranger: Stranger, clock: HandClock
) -> None:
    """A calendar changed while its old address was being read showed the old one's times."""
    changed, removed = fetching.give(f"{stranger.url}/good.ics"), fetching.give(f"{stranger.url}/good.ics")

    class Meddling(HandClock):
        """Asked for the time as an outcome is written down, it changes things first, as a page would."""

        done = False

        def __call__(self) -> datetime:
            if stranger.asked and not self.done:
                self.done = True
                with fetching.database.transaction() as session:
                    row = session.get_one(BusyCalendar, changed, with_for_update=True)
                    new = Source("ics", f"{stranger.url}/own.ics")
                    actions.change_calendar(
                        session, row, new, settings=fetching.settings, actor=fetching.contact, now=clock()
                    )
                    actions.remove_calendar(
                        session,
                        session.get_one(BusyCalendar, removed, with_for_update=True),
                        actor=fetching.contact,
                        now=clock(),
                    )
            return super().__call__()

    stranger.own = calendar(event("20270113T090000", "20270113T100000"))
    look_at_due(fetching.database, fetching.settings, worker="test:1", clock=Meddling(clock()))
    assert fetching.look().failed == 0
    assert fetching.busy() == [MONDAY + timedelta(days=2, hours=8)]
    with fetching.database.reading() as session:
        assert session.exec(select(col(BusyInterval.calendar_id)).distinct()).all() == [changed]


def test_a_claim_left_by_a_dead_clock_is_taken_over_and_a_living_one_is_not(
    fetching: Fetching, stranger: Stranger, clock: HandClock
) -> None:
    calendar_id = fetching.give(f"{stranger.url}/good.ics")
    with fetching.database.transaction() as session:
        row = session.get_one(BusyCalendar, calendar_id)
        row.claimed_at, row.claimed_by = clock(), "another:1"
    assert fetching.look() == Looked()
    clock.set(clock() + timedelta(seconds=4 * fetching.settings.busy_seconds))
    assert fetching.look() == Looked(good=1)


def test_who_left_is_not_looked_at_any_more_and_then_forgotten(
    fetching: Fetching, stranger: Stranger, clock: HandClock
) -> None:
    with fetching.database.transaction() as session:
        person = session.get_one(Person, fetching.contact.id)
        actions.give_calendar(
            session,
            Source("ics", f"{stranger.url}/good.ics"),
            city_id=None,
            person_id=person.id,
            settings=fetching.settings,
            actor=person,
            now=clock(),
        )
        person.is_active = False
    assert fetching.look() == Looked()
    of_city = fetching.give(f"{stranger.url}/nothing")
    context = Context(
        fetching.database,
        fetching.settings,
        stage_plan(),
        transport_for(fetching.settings),
        clock,
        worker="test:1",
    )
    assert fetch_busy(context) == "0 read, 1 failed"
    assert [path for path, _ in stranger.asked] == ["/nothing"]
    with fetching.database.reading() as session:
        assert session.exec(select(BusyCalendar.id)).all() == [of_city]
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "remove busy calendar")).all()
        assert entry.actor_id is None


def test_an_address_sealed_with_another_secret_asks_to_be_given_again(
    fetching: Fetching, stranger: Stranger, clock: HandClock
) -> None:
    calendar_id = fetching.give(f"{stranger.url}/good.ics")
    moved = fetching.settings.model_copy(update={"secret_key": Settings(secret_key="x" * 40).secret_key})
    assert look_at_due(fetching.database, moved, worker="test:1", clock=clock) == Looked(failed=1)
    assert "Give the address again" in fetching.row_of(calendar_id).problem
