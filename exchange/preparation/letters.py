"""Letters about planning meetings: which there are, and who plans. Not what is owed to whom."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from exchange.duties.configured import profiles_of
from exchange.duties.planning_meeting import PlanningMeeting, planning_meeting
from exchange.duties.prepared import Line, Looked, Prepared, line_of
from exchange.duties.prepared_events import prepared_events
from exchange.invitations.following.letters import Followed, follow, who_comes
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.queries import invitations_to_steps
from exchange.mail.outbox.letter_queue import PLANNING_MEETING
from exchange.mail.schedule.told_dates import QUIET
from exchange.mail.writing.occasions.planning_letters import planning_letter, released_from_planning
from exchange.models import Invitation, Preparation, PreparationStep, TrainingEvent
from exchange.rules.programme.preparation_profiles import FARTHEST_DAYS, Profiles
from exchange.rules.time.timezones import WallTime, existing
from exchange.settings import Settings

_REACH = timedelta(days=FARTHEST_DAYS)  # the farthest that a meeting lies from its event
_WHY = "A planning meeting of an event that the reader helps to plan."


def tell_planners(session: Session, settings: Settings, now: datetime) -> int:
    """Write what is owed about planning meetings that are ahead and have, or had, an hour; how many letters.

    An event that was changed less than ten minutes ago, itself or its preparation, waits. The caller has
    the turn of the trail.
    """
    told = 0
    for prepared in prepared_events(session, _ahead(now), profiles_of(settings), now):
        if _is_settled(prepared, now):
            told += _tell(session, prepared, settings, now)
    return told


def _ahead(now: datetime) -> ColumnElement[bool]:
    """Published events with a meeting that has an hour, or to which somebody is invited still."""
    invited = select(Invitation.preparation_step_id).where(
        col(Invitation.preparation_step_id).is_not(None), col(Invitation.is_off).is_(False)
    )
    has_meeting = (
        select(Preparation.training_id)
        .join(PreparationStep)
        .where(col(PreparationStep.starts_local).is_not(None) | col(PreparationStep.id).in_(invited))
    )
    return (
        col(TrainingEvent.id).in_(has_meeting)
        & (col(TrainingEvent.on_local) >= now.date() - _REACH)
        & col(TrainingEvent.published_at).is_not(None)
    )


def _is_settled(prepared: Prepared, now: datetime) -> bool:
    tell_at, row = prepared.training.tell_at, prepared.row
    waits = row is not None and row.changed_at is not None and row.changed_at + QUIET > now
    return not waits and (tell_at is None or tell_at <= now)


def _tell(session: Session, prepared: Prepared, settings: Settings, now: datetime) -> int:
    profiles = profiles_of(settings)
    steps = [step for step in (prepared.row.steps if prepared.row else ()) if step.done_at is None]
    present: dict[int, list[Invitation]] = defaultdict(list)
    for one in invitations_to_steps(session, [step.id or 0 for step in steps]):
        present[one.preparation_step_id or 0].append(one)
    lines = {line.milestone.key: line for line in prepared.lines}
    told = 0
    for step in steps:
        guests, line = present[step.id or 0], lines.get(step.milestone)
        held = planning_meeting(prepared, line) if line else None
        known = line or _dropped(prepared, step, profiles, now)
        meeting = held or (_as_told(prepared, known, guests) if known else None)
        if meeting is not None and (of := MeetingOf(planning=meeting)).starts_at > now:
            people = who_comes(session, of, [one.id or 0 for one in meeting.people], now)
            about = _followed(of, meeting, guests, settings, is_off=held is None)
            told += follow(session, about, people, settings, now)
    return told


def _dropped(prepared: Prepared, step: PreparationStep, profiles: Profiles, now: datetime) -> Line | None:
    """The milestone of a step that the event's own profile does not have, as another has it."""
    every = (one for profile in profiles.all for one in profile.milestones if one.key == step.milestone)
    found = next(every, None)
    looked = Looked(prepared.event, prepared.calendars, prepared.owners, (), now)
    return line_of(found, step, looked) if found else None


def _as_told(prepared: Prepared, line: Line, guests: Sequence[Invitation]) -> PlanningMeeting | None:
    """A meeting that does not take place, as calendars hold it; else when it was to be; None for neither."""
    said = next((one.says for one in guests if one.says is not None and not one.is_off), None)
    if said is not None:
        on, at = date.fromisoformat(str(said["on"])), time.fromisoformat(str(said["at"]))
        wall = existing(WallTime(on, at, str(said["time_zone"])))
        return PlanningMeeting(prepared, line, wall, int(str(said["minutes"])), str(said["place"]))
    if not guests or line.starts is None or line.step is None:
        return None
    return PlanningMeeting(prepared, line, line.starts, line.step.minutes, line.step.place)


def _followed(
    of: MeetingOf, meeting: PlanningMeeting, guests: Sequence[Invitation], settings: Settings, *, is_off: bool
) -> Followed:
    return Followed(
        of=of,
        kind=PLANNING_MEETING,
        prefix=f"planning meeting:{meeting.id}:",
        why=_WHY,
        is_off=is_off,
        join_link=meeting.join_link,
        present=guests,
        letter=lambda to, news: planning_letter(meeting, to, news, settings),
        released=lambda to: released_from_planning(to, settings),
    )
