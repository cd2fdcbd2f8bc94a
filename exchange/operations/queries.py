"""What the status page says: jobs, letters, the audit trail, zone data, versions. It measures nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange.access.kept_back import kept_back_from
from exchange.audit import fault_since_last, verify
from exchange.audit.verification import recent_day
from exchange.health.schema_version import known_revisions, present_revision
from exchange.mail.outbox.held_letters import count_held
from exchange.models import AuditEntry, Letter, LetterState
from exchange.rules.access.standing import Standing
from exchange.rules.time.timezones import wall_time, zone_data_version

# British Columbia stays on UTC-7 from 2026 on: zone data older than that shows 04:00.
VANCOUVER_AT = datetime(2026, 12, 15, 12, tzinfo=UTC)
VANCOUVER_SHOWS = time(5)
PACKAGES = ("flask", "holidays", "icalendar", "sqlalchemy", "tzdata")


@dataclass(frozen=True)
class ZoneData:
    """The zone data in use; ``vancouver_at`` is what its clock shows at VANCOUVER_AT."""

    version: str
    vancouver_at: time

    @property
    def is_current(self) -> bool:
        """Whether it knows the newest change that matters to a city of the network."""
        return self.vancouver_at == VANCOUVER_SHOWS


@dataclass(frozen=True)
class DatabaseState:
    """The kind of database and its schema; ``expected`` is the newest revision this version has."""

    kind: str
    revision: str
    expected: str


@dataclass(frozen=True)
class LetterCounts:
    """Letters by what becomes of them; ``overdue`` are those waiting whose time has come.

    ``held`` wait for a coordinator's word after a restore, and are neither waiting nor overdue; those that
    are kept from the reader are in none of the numbers.
    """

    waiting: int
    overdue: int
    sending: int
    refused: int
    held: int


@dataclass(frozen=True)
class AuditState:
    """How long the trail is, and what is wrong with its newest day ("": nothing)."""

    entries: int
    fault: str


def zone_data() -> ZoneData:
    """The zone data of this process."""
    return ZoneData(zone_data_version(), wall_time(VANCOUVER_AT, "America/Vancouver").at)


def database_state(session: Session) -> DatabaseState:
    """Read from the database itself, without the migration tool."""
    return DatabaseState(
        kind=session.get_bind().dialect.name,
        revision=present_revision(session.connection()),
        expected=known_revisions()[-1],
    )


def letter_counts(session: Session, now: datetime, standing: Standing) -> LetterCounts:
    """Letters in the outbox at ``now``, those held as far as ``standing`` may know of them."""
    by_state = select(Letter.state, func.count()).group_by(col(Letter.state))
    counts: dict[str, int] = dict(session.exec(by_state).all())
    is_queued = Letter.state == LetterState.QUEUED
    overdue = select(func.count()).where(is_queued, col(Letter.due_at) <= now, col(Letter.held_at).is_(None))
    held = session.exec(select(func.count()).where(is_queued, col(Letter.held_at).is_not(None))).one()
    known = kept_back_from(session, standing).other_letters
    return LetterCounts(
        waiting=counts.get(LetterState.QUEUED, 0) - held,
        overdue=session.exec(overdue).one(),
        sending=counts.get(LetterState.SENDING, 0),
        refused=counts.get(LetterState.REFUSED, 0),
        held=count_held(session, known),
    )


def audit_state(session: Session, anchors: Path) -> AuditState:
    """Verify what the newest day recorded, and the last of ``anchors``, a file that may not be here.

    All of it may take minutes, and has a command of its own.
    """
    faults = verify(session, since=recent_day(session)).faults
    outside = fault_since_last(session, anchors)
    entries = session.exec(select(func.count()).select_from(AuditEntry)).one()
    found = [*faults, *([outside] if outside else [])]
    return AuditState(entries=entries, fault=str(found[0]) if found else "")


def last_retention(session: Session) -> AuditEntry | None:
    """The last entry of the trail that tells what retention let go; None when it never had to."""
    return session.exec(
        select(AuditEntry).where(AuditEntry.subject == "retention").order_by(col(AuditEntry.id).desc())
    ).first()


@cache
def versions() -> dict[str, str]:
    """What this process runs on."""
    return {"Python": python_version()} | {name: version(name) for name in PACKAGES}
