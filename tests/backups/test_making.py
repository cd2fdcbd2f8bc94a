"""Backups are made while people work: whole, described, checked, pruned, and in the trail."""

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from exchange import audit
from exchange.backups.backup_folder import backups_in
from exchange.backups.last_backup import backup_state
from exchange.backups.making import BackupFailed
from exchange.backups.manifest import read_manifest, secret_name
from exchange.errors import ConfigurationError, Conflict
from exchange.migrations import head_revision
from exchange.models import Attachment, AuditEntry
from tests.audit_key import KEYS
from tests.backups.houses import NOW, Build, House

ON_SQLITE = pytest.mark.parametrize("build", ["sqlite"], indirect=True)


def test_backup_holds_database_uploads_and_manifest_and_nobody_else_may_look(
    house: House, kept: Path
) -> None:
    made = house.back_up(kept)
    assert made.folder == kept / "2027-10-18T080000Z"
    manifest = read_manifest(made.folder, KEYS)
    assert manifest == made.manifest
    assert (manifest.schema, manifest.made_at) == (head_revision(), NOW)
    assert manifest.secret_name == secret_name(house.settings)
    ((name, content),) = house.uploads().items()
    assert [one.name for one in manifest.uploads] == [name]
    assert (made.folder / "uploads" / name).read_bytes() == content
    assert manifest.absent_uploads == ()
    everything = [kept, *kept.rglob("*")]
    assert [path for path in everything if path.stat().st_mode & 0o077] == []
    assert sorted(path.name for path in made.folder.iterdir()) == sorted(
        ["manifest.json", "uploads", manifest.database.name]
    )


def test_no_key_and_no_secret_is_in_a_backup(house: House, kept: Path) -> None:
    """Whoever finds a backup must not be able to sign in, to make addresses, or to write the trail anew."""
    made = house.back_up(kept)
    secrets = [house.settings.secret_key, house.settings.audit_key]
    for path in (one for one in made.folder.rglob("*") if one.is_file()):
        for secret in secrets:
            assert secret is not None
            assert secret.get_secret_value().encode() not in path.read_bytes()


def test_backup_is_in_the_trail_and_the_status_knows_when_the_next_is_overdue(
    house: House, kept: Path
) -> None:
    nightly = house.settings.model_copy(update={"backup_dir": kept})
    with house.at_work() as database, database.reading() as session:
        assert backup_state(session, nightly, NOW).is_overdue
    made = house.back_up(kept)
    with house.at_work() as database, database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.subject == "backup")).one()
        assert entry.after is not None
        assert entry.after["sha256"] == made.manifest.database.sha256
        state = backup_state(session, nightly, NOW + timedelta(hours=25))
        assert (state.at, state.name, state.is_overdue) == (NOW, made.folder.name, False)
        assert backup_state(session, nightly, NOW + timedelta(hours=27)).is_overdue
        assert not backup_state(session, house.settings, NOW + timedelta(hours=27)).is_overdue


def test_only_the_newest_are_kept(house: House, kept: Path) -> None:
    house.settings = house.settings.model_copy(update={"backups_kept": 2})
    made = [house.back_up(kept, NOW + timedelta(days=day)) for day in range(4)]
    assert made[3].pruned == [made[1].folder.name]
    assert backups_in(kept) == [made[2].folder, made[3].folder]


def test_two_in_one_second_overwrite_nothing(house: House, kept: Path) -> None:
    made = house.back_up(kept)
    before = (made.folder / "manifest.json").read_bytes()
    with pytest.raises(Conflict, match="overwrites nothing"):
        house.back_up(kept)
    assert (made.folder / "manifest.json").read_bytes() == before


def test_two_at_once_do_not_mix(house: House, kept: Path) -> None:
    from exchange.backups.backup_folder import begun

    with begun(kept, "2027-10-17T000000Z"), pytest.raises(Conflict, match="Another backup is being made"):
        house.back_up(kept)
    assert [path.name for path in backups_in(kept)] == ["2027-10-17T000000Z"]


def test_what_a_killed_backup_left_goes_and_the_last_one_stays(house: House, kept: Path) -> None:
    first = house.back_up(kept)
    left = kept / ".unfinished-2027-10-18T083000Z"
    shutil.copytree(first.folder, left)
    second = house.back_up(kept, NOW + timedelta(hours=1))
    assert sorted(path.name for path in kept.iterdir()) == [first.folder.name, second.folder.name]


def test_missing_and_damaged_uploads_are_told_and_no_older_backup_goes_for_it(
    house: House, kept: Path
) -> None:
    house.settings = house.settings.model_copy(update={"backups_kept": 1})
    whole = house.back_up(kept)
    (name,) = house.uploads()
    (house.settings.uploads / name).write_bytes(b"A plan of the sqUare.")
    damaged = house.back_up(kept, NOW + timedelta(days=1))
    assert (damaged.manifest.uploads, damaged.manifest.absent_uploads) == ((), (name,))
    (house.settings.uploads / name).unlink()
    missing = house.back_up(kept, NOW + timedelta(days=2))
    assert missing.manifest.absent_uploads == (name,)
    assert backups_in(kept) == [whole.folder, damaged.folder, missing.folder]
    with house.at_work() as database, database.reading() as session:
        assert backup_state(session, house.settings, NOW + timedelta(days=2)).absent_uploads == 1


def test_files_that_the_database_does_not_name_are_left_out(house: House, kept: Path) -> None:
    (house.settings.uploads / "orphan").write_bytes(b"nobody names it")
    (house.settings.uploads / "half.part").write_bytes(b"being written")
    with house.at_work() as database, database.transaction() as session:
        session.exec(select(Attachment)).one().removed_at = NOW
    assert house.back_up(kept).manifest.uploads == ()


def test_folder_that_cannot_be_written_is_one_sentence(house: House, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    with pytest.raises(BackupFailed, match="could not be made"):
        house.back_up(file / "kept")


@ON_SQLITE
def test_backup_of_nothing_makes_nothing(build: Build, kept: Path) -> None:
    house = build()
    (house.settings.data_dir / "exchange.db").unlink()
    with pytest.raises(ConfigurationError, match="There is no database at"):
        house.back_up(kept)
    assert list(kept.iterdir()) == []


def test_state_of_one_moment_while_people_write(house: House, build: Build, kept: Path) -> None:
    """The trail, whose entries are counted and chained, is whole in each backup, wherever it fell between."""
    stopping = threading.Event()

    def write() -> None:
        with house.at_work() as database:
            while not stopping.is_set():
                with database.transaction() as session:
                    audit.record(session, actor=None, action="write", subject="load", now=NOW)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        made = [house.back_up(kept, NOW + timedelta(minutes=minute)) for minute in range(3)]
    finally:
        stopping.set()
        for writer in writers:
            writer.join()
    counts = [int(one.manifest.anchor.split()[1]) for one in made]
    assert counts[0] < counts[1] < counts[2]
    elsewhere = build()
    elsewhere.restore(made[1].folder)
    assert elsewhere.faults() == []
    assert elsewhere.people() == house.people()
