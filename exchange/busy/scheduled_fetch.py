"""Due calendars looked at: claimed by a row, looked at outside any transaction, written down in another.

Any number of clocks may do it at once. One calendar's trouble stays its own: it keeps its last good copy.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import structlog
from sqlalchemy import Table, and_, delete, insert, or_, select, update
from sqlalchemy.sql import Select
from sqlmodel import Session, SQLModel
from sqlmodel import select as sqlmodel_select

from exchange.busy.encryption import unseal
from exchange.busy.fetching.child_control import look
from exchange.busy.fetching.fetch_messages import LookFailed, Question, Seen
from exchange.db import Database
from exchange.errors import ConfigurationError, ExchangeError
from exchange.models import BusyCalendar, City, Person
from exchange.rules.findings.busy import Interval, wait_after
from exchange.settings import Settings

BEHIND = timedelta(weeks=1)  # what is kept of the past, for moves of what has just been
AHEAD = timedelta(days=460)  # fifteen months: the longest that anybody plans
ANEW_AFTER = timedelta(days=7)  # a calendar that never changes is read again, because the span moves on
AT_ONCE = 4  # looks of one clock side by side: a slow server keeps three others free
PER_TICK = 200

log = structlog.get_logger("exchange.busy")

_CALENDARS: Table = SQLModel.metadata.tables["busy_calendar"]
_INTERVALS: Table = SQLModel.metadata.tables["busy_interval"]


@dataclass(frozen=True)
class Looked:
    """What came of a round of looks."""

    good: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Round:
    """One round: ``clock`` is asked as it goes on."""

    database: Database
    settings: Settings
    worker: str
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]


@dataclass(frozen=True)
class _Claim:
    """A calendar that is ours to look at, for as long as ``token`` stands in its row."""

    calendar_id: int
    token: str
    sealed: str
    time_zone: str
    etag: str
    last_modified: str
    is_fresh: bool
    owner: str = ""


def look_at_due(
    database: Database,
    settings: Settings,
    *,
    worker: str,
    clock: Callable[[], datetime],
    is_stopping: Callable[[], bool] = lambda: False,
) -> Looked:
    """Look at every calendar that is due, the longest due first, at most PER_TICK of them."""
    one_round = _Round(database, settings, worker, clock, is_stopping)
    if not _is_due(one_round):
        return Looked()
    numbers = count()  # shared: next() of it is one step for all threads
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="busy") as pool:
        outcomes = [pool.submit(_look_on, one_round, numbers) for _ in range(AT_ONCE)]
    results = [outcome.result() for outcome in outcomes]
    return Looked(sum(r.good for r in results), sum(r.failed for r in results))


def _look_on(one_round: _Round, numbers: "count[int]") -> Looked:
    """One thread: claim and look until nothing is due."""
    good = failed = 0
    while next(numbers) < PER_TICK and not one_round.is_stopping():
        claim = _claimed(one_round)
        if claim is None:
            break
        if _look_at(one_round, claim):
            good += 1
        else:
            failed += 1
    return Looked(good, failed)


def _look_at(one_round: _Round, claim: _Claim) -> bool:
    """Look at one calendar and write down what came of it; whether it went well."""
    outcome: Seen | ExchangeError
    try:
        question = _question(one_round, claim)
        outcome = look(question, one_round.settings, is_stopping=one_round.is_stopping)
    except (LookFailed, ConfigurationError) as error:
        log.info("busy calendar not read", calendar=claim.calendar_id, why=error.template)
        outcome = error
    _write(one_round, claim, outcome)
    return isinstance(outcome, Seen)


def _question(one_round: _Round, claim: _Claim) -> Question:
    """Conditional, unless the copy was made for a span that has moved on since."""
    now = one_round.clock()
    return Question(
        source=unseal(claim.sealed, one_round.settings),
        from_at=(now - BEHIND).replace(microsecond=0),
        to_at=(now + AHEAD).replace(microsecond=0),
        time_zone=claim.time_zone,
        etag=claim.etag if claim.is_fresh else "",
        last_modified=claim.last_modified if claim.is_fresh else "",
        owner=claim.owner,
    )


def _due(now: datetime, settings: Settings) -> Select[tuple[int]]:
    """The calendar that has been due the longest and that nobody looks at now; not of people who left."""
    left_behind = now - timedelta(seconds=4 * settings.busy_seconds)  # a living look ends long before
    active = select(SQLModel.metadata.tables["person"].c.id).where(
        SQLModel.metadata.tables["person"].c.is_active
    )
    return (
        select(_CALENDARS.c.id)
        .where(
            _CALENDARS.c.due_at <= now,
            or_(_CALENDARS.c.claimed_at.is_(None), _CALENDARS.c.claimed_at <= left_behind),
            or_(_CALENDARS.c.person_id.is_(None), _CALENDARS.c.person_id.in_(active)),
        )
        .order_by(_CALENDARS.c.due_at, _CALENDARS.c.id)
        .limit(1)
    )


def _is_due(one_round: _Round) -> bool:
    """Whether one waits: a look without a lock, because on SQLite a writer keeps all others waiting."""
    with one_round.database.reading() as session:
        found = session.connection().execute(_due(one_round.clock(), one_round.settings)).first()
    return found is not None


def _claimed(one_round: _Round) -> _Claim | None:
    """The next due calendar, from now on ours; None when none is left."""
    now = one_round.clock()
    candidate = _due(now, one_round.settings).with_for_update(skip_locked=True).scalar_subquery()
    token = f"{one_round.worker}:{uuid4()}"
    with one_round.database.transaction() as session:
        statement = (
            update(_CALENDARS)
            .where(and_(_CALENDARS.c.id == candidate))
            .values(claimed_at=now, claimed_by=token)
            .returning(_CALENDARS.c.id)
        )
        found = session.connection().execute(statement).scalar_one_or_none()
        return None if found is None else _claim(session, found, token, now)


def _claim(session: Session, calendar_id: int, token: str, now: datetime) -> _Claim:
    row = session.get_one(BusyCalendar, calendar_id)
    person = session.get(Person, row.person_id) if row.person_id else None
    city = session.get_one(City, person.city_id if person else row.city_id)
    is_fresh = row.expanded_at is not None and now - row.expanded_at < ANEW_AFTER
    return _Claim(
        calendar_id,
        token,
        row.sealed,
        city.time_zone,
        row.etag,
        row.last_modified,
        is_fresh=is_fresh,
        owner=person.email if person else "",
    )


def _write(one_round: _Round, claim: _Claim, outcome: Seen | ExchangeError) -> None:
    """Write down what came of a look, unless the calendar was changed, removed or taken over meanwhile."""
    now = one_round.clock()
    with one_round.database.transaction() as session:
        row = session.exec(
            sqlmodel_select(BusyCalendar)
            .where(BusyCalendar.id == claim.calendar_id, BusyCalendar.claimed_by == claim.token)
            .with_for_update()
        ).first()
        if row is None:
            return
        row.looked_at = now
        row.claimed_at, row.claimed_by = None, ""
        if isinstance(outcome, Seen):
            _keep(session, row, outcome, now)
            row.due_at = now + timedelta(minutes=one_round.settings.busy_minutes)
        else:
            _note(row, outcome, now)


def _note(row: BusyCalendar, error: ExchangeError, now: datetime) -> None:
    """The copy stays; the next look is the later the longer this goes on."""
    row.failures += 1
    row.due_at = now + wait_after(row.failures)
    row.problem = error.template
    row.problem_values = {
        name: value if isinstance(value, int) else str(value) for name, value in error.values.items()
    }


def _keep(session: Session, row: BusyCalendar, seen: Seen, now: datetime) -> None:
    row.copied_at = now
    row.failures, row.problem, row.problem_values = 0, "", {}
    row.etag, row.last_modified = seen.etag, seen.last_modified
    if seen.intervals is not None:
        row.expanded_at, row.left_out = now, seen.left_out
        row.left_out_reasons = [asdict(reason) for reason in seen.reasons]
        _replace(session, row.id or 0, seen.intervals)


def _replace(session: Session, calendar_id: int, intervals: Sequence[Interval]) -> None:
    connection = session.connection()
    connection.execute(delete(_INTERVALS).where(_INTERVALS.c.calendar_id == calendar_id))
    if intervals:
        rows = [{"calendar_id": calendar_id, **asdict(one)} for one in intervals]
        connection.execute(insert(_INTERVALS), rows)
