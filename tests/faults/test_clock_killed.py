"""The clock process killed at random moments while 500 letters are due: none lost, none doubled in name.

Each kill may make the one letter in flight arrive twice, under the same Message-ID, and no other.
"""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from sqlmodel import func, select

from exchange.db import Database
from exchange.models import JobRun, LetterState
from tests.faults.clock_process import (
    START_SECONDS,
    Arrivals,
    all_sent,
    assert_each_arrived,
    clock_process,
    queue_due_letters,
    surroundings,
)
from tests.mail.letters import all_letters
from tests.mail.sink import running
from tests.share import SHARES, fresh_chance

pytestmark = pytest.mark.faults

LETTERS = 250 * SHARES
KILLS = 12 * SHARES
FINISH_SECONDS = 120 * SHARES


def test_hundreds_of_letters_survive_dozens_of_kills(
    database: Database, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue_due_letters(database, LETTERS)
    seed, chance = fresh_chance()
    sink = Arrivals()
    with running(sink) as at:
        environment = surroundings(database_url, at, tmp_path)
        for _ in range(KILLS):
            with clock_process(environment) as process:
                wait_for_a_kill(process, sink, chance)
                process.kill()
                process.wait()
            sink.faults += 1
        left = sum(letter.state != LetterState.SENT for letter in all_letters(database))
        finish(database, environment)
    assert_each_arrived(database, sink)
    repeated = sink.repeated_by_fault()
    assert all(count <= 1 for count in repeated.values()), repeated
    with capsys.disabled():
        print(
            f"\n{database.engine.dialect.name}: {LETTERS} letters, {KILLS} kills of clocks (seed {seed}), "
            f"{left} left after the last; {len(sink.heard)} arrivals, {sum(repeated.values())} repeated"
        )


def wait_for_a_kill(process: "subprocess.Popen[bytes]", sink: Arrivals, chance: random.Random) -> None:
    """Return at a moment to kill: mostly while letters flow, now and then while it starts."""
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0, 2))
        return
    before = len(sink.heard)
    deadline = time.monotonic() + START_SECONDS
    while len(sink.heard) == before and time.monotonic() < deadline:
        assert process.poll() is None, "the clock process ended by itself"
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.6))


def finish(database: Database, environment: dict[str, str]) -> None:
    """Let one process do the rest, then ask it to end: it must do so cleanly, once it works at all."""
    before = ticks(database)
    with clock_process(environment) as process:
        deadline = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if all_sent(database) and ticks(database) > before:
                break
            time.sleep(0.25)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=START_SECONDS) == 0


def ticks(database: Database) -> int:
    """How many ticks clocks have begun so far."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(JobRun)).one()
