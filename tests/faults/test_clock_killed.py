"""The clock process killed at random moments while 500 letters are due: none lost, none doubled in name.

Each kill may make the one letter in flight arrive twice, under the same Message-ID, and no other.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlmodel import func, select

from exchange import clock
from exchange.db import Database
from exchange.mail.outbox import ComposedLetter, queue
from exchange.models import JobRun, LetterState
from exchange.settings import ROOT
from tests.factories import make_city, make_person
from tests.mail.letters import all_letters
from tests.mail.sink import Sink, running

pytestmark = pytest.mark.faults

LETTERS = 500
KILLS = 24
TIMEOUT_SECONDS = 5  # a worker gives up on a letter after this, so that its claim is never taken from it
STUCK_SECONDS = 3 * TIMEOUT_SECONDS
START_SECONDS = 120  # a process starts in two seconds, on a busy machine in twenty
FINISH_SECONDS = 120


class Arrivals(Sink):
    """The sink, which also notes between which kills a letter arrived."""

    def __init__(self) -> None:
        super().__init__(at_data=self._note, seconds=0.02)  # slow enough that kills fall into answers
        self.kills = 0
        self.heard: list[tuple[str, str, int]] = []  # Message-ID, recipient, kills so far

    def _note(self, content: bytes) -> str:
        message = message_from_bytes(content)
        self.heard.append((str(message["Message-ID"]), str(message["To"]), self.kills))
        return "250 OK"


def test_five_hundred_letters_survive_two_dozen_kills(
    database: Database, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue_due_letters(database)
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    sink = Arrivals()
    with running(sink) as at:
        environment = surroundings(database_url, at, tmp_path)
        for _ in range(KILLS):
            with child(environment) as process:
                wait_for_a_kill(process, sink, chance)
                process.kill()
                process.wait()
            sink.kills += 1
        left = sum(letter.state != LetterState.SENT for letter in all_letters(database))
        finish(database, environment)
    assert_each_arrived(database, sink)
    repeated = repeated_by_kill(sink)
    assert all(count <= 1 for count in repeated.values()), repeated
    with capsys.disabled():
        print(
            f"\n{database.engine.dialect.name}: {LETTERS} letters, {KILLS} kills (seed {seed}), "
            f"{left} left after the last; {len(sink.heard)} arrivals, {sum(repeated.values())} repeated"
        )


def queue_due_letters(database: Database) -> None:
    now = clock.utc_now()
    with database.transaction() as session:
        city = make_city(session)
        for number in range(LETTERS):
            queue(
                session,
                ComposedLetter(
                    f"Letter {number}", f"Text {number}\n", f"<p>Text {number}</p>", "example.org"
                ),
                to=make_person(session, city=city),
                once_key=f"kill:{number}",
                kind="E1",
                why="a test",
                due_at=now,
                useless_after=None,
                now=now,
            )


def surroundings(database_url: str, at: str, tmp_path: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "PYTHONPYCACHEPREFIX": str(tmp_path / "pycache"),  # only the first start has to compile
        "EXCHANGE_DATABASE_URL": database_url,
        "EXCHANGE_SMTP_URL": f"smtp://{at}",
        "EXCHANGE_DATA_DIR": str(tmp_path),
        "EXCHANGE_DELIVER_SECONDS": "1",
        "EXCHANGE_SMTP_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
        "EXCHANGE_STUCK_SECONDS": str(STUCK_SECONDS),
        "EXCHANGE_LOG_LEVEL": "ERROR",
    }


@contextmanager
def child(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A real clock process, gone at the end whatever happens."""
    process = subprocess.Popen([sys.executable, "-m", "jobs"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for_a_kill(process: subprocess.Popen[bytes], sink: Arrivals, chance: random.Random) -> None:
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
    with child(environment) as process:
        deadline = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            are_sent = all(letter.state == LetterState.SENT for letter in all_letters(database))
            if are_sent and ticks(database) > before:
                break
            time.sleep(0.25)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=START_SECONDS) == 0


def ticks(database: Database) -> int:
    """How many ticks clocks have begun so far."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(JobRun)).one()


def assert_each_arrived(database: Database, sink: Arrivals) -> None:
    letters = all_letters(database)
    assert Counter(letter.state for letter in letters) == {LetterState.SENT: LETTERS}
    expected = {(letter.message_id, letter.to_address) for letter in letters}
    assert {(message_id, address_in(to)) for message_id, to, _ in sink.heard} == expected


def address_in(header: str) -> str:
    return header.partition("<")[2].rstrip(">") or header


def repeated_by_kill(sink: Arrivals) -> Counter[int]:
    """How many letters arrived before each kill and again after it."""
    last_seen: dict[str, int] = {}
    repeated: Counter[int] = Counter()
    for message_id, _to, kills in sink.heard:
        if message_id in last_seen:
            assert kills > last_seen[message_id], "a letter arrived twice without a kill between"
            repeated[last_seen[message_id]] += 1
        last_seen[message_id] = kills
    return repeated
