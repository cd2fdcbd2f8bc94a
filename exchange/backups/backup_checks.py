"""What is looked at before anything is put back: is it a whole backup, and does it belong here?

Every wrong step has its sentence. Nothing is changed.
"""

from pathlib import Path

from exchange.audit.anchors import Anchor, BadAnchor, parsed_anchor
from exchange.audit.keys import KeyRing
from exchange.backups.backup_folder import UNFINISHED, backups_in
from exchange.backups.database_copies import engine_of
from exchange.backups.manifest import (
    FILE,
    BadBackup,
    KeptFile,
    Manifest,
    kept_file,
    read_manifest,
    release,
    secret_name,
)
from exchange.migrations import head_revision
from exchange.settings import Settings

_WORDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def checked_backup(folder: Path, settings: Settings, keys: KeyRing | None, *, other_secret: bool) -> Manifest:
    """The manifest of a whole backup that this version, with these settings and keys, can put back.

    ``other_secret`` lets one pass that was made under another secret key. Raises BadBackup.
    """
    _refuse_no_backup(folder)
    manifest = read_manifest(folder, keys)
    _check_engine(manifest, settings)
    _check_schema(manifest)
    _check_anchor(manifest, keys)
    _check_secret(manifest, settings, other_secret)
    _check_files(folder, manifest)
    return manifest


def anchor_of(manifest: Manifest) -> Anchor:
    """How the trail stood when the backup was made. Raises BadBackup."""
    try:
        return parsed_anchor(manifest.anchor)
    except BadAnchor as error:
        raise BadBackup("The manifest does not say how the audit trail stood: it was changed.") from error


def _refuse_no_backup(folder: Path) -> None:
    if folder.is_file():
        raise BadBackup(
            "%(folder)s is a file: a backup is a folder with a %(file)s.", folder=folder, file=FILE
        )
    if not folder.is_dir():
        raise BadBackup("There is no folder %(folder)s.", folder=folder)
    if folder.name.startswith(UNFINISHED):
        raise BadBackup("%(folder)s was never finished: choose another backup.", folder=folder)
    inside = backups_in(folder)
    if inside and not (folder / FILE).exists():
        raise BadBackup(
            "%(folder)s holds %(count)s backups and is none itself: name one of them. The newest is"
            " %(newest)s.",
            folder=folder,
            count=len(inside),
            newest=inside[-1],
        )


def _check_engine(manifest: Manifest, settings: Settings) -> None:
    here = engine_of(settings)
    if manifest.engine != here:
        raise BadBackup(
            "This is a backup of %(its)s, and EXCHANGE_DATABASE_URL names a database of %(here)s: a"
            " backup goes"
            " back into the kind of database that it was made of.",
            its=_WORDS.get(manifest.engine, manifest.engine),
            here=_WORDS.get(here, here),
        )


def _check_schema(manifest: Manifest) -> None:
    here = head_revision()
    if manifest.schema != here:
        raise BadBackup(
            "The backup has schema %(its)s (Exchange %(release)s), and this version (%(present)s) has"
            " %(here)s."
            " Install the version that made it and restore with that; then upgrade as usual.",
            its=manifest.schema,
            release=manifest.release,
            present=release(),
            here=here,
        )


def _check_anchor(manifest: Manifest, keys: KeyRing | None) -> None:
    if keys is None or not anchor_of(manifest).is_signed(keys):
        raise BadBackup("What the manifest says of the audit trail is not signed: it was changed.")


def _check_secret(manifest: Manifest, settings: Settings, other_secret: bool) -> None:
    if other_secret or manifest.secret_name == secret_name(settings):
        return
    raise BadBackup(
        "This backup was made under another secret key. Put that back first, into EXCHANGE_SECRET_KEY (or as"
        " secret_key into the data folder). Where it is lost, say --other-secret: every address of a"
        " calendar,"
        " every link in a letter, codes of apps, recovery codes and busy calendars then end."
    )


def _check_files(folder: Path, manifest: Manifest) -> None:
    faults = [(path, _fault(folder / path, entry)) for path, entry in manifest.files()]
    faults = [(path, fault) for path, fault in faults if fault]
    if faults:
        path, fault = faults[0]
        raise BadBackup(
            "%(path)s of the backup %(fault)s (%(count)s of %(all)s files are not as they were written)."
            " Nothing"
            " was changed here. Look for another copy of this backup, or choose another one.",
            path=path,
            fault=fault,
            count=len(faults),
            all=len(manifest.files()),
        )


def _fault(path: Path, entry: KeptFile) -> str:
    try:
        found = kept_file(path)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if found == entry else "is damaged"
