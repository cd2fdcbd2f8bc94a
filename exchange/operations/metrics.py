"""What /metrics tells (https://prometheus.io/docs/instrumenting/exposition_formats/). It counts nothing.

Counts are the sum over all processes, wherever they run, as health/measurements.py left it in the database;
so one web process is asked for all. Gauges are as of now, those of a process with its name.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, case, col, func, select

from exchange.db import Database
from exchange.errors import WrongSchema
from exchange.health.measurements import EVERYBODY, FRESH, Measurements
from exchange.health.schema_version import check_schema
from exchange.health.tick_intervals import tick_seconds
from exchange.models import JobRun, Letter, LetterState, Measurement, PlanRequest, PlanState
from exchange.operations.tick_watch import JobAge, TickWatch
from exchange.settings import Settings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(
    database: Database, settings: Settings, measured: Measurements, watch: TickWatch, now: datetime
) -> bytes:
    """All that is told, in the text format. While the database is away that alone: a sum that falls is taken
    for one that began anew.
    """
    try:
        check_schema(database)
        with database.reading() as session:
            families = [*_of_database(session, settings, watch, now), *_measured(session, measured, now)]
    except (SQLAlchemyError, WrongSchema):
        families = []
    registry = CollectorRegistry()
    registry.register(_Collected([_gauge("exchange_database_up", _UP, [({}, bool(families))]), *families]))
    return generate_latest(registry)


_UP = "Whether the database answers and has the schema of this version."


class _Collected(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """What was given."""
        return self._families


def _measured(session: Session, measured: Measurements, now: datetime) -> Iterator[Metric]:
    """The families that processes count, filled from the table: what no version of ours knows is left out."""
    rows = session.exec(
        select(Measurement).where(
            (Measurement.process == EVERYBODY) | (Measurement.measured_at >= now - FRESH)
        )
    ).all()
    for family in measured.families():
        filled = Metric(family.name, family.documentation, family.type)
        names = {f"{family.name}{suffix}" for suffix in ("", "_total", "_bucket", "_sum", "_count")}
        for row in rows:
            if row.name in names:
                whose = {"process": row.process} if row.process != EVERYBODY else {}
                filled.add_sample(row.name, json.loads(row.labels) | whose, row.value)
        yield filled


def _of_database(session: Session, settings: Settings, watch: TickWatch, now: datetime) -> Iterator[Metric]:
    yield from _letters(session, now)
    counts = dict(session.exec(select(PlanRequest.state, func.count()).group_by(PlanRequest.state)).all())
    yield _gauge(
        "exchange_plans", "Plans by state.", [({"state": state}, counts.get(state, 0)) for state in PlanState]
    )
    yield from _ticks(watch.ages(session, tick_seconds(settings), now))


def _letters(session: Session, now: datetime) -> Iterator[Metric]:
    counts = dict(session.exec(select(Letter.state, func.count()).group_by(Letter.state)).all())
    yield _gauge(
        "exchange_letters",
        "Letters by state.",
        [({"state": state}, counts.get(state, 0)) for state in LetterState],
    )
    due = oldest_due(session, now)
    yield _gauge(
        "exchange_oldest_due_letter_seconds",
        "Since when the letter is due that has waited longest; 0: none waits.",
        [({}, (now - due).total_seconds() if due else 0)],
    )


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the letter waits that waits longest; None when none that is due waits.

    A letter that was queued after its hour, as by a plan published at noon, waits since it was queued.
    """
    waiting = (Letter.state == LetterState.QUEUED) & (Letter.due_at <= now)
    goes = col(Letter.held_at).is_(None)
    is_useful = (Letter.useless_after == None) | (Letter.useless_after > now)  # type: ignore[operator]  # noqa: E711 - SQL
    since = case((col(Letter.queued_at) > col(Letter.due_at), Letter.queued_at), else_=Letter.due_at)
    longest: datetime | None = session.exec(select(func.min(since)).where(waiting, goes, is_useful)).one()
    return longest


def _ticks(ages: list[JobAge]) -> Iterator[Metric]:
    ran = [(age.job, age, age.run, age.age) for age in ages if age.run is not None and age.age is not None]
    yield _gauge(
        "exchange_tick_age_seconds",
        "Since when a job of the clock has not begun anew.",
        [({"job": job}, max(0.0, since.total_seconds())) for job, _, _, since in ran],
    )
    yield _gauge(
        "exchange_tick_duration_seconds",
        "How long the newest finished tick of a job took.",
        [({"job": job}, _seconds(run)) for job, _, run, _ in ran if run.finished_at is not None],
    )
    yield _gauge(
        "exchange_tick_late",
        "Whether a job runs less often than it should, or not at all.",
        [({"job": age.job}, age.is_late) for age in ages],
    )
    yield _gauge(
        "exchange_tick_failed",
        "Whether the newest tick of a job broke off.",
        [({"job": job}, age.has_failed) for job, age, _, _ in ran],
    )


def _seconds(run: JobRun) -> float:
    """Never below zero: a wall clock may be put back during a tick."""
    return max(0.0, (run.finished_at - run.claimed_at).total_seconds()) if run.finished_at else 0.0


def _gauge(name: str, words: str, samples: Iterable[tuple[dict[str, str], float]]) -> Metric:
    samples = list(samples)
    family = GaugeMetricFamily(name, words, labels=tuple(samples[0][0]) if samples else ())
    for labels, value in samples:
        family.add_metric(tuple(labels.values()), float(value))
    return family
