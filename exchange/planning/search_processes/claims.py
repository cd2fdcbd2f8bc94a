"""Which clock has which request: claimed, kept by beats, given back, finished. Every step is one UPDATE.

Any number of clocks may do this at once; who changes no row has lost, and lets go.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, or_, select, update
from sqlmodel import Session, SQLModel

from exchange.models import PlanState

ATTEMPTS_MOST = 3  # a problem that takes its process down each time is given up

_REQUESTS: Table = SQLModel.metadata.tables["plan_request"]
_ROW = _REQUESTS.c


@dataclass(frozen=True)
class Claim:
    """One request that this clock may work on."""

    id: int
    worker: str
    problem: dict[str, object]
    seconds_most: int


@dataclass(frozen=True)
class Heartbeat:
    """How far the search is."""

    stage: str
    best: int | None
    bound: int | None
    seconds: float


def has_work(session: Session) -> bool:
    """Whether a request waits or is being worked on."""
    is_open = select(_ROW.id).where(_ROW.state.in_((PlanState.WAITING, PlanState.RUNNING)))
    return session.connection().execute(is_open.limit(1)).scalar() is not None


def claim_next(session: Session, worker: str, now: datetime, *, stale_seconds: int) -> Claim | None:
    """The oldest request that waits, or that a dead clock left behind; None when there is none."""
    free = _is_free(now - timedelta(seconds=stale_seconds))
    oldest = select(_ROW.id).where(free, _ROW.attempts < ATTEMPTS_MOST).order_by(_ROW.asked_at, _ROW.id)
    number = session.connection().execute(oldest.limit(1)).scalar()
    if number is None:
        return None
    claimed = session.connection().execute(
        update(_REQUESTS)
        .where(_ROW.id == number, free, _ROW.attempts < ATTEMPTS_MOST)
        .values(
            state=PlanState.RUNNING,
            claimed_by=worker,
            beat_at=now,
            attempts=_ROW.attempts + 1,
            stage="",
            best=None,
            bound=None,
            seconds=0.0,
        )
        .returning(_ROW.id, _ROW.problem, _ROW.seconds_most)
    )
    row = claimed.first()
    return Claim(row.id, worker, row.problem, row.seconds_most) if row else None  # else: another was faster


def give_up(session: Session, now: datetime, *, stale_seconds: int, failure: str) -> int:
    """End what was tried too often and left behind each time; how many."""
    stale = _is_free(now - timedelta(seconds=stale_seconds))
    ended = session.connection().execute(
        update(_REQUESTS)
        .where(stale, _ROW.attempts >= ATTEMPTS_MOST)
        .values(state=PlanState.FAILED, failure=failure, finished_at=now, claimed_by="")
    )
    return ended.rowcount


def record_heartbeat(session: Session, claim: Claim, how_far: Heartbeat, now: datetime) -> bool | None:
    """Write down how far it is; whether a stop was asked for, None when the claim is lost."""
    kept = session.connection().execute(
        update(_REQUESTS)
        .where(_is_ours(claim))
        .values(
            beat_at=now,
            stage=how_far.stage,
            best=how_far.best,
            bound=how_far.bound,
            seconds=how_far.seconds,
        )
        .returning(_ROW.stop_asked_at)
    )
    row = kept.first()
    return None if row is None else row.stop_asked_at is not None


def give_back(session: Session, claim: Claim) -> None:
    """Let another clock begin anew: this one is asked to end."""
    session.connection().execute(
        update(_REQUESTS)
        .where(_is_ours(claim))
        .values(state=PlanState.WAITING, claimed_by="", beat_at=None, attempts=_ROW.attempts - 1)
    )


def finish(
    session: Session,
    claim: Claim,
    *,
    state: PlanState,
    plan: dict[str, object] | None,
    failure: str,
    now: datetime,
) -> bool:
    """Write the end down; False when the claim is lost."""
    ended = session.connection().execute(
        update(_REQUESTS)
        .where(_is_ours(claim))
        .values(state=state, plan=plan, failure=failure, finished_at=now, claimed_by="")
    )
    return ended.rowcount == 1


def _is_free(stale_before: datetime) -> ColumnElement[bool]:
    left_behind = and_(_ROW.state == PlanState.RUNNING, _ROW.beat_at < stale_before)
    return or_(_ROW.state == PlanState.WAITING, left_behind)


def _is_ours(claim: Claim) -> ColumnElement[bool]:
    return and_(_ROW.id == claim.id, _ROW.state == PlanState.RUNNING, _ROW.claimed_by == claim.worker)
