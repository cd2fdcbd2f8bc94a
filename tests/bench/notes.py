"""An urgent note to the whole network: 60 cities, 5,000 people. Queued in one transaction, then delivered.

As with letters, the sink runs on the other core.
"""

import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlmodel import Session, col, func, select

from exchange.db import Database
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.migrations import migrate
from exchange.models import Letter, Person, Role
from exchange.notes.actions import By, write_note
from exchange.notes.drafts import NoteDraft
from exchange.notes.queries import note_with_id
from exchange.notes.sending import confirm_note, send_note
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from exchange.web.http.request_logs import configure_logs
from tests.audit_key import CARRIED
from tests.bench.cores import on_other_core
from tests.factories import make_city, make_person

CITIES, PEOPLE = 60, 5_000
NOW = datetime(2027, 3, 8, 3, tzinfo=UTC)  # the middle of the night in Europe
TEXT = "A warning has been raised. **Read it now**, and say who is on call in your city.\n\n" * 10


def measure() -> None:
    """Print how long the note takes into the outbox, and how long until the sink has every letter."""
    configure_logs("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'notes.db'}"
        migrate(url)
        database = Database(url, carries=CARRIED)
        with database.transaction() as session:
            note_id, second_id = _network(session)
        with on_other_core("tests.bench.sink") as process:
            assert process.stdout is not None
            at = process.stdout.readline().strip()
            settings = Settings(database_url=url, smtp_url=SecretStr(f"smtp://{at}"))
            queued = _confirm(database, settings, note_id, second_id)
            delivered = _deliver(database, settings)
        mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{f'urgent note to {PEOPLE:,} people':36} in the outbox after {queued:5.1f} s (10 at most)"
            f"   all delivered {delivered:5.1f} s later (120 at most)   {mebibytes:5.1f} MiB"
        )
        database.dispose()


def _network(session: Session) -> tuple[int, int]:
    """The cities and people; a note that waits to be confirmed, and who may."""
    cities = [make_city(session, f"City {number}") for number in range(CITIES)]
    first, second = (make_person(session, city=cities[0], roles=[Role.COORDINATOR]) for _ in range(2))
    for number in range(PEOPLE - 2):
        make_person(session, city=cities[number % CITIES])
    draft = NoteDraft("A warning", TEXT, Marking.GREEN, is_urgent=True, roles=frozenset(Role))
    by = By(first, NOW)
    note = write_note(session, draft, by=by)
    send_note(session, note, Settings(), by=by)
    return note.id or 0, second.id or 0


def _confirm(database: Database, settings: Settings, note_id: int, second_id: int) -> float:
    began = time.perf_counter()
    with database.transaction() as session:
        by = By(session.get_one(Person, second_id), NOW)
        confirm_note(session, note_with_id(session, note_id, locks=True), settings, by=by)
    seconds = time.perf_counter() - began
    with database.reading() as session:
        letters = session.exec(
            select(func.count()).where(col(Letter.note_id) == note_id, Letter.kind == "note")
        )
        assert letters.one() == PEOPLE
    return seconds


def _deliver(database: Database, settings: Settings) -> float:
    """In runs as the tick of the clock has them, until none is left."""
    began, sent = time.perf_counter(), 0
    while sent < PEOPLE:
        done: Delivered = deliver_due(
            database,
            transport_for(settings),
            settings,
            now=NOW,
            worker="bench:1",
            limit=settings.letters_per_tick,
        )
        assert done.sent, done
        sent += done.sent
    return time.perf_counter() - began
