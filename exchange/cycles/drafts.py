"""What a coordinator wants of a cycle, laid on the calendar but not saved.

It knows neither forms nor the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from exchange.errors import InvalidInput
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import (
    Sitting,
    StageDates,
    StagePlan,
    cycle_ends_on,
    session_on,
    sittings_for,
    stages_for,
)
from exchange.rules.time.timezones import WallTime, resolve

SITTING_MIN_MINUTES = 15
SITTING_MAX_MINUTES = 8 * 60  # a working day; a live session is no conference


@dataclass(frozen=True)
class SittingTime:
    """The wall time of one sitting of the live session; all sittings share the day."""

    at: time
    time_zone: str


@dataclass(frozen=True)
class CycleDraft:
    """A cycle as a form or the sample programme describes it.

    An empty ``title`` means the theme's name, ``stage_weeks`` None the plan's own weeks, and
    ``session_on`` None the plan's weekday of the session's stage. ``named`` are addresses, for TLP:RED.
    ``brief`` and ``agendas``, by a meeting's key, are Markdown. ``reason`` sets blocks aside.
    """

    theme_id: int
    lead_city_id: int
    starts_on: date
    marking: Marking
    sittings: tuple[SittingTime, ...]
    minutes: int = 90
    title: str = ""
    brief: str = ""
    agendas: Mapping[str, str] = field(default_factory=dict, hash=False)
    city_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    duration_weeks: int = 8
    stage_weeks: Mapping[str, int] | None = field(default=None, hash=False)
    session_on: date | None = None
    is_chatham_house: bool = False
    named: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class LaidMeeting:
    """One sitting of a meeting on the calendar; ``meeting`` is the meeting's key in the plan."""

    meeting: str
    name: str
    number: int
    wall: WallTime
    minutes: int


@dataclass(frozen=True)
class LaidCycle:
    """A draft on the calendar: all its stages and the sittings of all its meetings, by moment."""

    starts_on: date
    ends_on: date
    stages: tuple[StageDates, ...]
    meetings: tuple[LaidMeeting, ...]


def lay(draft: CycleDraft, plan: StagePlan) -> LaidCycle:
    """The draft's dates.

    Raises InvalidInput at the field that cannot be right: starts_on, duration_weeks, stage_weeks,
    session_on, minutes, or at a sitting ("at" and "time_zone", "second_at" and "second_time_zone").
    """
    stages = stages_for(
        plan, draft.starts_on, duration_weeks=draft.duration_weeks, stage_weeks=draft.stage_weeks
    )
    ends_on = cycle_ends_on(draft.starts_on, draft.duration_weeks)
    meetings = [*other_meetings(plan, stages), *_live_session(draft, plan, stages, ends_on)]
    return LaidCycle(draft.starts_on, ends_on, stages, tuple(meetings))


def _live_session(
    draft: CycleDraft, plan: StagePlan, stages: Sequence[StageDates], ends_on: date
) -> list[LaidMeeting]:
    _check_minutes(draft.minutes)
    on = draft.session_on or session_on(plan, stages)
    if not draft.starts_on <= on <= ends_on:
        raise InvalidInput(
            "The live session is within the exchange: choose a day from %(first)s to %(last)s.",
            field="session_on",
            first=draft.starts_on,
            last=ends_on,
        )
    walls = [_existing(n, WallTime(on, s.at, s.time_zone)) for n, s in enumerate(draft.sittings, 1)]
    if not walls:
        raise InvalidInput("Say when the live session begins.", field="at")
    if len({resolve(wall).at for wall in walls}) < len(walls):
        raise InvalidInput("Both sittings begin at the same moment.", field="second_at")
    session = plan.session
    return [LaidMeeting(session.key, session.name, n, wall, draft.minutes) for n, wall in enumerate(walls, 1)]


def other_meetings(plan: StagePlan, stages: Sequence[StageDates]) -> list[LaidMeeting]:
    """The plan's meetings beside the live session, one sitting each, as the plan has them."""
    found: dict[str, Sitting] = {}
    for sitting in sittings_for(plan, stages):
        found.setdefault(sitting.name, sitting)
    return [
        LaidMeeting(meeting.key, meeting.name, 1, found[meeting.name].wall, meeting.minutes)
        for meeting in plan.meetings
        if meeting.key != plan.session.key
    ]


def check_sitting(wall: WallTime, minutes: int) -> None:
    """Raise InvalidInput for a wall time that is none or a length that is no sitting's."""
    resolve(wall)
    _check_minutes(minutes)


def _check_minutes(minutes: int) -> None:
    if not SITTING_MIN_MINUTES <= minutes <= SITTING_MAX_MINUTES:
        raise InvalidInput(
            "A sitting lasts from %(least)s to %(most)s minutes.",
            field="minutes",
            least=SITTING_MIN_MINUTES,
            most=SITTING_MAX_MINUTES,
        )


def _existing(number: int, wall: WallTime) -> WallTime:
    """The wall time itself; a refusal names the field of the sitting it belongs to."""
    try:
        resolve(wall)
    except InvalidInput as error:
        if number == 2 and error.field in {"at", "time_zone"}:
            error.field = f"second_{error.field}"
        raise
    return wall
