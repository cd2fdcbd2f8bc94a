"""What the status page says: jobs, letters, the audit trail, zone data, versions. It measures nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib.metadata import version
from platform import python_version

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from exchange.audit import first_broken
from exchange.models import AuditEntry, JobRun, Letter, LetterState
from exchange.rules.timezones import wall_time, zone_data_version
from exchange.settings import ROOT

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
class LastTick:
    """The newest tick of one job; ``finished_at`` None while it runs, or when it was killed."""

    job: str
    slot_at: datetime
    finished_at: datetime | None
    outcome: str
    age: timedelta


@dataclass(frozen=True)
class LetterCounts:
    """Letters by what becomes of them; ``overdue`` are those waiting whose time has come."""

    waiting: int
    overdue: int
    sending: int
    refused: int


@dataclass(frozen=True)
class AuditState:
    """How long the trail is, and the first entry that does not verify (None: all do)."""

    entries: int
    first_broken_id: int | None


def zone_data() -> ZoneData:
    """The zone data of this process."""
    return ZoneData(zone_data_version(), wall_time(VANCOUVER_AT, "America/Vancouver").at)


def database_state(session: Session) -> DatabaseState:
    """Read from the database itself, without the migration tool."""
    revision = session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar()
    versions = (ROOT / "exchange/migrations/versions").glob("[0-9]*.py")
    return DatabaseState(
        kind=session.get_bind().dialect.name,
        revision=revision or "",
        expected=max(path.stem[:4] for path in versions),
    )


def last_ticks(session: Session, now: datetime) -> list[LastTick]:
    """The newest tick of each job that ever ran, by name."""
    newest = (
        select(JobRun.job, func.max(JobRun.slot_at).label("slot_at")).group_by(col(JobRun.job)).subquery()
    )
    runs = session.exec(
        select(JobRun)
        .join(newest, (col(JobRun.job) == newest.c.job) & (col(JobRun.slot_at) == newest.c.slot_at))
        .order_by(col(JobRun.job))
    )
    return [LastTick(run.job, run.slot_at, run.finished_at, run.outcome, now - run.slot_at) for run in runs]


def letter_counts(session: Session, now: datetime) -> LetterCounts:
    """Letters in the outbox at ``now``."""
    by_state = select(Letter.state, func.count()).group_by(col(Letter.state))
    counts: dict[str, int] = dict(session.exec(by_state).all())
    overdue = select(func.count()).where(Letter.state == LetterState.QUEUED, col(Letter.due_at) <= now)
    return LetterCounts(
        waiting=counts.get(LetterState.QUEUED, 0),
        overdue=session.exec(overdue).one(),
        sending=counts.get(LetterState.SENDING, 0),
        refused=counts.get(LetterState.REFUSED, 0),
    )


def audit_state(session: Session) -> AuditState:
    """Verify the whole trail: its length is the price."""
    broken = first_broken(session)
    entries = session.exec(select(func.count()).select_from(AuditEntry)).one()
    return AuditState(entries=entries, first_broken_id=broken.id if broken else None)


def versions() -> dict[str, str]:
    """What this process runs on."""
    return {"Python": python_version()} | {name: version(name) for name in PACKAGES}
