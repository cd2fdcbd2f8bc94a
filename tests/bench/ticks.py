"""Ticks at full size: what each costs when there is nothing to do, and what those cost that have work.

Processor time is this process's, which on SQLite holds the database's, too. Rows are those that came back or
were written; a lock is the longest transaction that kept other writers waiting.
"""

import sqlite3
import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import Connection, Engine, event

from exchange.duties.configured import stage_plan_of
from exchange.mail.outbox.delivery import transport_for
from exchange.settings import Settings
from exchange.web.http.request_logs import configure_logs
from jobs.context import Context
from jobs.schedule import ticks
from jobs.ticks import Tick
from tests.bench.full_size import NOW, on_each_database, opened
from tests.hand_clock import HandClock

ROUNDS = 5
AT_WORK = ("queue_reminders", "remind_of_duties", "tell_changes", "publish_feeds", "deliver_mail")
NEXT_MORNINGS = NOW + timedelta(hours=24)  # each city has had its 09:00


@dataclass
class Spent:
    """What one tick took."""

    cpu: float = 0.0
    rows: int = 0
    statements: int = 0
    lock: float = 0.0


def measure() -> None:
    """Print the costs of each tick on each database: first idle, then the ones that find work."""
    configure_logs("CRITICAL")
    for name, settings in on_each_database():
        hand = HandClock(NOW)
        context = _context(settings, hand)
        meter = _Meter(context)
        table = {tick.job: tick for tick in ticks(settings)}
        for tick in table.values():
            tick.run(context)  # what only the first one does
        print(f"{name + ', idle':34} {'CPU':>9} {'rows':>7} {'statements':>11} {'lock':>9}")
        for tick in table.values():
            print(_line(tick.job, [meter.spent(tick, context) for _ in range(ROUNDS)]))
        hand.set(NEXT_MORNINGS)
        print(f"{name + ', at work: a day later':34}")
        _print_work(
            meter,
            table,
            context,
            ("queue_reminders", "remind_of_duties", "tell_changes", "publish_feeds", "deliver_mail"),
        )
        context.database.dispose()


def _print_work(meter: "_Meter", table: dict[str, Tick], context: Context, jobs: tuple[str, ...]) -> None:
    for job in jobs:
        spent = meter.spent(table[job], context)
        print(f"{_line(job, [spent])}   {meter.outcome}")


def _line(job: str, spent: list[Spent]) -> str:
    middle = median(one.cpu for one in spent)
    last = spent[-1]
    lock = max(one.lock for one in spent)
    return f"  {job:32} {middle * 1000:6.1f} ms {last.rows:7,} {last.statements:11,} {lock * 1000:6.1f} ms"


def _context(settings: Settings, hand: HandClock) -> Context:
    return Context(
        database=opened(settings),
        settings=settings,
        plan=stage_plan_of(settings),
        transport=transport_for(settings),
        now=hand,
        worker="bench:1",
    )


class _Meter:
    """Counts what a database is asked, from its first connection on."""

    def __init__(self, context: Context) -> None:
        self.now = Spent()
        self.outcome = ""
        database = context.database
        for engine in {id(one): one for one in (database.engine, database.reader)}.values():
            _count(engine, self)
        event.listen(database.engine, "begin", self._begun)
        event.listen(database.engine, "commit", self._ended)
        event.listen(database.engine, "rollback", self._ended)

    def spent(self, tick: Tick, context: Context) -> Spent:
        """One run of the tick."""
        self.now = Spent()
        began = time.process_time()
        self.outcome = tick.run(context)
        self.now.cpu = time.process_time() - began
        return self.now

    def _begun(self, connection: Connection) -> None:
        connection.info["began"] = time.perf_counter()

    def _ended(self, connection: Connection) -> None:
        is_reader = connection.get_execution_options().get("postgresql_readonly", False)
        held = time.perf_counter() - connection.info.get("began", time.perf_counter())
        self.now.lock = self.now.lock if is_reader else max(self.now.lock, held)


def _count(engine: Engine, meter: _Meter) -> None:
    def executed(_connection: object, cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            meter.now.statements += 1
        meter.now.rows += max(0, getattr(cursor, "rowcount", 0))

    event.listen(engine, "after_cursor_execute", executed)
    if engine.dialect.name == "sqlite":  # whose cursors do not tell how many rows come back

        class Cursor(sqlite3.Cursor):
            def fetchall(self) -> list[object]:
                found = super().fetchall()
                meter.now.rows += len(found)
                return found

            def fetchone(self) -> object:
                found = super().fetchone()
                meter.now.rows += found is not None
                return found

            def fetchmany(self, size: int | None = 1) -> list[object]:
                found = super().fetchmany(size)
                meter.now.rows += len(found)
                return found

        class Counting(sqlite3.Connection):
            def cursor(self, *_given: object) -> sqlite3.Cursor:  # type: ignore[override]  # the driver passes none
                return super().cursor(Cursor)

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: object, _record: object, _positional: object, named: dict[str, object]) -> None:
            named["factory"] = Counting
