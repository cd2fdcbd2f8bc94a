"""A disk without room: every file is there whole or not at all, and who wrote is told.

On a real file system of a megabyte, which needs root to be mounted.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from exchange.app import create_app
from exchange.audit.anchors import Anchor, anchors_in, keep_anchor
from exchange.db import Database
from exchange.feeds.mirror.storage_backends import Folder
from exchange.mail.outbox.delivery import deliver_due
from exchange.mail.wire.maildir import MaildirTransport, received_letters
from exchange.migrations import migrate
from exchange.models import LetterState
from exchange.settings import Settings
from exchange.system.outages import Outage
from exchange.tokens import kept_secret, read_secret
from exchange.uploads.file_storage import store
from tests.audit_key import CARRIED
from tests.mail.letters import LETTER, NOW, all_letters, queue_letters
from tests.small_disk import everything_in, fill, small_disk

SIZE = 1_000_000
A_DAY = datetime(2027, 1, 11, 9, tzinfo=UTC)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of a megabyte."""
    with small_disk(tmp_path / "disk", SIZE) as folder:
        yield folder


@pytest.mark.parametrize("leaving", [0, 8192])
def test_an_upload_is_kept_whole_or_not_at_all(disk: Path, leaving: int) -> None:
    """What had been written of it stayed for ever, under a name that nobody knew."""
    folder = disk / "uploads"
    kept = store(folder, b"before")
    fill(disk, leaving=leaving)
    with pytest.raises(OSError, match="No space left"):
        store(folder, bytes(100_000))
    assert everything_in(folder) == [kept.stored_name]


def test_a_letter_of_the_mail_folder_is_whole_or_waits(
    database: Database, settings: Settings, disk: Path
) -> None:
    """Half of it stayed in the folder where letters are written."""
    folder = disk / "mail"
    transport = MaildirTransport(folder)
    long = replace(LETTER, text="A long letter.\n" * 5_000)
    queue_letters(database, 1)
    queue_letters(database, 1, letter=long)

    def deliver(now: datetime) -> None:
        deliver_due(database, transport, settings, now=now, worker="test:1", limit=10)

    (folder).mkdir()
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir()
    taken = fill(disk, leaving=24_000)
    deliver(NOW)
    assert [letter.state for letter in all_letters(database)] == [LetterState.SENT, LetterState.QUEUED]
    assert "No space left" in all_letters(database)[1].last_answer
    assert len(everything_in(folder)) == len(received_letters(folder)) == 1
    taken.unlink()
    deliver(NOW.replace(hour=NOW.hour + 1))
    assert {letter.state for letter in all_letters(database)} == {LetterState.SENT}
    assert len(received_letters(folder)) == 2


def test_a_kept_feed_stays_as_it_was(disk: Path) -> None:
    folder = disk / "feeds"
    folder.mkdir()
    Folder(folder).put("network.ics", b"before", [])
    fill(disk)
    with pytest.raises(OSError, match="No space left"):
        Folder(folder).put("network.ics", bytes(100_000), [])
    assert everything_in(folder) == ["network.ics"]
    assert (folder / "network.ics").read_bytes() == b"before"


def test_the_file_of_anchors_gets_whole_lines_alone(disk: Path) -> None:
    """Half a line would be read as one that was tampered with."""
    file = disk / "anchors.log"
    anchors = [Anchor(A_DAY, number, number, "a" * 64, "k", "m" * 64) for number in range(60)]
    taken = fill(disk, leaving=4096)
    kept = 0
    with pytest.raises(OSError, match="No space left"):
        while True:
            keep_anchor(file, anchors[kept])
            kept += 1
    assert 0 < kept < len(anchors) - 1
    assert [anchor for _, anchor in anchors_in(file)] == anchors[:kept]
    taken.unlink()
    keep_anchor(file, anchors[kept])
    assert [anchor for _, anchor in anchors_in(file)] == anchors[: kept + 1]


def test_a_secret_is_kept_whole_or_not_at_all(disk: Path) -> None:
    fill(disk)
    with pytest.raises(OSError, match="No space left"):
        kept_secret(disk)
    assert everything_in(disk) == []
    assert read_secret(disk) is None


@pytest.mark.slow
def test_a_database_whose_disk_is_full_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12_000_000) as disk:
        settings = Settings(
            database_url=f"sqlite:///{disk}/exchange.db",
            data_dir=disk,
            secret_key=SecretStr("a secret of the tests, of no installation"),
        )
        migrate(settings.database_url)
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        browser = app.test_client()
        assert browser.get("/sign-in").status_code == 200
        taken = fill(disk)
        with capture_logs() as logs:
            answers = [
                browser.post("/sign-in", data={"email": f"somebody{number}@example.org"})
                for number in range(40)  # until what SQLite had room for is used up
            ]
        assert {one.status_code for one in answers[-3:]} == {503}
        assert "no room left" in answers[-1].text, logs
        assert [one["event"] for one in logs if one["event"] != "request answered"] == [Outage.FULL.value], (
            logs
        )
        ready = browser.get("/readyz")
        assert (ready.status_code, "no room on the disk" in ready.text) == (503, True)
        taken.unlink()
        assert browser.post("/sign-in", data={"email": "somebody@example.org"}).status_code in (200, 303)
        again = Database(settings.database_url, carries=CARRIED)
        with again.reading() as session:
            assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        again.dispose()
        app.extensions["exchange"].database.dispose()
