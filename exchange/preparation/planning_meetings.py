"""Planning meetings with an hour: on the clocks of all who plan, what speaks against it, and shared ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from exchange.duties.prepared import Line, Prepared
from exchange.duties.prepared_events import prepared_events
from exchange.invitations.queries import Turnout, turnout_of_step
from exchange.models import Preparation, PreparationStep, TrainingEvent
from exchange.rules.findings.clock_findings import clock_findings, repeated_time
from exchange.rules.findings.day_findings import findings_for_session
from exchange.rules.findings.finding_types import Finding, sort_findings
from exchange.rules.programme.preparation_profiles import FARTHEST_DAYS, Profiles
from exchange.rules.time.city_clocks import ClockRow, clock_rows
from exchange.rules.time.timezones import WallTime, instant

_NEAR = timedelta(days=2 * FARTHEST_DAYS)  # two events that far apart have no meeting on one day


@dataclass(frozen=True)
class Shared:
    """A meeting of another event at the same time, of the same people or by the same link.

    ``title`` is "" for a reader who may not know of that event.
    """

    milestone: str
    title: str


@dataclass(frozen=True)
class Meeting:
    """One planning meeting as its page shows it."""

    line: Line
    starts: WallTime
    minutes: int
    place: str
    join_link: str
    rows: Sequence[ClockRow]
    notes: Sequence[Finding]
    findings: Sequence[Finding]
    shared: Sequence[Shared]
    turnout: Turnout


def planning_meetings(
    session: Session,
    prepared: Prepared,
    profiles: Profiles,
    now: datetime,
    *,
    own_zone: str,
    may_know: Callable[[Prepared], bool],
) -> list[Meeting]:
    """Those of the event that have an hour and are owed still or done, in the order of their days."""
    timed = [line for line in prepared.lines if line.starts is not None and not line.duty.void_reason]
    others = _others(session, prepared, profiles, now) if timed else []
    found = []
    for line in timed:
        wall, step = line.starts, line.step
        if wall is None or step is None:
            continue
        calendars, host_id = prepared.calendars, prepared.event.host_city_id
        findings = findings_for_session(wall, step.minutes, calendars, host_id=host_id)
        found.append(
            Meeting(
                line=line,
                starts=wall,
                minutes=step.minutes,
                place=step.place,
                join_link=step.join_link,
                rows=clock_rows(wall, step.minutes, calendars, host_id=host_id, own_zone=own_zone),
                notes=sort_findings(clock_findings(instant(wall), calendars, host_id=host_id)),
                findings=[] if line.duty.done_at else sort_findings([*findings, *repeated_time(wall)]),
                shared=list(_shared(line, prepared, others, may_know)),
                turnout=turnout_of_step(session, step.id or 0),
            )
        )
    return sorted(found, key=lambda one: instant(one.starts))


def _others(session: Session, prepared: Prepared, profiles: Profiles, now: datetime) -> list[Prepared]:
    """The preparations of other events that have a meeting with an hour; a few statements."""
    timed = (
        select(Preparation.training_id)
        .join(PreparationStep)
        .where(col(PreparationStep.starts_local).is_not(None))
    )
    day = col(TrainingEvent.on_local)
    which = (
        col(TrainingEvent.id).in_(timed)
        & (col(TrainingEvent.id) != prepared.event.id)
        & day.between(prepared.event.first_on - _NEAR, prepared.event.last_on + _NEAR)
        & col(TrainingEvent.cancelled_at).is_(None)
        & col(TrainingEvent.postponed_at).is_(None)
    )
    return prepared_events(session, which, profiles, now)


def _shared(
    line: Line, prepared: Prepared, others: Sequence[Prepared], may_know: Callable[[Prepared], bool]
) -> Iterator[Shared]:
    for other in others:
        have_people = not prepared.planners.isdisjoint(other.planners)
        for one in other.lines:
            has_link = _link(line) != "" and _link(line) == _link(one)
            if not one.duty.void_reason and _overlap(line, one) and (has_link or have_people):
                yield Shared(one.milestone.name, other.training.title if may_know(other) else "")


def _link(line: Line) -> str:
    return line.step.join_link if line.step else ""


def _overlap(one: Line, other: Line) -> bool:
    mine, theirs = _span(one), _span(other)
    return mine is not None and theirs is not None and mine[0] < theirs[1] and theirs[0] < mine[1]


def _span(line: Line) -> tuple[datetime, datetime] | None:
    if line.starts is None or line.step is None:
        return None
    at = instant(line.starts)
    return at, at + timedelta(minutes=line.step.minutes)
