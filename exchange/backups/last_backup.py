"""How the last backup went, by the audit trail: for the status page and `exchange doctor`. It makes none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from exchange.backups.making import MADE, SUBJECT
from exchange.models import AuditEntry
from exchange.settings import Settings

OVERDUE = timedelta(hours=26)  # a tick comes once a day, and a large database takes its time


@dataclass(frozen=True)
class BackupState:
    """The last backup that was made, None for none, and whether a clock should have made a newer one.

    ``absent_uploads`` are files that it lacks, because they were missing or damaged.
    """

    at: datetime | None
    name: str
    size_bytes: int
    absent_uploads: int
    is_nightly: bool
    is_overdue: bool


def backup_state(session: Session, settings: Settings, now: datetime) -> BackupState:
    """The state at ``now``."""
    last = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == SUBJECT, AuditEntry.action == MADE)
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).first()
    told = (last.after or {}) if last else {}
    is_nightly = settings.backup_dir is not None
    return BackupState(
        at=last.at if last else None,
        name=str(told.get("name", "")),
        size_bytes=int(str(told.get("bytes", 0))),
        absent_uploads=int(str(told.get("absent", 0))),
        is_nightly=is_nightly,
        is_overdue=is_nightly and (last is None or now - last.at > OVERDUE),
    )
