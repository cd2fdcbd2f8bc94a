"""A real clock process, with letters for it to send."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

from exchange import clock
from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.models import LetterState
from exchange.settings import ROOT
from tests.factories import make_city, make_person
from tests.mail.letters import all_letters
from tests.mail.sink import Sink

TIMEOUT_SECONDS = 5  # a worker gives up on a letter after this, so that its claim is never taken from it
STUCK_SECONDS = 3 * TIMEOUT_SECONDS
START_SECONDS = 120  # a process starts in two seconds, on a busy machine in twenty


class Arrivals(Sink):
    """The sink, which also notes after how many faults a letter arrived."""

    def __init__(self, *, seconds: float = 0.02) -> None:
        super().__init__(at_data=self._note, seconds=seconds)  # slow enough that faults fall into answers
        self.faults = 0
        self.heard: list[tuple[str, str, int]] = []  # Message-ID, recipient, faults so far

    def _note(self, content: bytes) -> str:
        message = message_from_bytes(content)
        self.heard.append((str(message["Message-ID"]), str(message["To"]), self.faults))
        return "250 OK"

    def repeated_by_fault(self) -> Counter[int]:
        """How many letters arrived before each fault and again after it; never without one between."""
        last_seen: dict[str, int] = {}
        repeated: Counter[int] = Counter()
        for message_id, _to, faults in self.heard:
            if message_id in last_seen:
                assert faults > last_seen[message_id], "a letter arrived twice without a fault between"
                repeated[last_seen[message_id]] += 1
            last_seen[message_id] = faults
        return repeated


def queue_due_letters(database: Database, letters: int) -> None:
    """So many letters, due now, each to a person of its own."""
    now = clock.utc_now()
    with database.transaction() as session:
        city = make_city(session, "Harbour Town")
        for number in range(letters):
            queue(
                session,
                ComposedLetter(
                    f"Letter {number}", f"Text {number}\n", f"<p>Text {number}</p>", "example.org"
                ),
                to=make_person(session, city=city),
                once_key=f"fault:{number}",
                kind="E1",
                why="a test",
                due_at=now,
                useless_after=None,
                now=now,
            )


def surroundings(database_url: str, smtp_at: str, data_dir: Path) -> dict[str, str]:
    """The environment of a clock that delivers each second."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | {
        "PYTHONPYCACHEPREFIX": str(data_dir / "pycache"),  # only the first start has to compile
        "EXCHANGE_DATABASE_URL": database_url,
        "EXCHANGE_SMTP_URL": f"smtp://{smtp_at}",
        "EXCHANGE_DATA_DIR": str(data_dir),
        "EXCHANGE_DELIVER_SECONDS": "1",
        "EXCHANGE_SMTP_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
        "EXCHANGE_STUCK_SECONDS": str(STUCK_SECONDS),
        "EXCHANGE_LOG_LEVEL": "ERROR",
    }


@contextmanager
def clock_process(environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """One, gone at the end whatever happens."""
    process = subprocess.Popen([sys.executable, "-m", "jobs"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool], what: str, *, seconds: float) -> None:
    """Ask until it did, or fail with what was waited for."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.1)


def all_sent(database: Database) -> bool:
    """Whether no letter is left."""
    return all(letter.state == LetterState.SENT for letter in all_letters(database))


def assert_each_arrived(database: Database, sink: Arrivals) -> None:
    """Each letter of the database was heard under its own Message-ID, and nothing else was."""
    letters = all_letters(database)
    assert {letter.state for letter in letters} == {LetterState.SENT}
    expected = {(letter.message_id, letter.to_address) for letter in letters}
    assert {(message_id, _address_in(to)) for message_id, to, _ in sink.heard} == expected


def _address_in(header: str) -> str:
    return header.partition("<")[2].rstrip(">") or header
