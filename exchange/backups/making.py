"""Making a backup: copied, checked, described, given its name, put into the audit trail; old ones pruned."""

import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange import audit
from exchange.audit.keys import keys_of
from exchange.backups.backup_folder import begun, name_at, on_disk, prune
from exchange.backups.client_programs import ProgramFailed
from exchange.backups.database_copies import copy_database
from exchange.backups.manifest import (
    UPLOADS,
    BackupFailed,
    Manifest,
    kept_file,
    release,
    secret_name,
    write_manifest,
)
from exchange.backups.upload_copies import copy_all, keep_named
from exchange.db import Database
from exchange.rules.time.timezones import zone_data_version
from exchange.settings import Settings

SUBJECT, MADE = "backup", "make backup"  # in the audit trail


@dataclass(frozen=True)
class Made:
    """A backup that was made, and the names of older ones that went for it."""

    folder: Path
    manifest: Manifest
    pruned: Sequence[str]


def make_backup(database: Database, settings: Settings, folder: Path, now: datetime) -> Made:
    """Make a backup in a folder of its own inside ``folder``, and keep ``settings.backups_kept`` there.

    People may go on working. Raises BackupFailed, Conflict and ConfigurationError; what was there before
    stays whole then, and also when the process is killed.
    """
    name = name_at(now)
    try:
        with begun(folder, name) as half:
            manifest = _filled(database, settings, half, now)
        # While something is missing, an older one may be the last that has it.
        pruned = [] if manifest.absent_uploads else prune(folder, settings.backups_kept)
    except (OSError, sqlite3.Error, ProgramFailed, shutil.Error) as error:
        raise BackupFailed(
            "The backup %(folder)s could not be made: %(cause)s.", folder=folder / name, cause=error
        ) from error
    _record(database, manifest, name, now)
    return Made(folder / name, manifest, pruned)


def _filled(database: Database, settings: Settings, half: Path, now: datetime) -> Manifest:
    copies = half / UPLOADS
    copy_all(settings.uploads, copies)
    copied = copy_database(database, settings, half, now)
    kept, absent = keep_named(settings.uploads, copies, copied.uploads)
    on_disk(copies)
    manifest = Manifest(
        made_at=now,
        release=release(),
        schema=copied.schema,
        engine=copied.engine,
        zone_data=zone_data_version(),
        anchor=copied.anchor,
        secret_name=secret_name(settings),
        database=kept_file(copied.file),
        uploads=tuple(kept),
        absent_uploads=tuple(absent),
    )
    with database.reading() as session:
        write_manifest(half, manifest, keys_of(session))
    return manifest


def _record(database: Database, manifest: Manifest, name: str, now: datetime) -> None:
    """Whoever has it has everything: that it was made belongs into the trail. Refused by a broken trail."""
    after = {
        "name": name,
        "bytes": manifest.size_bytes,
        "sha256": manifest.database.sha256,
        "uploads": len(manifest.uploads),
        "absent": len(manifest.absent_uploads),
    }
    with database.transaction() as session:
        audit.record(session, actor=None, action=MADE, subject=SUBJECT, after=after, now=now)
