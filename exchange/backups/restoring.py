"""A backup put back: into an empty place, or over a stopped installation when somebody said so.

All of it is looked at before anything is changed. What must be done with the restored state before anybody
works on it is given by the caller, who knows the ticks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from exchange import audit
from exchange.audit.keys import CARRIED_AS, present_keys
from exchange.backups.backup_checks import anchor_of, checked_backup
from exchange.backups.backup_folder import name_at
from exchange.backups.database_copies import engine_of
from exchange.backups.database_swaps import left_beside, swapped_in
from exchange.backups.manifest import BadBackup, Manifest
from exchange.backups.present_installation import present_installation
from exchange.backups.restored_uploads import bring_back, remove_others
from exchange.backups.running_processes import refuse_running
from exchange.db import Database
from exchange.errors import Conflict
from exchange.migrations import schema_revision
from exchange.models import AuditHead
from exchange.settings import Settings

Settle = Callable[[Database, Manifest], Sequence[str]]
_SHORTENED = "shortened"  # anchors of what came after the backup: expected here


@dataclass(frozen=True)
class Order:
    """Which backup, and what was agreed to: to replace what stands there, to use another secret."""

    folder: Path
    is_confirmed: bool = False
    other_secret: bool = False


def restore(order: Order, settings: Settings, settle: Settle, now: datetime) -> list[str]:
    """Put a backup back; what was done, in sentences. ``settle`` works on the restored state before it holds.

    Raises BadBackup and Conflict before anything is changed, and ConfigurationError.
    """
    keys = present_keys(settings)
    manifest = checked_backup(order.folder, settings, keys, other_secret=order.other_secret)
    refuse_running(settings)
    _refuse_present(order, manifest, settings)
    strays = left_beside(settings) if engine_of(settings) == "sqlite" else []
    bring_back(order.folder, manifest, settings.uploads)
    with swapped_in(order.folder, manifest, settings, {CARRIED_AS: keys}, now) as database:
        is_shorter = _check_restored(database, manifest, settings)
        said = settle(database, manifest)
    removed = remove_others(manifest, settings.uploads)
    aside = _put_aside(settings.anchor_file, now) if is_shorter else None
    return [*_sentences(manifest, strays, removed, aside), *said]


def _refuse_present(order: Order, manifest: Manifest, settings: Settings) -> None:
    present = present_installation(settings)
    if present and not order.is_confirmed:
        raise Conflict(
            "There is something here already (%(present)s), and all of it would be replaced by the backup of"
            " %(at)s UTC. If it can still be read, make a backup of it first; then say --yes.",
            present=present,
            at=f"{manifest.made_at:%Y-%m-%d %H:%M}",
        )


def _check_restored(database: Database, manifest: Manifest, settings: Settings) -> bool:
    """Whether the anchors outside go on after the backup. Raises BadBackup for what is not as it was made."""
    if schema_revision(database) != manifest.schema:
        raise BadBackup("The database of the backup does not have the schema that its manifest says.")
    anchor = anchor_of(manifest)
    with database.reading() as session:
        if _head(session) != (anchor.count, anchor.last_id, anchor.hash):
            raise BadBackup(
                "The audit trail of the backup does not end as its manifest says: it was changed."
            )
        verdict = audit.verify(session, outside=[settings.anchor_file])
    faults = [fault for fault in verdict.faults if fault.kind != _SHORTENED]
    if faults:
        raise BadBackup(
            "The audit trail of the backup does not verify (%(fault)s). Nothing was changed here.",
            fault=faults[0],
        )
    return bool(verdict.faults)


def _head(session: Session) -> tuple[int, int, str]:
    head = session.exec(select(AuditHead)).one()
    return head.count, head.last_id, head.hash


def _put_aside(file: Path, now: datetime) -> Path:
    """The anchors of what came after the backup are evidence of it, and hold for no trail from here on."""
    aside = file.with_name(f"{file.name}.until-{name_at(now)}")
    file.rename(aside)
    return aside


def _sentences(manifest: Manifest, strays: Sequence[Path], removed: int, aside: Path | None) -> list[str]:
    trail = anchor_of(manifest)
    said = [
        f"Restored: the state of {manifest.made_at:%Y-%m-%d %H:%M} UTC, {len(manifest.uploads)} uploads,"
        f" {trail.count:,} entries of the audit trail, which verify."
    ]
    if strays:
        names = ", ".join(path.name for path in strays)
        said.append(f"Removed {names}: it belonged to another database and would have damaged this one.")
    if removed:
        said.append(f"Removed {removed} files that this state does not name.")
    if manifest.absent_uploads:
        said.append(
            f"{len(manifest.absent_uploads)} files were missing or damaged when the backup was made, and"
            " are so now."
        )
    if aside:
        said.append(
            f"The anchors that tell of later entries lie in {aside} now: keep that file, with a note why."
        )
    if manifest.engine == "postgresql":
        said.append("Grants are in no backup: repeat those that docs/operations.md names.")
    return said
