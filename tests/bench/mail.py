"""Letters: delivery beside a bare smtplib loop with the same bytes, and ten thousand reminders queued.

Both loops talk to one sink on the other core, in turn, so that a busy moment hits both.
"""

import json
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from pydantic import SecretStr
from sqlalchemy import event
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.wire.mime_message import build_message
from exchange.migrations import migrate
from exchange.models import Letter, Person
from exchange.settings import ROOT, Settings
from exchange.web.http.request_logs import configure_logs
from tests.audit_key import CARRIED
from tests.bench.cores import on_other_core
from tests.factories import make_city, make_cycle, make_person, stage_plan
from tests.mail.programme import EARLY
from tests.queueing import queue_due

SENDER = "exchange@example.org"
LETTERS, ROUNDS = 200, 7
CITIES, CONTACTS = 20, 5  # of each cycle that queues reminders: a hundred readers
COUNTS = (1_000, 10_000)
REVIEW_REMINDED_AT = datetime(2027, 2, 24, 9, tzinfo=UTC)
SUBJECT = "[TLP:GREEN] In 4 days: your input is due on Fri 5 Feb: Hostile drones"
TEXT = "The exchange “Hostile drones” still takes what your city knows, by Friday 5 February.\n\n" * 8


def measure() -> None:
    """Print letters per second of both loops and their ratio; then statements and memory of queueing."""
    configure_logs("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        _delivery(Path(folder))
        for count in COUNTS:
            _queueing(Path(folder), count)


def _delivery(folder: Path) -> None:
    database = _make_installation(folder / "delivery.db")
    with _sink() as at:
        settings = Settings(database_url=database.url, smtp_url=SecretStr(f"smtp://{at}"))
        ours, bare = [], []
        for number in range(ROUNDS):
            letters = _queued(database, number)
            ours.append(_ours(database, settings))
            bare.append(_bare(at, letters))
        ratio = median(b / o for o, b in zip(ours, bare, strict=True))
        print(
            f"{'letters over SMTP, one connection':36} {LETTERS / median(ours):6.0f}/s"
            f"   bare smtplib {LETTERS / median(bare):6.0f}/s   ratio {ratio:4.2f}"
        )
    database.dispose()


def _ours(database: Database, settings: Settings) -> float:
    began = time.perf_counter()
    done = deliver_due(
        database, transport_for(settings), settings, now=EARLY, worker="bench:1", limit=LETTERS + 1
    )
    seconds = time.perf_counter() - began
    assert done.sent == LETTERS, done
    return seconds


def _bare(at: str, letters: list[Letter]) -> float:
    """The same bytes, built before the watch runs, sent by the standard library and nothing else."""
    built = [
        (one.to_address, build_message(one, mail_from="exchange@example.org", now=EARLY).as_bytes())
        for one in letters
    ]
    host, _, port = at.partition(":")
    began = time.perf_counter()
    with smtplib.SMTP(host, int(port), local_hostname="localhost") as connection:
        for address, content in built:
            connection.sendmail(SENDER, [address], content)
    return time.perf_counter() - began


def _queued(database: Database, number: int) -> list[Letter]:
    with database.transaction() as session:
        people = session.exec(select(Person).limit(LETTERS)).all() or _people(session)
        for person in people:
            queue(
                session,
                ComposedLetter(
                    "[TLP:GREEN] In 4 days: your input is due", TEXT, f"<p>{TEXT * 3}</p>", "example.org"
                ),
                to=person,
                once_key=f"bench:{number}:{person.id}",
                kind="E1",
                why="a benchmark",
                due_at=EARLY,
                useless_after=None,
                now=EARLY,
            )
        found = session.exec(select(Letter).where(col(Letter.once_key).startswith(f"bench:{number}:"))).all()
        session.expunge_all()
        return list(found)


def _people(session: Session) -> list[Person]:
    city = make_city(session)
    return [make_person(session, "Åsa Öberg", city=city) for _ in range(LETTERS)]


def _queueing(folder: Path, count: int) -> None:
    """In a process of its own, whose memory nothing else has grown."""
    database = _make_installation(folder / f"queueing{count}.db")
    cycles = count // (CITIES * CONTACTS)
    with database.transaction() as session:
        cities = [make_city(session, f"City {number}") for number in range(CITIES)]
        for city in cities:
            for _ in range(CONTACTS):
                make_person(session, city=city)
        for _ in range(cycles):
            make_cycle(session, lead_city=cities[0], cities=cities[1:], starts_on=date(2027, 1, 11))
    database.dispose()
    command = [sys.executable, "-m", "tests.bench.mail", database.url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=900)
    told = json.loads(done.stdout.splitlines()[-1])
    what = f"{told['queued']:,} reminders queued"
    print(
        f"{what:36} {told['queued'] / told['seconds']:6.0f}/s"
        f"   {told['statements'] / told['queued']:5.2f} statements each   {told['mebibytes']:5.1f} MiB"
    )


def queue_in_this_process(url: str) -> None:
    """Queue all that is due in one transaction, and print what it took."""
    configure_logs("ERROR")
    database, settings, plan = Database(url, carries=CARRIED), Settings(database_url=url), stage_plan()
    statements = 0

    def note(_connection: object, _cursor: object, _statement: str, *_rest: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(database.engine, "before_cursor_execute", note)
    began = time.perf_counter()
    with database.transaction() as session:
        queued = queue_due(session, plan=plan, settings=settings, now=REVIEW_REMINDED_AT)
    seconds = time.perf_counter() - began
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"queued": queued, "seconds": seconds, "statements": statements, "mebibytes": mebibytes}
    print(json.dumps(told))
    database.dispose()


def _make_installation(path: Path) -> Database:
    migrate(f"sqlite:///{path}")
    return Database(f"sqlite:///{path}", carries=CARRIED)


@contextmanager
def _sink() -> Iterator[str]:
    with on_other_core("tests.bench.sink") as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


if __name__ == "__main__":
    queue_in_this_process(sys.argv[1])
