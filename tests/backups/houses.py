"""A house with people, files and a programme in a place of its own, and other places to restore to."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from exchange import audit
from exchange.audit.anchors import keep_anchor, present_anchor
from exchange.backups.making import Made, make_backup
from exchange.backups.restoring import Order, restore
from exchange.commands.kept_data.restored_installation import settle
from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.models import Attachment, Letter, Person, Role
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from exchange.uploads.file_storage import store
from tests.answering.asked import ASKED_AT, Round, answer, make_round
from tests.audit_key import CARRIED, KEY
from tests.factories import make_person

NOW = ASKED_AT
LATER = NOW + timedelta(hours=2)


@dataclass
class House:
    """An installation: its settings, and its database for as long as somebody works in it."""

    settings: Settings

    @contextmanager
    def at_work(self) -> Iterator[Database]:
        """The database, its connections closed at the end as when the processes stop."""
        database = Database(self.settings.database_url, carries=CARRIED)
        try:
            yield database
        finally:
            database.dispose()

    def fill(self) -> None:
        """A published cycle with people who were asked, one answer with a file, and a line of anchors."""
        with self.at_work() as database, database.transaction() as session:
            round_ = make_round(session)
            make_person(session, "Cora Coordinator", city=round_.london, roles=[Role.COORDINATOR])
            add_file(session, self.settings, round_, b"A plan of the square.")
            audit.record(session, actor=round_.anna, action="fill", subject="house", now=NOW)
        self.keep_anchor(NOW)

    def keep_anchor(self, now: datetime) -> None:
        """What a clock does twice a minute."""
        with self.at_work() as database, database.reading() as session:
            keep_anchor(self.settings.anchor_file, present_anchor(session, now))

    def change(self, action: str, now: datetime) -> None:
        """Something that the trail tells of."""
        with self.at_work() as database, database.transaction() as session:
            audit.record(session, actor=None, action=action, subject="house", now=now)
        self.keep_anchor(now)

    def back_up(self, folder: Path, now: datetime = NOW) -> Made:
        """What `exchange backup` does."""
        with self.at_work() as database:
            return make_backup(database, self.settings, folder, now)

    def restore(self, folder: Path, now: datetime = LATER, **agreed: bool) -> list[str]:
        """What `exchange restore` does."""
        settings = self.settings
        return restore(
            Order(folder, **agreed), settings, lambda one, told: settle(one, told, settings, now), now
        )

    def people(self) -> set[str]:
        """Who is in it."""
        with self.at_work() as database, database.reading() as session:
            return set(session.exec(select(Person.name)))

    def letters(self) -> list[Letter]:
        """All of the outbox, in the order of their rows."""
        with self.at_work() as database, database.reading() as session:
            return list(session.exec(select(Letter).order_by(col(Letter.id))))

    def faults(self) -> list[str]:
        """What is wrong with the trail, held against the anchors outside."""
        with self.at_work() as database, database.reading() as session:
            return [str(fault) for fault in audit.verify(session, outside=[self.settings.anchor_file]).faults]

    def uploads(self) -> dict[str, bytes]:
        """The files that people handed in, as they lie there."""
        folder = self.settings.uploads
        return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


Build = Callable[[], House]


def add_file(session: Session, settings: Settings, round_: Round, content: bytes) -> Attachment:
    """A file that belongs to an answer of London's."""
    written = answer(session, round_.asked(session, round_.anna, CycleAsk.CITIES))
    stored = store(settings.uploads, content)
    made = Attachment(
        contribution_id=written.id or 0,
        name="plan.pdf",
        media_type="application/pdf",
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        stored_name=stored.stored_name,
        person_id=round_.anna.id or 0,
        added_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def queue_letter(session: Session, key: str, *, due_at: datetime, now: datetime = NOW) -> Letter:
    """A letter to London's contact that waits."""
    to = session.exec(select(Person).where(Person.name == "Anna Contact")).one()
    letter = ComposedLetter(f"About {key}", "Dear reader\n", "<p>Dear reader</p>")
    made = queue(session, letter, to=to, once_key=key, kind="receipt", why="a test", due_at=due_at, now=now)
    assert made is not None
    return made


def change_manifest(folder: Path, **values: object) -> None:
    """A manifest as another version, place or house writes it, signed under the key of these tests."""
    facts = json.loads((folder / "manifest.json").read_text()) | values
    signed = {name: value for name, value in facts.items() if name != "mac"}
    spelled = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
    mac = hmac.new(KEY.encode(), b"exchange backup manifest 1\n" + spelled, hashlib.sha256).hexdigest()
    tamper_with_manifest(folder, **(facts | {"mac": mac}))


def tamper_with_manifest(folder: Path, **values: object) -> None:
    """What somebody does to a manifest who has no key."""
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def utc(text: str) -> datetime:
    """The instant of "2027-10-18 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
